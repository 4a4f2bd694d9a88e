//! A typed client for Kropay, generated from its spec.
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_core::Rupiah;
//! use gerbang_kropay::{Client, Credentials, types::CreatePayment};
//!
//! # async fn pay() -> Result<(), gerbang_core::Error> {
//! let client = Client::new(Credentials::new("not-a-real-key"))?;
//! let new = CreatePayment::new("ORDER-12345", Rupiah::new(10_000)).expired_in(900);
//! let payment = client.create_payment(&new).await?;
//! println!("pay {} by {}", payment.total_amount, payment.qris_string);
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
pub use webhook::{ACCEPTANCE, read_notification};

/// The gateway's name, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "kropay";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
