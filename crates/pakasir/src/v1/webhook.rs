//! The notifications of Pakasir API v1 as those of any gateway.

use gerbang_core::{Error, Notification, Trust};

use super::PROVIDER;
use super::notifications::transaction_notification;
use super::status::status;

/// The answer to a notification. Which one Pakasir wants is not documented: that this body does is a guess.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// Reads a notification. Pakasir does not sign it: it proves nothing until [`gerbang_core::confirm`] has asked the API.
///
/// # Errors
///
/// [`gerbang_core::Kind::InvalidNotification`] when it is not Pakasir's JSON.
pub fn read_notification(body: &[u8]) -> Result<Notification, Error> {
    let read = transaction_notification(body)?;
    let mut notification = Notification::new(PROVIDER, Trust::Unsigned, status(&read.status));
    notification.reference = Some(read.order_id.to_string());
    notification.amount = Some(read.amount);
    notification.sandbox = read.is_sandbox;
    Ok(notification)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::{Kind, PaymentStatus, Rupiah};

    const PAID: &str = r#"{"amount": 22000, "order_id": "240910HDE7C9", "project": "depodomain", "status": "completed",
        "payment_method": "qris", "completed_at": "2024-09-10T08:07:02.819+07:00"}"#;

    #[test]
    fn reads_the_documented_notification() {
        let read = read_notification(PAID.as_bytes()).unwrap();
        assert_eq!((read.provider, read.trust, read.claimed), ("pakasir-v1", Trust::Unsigned, PaymentStatus::Paid));
        assert_eq!((read.id, read.reference.as_deref()), (None, Some("240910HDE7C9")));
        // The original price, never what the customer has paid.
        assert_eq!((read.amount, read.payable, read.sandbox), (Some(Rupiah::new(22_000)), None, None));
    }

    #[test]
    fn reports_the_sandbox() {
        for (word, sandbox) in [("true", Some(true)), ("false", Some(false)), ("null", None)] {
            let body = PAID.replacen('{', &format!(r#"{{"is_sandbox": {word}, "#), 1);
            assert_eq!(read_notification(body.as_bytes()).unwrap().sandbox, sandbox);
        }
    }

    #[test]
    fn refuses_other_json() {
        for body in ["", "{}", "[]", r#"{"status":"completed"}"#, &PAID.replace("22000", "22000.5")] {
            assert_eq!(read_notification(body.as_bytes()).unwrap_err().kind(), Kind::InvalidNotification, "{body}");
        }
    }
}
