//! Pakasir API v1. Not in the document: failures are 400, 401, 404 or 503 with a `message`; a second creation of an order
//! for the same amount is refused; an expired transaction is `canceled`; fees are those that public integrations have
//! seen; a simulation works for every project, but `is_sandbox` is told only for projects whose slug ends in `-sandbox`;
//! what a pay page creates has no API key, so every key of the project sees it.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

use super::HOUR;
use crate::Provider;
use crate::call::{Call, MAX_AMOUNT, accepted, amount, json_amount, name};
use crate::clock::{later, utc, with_offset};
use crate::magic::Magic;
use crate::reply::{self, escape};
use crate::seed::Seed;
use crate::server::App;
use crate::spelling::Fractions;
use crate::state::{Account, Desk, PaymentStatus, Record, Trouble};

const PROVIDER: Provider = Provider::Pakasir;

/// The ways to pay, of which the document does not print the last.
pub(super) const METHODS: [&str; 11] = [
    "qris",
    "cimb_niaga_va",
    "bni_va",
    "sampoerna_va",
    "bnc_va",
    "maybank_va",
    "permata_va",
    "atm_bersama_va",
    "artha_graha_va",
    "bri_va",
    "paypal",
];

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/transactioncreate/{method}", post(create))
        .route("/api/transactiondetail", get(detail))
        .route("/api/transactioncancel", post(cancel))
        .route("/api/paymentsimulation", post(simulate))
        .route("/pay/{slug}/{amount}", get(pay_page).post(pay_by_page))
        .route("/paypal/{slug}/{amount}", get(paypal_page).post(pay_by_page))
}

pub(super) fn failure(status: u16, message: impl Serialize) -> Response {
    reply::json(status, &json!({"message": message}))
}

pub(super) fn trouble(trouble: Trouble) -> Response {
    failure(trouble.status(400), trouble.message())
}

/// What Pakasir takes for a payment, rounded.
pub(super) fn fee(method: &str, price: u64) -> u64 {
    (fee_in_thousandths(method, price) + 500) / 1_000
}

/// What Pakasir takes for a payment, in thousandths of a rupiah.
fn fee_in_thousandths(method: &str, price: u64) -> u64 {
    match method {
        "sampoerna_va" | "artha_graha_va" => 2_000_000,
        method if method.ends_with("_va") => 3_500_000,
        _ if price > 105_000 => price * 10,
        // 0.7 % and 310.
        _ => price * 7 + 310_000,
    }
}

/// The fee of a payment, as a reply has it.
pub(super) fn fee_value(record: &Record, fractions: &Fractions) -> Value {
    fractions.money("fee", record.fee, fee_in_thousandths(&record.method, record.amount))
}

/// Whether a project is in sandbox mode.
pub(super) fn is_sandbox(project: &str) -> bool {
    project.ends_with("-sandbox")
}

pub(super) fn word(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "pending",
        PaymentStatus::Paid => "completed",
        PaymentStatus::Cancelled | PaymentStatus::Expired => "canceled",
    }
}

/// A virtual account number.
pub(super) fn va_number(number: u64) -> String {
    format!("88810{number:011}")
}

/// A transaction that is to be recorded.
pub(super) fn transaction(desk: &mut Desk<'_>, project: &str, order: &str, method: &str, price: u64) -> Record {
    let mut record = Record::new(desk.number(), PROVIDER, method, price, desk.now);
    record.order = order.to_owned();
    record.reference = order.to_owned();
    record.fee = fee(method, price);
    record.payable = price + record.fee;
    record.expires = later(desk.now, HOUR);
    record.due = Magic::of(price).due(desk.now);
    record.set("project", project);
    match method {
        "qris" | "payment_link" => record.with_qris(),
        _ => record,
    }
}

/// The payment of a seed.
pub(super) fn seeded(project: &str, desk: &mut Desk<'_>, seed: &Seed) -> Result<Record, String> {
    seed.is_by(&METHODS)?;
    Ok(transaction(desk, project, seed.named()?, seed.method_or("qris"), seed.amount))
}

/// The account of an API key in a project.
pub(super) fn account_key(project: &str, api_key: &str) -> String {
    format!("v1 {} {project} {api_key}", project.len())
}

/// The account of what pay pages create in a project.
fn page_key(project: &str) -> String {
    format!("page {project}")
}

/// What names a transaction.
struct Named<'a> {
    project: &'a str,
    order: &'a str,
    amount: u64,
    api_key: &'a str,
}

impl<'a> Named<'a> {
    fn new(
        project: Option<&'a str>,
        order: Option<&'a str>,
        amount: Option<u64>,
        api_key: Option<&'a str>,
    ) -> Result<Self, Response> {
        Ok(Self {
            api_key: accepted(api_key).ok_or_else(|| failure(401, "Invalid API key"))?,
            project: name(project).ok_or_else(|| failure(400, "project is required"))?,
            order: name(order).ok_or_else(|| failure(400, "order_id is required"))?,
            amount: amount.filter(|amount| *amount > 0).ok_or_else(|| failure(400, "amount must be a number"))?,
        })
    }

    fn from_json(body: &'a Value) -> Result<Self, Response> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        Self::new(text("project"), text("order_id"), body.get("amount").and_then(json_amount), text("api_key"))
    }

    fn is(&self, record: &Record) -> bool {
        record.order == self.order && record.amount == self.amount
    }

    /// Works on the transaction, in the account of the key or among those of the pay pages.
    fn with(&self, app: &App, work: impl Fn(&mut Account, usize, &mut Desk<'_>) -> Response) -> Response {
        app.with(|world, now| {
            for key in [account_key(self.project, self.api_key), page_key(self.project)] {
                let found = world.account(PROVIDER, &key, now, |account, desk| {
                    account.find(|record| self.is(record)).map(|at| work(account, at, desk))
                });
                match found {
                    Ok(None) => {}
                    Ok(Some(response)) => return response,
                    Err(full) => return trouble(full),
                }
            }
            failure(404, "Transaction not found")
        })
    }
}

fn json_body(call: &Call) -> Result<Value, Response> {
    call.json().ok_or_else(|| failure(400, "The body must be a JSON object"))
}

async fn create(State(app): State<App>, Path(method): Path<String>, call: Call) -> Response {
    let body = match json_body(&call) {
        Ok(body) => body,
        Err(response) => return response,
    };
    let named = match Named::from_json(&body) {
        Ok(named) => named,
        Err(response) => return response,
    };
    if !METHODS.contains(&method.as_str()) {
        return failure(400, "Payment method is not available");
    }
    let magic = Magic::of(named.amount);
    let key = account_key(named.project, named.api_key);
    if let Some(response) = magic.instead(&app, PROVIDER, &key, named.order) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, &key, now, |account, desk| {
            if account.find(|record| named.is(record)).is_some() {
                return Ok(None);
            }
            let record = transaction(desk, named.project, named.order, &method, named.amount);
            account.record(record, desk).map(|record| Some(record.clone()))
        })?
    });
    let record = match recorded {
        Ok(Some(record)) => record,
        Ok(None) => return failure(400, "Transaction already exists"),
        Err(full) => return trouble(full),
    };
    let reply = json!({
        "payment": {
            "project": named.project,
            "order_id": record.order,
            "amount": magic.echo(record.amount),
            "fee": fee_value(&record, &call.fractions),
            "total_payment": record.payable,
            "payment_method": record.method,
            "payment_number": record.qris.clone().unwrap_or_else(|| va_number(record.number)),
            "expired_at": utc(record.expires),
        }
    });
    magic.send(&app, reply::json(200, &reply))
}

/// What the reply to a question and the notification have in common.
fn told(record: &Record) -> Value {
    let mut told = json!({
        "amount": record.amount,
        "order_id": record.order,
        "project": record.other("project"),
        "status": word(record.status),
        "payment_method": record.method,
    });
    if let Some(paid) = record.paid {
        told["completed_at"] = with_offset(paid).into();
    }
    told
}

async fn detail(State(app): State<App>, call: Call) -> Response {
    let named =
        Named::new(call.query("project"), call.query("order_id"), amount(call.query("amount")), call.query("api_key"));
    match named {
        Ok(named) => {
            named.with(&app, |account, at, _| reply::json(200, &json!({"transaction": told(&account.payments[at])})))
        }
        Err(response) => response,
    }
}

/// Works on the pending transaction that a call names.
fn on_pending(app: &App, call: &Call, work: impl Fn(&mut Account, usize, &mut Desk<'_>)) -> Response {
    let body = match json_body(call) {
        Ok(body) => body,
        Err(response) => return response,
    };
    let named = match Named::from_json(&body) {
        Ok(named) => named,
        Err(response) => return response,
    };
    named.with(app, |account, at, desk| {
        let status = account.payments[at].status;
        if status != PaymentStatus::Pending {
            return failure(400, format!("Transaction is {}", word(status)));
        }
        work(account, at, desk);
        reply::json(200, &json!({"success": true}))
    })
}

async fn cancel(State(app): State<App>, call: Call) -> Response {
    on_pending(&app, &call, |account, at, _| account.payments[at].status = PaymentStatus::Cancelled)
}

async fn simulate(State(app): State<App>, call: Call) -> Response {
    on_pending(&app, &call, |account, at, desk| account.pay(at, desk.now, desk))
}

async fn pay_page(State(app): State<App>, Path((slug, price)): Path<(String, String)>, call: Call) -> Response {
    show_page(&app, &slug, &price, &call, "qris", false)
}

async fn paypal_page(State(app): State<App>, Path((slug, price)): Path<(String, String)>, call: Call) -> Response {
    show_page(&app, &slug, &price, &call, "paypal", false)
}

async fn pay_by_page(State(app): State<App>, Path((slug, price)): Path<(String, String)>, call: Call) -> Response {
    show_page(&app, &slug, &price, &call, "qris", true)
}

/// Shows the pay page of an order, which records the order if it is new.
fn show_page(app: &App, slug: &str, price: &str, call: &Call, method: &str, pays: bool) -> Response {
    let (Some(slug), Some(order)) = (name(Some(slug)), name(call.query("order_id"))) else {
        return reply::page(400, "order_id is required", "");
    };
    let Some(price) = amount(Some(price)).filter(|price| (1..=MAX_AMOUNT).contains(price)) else {
        return reply::page(400, "amount must be a number", "");
    };
    let is_it = |record: &Record| {
        record.order == order
            && record.amount == price
            && record.other("project") == slug
            && !super::pakasir_v2::owns(record)
    };
    let shown: Result<_, Trouble> = app.with(|world, now| {
        let key = world.account_with(PROVIDER, is_it).unwrap_or_else(|| page_key(slug));
        world.account(PROVIDER, &key, now, |account, desk| {
            if account.find(is_it).is_none() {
                let record = transaction(desk, slug, order, method, price);
                account.record(record, desk)?;
            }
            Ok(account.find(is_it).map(|at| {
                if pays && account.payments[at].status == PaymentStatus::Pending {
                    account.pay(at, desk.now, desk);
                }
                account.payments[at].clone()
            }))
        })?
    });
    match shown {
        Ok(Some(record)) => page(&record, call.query("redirect")),
        Ok(None) => reply::page(404, "Transaction not found", ""),
        Err(full) => reply::page(503, full.message(), ""),
    }
}

/// The page of a transaction: the QR code and a button that pays, or what has become of it.
pub(super) fn page(record: &Record, redirect: Option<&str>) -> Response {
    let total = gerbang_core::Rupiah::new(record.payable).to_dotted();
    let mut body = format!("<p>{} Rp {total}: {}</p>\n", escape(&record.method), word(record.status));
    if record.status == PaymentStatus::Pending {
        let code = record.qris.as_deref().and_then(|payload| gerbang_qris::Qris::parse(payload).ok()?.to_svg().ok());
        if let Some(code) = code {
            body.push_str(&format!("<div style=\"width:20em\">{code}</div>\n"));
        }
        body.push_str("<form method=\"post\"><button>Bayar</button></form>\n");
    }
    let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    if let (PaymentStatus::Paid, Some(url)) = (record.status, redirect.filter(web)) {
        body.push_str(&format!("<p><a href=\"{}\">Kembali ke halaman merchant</a></p>\n", escape(url)));
    }
    reply::page(200, &record.order, &body)
}

/// What is sent when a transaction was paid.
pub(crate) fn notification(record: &Record) -> Value {
    let mut told = told(record);
    if is_sandbox(record.other("project")) {
        told["is_sandbox"] = true.into();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::fee;

    #[test]
    fn fees_are_those_that_were_seen() {
        for (method, price, expected) in [
            ("qris", 99_000, 1_003),
            ("qris", 12_000, 394),
            ("qris", 105_000, 1_045),
            ("qris", 105_001, 1_050),
            ("qris", 22_000, 464),
            ("bri_va", 99_000, 3_500),
            ("sampoerna_va", 99_000, 2_000),
            ("artha_graha_va", 99_000, 2_000),
        ] {
            assert_eq!(fee(method, price), expected, "{method} {price}");
        }
    }
}
