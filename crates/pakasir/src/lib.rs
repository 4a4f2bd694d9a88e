//! Typed clients for Pakasir, generated from its specs. Take [`v2`], of which no document was at hand. [`v1`], the documented
//! API, is discontinued: its end was announced for 20 October 2026, and that day is past. Neither falls back to the other.
//!
//! [`PayPage`] makes the addresses of Pakasir's own pay pages, which need no API call.
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_core::Rupiah;
//! use gerbang_pakasir::v2::{Client, Credentials, types::{NewTransaction, PaymentMethod}};
//!
//! # async fn pay() -> Result<(), gerbang_core::Error> {
//! let client = Client::new(Credentials::new("not-a-real-key", "depodomain"))?;
//! let new = NewTransaction::new(PaymentMethod::Qris, Rupiah::new(99_000));
//! let payment = client.create_transaction("INV123123", &new).await?;
//! println!("pay {:?} by {:?}", payment.total_payment, payment.qr_string);
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! Features: `client` (default) brings the HTTP client; `rustls` (default), `rustls-aws-lc-rs` or `native-tls` its TLS; `schemars`
//! implements `JsonSchema` for every type.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod common;
#[cfg(feature = "client")]
mod descriptor;
#[rustfmt::skip]
mod generated;
mod pay_page;
pub mod v1;
pub mod v2;

#[cfg(feature = "client")]
pub use descriptor::GATEWAYS;
pub use pay_page::PayPage;

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
