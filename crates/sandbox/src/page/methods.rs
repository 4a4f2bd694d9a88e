//! The ways to pay in words: providers have codes for them.

use super::words::{Words, fill};
use crate::Provider;
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

fn bank(code: &str) -> &str {
    BANKS.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| *name)
}

/// How a payment is paid. A code that nobody knows stays as it is.
pub(super) fn name(words: &Words, record: &Record) -> String {
    let code = record.method.as_str();
    match (record.provider, code) {
        (_, "qris") => "QRIS".to_owned(),
        (_, "gopay") => "GoPay".to_owned(),
        (_, "paypal") => "PayPal".to_owned(),
        (_, "payment_link") => words.payment_link.to_owned(),
        (Provider::Klink, "multipayment") => words.card.to_owned(),
        (Provider::Klink, "mandiri_manual") => fill(words.bank_transfer, &["Mandiri"]),
        (Provider::Klink, "va") => fill(words.virtual_account, &[bank(record.other("bank_code"))]),
        (Provider::Midtrans, code) => fill(words.virtual_account, &[bank(code)]),
        _ => match code.strip_suffix("_va") {
            Some(of) => fill(words.virtual_account, &[bank(of)]),
            None => code.to_owned(),
        },
    }
}
