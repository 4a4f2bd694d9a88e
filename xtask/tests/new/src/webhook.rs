//! Lumbung's notifications as those of any gateway.

use gerbang_core::{Delivery, Error, Kind, Notification, Secret, Trust};
use http::HeaderMap;
use subtle::ConstantTimeEq;

use crate::PROVIDER;
use crate::notifications::payment_notification_unverified;
use crate::status::status;

/// The answer to a notification. Lumbung wants HTTP 2xx; the body does not count.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// The header with the secret that was chosen in the dashboard.
pub const SECRET_HEADER: &str = "x-lumbung-secret";

/// Reads a notification and compares its header `X-Lumbung-Secret` with the merchant's secret, in a time that does not depend
/// on where they differ.
///
/// The secret says nothing about the body, and everybody who ever saw a notification knows it: ask the API, as
/// [`gerbang_core::confirm`] does.
///
/// # Errors
///
/// [`Kind::Configuration`] when the secret is empty; [`Kind::Authentication`] when the header is missing, is there more than
/// once or holds another secret; [`Kind::InvalidNotification`] when the body is not Lumbung's JSON.
pub fn read_notification(secret: &Secret, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
    check_secret(secret, headers)?;
    let read = payment_notification_unverified(body)?;
    let mut notification = Notification::new(PROVIDER, Trust::SharedSecret, status(&read.status));
    notification.id = Some(read.id.to_string());
    notification.reference = Some(read.reference.to_string());
    notification.amount = Some(read.amount);
    notification.payable = Some(read.total);
    Ok(notification)
}

fn check_secret(secret: &Secret, headers: &HeaderMap) -> Result<(), Error> {
    if secret.is_empty() {
        return Err(no_secret());
    }
    let refused = |what: &str| Err(Error::new(Kind::Authentication, Delivery::NotSent, format!("{PROVIDER}: {what}")));
    let mut given = headers.get_all(SECRET_HEADER).iter();
    match (given.next(), given.next()) {
        (None, _) => refused("the notification has no header `X-Lumbung-Secret`"),
        (Some(_), Some(_)) => refused("the notification has more than one header `X-Lumbung-Secret`"),
        (Some(given), None) => match bool::from(given.as_bytes().ct_eq(secret.expose().as_bytes())) {
            true => Ok(()),
            false => refused("the notification's header `X-Lumbung-Secret` is not the webhook secret"),
        },
    }
}

/// The error of a notification that cannot be checked.
pub(crate) fn no_secret() -> Error {
    let what = format!("{PROVIDER}: the webhook secret was not given, so no notification can be checked");
    Error::new(Kind::Configuration, Delivery::NotSent, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::{PaymentStatus, Rupiah};
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
