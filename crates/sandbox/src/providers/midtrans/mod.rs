//! Midtrans, the Core API. Every reply has the HTTP status 200: the document leaves it open, and says that `status_code` in the
//! body decides. Not in the document: what `status_message` says of a refused body; the payload and `expiry_time` of a charge, which
//! integrations have seen; the numbers of virtual accounts; that pictures are SVG. Notifications are sent of payments that have come
//! to their end, and of refunds, once each: Midtrans sends another one when the bank has confirmed it. Every account takes all ways
//! to pay, and the credential, which is the server key, signs its notifications.

mod order;
mod refund;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use self::order::{Order, WAYS, lifetime, way};
use super::{ANY_SUCCESS, Api, Notifications, escaped, is_success};
use crate::Provider;
use crate::app::App;
use crate::call::{Call, accepted};
use crate::clock::{later, plain};
use crate::facts::midtrans::SIGNED;
use crate::reply;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Action, Magic, PaymentStatus, Record, Refusal, Tx};
use crate::webhooks::{MemberSignature, Proof};

const PROVIDER: Provider = Provider::Midtrans;

/// The document sends a notification again five times.
const TRIES: u32 = 6;

/// Midtrans' name of every merchant.
const MERCHANT: &str = "G000000017";

/// What the sandbox asks of Midtrans.
pub(super) const API: Api = Api {
    routes,
    account: |_, call, _| key(call),
    seeded,
    refusal: |_, message| failure("400", message),
    kept: &[],
    status_call,
    notifications: Some(Notifications {
        proof: |record| {
            let signature = MemberSignature { member: "signature_key", of: signature };
            (record.status != PaymentStatus::Pending).then_some(Proof::Member(signature))
        },
        body: notification,
        tries: TRIES,
        is_acknowledged: is_success,
        acknowledgement: ANY_SUCCESS,
    }),
};

fn routes() -> Router<App> {
    Router::new()
        .route("/v2/charge", post(charge))
        .route("/v2/{id}/status", get(status))
        .route("/v2/{id}/cancel", post(cancel))
        .route("/v2/{id}/expire", post(expire))
        .route("/v2/{id}/refund", post(refund::refund))
        .route("/v2/{way}/{id}/qr-code", get(image))
}

fn failure(code: &str, message: impl Serialize) -> Response {
    reply::json(
        200,
        &json!({"status_code": code, "status_message": message, "id": "00000000-0000-4000-8000-000000000000"}),
    )
}

fn not_recorded(refusal: Refusal) -> Response {
    failure(if refusal == Refusal::Full { "503" } else { "400" }, refusal.message())
}

/// The server key, which is the user of Basic authentication; the password must be empty.
fn key(call: &Call) -> Option<String> {
    let (scheme, given) = call.header("authorization")?.split_once(' ')?;
    let given = STANDARD.decode(given.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let given = String::from_utf8(given).ok()?;
    accepted(given.strip_suffix(':')).map(str::to_owned)
}

fn wrong_key() -> Response {
    failure("401", "Access denied due to unauthorized transaction, please check client or server key")
}

fn not_found() -> Response {
    failure("404", "Transaction doesn't exist.")
}

fn cannot_change() -> Response {
    failure("412", "Merchant cannot modify the status of the transaction")
}

/// An amount as replies and notifications write it.
fn money(amount: u64) -> String {
    format!("{amount}.00")
}

/// The code and the word of a payment's state.
fn state(record: &Record) -> (&'static str, &'static str) {
    match (record.status, refund::refunded(record)) {
        (PaymentStatus::Pending, _) => ("201", "pending"),
        (PaymentStatus::Paid, 0) => ("200", "settlement"),
        (PaymentStatus::Paid, back) if back < record.amount => ("200", "partial_refund"),
        (PaymentStatus::Paid, _) => ("200", "refund"),
        (PaymentStatus::Cancelled, _) => ("202", "cancel"),
        (PaymentStatus::Expired, _) => ("407", "expire"),
    }
}

/// The word of `payment_type`.
fn payment_type(record: &Record) -> &'static str {
    way(&record.method).map_or("", |(_, word, _)| word)
}

async fn charge(State(app): State<App>, call: Call) -> Response {
    let Some(key) = key(&call) else { return wrong_key() };
    let Some(body) = call.json() else {
        return failure("413", "The request cannot be processed due to malformed syntax");
    };
    let order = match app.with(|_, now| Order::read(&body, now)) {
        Ok(order) => order,
        Err((code, message)) => return failure(code, message),
    };
    let magic = Magic::of(order.price);
    if let Some(response) = magic.instead(&app, PROVIDER, &key, order.order_id) {
        return response;
    }
    let recorded = app.with(|world, now| {
        world.account(PROVIDER, &key, now, |account, tx| {
            if account.of_order(order.order_id).is_some() {
                return Ok(None);
            }
            let mut record = payment(tx, order.way, order.order_id, order.price, order.expires);
            record.due = magic.due(tx.now);
            account.record(record, tx).map(|record| Some(record.clone()))
        })
    });
    match recorded {
        Ok(Some(record)) => {
            let mut created = shown(&app, &record);
            created["status_message"] = format!("{} transaction is created", payment_type(&record)).into();
            created["gross_amount"] = money(magic.echo(record.amount)).into();
            magic.send(&app, reply::json(200, &created))
        }
        Ok(None) => failure("406", "order_id has been paid and utilized, please use another order ID"),
        Err(full) => not_recorded(full),
    }
}

/// A payment that is to be recorded.
fn payment(tx: &mut Tx<'_>, way: &str, order_id: &str, price: u64, expires: Timestamp) -> Record {
    let number = tx.number();
    let mut record = Record::new(number, PROVIDER, way, price, tx.now);
    record.order = order_id.to_owned();
    record.reference = format!("00000000-0000-4000-8000-{number:012}");
    record.expires = expires;
    if matches!(way, "qris" | "gopay") {
        return record.with_qris();
    }
    record.set_va_number(format!("88{number:010}"));
    record
}

/// The payment of a seed.
fn seeded(_: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    let (name, _, least) = way(seed.method_or("qris")).ok_or_else(|| {
        let names: Vec<_> = WAYS.iter().map(|(name, ..)| *name).collect();
        format!("method must be one of {}", names.join(", "))
    })?;
    seed.is_from(least)?;
    let expires = later(tx.now, lifetime(name));
    Ok(payment(tx, name, seed.named()?, seed.amount, expires))
}

/// A payment, as the replies to a charge and to a question have it.
fn shown(app: &App, record: &Record) -> Value {
    let mut shown = common(record);
    let api = format!("{}/v2", app.url(PROVIDER));
    let id = &record.reference;
    let number = record.va_number();
    let picture =
        |way: &str| json!({"name": "generate-qr-code", "method": "GET", "url": format!("{api}/{way}/{id}/qr-code")});
    match record.method.as_str() {
        "qris" => {
            shown["acquirer"] = "gopay".into();
            shown["qr_string"] = record.qris.as_deref().into();
            shown["actions"] = json!([picture("qris")]);
        }
        "gopay" => {
            let link = format!("gojek://gopay/merchanttransfer?tref={:020}&amount={}", record.number, record.payable);
            shown["actions"] = json!([
                picture("gopay"),
                {"name": "deeplink-redirect", "method": "GET", "url": link},
                {"name": "get-status", "method": "GET", "url": format!("{api}/{id}/status")},
                {"name": "cancel", "method": "POST", "url": format!("{api}/{id}/cancel")},
            ]);
        }
        "permata" => shown["permata_va_number"] = number.into(),
        "mandiri" => {
            shown["bill_key"] = number.into();
            shown["biller_code"] = "70012".into();
        }
        bank => shown["va_numbers"] = json!([{"bank": bank, "va_number": number}]),
    }
    shown
}

/// What every reply about a payment and its notification have.
fn common(record: &Record) -> Value {
    let (code, word) = state(record);
    let mut common = json!({
        "status_code": code,
        "status_message": "Success, transaction is found",
        "transaction_id": record.reference,
        "order_id": record.order,
        "merchant_id": MERCHANT,
        "gross_amount": money(record.amount),
        "currency": "IDR",
        "payment_type": payment_type(record),
        "transaction_time": plain(record.created),
        "transaction_status": word,
        "fraud_status": "accept",
        "expiry_time": plain(record.expires),
    });
    if let Some(paid) = record.paid {
        common["settlement_time"] = plain(paid).into();
    }
    if refund::refunded(record) > 0 {
        common["refund_amount"] = money(refund::refunded(record)).into();
    }
    common
}

/// Works on the payment that a call names in its path, by Midtrans' name or the merchant's.
fn with_payment(
    app: &App,
    call: &Call,
    id: &str,
    work: impl FnOnce(&mut Account, usize, &mut Tx<'_>) -> Response,
) -> Response {
    let Some(key) = key(call) else { return wrong_key() };
    app.with(|world, now| {
        world.account(PROVIDER, &key, now, |account, tx| {
            match account.of_reference(id).or_else(|| account.of_order(id)) {
                Some(at) => work(account, at, tx),
                None => not_found(),
            }
        })
    })
}

async fn status(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    with_payment(&app, &call, &id, |account, at, _| reply::json(200, &shown(&app, &account.payments[at])))
}

async fn cancel(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    end(&app, &call, &id, Action::Cancel, "200", "Success, transaction is canceled")
}

async fn expire(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    end(&app, &call, &id, Action::Expire, "407", "Success, transaction is expired")
}

/// Ends a payment that waits.
fn end(app: &App, call: &Call, id: &str, action: Action, code: &str, message: &str) -> Response {
    with_payment(app, call, id, |account, at, tx| {
        if account.payments[at].status != PaymentStatus::Pending {
            return cannot_change();
        }
        account.carry_out(at, action, tx.now, tx);
        let mut ended = common(&account.payments[at]);
        ended["status_code"] = code.into();
        ended["status_message"] = message.into();
        reply::json(200, &ended)
    })
}

async fn image(State(app): State<App>, Path((way, id)): Path<(String, String)>) -> Response {
    let payload = app.with(|world, _| {
        let record = world.of_reference(PROVIDER, &id).filter(|record| record.method == way);
        record.and_then(|record| record.qris.clone())
    });
    reply::svg(payload.as_deref())
}

/// What is sent when the state of a payment has changed, but its signature.
fn notification(record: &Record, _: &Fractions) -> Value {
    let mut body = common(record);
    body["status_message"] = "midtrans payment notification".into();
    if record.method == "qris" {
        body["acquirer"] = "gopay".into();
    }
    body
}

/// SHA-512 of order, code, amount and server key, in lower-case hexadecimal digits.
fn signature(server_key: &str, body: &Value) -> String {
    let mut hash = Sha512::new();
    for member in SIGNED {
        hash.update(body[*member].as_str().unwrap_or_default());
    }
    hash.update(server_key);
    base16ct::lower::encode_string(&hash.finalize())
}

fn status_call(url: &str, record: &Record) -> String {
    let id = escaped(&record.reference);
    format!("printf 'user = \"%s:\"' \"$GERBANG_MIDTRANS_SERVER_KEY\" | curl -sS -K- '{url}/v2/{id}/status'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_that_of_the_documents_input() {
        let body = json!({"order_id": "1111", "status_code": "200", "gross_amount": "100000.00"});
        let expected = concat!(
            "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b",
            "997ac178a236fcff35af263fc4d4c231",
        );
        assert_eq!(signature("askvnoibnosifnboseofinbofinfgbiufglnbfg", &body), expected);
    }
}
