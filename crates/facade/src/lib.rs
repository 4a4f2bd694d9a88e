//! Typed clients for Indonesian payment gateways, each behind a feature of its name.
//!
//! | feature | module | provider |
//! |---|---|---|
//! | `kazukipay` | [`kazukipay`](https://docs.rs/gerbang-kazukipay) | Kazukipay: QRIS |
//! | `klink` | [`klink`](https://docs.rs/gerbang-klink) | K-Link: wallets, virtual accounts, cards, GoPay |
//! | `kropay` | [`kropay`](https://docs.rs/gerbang-kropay) | Kropay: dynamic QRIS |
//! | `pakasir` | [`pakasir`](https://docs.rs/gerbang-pakasir) | Pakasir: QRIS, virtual accounts, PayPal; API v1 and v2 |
//! | `paydigital` | [`paydigital`](https://docs.rs/gerbang-paydigital) | PayDigital: QRIS |
//!
//! `full` is all of them. `rustls` (default) or `native-tls` chooses the TLS. `schemars` implements `JsonSchema` for every
//! type. Every client has `new`, `from_env`, `builder` and one method for each operation of the provider's document, and
//! returns the same [`Error`].
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use gerbang_core::{
    Delivery, DottedRupiah, Error, Flag, Identifier, JakartaTime, JsonString, Kind, Open, Operation, Rupiah,
    RupiahError, Secret, TimeError, Word, operation,
};
#[cfg(feature = "kazukipay")]
pub use gerbang_kazukipay as kazukipay;
#[cfg(feature = "klink")]
pub use gerbang_klink as klink;
#[cfg(feature = "kropay")]
pub use gerbang_kropay as kropay;
#[cfg(feature = "pakasir")]
pub use gerbang_pakasir as pakasir;
#[cfg(feature = "paydigital")]
pub use gerbang_paydigital as paydigital;
