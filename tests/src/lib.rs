//! What the tests of the workspace share: calls of all operations, all payment gateways, and a hostile server.

pub mod calls;
pub mod gateways;
pub mod server;

/// The README's examples, compiled as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
