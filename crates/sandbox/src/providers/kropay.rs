//! Kropay. Not in the document: the status codes of failures (401, 404, 422, 503) and their form; a `merchant_ref` that
//! was used is refused; where `fee` and `unique_code` of 0.2 % would make two pending payments alike, `unique_code` grows
//! by one rupiah until they differ; a cancelled payment is `failed`; the picture needs no key.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Api, Notifications, escaped, in_words, unproven_when_paid};
use crate::Provider;
use crate::app::App;
use crate::call::{Call, accepted, json_amount};
use crate::clock::{jakarta, later, plain};
use crate::reply;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Magic, PaymentStatus, Record, Refusal, Tx};

const PROVIDER: Provider = Provider::Kropay;

/// The smallest price.
const LEAST: u64 = 1_000;

/// How many rupiah above 0.2 % a unique code may be.
const SPARE: u64 = 999;

/// The shortest and the usual lifetime of a payment, in seconds. The longest is ours.
const LIFETIMES: (u64, u64, u64) = (300, 3_600, u32::MAX as u64);

/// How often a notification is sent that nobody acknowledges. The document sets no end.
const TRIES: u32 = 50;

/// What the sandbox asks of Kropay.
pub(super) const API: Api = Api {
    routes,
    account: |_, call, _| accepted(call.header("x-api-key")).map(str::to_owned),
    seeded,
    refusal: |_, message| failure(422, message),
    kept: &[],
    status_call,
    notifications: Some(Notifications {
        proof: unproven_when_paid,
        body: notification,
        tries: TRIES,
        is_acknowledged,
        acknowledgement: "the status 200 with {\"success\": true} is, and nothing else",
    }),
};

fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/payment/create", post(create))
        .route("/api/v1/payment/status/{reference}", get(status))
        .route("/api/v1/qris/{file}", get(image))
}

fn failure(status: u16, message: impl Serialize) -> Response {
    reply::json(status, &json!({"success": false, "message": message}))
}

fn not_recorded(refusal: Refusal) -> Response {
    failure(refusal.status(422), refusal.message())
}

fn fee(record: &Record, fractions: &Fractions) -> Value {
    fractions.money("fee", record.fee, fee_in_thousandths(record.amount))
}

/// The fee of 0.2 %, in thousandths of a rupiah.
fn fee_in_thousandths(price: u64) -> u64 {
    price * 2
}

fn word(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "pending",
        PaymentStatus::Paid => "success",
        PaymentStatus::Cancelled => "failed",
        PaymentStatus::Expired => "expired",
    }
}

/// An optional text member; an error if it is something else.
fn optional_text(body: &Value, name: &str) -> Result<(), String> {
    match body.get(name) {
        None | Some(Value::Null | Value::String(_)) => Ok(()),
        Some(_) => Err(format!("{name} must be a string")),
    }
}

/// `merchant_ref`, `amount` and `expired_in`.
fn order(body: &Value) -> Result<(&str, u64, u64), String> {
    let merchant_ref = body.get("merchant_ref").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let merchant_ref = merchant_ref.ok_or("merchant_ref is required")?;
    if merchant_ref.chars().count() > 100 {
        return Err("merchant_ref may not be greater than 100 characters".into());
    }
    let price = body.get("amount").and_then(json_amount).filter(|price| *price >= LEAST);
    let price = price.ok_or("amount must be an integer of at least 1000")?;
    optional_text(body, "customer_name")?;
    optional_text(body, "customer_email")?;
    let (least, usual, longest) = LIFETIMES;
    let lifetime = match body.get("expired_in") {
        None | Some(Value::Null) => usual,
        Some(seconds) => seconds
            .as_u64()
            .filter(|seconds| (least..=longest).contains(seconds))
            .ok_or("expired_in must be an integer of at least 300")?,
    };
    Ok((merchant_ref, price, lifetime))
}

async fn create(State(app): State<App>, call: Call) -> Response {
    let Some(key) = accepted(call.header("x-api-key")) else { return failure(401, "Invalid API key") };
    let Some(body) = call.json() else { return failure(422, "The body must be a JSON object") };
    let (merchant_ref, price, lifetime) = match order(&body) {
        Ok(order) => order,
        Err(message) => return failure(422, message),
    };
    let magic = Magic::of(price);
    if let Some(response) = magic.instead(&app, PROVIDER, key, merchant_ref) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, tx| {
            if account.of_order(merchant_ref).is_some() {
                return Ok(None);
            }
            let mut record = payment(account, tx, merchant_ref, price, lifetime)?;
            record.due = magic.due(tx.now);
            account.record(record, tx).map(|record| Some(record.clone()))
        })
    });
    let record = match recorded {
        Ok(Some(record)) => record,
        Ok(None) => return failure(422, "merchant_ref has already been taken"),
        Err(full) => return not_recorded(full),
    };
    let reply = json!({
        "success": true,
        "reference": record.reference,
        "merchant_ref": record.order,
        "amount": magic.echo(price),
        "fee": fee(&record, &call.fractions),
        "unique_code": record.payable - price,
        "total_amount": record.payable,
        "status": word(record.status),
        "expired_at": plain(record.expires),
        "qris_string": record.qris,
        "qris_image": format!("{}/api/v1/qris/{}.svg", app.url(PROVIDER), record.reference),
    });
    magic.send(&app, reply::json(201, &reply))
}

/// A payment that is to be recorded.
fn payment(
    account: &Account,
    tx: &mut Tx<'_>,
    merchant_ref: &str,
    price: u64,
    lifetime: u64,
) -> Result<Record, Refusal> {
    let number = tx.number();
    let fee = fee_in_thousandths(price) / 1_000;
    let mut record = Record::new(number, PROVIDER, "qris", price, tx.now);
    record.payable = account.free_amount((0..=SPARE).map(|more| price + fee + more))?;
    record.fee = fee;
    record.order = merchant_ref.to_owned();
    record.reference = format!("PG-{}{number:04X}", jakarta(tx.now, "%Y%m%d"));
    record.expires = later(tx.now, Duration::from_secs(lifetime));
    Ok(record.with_qris())
}

/// The payment of a seed.
fn seeded(account: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    seed.is_by(&["qris"])?;
    let body = json!({"merchant_ref": seed.reference.as_deref(), "amount": seed.amount});
    let (merchant_ref, price, lifetime) = order(&body)?;
    payment(account, tx, merchant_ref, price, lifetime).map_err(in_words)
}

async fn status(State(app): State<App>, Path(reference): Path<String>, call: Call) -> Response {
    let Some(key) = accepted(call.header("x-api-key")) else { return failure(401, "Invalid API key") };
    app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, _| {
            let Some(at) = account.of_reference(&reference) else {
                return failure(404, "Transaction not found");
            };
            let record = &account.payments[at];
            let net = record.payable * 1_000 - fee_in_thousandths(record.amount);
            let mut reply = json!({
                "success": true,
                "reference": record.reference,
                "merchant_ref": record.order,
                "amount": record.amount,
                "fee": fee(record, &call.fractions),
                "total_amount": record.payable,
                "net_amount": call.fractions.money("net_amount", record.payable - record.fee, net),
                "status": word(record.status),
                "created_at": plain(record.created),
            });
            if let Some(paid) = record.paid {
                reply["paid_at"] = plain(paid).into();
            }
            reply::json(200, &reply)
        })
    })
}

async fn image(State(app): State<App>, Path(file): Path<String>) -> Response {
    let reference = file.strip_suffix(".svg").unwrap_or_default();
    match app.with(|world, _| world.of_reference(PROVIDER, reference).and_then(|record| record.qris.clone())) {
        Some(payload) => reply::svg(Some(&payload)),
        None => failure(404, "Transaction not found"),
    }
}

/// What is sent when a payment was paid.
fn notification(record: &Record, fractions: &Fractions) -> Value {
    json!({
        "reference": record.reference,
        "merchant_ref": record.order,
        "amount": record.amount,
        "fee": fee(record, fractions),
        "unique_code": record.payable - record.amount,
        "total_amount": record.payable,
        "status": "paid",
        "expired_at": plain(record.expires),
        "paid_at": record.paid.map(plain),
    })
}

/// The document wants exactly this answer.
fn is_acknowledged(status: u16, answer: &str) -> bool {
    gerbang_core::acknowledges(Some(r#"{"success":true}"#), status, answer.as_bytes())
}

fn status_call(url: &str, record: &Record) -> String {
    let reference = escaped(&record.reference);
    format!(
        "printf 'X-API-KEY: %s' \"$GERBANG_KROPAY_API_KEY\" | \
         curl -sS -H @- '{url}/api/v1/payment/status/{reference}'"
    )
}
