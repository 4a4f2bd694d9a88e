//! What the body of a creation says: JSON, or a form as the document's samples in PHP and Python send it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::channels::channel;
use crate::call::{Call, json_amount, name};
use crate::clock::later;

/// The code of every merchant, which is a part of what a payment's signature signs.
const MERCHANT_CODE: &str = "T0001";

/// How long a payment waits, where nothing is said.
pub(super) const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The body as JSON. Of a form, `order_items[0][name]` is the name of the first item; numbers are read as such.
pub(super) fn body_of(call: &Call) -> Option<Value> {
    if !call.is_form() {
        return call.json();
    }
    let mut body = Map::new();
    for member in
        ["method", "merchant_ref", "customer_name", "customer_email", "return_url", "callback_url", "signature"]
    {
        if let Some(text) = call.form(member) {
            body.insert(member.to_owned(), text.into());
        }
    }
    for member in ["amount", "expired_time"] {
        if let Some(text) = call.form(member) {
            body.insert(member.to_owned(), number(text));
        }
    }
    let item = |index: usize| {
        let field = |name: &str| call.form(&format!("order_items[{index}][{name}]"));
        let (price, quantity) = (number(field("price")?), number(field("quantity")?));
        Some(json!({"name": field("name")?, "price": price, "quantity": quantity}))
    };
    let items: Vec<_> = (0..).map_while(item).collect();
    body.insert("order_items".to_owned(), items.into());
    Some(body.into())
}

/// A number of a form; the text where it is none.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

/// What a creation says, and what is wrong with it.
pub(super) struct Order<'a> {
    pub(super) channel: &'static str,
    pub(super) merchant_ref: &'a str,
    pub(super) price: u64,
    pub(super) expires: Timestamp,
}

impl<'a> Order<'a> {
    /// Reads a body, as [`body_of`] gives it.
    pub(super) fn read(body: &'a Value, now: Timestamp) -> Result<Self, String> {
        let text = |member: &str| body.get(member).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let method = text("method").ok_or("method is required")?;
        let (channel, _, least) = channel(method).ok_or("Payment channel is not available")?;
        let merchant_ref = name(text("merchant_ref")).ok_or("merchant_ref is required")?;
        let price = body.get("amount").and_then(json_amount).filter(|price| *price >= least);
        let price = price.ok_or_else(|| format!("Minimum amount is {least}"))?;
        text("customer_name").ok_or("customer_name is required")?;
        text("customer_email").ok_or("customer_email is required")?;
        let sum = items_of(body).ok_or("order_items is not valid")?;
        if sum != price {
            return Err("amount is not the sum of order_items".into());
        }
        let expires = match body.get("expired_time") {
            None | Some(Value::Null) => later(now, LIFETIME),
            Some(time) => {
                time.as_i64().and_then(|time| Timestamp::from_second(time).ok()).ok_or("expired_time is not valid")?
            }
        };
        if expires <= now {
            return Err("expired_time is past".into());
        }
        Ok(Self { channel, merchant_ref, price, expires })
    }

    /// What the private key signs.
    pub(super) fn signed(&self) -> String {
        format!("{MERCHANT_CODE}{}{}", self.merchant_ref, self.price)
    }
}

/// What the items cost together; none where there are none or one is without name, price or quantity.
fn items_of(body: &Value) -> Option<u64> {
    let items = body.get("order_items").and_then(Value::as_array).filter(|items| !items.is_empty())?;
    items.iter().try_fold(0_u64, |sum, item| {
        item.get("name").and_then(Value::as_str)?;
        let price = item.get("price").and_then(json_amount)?;
        let quantity = item.get("quantity").and_then(Value::as_u64)?;
        sum.checked_add(price.checked_mul(quantity)?)
    })
}
