//! The notifications of Pakasir API v2 as those of any gateway.

use gerbang_core::{Delivery, Error, Kind, Notification, Secret, Trust};
use http::HeaderMap;

use super::PROVIDER;
use super::notifications::{TRANSACTION_NOTIFICATION_PROOF, transaction_notification_unverified};
use super::status::status;

/// The answer to a notification. Which one Pakasir wants is not known: that this body does is a guess.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// The header with the project's webhook secret.
pub const SECRET_HEADER: &str = TRANSACTION_NOTIFICATION_PROOF.header().expect("Pakasir sends it in a header");

/// Reads a notification and compares its header `X-Secret` with the project's webhook secret, in a time that does not
/// depend on where they differ.
///
/// The secret says nothing about the body, and everybody who ever saw a notification knows it: ask the API, as
/// [`gerbang_core::confirm`] does.
///
/// # Errors
///
/// [`Kind::Configuration`] when the secret is empty; [`Kind::Authentication`] when the header is missing, is there more than
/// once or holds another secret; [`Kind::InvalidNotification`] when the body is not Pakasir's JSON.
pub fn read_notification(secret: &Secret, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
    if secret.is_empty() {
        return Err(no_secret());
    }
    TRANSACTION_NOTIFICATION_PROOF.check(std::slice::from_ref(secret), headers, body)?;
    let read = transaction_notification_unverified(body)?;
    let mut notification = Notification::new(PROVIDER, Trust::SharedSecret, status(&read.status));
    notification.id = Some(read.txn_id.to_string());
    notification.reference = Some(read.order_id.to_string());
    notification.amount = Some(read.amount);
    notification.sandbox = read.is_sandbox;
    Ok(notification)
}

/// The error of a notification that cannot be checked.
pub(super) fn no_secret() -> Error {
    let what = format!("{PROVIDER}: the webhook secret was not given, so no notification can be checked");
    Error::new(Kind::Configuration, Delivery::NotSent, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::{PaymentStatus, Rupiah};
    use http::HeaderValue;

    const PAID: &str = r#"{"txn_id": "contohtxn", "order_id": "INV123123", "amount": 99000, "is_sandbox": false,
        "status": "completed", "completed_at": "2024-09-10T08:07:02.819+07:00"}"#;
    const SECRET: &str = "WH-1234567890abcdef";

    fn headers(secrets: &[&str]) -> HeaderMap {
        secrets.iter().map(|secret| (SECRET_HEADER.parse().unwrap(), HeaderValue::from_str(secret).unwrap())).collect()
    }

    fn read(secrets: &[&str], body: &str) -> Result<Notification, Error> {
        read_notification(&Secret::from(SECRET), &headers(secrets), body.as_bytes())
    }

    #[test]
    fn reads_a_notification_with_the_secret() {
        let read = read(&[SECRET], PAID).unwrap();
        assert_eq!((read.provider, read.trust, read.claimed), ("pakasir-v2", Trust::SharedSecret, PaymentStatus::Paid));
        assert_eq!((read.id.as_deref(), read.reference.as_deref()), (Some("contohtxn"), Some("INV123123")));
        assert_eq!((read.amount, read.payable, read.sandbox), (Some(Rupiah::new(99_000)), None, Some(false)));
    }

    #[test]
    fn refuses_a_missing_wrong_or_doubled_secret() {
        let other = "WH-1234567890abcdeF";
        for secrets in [&[][..], &[""], &[other], &[&SECRET[1..]], &[SECRET, SECRET], &[SECRET, other]] {
            for body in [PAID, "not JSON"] {
                let error = read(secrets, body).unwrap_err();
                assert_eq!((error.kind(), error.delivery()), (Kind::Authentication, Delivery::NotSent), "{secrets:?}");
                assert!(!format!("{error} {error:?}").contains("WH-1"), "{error:?}");
            }
        }
    }

    #[test]
    fn an_empty_secret_of_the_merchants_accepts_nobody() {
        for secrets in [&[][..], &[""]] {
            let error = read_notification(&Secret::from(""), &headers(secrets), PAID.as_bytes()).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent));
        }
    }

    #[test]
    fn refuses_other_json() {
        for body in ["", "{}", "[]", r#"{"status":"completed"}"#, &PAID.replace("99000", "-99000")] {
            assert_eq!(read(&[SECRET], body).unwrap_err().kind(), Kind::InvalidNotification, "{body}");
        }
    }
}
