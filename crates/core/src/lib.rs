//! Types shared by the Gerbang clients for Indonesian payment gateways: money, time, secrets, open word sets, one error.
//!
//! There is no HTTP client in here, and nothing that waits: when a call that failed is sent again is decided by [`Retry`] (3
//! attempts, pauses of up to 200 milliseconds, then 400, at most 5 seconds) and done by `gerbang-transport`. [`recover`] finds
//! a payment whose creation got no answer.
//!
//! A program rarely names this crate: the facade `gerbang` and each provider's crate
//! re-export what their signatures mention.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
pub mod check;
mod choice;
mod compare;
mod confirm;
mod created;
pub mod credentials;
mod decimal;
mod doubt;
mod error;
mod expected;
mod flag;
pub mod gateway;
mod identifier;
mod json_object;
mod json_string;
mod judge;
mod kind;
pub mod limits;
mod notification;
mod open;
pub mod operation;
pub mod pace;
mod payment;
mod proof;
mod recover;
mod refund;
pub mod refusal;
pub mod retry;
mod rows;
mod rupiah;
mod scalar;
mod secret;
mod seen;
pub mod signature;
#[cfg(feature = "signature")]
mod signing;
mod time;
pub mod wire;

pub use confirm::{NotificationFailure, acknowledges, answer, confirm};
pub use created::believed_state;
pub use credentials::{Credential, Credentials, Variable};
pub use decimal::{Decimal, DecimalError};
pub use doubt::{Doubt, Mismatch};
pub use error::Error;
pub use expected::{Expected, updated};
pub use flag::Flag;
pub use gateway::{Answer, Capabilities, Lookup, PaymentGateway, Surcharge};
pub use identifier::Identifier;
pub use json_object::{Json, JsonObject};
pub use json_string::JsonString;
pub use judge::{Judged, Proof, judge, judge_answer};
pub use kind::{Delivery, Kind};
pub use notification::{MAX_NOTIFICATION, Notification, Trust, read_notification};
pub use open::{Open, Word};
pub use operation::Operation;
pub use payment::{Method, NewPayment, Payable, Payment, PaymentStatus};
pub use proof::NotificationProof;
pub use recover::recover;
pub use refund::{NewRefund, Refund};
pub use retry::Retry;
pub use rows::{Entries, Rows};
pub use rupiah::{DottedRupiah, Rupiah, RupiahError};
pub use secret::Secret;
pub use seen::Seen;
pub use time::{JakartaTime, TimeError};

/// The examples of the README, compiled as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
