//! K-Link's notifications: refused without the right signature, else read as they stand, and paid only where the document's
//! word says so.
//!
//! The first line of an input is the header with the signature, the rest is the body. Each body is also read with the right
//! signature, with that of another key and with none.

#![no_main]

use gerbang_core::{Kind, MAX_NOTIFICATION, Notification, PaymentStatus, Trust};
use gerbang_fuzz::{body::Body, confirming, signed};
use gerbang_klink::{GOPAY_PROVIDER, PROVIDER, SIGNATURE_HEADER, WebhookKeys, read_notification};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;

/// The key that the document prints.
const KEY: &str = "033389b9-cc42-4005-ae9e-8e8ff23738d7";
const OTHER_KEY: &str = "033389b9-cc42-4005-ae9e-8e8ff23738d8";

fuzz_target!(|data: &[u8]| {
    let Some((header, body)) = signed::split(data) else { return };
    let right = signature(KEY, body);
    let keys = WebhookKeys::new(KEY).expect("a key");
    let lenient = keys.clone().accept_unsigned_gopay();
    for headers in [Some(header), Some(right.clone()), Some(signature(OTHER_KEY, body)), None] {
        let is_signed = headers.as_ref() == Some(&right) && body.len() <= MAX_NOTIFICATION;
        let map = HeaderMap::from_iter(headers.map(|value| (SIGNATURE_HEADER.parse().expect("a name"), value)));
        assert_eq!(keys.verify(&map, body).is_ok(), is_signed);
        match read_notification(&keys, &map, body) {
            Ok(read) => {
                assert!(is_signed, "read without the right signature");
                check(body, &read, Trust::Signed);
            }
            Err(error) if is_signed || body.len() > MAX_NOTIFICATION => {
                assert_eq!(error.kind(), Kind::InvalidNotification);
            }
            Err(error) => assert_eq!(error.kind(), Kind::Authentication),
        }
        if let Ok(read) = read_notification(&lenient, &map, body) {
            assert!(is_signed || map.is_empty(), "a wrong signature is as none");
            check(body, &read, if is_signed { Trust::Signed } else { Trust::Unsigned });
        }
    }
});

fn check(data: &[u8], read: &Notification, trust: Trust) {
    let body = Body::read(data);
    let is_gopay = body.is_word("transaction", &["gopay"]);
    assert_eq!((read.trust, read.provider), (trust, if is_gopay { GOPAY_PROVIDER } else { PROVIDER }));
    assert!(is_gopay || trust == Trust::Signed, "a settlement is always signed");
    assert_eq!(read.claimed == PaymentStatus::Paid, body.is_word("status", &["success"]));
    assert_eq!((&read.id, &read.amount), (&None, &None));
    body.check_name("order_id", read.reference.as_deref());
    body.check_name(if is_gopay { "id_trans" } else { "rq_uuid" }, read.nonce.as_deref());
    if is_gopay {
        assert_eq!(read.payable, None);
    } else {
        body.check_amount("tot_bayar", read.payable);
    }
    confirming::check(read);
}

fn signature(key: &str, body: &[u8]) -> HeaderValue {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key will do").chain_update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    digits.parse().expect("hexadecimal")
}
