//! Random numbers, for pauses that nobody must guess and no two clients should share.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A random number.
pub(crate) fn random() -> u32 {
    // The keys of a hash map, which the operating system chooses at random.
    (RandomState::new().build_hasher().finish() >> 32) as u32
}
