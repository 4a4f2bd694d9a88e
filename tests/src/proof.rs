//! What gateways prove their notifications by, written from their documents and not from the library.

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};

use crate::gateways::WEBHOOK_KEY;

/// The headers of a sender who knows every key: the signatures of K-Link and Tripay, HMAC-SHA256 over the body in upper-case and
/// lower-case hexadecimal digits, and Pakasir's secret.
pub fn headers(body: &[u8]) -> HeaderMap {
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_KEY.as_bytes()).expect("a key of any length");
    mac.update(body);
    let digits = base16ct::lower::encode_string(&mac.finalize().into_bytes());
    let proofs = [
        ("x-servicepayment", digits.to_uppercase()),
        ("x-callback-signature", digits),
        ("x-secret", WEBHOOK_KEY.to_owned()),
    ];
    let header = |(name, value): (_, String)| {
        (HeaderName::from_static(name), HeaderValue::try_from(value).expect("a header can hold it"))
    };
    proofs.map(header).into_iter().collect()
}

/// The member `signature_key` of a notification of Midtrans: SHA-512 over order, code, amount and server key.
pub fn signature_key(body: &Value, server_key: &str) -> String {
    let member = |name: &str| body[name].as_str().expect("the member is a text");
    let signed = [member("order_id"), member("status_code"), member("gross_amount"), server_key].concat();
    base16ct::lower::encode_string(&Sha512::digest(signed))
}
