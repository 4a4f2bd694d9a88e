//! Lumbung's notifications as those of any gateway.

use gerbang_core::{Error, Notification, Secret, Trust};
use http::HeaderMap;

use crate::PROVIDER;
use crate::notifications::{PAYMENT_NOTIFICATION_PROOF, payment_notification_unverified};
use crate::status::status;

/// The answer to a notification. Lumbung wants HTTP 2xx; the body does not count.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// The header with the secret that was chosen in the dashboard.
pub const SECRET_HEADER: &str = PAYMENT_NOTIFICATION_PROOF.header().expect("Lumbung sends it in a header");

/// Reads a notification and compares its header `X-Lumbung-Secret` with the merchant's secret, in a time that does not depend
/// on where they differ.
///
/// The secret says nothing about the body, and everybody who ever saw a notification knows it: ask the API, as
/// [`gerbang_core::confirm`] does.
///
/// # Errors
///
/// [`gerbang_core::Kind::Configuration`] when the secret is empty; [`gerbang_core::Kind::Authentication`] when the header is missing,
/// is there more than once or holds another secret; [`gerbang_core::Kind::InvalidNotification`] when the body is not Lumbung's JSON.
pub fn read_notification(secret: &Secret, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
    PAYMENT_NOTIFICATION_PROOF.check(std::slice::from_ref(secret), headers, body)?;
    let read = payment_notification_unverified(body)?;
    let mut notification = Notification::new(PROVIDER, Trust::SharedSecret, status(&read.status));
    notification.id = Some(read.id.to_string());
    notification.reference = Some(read.reference.to_string());
    notification.amount = Some(read.amount);
    notification.payable = Some(read.total);
    Ok(notification)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::{Delivery, Kind, PaymentStatus, Rupiah};
    use http::HeaderValue;

    const PAID: &str = include_str!("notification.json");
    const SECRET: &str = "WH-1234567890abcdef";

    fn read(secrets: &[&str], body: &str) -> Result<Notification, Error> {
        let headers =
            secrets.iter().map(|secret| (SECRET_HEADER.parse().unwrap(), HeaderValue::from_str(secret).unwrap()));
        read_notification(&Secret::from(SECRET), &headers.collect(), body.as_bytes())
    }

    #[test]
    fn reads_a_notification_with_the_secret() {
        let read = read(&[SECRET], PAID).unwrap();
        assert_eq!((read.trust, read.claimed), (Trust::SharedSecret, PaymentStatus::Paid));
        assert_eq!((read.id.as_deref(), read.reference.as_deref()), (Some("LB-1"), Some("ORDER-1")));
        assert_eq!((read.amount, read.payable), (Some(Rupiah::new(10_000)), Some(Rupiah::new(10_123))));
    }

    #[test]
    fn refuses_a_missing_wrong_or_doubled_secret() {
        for secrets in [&[][..], &[""], &["WH-1234567890abcdeF"], &[SECRET, SECRET]] {
            let error = read(secrets, PAID).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::Authentication, Delivery::NotSent), "{secrets:?}");
        }
        let error = read_notification(&Secret::from(""), &HeaderMap::new(), PAID.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration);
    }

    #[test]
    fn refuses_other_json() {
        for body in ["", "{}", "[]", r#"{"status":"settled"}"#, &PAID.replace("10123", "-1")] {
            assert_eq!(read(&[SECRET], body).unwrap_err().kind(), Kind::InvalidNotification, "{body}");
        }
    }
}
