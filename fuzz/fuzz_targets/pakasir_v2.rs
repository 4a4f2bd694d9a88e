//! The notifications of Pakasir API v2: refused without the secret, else read as they stand, and paid only where the words of
//! its integrations say so.
//!
//! The first line of an input is the header with the secret, the rest is the body.

#![no_main]

use gerbang_core::{Kind, PaymentStatus, Secret, Trust};
use gerbang_fuzz::{body::Body, confirming, signed};
use gerbang_pakasir::v2::read_notification;
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "WH-1234567890abcdef";

fuzz_target!(|data: &[u8]| {
    let Some((header, body)) = signed::split(data) else { return };
    let secret = Secret::from(SECRET);
    let headers = HeaderMap::from_iter([("x-secret".parse().expect("a name"), header.clone())]);
    let is_known = header.as_bytes() == SECRET.as_bytes();
    for headers in [headers, HeaderMap::new()] {
        let read = match read_notification(&secret, &headers, body) {
            Ok(read) => read,
            Err(error) if is_known && !headers.is_empty() => {
                assert_eq!(error.kind(), Kind::InvalidNotification);
                continue;
            }
            Err(error) => {
                assert_eq!(error.kind(), Kind::Authentication);
                continue;
            }
        };
        assert!(is_known && !headers.is_empty(), "read without the secret");
        check(body, &read);
    }
    let headers = HeaderMap::from_iter([("x-secret".parse().expect("a name"), SECRET.parse().expect("a value"))]);
    if let Ok(read) = read_notification(&secret, &headers, body) {
        check(body, &read);
    }
});

fn check(data: &[u8], read: &gerbang_core::Notification) {
    let body = Body::read(data);
    assert_eq!(read.claimed == PaymentStatus::Paid, body.is_word("status", &["completed"]));
    assert_eq!((read.trust, read.payable), (Trust::SharedSecret, None));
    body.check_name("txn_id", read.id.as_deref());
    body.check_name("order_id", read.reference.as_deref());
    body.check_amount("amount", read.amount);
    confirming::check(read);
}
