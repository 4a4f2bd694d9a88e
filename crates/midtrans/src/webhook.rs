//! Midtrans' notifications as those of any gateway.

use gerbang_core::{Error, Notification, Secret, Trust};
use http::HeaderMap;

use crate::PROVIDER;
use crate::notifications::{TRANSACTION_NOTIFICATION_PROOF, transaction_notification_unverified};
use crate::status::status;

/// The answer to a notification. Any status from 200 to 299 is taken, whatever the body.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// Reads a notification and checks that its member `signature_key` is the SHA-512 of order, code, amount and the merchant's
/// server key, in a time that does not depend on where the digests differ.
///
/// The signature does **not** cover the state: whoever has seen one notification of a payment can send it again with another
/// `transaction_status`. So it proves no more than a shared secret: ask the API, as [`gerbang_core::confirm`] does.
///
/// # Errors
///
/// [`gerbang_core::Kind::Configuration`] when the key is empty; [`gerbang_core::Kind::Authentication`] when the signature is
/// missing or is not the body's; [`gerbang_core::Kind::InvalidNotification`] when the body is not Midtrans' JSON.
pub fn read_notification(server_key: &Secret, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
    TRANSACTION_NOTIFICATION_PROOF.check(std::slice::from_ref(server_key), headers, body)?;
    let read = transaction_notification_unverified(body)?;
    let claimed = status(&read.status_code, &read.transaction_status, read.fraud_status.as_deref());
    let mut notification = Notification::new(PROVIDER, Trust::SharedSecret, claimed);
    notification.id = Some(read.transaction_id.to_string());
    notification.reference = Some(read.order_id.to_string());
    notification.amount = Some(read.gross_amount);
    notification.payable = Some(read.gross_amount);
    notification.sandbox = test_mode(server_key, None);
    Ok(notification)
}

/// Whether payments are of the test mode, as far as the address and the key say. Keys of the test mode begin with `SB-` in the
/// document's samples, but not in all accounts: one that begins otherwise says nothing.
pub(crate) fn test_mode(server_key: &Secret, base_url: Option<&str>) -> Option<bool> {
    let is_address = base_url.is_some_and(|url| url.contains("//api.sandbox."));
    (is_address || server_key.expose().trim().starts_with("SB-")).then_some(true)
}

#[cfg(test)]
mod tests {
    use gerbang_core::{Kind, PaymentStatus, Rupiah};

    use super::*;

    const PAID: &str = include_str!("notification.json");
    /// The key of the document's sample of a signature.
    const KEY: &str = "askvnoibnosifnboseofinbofinfgbiufglnbfg";

    fn read(key: &str, body: &str) -> Result<Notification, Error> {
        read_notification(&Secret::from(key), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn reads_a_notification_with_the_documents_signature() {
        let read = read(KEY, PAID).unwrap();
        assert_eq!((read.provider, read.trust, read.claimed), ("midtrans", Trust::SharedSecret, PaymentStatus::Paid));
        assert_eq!(read.id.as_deref(), Some("0d8178e1-c6c7-4ab4-81a6-893be9d924ab"));
        assert_eq!((read.reference.as_deref(), read.amount), (Some("1111"), Some(Rupiah::new(100_000))));
        assert_eq!((read.payable, read.sandbox, read.nonce), (Some(Rupiah::new(100_000)), None, None));
    }

    #[test]
    fn refuses_what_the_key_has_not_signed() {
        let signature = PAID.split("\"signature_key\":").nth(1).unwrap().split('"').nth(1).unwrap();
        for (key, body) in [
            (KEY, PAID.replace("\"1111\"", "\"1112\"")),
            (KEY, PAID.replace("\"status_code\": \"200\"", "\"status_code\": \"201\"")),
            (KEY, PAID.replace("100000.00", "100001.00")),
            (KEY, PAID.replace("100000.00", "100000")),
            (KEY, PAID.replace(signature, &signature.to_uppercase())),
            (KEY, PAID.replace(signature, "")),
            (KEY, PAID.replace("signature_key", "signature")),
            ("another", PAID.to_owned()),
            (KEY, "{}".to_owned()),
        ] {
            assert_ne!(body == PAID, key == KEY, "the change is none");
            let error = read(key, &body).unwrap_err();
            assert_eq!(error.kind(), Kind::Authentication, "{body}");
            assert!(!format!("{error} {error:?}").contains(KEY));
        }
        assert_eq!(read(" ", PAID).unwrap_err().kind(), Kind::Configuration);
    }

    #[test]
    fn a_signed_body_may_claim_any_state_and_is_no_proof() {
        for (word, claimed) in [
            ("pending", PaymentStatus::Pending),
            ("expire", PaymentStatus::Expired),
            ("partial_refund", PaymentStatus::Unknown("partial_refund".to_owned())),
        ] {
            let read = read(KEY, &PAID.replace("settlement\"", &format!("{word}\""))).unwrap();
            assert_eq!((read.claimed, read.trust), (claimed, Trust::SharedSecret));
        }
        let challenged = PAID.replace("\"accept\"", "\"challenge\"");
        assert_eq!(read(KEY, &challenged).unwrap().claimed, PaymentStatus::Unknown("challenge".to_owned()));
        for other in [PAID.replace("\"accept\"", "7"), PAID.replace("transaction_id", "id")] {
            assert_eq!(read(KEY, &other).unwrap_err().kind(), Kind::InvalidNotification, "{other}");
        }
    }

    #[test]
    fn an_amount_with_a_fraction_is_no_notification() {
        for amount in ["100000.50", "100000.000", "-100000.00", "1e5"] {
            let unsigned = PAID.replace("100000.00", amount);
            let right = TRANSACTION_NOTIFICATION_PROOF.value(&Secret::from(KEY), unsigned.as_bytes()).unwrap();
            let mut body: serde_json::Value = serde_json::from_str(&unsigned).unwrap();
            body["signature_key"] = right.into();
            assert_eq!(read(KEY, &body.to_string()).unwrap_err().kind(), Kind::InvalidNotification, "{amount}");
        }
    }

    #[test]
    fn key_or_address_tells_the_test_mode() {
        let (live, test) = ("https://api.midtrans.com", "https://api.sandbox.midtrans.com");
        for (key, url, expected) in [
            ("SB-Mid-server-x", None, Some(true)),
            ("SB-Mid-server-x", Some(live), Some(true)),
            ("Mid-server-x", None, None),
            ("Mid-server-x", Some(live), None),
            ("Mid-server-x", Some(test), Some(true)),
            ("Mid-server-x", Some("https://api.sandbox.veritrans.co.id"), Some(true)),
        ] {
            assert_eq!(test_mode(&Secret::from(key), url), expected, "{key} {url:?}");
        }
    }
}
