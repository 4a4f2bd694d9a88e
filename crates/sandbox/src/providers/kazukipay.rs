//! Kazukipay. Not in the document: failures come with HTTP status 200; payments wait an hour; a `custom_id` that was
//! used is refused, and one that is missing is made up; `net_amount` is 99 % of `unique_amount`, rounded down; the
//! public check looks at the newest payment of the name, whoever's it is.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use gerbang_core::Rupiah;
use serde::Serialize;
use serde_json::{Value, json};

use super::{ANY_SUCCESS, Api, HOUR, Notifications, TRIES, escaped, in_words, is_success, unproven_when_paid};
use crate::Provider;
use crate::app::App;
use crate::call::{Call, amount, name};
use crate::clock::{later, plain, slashed};
use crate::reply;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Magic, Name, PaymentStatus, Record, Refusal, Tx, scattered};

const PROVIDER: Provider = Provider::Kazukipay;

/// The smallest price.
const LEAST: u64 = 1_000;

/// What the sandbox asks of Kazukipay.
pub(super) const API: Api = Api {
    routes,
    account: |_, call, _| call.bearer_or_api_key().map(str::to_owned),
    seeded,
    refusal: |_, message| failure(200, message),
    kept: &[],
    status_call,
    notifications: Some(Notifications {
        proof: unproven_when_paid,
        body: notification,
        tries: TRIES,
        is_acknowledged: is_success,
        acknowledgement: ANY_SUCCESS,
    }),
};

fn routes() -> Router<App> {
    Router::new()
        .route("/api/create.php", post(create))
        .route("/api/cekstatus.php", get(status).post(status))
        .route("/api/cancel.php", post(cancel))
        .route("/api/mutasi_status.php", get(mutations))
        .route("/api/public_check.php", get(public_check))
        .route("/qris/{file}", get(image))
}

fn success(message: &str, data: Value) -> Response {
    reply::json(200, &json!({"status": true, "message": message, "data": data}))
}

fn failure(status: u16, message: impl Serialize) -> Response {
    reply::json(status, &json!({"status": false, "message": message, "data": null}))
}

fn not_recorded(refusal: Refusal) -> Response {
    failure(refusal.status(200), refusal.message())
}

fn wrong_key() -> Response {
    failure(200, "Invalid API key")
}

fn word(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "PENDING",
        PaymentStatus::Paid => "PAID",
        PaymentStatus::Cancelled => "CANCELLED",
        PaymentStatus::Expired => "EXPIRED",
    }
}

fn net(record: &Record, fractions: &Fractions) -> Value {
    fractions.money("net_amount", record.payable * 99 / 100, record.payable * 990)
}

fn image_url(app: &App, record: &Record) -> String {
    format!("{}/qris/{}.svg", app.url(PROVIDER), record.number)
}

async fn create(State(app): State<App>, call: Call) -> Response {
    let Some(key) = call.bearer_or_api_key() else { return wrong_key() };
    let Some(project) = call.form("project_id").and_then(|id| id.parse::<u64>().ok()) else {
        return failure(200, "project_id is required");
    };
    let Some(price) = amount(call.form("amount")).filter(|price| *price >= LEAST) else {
        return failure(200, "Minimum amount is 1000");
    };
    let custom_id = call.form("custom_id");
    if custom_id.is_some() && name(custom_id).is_none() {
        return failure(200, "custom_id is not valid");
    }
    let magic = Magic::of(price);
    if let Some(response) = magic.instead(&app, PROVIDER, key, custom_id.unwrap_or_default()) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, tx| {
            if custom_id.is_some_and(|id| account.of_order(id).is_some()) {
                return Ok(Err("custom_id already exists"));
            }
            let mut record = payment(account, tx, custom_id, price)?;
            record.due = magic.due(tx.now);
            account.record(record, tx).map(|record| Ok(record.clone()))
        })
    });
    let record = match recorded {
        Ok(Ok(record)) => record,
        Ok(Err(message)) => return failure(200, message),
        Err(full) => return not_recorded(full),
    };
    let data = json!({
        "transaction_id": record.number,
        "custom_id": record.order,
        "project_id": project,
        "amount": magic.echo(price),
        "unique_amount": record.payable,
        "qris_url": image_url(&app, &record),
        "expired_at": plain(record.expires),
    });
    magic.send(&app, success("Payment created successfully.", data))
}

/// A payment that is to be recorded.
fn payment(account: &Account, tx: &mut Tx<'_>, custom_id: Option<&str>, price: u64) -> Result<Record, Refusal> {
    let number = tx.number();
    let mut record = Record::new(number, PROVIDER, "qris", price, tx.now);
    record.payable = account.free_amount(scattered(number, 999).map(|code| price + code))?;
    record.order = custom_id.map_or_else(|| format!("KZK-{number:06X}"), str::to_owned);
    record.reference = record.order.clone();
    record.expires = later(tx.now, HOUR);
    Ok(record.with_qris())
}

/// The payment of a seed.
fn seeded(account: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    seed.is_by(&["qris"])?;
    seed.is_from(LEAST)?;
    payment(account, tx, seed.reference.as_deref(), seed.amount).map_err(in_words)
}

/// Works on the payment that a call names by `custom_id`.
fn with_payment(app: &App, call: &Call, work: impl FnOnce(&mut Account, usize, &mut Tx<'_>) -> Response) -> Response {
    let Some(key) = call.bearer_or_api_key() else { return wrong_key() };
    let Some(custom_id) = call.field("custom_id") else { return failure(200, "custom_id is required") };
    app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, tx| match account.of_order(custom_id) {
            Some(at) => work(account, at, tx),
            None => failure(200, "Transaction not found"),
        })
    })
}

async fn status(State(app): State<App>, call: Call) -> Response {
    with_payment(&app, &call, |account, at, _| {
        let record = &account.payments[at];
        let mut data = json!({
            "transaction_id": record.number,
            "custom_id": record.order,
            "status": word(record.status),
            "amount": record.amount,
            "unique_amount": record.payable,
            "qris_url": image_url(&app, record),
            "expired_at": plain(record.expires),
        });
        if record.status == PaymentStatus::Paid {
            data["net_amount"] = net(record, &call.fractions);
        }
        success("Transaction status retrieved.", data)
    })
}

async fn cancel(State(app): State<App>, call: Call) -> Response {
    with_payment(&app, &call, |account, at, _| {
        let status = account.payments[at].status;
        if status != PaymentStatus::Pending {
            let now = word(status);
            return failure(200, format!("Only PENDING transactions can be cancelled. Current status is {now}"));
        }
        account.cancel(at);
        let record = &account.payments[at];
        let data = json!({"transaction_id": record.number, "custom_id": record.order, "status": word(record.status)});
        success("Transaction successfully cancelled.", data)
    })
}

/// What the account statement says about a pending payment.
enum Match {
    /// This entry has the amount, and has confirmed nothing yet.
    Found(u64),
    Used,
    None,
}

fn matching(account: &Account, record: &Record) -> Match {
    let of_amount = || account.statement.of_amount(record.payable);
    match of_amount().find(|mutation| !mutation.used && mutation.when >= record.created) {
        Some(mutation) => Match::Found(mutation.id),
        None if of_amount().any(|mutation| mutation.used) => Match::Used,
        None => Match::None,
    }
}

/// Confirms a payment by an entry of the account statement.
fn confirm(account: &mut Account, at: usize, mutation: u64, tx: &mut Tx<'_>) {
    let when = account.statement.using(mutation).unwrap_or(tx.now);
    account.confirm(at, when, tx);
}

async fn mutations(State(app): State<App>, call: Call) -> Response {
    let Some(key) = call.bearer_or_api_key() else { return wrong_key() };
    let runs = match call.query("action") {
        Some("check") => false,
        Some("run") => true,
        _ => return failure(200, "action must be check or run"),
    };
    app.with(|world, now| {
        world.account(
            PROVIDER,
            key,
            now,
            |account, tx| {
                if runs { run(account, tx, &call.fractions) } else { check(account) }
            },
        )
    })
}

fn check(account: &Account) -> Response {
    let incoming = |mutation: &crate::state::Mutation| {
        json!({
            "mutasi_id": mutation.id,
            "kredit_raw": Rupiah::new(mutation.amount).to_dotted(),
            "amount": mutation.amount,
            "keterangan": "NOBU / SANDBOX",
            "tanggal": slashed(mutation.when),
            "bank": "Bank Jago",
        })
    };
    let incoming: Vec<Value> = account.statement.iter().map(incoming).collect();
    let waiting = |at: usize| {
        let record = &account.payments[at];
        json!({
            "custom_id": record.order,
            "unique_amount": record.payable,
            "status": word(record.status),
            "mutasi_found": matches!(matching(account, record), Match::Found(_)),
            "expired_at": plain(record.expires),
        })
    };
    let waiting: Vec<Value> = account.payments.pending().into_iter().map(waiting).collect();
    success("Mutasi check complete.", json!({"mutasi_incoming": incoming, "pending_transactions": waiting}))
}

fn run(account: &mut Account, tx: &mut Tx<'_>, fractions: &Fractions) -> Response {
    let mut processed = Vec::new();
    for at in account.payments.pending() {
        let record = &account.payments[at];
        let custom_id = record.order.clone();
        processed.push(match matching(account, record) {
            Match::Found(id) => {
                confirm(account, at, id, tx);
                let net = net(&account.payments[at], fractions);
                json!({"custom_id": custom_id, "result": "paid", "net_amount": net, "mutasi_id": id})
            }
            Match::Used => json!({"custom_id": custom_id, "result": "mutasi_already_used"}),
            Match::None => json!({"custom_id": custom_id, "result": "not_matched"}),
        });
    }
    success("Run complete.", json!({"processed": processed}))
}

async fn public_check(State(app): State<App>, call: Call) -> Response {
    let Some(custom_id) = call.query("custom_id") else { return failure(200, "custom_id is required") };
    app.with(|world, now| {
        let Some(key) = world.account_with(PROVIDER, Name::Order(custom_id), |_| true) else {
            return failure(200, "Transaction not found");
        };
        world.account(PROVIDER, &key, now, |account, tx| match account.of_order(custom_id) {
            Some(at) => look(account, at, tx, &call.fractions),
            None => failure(200, "Transaction not found"),
        })
    })
}

fn look(account: &mut Account, at: usize, tx: &mut Tx<'_>, fractions: &Fractions) -> Response {
    let record = &account.payments[at];
    let data = match (record.status, matching(account, record)) {
        (PaymentStatus::Pending, Match::Found(mutation)) => {
            confirm(account, at, mutation, tx);
            json!({"status": "PAID", "changed": true, "net_amount": net(&account.payments[at], fractions)})
        }
        (PaymentStatus::Pending, _) => {
            json!({"status": "PENDING", "changed": false, "message": "Pembayaran belum ditemukan di mutasi"})
        }
        (status, _) => json!({"status": word(status), "changed": false}),
    };
    reply::json(200, &json!({"status": true, "data": data}))
}

async fn image(State(app): State<App>, Path(file): Path<String>) -> Response {
    let number = file.strip_suffix(".svg").and_then(|number| number.parse::<u64>().ok());
    let payload = app.with(|world, _| world.of_number(PROVIDER, number?).and_then(|record| record.qris.clone()));
    reply::svg(payload.as_deref())
}

/// What is sent when a payment was paid.
fn notification(record: &Record, fractions: &Fractions) -> Value {
    json!({
        "event": "payment_success",
        "transaction_id": record.number,
        "custom_id": record.order,
        "amount": record.amount,
        "unique_amount": record.payable,
        "net_amount": net(record, fractions),
        "status": "PAID",
    })
}

fn status_call(url: &str, record: &Record) -> String {
    let order = escaped(&record.order);
    format!(
        "printf 'Authorization: Bearer %s' \"$GERBANG_KAZUKIPAY_API_KEY\" | \
         curl -sS -H @- '{url}/api/cekstatus.php?custom_id={order}'"
    )
}
