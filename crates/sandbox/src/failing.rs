//! Creations that fail for a while, and how often each has failed so far.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::Provider;
use crate::lock::lock;
use crate::state::Refusal;

/// How many calls fail at the price that fails for a while.
const FAILURES: u32 = 2;

/// How many creations that fail for a while are remembered.
const MAX_FAILING: usize = 10_000;

/// What a creation is recognised by when it is tried again: the provider, the credential, and the merchant's name of the
/// payment, which is empty where there is none.
type Creation = (Provider, String, String);

/// How often creations have failed that fail for a while.
#[derive(Debug, Default)]
pub(crate) struct Failing(Mutex<HashMap<Creation, u32>>);

impl Failing {
    /// Counts a call. Returns whether it fails.
    pub(crate) fn fails(&self, creation: Creation) -> Result<bool, Refusal> {
        let mut failing = lock(&self.0);
        if failing.len() >= MAX_FAILING && !failing.contains_key(&creation) {
            return Err(Refusal::Full);
        }
        let failures = failing.entry(creation).or_default();
        let fails = *failures < FAILURES;
        *failures += u32::from(fails);
        Ok(fails)
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}
