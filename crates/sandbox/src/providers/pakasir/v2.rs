//! Pakasir API v2, of which there is no document, only what public integrations agree on. Ours alone: a second creation
//! answers with the order's transaction whatever method and amount it names; an expired transaction is `canceled`;
//! `is_sandbox` is true for projects whose slug ends in `-sandbox`; the texts of failures.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    METHODS, PROVIDER, failure, fee, fee_value, is_of_v2, is_sandbox, not_recorded, page, transaction, va_number, word,
};
use crate::accounts;
use crate::app::App;
use crate::call::{Call, accepted, amount, json_amount, name, percent_decoded};
use crate::clock::{later, utc, with_offset};
use crate::reply;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Magic, Name, PaymentStatus, Record, Tx};

/// How long after a question for a status the next may come.
const STATUS_PAUSE: Duration = Duration::from_secs(4);

/// How many creations a second takes.
const CREATIONS: usize = 2;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v2/create-transaction/{slug}/{order_id}", post(create))
        .route("/api/v2/transaction-status/{slug}/{txn_id}", get(status))
        .route("/api/v2/cancel-transaction/{slug}/{txn_id}", post(cancel))
        .route("/api/v2/payment-fee/{amount}", get(fees))
        .route("/pay-v2/{txn_id}", get(pay_page).post(pay_by_page))
}

/// The seconds until a time, rounded up.
fn seconds_until(time: Timestamp, now: Timestamp) -> u64 {
    let milliseconds = time.as_millisecond().saturating_sub(now.as_millisecond());
    u64::try_from(milliseconds).unwrap_or(0).div_ceil(1_000).max(1)
}

fn too_many(seconds: u64) -> Response {
    reply::come_back(failure(429, "Too many requests"), seconds)
}

/// The account of a call to a path, where that names a project and the call has a key.
pub(super) fn account(call: &Call, path: &str) -> Option<String> {
    let mut segments = path.strip_prefix("/api/v2/")?.split('/').skip(1);
    let slug = percent_decoded(segments.next()?);
    Some(accounts::pakasir_v2(name(Some(&slug))?, accepted(call.header("x-api-key"))?))
}

/// The smallest and the largest price of a method.
fn limits(method: &str) -> Option<(u64, u64)> {
    match method {
        "qris" | "paypal" => Some((500, 10_000_000)),
        "payment_link" => Some((500, 50_000_000)),
        method if METHODS.contains(&method) => Some((10_000, 50_000_000)),
        _ => None,
    }
}

async fn create(State(app): State<App>, Path((slug, order)): Path<(String, String)>, call: Call) -> Response {
    let Some(key) = accepted(call.header("x-api-key")) else { return failure(401, "Invalid API key") };
    let (Some(slug), Some(order)) = (name(Some(&slug)), name(Some(&order))) else {
        return failure(400, "order_id is required");
    };
    let Some(body) = call.json() else { return failure(400, "The body must be a JSON object") };
    let Some(method) = body.get("method").and_then(Value::as_str) else { return failure(400, "method is required") };
    let Some((least, most)) = limits(method) else { return failure(400, "Payment method is not available") };
    let price = body.get("amount").and_then(json_amount).filter(|price| (least..=most).contains(price));
    let Some(price) = price else { return failure(400, format!("amount must be from {least} to {most}")) };
    let magic = Magic::of(price);
    let key = accounts::pakasir_v2(slug, key);
    if let Some(response) = magic.instead(&app, PROVIDER, &key, order) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, &key, now, |account, tx| {
            if let Some(seconds) = too_fast(account, tx.now) {
                return Ok(Err(seconds));
            }
            if let Some(at) = account.of_order(order) {
                return Ok(Ok(account.payments[at].clone()));
            }
            account.record(payment(tx, slug, order, method, price), tx).map(|record| Ok(record.clone()))
        })
    });
    match recorded {
        Ok(Ok(record)) => magic.send(&app, reply::json(200, &created(&app, &record, magic, &call.fractions))),
        Ok(Err(seconds)) => too_many(seconds),
        Err(full) => not_recorded(full),
    }
}

/// A transaction that is to be recorded.
fn payment(tx: &mut Tx<'_>, slug: &str, order: &str, method: &str, price: u64) -> Record {
    let mut record = transaction(tx, slug, order, method, price);
    record.reference = format!("txn{:08x}", record.number);
    let reference = record.reference.clone();
    record.set("txn_id", reference);
    record
}

/// The payment of a seed, whose method is without the name of this API.
pub(super) fn seeded(slug: &str, tx: &mut Tx<'_>, seed: &Seed, method: &str) -> Result<Record, String> {
    let (least, most) = limits(method).ok_or("Payment method is not available")?;
    if !(least..=most).contains(&seed.amount) {
        return Err(format!("amount must be from {least} to {most}"));
    }
    Ok(payment(tx, slug, seed.named()?, method, seed.amount))
}

/// Counts a creation. If there were too many within a second, it does not count, and this is how long to wait.
fn too_fast(account: &mut Account, now: Timestamp) -> Option<u64> {
    let second = Duration::from_secs(1);
    // The clock may have gone back since.
    account.creations.retain(|creation| *creation <= now && later(*creation, second) > now);
    if account.creations.len() >= CREATIONS {
        return account.creations.front().map(|first| seconds_until(later(*first, second), now));
    }
    account.creations.push_back(now);
    None
}

fn created(app: &App, record: &Record, magic: Magic, fractions: &Fractions) -> Value {
    if record.method == "payment_link" {
        let link = format!("{}/pay-v2/{}", app.url(PROVIDER), record.reference);
        return json!({"txn_id": record.reference, "payment_link": link});
    }
    let mut reply = json!({
        "txn_id": record.reference,
        "project": record.other("project"),
        "order_id": record.order,
        "amount": magic.echo(record.amount),
        "fee": fee_value(record, fractions),
        "total_payment": record.payable,
        "payment_method": record.method,
        "expired_at": utc(record.expires),
        "is_sandbox": is_sandbox(record.other("project")),
        "status": word(record.status),
    });
    match &record.qris {
        Some(payload) => reply["qr_string"] = payload.as_str().into(),
        None => reply["va_number"] = va_number(record.number).into(),
    }
    if let Some(paid) = record.paid {
        reply["completed_at"] = with_offset(paid).into();
    }
    reply
}

/// The members of the reply to a question and of the notification.
pub(super) fn detail(record: &Record) -> Value {
    json!({
        "txn_id": record.reference,
        "order_id": record.order,
        "amount": record.amount,
        "is_sandbox": is_sandbox(record.other("project")),
        "status": word(record.status),
        "completed_at": record.paid.map(with_offset),
    })
}

/// Works on the transaction of a `txn_id`.
fn with_transaction(
    app: &App,
    (slug, txn_id): (String, String),
    call: &Call,
    work: impl FnOnce(&mut Account, usize, &mut Tx<'_>) -> Response,
) -> Response {
    let Some(key) = accepted(call.header("x-api-key")) else { return failure(401, "Invalid API key") };
    app.with(|world, now| {
        world.account(PROVIDER, &accounts::pakasir_v2(&slug, key), now, |account, tx| {
            match account.of_reference(&txn_id) {
                Some(at) => work(account, at, tx),
                None => failure(404, "Transaction not found"),
            }
        })
    })
}

async fn status(State(app): State<App>, path: Path<(String, String)>, call: Call) -> Response {
    with_transaction(&app, path.0, &call, |account, at, tx| {
        let record = &account.payments[at];
        if let Some(next) = record
            .asked
            .filter(|asked| *asked <= tx.now)
            .map(|asked| later(asked, STATUS_PAUSE))
            .filter(|next| *next > tx.now)
        {
            return too_many(seconds_until(next, tx.now));
        }
        let reply = reply::json(200, &detail(record));
        account.payments.asked(at, tx.now);
        reply
    })
}

async fn cancel(State(app): State<App>, path: Path<(String, String)>, call: Call) -> Response {
    with_transaction(&app, path.0, &call, |account, at, _| {
        let status = account.payments[at].status;
        if status != PaymentStatus::Pending {
            return failure(400, format!("Transaction is {}", word(status)));
        }
        account.cancel(at);
        reply::json(200, &json!({"message": "Transaction canceled"}))
    })
}

async fn fees(Path(price): Path<String>) -> Response {
    let Some(price) = amount(Some(&price)).filter(|price| *price > 0) else {
        return failure(400, "amount must be a number");
    };
    let fees: serde_json::Map<String, Value> =
        METHODS.iter().map(|method| ((*method).to_owned(), fee(method, price).into())).collect();
    reply::json(200, &Value::Object(fees))
}

async fn pay_page(State(app): State<App>, Path(txn_id): Path<String>) -> Response {
    show_page(&app, &txn_id, false)
}

async fn pay_by_page(State(app): State<App>, Path(txn_id): Path<String>) -> Response {
    show_page(&app, &txn_id, true)
}

fn show_page(app: &App, txn_id: &str, pays: bool) -> Response {
    let named = Name::Reference(txn_id);
    let shown = app.with(|world, now| {
        let key = world.account_with(PROVIDER, named, is_of_v2)?;
        world.account(PROVIDER, &key, now, |account, tx| {
            let at = account.find(named, is_of_v2)?;
            if pays && account.payments[at].status == PaymentStatus::Pending {
                account.pay(at, tx.now, tx);
            }
            Some(account.payments[at].clone())
        })
    });
    match shown {
        Some(record) => page(&record, None),
        None => reply::page(404, "Transaction not found", ""),
    }
}
