//! Payments that are there from the beginning, without calls to a provider.

use std::fmt;

use gerbang_core::Secret;
use jiff::Timestamp;
use serde::Deserialize;

use crate::call::{MAX_AMOUNT, name};
use crate::state::{Account, Deed, Desk, Payment, PaymentStatus, World};
use crate::{Provider, providers};

/// How many payments one list has at most.
const MAX_SEEDS: usize = 1_000;

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
    /// Whose payment it is: the API key, for Pakasir the project and the key as `PROJECT:KEY`, for K-Link the e-mail
    /// address.
    pub credential: Secret,
    /// The merchant's name of the payment. PayDigital takes none; Kazukipay makes one up; the others need one.
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
    fn deed(&self) -> Option<Deed> {
        match self.status {
            PaymentStatus::Pending => None,
            PaymentStatus::Paid => Some(Deed::Pay),
            PaymentStatus::Cancelled => Some(Deed::Cancel),
            PaymentStatus::Expired => Some(Deed::Expire),
        }
    }

    fn record(&self, account: &mut Account, desk: &mut Desk<'_>) -> Result<usize, String> {
        if let Some(reference) = &self.reference {
            if name(Some(reference)).is_none() {
                return Err("reference is not valid".into());
            }
            if account.find(|record| record.order == *reference).is_some() {
                return Err("reference is taken".into());
            }
        }
        if !(1..=MAX_AMOUNT).contains(&self.amount) {
            return Err(format!("amount must be from 1 to {MAX_AMOUNT}"));
        }
        let mut record = providers::seeded(account, desk, self)?;
        // Magic prices mean nothing here.
        record.due = None;
        account.record(record, desk).map_err(|trouble| trouble.message().to_owned())?;
        Ok(account.payments.len() - 1)
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

/// Records all payments of a list, or none. The providers notify of none.
pub(crate) fn plant(world: &mut World, seeds: &[Seed], now: Timestamp) -> Result<Vec<Payment>, SeedError> {
    if seeds.len() > MAX_SEEDS {
        return Err(SeedError::new(None, format!("a list has up to {MAX_SEEDS} payments")));
    }
    world.settle(now);
    let planted = world.all_or_none(|world| {
        let place = |(index, seed): (usize, &Seed)| {
            let refused = |reason: String| SeedError::new(Some(index), reason);
            let key = providers::account_of(seed).ok_or_else(|| refused("credential is not valid".into()))?;
            let placed = world.account(seed.provider, &key, now, |account, desk| seed.record(account, desk));
            let at = placed.map_err(|full| refused(full.message().into()))?.map_err(refused)?;
            Ok((key, at))
        };
        seeds.iter().enumerate().map(place).collect::<Result<Vec<_>, _>>()
    })?;
    let finish = |world: &mut World, seed: &Seed, key: &str, at: usize| {
        world.account(seed.provider, key, now, |account, desk| {
            if let Some(deed) = seed.deed() {
                account.carry_out(at, deed, now, desk);
            }
            account.payments[at].payment()
        })
    };
    let finished = world.quietly(|world| {
        seeds.iter().zip(&planted).map(|(seed, (key, at))| finish(world, seed, key, *at)).collect::<Result<_, _>>()
    });
    finished.map_err(|full| SeedError::new(None, full.message()))
}
