//! A typed client for Lumbung, generated from its spec.
//!
//! Features: `client` (default) brings the HTTP client; `rustls` (default), `rustls-aws-lc-rs` or `native-tls` its TLS; `schemars`
//! implements `JsonSchema` for every type.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod descriptor;
#[cfg(feature = "client")]
mod gateway;
#[rustfmt::skip]
mod generated;
mod status;
mod webhook;

#[cfg(feature = "client")]
pub use descriptor::GATEWAYS;
#[cfg(feature = "client")]
pub use gateway::Gateway;
pub use generated::*;
pub use webhook::{ACCEPTANCE, SECRET_HEADER, read_notification};

/// The gateway's name.
pub const PROVIDER: &str = "lumbung";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
