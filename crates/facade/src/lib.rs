//! Typed clients for Indonesian payment gateways, each behind a feature of its name.
//!
//! | feature | module | provider |
//! |---|---|---|
//! | `kazukipay` | [`kazukipay`](https://docs.rs/gerbang-kazukipay) | Kazukipay: QRIS |
//! | `klink` | [`klink`](https://docs.rs/gerbang-klink) | K-Link: wallets, virtual accounts, cards, GoPay |
//! | `kropay` | [`kropay`](https://docs.rs/gerbang-kropay) | Kropay: dynamic QRIS |
//! | `midtrans` | [`midtrans`](https://docs.rs/gerbang-midtrans) | Midtrans: QRIS, GoPay, virtual accounts |
//! | `pakasir` | [`pakasir`](https://docs.rs/gerbang-pakasir) | Pakasir: QRIS, virtual accounts, PayPal; API v2, and v1, which is discontinued |
//! | `paydigital` | [`paydigital`](https://docs.rs/gerbang-paydigital) | PayDigital: QRIS |
//! | `tripay` | [`tripay`](https://docs.rs/gerbang-tripay) | Tripay: QRIS, virtual accounts |
//!
//! `full` is all of them. `qris` adds QRIS payloads, with `qris-terminal`, `qris-svg` and `qris-png` to draw them, and
//! `qris-scan` to read them from pictures. `schemars` implements `JsonSchema` for every type that is sent, read or stored.
//!
//! `rustls` (default) has TLS by rustls and ring, `rustls-aws-lc-rs` by rustls and AWS-LC, `native-tls` by the system, which it takes
//! where several are on. None changes a setting of the process. Of two that a program's other crates switch on, rustls itself takes
//! neither: such a program installs one, or gives it to each `rustls::ClientConfig`. Where reqwest has no other TLS,
//! `reqwest::Client::new` panics; `Network::http_client` does not.
//!
//! `ledger` adds [`ledger`](https://docs.rs/gerbang-ledger): payments that survive crashes, in one SQLite database with the shop's
//! own tables; `ledger-postgres` the same on PostgreSQL. Both need Rust 1.94.
//!
//! Every client has `new`, `from_env`, `builder` and one method for each operation of the provider's document, and returns the same
//! [`Error`]. [`PaymentGateway`] is what all gateways have in common; `gerbang::gateways()` lists them.
//!
//! # A first payment
//!
//! Create it, store it, show it, wait for a [`Proof`]. The gateway is chosen by name, and its settings are environment variables.
//!
#![cfg_attr(feature = "kropay", doc = "```no_run")]
#![cfg_attr(not(feature = "kropay"), doc = "```ignore")]
//! use std::time::Duration;
//!
//! use gerbang::{Delivery, Expected, NewPayment, Payable, Poll, Rupiah, gateway_from_env, recover, wait};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let gateway = gateway_from_env("kropay")?; // GERBANG_KROPAY_API_KEY
//!     let order = NewPayment::new("ORDER-12345", Rupiah::new(10_000));
//!     // Store the order before it is sent: after a crash it is all that is known.
//!     let payment = match gateway.create_payment(&order).await {
//!         // The reply was lost: the payment may exist, and must not be created again.
//!         Err(error) if error.delivery() == Delivery::MaybeSent => recover(&gateway, &order).await?,
//!         created => created?,
//!     };
//!     // Store the payment: serde_json::to_string(&payment)
//!     if let Some(payable) = payment.payable {
//!         println!("pay Rp{} to the last rupiah", payable.to_dotted());
//!     }
//!     for way in &payment.pay_with {
//!         match way {
//!             Payable::Qris(payload) => println!("draw this as a QR code: {payload}"),
//!             other => println!("{other:?}"),
//!         }
//!     }
//!     let poll = Poll::default().for_at_most(Duration::from_secs(3600));
//!     let proof = wait(&gateway, &Expected::new(payment), poll).await?;
//!     // In one transaction: store the key under a unique index, and mark the order as paid.
//!     println!("paid: {}", proof.key());
//!     Ok(())
//! }
//! ```
//!
//! # Any gateway
//!
//! What a gateway can do is known without an account, so that a shop can offer what there is:
//!
#![cfg_attr(feature = "client", doc = "```")]
#![cfg_attr(not(feature = "client"), doc = "```ignore")]
//! for gateway in gerbang::gateways() {
//!     let can = (gateway.capabilities)();
//!     println!("{}: {}, from Rp{}", gateway.name, gateway.takes, can.least_amount.to_dotted());
//! }
//! ```
//!
//! # A notification
//!
//! [`confirm`] asks the gateway unless the notification is signed, and compares everything with the expected payment. [`answer`]
//! makes the response that the gateway wants.
//!
//! ```
//! use gerbang::{Expected, Notification, NotificationFailure, Payment, PaymentGateway, Proof, answer, confirm};
//!
//! async fn notified(
//!     gateway: &dyn PaymentGateway,
//!     headers: &http::HeaderMap,
//!     body: &[u8],
//!     stored: impl Fn(&Notification) -> Payment, // the order's, by the notification's reference or id
//! ) -> http::Response<Vec<u8>> {
//!     let outcome = async {
//!         let notification = gateway.parse_notification(headers, body)?;
//!         let expected = Expected::new(stored(&notification));
//!         let proof = confirm(gateway, &notification, &expected).await?;
//!         // Here: one transaction that stores proof.key() and marks the order as paid. Where it fails, answer 503.
//!         Ok::<Proof, NotificationFailure>(proof)
//!     };
//!     answer(gateway.acceptance(), outcome.await.as_ref())
//! }
//! ```
//!
//! # After a lost reply
//!
//! A creation whose error is [`Delivery::MaybeSent`] may have made a payment. [`recover`] finds it where the gateway can; no
//! answer of it says that there is none.
//!
//! ```
//! use gerbang::{Error, NewPayment, Payment, PaymentGateway, recover};
//!
//! async fn found(gateway: &dyn PaymentGateway, order: &NewPayment) -> Result<Payment, Error> {
//!     let can = gateway.capabilities();
//!     if can.find_by_reference || can.idempotent_create {
//!         return recover(gateway, order).await; // try again later when it fails
//!     }
//!     // Only its notification can say more: compare it with this.
//!     Ok(order.unanswered(gateway.provider()))
//! }
//! ```
//!
//! # What is logged
//!
//! With any subscriber of `tracing`, `RUST_LOG=gerbang=debug` shows each call and attempt:
//!
//! | Span or event | Level | Fields |
//! |---|---|---|
//! | span `gerbang.payment`, a gateway is asked | debug | `gerbang.provider`, `gerbang.operation`, `gerbang.reference` |
//! | span `gerbang.call`, all attempts of a call | debug | `gerbang.provider`, `gerbang.operation`, `error.type` |
//! | span `gerbang.attempt` | debug | `http.request.method`, `http.request.resend_count`, `url.template`, `server.address`, `http.response.status_code`, `error.type` |
//! | the attempt succeeded, the attempt failed | debug | `delivery` where it failed |
//! | the call is sent again | debug | `error.type`, `pause_ms` |
//! | a notification proves the payment, or nothing | debug | `gerbang.provider`, `gerbang.reference` |
//! | an optional member cannot be read | warn | `member` |
//! | a notification needs a person | error | `gerbang.provider`, `gerbang.reference`, `gerbang.payment` |
//!
//! No credential is in any of them. What a provider or a sender wrote, such as an unknown status, may be in the texts of events,
//! as one line.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod registered;

pub use gerbang_core::{
    Answer, Capabilities, Delivery, DottedRupiah, Doubt, Entries, Error, Expected, Flag, Identifier, JakartaTime,
    JsonString, Judged, Kind, Lookup, Method, Mismatch, NewPayment, NewRefund, Notification, NotificationFailure,
    NotificationProof, Open, Operation, Payable, Payment, PaymentGateway, PaymentStatus, Proof, Refund, Retry, Rows,
    Rupiah, RupiahError, Secret, Seen, Surcharge, TimeError, Trust, Variable, Word, acknowledges, answer, check,
    confirm, gateway, judge, judge_answer, operation, pace, recover, signature,
};
#[cfg(feature = "kazukipay")]
pub use gerbang_kazukipay as kazukipay;
#[cfg(feature = "klink")]
pub use gerbang_klink as klink;
#[cfg(feature = "kropay")]
pub use gerbang_kropay as kropay;
#[cfg(any(feature = "ledger", feature = "ledger-postgres"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "ledger", feature = "ledger-postgres"))))]
pub use gerbang_ledger as ledger;
#[cfg(feature = "midtrans")]
pub use gerbang_midtrans as midtrans;
#[cfg(feature = "pakasir")]
pub use gerbang_pakasir as pakasir;
#[cfg(feature = "paydigital")]
pub use gerbang_paydigital as paydigital;
#[cfg(feature = "qris")]
pub use gerbang_qris as qris;
#[cfg(feature = "client")]
pub use gerbang_transport::{
    Builder, Network, Poll, WaitError, WaitReason, Watched, redact, registry, reqwest, wait, watch,
};
#[cfg(feature = "tripay")]
pub use gerbang_tripay as tripay;
pub use jiff;
#[cfg(feature = "client")]
pub use registered::{gateway_from_env, gateway_named, gateways};
