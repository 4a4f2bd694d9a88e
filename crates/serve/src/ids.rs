//! Names of the API: payments and places in a list, which programs take as they are.

use data_encoding::BASE64URL_NOPAD;
use gerbang::jiff::Timestamp;
use gerbang::ledger::OrderRecord;

const PAYMENT: &str = "pay_";
const EVENT: &str = "evt_";

/// The id of an order's payment.
pub fn payment(order: &str) -> String {
    format!("{PAYMENT}{}", BASE64URL_NOPAD.encode(order.as_bytes()))
}

/// The order of a payment's id.
pub fn order(payment: &str) -> Option<String> {
    text(payment.strip_prefix(PAYMENT)?)
}

/// The number of an event's id.
pub fn event(id: &str) -> Option<i64> {
    number(id.strip_prefix(EVENT)?)
}

/// A number of the book.
pub fn number(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// The place after an order in a list.
pub fn cursor(record: &OrderRecord) -> String {
    BASE64URL_NOPAD.encode(format!("{}:{}", record.created_at.as_millisecond(), record.order).as_bytes())
}

/// What a place in a list says.
pub fn place(cursor: &str) -> Option<(Timestamp, String)> {
    let text = text(cursor)?;
    let (at, order) = text.split_once(':')?;
    Some((Timestamp::from_millisecond(at.parse().ok()?).ok()?, order.to_owned()))
}

fn text(encoded: &str) -> Option<String> {
    String::from_utf8(BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payment_ids_lead_back_to_their_orders() {
        for name in ["A", "ORDER-1", "2026/11/30.7_x-Y", &"z".repeat(44)] {
            let id = payment(name);
            assert_eq!(order(&id).as_deref(), Some(name));
            assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)), "{id}");
        }
        for wrong in ["", "pay_", "ORDER-1", "pay_!", "pay_QQ==", "pay_/w"] {
            assert_eq!(order(wrong).filter(|order| !order.is_empty()), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!((event("evt_17"), number("0"), number("9223372036854775807")), (Some(17), Some(0), Some(i64::MAX)));
        for wrong in ["", "+1", "-1", " 1", "1.0", "9223372036854775808", "evt_1"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
