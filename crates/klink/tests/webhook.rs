//! The signature of notifications, and what is read from them.

use gerbang_core::{Delivery, Error, Kind, MAX_NOTIFICATION, Notification, PaymentStatus, Rupiah, Secret, Trust};
use gerbang_klink::{GOPAY_PROVIDER, PROVIDER, SIGNATURE_HEADER, WebhookKeys, read_notification};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::Sha256;

const VECTORS: &str = include_str!("webhook-vectors.tsv");
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
fn reads_the_documented_messages() {
    let (_, vectors) = vectors();
    let read = |vector: &Vector| {
        read_notification(&vector_keys(), &headers(&[vector.signature]), vector.body.as_bytes()).unwrap()
    };
    for vector in &vectors[..2] {
        let mut wanted = Notification::new(PROVIDER, Trust::Signed, PaymentStatus::Paid);
        wanted.reference = Some("klnu00242".to_owned());
        wanted.nonce = Some("klnu00242".to_owned());
        wanted.request_id.clone_from(&wanted.nonce);
        assert_eq!(read(vector), wanted, "{}", vector.what);
    }
    let mut wanted = Notification::new(GOPAY_PROVIDER, Trust::Signed, PaymentStatus::Paid);
    wanted.reference = Some("1234/917/ATG".to_owned());
    wanted.nonce = Some("12345".to_owned());
    assert_eq!(read(&vectors[2]), wanted);
}

fn settlement(transaction: &str, status: &str, tot_bayar: &str) -> String {
    format!(
        r#"{{"status":"{status}","message":"m","rq_uuid":"u-1","rq_datetime":"2020-11-12 09:13:19","order_id":"KLNU00252",
        "kd_pay":"174","tot_bayar":{tot_bayar},"norek":"-","transaction":"{transaction}"}}"#
    )
}

#[test]
fn reads_the_amount_where_it_is_told() {
    for (tot_bayar, payable) in [
        (r#""474765""#, Some(474_765)),
        ("474765", Some(474_765)),
        (r#""474765.00""#, Some(474_765)),
        (r#""-""#, None),
        (r#""""#, None),
        ("null", None),
        ("0", Some(0)),
        (r#""474.765""#, Some(474_765)),
        (r#""Rp 474.765,00""#, Some(474_765)),
    ] {
        let read = read_signed(&settlement("mandiri_manual", "success", tot_bayar)).unwrap();
        assert_eq!((read.payable, read.amount), (payable.map(Rupiah::new), None), "{tot_bayar}");
        assert_eq!((read.id.as_deref(), read.request_id.as_deref()), (None, Some("u-1")));
        assert_eq!(read.code.as_deref(), Some("174"));
        assert!(!read.has_unreadable_amount, "{tot_bayar}");
    }
    for tot_bayar in [r#""-5""#, r#""much""#, "[]", "{}", "false", "70.5", r#"1,"tot_bayar":2"#] {
        let read = read_signed(&settlement("mandiri_manual", "success", tot_bayar)).unwrap();
        assert_eq!((read.payable, read.has_unreadable_amount), (None, true), "{tot_bayar}");
    }
}

#[test]
fn only_success_is_paid() {
    for (word, status) in [
        ("success", PaymentStatus::Paid),
        ("SUCCESS", PaymentStatus::Paid),
        ("fail", PaymentStatus::Failed),
        ("failed", PaymentStatus::Failed),
        ("pending", PaymentStatus::Unknown("pending".to_owned())),
        ("successful", PaymentStatus::Unknown("successful".to_owned())),
    ] {
        assert_eq!(read_signed(&settlement("multipayment", word, "1")).unwrap().claimed, status);
        let gopay = format!(r#"{{"status":"{word}","id_trans":7,"order_id":8,"transaction":"gopay"}}"#);
        assert_eq!(read_signed(&gopay).unwrap().claimed, status);
    }
}

#[test]
fn the_transaction_tells_which_notification_it_is() {
    for (transaction, provider) in [
        ("multipayment", PROVIDER),
        ("mandiri_manual", PROVIDER),
        ("something new", PROVIDER),
        ("gopay", GOPAY_PROVIDER),
        ("GoPay", GOPAY_PROVIDER),
        (" GO-PAY ", GOPAY_PROVIDER),
        ("e_money", GOPAY_PROVIDER),
        ("E_Wallets", GOPAY_PROVIDER),
    ] {
        let both = settlement(transaction, "success", "1").replacen('{', r#"{"id_trans":"t-1","#, 1);
        let read = read_signed(&both).unwrap();
        let nonce = if provider == PROVIDER { "u-1" } else { "t-1" };
        assert_eq!((read.provider, read.nonce.as_deref()), (provider, Some(nonce)), "{transaction}");
        let has_request = read.request_id.is_some() || read.code.is_some() || read.id.is_some();
        assert_eq!(has_request, provider == PROVIDER, "{transaction}");
    }
    // A wallet's product code in what is a settlement in all else.
    assert_eq!(read_signed(&settlement("e_money", "success", "1")).unwrap().provider, PROVIDER);
}

#[test]
fn form_tells_which_notification_it_is_where_the_transaction_does_not() {
    for (members, provider) in [
        (r#""id_trans":"2""#, GOPAY_PROVIDER),
        (r#""id_trans":2,"transaction":null"#, GOPAY_PROVIDER),
        (r#""id_trans":2,"transaction":"","rq_uuid":"-","kd_pay":"""#, GOPAY_PROVIDER),
        (r#""id_trans":2,"transaction":"gopay","transaction":"x""#, GOPAY_PROVIDER),
        (r#""id_trans":2,"rq_uuid":"u""#, PROVIDER),
        (r#""id_trans":2,"kd_pay":"174""#, PROVIDER),
        (r#""rq_uuid":"u""#, PROVIDER),
        (r#""message":"m""#, PROVIDER),
    ] {
        let read = read_signed(&format!(r#"{{"status":"success","order_id":"1",{members}}}"#)).unwrap();
        assert_eq!((read.provider, read.claimed), (provider, PaymentStatus::Paid), "{members}");
    }
}

#[test]
fn only_the_order_or_the_request_must_be_there() {
    let read = read_signed(r#"{"order_id":7}"#).unwrap();
    let unknown = PaymentStatus::Unknown("no readable status".to_owned());
    assert_eq!((read.reference.as_deref(), read.claimed, read.provider), (Some("7"), unknown, PROVIDER));
    assert_eq!(read_signed(r#"{"id_order":"ORD","status":"success"}"#).unwrap().reference.as_deref(), Some("ORD"));
    assert_eq!(read_signed("{\"order_id\":\"ORD\",\"x\":\"\\ud83d\"}").unwrap().reference.as_deref(), Some("ORD"));
    // Latin-1 in a member that nobody needs.
    let latin = b"{\"order_id\":\"ORD\",\"message\":\"pembayaran \xE9\"}";
    let keys = WebhookKeys::new(CANARY).unwrap();
    let read = read_notification(&keys, &headers(&[&sign(CANARY, latin)]), latin).unwrap();
    assert_eq!(read.reference.as_deref(), Some("ORD"));
    for request_only in [
        r#"{"status":"success","rq_uuid":"1","transaction":"multipayment"}"#,
        r#"{"status":"success","rq_uuid":"1","order_id":"","transaction":"multipayment"}"#,
        r#"{"status":"success","rq_uuid":"1","order_id":["1"]}"#,
    ] {
        let read = read_signed(request_only).unwrap();
        assert_eq!((read.reference.as_deref(), read.request_id.as_deref()), (None, Some("1")), "{request_only}");
    }
    for broken in [
        r#"{"status":"success","order_id":"1","order_id":"2"}"#,
        r#"{"status":"success","id_trans":"1","transaction":"gopay"}"#,
        r#"{"status":"success","rq_uuid":"","order_id":[]}"#,
        r#"["gopay"]"#,
        r#""gopay""#,
        "",
        "{",
    ] {
        assert_eq!(read_signed(broken).unwrap_err().kind(), Kind::InvalidNotification, "{broken}");
    }
}

#[test]
fn refusal_tells_which_other_signature_would_match_and_accepts_none() {
    let keys = WebhookKeys::new("older").unwrap().or(CANARY).unwrap();
    let body = "{ \"order_id\": \"A/1\",\n  \"status\": \"success\" }";
    let compact = r#"{"order_id":"A/1","status":"success"}"#;
    let base64 = |body: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(CANARY.as_bytes()).unwrap().chain_update(body).finalize();
        base64_of(&mac.into_bytes())
    };
    let hex = |body: &str| sign(CANARY, body.as_bytes());
    let lower = hex(body).to_lowercase();
    let (came, anew) = ("of the body as it came", "of the body as JSON that was written anew");
    for (given, writing, of) in [
        (lower, "lower-case hexadecimal", came),
        (base64(body), "base64", came),
        (base64(body).trim_end_matches('=').to_owned(), "base64", came),
        (hex(compact), "upper-case hexadecimal", anew),
        (hex(compact).to_lowercase(), "lower-case hexadecimal", anew),
        (base64(compact), "base64", anew),
        (base64(&compact.replace('/', "\\/")), "base64", anew),
        (hex(r#"{"order_id": "A/1", "status": "success"}"#), "upper-case hexadecimal", anew),
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
        (&[signature, signature], "stands more than once"),
        (&["", signature], "stands more than once"),
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

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Some bytes as somebody might change them on their way; perhaps the same.
fn mutated(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(3) {
        if changed.is_empty() {
            break;
        }
        let at = random.below(changed.len());
        match random.below(6) {
            0 => changed[at] ^= 1 << random.below(8),
            1 => changed[at] = random.next() as u8,
            2 => changed.insert(at, b" \n0Aa\"}"[random.below(7)]),
            3 => drop(changed.remove(at)),
            4 => changed[at] ^= if changed[at].is_ascii_alphabetic() { b' ' } else { 1 },
            _ => changed.push(b" \n\0F0"[random.below(5)]),
        }
    }
    changed
}

/// The same message written anew, or one with the same members and another value.
fn rewritten(random: &mut Random, body: &[u8]) -> Vec<u8> {
    let message: serde_json::Map<String, Value> = serde_json::from_slice(body).unwrap();
    let mut members: Vec<(String, Value)> = message.into_iter().collect();
    for last in (1..members.len()).rev() {
        members.swap(last, random.below(last + 1));
    }
    if random.below(4) == 0 {
        let at = random.below(members.len());
        members[at].1 = random.next().to_string().into();
    }
    let [before, colon, comma] =
        [["", " ", "\n  "], [":", ": ", " : "], [",", ", ", ",\r\n"]].map(|forms| forms[random.below(3)]);
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{before}\"{name}\"{colon}{value}")).collect();
    let text = format!("{{{}}}", members.join(comma));
    if random.below(4) == 0 { format!("\u{feff}{text}") } else { text }.into_bytes()
}

#[test]
fn a_thousand_changes_of_each_body_and_header_are_refused() {
    const CHANGES: usize = 1_000;
    let keys = vector_keys();
    let mut random = Random(20_261_120);
    let (mut bodies, mut rewritings, mut signatures) = (0, 0, 0);
    for vector in vectors().1 {
        let right = headers(&[vector.signature]);
        let body = vector.body.as_bytes();
        assert!(keys.verify(&right, body).is_ok());

        for count in 0..CHANGES {
            let is_rewritten = count % 4 == 0;
            let changed = loop {
                let changed = if is_rewritten { rewritten(&mut random, body) } else { mutated(&mut random, body) };
                if changed != body {
                    break changed;
                }
            };
            let error = refused(&keys, &right, &changed, Kind::Authentication);
            assert!(error.to_string().contains("is not that of the body"), "{error}");
            bodies += 1;
            rewritings += usize::from(is_rewritten);
        }

        for count in 0..CHANGES {
            let changed = loop {
                let changed = match count % 10 {
                    0 => vector.signature.to_lowercase().into_bytes(),
                    // One digit for another, which is a signature in form.
                    1..5 => {
                        let mut changed = vector.signature.as_bytes().to_vec();
                        changed[random.below(64)] = b"0123456789ABCDEF"[random.below(16)];
                        changed
                    }
                    _ => mutated(&mut random, vector.signature.as_bytes()),
                };
                if changed != vector.signature.as_bytes()
                    && let Ok(value) = HeaderValue::from_bytes(&changed)
                {
                    break value;
                }
            };
            refused(
                &keys,
                &HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), changed)]),
                body,
                Kind::Authentication,
            );
            signatures += 1;
        }
    }
    println!("refused {bodies} changed bodies, {rewritings} of them written anew, and {signatures} changed signatures");
    assert_eq!((bodies, rewritings, signatures), (3 * CHANGES, 3 * CHANGES / 4, 3 * CHANGES));
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
