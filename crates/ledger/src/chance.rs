//! Random numbers, for pauses that nobody must guess and names that no two processes share.

use std::hash::{BuildHasher, Hasher, RandomState};

fn random() -> u64 {
    // The keys of a hash map, which the operating system chooses at random.
    RandomState::new().build_hasher().finish()
}

/// A random number.
pub(crate) fn number() -> u32 {
    (random() >> 32) as u32
}

/// A name that no other process has.
pub(crate) fn name() -> String {
    format!("{:016x}{:016x}-{}", random(), random(), std::process::id())
}
