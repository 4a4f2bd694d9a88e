//! What a change of an account can reach besides the account.

use jiff::Timestamp;

use super::Record;
use super::limits::Limits;

/// A payment that has come to its end or whose money went back, as it was then.
pub(crate) struct Ended {
    /// The account that it is of.
    pub(crate) account: String,
    pub(crate) record: Record,
}

/// One change of an account: the time, the account's key, and what all accounts share.
pub(crate) struct Tx<'a> {
    pub(crate) now: Timestamp,
    /// The account that the call is about.
    pub(crate) account: &'a str,
    pub(super) limits: Limits,
    pub(super) next: &'a mut u64,
    pub(super) recorded: &'a mut usize,
    pub(super) ended: &'a mut Vec<Ended>,
}

impl Tx<'_> {
    /// A number that was never given out before.
    pub(crate) fn number(&mut self) -> u64 {
        *self.next += 1;
        *self.next
    }
}
