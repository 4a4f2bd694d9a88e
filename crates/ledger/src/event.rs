//! Events for the merchant's program: each exactly once where it shares the database, at least once elsewhere.

use std::fmt;

use gerbang_core::Rupiah;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its number in the book, which never changes; later events have higher numbers.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// The order; none for a case that is about no payment of the book.
    pub order: Option<String>,
    /// The account.
    pub account: String,
    /// The merchant's reference of the attempt; none as above.
    pub reference: Option<String>,
    /// The amount in rupiah that it is about: what came in, what is due back, the price.
    pub amount: Option<Rupiah>,
    /// Whether the money came after the payment was known to be over, or after its expiry.
    pub late: bool,
    /// Why: the ending of a closed payment, see [`Ending`](crate::Ending), or the reason of a case, see [`Why`](crate::Why).
    pub why: Option<String>,
    /// When it was written.
    pub at: Timestamp,
}

impl Event {
    /// The id, which never changes: `evt_17`. Whoever handles events at least once remembers it.
    pub fn id(&self) -> String {
        format!("evt_{}", self.seq)
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A payment was created: the customer can pay.
    PaymentCreated,
    /// The order is paid, by this payment. There is one such event for an order, ever: ship.
    PaymentPaid,
    /// A payment is over without money, as far as is known: the order can have another. Money may come late.
    PaymentClosed,
    /// Money is due back, see [`Ledger::surplus_records`](crate::Ledger::surplus_records).
    PaymentSurplus,
    /// A person must look, see [`Ledger::cases`](crate::Ledger::cases).
    CaseOpened,
}

impl EventKind {
    const ALL: [Self; 5] =
        [Self::PaymentCreated, Self::PaymentPaid, Self::PaymentClosed, Self::PaymentSurplus, Self::CaseOpened];

    /// The name: `payment.paid`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PaymentCreated => "payment.created",
            Self::PaymentPaid => "payment.paid",
            Self::PaymentClosed => "payment.closed",
            Self::PaymentSurplus => "payment.surplus",
            Self::CaseOpened => "case.opened",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the book keeps of an event beside its own columns.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Body {
    pub account: String,
    pub reference: Option<String>,
    pub amount: Option<Rupiah>,
    #[serde(default)]
    pub late: bool,
    #[serde(default)]
    pub why: Option<String>,
}
