//! Mistakes that a merchant's books can have, each of which the judge must find: planted as triggers of the database, at the gate
//! to the gateways, or in the shop that uses the ledger.

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    None,
    /// A creation whose reply was lost is sent again.
    LostIsSentAgain,
    /// "Not found" is taken for absent: the creation is sent again.
    NotFoundIsAbsent,
    /// A creation whose lease is over is sent again.
    LeaseIsRetried,
    /// Once closed, nobody looks any more.
    ClosedIsFinal,
    /// A receipt counts for the order: the second of an order is taken for a replay.
    KeyByOrder,
    /// The second receipt of an order is not due back.
    NoSurplus,
    /// The order is marked and the effect is written later, in another transaction, which a crash prevents.
    TwoTransactions,
    /// What comes later overwrites what is known: a paid payment is open again.
    ReplyOverwrites,
    /// An order gets another payment while one is open.
    OpenGivesWay,
    /// All attempts of an order have one reference.
    OneReference,
    /// The order ships although too little came in.
    ShortShips,
    /// The shop ships outside the transaction of the event.
    ShipsOutside,
    /// The shop believes notifications that prove nothing.
    BelievesNotifications,
    /// The shop answers a notification before it is kept, and ends then.
    AnswersFirst,
    /// Money that goes back after the order was paid is no case.
    ReversalToldToNobody,
}

impl Plant {
    pub const ALL: [Self; 15] = [
        Self::LostIsSentAgain,
        Self::NotFoundIsAbsent,
        Self::LeaseIsRetried,
        Self::ClosedIsFinal,
        Self::KeyByOrder,
        Self::NoSurplus,
        Self::TwoTransactions,
        Self::ReplyOverwrites,
        Self::OpenGivesWay,
        Self::OneReference,
        Self::ShortShips,
        Self::ShipsOutside,
        Self::BelievesNotifications,
        Self::AnswersFirst,
        Self::ReversalToldToNobody,
    ];

    /// What plants it in an SQLite book.
    pub fn trigger(self) -> Option<&'static str> {
        Some(match self {
            Self::LostIsSentAgain => {
                "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                 WHEN NEW.state = 'uncertain' AND OLD.state <> 'uncertain' BEGIN \
                 UPDATE gerbang_attempt SET state = 'intended', rank = 0, due_at = 0 WHERE id = NEW.id; END"
            }
            Self::NotFoundIsAbsent => {
                "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                 WHEN NEW.state = 'uncertain' AND OLD.state = 'uncertain' AND NEW.failures > OLD.failures BEGIN \
                 UPDATE gerbang_attempt SET state = 'intended', rank = 0, due_at = 0 WHERE id = NEW.id; END"
            }
            Self::LeaseIsRetried => {
                "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                 WHEN NEW.state = 'uncertain' AND OLD.state = 'sending' \
                 AND NEW.sent_at < unixepoch() * 1000 - 110000 BEGIN \
                 UPDATE gerbang_attempt SET state = 'intended', rank = 0, due_at = 0 WHERE id = NEW.id; END"
            }
            Self::ClosedIsFinal => {
                "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                 WHEN NEW.state = 'closed' AND NEW.due_at IS NOT NULL BEGIN \
                 UPDATE gerbang_attempt SET due_at = NULL WHERE id = NEW.id; END"
            }
            Self::KeyByOrder => {
                "CREATE TRIGGER planted BEFORE INSERT ON gerbang_receipt \
                 WHEN (SELECT o.state FROM gerbang_order o JOIN gerbang_attempt a ON a.order_id = o.id \
                 WHERE a.id = NEW.attempt) = 'paid' BEGIN SELECT RAISE(IGNORE); END"
            }
            Self::NoSurplus => {
                "CREATE TRIGGER planted BEFORE INSERT ON gerbang_surplus BEGIN SELECT RAISE(IGNORE); END"
            }
            Self::TwoTransactions => {
                "CREATE TRIGGER planted BEFORE INSERT ON gerbang_event \
                 WHEN NEW.kind = 'payment.paid' AND abs(random()) % 10 = 0 BEGIN SELECT RAISE(IGNORE); END"
            }
            Self::ReplyOverwrites => {
                "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                 WHEN NEW.state = 'paid' AND OLD.state = 'paid' AND NEW.rank = OLD.rank \
                 AND (SELECT done_at FROM gerbang_event WHERE kind = 'payment.paid' AND subject = NEW.id) IS NOT NULL BEGIN \
                 DELETE FROM gerbang_receipt WHERE attempt = NEW.id; \
                 DELETE FROM gerbang_event WHERE kind = 'payment.paid' AND subject = NEW.id; \
                 UPDATE gerbang_order SET state = 'unpaid', paid_by = NULL WHERE paid_by = NEW.id; \
                 UPDATE gerbang_attempt SET state = 'closed', rank = 4, ending = 'failed', due_at = 0, watch_until = 9e12 \
                 WHERE id = NEW.id; END"
            }
            Self::OpenGivesWay => {
                "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                 WHEN NEW.state = 'open' BEGIN \
                 UPDATE gerbang_attempt SET state = 'closed', rank = 4, ending = 'expired' WHERE id = NEW.id; END"
            }
            Self::ShortShips => {
                "CREATE TRIGGER planted AFTER INSERT ON gerbang_case WHEN NEW.why = 'short' BEGIN \
                 UPDATE gerbang_order SET state = 'paid', paid_by = NEW.attempt \
                 WHERE id = (SELECT order_id FROM gerbang_attempt WHERE id = NEW.attempt); \
                 INSERT OR IGNORE INTO gerbang_event (kind, subject, order_id, body, at, due_at) \
                 SELECT 'payment.paid', id, order_id, '{\"account\":\"x\",\"reference\":null,\"amount\":null}', 0, 0 \
                 FROM gerbang_attempt WHERE id = NEW.attempt; END"
            }
            Self::ReversalToldToNobody => {
                "CREATE TRIGGER planted BEFORE INSERT ON gerbang_case WHEN NEW.why = 'reversed' BEGIN \
                 SELECT RAISE(IGNORE); END"
            }
            _ => return None,
        })
    }

    /// Whether a violation is one that the mistake leads to.
    pub fn shows_as(self, violation: &str) -> bool {
        let expected: &[&str] = match self {
            Self::None => &[],
            Self::LostIsSentAgain | Self::NotFoundIsAbsent | Self::LeaseIsRetried => {
                &["a creation was sent twice", "two payments of one reference"]
            }
            Self::OneReference => {
                &["a creation was sent twice", "two payments of one reference", "money of which nothing is known"]
            }
            Self::ClosedIsFinal | Self::KeyByOrder | Self::AnswersFirst => &["money of which nothing is known"],
            Self::NoSurplus => &["money that is due back and is not written"],
            Self::TwoTransactions => &["money and nothing shipped"],
            Self::ReplyOverwrites | Self::ShipsOutside => &["shipped twice"],
            Self::OpenGivesWay => &["two payments that the customer can pay"],
            Self::ReversalToldToNobody => &["a reversal of which nobody was told"],
            Self::ShortShips | Self::BelievesNotifications => &["shipped without money"],
        };
        expected.contains(&violation)
    }
}
