//! Payments that are there from the beginning, without calls to a provider.

use std::fmt;

use gerbang_core::Secret;
use serde::Deserialize;

use crate::Provider;
use crate::state::{Action, PaymentStatus};

/// A payment that is to be there: see [`Sandbox::seed`](crate::Sandbox::seed).
///
/// In JSON it is `{"provider": "kropay", "credential": "my-key", "reference": "ORDER-1", "amount": 10000, "status":
/// "paid"}`, where `status` may be missing, and `reference` and `method` where the provider needs none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Seed {
    /// The provider.
    pub provider: Provider,
    /// Whose payment it is: the API key, or what the [`Provider`] has in its place.
    pub credential: Secret,
    /// The merchant's name of the payment. It is needed, unless the [`Provider`] takes none or makes one up.
    #[serde(default)]
    pub reference: Option<String>,
    /// The price in rupiah.
    pub amount: u64,
    /// How it is paid. Pakasir's methods are those of API v1, and with `v2/` before them, as in `v2/qris`, those of API v2;
    /// K-Link's are the product codes and `gopay`. Unless set, K-Link's is `BCAATM` and everybody else's `qris`.
    #[serde(default)]
    pub method: Option<String>,
    /// What has become of it: it is pending unless set.
    #[serde(default = "pending")]
    pub status: PaymentStatus,
}

fn pending() -> PaymentStatus {
    PaymentStatus::Pending
}

impl Seed {
    /// A pending payment without the merchant's name, paid in the usual way.
    pub fn new(provider: Provider, credential: impl Into<Secret>, amount: u64) -> Self {
        Self { provider, credential: credential.into(), reference: None, amount, method: None, status: pending() }
    }

    /// Sets [`Seed::reference`].
    #[must_use]
    pub fn reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }

    /// Sets [`Seed::method`].
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: Some(method.into()), ..self }
    }

    /// Sets [`Seed::status`].
    #[must_use]
    pub fn status(self, status: PaymentStatus) -> Self {
        Self { status, ..self }
    }

    /// The method, or the usual one.
    pub(crate) fn method_or<'a>(&'a self, usual: &'a str) -> &'a str {
        self.method.as_deref().unwrap_or(usual)
    }

    /// The merchant's name, where the provider needs one.
    pub(crate) fn named(&self) -> Result<&str, String> {
        self.reference.as_deref().ok_or_else(|| "reference is missing".into())
    }

    /// Refuses methods that are not among these.
    pub(crate) fn is_by(&self, methods: &[&str]) -> Result<(), String> {
        if self.method.as_deref().is_none_or(|method| methods.contains(&method)) {
            Ok(())
        } else {
            Err(format!("method must be one of {}", methods.join(", ")))
        }
    }

    /// Refuses lower prices than this.
    pub(crate) fn is_from(&self, least: u64) -> Result<(), String> {
        if self.amount >= least { Ok(()) } else { Err(format!("amount must be at least {least}")) }
    }

    /// What has been done with it.
    pub(crate) fn action(&self) -> Option<Action> {
        match self.status {
            PaymentStatus::Pending => None,
            PaymentStatus::Paid => Some(Action::Pay),
            PaymentStatus::Cancelled => Some(Action::Cancel),
            PaymentStatus::Expired => Some(Action::Expire),
        }
    }
}

/// Why payments cannot be there. None of the list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError {
    index: Option<usize>,
    reason: String,
}

impl SeedError {
    pub(crate) fn new(index: Option<usize>, reason: impl Into<String>) -> Self {
        Self { index, reason: reason.into() }
    }

    /// Which of the list is to blame, from 0; none if the list is too long or the state file could not be written.
    pub fn index(&self) -> Option<usize> {
        self.index
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "payments[{index}]: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for SeedError {}
