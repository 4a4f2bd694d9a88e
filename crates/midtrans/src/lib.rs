//! A typed client for Midtrans, generated from its spec.
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_midtrans::types::TransactionState;
//! use gerbang_midtrans::{Client, Credentials};
//!
//! # async fn is_settled() -> Result<bool, gerbang_core::Error> {
//! let client = Client::new(Credentials::new("not-a-real-key"))?;
//! let now = client.transaction_status("ORDER-12345").await?;
//! Ok(now.status_code == "200" && now.transaction_status == TransactionState::Settlement)
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
#[cfg(feature = "client")]
mod payable;
#[cfg(feature = "client")]
mod request;
mod status;
mod webhook;

#[cfg(feature = "client")]
pub use descriptor::GATEWAYS;
#[cfg(feature = "client")]
pub use gateway::Gateway;
pub use generated::*;
pub use webhook::{ACCEPTANCE, read_notification};

/// The gateway's name, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "midtrans";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
