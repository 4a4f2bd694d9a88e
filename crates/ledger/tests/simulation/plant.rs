//! Mistakes that a ledger could have, planted as triggers of the database, or in the shop that uses it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    None,
    /// A creation whose reply was lost is sent again.
    LostIsSentAgain,
    /// Once closed, nobody looks any more.
    ClosedIsFinal,
    /// A receipt counts for the order: the second of an order is taken for a replay.
    KeyByOrder,
    /// The second receipt of an order is not due back.
    NoSurplus,
    /// The order is marked and the effect is written later, in another transaction, which a crash prevents.
    TwoTransactions,
    /// The shop ships outside the transaction of the event.
    ShipsOutside,
}

impl Plant {
    pub const ALL: [Self; 6] = [
        Self::LostIsSentAgain,
        Self::ClosedIsFinal,
        Self::KeyByOrder,
        Self::NoSurplus,
        Self::TwoTransactions,
        Self::ShipsOutside,
    ];

    /// What plants it in the book.
    pub fn triggers(self) -> &'static [&'static str] {
        match self {
            Self::None | Self::ShipsOutside => &[],
            Self::LostIsSentAgain => &["CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                WHEN NEW.state = 'uncertain' AND OLD.state <> 'uncertain' BEGIN \
                UPDATE gerbang_attempt SET state = 'intended', rank = 0, due_at = 0 WHERE id = NEW.id; END"],
            Self::ClosedIsFinal => &["CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                WHEN NEW.state = 'closed' AND NEW.due_at IS NOT NULL BEGIN \
                UPDATE gerbang_attempt SET due_at = NULL WHERE id = NEW.id; END"],
            Self::KeyByOrder => &["CREATE TRIGGER planted BEFORE INSERT ON gerbang_receipt \
                WHEN (SELECT o.state FROM gerbang_order o JOIN gerbang_attempt a ON a.order_id = o.id WHERE a.id = NEW.attempt) \
                = 'paid' BEGIN SELECT RAISE(IGNORE); END"],
            Self::NoSurplus => {
                &["CREATE TRIGGER planted BEFORE INSERT ON gerbang_surplus BEGIN SELECT RAISE(IGNORE); END"]
            }
            Self::TwoTransactions => &["CREATE TRIGGER planted BEFORE INSERT ON gerbang_event \
                WHEN NEW.kind = 'payment.paid' AND abs(random()) % 10 = 0 BEGIN SELECT RAISE(IGNORE); END"],
        }
    }

    /// Whether a violation is one that the mistake leads to.
    pub fn shows_as(self, violation: &str) -> bool {
        let expected: &[&str] = match self {
            Self::None => &[],
            Self::LostIsSentAgain => &["two payments of one reference"],
            Self::ClosedIsFinal | Self::KeyByOrder => &["money of which nothing is known"],
            Self::NoSurplus => &["double payment that is not due back"],
            Self::TwoTransactions => &["money and nothing shipped"],
            Self::ShipsOutside => &["shipped twice"],
        };
        expected.contains(&violation)
    }
}
