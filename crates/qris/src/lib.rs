//! QRIS payloads, the text within the QR codes that Indonesian payment apps scan: read, verify, report what is wrong, build, make
//! dynamic or static, anonymise, draw.
//!
//! A gateway returns such a payload for a payment. Before it is shown to a payer, [`verify_amount`] makes sure that it is
//! whole and asks for the right amount. Then it is drawn here, so that no payment data goes to a third-party service
//! that draws QR codes.
//!
//! [`report`](report()) says all that is wrong with a payload, or with a text that somebody pasted for one; [`check_payable`] is what the
//! gateways do with a payload: it refuses what no app can pay and what would make the customer pay another amount.
//!
//! The format is EMVCo's "QR Code Specification for Payment Systems, Merchant-Presented Mode". Payloads of other
//! countries that follow it can be read too, but amounts only in rupiah.
//!
//! ```
//! use gerbang_core::Rupiah;
//! use gerbang_qris::{Qris, QrisErrorKind, verify_amount};
//!
//! let payload = "00020101021226660014ID.LINKAJA.WWW011893600911002160003402091234567890303UMI51440014ID.CO.QRIS.WWW";
//! assert_eq!(Qris::parse(payload).unwrap_err().kind(), &QrisErrorKind::Truncated);
//!
//! let payload = "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW\
//!                0215ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262\
//!                230519SP25RZRATEQI2HQ65Q46304A079";
//! let qris = verify_amount(payload, Rupiah::new(100_003))?;
//! assert_eq!(qris.merchant_name(), Some("Pakasir"));
//! assert_eq!(qris.nmid(), Some("ID1024322842930"));
//! assert_eq!(qris.reference(), Some("SP25RZRATEQI2HQ65Q4"));
//! for account in qris.accounts() {
//!     println!("{:02} {:?} {:?}", account.tag(), account.globally_unique_id(), account.pan());
//! }
//! # Ok::<(), gerbang_qris::QrisError>(())
//! ```
//!
//! # Features
//!
//! None is on by default.
//!
//! - `terminal`: draws a payload as text, with `Qris::to_terminal` and `Qris::to_terminal_plain`.
//! - `svg`: draws it as SVG, with `Qris::to_svg`, and as a card to print, with `Qris::to_standee`.
//! - `png`: draws it as PNG, with `Qris::to_png`.
//! - `scan`: reads a payload out of a picture, with `Qris::scan`.
//!
//! All draw with error correction level M and a quiet zone of four modules.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod acquirers;
mod advice;
mod anonymise;
mod builder;
mod check;
mod crc;
mod dynamic;
mod error;
#[cfg(any(feature = "terminal", feature = "svg", feature = "png"))]
mod mask;
mod money;
mod pasted;
mod path;
mod payable;
mod payload;
mod purpose;
#[cfg(any(feature = "terminal", feature = "svg", feature = "png"))]
mod render;
mod report;
mod rule;
#[cfg(feature = "scan")]
mod scan;
#[cfg(feature = "svg")]
mod standee;
mod tags;
mod tip;
mod words;
mod write;

pub use account::{Account, Accounts};
pub use builder::QrisBuilder;
pub use check::check_payable;
pub use crc::crc16;
pub use dynamic::Order;
pub use error::{QrisError, QrisErrorKind};
pub use money::verify_amount;
pub use path::TagPath;
pub use payload::{Initiation, MAX_PAYLOAD, Qris};
pub use purpose::Purpose;
#[cfg(feature = "terminal")]
pub use render::Background;
pub use report::{Finding, Report, report};
pub use rule::{Level, Rule};
#[cfg(feature = "scan")]
pub use scan::{MAX_PICTURE, ScanError};
pub use tags::Tags;
pub use tip::Tip;

/// The examples of the README, compiled as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
