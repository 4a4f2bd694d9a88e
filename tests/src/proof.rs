//! What gateways prove their notifications by, written from their documents and not from the library.

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use crate::gateways::WEBHOOK_KEY;

/// The headers of a sender who knows every key: the signatures of K-Link and Tripay, HMAC-SHA256 over the body in upper-case and
/// lower-case hexadecimal digits, and Pakasir's secret.
pub fn headers(body: &[u8]) -> HeaderMap {
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_KEY.as_bytes()).expect("a key of any length");
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
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
