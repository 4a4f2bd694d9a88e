//! Pakasir's API v2: the key in `X-Api-Key`, everything else in the path; creating finds what is there.

use gerbang_tests::server::Reply;
use serde_json::{Value, json};

use super::pakasir_v1::{PROJECT, WORDS, completed_at, fee};
use super::{Asked, Book, Entry, Facts, GOOD_KEY, Message, Provider, SameReference, WEBHOOK_SECRET, qris};

pub struct PakasirV2;

impl Provider for PakasirV2 {
    fn facts(&self) -> Facts {
        Facts {
            echoes_reference: true,
            same_reference: SameReference::Found,
            tells_expiry: false,
            notifies_amount: true,
            notifies_sandbox: true,
            acceptance: None,
            login: false,
        }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        if asked.header("x-api-key") != Some(GOOD_KEY) {
            return failure(401, "Invalid api key");
        }
        let (method, path) = asked.call();
        match (method, &path[..]) {
            ("POST", ["api", "v2", "create-transaction", PROJECT, order]) => create(order, asked, book),
            ("GET", ["api", "v2", "transaction-status", PROJECT, id]) => status(id, book),
            ("POST", ["api", "v2", "cancel-transaction", PROJECT, id]) => cancel(id, book),
            _ => Reply::html(404),
        }
    }

    fn notification(&self, claim: &Entry) -> Option<Message> {
        let body = transaction(claim, WORDS[claim.state as usize]);
        Some(Message::unsigned(&body).header("X-Secret", WEBHOOK_SECRET))
    }
}

fn create(order: &str, asked: &Asked, book: &mut Book) -> Reply {
    let (method, amount) = (asked.text("method"), asked.number("amount"));
    let least = if method.ends_with("_va") { 10_000 } else { 500 };
    if amount < least {
        return failure(400, "The amount is too small");
    }
    let entry = match book.by_reference(order) {
        Some(found) => found.clone(),
        None => {
            let id = format!("contohtxn{}", book.next_number());
            let entry = book.open(order, id, amount, amount + fee(&method, amount));
            entry.method = method;
            entry.clone()
        }
    };
    let told = book.told(&entry);
    if told.method == "payment_link" {
        let link = format!("https://app.example.com/pay-v2/{}", told.id);
        return super::json(200, &json!({"txn_id": told.id, "payment_link": link}));
    }
    let mut reply = transaction(&told, book.word(told.state, WORDS));
    reply["project"] = PROJECT.into();
    reply["fee"] = fee(&told.method, told.amount).into();
    reply["total_payment"] = told.payable.into();
    reply["payment_method"] = told.method.clone().into();
    reply["expired_at"] = "2031-09-19T01:18:49.678622564Z".into();
    if told.method == "qris" {
        reply["qr_string"] = qris::payload(&told, book).into();
    } else {
        reply["va_number"] = "1234500000678901".into();
    }
    super::json(200, &reply)
}

fn status(id: &str, book: &mut Book) -> Reply {
    let Some(entry) = book.by_id(id).cloned() else { return failure(404, "Transaction not found") };
    let told = book.told(&entry);
    super::json(200, &transaction(&told, book.word(told.state, WORDS)))
}

/// The form of a status, and of a notification.
fn transaction(told: &Entry, word: &str) -> Value {
    json!({
        "txn_id": told.id,
        "order_id": told.reference,
        "amount": told.amount,
        "is_sandbox": told.sandbox,
        "status": word,
        "completed_at": completed_at(told),
    })
}

fn cancel(id: &str, book: &mut Book) -> Reply {
    if book.by_id(id).is_none() {
        return failure(404, "Transaction not found");
    }
    match book.cancel(id) {
        Ok(()) => super::json(200, &json!({"message": "Transaction canceled"})),
        Err(_) => failure(400, "Transaction cannot be canceled"),
    }
}

fn failure(status: u16, message: &str) -> Reply {
    super::json(status, &json!({"message": message}))
}
