//! Pakasir's API v1: the key and the project in the body or in the query; payments are named by order and amount.

use gerbang_tests::server::Reply;
use serde_json::{Value, json};

use super::{Asked, Book, Entry, Facts, GOOD_KEY, Message, Provider, SameReference, State, qris};

/// The project's slug, in both versions.
pub const PROJECT: &str = "warung";

pub struct PakasirV1;

impl Provider for PakasirV1 {
    fn facts(&self) -> Facts {
        Facts {
            echoes_reference: true,
            same_reference: SameReference::Refused,
            tells_expiry: false,
            notifies_amount: true,
            notifies_sandbox: true,
            acceptance: None,
            login: false,
        }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        if asked.text("api_key") != GOOD_KEY || asked.text("project") != PROJECT {
            return failure(401, "Invalid project or api_key");
        }
        let (method, path) = asked.call();
        match (method, &path[..]) {
            ("POST", ["api", "transactioncreate", method]) => create(method, asked, book),
            ("GET", ["api", "transactiondetail"]) => detail(asked, book),
            ("POST", ["api", "transactioncancel"]) => cancel(asked, book),
            _ => Reply::html(404),
        }
    }

    fn notification(&self, claim: &Entry) -> Option<Message> {
        let mut body = transaction(claim, WORDS[claim.state as usize]);
        if claim.sandbox {
            body["is_sandbox"] = true.into();
        }
        Some(Message::unsigned(&body))
    }
}

/// No other words are known, so that this is how any other end is told here.
pub const WORDS: [&str; 5] = ["pending", "completed", "canceled", "canceled", "canceled"];

/// The fee that was seen for QRIS and for virtual accounts.
pub fn fee(method: &str, amount: u64) -> u64 {
    match method {
        "qris" if amount <= 105_000 => (amount * 7 + 310_000 + 500) / 1_000,
        "qris" => amount / 100,
        "sampoerna_va" | "artha_graha_va" => 2_000,
        _ => 3_500,
    }
}

pub fn completed_at(entry: &Entry) -> Value {
    if entry.state == State::Paid { "2026-11-20T08:07:02.819+07:00".into() } else { Value::Null }
}

fn create(method: &str, asked: &Asked, book: &mut Book) -> Reply {
    let (reference, amount) = (asked.text("order_id"), asked.number("amount"));
    if reference.is_empty() || amount == 0 {
        return failure(400, "Invalid order_id or amount");
    }
    if book.by_reference(&reference).is_some() {
        return failure(400, "Transaction already exists");
    }
    let id = format!("v1-{}", book.next_number());
    let entry = book.open(&reference, id, amount, amount + fee(method, amount));
    entry.method = method.to_owned();
    let entry = entry.clone();
    let told = book.told(&entry);
    let number = if method == "qris" { qris::payload(&told, book) } else { "1234500000678901".to_owned() };
    let payment = json!({
        "project": PROJECT,
        "order_id": told.reference,
        "amount": told.amount,
        "fee": fee(method, told.amount),
        "total_payment": told.payable,
        "payment_method": method,
        "payment_number": number,
        "expired_at": "2031-09-19T01:18:49.678622564Z",
    });
    super::json(200, &json!({"payment": payment}))
}

/// The transaction is named by its order and its amount together.
fn find(asked: &Asked, book: &mut Book) -> Option<Entry> {
    let amount = asked.number("amount");
    book.by_reference(&asked.text("order_id")).filter(|entry| entry.amount == amount).cloned()
}

fn detail(asked: &Asked, book: &mut Book) -> Reply {
    let Some(entry) = find(asked, book) else { return failure(404, "Transaction not found") };
    let told = book.told(&entry);
    super::json(200, &json!({"transaction": transaction(&told, book.word(told.state, WORDS))}))
}

fn transaction(told: &Entry, word: &str) -> Value {
    json!({
        "amount": told.amount,
        "order_id": told.reference,
        "project": PROJECT,
        "status": word,
        "payment_method": told.method,
        "completed_at": completed_at(told),
    })
}

fn cancel(asked: &Asked, book: &mut Book) -> Reply {
    let Some(entry) = find(asked, book) else { return failure(404, "Transaction not found") };
    match book.cancel(&entry.id) {
        Ok(()) => super::json(200, &json!({"success": true})),
        Err(_) => failure(400, "Transaction cannot be canceled"),
    }
}

fn failure(status: u16, error: &str) -> Reply {
    super::json(status, &json!({"error": error}))
}
