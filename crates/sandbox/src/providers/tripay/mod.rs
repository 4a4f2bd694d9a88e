//! Tripay. Not in the document: the status codes of failures (400, 401, 404, 503); a `merchant_ref` that was used is refused; the
//! merchant pays the fee, as in the document's samples, of 750 rupiah and 0.7 % for QRIS and of 4 250 rupiah for a virtual account;
//! the numbers of virtual accounts; every account has the channels below. All merchants have the code `T0001` and one private key.

mod channels;
mod order;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use gerbang_core::Rupiah;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use self::channels::{CHANNELS, channel, fee, fee_rule, is_qris, title};
use self::order::{LIFETIME, Order};
use super::{Api, Notifications, escaped};
use crate::Provider;
use crate::app::App;
use crate::call::{Call, accepted, amount};
use crate::clock::later;
use crate::reply;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Magic, PaymentStatus, Record, Refusal, Tx};
use crate::webhooks::{Digits, Proof, Signature, sign};

const PROVIDER: Provider = Provider::Tripay;

/// The document sends a callback again three times at most.
const TRIES: u32 = 4;

/// How callbacks are signed.
const SIGNATURE: Signature = Signature {
    header: "X-Callback-Signature",
    digits: Digits::Lower,
    beside: &[("X-Callback-Event", "payment_status")],
};

/// What the sandbox asks of Tripay.
pub(super) const API: Api = Api {
    routes,
    account: |_, call, _| key(call).map(str::to_owned),
    seeded,
    refusal: |_, message| failure(400, message),
    kept: &[],
    status_call,
    notifications: Some(Notifications {
        proof: |record| (record.status != PaymentStatus::Pending).then_some(Proof::Signature(SIGNATURE)),
        body: notification,
        tries: TRIES,
        is_acknowledged: |status, answer| {
            gerbang_core::acknowledges(Some(r#"{"success":true}"#), status, answer.as_bytes())
        },
        acknowledgement: "the status 200 with {\"success\": true} is, and nothing else",
    }),
};

fn routes() -> Router<App> {
    Router::new()
        .route("/payment/instruction", get(instructions))
        .route("/merchant/payment-channel", get(channels))
        .route("/merchant/fee-calculator", get(fees))
        .route("/merchant/transactions", get(list))
        .route("/transaction/create", post(create))
        .route("/transaction/detail", get(detail))
        .route("/transaction/check-status", get(check_status))
        .route("/qr/{file}", get(image))
        .route("/checkout/{reference}", get(page))
}

fn success(data: Value) -> Response {
    reply::json(200, &json!({"success": true, "message": "", "data": data}))
}

fn failure(status: u16, message: impl Serialize) -> Response {
    reply::json(status, &json!({"success": false, "message": message}))
}

fn not_recorded(refusal: Refusal) -> Response {
    failure(refusal.status(400), refusal.message())
}

/// The API key, which this document sends as a bearer token only.
fn key(call: &Call) -> Option<&str> {
    let (scheme, key) = call.header("authorization")?.split_once(' ')?;
    accepted(Some(key.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer")))
}

fn wrong_key() -> Response {
    failure(401, "Invalid API Key")
}

fn word(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "UNPAID",
        PaymentStatus::Paid => "PAID",
        PaymentStatus::Cancelled => "FAILED",
        PaymentStatus::Expired => "EXPIRED",
    }
}

async fn create(State(app): State<App>, call: Call) -> Response {
    let Some(key) = key(&call) else { return wrong_key() };
    let Some(body) = order::body_of(&call) else { return failure(400, "The body must be a JSON object or a form") };
    let order = match app.with(|_, now| Order::read(&body, now)) {
        Ok(order) => order,
        Err(message) => return failure(400, message),
    };
    let right = sign(app.settings().keys.of(PROVIDER), order.signed().as_bytes(), Digits::Lower);
    if body.get("signature").and_then(Value::as_str) != Some(right.as_str()) {
        return failure(400, "Invalid signature");
    }
    let magic = Magic::of(order.price);
    if let Some(response) = magic.instead(&app, PROVIDER, key, order.merchant_ref) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, tx| {
            if account.of_order(order.merchant_ref).is_some() {
                return Ok(None);
            }
            let mut record = payment(tx, order.channel, order.merchant_ref, order.price, order.expires);
            record.due = magic.due(tx.now);
            for member in ["customer_name", "customer_email", "customer_phone", "return_url", "callback_url"] {
                record.set(member, body.get(member).and_then(Value::as_str).unwrap_or_default());
            }
            account.record(record, tx).map(|record| Some(record.clone()))
        })
    });
    match recorded {
        Ok(Some(record)) => {
            let mut data = shown(&app, &record);
            data["amount"] = magic.echo(record.amount).into();
            data["order_items"] = body["order_items"].clone();
            data["instructions"] = json!([]);
            magic.send(&app, success(data))
        }
        Ok(None) => failure(400, "merchant_ref has already been used"),
        Err(full) => not_recorded(full),
    }
}

/// A payment that is to be recorded.
fn payment(tx: &mut Tx<'_>, channel: &str, merchant_ref: &str, price: u64, expires: Timestamp) -> Record {
    let number = tx.number();
    let mut record = Record::new(number, PROVIDER, channel, price, tx.now);
    record.fee = fee(channel, price);
    record.order = merchant_ref.to_owned();
    record.reference = format!("T0001{number:014}");
    record.expires = expires;
    if is_qris(channel) {
        return record.with_qris();
    }
    record.set_va_number(format!("57585{number:012}"));
    record
}

/// The payment of a seed.
fn seeded(_: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    let code = match seed.method_or("qris") {
        "qris" => "QRIS2",
        code => code,
    };
    let (channel, _, least) = channel(code).ok_or_else(|| {
        let codes: Vec<_> = CHANNELS.iter().map(|(code, ..)| *code).collect();
        format!("method must be one of {}", codes.join(", "))
    })?;
    seed.is_from(least)?;
    let expires = later(tx.now, LIFETIME);
    Ok(payment(tx, channel, seed.named()?, seed.amount, expires))
}

/// Members of a creation that replies show where they were given.
const OPTIONAL: [&str; 3] = ["customer_phone", "callback_url", "return_url"];

/// A payment, as the replies to a creation and to a question have it.
fn shown(app: &App, record: &Record) -> Value {
    let base = app.url(PROVIDER);
    let mut shown = json!({
        "reference": record.reference,
        "merchant_ref": record.order,
        "payment_selection_type": "static",
        "payment_method": record.method,
        "payment_name": title(&record.method),
        "customer_name": record.other("customer_name"),
        "customer_email": record.other("customer_email"),
        "amount": record.payable,
        "fee_merchant": record.fee,
        "fee_customer": 0,
        "total_fee": record.fee,
        "amount_received": record.amount - record.fee,
        "pay_url": null,
        "checkout_url": format!("{base}/checkout/{}", record.reference),
        "status": word(record.status),
        "expired_time": record.expires.as_second(),
    });
    for member in OPTIONAL {
        if let Some(text) = Some(record.other(member)).filter(|text| !text.is_empty()) {
            shown[member] = text.into();
        }
    }
    if let Some(number) = record.va_number() {
        shown["pay_code"] = number.into();
    }
    if let Some(payload) = &record.qris {
        shown["qr_string"] = payload.as_str().into();
        shown["qr_url"] = format!("{base}/qr/{}.svg", record.reference).into();
    }
    shown
}

/// Answers about the payment whose reference is in the query.
fn about(app: &App, call: &Call, answer: impl Fn(&Record) -> Response) -> Response {
    let Some(key) = key(call) else { return wrong_key() };
    let Some(reference) = call.query("reference") else { return failure(400, "reference is required") };
    app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, _| match account.of_reference(reference) {
            Some(at) => answer(&account.payments[at]),
            None => failure(404, "Transaction not found"),
        })
    })
}

async fn detail(State(app): State<App>, call: Call) -> Response {
    about(&app, &call, |record| {
        let mut data = shown(&app, record);
        // The document has this time as a text, and the others as numbers.
        if let Some(paid) = record.paid {
            data["paid_at"] = paid.as_second().to_string().into();
        }
        success(data)
    })
}

async fn check_status(State(app): State<App>, call: Call) -> Response {
    about(&app, &call, |record| {
        let message = format!("Status transaksi saat ini {}", word(record.status));
        reply::json(200, &json!({"success": true, "message": message}))
    })
}

async fn list(State(app): State<App>, call: Call) -> Response {
    let Some(key) = key(&call) else { return wrong_key() };
    let number = |name| call.query(name).and_then(|text| text.parse::<usize>().ok());
    let per_page = number("per_page").unwrap_or(50).clamp(1, 50);
    let page = number("page").unwrap_or(1).max(1);
    app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, _| {
            let is_asked_for = |record: &&Record| {
                let is = |name, value: &str| call.query(name).is_none_or(|asked| asked == value);
                is("reference", &record.reference)
                    && is("merchant_ref", &record.order)
                    && is("method", &record.method)
                    && is("status", word(record.status))
            };
            let mut found: Vec<&Record> = account.payments.iter().filter(is_asked_for).collect();
            if call.query("sort") != Some("asc") {
                found.reverse();
            }
            let listed: Vec<_> = found
                .into_iter()
                .skip((page - 1) * per_page)
                .take(per_page)
                .map(|record| {
                    let mut shown = shown(&app, record);
                    if let Some(members) = shown.as_object_mut() {
                        members.retain(|name, _| !["expired_time", "qr_string", "qr_url"].contains(&name.as_str()));
                    }
                    // The list has null, and the number as one.
                    for member in OPTIONAL.iter().filter(|member| record.other(member).is_empty()) {
                        shown[*member] = Value::Null;
                    }
                    if let Some(number) = record.va_number().and_then(|number| number.parse::<u64>().ok()) {
                        shown["pay_code"] = number.into();
                    }
                    shown["note"] = Value::Null;
                    shown["created_at"] = record.created.as_second().into();
                    shown["expired_at"] = record.expires.as_second().into();
                    shown["paid_at"] = record.paid.map(|paid| paid.as_second()).into();
                    shown
                })
                .collect();
            success(listed.into())
        })
    })
}

async fn channels(call: Call) -> Response {
    if key(&call).is_none() {
        return wrong_key();
    }
    let wanted = CHANNELS.into_iter().filter(|(code, ..)| call.query("code").is_none_or(|asked| asked == *code));
    let data: Vec<_> = wanted
        .map(|(code, title, least)| {
            let (flat, per_mille) = fee_rule(code);
            let percent = per_mille as f64 / 10.0;
            json!({
                "group": if is_qris(code) { "E-Wallet" } else { "Virtual Account" },
                "code": code,
                "name": title,
                "type": "direct",
                "fee_merchant": {"flat": flat, "percent": percent},
                "fee_customer": {"flat": 0, "percent": 0},
                "total_fee": {"flat": flat, "percent": format!("{percent:.2}")},
                "minimum_amount": least,
                "maximum_amount": 10_000_000,
                "active": true,
            })
        })
        .collect();
    success(data.into())
}

async fn fees(call: Call) -> Response {
    if key(&call).is_none() {
        return wrong_key();
    }
    let Some(price) = amount(call.query("amount")).filter(|price| *price > 0) else {
        return failure(400, "amount is required");
    };
    let wanted = CHANNELS.into_iter().filter(|(code, ..)| call.query("code").is_none_or(|asked| asked == *code));
    let data: Vec<_> = wanted
        .map(|(code, title, _)| {
            let (flat, per_mille) = fee_rule(code);
            json!({
                "code": code,
                "name": title,
                "fee": {"flat": flat, "percent": format!("{:.2}", per_mille as f64 / 10.0), "min": null, "max": null},
                "total_fee": {"merchant": fee(code, price), "customer": 0},
            })
        })
        .collect();
    success(data.into())
}

async fn instructions(call: Call) -> Response {
    if key(&call).is_none() {
        return wrong_key();
    }
    let Some((code, title, _)) = call.query("code").and_then(channel) else {
        return failure(400, "Payment channel is not available");
    };
    let what = match (call.query("pay_code"), is_qris(code)) {
        (Some(number), false) => format!("Masukkan nomor {number}"),
        (None, false) => "Masukkan nomor virtual account".to_owned(),
        (_, true) => "Pindai kode QR".to_owned(),
    };
    success(json!([{"title": title, "steps": [what, "Bayar"]}]))
}

async fn image(State(app): State<App>, Path(file): Path<String>) -> Response {
    let reference = file.strip_suffix(".svg").unwrap_or_default();
    match app.with(|world, _| world.of_reference(PROVIDER, reference).and_then(|record| record.qris.clone())) {
        Some(payload) => reply::svg(Some(&payload)),
        None => failure(404, "Transaction not found"),
    }
}

async fn page(State(app): State<App>, Path(reference): Path<String>) -> Response {
    let found = app.with(|world, now| {
        world.settle(now);
        world.of_reference(PROVIDER, &reference).cloned()
    });
    match found {
        Some(record) => {
            let total = Rupiah::new(record.payable).to_dotted();
            let body = format!("<p>{} Rp {total}: {}</p>", reply::escape(&record.method), word(record.status));
            reply::page(200, &record.order, &body)
        }
        None => reply::page(404, "Transaction not found", ""),
    }
}

/// What is sent when the state of a payment has changed.
fn notification(record: &Record, _: &Fractions) -> Value {
    json!({
        "reference": record.reference,
        "merchant_ref": record.order,
        "payment_method": title(&record.method),
        "payment_method_code": record.method,
        "total_amount": record.payable,
        "fee_merchant": record.fee,
        "fee_customer": 0,
        "total_fee": record.fee,
        "amount_received": record.amount - record.fee,
        "is_closed_payment": 1,
        "status": word(record.status),
        "paid_at": record.paid.map(|paid| paid.as_second()),
        "note": null,
    })
}

fn status_call(url: &str, record: &Record) -> String {
    let reference = escaped(&record.reference);
    format!(
        "printf 'Authorization: Bearer %s' \"$GERBANG_TRIPAY_API_KEY\" | \
         curl -sS -H @- '{url}/transaction/detail?reference={reference}'"
    )
}
