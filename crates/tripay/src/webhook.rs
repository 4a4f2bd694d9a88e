//! Tripay's callbacks as the notifications of any gateway.

use gerbang_core::{Error, Notification, Secret, Trust};
use http::HeaderMap;

use crate::PROVIDER;
use crate::notifications::{TRANSACTION_CALLBACK_PROOF, transaction_callback_unverified};
use crate::status::status;

/// The answer after which Tripay stops sending a callback.
pub const ACCEPTANCE: &str = r#"{"success": true}"#;

/// The header with the signature of a callback.
pub const SIGNATURE_HEADER: &str = TRANSACTION_CALLBACK_PROOF.header().expect("Tripay sends it in a header");

/// Reads a callback and checks its header `X-Callback-Signature` with the merchant's private key, in a time that does not
/// depend on where the signatures differ.
///
/// The signature says that Tripay wrote the body, not when: an old callback may come again, which
/// [`Proof::key`](gerbang_core::Proof::key) tells. The header `X-Callback-Event` is not signed and is not looked at.
///
/// # Errors
///
/// [`gerbang_core::Kind::Configuration`] when the key is empty; [`gerbang_core::Kind::Authentication`] when the header is
/// missing, is there more than once or is not the body's; [`gerbang_core::Kind::InvalidNotification`] when the body is not
/// Tripay's JSON.
pub fn read_notification(private_key: &Secret, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
    TRANSACTION_CALLBACK_PROOF.check(std::slice::from_ref(private_key), headers, body)?;
    let read = transaction_callback_unverified(body)?;
    let mut notification = Notification::new(PROVIDER, Trust::Signed, status(&read.status));
    notification.id = Some(read.reference.to_string());
    notification.reference = read.merchant_ref.map(Into::into);
    notification.payable = Some(read.total_amount);
    // Whether the customer pays the fee, only its member says: without it the price is not known.
    notification.amount = read.fee_customer.and_then(|fee| read.total_amount.checked_sub(fee));
    notification.has_unreadable_amount = read.fee_customer.is_some() && notification.amount.is_none();
    notification.sandbox = of_test_mode(read.reference.as_str());
    Ok(notification)
}

/// Whether a payment is of the test mode, as far as its reference says. That only those of the test mode begin so is what
/// integrations show, so one that begins otherwise says nothing.
pub(crate) fn of_test_mode(reference: &str) -> Option<bool> {
    reference.starts_with("DEV-").then_some(true)
}

#[cfg(test)]
mod tests {
    use gerbang_core::{Kind, PaymentStatus, Rupiah};
    use http::HeaderValue;

    use super::*;

    const PAID: &str = include_str!("notification.json");
    const KEY: &str = "not-a-real-private-key";

    fn signed(body: &str) -> String {
        TRANSACTION_CALLBACK_PROOF.value(&Secret::from(KEY), body.as_bytes()).unwrap()
    }

    fn read(key: &str, signature: &str, body: &str) -> Result<Notification, Error> {
        let headers =
            HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), HeaderValue::from_str(signature).unwrap())]);
        read_notification(&Secret::from(key), &headers, body.as_bytes())
    }

    #[test]
    fn reads_a_callback_that_is_signed() {
        // Computed by another program.
        let signature = "b08791bb339f9cc395d46d3a729487059c2dc587ec40c7b4365ad83a573bd407";
        let read = read(KEY, signature, PAID).unwrap();
        assert_eq!((read.trust, read.claimed), (Trust::Signed, PaymentStatus::Paid));
        assert_eq!((read.id.as_deref(), read.reference.as_deref()), (Some("T0001000023000XXXXX"), Some("INV123456")));
        assert_eq!((read.amount, read.payable), (Some(Rupiah::new(200_000)), Some(Rupiah::new(200_000))));
        assert_eq!((read.sandbox, read.has_unreadable_amount), (None, false));
    }

    #[test]
    fn refuses_what_the_key_has_not_signed() {
        for (key, signature, body) in [
            (KEY, signed(&PAID.replace("PAID", "paid")), PAID.to_owned()),
            (KEY, signed(PAID).to_uppercase(), PAID.to_owned()),
            (KEY, String::new(), PAID.to_owned()),
            ("another", signed(PAID), PAID.to_owned()),
            (KEY, signed(PAID), format!("{PAID}\n")),
        ] {
            assert_eq!(read(key, &signature, &body).unwrap_err().kind(), Kind::Authentication);
        }
        assert_eq!(read(" ", &signed(PAID), PAID).unwrap_err().kind(), Kind::Configuration);
        assert_eq!(read(KEY, &signed("{}"), "{}").unwrap_err().kind(), Kind::InvalidNotification);
    }

    #[test]
    fn price_is_what_was_paid_without_the_customers_fee() {
        for (member, amount, is_unreadable) in [
            ("\"fee_customer\":1450", Some(198_550), false),
            ("\"fee_customer\":200001", None, true),
            ("\"other\":0", None, false),
        ] {
            let body = PAID.replace("\"fee_customer\":0", member);
            let read = read(KEY, &signed(&body), &body).unwrap();
            assert_eq!((read.amount, read.has_unreadable_amount), (amount.map(Rupiah::new), is_unreadable), "{member}");
        }
        let test = PAID.replace("T0001000023000", "DEV-T0001");
        assert_eq!(read(KEY, &signed(&test), &test).unwrap().sandbox, Some(true));
    }
}
