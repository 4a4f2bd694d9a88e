//! Notifications to the merchant: what they are, where they are sent, and the log of attempts to send them.

mod addresses;
mod error;
mod lanes;
mod log;
mod notification;
mod sender;

pub use error::WebhookError;
pub use log::WebhookAttempt;

pub(crate) use addresses::{Addresses, is_address};
pub(crate) use log::{Outcome, address, masked_address};
pub(crate) use notification::{Digits, Keys, MemberSignature, Notification, Notifier, Proof, Signature, sign};
pub(crate) use sender::{Attempt, Sender};
