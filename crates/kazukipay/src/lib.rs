//! A typed client for Kazukipay, generated from its spec.
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_kazukipay::{Client, Credentials, types::CreatePayment};
//! use gerbang_core::Rupiah;
//!
//! # async fn pay() -> Result<(), gerbang_core::Error> {
//! let client = Client::new(Credentials::new("SK-not-a-real-key", 1))?;
//! let new = CreatePayment::new(Rupiah::new(10_000), "ORD-001");
//! let payment = client.create_payment(&new).await?;
//! println!("pay {} by {}", payment.unique_amount, payment.qris_url);
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! Features: `client` (default) brings the HTTP client; `rustls` (default), `rustls-aws-lc-rs` or `native-tls` its TLS; `qris-scan`
//! reads the payload out of the picture of the QR code; `schemars` implements `JsonSchema` for every type.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod descriptor;
#[cfg(feature = "client")]
mod gateway;
#[rustfmt::skip]
mod generated;
#[cfg(feature = "qris-scan")]
mod picture;
mod status;
mod webhook;

#[cfg(feature = "client")]
pub use descriptor::GATEWAYS;
#[cfg(feature = "client")]
pub use gateway::Gateway;
pub use generated::*;
pub use webhook::{ACCEPTANCE, read_notification};

/// The gateway's name, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "kazukipay";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
