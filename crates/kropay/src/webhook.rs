//! Kropay's notifications as those of any gateway.

use gerbang_core::{Error, Notification, Trust};

use crate::PROVIDER;
use crate::notifications::payment_notification;
use crate::status::status;

/// The answer after which Kropay stops sending a notification.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// Reads a notification. Kropay does not sign it: it proves nothing until [`gerbang_core::confirm`] has asked the API.
///
/// # Errors
///
/// [`gerbang_core::Kind::InvalidNotification`] when it is not Kropay's JSON.
pub fn read_notification(body: &[u8]) -> Result<Notification, Error> {
    let read = payment_notification(body)?;
    let mut notification = Notification::new(PROVIDER, Trust::Unsigned, status(&read.status));
    notification.id = Some(read.reference.to_string());
    notification.reference = Some(read.merchant_ref.to_string());
    notification.amount = Some(read.amount);
    notification.payable = Some(read.total_amount);
    Ok(notification)
}
