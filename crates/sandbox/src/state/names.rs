//! Where something is that has a name.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hash, RandomState};

/// Places by name. Only hashes of names are kept: who finds a place compares the name.
#[derive(Default)]
pub(super) struct Names {
    hasher: RandomState,
    places: BTreeSet<(u64, u64)>,
}

impl Names {
    pub(super) fn insert(&mut self, name: impl Hash, place: u64) {
        self.places.insert((self.hasher.hash_one(name), place));
    }

    pub(super) fn remove(&mut self, name: impl Hash, place: u64) {
        self.places.remove(&(self.hasher.hash_one(name), place));
    }

    /// The places where the name may be, in ascending order.
    pub(super) fn of(&self, name: impl Hash) -> impl DoubleEndedIterator<Item = u64> {
        let hash = self.hasher.hash_one(name);
        self.places.range((hash, 0)..=(hash, u64::MAX)).map(|(_, place)| *place)
    }
}

/// A name of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name<'a> {
    /// The merchant's.
    Order(&'a str),
    /// The provider's.
    Reference(&'a str),
    /// The merchant's name of the request that has made it, where there is one.
    Request(&'a str),
}
