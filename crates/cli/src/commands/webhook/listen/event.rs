//! The one form in which a shop learns of a payment, whatever the gateway's own notification looks like: that of the events of
//! `gerbang serve`, as a header beside the body.

use data_encoding::BASE64URL_NOPAD;
use gerbang::{Notification, Proof, Rupiah};
use http::HeaderValue;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The header with the event.
pub const EVENT: &str = "gerbang-event";

/// The header that says who confirmed it: `signature`, `gateway`, or `no` for nobody.
pub const VERIFIED: &str = "gerbang-verified";

/// The event of a payment that is proven to be paid. Its id is the same for the same payment.
pub fn proven(proof: &Proof) -> Value {
    let payment = proof.payment();
    let amount = payment.payable.unwrap_or(payment.amount);
    paid(&proof.key(), payment.paid_at, payment.reference.as_deref(), &payment.provider, Some(amount), proof.is_late())
}

/// The event of a payment of which a signature alone says that it is paid.
pub fn signed(notification: &Notification) -> Value {
    let Notification { provider, reference, payable, amount, .. } = notification;
    paid(&key(notification), None, reference.as_deref(), provider, payable.or(*amount), false)
}

/// What to remember such a payment by, as [`Proof::key`].
pub fn key(notification: &Notification) -> String {
    let Notification { provider, reference, id, nonce, .. } = notification;
    let reference = reference.as_ref().map(|reference| reference.to_ascii_lowercase());
    json!([provider, provider, reference, id.as_ref().or(nonce.as_ref())]).to_string()
}

fn paid(
    key: &str,
    at: Option<Timestamp>,
    reference: Option<&str>,
    account: &str,
    amount: Option<Rupiah>,
    late: bool,
) -> Value {
    json!({
        "id": format!("evt_{}", BASE64URL_NOPAD.encode(key.as_bytes())),
        "type": "payment.paid",
        "timestamp": at.unwrap_or_else(Timestamp::now).to_string(),
        "data": {
            // There is no book of payments here: the reference is all that names the order.
            "payment": null,
            "order": reference,
            "account": account,
            "reference": reference,
            "amount": amount,
            "late": late,
            "why": null,
        },
    })
}

/// An event as a header's value: JSON of ASCII alone.
pub fn header(event: &Value) -> Option<HeaderValue> {
    let mut ascii = String::new();
    for c in event.to_string().chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            ascii.push(c);
        } else {
            ascii.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    HeaderValue::from_str(&ascii).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_the_event_says() {
        let event = json!({"reference": "A/é\u{202e}\n\"☕"});
        let header = header(&event).unwrap();
        assert!(header.to_str().unwrap().is_ascii());
        assert_eq!(serde_json::from_slice::<Value>(header.as_bytes()).unwrap(), event);
    }
}
