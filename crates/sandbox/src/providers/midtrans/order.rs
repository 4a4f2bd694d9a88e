//! What the body of a charge says, and what is wrong with it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{json_amount, name};
use crate::clock::later;

/// The ways to pay, as the sandbox names them: the word of `payment_type`, and the least price.
pub(super) const WAYS: [(&str, &str, u64); 11] = [
    ("qris", "qris", 1),
    ("gopay", "gopay", 1),
    ("bca", "bank_transfer", 10_000),
    ("bni", "bank_transfer", 1),
    ("bri", "bank_transfer", 1),
    ("cimb", "bank_transfer", 1),
    ("permata", "bank_transfer", 1),
    ("bsi", "bank_transfer", 1_000),
    ("danamon", "bank_transfer", 1),
    ("seabank", "bank_transfer", 10_000),
    ("mandiri", "echannel", 1),
];

/// The longest name of a payment.
const LONGEST: usize = 50;

/// How long a payment waits, where nothing is said.
pub(super) fn lifetime(way: &str) -> Duration {
    Duration::from_secs(if matches!(way, "qris" | "gopay") { 15 * 60 } else { 24 * 3600 })
}

/// The way of a name: the name, the word of `payment_type`, and the least price.
pub(super) fn way(name: &str) -> Option<(&'static str, &'static str, u64)> {
    WAYS.into_iter().find(|(known, ..)| *known == name)
}

/// What a charge says.
pub(super) struct Order<'a> {
    pub(super) way: &'static str,
    pub(super) order_id: &'a str,
    pub(super) price: u64,
    pub(super) expires: Timestamp,
}

impl<'a> Order<'a> {
    /// Reads a body. The error is the code and what is wrong.
    pub(super) fn read(body: &'a Value, now: Timestamp) -> Result<Self, (&'static str, &'static str)> {
        let invalid = |message| ("400", message);
        let (way, _, least) = wanted(body)?;
        let details = &body["transaction_details"];
        let order_id = name(details["order_id"].as_str()).ok_or(invalid("transaction_details.order_id is required"))?;
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte);
        if order_id.len() > LONGEST || !order_id.bytes().all(is_taken) {
            return Err(invalid("transaction_details.order_id contains disallowed characters, or is too long"));
        }
        let price = json_amount(&details["gross_amount"]).filter(|price| *price >= least);
        let price = price.ok_or(invalid("transaction_details.gross_amount is missing or too low"))?;
        if !is_sum(&body["item_details"], price) {
            return Err(invalid("transaction_details.gross_amount is not equal to the sum of item_details"));
        }
        let time = match &body["custom_expiry"] {
            Value::Null => lifetime(way),
            expiry => duration(expiry).ok_or(invalid("custom_expiry is not valid"))?,
        };
        Ok(Self { way, order_id, price, expires: later(now, time) })
    }
}

/// By what is paid.
fn wanted(body: &Value) -> Result<(&'static str, &'static str, u64), (&'static str, &'static str)> {
    let payment_type = body["payment_type"].as_str().ok_or(("400", "payment_type is required"))?;
    let name = match payment_type {
        "bank_transfer" => body["bank_transfer"]["bank"].as_str().ok_or(("400", "bank_transfer.bank is required"))?,
        "echannel" => {
            let info = &body["echannel"];
            let is_whole = info["bill_info1"].is_string() && info["bill_info2"].is_string();
            if is_whole { "mandiri" } else { return Err(("400", "echannel.bill_info1 and bill_info2 are required")) }
        }
        other => other,
    };
    let way = way(name).filter(|(_, word, _)| *word == payment_type);
    way.ok_or(("402", "Payment channel is not activated."))
}

/// Whether a price is what the items cost together, where there are some.
fn is_sum(items: &Value, price: u64) -> bool {
    let cost = |item: &Value| json_amount(&item["price"])?.checked_mul(item["quantity"].as_u64()?);
    let sum = |items: &Vec<Value>| items.iter().try_fold(0_u64, |sum, item| sum.checked_add(cost(item)?));
    items.as_array().is_none_or(|items| sum(items) == Some(price))
}

/// How long a payment is to wait. The number may be a text too.
fn duration(expiry: &Value) -> Option<Duration> {
    let number = &expiry["expiry_duration"];
    let number = number.as_u64().or_else(|| number.as_str()?.parse().ok()).filter(|number| *number > 0)?;
    let unit = match expiry["unit"].as_str().unwrap_or("minute") {
        "second" => 1,
        "minute" => 60,
        "hour" => 3600,
        "day" => 24 * 3600,
        _ => return None,
    };
    number.checked_mul(unit).filter(|seconds| *seconds <= MOST_SECONDS).map(Duration::from_secs)
}

/// The longest time that is taken, a year: the document states none.
const MOST_SECONDS: u64 = 365 * 24 * 3600;
