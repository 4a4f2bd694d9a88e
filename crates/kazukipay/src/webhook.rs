//! Kazukipay's notifications as those of any gateway.

use gerbang_core::{Error, Notification, Open, PaymentStatus, Trust};

use crate::PROVIDER;
use crate::notifications::payment_notification;
use crate::status::status;

/// The answer to a notification. Which one Kazukipay wants is not documented: that this body does is a guess.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// Reads a notification. Kazukipay does not sign it: it proves nothing until [`gerbang_core::confirm`] has asked the API.
///
/// One of another event than `payment_success` claims nothing that is known, whatever status it names.
///
/// # Errors
///
/// [`gerbang_core::Kind::InvalidNotification`] when it is not Kazukipay's JSON.
pub fn read_notification(body: &[u8]) -> Result<Notification, Error> {
    let read = payment_notification(body)?;
    let claimed = match read.event {
        Some(Open::Unknown(event)) => PaymentStatus::Unknown(event),
        _ => status(&read.status),
    };
    let mut notification = Notification::new(PROVIDER, Trust::Unsigned, claimed);
    notification.id = Some(read.transaction_id.to_string());
    notification.reference = Some(read.custom_id.to_string());
    notification.amount = Some(read.amount);
    notification.payable = Some(read.unique_amount);
    Ok(notification)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::{Kind, Rupiah};

    const PAID: &str = r#"{"event": "payment_success", "transaction_id": 12, "custom_id": "ORD-001", "amount": 10000,
        "unique_amount": 10243, "net_amount": 10140, "status": "PAID"}"#;

    #[test]
    fn reads_the_documented_notification() {
        let read = read_notification(PAID.as_bytes()).unwrap();
        assert_eq!((read.provider, read.trust, read.claimed), ("kazukipay", Trust::Unsigned, PaymentStatus::Paid));
        assert_eq!((read.id.as_deref(), read.reference.as_deref()), (Some("12"), Some("ORD-001")));
        assert_eq!((read.amount, read.payable), (Some(Rupiah::new(10_000)), Some(Rupiah::new(10_243))));
        assert_eq!((read.sandbox, read.nonce), (None, None));
    }

    #[test]
    fn another_event_is_no_claim_to_be_paid() {
        let claimed = |body: &str| read_notification(body.as_bytes()).unwrap().claimed;
        let other = PaymentStatus::Unknown("payment_refunded".to_owned());
        assert_eq!(claimed(&PAID.replace("payment_success", "payment_refunded")), other);
        assert_eq!(claimed(&PAID.replace(r#""event": "payment_success", "#, "")), PaymentStatus::Paid);
        assert_eq!(claimed(&PAID.replace("PAID", "PENDING")), PaymentStatus::Pending);
    }

    #[test]
    fn refuses_other_json() {
        for body in ["", "{}", "[]", r#"{"event":"payment_success"}"#, &PAID.replace("10243", "-1")] {
            assert_eq!(read_notification(body.as_bytes()).unwrap_err().kind(), Kind::InvalidNotification, "{body}");
        }
    }
}
