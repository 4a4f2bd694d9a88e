//! The signature of notifications, and what is read from them.

mod changed;
mod reading;

use gerbang_core::{Delivery, Error, Kind, MAX_NOTIFICATION, Notification, PaymentStatus, Rupiah, Secret, Trust};
use gerbang_klink::{GOPAY_PROVIDER, PROVIDER, SIGNATURE_HEADER, WebhookKeys, read_notification};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::Sha256;

const VECTORS: &str = include_str!("vectors.tsv");
const CANARY: &str = "CANARY-033389b9-cc42-4005";

struct Vector {
    what: &'static str,
    body: &'static str,
    signature: &'static str,
}

/// The key in the first line, and the messages.
fn vectors() -> (&'static str, Vec<Vector>) {
    let mut lines = VECTORS.lines();
    let comment = lines.next().unwrap().strip_prefix("# key ").unwrap();
    let (key, _) = comment.split_once(' ').unwrap();
    assert_eq!(lines.next(), Some("what\tbody\tx-servicepayment"));
    let read = |line: &'static str| {
        let [what, body, signature] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        Vector { what, body, signature }
    };
    let vectors: Vec<_> = lines.map(read).collect();
    assert_eq!(vectors.len(), 3);
    (key, vectors)
}

fn vector_keys() -> WebhookKeys {
    WebhookKeys::new(vectors().0).unwrap()
}

fn headers(signatures: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append(SIGNATURE_HEADER, HeaderValue::from_str(signature).unwrap());
    }
    headers
}

fn sign(key: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(body).finalize();
    mac.into_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Reads a body that is signed with the canary.
fn read_signed(body: &str) -> Result<Notification, Error> {
    let keys = WebhookKeys::new(CANARY).unwrap();
    read_notification(&keys, &headers(&[&sign(CANARY, body.as_bytes())]), body.as_bytes())
}

fn settlement(transaction: &str, status: &str, tot_bayar: &str) -> String {
    format!(
        r#"{{"status":"{status}","message":"m","rq_uuid":"u-1","rq_datetime":"2020-11-12 09:13:19","order_id":"KLNU00252",
        "kd_pay":"174","tot_bayar":{tot_bayar},"norek":"-","transaction":"{transaction}"}}"#
    )
}

#[track_caller]
fn refused(keys: &WebhookKeys, headers: &HeaderMap, body: &[u8], kind: Kind) -> Error {
    let error = read_notification(keys, headers, body).expect_err("it must be refused");
    assert_eq!((error.kind(), error.delivery()), (kind, Delivery::NotSent), "{error}");
    assert_eq!(keys.verify(headers, body).expect_err("it must be refused").to_string(), error.to_string());
    error
}

#[test]
fn every_vector_is_what_it_says() {
    let (key, vectors) = vectors();
    let keys = WebhookKeys::new(key).unwrap();
    for vector in &vectors {
        for other in &vectors {
            let verified = keys.verify(&headers(&[other.signature]), vector.body.as_bytes());
            let same = vector.what == other.what;
            assert_eq!(verified.is_ok(), same, "{} with the signature of {}", vector.what, other.what);
        }
    }
    let same_message = |body| serde_json::from_str::<Value>(body).unwrap();
    assert_eq!(same_message(vectors[0].body), same_message(vectors[1].body), "but their signatures differ");
}

#[test]
#[cfg(feature = "client")]
fn registry_signs_as_the_vectors_are_signed() {
    let (key, vectors) = vectors();
    for gateway in gerbang_klink::GATEWAYS {
        let proof = gateway.notifications.as_ref().and_then(|notifications| notifications.proof.as_ref()).unwrap();
        for vector in &vectors {
            let value = (proof.value)(&Secret::from(key), vector.body.as_bytes());
            assert_eq!(value.as_deref(), Some(vector.signature), "{}", gateway.name);
        }
    }
}

#[test]
fn refusal_says_which_other_signature_would_match() {
    let keys = WebhookKeys::new("older").unwrap().or(CANARY).unwrap();
    let body = "{ \"order_id\": \"A/1\",\n  \"status\": \"success\" }";
    let compact = r#"{"order_id":"A/1","status":"success"}"#;
    let base64 = |body: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(CANARY.as_bytes()).unwrap().chain_update(body).finalize();
        base64_of(&mac.into_bytes())
    };
    let hex = |body: &str| sign(CANARY, body.as_bytes());
    let lower = hex(body).to_lowercase();
    let (came, again) = ("of the body as it came", "of the body as JSON that was written again");
    for (given, writing, of) in [
        (lower, "lower-case hexadecimal", came),
        (base64(body), "base64", came),
        (base64(body).trim_end_matches('=').to_owned(), "base64", came),
        (hex(compact), "upper-case hexadecimal", again),
        (hex(compact).to_lowercase(), "lower-case hexadecimal", again),
        (base64(compact), "base64", again),
        (base64(&compact.replace('/', "\\/")), "base64", again),
        (hex(r#"{"order_id": "A/1", "status": "success"}"#), "upper-case hexadecimal", again),
    ] {
        let error = refused(&keys, &headers(&[&given]), body.as_bytes(), Kind::Authentication).to_string();
        assert!(error.contains(&format!("it would be right as {writing} {of}")), "{given}: {error}");
        assert!(!error.contains("CANARY") && !error.to_uppercase().contains(&hex(body)), "{error}");
    }
    for given in
        [sign("another", body.as_bytes()).to_lowercase(), base64("another body"), base64(body).replace('=', "!")]
    {
        let error = refused(&keys, &headers(&[&given]), body.as_bytes(), Kind::Authentication).to_string();
        assert!(!error.contains("it would be"), "{error}");
    }
}

#[test]
fn signature_of_other_characters_is_not_hexadecimal() {
    let keys = WebhookKeys::new(CANARY).unwrap();
    for given in ["Z".repeat(64), format!("{}G0", "A".repeat(62)), format!("{}0G", "A".repeat(62))] {
        let error = refused(&keys, &headers(&[&given]), b"{}", Kind::Authentication).to_string();
        assert!(error.contains("is not hexadecimal"), "{given}: {error}");
    }
}

/// Written apart from the library's reader.
fn base64_of(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().chain([0; 3].iter().take(3 - chunk.len())).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let digits = (0..4).map(|at| char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]));
        text.extend(digits.take(chunk.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}

#[test]
fn says_what_is_wrong_with_a_signature() {
    let (key, vectors) = vectors();
    let Vector { body, signature, .. } = vectors[0];
    let keys = WebhookKeys::new(key).unwrap();
    let lower = signature.to_lowercase();
    let of_another_key = sign("another key", body.as_bytes());
    let with_umlaut = format!("{}ä", &signature[2..]);
    let mut mixed = signature.to_owned();
    mixed.replace_range(2..3, "b");
    for (given, what) in [
        (&[][..], "is missing"),
        (&[signature, signature], "is there more than once"),
        (&["", signature], "is there more than once"),
        (&[""], "has 0 characters, not 64"),
        (&[&signature[1..]], "has 63 characters, not 64"),
        (&[&format!("{signature}0")], "has 65 characters, not 64"),
        (&[&format!("sha256={signature}")], "has 71 characters, not 64"),
        (&[&format!("{signature}, {signature}")], "has 130 characters, not 64"),
        (&[&signature.replace('C', "G")], "is not hexadecimal"),
        (&[&with_umlaut], "is not hexadecimal"),
        (&[&lower], "is written in lower case"),
        (&[&mixed], "is written in lower case"),
        (&[vectors[1].signature], "is not that of the body"),
        (&[&of_another_key], "is not that of the body"),
        (&[&"0".repeat(64)], "is not that of the body"),
    ] {
        let error = refused(&keys, &headers(given), body.as_bytes(), Kind::Authentication);
        assert!(error.to_string().contains(what), "{given:?}: {error}");
        assert!(error.to_string().contains(SIGNATURE_HEADER), "{error}");
    }
    assert!(keys.verify(&headers(&[signature]), body.as_bytes()).is_ok());
}

#[test]
fn any_of_the_keys_may_have_signed() {
    let body = settlement("multipayment", "success", "1");
    let signed = |key| headers(&[&sign(key, body.as_bytes())]);
    let keys = WebhookKeys::new("new").unwrap().or("old").unwrap();
    let list = WebhookKeys::from_keys([Secret::from("new"), Secret::from("old")]).unwrap();
    for keys in [keys, list] {
        for key in ["new", "old"] {
            assert_eq!(read_notification(&keys, &signed(key), body.as_bytes()).unwrap().trust, Trust::Signed);
        }
        refused(&keys, &signed("older"), body.as_bytes(), Kind::Authentication);
    }
    // The same key twice is one key.
    assert!(WebhookKeys::new("new").unwrap().or("new").unwrap().verify(&signed("new"), body.as_bytes()).is_ok());
    let keys = WebhookKeys::new("new").unwrap();
    assert!(keys.verify(&signed("new"), body.as_bytes()).is_ok());
    refused(&keys, &signed("old"), body.as_bytes(), Kind::Authentication);
}

#[test]
fn empty_keys_are_refused() {
    for keys in [
        WebhookKeys::new(""),
        WebhookKeys::new(" \t\n"),
        WebhookKeys::new(CANARY).unwrap().or(""),
        WebhookKeys::from_keys([CANARY, ""]),
        WebhookKeys::from_keys(Vec::<Secret>::new()),
    ] {
        let error = keys.expect_err("an empty key");
        assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent));
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
    }
}

#[test]
fn a_large_body_is_refused_before_it_is_hashed() {
    let keys = WebhookKeys::new(CANARY).unwrap();
    let body = |length| [settlement("multipayment", "success", "1").into_bytes(), vec![b' '; length]].concat();
    let rest = MAX_NOTIFICATION - body(0).len();
    let signed = |body: &[u8]| headers(&[&sign(CANARY, body)]);
    let largest = body(rest);
    assert!(read_notification(&keys, &signed(&largest), &largest).is_ok());
    let larger = body(rest + 1);
    refused(&keys, &signed(&larger), &larger, Kind::InvalidNotification);
    refused(&keys, &headers(&[]), &larger, Kind::InvalidNotification);
}

#[test]
fn only_gopay_may_come_unsigned_and_only_when_that_is_accepted() {
    let gopay = vectors().1.remove(2);
    let settlement = settlement("multipayment", "success", "1");
    let strict = vector_keys();
    let lax = vector_keys().accept_unsigned_gopay();
    assert!(!strict.accepts_unsigned_gopay() && lax.accepts_unsigned_gopay());
    let (signed, unsigned) = (headers(&[gopay.signature]), headers(&[]));
    let body = gopay.body.as_bytes();

    refused(&strict, &unsigned, body, Kind::Authentication);
    let read = read_notification(&lax, &unsigned, body).unwrap();
    assert_eq!((read.provider, read.trust), (GOPAY_PROVIDER, Trust::Unsigned));
    assert_eq!(read_notification(&lax, &signed, body).unwrap().trust, Trust::Signed);
    // `or` keeps the choice.
    let rotated = lax.clone().or("old").unwrap();
    assert_eq!(read_notification(&rotated, &unsigned, body).unwrap().trust, Trust::Unsigned);

    // A wrong signature is never taken for none.
    for wrong in ["", "0", &"0".repeat(64), &gopay.signature.to_lowercase()] {
        refused(&lax, &headers(&[wrong]), body, Kind::Authentication);
    }
    refused(&lax, &headers(&[gopay.signature, gopay.signature]), body, Kind::Authentication);
    refused(&lax, &unsigned, settlement.as_bytes(), Kind::Authentication);
    refused(&lax, &unsigned, vectors().1[0].body.as_bytes(), Kind::Authentication);
}

#[test]
fn nothing_shows_a_key_or_the_right_signature() {
    let body = settlement("multipayment", "success", "1");
    let right = sign(CANARY, body.as_bytes());
    let keys = WebhookKeys::new(CANARY).unwrap().or(format!("{CANARY}-old")).unwrap();
    let mut shown = format!("{keys:?} {keys:#?}");
    for signatures in [&[][..], &["0"], &["x"; 2], &[&"0".repeat(64)], &[&right.to_lowercase()], &[&"z".repeat(64)]] {
        let error = refused(&keys, &headers(signatures), body.as_bytes(), Kind::Authentication);
        shown += &format!("{error} {error:?} {error:#?}");
    }
    let broken = "{";
    let error = read_notification(&keys, &headers(&[&sign(CANARY, broken.as_bytes())]), broken.as_bytes()).unwrap_err();
    shown += &format!("{error} {error:?}");
    assert!(shown.contains("WebhookKeys") && shown.contains("is written in lower case"));
    assert!(!shown.contains("CANARY"), "{shown}");
    assert!(!shown.to_uppercase().contains(&right), "{shown}");
}
