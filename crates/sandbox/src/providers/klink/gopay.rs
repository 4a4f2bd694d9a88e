//! K-Link's payments by GoPay, as Midtrans makes them.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::order::{MEMBERS, Order, failed};
use super::{PROVIDER, Sent, money, not_recorded, with_reference, with_session};
use crate::app::App;
use crate::call::Call;
use crate::clock::plain;
use crate::reply;
use crate::state::{Magic, PaymentStatus, Record};

fn failed_code(code: &str, message: &str) -> Response {
    reply::json(200, &json!({"status": "failed", "message": message, "status_code": code}))
}

/// Whether a payment is one by GoPay.
pub(super) fn is_gopay(record: &Record) -> bool {
    record.method == "gopay"
}

pub(super) async fn list_bank_midtrans(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |_, _| {
        sent.amount("nominal")?;
        sent.amount_or_zero("pay_ship")?;
        Ok(reply::json(
            200,
            &json!({
                "data": [{
                    "bankCode": "gopay",
                    "bankDesc": "GOPAY",
                    "bankDisplayNm": "GOPAY",
                    "bank_pemilik": null,
                    "bankacc": null,
                    "cabang": null,
                    "cara_bayar": null,
                    "charge_admin": "2500",
                    "charge_connectivity": "0",
                    "id": 1,
                    "img_url": null,
                    "install_12": null,
                    "install_6": null,
                    "is_installment": null,
                    "kategori": null,
                    "productCode": "e_money",
                    "productName": "E-Money",
                    "status": "1",
                }]
            }),
        ))
    })
}

pub(super) async fn pay_service_midtrans(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    let mut magic = Magic::None;
    let response = with_session(&app, &call, |account, tx| {
        let order = Order::new(&sent)?;
        if order.text("bank_code") != "gopay" {
            return Err(failed("Bank code not found!"));
        }
        let meant = Magic::of(order.nominal);
        if let Some(response) = meant.instead(&app, PROVIDER, tx.account, order.order_id) {
            return Err(response);
        }
        if order.has_payment(account) {
            return Err(failed_code("406", "order_id has been paid and utilized, please use another order ID"));
        }
        if order.is_repeated(account) {
            return Err(failed("rq_uuid existing, please use another rq_uuid!"));
        }
        let record = order.by_gopay(tx, meant);
        let reply = gopay(&app, &order, &record, meant);
        account.record(record, tx).map_err(not_recorded)?;
        magic = meant;
        Ok(reply::json(200, &reply))
    });
    magic.send(&app, response)
}

fn gopay(app: &App, order: &Order<'_>, record: &Record, magic: Magic) -> Value {
    let echoed: serde_json::Map<String, Value> =
        MEMBERS.iter().map(|member| ((*member).to_owned(), order.text(member).into())).collect();
    let api = format!("{}/midtrans/v2", app.url(PROVIDER));
    let id = &record.reference;
    let deep_link = format!("gojek://gopay/merchanttransfer?tref={:020}&amount={}", record.number, record.payable);
    let mut data = echoed.clone();
    let midtrans = json!({
        "fraud_status": "accept",
        "status_code": "201",
        "gross_amount": money(magic.echo(record.payable)),
        "transaction_time": plain(record.created),
        "actions": [
            {"url": format!("{api}/gopay/{id}/qr-code"), "name": "generate-qr-code", "method": "GET"},
            {"url": deep_link, "name": "deeplink-redirect", "method": "GET"},
            {"url": format!("{api}/{id}/status"), "name": "get-status", "method": "GET"},
            {"url": format!("{api}/{id}/cancel"), "name": "cancel", "method": "POST"},
        ],
        "currency": "IDR",
        "payment_type": "gopay",
        "transaction_status": "pending",
        "merchant_id": "G000000017",
        "status_message": "GoPay transaction is created",
        "transaction_id": id,
    });
    if let Value::Object(midtrans) = midtrans {
        data.extend(midtrans);
    }
    json!({
        "status": "success",
        "message": "Payment Request has been success!",
        "data_input": echoed,
        "data": data,
    })
}

/// Midtrans' word for a status, and its code.
pub(super) fn midtrans(status: PaymentStatus) -> (&'static str, &'static str) {
    match status {
        PaymentStatus::Pending => ("pending", "201"),
        PaymentStatus::Paid => ("settlement", "200"),
        PaymentStatus::Cancelled => ("cancel", "200"),
        PaymentStatus::Expired => ("expire", "407"),
    }
}

pub(super) async fn gopay_image(State(app): State<App>, Path(id): Path<String>) -> Response {
    with_reference(&app, &id, |account, at, _| reply::svg(account.payments[at].qris.as_deref()))
}

fn midtrans_status(record: &Record) -> Response {
    let (word, code) = midtrans(record.status);
    let body = json!({
        "status_code": code,
        "transaction_id": record.reference,
        "order_id": record.order,
        "gross_amount": money(record.payable),
        "payment_type": "gopay",
        "transaction_status": word,
        "fraud_status": "accept",
    });
    reply::json(200, &body)
}

pub(super) async fn gopay_status(State(app): State<App>, Path(id): Path<String>) -> Response {
    with_reference(&app, &id, |account, at, _| midtrans_status(&account.payments[at]))
}

pub(super) async fn gopay_cancel(State(app): State<App>, Path(id): Path<String>) -> Response {
    with_reference(&app, &id, |account, at, tx| {
        if account.payments[at].status == PaymentStatus::Pending {
            account.close(at, PaymentStatus::Cancelled, tx);
        }
        midtrans_status(&account.payments[at])
    })
}
