//! PayDigital: forms, a Bearer key, its own invoice numbers and no reference of the merchant's.

use gerbang_tests::server::Reply;
use serde_json::{Value, json};

use super::{Asked, Book, Entry, Facts, GOOD_KEY, LATER, Message, Provider, SameReference, State, qris};

pub struct Paydigital;

impl Provider for Paydigital {
    fn facts(&self) -> Facts {
        Facts {
            echoes_reference: false,
            same_reference: SameReference::NotTaken,
            tells_expiry: true,
            notifies_amount: false,
            notifies_sandbox: false,
            acceptance: None,
            login: false,
        }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        if asked.bearer() != Some(GOOD_KEY) {
            return failure("Invalid API key");
        }
        let (method, path) = asked.call();
        match (method, &path[..]) {
            ("POST", ["api", "create_payment.php"]) => create(asked, book),
            ("GET" | "POST", ["api", "payment.php"]) => status(&asked.text("invoice"), book),
            _ => Reply::html(404),
        }
    }

    fn notification(&self, _: &Entry) -> Option<Message> {
        None
    }
}

/// Only `paid` is documented; the others are plausible.
const WORDS: [&str; 5] = ["pending", "paid", "cancelled", "expired", "failed"];

fn create(asked: &Asked, book: &mut Book) -> Reply {
    let amount = asked.number("amount");
    if asked.number("store_id") != 1 || amount < 1_000 {
        return failure("Invalid parameters");
    }
    let invoice = format!("PYG2026112012345{}", book.next_number());
    let entry = book.open(&invoice, invoice.clone(), amount, amount + 387).clone();
    let told = book.told(&entry);
    success(json!({
        "invoice": told.id,
        "amount": told.amount,
        "unique_code": 387,
        "total_amount": told.payable,
        "qr_content": qris::payload(&told, book),
        "qr_url": "https://qr.example.com/v1/create-qr-code/?size=300x300",
        "payment_url": format!("http://paydigital.example.com/pay.php?invoice={}", told.id),
        "expired_at": LATER,
    }))
}

fn status(invoice: &str, book: &mut Book) -> Reply {
    let Some(entry) = book.by_id(invoice).cloned() else { return failure("Invoice not found") };
    let told = book.told(&entry);
    let paid_at = if told.state == State::Paid { "2026-11-20 14:30:00".into() } else { Value::Null };
    success(json!({
        "invoice": told.id,
        "amount": told.amount,
        "unique_code": 387,
        "total_amount": told.payable,
        "status": book.word(told.state, WORDS),
        "paid_at": paid_at,
        "customer_name": "Krisdi",
        "store_name": "Warung Budi",
    }))
}

fn success(data: Value) -> Reply {
    super::json(200, &json!({"status": "success", "data": data}))
}

fn failure(message: &str) -> Reply {
    super::json(200, &json!({"status": "error", "message": message}))
}
