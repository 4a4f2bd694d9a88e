//! Typed clients for Indonesian payment gateways, each behind a feature of its name.
//!
//! | feature | module | provider |
//! |---|---|---|
//! | `kazukipay` | [`kazukipay`](https://docs.rs/gerbang-kazukipay) | Kazukipay: QRIS |
//! | `klink` | [`klink`](https://docs.rs/gerbang-klink) | K-Link: wallets, virtual accounts, cards, GoPay |
//! | `kropay` | [`kropay`](https://docs.rs/gerbang-kropay) | Kropay: dynamic QRIS |
//! | `pakasir` | [`pakasir`](https://docs.rs/gerbang-pakasir) | Pakasir: QRIS, virtual accounts, PayPal; API v2, and v1, which is discontinued |
//! | `paydigital` | [`paydigital`](https://docs.rs/gerbang-paydigital) | PayDigital: QRIS |
//!
//! Whatever the gateway, [`PaymentGateway`] takes a payment with it, [`wait`](https://docs.rs/gerbang-transport) waits for it,
//! [`confirm`] finds out whether a notification is true, and [`recover`] finds a payment whose creation got no answer. A payment
//! is paid where there is a [`Proof`]. [`Retry`] says when a call that failed is sent again.
//!
//! `ledger` adds [`ledger`](https://docs.rs/gerbang-ledger): payments that survive crashes, in one SQLite database with the shop's
//! own tables; `ledger-postgres` the same on PostgreSQL. Both need Rust 1.94.
//!
//! `full` is all gateways. `qris` adds QRIS payloads, with `qris-terminal`, `qris-svg` and `qris-png` to draw them. `rustls` (default) or `native-tls` chooses the TLS. `schemars` implements `JsonSchema` for
//! every type that is sent, read or stored. Every client has `new`, `from_env`, `builder` and one method for each operation of the provider's document, and
//! returns the same [`Error`].
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use gerbang_core::{
    Answer, Capabilities, Delivery, DottedRupiah, Doubt, Entries, Error, Expected, Flag, Identifier, JakartaTime,
    JsonString, Judged, Kind, Lookup, Method, Mismatch, NewPayment, Notification, NotificationFailure, Open, Operation,
    Payable, Payment, PaymentGateway, PaymentStatus, Proof, Retry, Rows, Rupiah, RupiahError, Secret, Seen, Surcharge,
    TimeError, Trust, Variable, Word, answer, check, confirm, gateway, judge, judge_answer, operation, pace, recover,
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
#[cfg(feature = "pakasir")]
pub use gerbang_pakasir as pakasir;
#[cfg(feature = "paydigital")]
pub use gerbang_paydigital as paydigital;
#[cfg(feature = "qris")]
pub use gerbang_qris as qris;
#[cfg(any(
    feature = "kazukipay",
    feature = "klink",
    feature = "kropay",
    feature = "pakasir",
    feature = "paydigital"
))]
pub use gerbang_transport::{Builder, Poll, WaitError, WaitReason, Watched, reqwest, wait, watch};
pub use jiff;
