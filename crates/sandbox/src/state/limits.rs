//! How much the sandbox remembers.

/// How many credentials of all providers the sandbox knows at most.
pub(crate) const MAX_ACCOUNTS: usize = 1_000;

/// How many payments a credential has at most, of any status.
pub(crate) const MAX_PAYMENTS: usize = 10_000;

/// How many payments all credentials have together at most.
pub(super) const MAX_ALL_PAYMENTS: usize = 100_000;
