//! Creations that fail for a while, and how often each has failed so far.

use std::collections::HashMap;
use std::fmt;
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
#[derive(Default)]
pub(crate) struct Failing(Mutex<HashMap<Creation, u32>>);

/// Credentials are not for everybody's eyes.
impl fmt::Debug for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failing")
    }
}

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

    /// Forgets the creations with a credential.
    pub(crate) fn forget(&self, provider: Provider, credential: &str) {
        lock(&self.0).retain(|(of, key, _), _| *of != provider || key != credential);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_calls_fail_and_no_credential_is_shown() {
        let failing = Failing::default();
        let creation = || (Provider::Kropay, "canary".to_owned(), "A".to_owned());
        let fails = || failing.fails(creation()).unwrap();
        assert_eq!([fails(), fails(), fails()], [true, true, false]);
        assert!(!format!("{failing:?}").contains("canary"));
    }
}
