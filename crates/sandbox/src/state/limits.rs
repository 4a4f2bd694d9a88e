//! How much the sandbox remembers.

/// How much the sandbox remembers at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Credentials of all providers.
    pub(crate) accounts: usize,
    /// Payments of a credential, of any status.
    pub(crate) payments: usize,
    /// Payments of all credentials together.
    pub(crate) all_payments: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { accounts: 10_000, payments: 100_000, all_payments: 100_000 }
    }
}
