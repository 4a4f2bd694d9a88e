//! A typed client for Tripay, generated from its spec.
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_core::Rupiah;
//! use gerbang_tripay::{Client, Credentials};
//!
//! # async fn cost() -> Result<(), gerbang_core::Error> {
//! let client = Client::new(Credentials::new("not-a-real-key", "not-a-real-private-key", "T0001"))?;
//! for channel in client.fee_calculator(Rupiah::new(100_000)).await? {
//!     println!("{}: {}", channel.code, channel.total_fee.customer);
//! }
//! # Ok(())
//! # }
//! # }
//! ```
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
pub use webhook::{ACCEPTANCE, SIGNATURE_HEADER, read_notification};

/// The gateway's name, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "tripay";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
