//! Kazukipay: forms, a Bearer key, failures with HTTP 200.

use gerbang_tests::server::Reply;
use serde_json::{Value, json};

use super::{Asked, Book, Entry, Facts, GOOD_KEY, LATER, Message, Provider, SameReference, State};

pub struct Kazukipay;

impl Provider for Kazukipay {
    fn facts(&self) -> Facts {
        Facts {
            echoes_reference: true,
            same_reference: SameReference::Refused,
            tells_expiry: true,
            notifies_amount: true,
            notifies_sandbox: false,
            acceptance: None,
            login: false,
        }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        if asked.bearer() != Some(GOOD_KEY) {
            return failure("Invalid API Key.");
        }
        let (method, path) = asked.call();
        match (method, &path[..]) {
            ("POST", ["api", "create.php"]) => create(asked, book),
            ("GET" | "POST", ["api", "cekstatus.php"]) => status(asked, book),
            ("POST", ["api", "cancel.php"]) => cancel(asked, book),
            _ => Reply::html(404),
        }
    }

    fn notification(&self, claim: &Entry) -> Option<Message> {
        Some(Message::unsigned(&json!({
            "event": "payment_success",
            "transaction_id": transaction_id(claim),
            "custom_id": claim.reference,
            "amount": claim.amount,
            "unique_amount": claim.payable,
            "net_amount": net(claim),
            "status": WORDS[claim.state as usize],
        })))
    }
}

/// Failed payments are not among the documented words.
const WORDS: [&str; 5] = ["PENDING", "PAID", "CANCELLED", "EXPIRED", "FAILED"];

fn create(asked: &Asked, book: &mut Book) -> Reply {
    let (reference, amount) = (asked.text("custom_id"), asked.number("amount"));
    if asked.number("project_id") != 1 || amount < 1_000 || reference.is_empty() {
        return failure("Invalid parameters.");
    }
    if book.by_reference(&reference).is_some() {
        return failure("custom_id already exists.");
    }
    let id = (11 + book.next_number()).to_string();
    let entry = book.open(&reference, id, amount, amount + 243).clone();
    let told = book.told(&entry);
    success(
        "Payment created successfully.",
        json!({
            "transaction_id": transaction_id(&told),
            "custom_id": told.reference,
            "project_id": 1,
            "amount": told.amount,
            "unique_amount": told.payable,
            "qris_url": "https://img.example.com/qris/12.png",
            "expired_at": LATER,
        }),
    )
}

fn status(asked: &Asked, book: &mut Book) -> Reply {
    let Some(entry) = book.by_reference(&asked.text("custom_id")).cloned() else {
        return failure("Transaction not found.");
    };
    let told = book.told(&entry);
    let mut data = json!({
        "transaction_id": transaction_id(&told),
        "custom_id": told.reference,
        "status": book.word(told.state, WORDS),
        "amount": told.amount,
        "unique_amount": told.payable,
        "qris_url": "https://img.example.com/qris/12.png",
        "expired_at": LATER,
    });
    if told.state == State::Paid {
        data["net_amount"] = net(&told).into();
    }
    success("Transaction status retrieved.", data)
}

fn cancel(asked: &Asked, book: &mut Book) -> Reply {
    let reference = asked.text("custom_id");
    let Some(id) = book.by_reference(&reference).map(|entry| entry.id.clone()) else {
        return failure("Transaction not found.");
    };
    if let Err(state) = book.cancel(&id) {
        let current = WORDS[state as usize];
        return failure(&format!("Only PENDING transactions can be cancelled. Current status is {current}"));
    }
    let entry = book.by_id(&id).expect("it was just cancelled").clone();
    let told = book.told(&entry);
    success(
        "Transaction successfully cancelled.",
        json!({
            "transaction_id": transaction_id(&told),
            "custom_id": told.reference,
            "status": book.word(told.state, WORDS),
        }),
    )
}

fn transaction_id(entry: &Entry) -> u64 {
    entry.id.parse().expect("Kazukipay's own references are numbers")
}

fn net(entry: &Entry) -> u64 {
    entry.payable * 99 / 100
}

fn success(message: &str, data: Value) -> Reply {
    super::json(200, &json!({"status": true, "message": message, "data": data}))
}

fn failure(message: &str) -> Reply {
    super::json(200, &json!({"status": false, "message": message, "data": null}))
}
