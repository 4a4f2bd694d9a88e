//! A typed client for K-Link Service Payment, generated from its spec: wallets, virtual accounts, cards, GoPay.
//!
//! The client logs in by itself: at the first call, once for all concurrent callers, and again when the token is six hours old
//! or K-Link may not accept it any more. A question is then asked again, once. What creates a payment or moves money is not, but
//! for a refusal that can only be about the token: HTTP 401 in the documented form, or for a creation a text that says nothing
//! else.
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_klink::{Client, Credentials, types::BalanceQuery};
//!
//! # async fn ask() -> Result<(), gerbang_core::Error> {
//! let client = Client::new(Credentials::new("shop@example.com", "not-a-real-password"))?;
//! let balance = client.check_balance(&BalanceQuery::new("idspaa0012")).await?;
//! println!("{}", balance.last_saldo);
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! K-Link's token is "for one session", and a login may end the session of another process. Processes that share an account
//! share its token through a `SessionStore`, such as one row of their database; without one they keep ending each other's
//! sessions:
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use std::sync::Arc;
//! use gerbang_klink::{Client, SessionStore};
//!
//! # fn share(store: Arc<dyn SessionStore>) -> Result<Client, gerbang_core::Error> {
//! let client = Client::from_env()?.with_session_store(store);
//! # Ok(client)
//! # }
//! # }
//! ```
//!
//! A call that moves money and is answered with `fail` may have moved it all the same: its error is
//! [`Delivery::MaybeSent`](gerbang_core::Delivery::MaybeSent) and says what to do. After `pay_from_wallet`, ask with `reconcile`
//! by the same `id_order`; to pay the order by another one may take the money twice. `reconcile` compares the order, and
//! `accept_refund` takes no question for a receipt.
//!
//! K-Link's document spells some paths in two ways. The client uses the main text's; another is set with the builder:
//!
//! ```no_run
//! # #[cfg(feature = "client")] mod example {
//! use gerbang_klink::{Client, Credentials, operations};
//!
//! # fn build(credentials: Credentials) -> Result<Client, gerbang_core::Error> {
//! Client::builder(credentials).path(&operations::LIST_BANKS, operations::LIST_BANKS.alternative_paths[0]).build()
//! # }
//! # }
//! ```
//!
//! `VaGateway` and `GopayGateway` are its services in the words of every gateway. [`read_notification`] checks and reads what
//! K-Link sends.
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
mod members;
mod near_miss;
#[cfg(feature = "client")]
mod receipt;
mod refund;
#[cfg(feature = "client")]
mod session;
mod status;
#[cfg(feature = "client")]
mod store;
mod webhook;

#[cfg(feature = "client")]
pub use descriptor::GATEWAYS;
#[cfg(feature = "client")]
pub use gateway::{GopayGateway, VaGateway};
pub use generated::*;
pub use refund::AlreadyRefunded;
#[cfg(feature = "client")]
pub use store::{MemorySessionStore, SessionStore, StoredSession};
pub use webhook::{ACCEPTANCE, SIGNATURE_HEADER, WebhookKeys, read_notification};

/// The name of the gateway for virtual accounts, cards and transfers, see [`gerbang_core::PaymentGateway::provider`].
pub const PROVIDER: &str = "klink";

/// The name of the gateway for GoPay, see [`gerbang_core::PaymentGateway::provider`].
pub const GOPAY_PROVIDER: &str = "klink-gopay";

/// The examples of the README, compiled as doctests.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
