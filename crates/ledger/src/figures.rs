//! What the book holds, in figures, for whoever watches over it.

use jiff::Timestamp;

use crate::Error;
use crate::ledger::Ledger;

/// How many there are of a kind at an account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The account.
    pub account: String,
    /// The kind: a word of the ledger's own.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// What the book holds at a time. Nothing in it is about one customer or payment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Figures {
    /// The time, by the database's clock.
    pub at: Timestamp,
    /// Attempts by state, see [`AttemptRecord::state`](crate::AttemptRecord::state).
    pub attempts: Vec<Count>,
    /// Since when the oldest attempt of an account is open or may be, for those that have one.
    pub oldest_pending: Vec<(String, Timestamp)>,
    /// Notifications by [`NotificationOutcome`](crate::NotificationOutcome).
    pub notifications: Vec<Count>,
    /// Open cases by [`Why`](crate::Why).
    pub cases: Vec<Count>,
    /// Events that are not handled yet, see [`Ledger::on_event`].
    pub unhandled_events: u64,
}

impl Ledger {
    /// What the book holds. It counts all attempts and notifications: not for every request.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn figures(&self) -> Result<Figures, Error> {
        self.store.figures().await
    }
}
