//! K-Link: a login, a token sent as it is, numbers as strings, signed notifications. No call tells a payment's state.

use gerbang_tests::server::Reply;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Asked, Book, Entry, Facts, GOOD_KEY, Message, Provider, SameReference, State, WEBHOOK_SECRET};

const TOKEN: &str = "one-session-token";

/// Payments by virtual account and bank transfer.
pub struct VirtualAccounts;

/// Payments by GoPay.
pub struct Gopay;

impl Provider for VirtualAccounts {
    fn facts(&self) -> Facts {
        // What `kd_ref` is, is not stated.
        Facts { echoes_reference: false, notifies_amount: true, ..FACTS }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        route(asked, book, "pay_service", pay_service)
    }

    fn is_login(&self, asked: &Asked) -> bool {
        is_login(asked)
    }

    fn notification(&self, claim: &Entry) -> Option<Message> {
        Some(signed(&json!({
            "status": word(claim.state),
            "message": "transaction success!",
            "rq_uuid": claim.request,
            "rq_datetime": "2026-11-20 09:13:19",
            "order_id": claim.reference,
            "kd_pay": claim.id,
            "tot_bayar": claim.payable.to_string(),
            "norek": "1190000879898",
            "transaction": "mandiri_manual",
        })))
    }
}

impl Provider for Gopay {
    fn facts(&self) -> Facts {
        Facts { echoes_reference: true, notifies_amount: false, ..FACTS }
    }

    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply {
        route(asked, book, "pay_service_midtrans", pay_service_midtrans)
    }

    fn is_login(&self, asked: &Asked) -> bool {
        is_login(asked)
    }

    fn notification(&self, claim: &Entry) -> Option<Message> {
        // `id_trans` is K-Link's, not the `transaction_id` of the creation.
        Some(signed(&json!({
            "status": word(claim.state),
            "message": "transaction success!",
            "id_trans": "12345",
            "rq_datetime": "2026-11-20 19:12:43",
            "order_id": claim.reference,
            "transaction": "gopay",
        })))
    }
}

const FACTS: Facts = Facts {
    echoes_reference: false,
    same_reference: SameReference::Refused,
    tells_expiry: false,
    notifies_amount: false,
    notifies_sandbox: false,
    acceptance: None,
    login: true,
};

fn is_login(asked: &Asked) -> bool {
    asked.call() == ("POST", vec!["auth", "login"])
}

fn route(asked: &Asked, book: &mut Book, service: &str, pay: fn(&Asked, &mut Book) -> Reply) -> Reply {
    if is_login(asked) {
        return match asked.text("password").as_str() {
            GOOD_KEY => {
                super::json(200, &json!({"status": "success", "message": "login success", "Authorization": TOKEN}))
            }
            _ => failure(401, "email or password is wrong"),
        };
    }
    if asked.header("authorization") != Some(TOKEN) {
        return failure(401, "Unauthorized");
    }
    let fields = ["rq_uuid", "rq_datetime", "order_id", "no_hp", "fullname", "email", "bank_code", "product_code"];
    match asked.call() {
        ("POST", path) if path == ["api", service] => {
            if fields.iter().any(|field| asked.text(field).is_empty()) || asked.number("nominal") == 0 {
                return failure(200, "a variable is missing");
            }
            if book.by_reference(&asked.text("order_id")).is_some() {
                return failure(200, "order_id has been paid and utilized, please use another order ID");
            }
            pay(asked, book)
        }
        _ => Reply::html(404),
    }
}

fn pay_service(asked: &Asked, book: &mut Book) -> Reply {
    const UNIQUE_CODE: u64 = 765;
    let (nominal, pay_ship) = (asked.number("nominal"), asked.number("pay_ship"));
    let id = (173 + book.next_number()).to_string();
    let told = open(asked, book, id, nominal + pay_ship + UNIQUE_CODE);
    let data = json!({
        "is_va": "0",
        "kd_pay": told.id,
        "kd_ref": format!("KR00{}", told.id),
        "kode_unik": UNIQUE_CODE,
        "koneksi": "1",
        "pay_ship": pay_ship.to_string(),
        "total_bayar": told.payable.to_string(),
        "total_belanja": told.amount.to_string(),
    });
    let message = "Payment Request has been success!";
    super::json(200, &json!({"status": "success", "message": message, "data": data}))
}

fn pay_service_midtrans(asked: &Asked, book: &mut Book) -> Reply {
    let (nominal, pay_ship) = (asked.number("nominal"), asked.number("pay_ship"));
    let id = format!("c91bcecf-7528-4b29-aef1-8cdf8fffc{:03}", book.next_number());
    let told = open(asked, book, id, nominal + pay_ship);
    let gopay = "https://api.example.com/v2/gopay";
    let action = |name: &str, method: &str, url: String| json!({"name": name, "method": method, "url": url});
    let data = json!({
        "bank_code": asked.text("bank_code"),
        "product_code": asked.text("product_code"),
        "rq_uuid": told.request,
        "fraud_status": "accept",
        "order_id": told.reference,
        "status_code": "201",
        "gross_amount": format!("{}.00", told.payable),
        "transaction_time": "2026-11-20 17:18:51",
        "actions": [
            action("generate-qr-code", "GET", format!("{gopay}/{}/qr-code", told.id)),
            action("deeplink-redirect", "GET", format!("gojek://gopay/merchanttransfer?amount={}", told.payable)),
            action("get-status", "GET", format!("{gopay}/{}/status", told.id)),
            action("cancel", "POST", format!("{gopay}/{}/cancel", told.id)),
        ],
        "email": asked.text("email"),
        "pay_ship": pay_ship.to_string(),
        "currency": "IDR",
        "rq_datetime": asked.text("rq_datetime"),
        "nominal": told.amount.to_string(),
        "payment_type": "gopay",
        "transaction_status": book.word(told.state, ["pending", "settlement", "cancel", "expire", "deny"]),
        "fullname": asked.text("fullname"),
        "merchant_id": "G798896536",
        "status_message": "GoPay transaction is created",
        "no_hp": asked.text("no_hp"),
        "transaction_id": told.id,
    });
    let inputs =
        ["rq_datetime", "bank_code", "order_id", "fullname", "product_code", "rq_uuid", "no_hp", "email", "nominal"];
    let mut data_input: serde_json::Map<String, Value> =
        inputs.iter().map(|name| ((*name).to_owned(), asked.text(name).into())).collect();
    data_input.insert("pay_ship".into(), pay_ship.to_string().into());
    let message = "Payment Request has been success!";
    super::json(200, &json!({"status": "success", "message": message, "data_input": data_input, "data": data}))
}

/// Writes the payment into the book; returns it as it is told.
fn open(asked: &Asked, book: &mut Book, id: String, payable: u64) -> Entry {
    let entry = book.open(&asked.text("order_id"), id, asked.number("nominal"), payable);
    entry.request = asked.text("rq_uuid");
    entry.method = asked.text("bank_code");
    let entry = entry.clone();
    book.told(&entry)
}

/// A notification's only words.
fn word(state: State) -> &'static str {
    if state == State::Paid { "success" } else { "fail" }
}

/// With the upper-case hexadecimal HMAC-SHA256 over the body as it is sent.
fn signed(body: &Value) -> Message {
    let message = Message::unsigned(body);
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).expect("a key of any length");
    mac.update(&message.body);
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    message.header("x-servicepayment", signature)
}

fn failure(status: u16, message: &str) -> Reply {
    super::json(status, &json!({"status": "failed", "message": message}))
}
