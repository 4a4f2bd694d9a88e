//! A typed client for Midtrans, generated from its spec.
//!
//! Features: `client` (default) brings the HTTP client; `rustls` (default) or `native-tls` its TLS; `schemars` implements
//! `JsonSchema` for every type.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod descriptor;
#[rustfmt::skip]
mod generated;

#[cfg(feature = "client")]
pub use descriptor::GATEWAYS;
pub use generated::*;

/// The gateway's name.
pub const PROVIDER: &str = "midtrans";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
