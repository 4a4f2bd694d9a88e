//! The last payments that were processed, for programs without a database.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The keys of the last payments that were processed, in memory, to distinguish a replay from a new payment; see
/// [`Proof::key`](crate::Proof::key).
///
/// It forgets everything with the program and the oldest when it is full, and knows nothing of other processes. A program that
/// has a database stores the key there under a unique index, in the transaction that marks the order as paid, and needs no
/// `Seen`.
#[derive(Debug)]
pub struct Seen {
    most: usize,
    keys: Mutex<VecDeque<String>>,
}

impl Seen {
    /// Remembers at most this many keys; 0 is taken for 1.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), keys: Mutex::default() }
    }

    /// Whether this key is remembered.
    pub fn contains(&self, key: &str) -> bool {
        self.keys().iter().any(|seen| seen == key)
    }

    /// Remembers a key; true when it was new. Call it together with what is done for the payment, not before: what was not
    /// done must not count as processed.
    pub fn remember(&self, key: &str) -> bool {
        let mut keys = self.keys();
        if keys.iter().any(|seen| seen == key) {
            return false;
        }
        if keys.len() >= self.most {
            keys.pop_front();
        }
        keys.push_back(key.to_owned());
        true
    }

    fn keys(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// At most 10 000 keys.
impl Default for Seen {
    fn default() -> Self {
        Self::new(10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_a_key_is_new_once() {
        let seen = Seen::new(2);
        assert_eq!(["a", "b", "b", "c"].map(|key| seen.remember(key)), [true, true, false, true]);
        assert_eq!(["a", "b", "c"].map(|key| seen.contains(key)), [false, true, true]);
        let one = Seen::new(0);
        assert_eq!(["a", "a", "b", "a"].map(|key| one.remember(key)), [true, false, true, true]);
    }
}
