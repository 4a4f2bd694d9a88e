//! Pakasir API v1. Not in the document: failures are 400, 401, 404 or 503 with a `message`; a second creation of an order
//! for the same amount is refused; an expired transaction is `canceled`; fees are those that public integrations have
//! seen; a simulation works for every project, but `is_sandbox` is sent only for projects whose slug ends in `-sandbox`;
//! what a pay page creates has no API key, so every key of the project sees it.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{
    METHODS, PROVIDER, failure, fee_value, is_of_v2, is_sandbox, not_recorded, page, transaction, va_number, word,
};
use crate::accounts;
use crate::app::App;
use crate::call::{Call, MAX_AMOUNT, accepted, amount, json_amount, name};
use crate::clock::{utc, with_offset};
use crate::reply;
use crate::seed::Seed;
use crate::state::{Account, Magic, Name, PaymentStatus, Record, Refusal, Tx};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/transactioncreate/{method}", post(create))
        .route("/api/transactiondetail", get(detail))
        .route("/api/transactioncancel", post(cancel))
        .route("/api/paymentsimulation", post(simulate))
        .route("/pay/{slug}/{amount}", get(pay_page).post(pay_by_page))
        .route("/paypal/{slug}/{amount}", get(paypal_page).post(pay_by_paypal))
}

/// The payment of a seed.
pub(super) fn seeded(project: &str, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    seed.is_by(&METHODS)?;
    Ok(transaction(tx, project, seed.named()?, seed.method_or("qris"), seed.amount))
}

/// The account of a call, where it names a project and has a key.
pub(super) fn account(call: &Call) -> Option<String> {
    let body = call.json();
    let text = |name: &str| {
        let member = body.as_ref().and_then(|body| body.get(name)).and_then(Value::as_str);
        member.or_else(|| call.query(name))
    };
    Some(accounts::pakasir_v1(name(text("project"))?, accepted(text("api_key"))?))
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

    /// The transaction in an account.
    fn find(&self, account: &Account) -> Option<usize> {
        account.find(Name::Order(self.order), |record| record.amount == self.amount)
    }

    /// Works on the transaction, in the account of the key or among those of the pay pages.
    fn with(&self, app: &App, work: impl Fn(&mut Account, usize, &mut Tx<'_>) -> Response) -> Response {
        app.with(|world, now| {
            for key in [accounts::pakasir_v1(self.project, self.api_key), page_key(self.project)] {
                let found = world
                    .account(PROVIDER, &key, now, |account, tx| self.find(account).map(|at| work(account, at, tx)));
                if let Some(response) = found {
                    return response;
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
    let key = accounts::pakasir_v1(named.project, named.api_key);
    if let Some(response) = magic.instead(&app, PROVIDER, &key, named.order) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, &key, now, |account, tx| {
            if named.find(account).is_some() {
                return Ok(None);
            }
            let record = transaction(tx, named.project, named.order, &method, named.amount);
            account.record(record, tx).map(|record| Some(record.clone()))
        })
    });
    let record = match recorded {
        Ok(Some(record)) => record,
        Ok(None) => return failure(400, "Transaction already exists"),
        Err(full) => return not_recorded(full),
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
fn transaction_json(record: &Record) -> Value {
    let mut reply = json!({
        "amount": record.amount,
        "order_id": record.order,
        "project": record.other("project"),
        "status": word(record.status),
        "payment_method": record.method,
    });
    if let Some(paid) = record.paid {
        reply["completed_at"] = with_offset(paid).into();
    }
    reply
}

async fn detail(State(app): State<App>, call: Call) -> Response {
    let named =
        Named::new(call.query("project"), call.query("order_id"), amount(call.query("amount")), call.query("api_key"));
    match named {
        Ok(named) => named.with(&app, |account, at, _| {
            reply::json(200, &json!({"transaction": transaction_json(&account.payments[at])}))
        }),
        Err(response) => response,
    }
}

/// Works on the pending transaction that a call names.
fn on_pending(app: &App, call: &Call, work: impl Fn(&mut Account, usize, &mut Tx<'_>)) -> Response {
    let body = match json_body(call) {
        Ok(body) => body,
        Err(response) => return response,
    };
    let named = match Named::from_json(&body) {
        Ok(named) => named,
        Err(response) => return response,
    };
    named.with(app, |account, at, tx| {
        let status = account.payments[at].status;
        if status != PaymentStatus::Pending {
            return failure(400, format!("Transaction is {}", word(status)));
        }
        work(account, at, tx);
        reply::json(200, &json!({"success": true}))
    })
}

async fn cancel(State(app): State<App>, call: Call) -> Response {
    on_pending(&app, &call, |account, at, _| account.cancel(at))
}

async fn simulate(State(app): State<App>, call: Call) -> Response {
    on_pending(&app, &call, |account, at, tx| account.pay(at, tx.now, tx))
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

async fn pay_by_paypal(State(app): State<App>, Path((slug, price)): Path<(String, String)>, call: Call) -> Response {
    show_page(&app, &slug, &price, &call, "paypal", true)
}

/// Shows the pay page of an order, which records the order if it is new.
fn show_page(app: &App, slug: &str, price: &str, call: &Call, method: &str, pays: bool) -> Response {
    let (Some(slug), Some(order)) = (name(Some(slug)), name(call.query("order_id"))) else {
        return reply::page(400, "order_id is required", "");
    };
    let Some(price) = amount(Some(price)).filter(|price| (1..=MAX_AMOUNT).contains(price)) else {
        return reply::page(400, "amount must be a number", "");
    };
    let is_it = |record: &Record| record.amount == price && record.other("project") == slug && !is_of_v2(record);
    let shown: Result<_, Refusal> = app.with(|world, now| {
        let named = Name::Order(order);
        let key = world.account_with(PROVIDER, named, is_it).unwrap_or_else(|| page_key(slug));
        world.account(PROVIDER, &key, now, |account, tx| {
            if account.find(named, is_it).is_none() {
                let record = transaction(tx, slug, order, method, price);
                account.record(record, tx)?;
            }
            Ok(account.find(named, is_it).map(|at| {
                if pays && account.payments[at].status == PaymentStatus::Pending {
                    account.pay(at, tx.now, tx);
                }
                account.payments[at].clone()
            }))
        })
    });
    match shown {
        Ok(Some(record)) => page(&record, call.query("redirect")),
        Ok(None) => reply::page(404, "Transaction not found", ""),
        Err(full) => reply::page(503, full.message(), ""),
    }
}

/// What is sent when a transaction was paid.
pub(super) fn notification(record: &Record) -> Value {
    let mut body = transaction_json(record);
    if is_sandbox(record.other("project")) {
        body["is_sandbox"] = true.into();
    }
    body
}
