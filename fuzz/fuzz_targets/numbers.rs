//! Amounts as providers write them: read exactly as a big-number reader reads them, or not at all.

#![no_main]

use gerbang_core::{DottedRupiah, Rupiah};
use gerbang_fuzz::decimal::Decimal;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

/// JSON numbers with a dot or an exponent are read below this, in rupiah.
const DOUBLES_END: u64 = 1 << 40;

#[derive(Deserialize)]
struct Amount {
    #[serde(default, deserialize_with = "optional::amount")]
    amount: Option<Rupiah>,
}

gerbang_core::optional_members! {
    optional { amount "amount" }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    check_json(text);
    check_text(text);
    check_json(&serde_json::Value::from(text).to_string());
});

/// Text in the place of an amount in JSON.
fn check_json(json: &str) {
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(json);
    let amount: Option<Rupiah> = serde_json::from_str(json).ok();
    let dotted: Option<DottedRupiah> = serde_json::from_str(json).ok();
    let optional: Option<Amount> = serde_json::from_str(&format!("{{\"amount\":{json}}}")).ok();

    if let Some(amount) = amount {
        match parsed.as_ref().expect("it is JSON") {
            serde_json::Value::String(text) => assert_eq!(text.parse(), Ok(amount)),
            serde_json::Value::Number(_) => check_number(json.trim_ascii(), amount),
            serde_json::Value::Object(_) => {}
            other => panic!("{other} is no amount"),
        }
    }
    if let Some(dotted) = dotted {
        match parsed.as_ref().expect("it is JSON") {
            serde_json::Value::String(text) => assert_eq!(text.parse(), Ok(dotted)),
            serde_json::Value::Number(_) => assert_eq!(amount, Some(dotted.rupiah()), "{json}"),
            serde_json::Value::Object(_) => {}
            other => panic!("{other} is no amount"),
        }
    }
    // The readers look into objects for what other crates make of numbers.
    if parsed.is_ok_and(|parsed| !parsed.is_object()) {
        let Amount { amount: optional } = optional.expect("an optional member never hides its object");
        assert_eq!(optional, amount, "{json}");
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
        let plain = text.trim_ascii().trim_start_matches(['R', 'r', 'P', 'p', '.']).trim_ascii();
        let whole = plain.split(',').next().expect("a text has a beginning");
        let forms = [dotted.to_string(), dotted.rupiah().to_string()];
        assert!(forms.iter().any(|form| form == whole), "{text} is neither dotted nor plain");
    }
}
