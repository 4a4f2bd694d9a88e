//! What only a person can settle.

use std::fmt;

use gerbang_core::Rupiah;
use jiff::Timestamp;

/// Something that no program can settle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// Its number, see [`Ledger::resolve`](crate::Ledger::resolve).
    pub id: i64,
    /// The account.
    pub account: String,
    /// The order; none for a signed notification that is about no payment of the book.
    pub order: Option<String>,
    /// The merchant's reference of the attempt; none for a signed notification that is about no payment of the book.
    pub reference: Option<String>,
    /// Why a person must look.
    pub why: Why,
    /// What was found, in the ledger's words.
    pub detail: String,
    /// When it was found.
    pub at: Timestamp,
}

impl Case {
    /// Whether it can be resolved so. What is about no payment of the book, or about money that went back, can only be noted.
    pub fn can_be(&self, resolution: Resolution) -> bool {
        resolution == Resolution::Noted || self.order.is_some() && self.why != Why::Reversed
    }
}

/// Why a person must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// What was said differs from what is expected: a name, an amount, the gateway.
    Mismatch,
    /// Less came in than the order costs. Nothing ships.
    Short,
    /// A second payment of one reference is paid.
    SecondPayment,
    /// The gateway gave its id for one payment to another as well: a receipt could count for either.
    DoubledId,
    /// The reply to the creation was lost and the payment cannot be looked for.
    CreationLost,
    /// A payment of a live account is of the gateway's test mode: a setting of the gateway's or the account is wrong.
    TestMode,
    /// The gateway uses a word for the state that is not known.
    UnknownStatus,
    /// The gateway's answers contradict each other, or questions are refused.
    Contradicted,
    /// The gateway has not answered for long.
    NoAnswer,
    /// The gateway cannot be asked and the notification proves nothing.
    NoProof,
    /// A signed notification speaks of a paid payment that is not in the book.
    UnknownPayment,
    /// The merchant's program did not take an event, see [`Ledger::undelivered`](crate::Ledger::undelivered).
    Undelivered,
    /// A payment that was paid is called otherwise by its gateway now: refunded, charged back, denied. The order stays paid, as it may
    /// have shipped.
    Reversed,
}

impl Why {
    pub(crate) const ALL: [Self; 13] = [
        Self::Mismatch,
        Self::Short,
        Self::SecondPayment,
        Self::DoubledId,
        Self::CreationLost,
        Self::TestMode,
        Self::UnknownStatus,
        Self::Contradicted,
        Self::NoAnswer,
        Self::NoProof,
        Self::UnknownPayment,
        Self::Undelivered,
        Self::Reversed,
    ];

    /// The name that the book and the events have: `second_payment`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mismatch => "mismatch",
            Self::Short => "short",
            Self::SecondPayment => "second_payment",
            Self::DoubledId => "doubled_id",
            Self::CreationLost => "creation_lost",
            Self::TestMode => "test_mode",
            Self::UnknownStatus => "unknown_status",
            Self::Contradicted => "contradicted",
            Self::NoAnswer => "no_answer",
            Self::NoProof => "no_proof",
            Self::UnknownPayment => "unknown_payment",
            Self::Undelivered => "undelivered",
            Self::Reversed => "reversed",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == name)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a person has decided about a [`Case`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resolution {
    /// It is settled elsewhere: the ledger only keeps the note.
    Noted,
    /// The attempt is paid, as far as the merchant is concerned: the person has seen the money. The order is paid with it; the
    /// money is surplus where the order was paid before. Of [`Why::SecondPayment`] it is the second payment's money, and the
    /// attempt's own counts for itself.
    Paid,
    /// Nobody will pay the attempt: it is closed and the order can have another. What came in for it already, too little, is
    /// surplus. Money that comes all the same counts. Of [`Why::SecondPayment`]: the second payment is no money, and the attempt
    /// stays as it is.
    Unpaid,
}

impl Resolution {
    const ALL: [Self; 3] = [Self::Noted, Self::Paid, Self::Unpaid];

    /// The resolution of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resolution| resolution.as_str() == name)
    }

    /// The name that the book has.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Paid => "paid",
            Self::Unpaid => "unpaid",
        }
    }
}

/// Money that came in and that no order needs: it is due back to the customer until it is refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Surplus {
    /// Its number, see [`Ledger::refunded`](crate::Ledger::refunded).
    pub id: i64,
    /// The order.
    pub order: String,
    /// The account that has the money.
    pub account: String,
    /// The merchant's reference of the attempt.
    pub reference: String,
    /// The gateway's id of the payment.
    pub gateway_id: Option<String>,
    /// How much, in rupiah.
    pub amount: Rupiah,
    /// Whether it is a payment of an order that was paid before. Otherwise it is what came in beyond the price, or for an attempt
    /// that a person called [unpaid](Resolution::Unpaid).
    pub is_second_payment: bool,
    /// Since when it is due back.
    pub at: Timestamp,
    /// How it was given back; none while it is due.
    pub refund: Option<Refund>,
}

/// How a [`Surplus`] was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refund {
    /// By whom.
    pub person: String,
    /// The person's note.
    pub note: String,
    /// When that was written down.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for why in Why::ALL {
            assert_eq!(Why::parse(why.as_str()), Some(why));
        }
        assert_eq!(Why::parse("unknown"), None);
    }
}
