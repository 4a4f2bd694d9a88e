//! K-Link. Not in the document, or only as screenshots: the replies of the login and of `pay_service`; failures, which
//! have HTTP status 200 and `status: "fail"`, except that a login or a token that is refused has 401 and a report that is
//! refused has 400; the path of the finance report, here `/api/report` and `/api/finance_report`; a beginning or an end of
//! a period that is neither a day nor a time bounds nothing; `rq_uuid` that was used is refused; virtual accounts and
//! transfers wait a day, GoPay a quarter of an hour. Both spellings of every path are served; the link to the second step
//! of a refund names the path of the first, which stays the first step.

mod gopay;
mod order;
mod payments;
mod report;
mod wallet;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use gerbang_core::JakartaTime;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{ANY_SUCCESS, Api, Notifications, TRIES, is_success};
use crate::Provider;
use crate::app::App;
use crate::call::{Call, MAX_NAME, accepted, amount};
use crate::reply;
use crate::state::{Account, Name, PaymentStatus, Refusal, Tx, World};
use crate::webhooks::{Digits, Proof, Signature};

const PROVIDER: Provider = Provider::Klink;

/// The text of the code 401 in the document.
const DENIED: &str = "Access denied due to unauthorized transaction, please check client or server key";

/// How notifications are signed.
const SIGNATURE: Signature = Signature { header: "x-servicepayment", digits: Digits::Upper, beside: &[] };

/// What the sandbox asks of K-Link.
pub(super) const API: Api = Api {
    routes,
    account,
    seeded: payments::seeded,
    refusal,
    kept: &["pay_from_wallet"],
    status_call: report::status_call,
    notifications: Some(Notifications {
        proof: |record| {
            let is_sent = record.status == PaymentStatus::Paid || gopay::is_gopay(record);
            is_sent.then_some(Proof::Signature(SIGNATURE))
        },
        body: payments::notification,
        tries: TRIES,
        is_acknowledged: is_success,
        acknowledgement: ANY_SUCCESS,
    }),
};

fn routes() -> Router<App> {
    Router::new()
        .route("/auth/login", post(login))
        .route("/api/kwallet/register_va", post(wallet::register_va))
        .route("/api/kwallet/check_saldo", post(wallet::check_saldo))
        .route("/api/kwallet/history_transaction", post(wallet::history))
        .route("/api/kwallet/transfer_to_account", post(wallet::transfer))
        .route("/api/kwallet/voucher_saldo", post(wallet::voucher))
        .route("/api/kwallet/voucher_saldo_kwallet", post(wallet::voucher))
        .route("/api/kwallet/pay", post(wallet::pay))
        .route("/api/kwallet/reconcile/reconcile", post(wallet::reconcile))
        .route("/api/kwallet/reconcile", post(wallet::reconcile))
        .route("/api/escrow/refund", post(wallet::refund))
        .route("/api/escrow/refund-accept", post(wallet::refund_accept))
        .route("/api/list_bank", post(payments::list_bank))
        .route("/api/listbank", post(payments::list_bank))
        .route("/api/pay_service", post(payments::pay_service))
        .route("/api/pay_service_new", post(payments::pay_service))
        .route("/api/list_bank_midtrans", post(gopay::list_bank_midtrans))
        .route("/api/pay_service_midtrans", post(gopay::pay_service_midtrans))
        .route("/api/report", post(report::report))
        .route("/api/finance_report", post(report::report))
        .route("/multipayment/{kd_pay}", get(payments::card_page).post(payments::pay_by_card))
        .route("/midtrans/v2/gopay/{id}/qr-code", get(gopay::gopay_image))
        .route("/midtrans/v2/{id}/status", get(gopay::gopay_status))
        .route("/midtrans/v2/{id}/cancel", post(gopay::gopay_cancel))
}

/// A refusal of an operation, as it refuses.
fn refusal(operation: Option<&str>, message: &Value) -> Response {
    let (status, flag, word) = match operation.unwrap_or_default() {
        "login" => (401, "status", "fail"),
        "transfer" => (200, "stutas", "fail"),
        "create_payment" | "create_gopay_payment" => (200, "status", "failed"),
        // A reply with status 200 is a list.
        "finance_report" => (400, "status", "fail"),
        _ => (200, "status", "fail"),
    };
    reply::json(status, &json!({flag: word, "message": message}))
}

/// A refusal.
fn fail(message: &str) -> Response {
    reply::json(200, &json!({"status": "fail", "message": message}))
}

fn not_recorded(refusal: Refusal) -> Response {
    reply::json(refusal.status(200), &json!({"status": "fail", "message": refusal.message()}))
}

/// Money as K-Link writes it: `90000.00`.
fn money(rupiah: u64) -> String {
    format!("{rupiah}.00")
}

/// The JSON body of a call. No call takes anything but text.
struct Sent(Value);

impl Sent {
    fn of(call: &Call) -> Self {
        Self(call.json_of_any_type().unwrap_or(Value::Null))
    }

    /// A text that may be empty.
    fn text_or_empty(&self, name: &str) -> Result<&str, Response> {
        let text = self.0.get(name).and_then(Value::as_str).filter(|text| text.len() <= MAX_NAME);
        text.ok_or_else(|| fail(&format!("{name} is required and must be a string of up to {MAX_NAME} bytes")))
    }

    /// A text.
    fn text(&self, name: &str) -> Result<&str, Response> {
        let text = self.text_or_empty(name)?;
        if text.trim().is_empty() { Err(fail(&format!("{name} is required"))) } else { Ok(text) }
    }

    /// The beginning of a period, if the text names one.
    fn beginning(&self, name: &str) -> Result<Option<Timestamp>, Response> {
        self.bound(name, "00:00:00")
    }

    /// The end of a period, if the text names one. A day is meant with its last second.
    fn end(&self, name: &str) -> Result<Option<Timestamp>, Response> {
        self.bound(name, "23:59:59.999999999")
    }

    fn bound(&self, name: &str, time_of_day: &str) -> Result<Option<Timestamp>, Response> {
        let text = self.text_or_empty(name)?;
        let read = |text: &str| JakartaTime::new(text).timestamp().ok();
        Ok(read(text).or_else(|| read(&format!("{} {time_of_day}", text.trim()))))
    }

    /// An amount above zero, which is text as well.
    fn amount(&self, name: &str) -> Result<u64, Response> {
        self.amount_or_zero(name)
            .and_then(|amount| if amount == 0 { Err(fail(&format!("{name} must be above 0"))) } else { Ok(amount) })
    }

    /// An amount.
    fn amount_or_zero(&self, name: &str) -> Result<u64, Response> {
        amount(Some(self.text(name)?)).ok_or_else(|| fail(&format!("{name} must be digits")))
    }
}

async fn login(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    let credential = |name: &str| accepted(sent.0.get(name).and_then(Value::as_str));
    let (Some(email), Some(_)) = (credential("email"), credential("password")) else {
        let body = json!({"status": "fail", "message": "Email or password is wrong!", "status_code": "401"});
        return reply::json(401, &body);
    };
    let token = app.with(|world, now| {
        let secret = format!("{} {now} {email}", world.number());
        let token = base16ct::lower::encode_string(&Sha256::digest(secret));
        world.begin_session(token.clone(), email.to_owned(), now);
        token
    });
    reply::json(200, &json!({"status": "success", "message": "Login success!", "Authorization": token}))
}

/// The account of a call: that of its session, or that in which one is to begin.
fn account(app: &App, call: &Call, path: &str) -> Option<String> {
    if path == "/auth/login" {
        let body = call.json_of_any_type()?;
        return accepted(body.get("email").and_then(Value::as_str)).map(str::to_owned);
    }
    let token = call.header("authorization")?;
    app.with(|world, now| world.session(token, now))
}

/// Works on the account of the session whose token is in `Authorization`.
fn with_session(
    app: &App,
    call: &Call,
    work: impl FnOnce(&mut Account, &mut Tx<'_>) -> Result<Response, Response>,
) -> Response {
    let token = call.header("authorization").unwrap_or_default();
    app.with(|world, now| {
        let Some(account) = world.session(token, now) else {
            return reply::json(401, &json!({"status": "fail", "message": DENIED, "status_code": "401"}));
        };
        let (Ok(response) | Err(response)) = world.account(PROVIDER, &account, now, work);
        response
    })
}

/// Works on the payment that a path names, whoever's it is.
fn with_reference(
    app: &App,
    reference: &str,
    work: impl FnOnce(&mut Account, usize, &mut Tx<'_>) -> Response,
) -> Response {
    app.with(|world: &mut World, now| {
        let key = world.account_with(PROVIDER, Name::Reference(reference), |_| true)?;
        world
            .account(PROVIDER, &key, now, |account, tx| account.of_reference(reference).map(|at| work(account, at, tx)))
    })
    .unwrap_or_else(|| reply::json(404, &json!({"status_code": "404", "status_message": "Transaction doesn't exist."})))
}
