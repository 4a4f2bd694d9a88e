//! PayDigital. Not in the document: failures come with HTTP status 200, `status: "error"` and a `message`; payments wait
//! half an hour; the words `pending`, `expired` and `cancelled`; `paid_at` is absent until the payment is paid. `qr_url`
//! and `payment_url` lead to the sandbox, so that nothing leaves the machine.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use gerbang_core::Rupiah;
use serde::Serialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Api, escaped, in_words};
use crate::Provider;
use crate::app::App;
use crate::call::{Call, MAX_NAME, amount};
use crate::clock::{jakarta, later, plain};
use crate::reply;
use crate::seed::Seed;
use crate::state::{Account, Magic, PaymentStatus, Record, Refusal, Tx, scattered};

const PROVIDER: Provider = Provider::Paydigital;

/// The smallest price.
const LEAST: u64 = 1_000;

/// How long a payment waits.
const LIFETIME: Duration = Duration::from_secs(1_800);

/// What the sandbox asks of PayDigital.
pub(super) const API: Api = Api {
    routes,
    account: |_, call, _| call.bearer_or_api_key().map(str::to_owned),
    seeded,
    refusal: |_, message| failure(200, message),
    kept: &[],
    status_call,
    notifications: None,
};

fn routes() -> Router<App> {
    Router::new()
        .route("/api/create_payment.php", post(create))
        .route("/api/payment.php", get(status).post(status))
        .route("/pay.php", get(pay_page))
        .route("/v1/create-qr-code/", get(image))
}

fn success(data: Value) -> Response {
    reply::json(200, &json!({"status": "success", "data": data}))
}

fn failure(status: u16, message: impl Serialize) -> Response {
    reply::json(status, &json!({"status": "error", "message": message}))
}

fn not_recorded(refusal: Refusal) -> Response {
    failure(refusal.status(200), refusal.message())
}

async fn create(State(app): State<App>, call: Call) -> Response {
    let Some(key) = call.bearer_or_api_key() else { return failure(200, "Invalid API key") };
    let Some(store) = call.form("store_id").and_then(|id| id.parse::<u64>().ok()) else {
        return failure(200, "store_id is required");
    };
    let Some(price) = amount(call.form("amount")).filter(|price| *price >= LEAST) else {
        return failure(200, "Minimum amount is 1000");
    };
    let customer = call.form("customer_name").unwrap_or_default();
    if customer.len() > MAX_NAME {
        return failure(200, "customer_name is too long");
    }
    let magic = Magic::of(price);
    if let Some(response) = magic.instead(&app, PROVIDER, key, "") {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, tx| {
            let mut record = payment(account, tx, price)?;
            record.due = magic.due(tx.now);
            record.set("customer_name", customer);
            record.set("store_name", format!("Toko {store}"));
            account.record(record, tx).cloned()
        })
    });
    let record = match recorded {
        Ok(record) => record,
        Err(full) => return not_recorded(full),
    };
    let base = app.url(PROVIDER);
    let payload: String =
        form_urlencoded::byte_serialize(record.qris.as_deref().unwrap_or_default().as_bytes()).collect();
    let data = json!({
        "invoice": record.reference,
        "amount": magic.echo(price),
        "unique_code": record.payable - price,
        "total_amount": record.payable,
        "qr_content": record.qris,
        "qr_url": format!("{base}/v1/create-qr-code/?size=300x300&data={payload}"),
        "payment_url": format!("{base}/pay.php?invoice={}", record.reference),
        "expired_at": plain(record.expires),
    });
    magic.send(&app, success(data))
}

/// A payment that is to be recorded.
fn payment(account: &Account, tx: &mut Tx<'_>, price: u64) -> Result<Record, Refusal> {
    let number = tx.number();
    let mut record = Record::new(number, PROVIDER, "qris", price, tx.now);
    record.payable = account.free_amount(scattered(number, 999).map(|code| price + code))?;
    record.reference = format!("PYG{}{number:06}", jakarta(tx.now, "%Y%m%d"));
    record.order = record.reference.clone();
    record.expires = later(tx.now, LIFETIME);
    Ok(record.with_qris())
}

/// The payment of a seed.
fn seeded(account: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    seed.is_by(&["qris"])?;
    seed.is_from(LEAST)?;
    if seed.reference.is_some() {
        return Err("PayDigital takes no reference".into());
    }
    payment(account, tx, seed.amount).map_err(in_words)
}

async fn status(State(app): State<App>, call: Call) -> Response {
    let Some(key) = call.bearer_or_api_key() else { return failure(200, "Invalid API key") };
    let Some(invoice) = call.field("invoice") else { return failure(200, "invoice is required") };
    app.with(|world, now| {
        world.account(PROVIDER, key, now, |account, _| {
            let Some(at) = account.of_reference(invoice) else {
                return failure(200, "Invoice not found");
            };
            let record = &account.payments[at];
            let mut data = json!({
                "invoice": record.reference,
                "amount": record.amount,
                "unique_code": record.payable - record.amount,
                "total_amount": record.payable,
                "status": record.status.to_string(),
                "customer_name": record.other("customer_name"),
                "store_name": record.other("store_name"),
            });
            if let Some(paid) = record.paid {
                data["paid_at"] = plain(paid).into();
            }
            success(data)
        })
    })
}

async fn pay_page(State(app): State<App>, call: Call) -> Response {
    let invoice = call.query("invoice").unwrap_or_default();
    let found = app.with(|world, now| {
        world.settle(now);
        world.of_reference(PROVIDER, invoice).cloned()
    });
    match found {
        Some(record) if record.status == PaymentStatus::Pending => {
            let body = format!("<p>Rp {} lewat QRIS</p>", Rupiah::new(record.payable).to_dotted());
            reply::page(200, invoice, &body)
        }
        Some(record) => reply::page(200, invoice, &format!("<p>{}</p>", record.status)),
        None => reply::page(404, "Invoice not found", ""),
    }
}

async fn image(call: Call) -> Response {
    reply::svg(call.query("data"))
}

fn status_call(url: &str, record: &Record) -> String {
    let invoice = escaped(&record.reference);
    format!(
        "printf 'Authorization: Bearer %s' \"$GERBANG_PAYDIGITAL_API_KEY\" | \
         curl -sS -H @- '{url}/api/payment.php?invoice={invoice}'"
    )
}
