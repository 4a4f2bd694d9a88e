//! Kropay: JSON, a key in `X-API-KEY`, its own reference in the path.

use gerbang_tests::server::Reply;
use serde_json::{Value, json};

use super::{Asked, Book, Entry, Facts, GOOD_KEY, LATER, Message, Provider, SameReference, State, qris};

pub struct Kropay;

impl Provider for Kropay {
    fn facts(&self) -> Facts {
        Facts {
            echoes_reference: true,
            same_reference: SameReference::Refused,
            tells_expiry: true,
            notifies_amount: true,
            notifies_sandbox: false,
            acceptance: Some(r#"{"success": true}"#),
            login: false,
        }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        if asked.header("x-api-key") != Some(GOOD_KEY) {
            return failure(401, "Invalid API key");
        }
        let (method, path) = asked.call();
        match (method, &path[..]) {
            ("POST", ["api", "v1", "payment", "create"]) => create(asked, book),
            ("GET", ["api", "v1", "payment", "status", reference]) => status(reference, book),
            _ => Reply::html(404),
        }
    }

    fn notification(&self, claim: &Entry) -> Option<Message> {
        // The callback says `paid` where the status says `success`.
        let word = if claim.state == State::Paid { "paid" } else { WORDS[claim.state as usize] };
        Some(Message::unsigned(&json!({
            "reference": claim.id,
            "merchant_ref": claim.reference,
            "amount": claim.amount,
            "fee": fee(claim),
            "unique_code": fee(claim),
            "total_amount": claim.payable,
            "status": word,
            "expired_at": LATER,
            "paid_at": "2026-11-20 15:30:00",
        })))
    }
}

/// There is no word for a cancelled payment.
const WORDS: [&str; 5] = ["pending", "success", "failed", "expired", "failed"];

fn create(asked: &Asked, book: &mut Book) -> Reply {
    let (reference, amount) = (asked.text("merchant_ref"), asked.number("amount"));
    let expires_in = asked.number("expired_in");
    if reference.is_empty() || reference.len() > 100 || amount < 1_000 || (1..300).contains(&expires_in) {
        return failure(422, "Invalid parameters");
    }
    if book.by_reference(&reference).is_some() {
        return failure(409, "merchant_ref has already been used");
    }
    let id = format!("PG-20261120A1B{}", book.next_number());
    let entry = book.open(&reference, id, amount, amount + amount / 500);
    entry.expires_in = expires_in;
    let entry = entry.clone();
    let told = book.told(&entry);
    let reply = json!({
        "success": true,
        "reference": told.id,
        "merchant_ref": told.reference,
        "amount": told.amount,
        "fee": fee(&told),
        "unique_code": fee(&told),
        "total_amount": told.payable,
        "status": book.word(told.state, WORDS),
        "expired_at": LATER,
        "qris_string": qris::payload(&told, book),
        "qris_image": format!("https://kropay.example.com/api/v1/qris/{}.svg", told.id),
    });
    super::json(201, &reply)
}

fn status(id: &str, book: &mut Book) -> Reply {
    let Some(entry) = book.by_id(id).cloned() else { return failure(404, "Transaction not found") };
    let told = book.told(&entry);
    let paid_at = if told.state == State::Paid { "2026-11-20 15:30:00".into() } else { Value::Null };
    let reply = json!({
        "success": true,
        "reference": told.id,
        "merchant_ref": told.reference,
        "amount": told.amount,
        "fee": fee(&told),
        "total_amount": told.payable,
        "net_amount": told.amount,
        "status": book.word(told.state, WORDS),
        "created_at": "2026-11-20 15:00:00",
        "paid_at": paid_at,
    });
    super::json(200, &reply)
}

fn fee(entry: &Entry) -> u64 {
    entry.amount / 500
}

fn failure(status: u16, message: &str) -> Reply {
    super::json(status, &json!({"success": false, "message": message}))
}
