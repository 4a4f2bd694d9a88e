//! Looking through the book: orders with their attempts, events, cases and surpluses, page by page.

use std::fmt;

use gerbang_core::{NewPayment, Payable, Rupiah};
use jiff::Timestamp;

use crate::Error;
use crate::event::Event;
use crate::ledger::Ledger;
use crate::machine::Ending;
use crate::news::Finding;
use crate::order::Order;
use crate::person::{Case, Resolution, Surplus, Why};
use crate::tx::Tx;

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// A payment is open, or may be.
    Pending,
    /// It is paid.
    Paid,
    /// It is not paid and nothing is open. Money may come late.
    Closed,
    /// It is not paid and a person must look, see [`Ledger::cases`].
    Attention,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Paid, Self::Closed, Self::Attention];

    /// The name: `pending`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Closed => "closed",
            Self::Attention => "attention",
        }
    }

    /// The standing of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == name)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An order as the book has it, with all its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderRecord {
    /// The merchant's id.
    pub order: String,
    /// The price in rupiah.
    pub amount: Rupiah,
    /// How it stands.
    pub standing: Standing,
    /// The merchant's own text, see [`Order::metadata`].
    pub metadata: Option<String>,
    /// What is due back to the customer and not refunded yet, in rupiah, see [`Ledger::surplus_records`].
    pub surplus: Rupiah,
    /// When it was written down.
    pub created_at: Timestamp,
    /// Its attempts, the first one first.
    pub attempts: Vec<AttemptRecord>,
    /// The place in `attempts` of the one that has paid the order, or the open one, or the last.
    pub(crate) current: usize,
}

impl OrderRecord {
    /// The attempt that has paid the order, or the open one, or the last; none for an order without any.
    pub fn current(&self) -> Option<&AttemptRecord> {
        self.attempts.get(self.current)
    }
}

/// An attempt to have an order paid, as the book has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// The merchant's reference at the gateway.
    pub reference: String,
    /// The account.
    pub account: String,
    /// The gateway's id, where it is known.
    pub gateway_id: Option<String>,
    /// What was asked for, in rupiah.
    pub amount: Rupiah,
    /// What the customer must pay in rupiah, where it is known.
    pub payable: Option<Rupiah>,
    /// The state: `intended`, `sending`, `uncertain`, `open`, `closed` or `paid`.
    pub state: &'static str,
    /// Why it is closed.
    pub ending: Option<Ending>,
    /// What the customer can pay with; empty once nobody is to pay it any more.
    pub pay_with: Vec<Payable>,
    /// Until when it can be paid, where the gateway says so.
    pub expires_at: Option<Timestamp>,
    /// When it was paid: as the gateway says, or else when that became known.
    pub paid_at: Option<Timestamp>,
    /// Whether the money came after it was known to be over, or after its expiry.
    pub late: bool,
    /// When it was written down.
    pub created_at: Timestamp,
}

/// Which orders are wanted; the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Those that stand so.
    pub standing: Option<Standing>,
    /// Those with an attempt at this account.
    pub account: Option<String>,
    /// Those that come after this one, by its time and id.
    pub after: Option<(Timestamp, String)>,
}

/// A case, settled or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseRecord {
    /// The case.
    pub case: Case,
    /// What came in, in rupiah, where that is known.
    pub amount: Option<Rupiah>,
    /// How it was settled; none while it is open.
    pub settled: Option<Settled>,
}

/// How a case was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settled {
    /// What was decided.
    pub resolution: Resolution,
    /// By whom.
    pub person: String,
    /// The person's note.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

impl Ledger {
    /// What the book has of an order; none where nothing was written down for it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn record(&self, order: &str) -> Result<Option<OrderRecord>, Error> {
        self.store.record(order).await
    }

    /// The newest orders of a kind, at most so many.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn records(&self, filter: &Filter, most: u32) -> Result<Vec<OrderRecord>, Error> {
        self.store.records(filter, most).await
    }

    /// The orders that a name leads to: their id, or the reference or the gateway's id of one of their attempts. The newest first, at
    /// most so many.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn search(&self, name: &str, most: u32) -> Result<Vec<OrderRecord>, Error> {
        self.store.search(name, most).await
    }

    /// The order of this id, with what was sent for its last attempt, to make [another](Ledger::pay) of it. The customer's data
    /// is no longer in it once that is [deleted](Ledger::keep_bodies). None where nothing was written down for the order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn last_request(&self, order: &str) -> Result<Option<NewPayment>, Error> {
        let request = self.store.last_request(order).await?;
        Ok(request.map(|request| Order::from(request).request(order.to_owned())))
    }

    /// As [`Ledger::events`], at most so many.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn some_events(&self, after: i64, most: u32) -> Result<Vec<Event>, Error> {
        self.store.events(after, i64::from(most)).await
    }

    /// The number of the latest event; 0 where there is none. [`Ledger::some_events`] after it misses no later one.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn last_event(&self) -> Result<i64, Error> {
        self.store.last_event().await
    }

    /// The events of these numbers, the oldest first, as far as there are such events.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn events_numbered(&self, numbers: &[i64]) -> Result<Vec<Event>, Error> {
        self.store.events_numbered(numbers).await
    }

    /// The newest events, or the newest of those whose number is lower than one of theirs; at most so many.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn newest_events(&self, before: Option<i64>, most: u32) -> Result<Vec<Event>, Error> {
        self.store.newest_events(before, i64::from(most)).await
    }

    /// The events of an order after a number of theirs, the oldest first, at most so many.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn order_events(&self, order: &str, after: i64, most: u32) -> Result<Vec<Event>, Error> {
        self.store.order_events(order, after, i64::from(most)).await
    }

    /// The cases after a number of theirs, the oldest first, at most so many: those that are open, or all.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn case_records(&self, only_open: bool, after: i64, most: u32) -> Result<Vec<CaseRecord>, Error> {
        self.store.case_records(only_open, after, most).await
    }

    /// Opens a case, once, in the caller's own transaction: an event could not be delivered to the merchant's program. It is about
    /// no payment, so that no payment needs attention for it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; [`Error::WrongTransaction`].
    pub async fn undelivered(&self, tx: &mut Tx, event: &Event) -> Result<(), Error> {
        let subject = event.id();
        let detail = format!("the event {subject} ({}) could not be delivered", event.kind);
        let finding = Finding::new(Why::Undelivered, detail);
        tx.conn().await?.open_case_of(&event.account, (&subject, None, None), &finding).await
    }

    /// The case of a number; none where there is no such case.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn case_record(&self, case: i64) -> Result<Option<CaseRecord>, Error> {
        let found = self.store.case_records(false, case - 1, 1).await?;
        Ok(found.into_iter().find(|found| found.case.id == case))
    }

    /// The surpluses after a number of theirs, the oldest first, at most so many: those that are due back, or all.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn surplus_records(&self, only_due: bool, after: i64, most: u32) -> Result<Vec<Surplus>, Error> {
        self.store.surplus_records(only_due, after, most).await
    }

    /// The surplus of a number; none where there is no such surplus.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn surplus_record(&self, surplus: i64) -> Result<Option<Surplus>, Error> {
        let found = self.store.surplus_records(false, surplus.saturating_sub(1), 1).await?;
        Ok(found.into_iter().find(|found| found.id == surplus))
    }
}
