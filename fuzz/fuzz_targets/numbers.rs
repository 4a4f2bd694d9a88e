//! Amounts as providers write them: read exactly as a big-number reader reads them, or not at all.

#![no_main]

use gerbang_core::{DottedRupiah, Rupiah, wire};
use gerbang_fuzz::decimal::Decimal;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

/// JSON numbers with a dot or an exponent are read below this, in rupiah.
const DOUBLES_END: u64 = 1 << 40;

#[derive(Deserialize)]
struct Amount {
    #[serde(default, deserialize_with = "wire::blank_is_none")]
    amount: Option<Rupiah>,
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    check_json(text);
    check_text(text);
    check_json(&serde_json::Value::from(text).to_string());
});

/// Text that stands in the place of an amount in JSON.
fn check_json(json: &str) {
    let told: Result<serde_json::Value, _> = serde_json::from_str(json);
    let amount: Option<Rupiah> = serde_json::from_str(json).ok();
    let dotted: Option<DottedRupiah> = serde_json::from_str(json).ok();
    let optional: Option<Amount> = serde_json::from_str(&format!("{{\"amount\":{json}}}")).ok();

    if let Some(amount) = amount {
        match told.as_ref().expect("it is JSON") {
            serde_json::Value::String(text) => assert_eq!(text.parse(), Ok(amount)),
            serde_json::Value::Number(_) => check_number(json.trim_ascii(), amount),
            other => panic!("{other} is no amount"),
        }
    }
    if let Some(dotted) = dotted {
        match told.as_ref().expect("it is JSON") {
            serde_json::Value::String(text) => assert_eq!(text.parse(), Ok(dotted)),
            serde_json::Value::Number(_) => assert_eq!(amount, Some(dotted.rupiah()), "{json}"),
            other => panic!("{other} is no amount"),
        }
    }
    if let Some(Amount { amount: optional }) = optional
        && let Ok(told) = told
    {
        let blank = told.is_null() || told.as_str().is_some_and(|text| matches!(text.trim(), "" | "-"));
        assert_eq!(optional, if blank { None } else { amount }, "{json}");
    }
}

fn check_number(number: &str, amount: Rupiah) {
    let exact = Decimal::read(number).expect("a JSON number is a decimal number");
    if number.contains(['.', 'e', 'E']) {
        assert!(amount.get() < DOUBLES_END, "{number} is {amount}");
        assert!(exact.is_within_a_thousandth_of(amount.get()), "{number} is {amount}");
    } else {
        assert!(exact.is(amount.get()), "{number} is {amount}");
    }
}

/// Text as it is parsed without JSON.
fn check_text(text: &str) {
    if let Ok(amount) = text.parse::<Rupiah>() {
        let plain = text.trim_ascii();
        assert!(plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{text}");
        assert!(Decimal::read_digits(plain).expect("a decimal number").is(amount.get()), "{text} is {amount}");
        assert_eq!(amount.to_string().parse(), Ok(amount));
    }
    if let Ok(dotted) = text.parse::<DottedRupiah>() {
        assert_eq!(dotted.to_string(), text.trim_ascii(), "only the dotted form itself is read");
        let digits = text.trim_ascii().replace('.', "");
        assert!(Decimal::read_digits(&digits).expect("digits").is(dotted.rupiah().get()), "{text}");
    }
}
