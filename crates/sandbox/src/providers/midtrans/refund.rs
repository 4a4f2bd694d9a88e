//! Money that is given back.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{cannot_change, common, failure, money, with_payment};
use crate::app::App;
use crate::call::{Call, json_amount};
use crate::reply;
use crate::state::{PaymentStatus, Record};

/// Under which name it is kept how much was given back by each key, as JSON.
const KEPT: &str = "refunds";

/// What was given back, by the merchant's names of the refunds.
fn refunds(record: &Record) -> Value {
    serde_json::from_str(record.other(KEPT)).unwrap_or_else(|_| json!({}))
}

/// What was given back in all, in rupiah.
pub(super) fn refunded(record: &Record) -> u64 {
    refunds(record).as_object().into_iter().flatten().filter_map(|(_, amount)| amount.as_u64()).sum()
}

/// Gives money back, once for each key.
pub(super) async fn refund(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    let body = match call.body().is_empty() {
        true => Some(json!({})),
        false => call.json(),
    };
    let Some(body) = body else { return failure("413", "The request cannot be processed due to malformed syntax") };
    with_payment(&app, &call, &id, |account, at, tx| {
        let record = &account.payments[at];
        if record.status != PaymentStatus::Paid || !matches!(record.method.as_str(), "qris" | "gopay") {
            return cannot_change();
        }
        let key = body["refund_key"].as_str().map_or_else(|| format!("refund-{}", tx.number()), str::to_owned);
        let left = record.amount - refunded(record);
        let mut refunds = refunds(record);
        if refunds[&key].is_null() {
            let amount = match &body["amount"] {
                Value::Null => Some(left),
                amount => json_amount(amount),
            };
            let Some(amount) = amount.filter(|amount| (1..=left).contains(amount)) else {
                return failure("414", "Refund amount is more than what is left of the payment");
            };
            refunds[&key] = amount.into();
            account.payments.change(at, |record| record.set(KEPT, refunds.to_string()));
            account.notify(at, tx);
        }
        let record = &account.payments[at];
        let mut reply = common(record);
        reply["status_message"] = "Success, refund request is approved".into();
        reply["refund_chargeback_id"] = record.number.into();
        reply["refund_key"] = key.into();
        reply["refund_amount"] = money(refunded(record)).into();
        reply::json(200, &reply)
    })
}
