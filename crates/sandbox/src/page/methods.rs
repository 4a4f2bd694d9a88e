//! The ways to pay in words: providers have codes for them.

use super::words::{Words, fill};
use crate::state::Record;

/// Codes of banks, and how people write them.
const BANKS: [(&str, &str); 17] = [
    ("cimb_niaga", "CIMB Niaga"),
    ("bni", "BNI"),
    ("sampoerna", "Sampoerna"),
    ("bnc", "BNC"),
    ("maybank", "Maybank"),
    ("permata", "Permata"),
    ("atm_bersama", "ATM Bersama"),
    ("artha_graha", "Artha Graha"),
    ("bri", "BRI"),
    ("bca", "BCA"),
    ("bsi", "BSI"),
    ("cimb", "CIMB Niaga"),
    ("danamon", "Danamon"),
    ("mandiri", "Mandiri"),
    ("seabank", "SeaBank"),
    ("014", "BCA"),
    ("008", "Mandiri"),
];

fn bank(code: &str) -> Option<&'static str> {
    BANKS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// How a payment is paid. A code that nobody knows stays as it is.
pub(super) fn name(words: &Words, record: &Record) -> String {
    let virtual_account = |code| fill(words.virtual_account, &[bank(code).unwrap_or(code)]);
    match record.method.as_str() {
        "qris" => "QRIS".to_owned(),
        "gopay" => "GoPay".to_owned(),
        "paypal" => "PayPal".to_owned(),
        "payment_link" => words.payment_link.to_owned(),
        "multipayment" => words.card.to_owned(),
        "mandiri_manual" => fill(words.bank_transfer, &["Mandiri"]),
        "va" => virtual_account(record.other("bank_code")),
        code => match code.strip_suffix("_va") {
            Some(of) => virtual_account(of),
            None if bank(code).is_some() => virtual_account(code),
            None => code.to_owned(),
        },
    }
}
