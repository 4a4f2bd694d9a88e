//! K-Link's report of payments.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::gopay::midtrans;
use super::order::va_number;
use super::payments::bank_code;
use super::{Sent, money, with_session};
use crate::app::App;
use crate::call::Call;
use crate::clock::plain;
use crate::reply;
use crate::state::{Account, Record};

/// The command that asks for a payment. It is known by the report alone, and the report by a session.
pub(super) fn status_call(url: &str, record: &Record) -> String {
    // A password may have quotes. `printf` is of the shell, so that no other process sees a key among its arguments.
    format!(
        "json() {{ printf %s \"$1\" | sed 's/[\\\\\"]/\\\\&/g'; }}\n\
         token=$(printf '{{\"email\": \"%s\", \"password\": \"%s\"}}' \"$(json \"$GERBANG_KLINK_EMAIL\")\" \
         \"$(json \"$GERBANG_KLINK_PASSWORD\")\" | curl -sS -d @- '{url}/auth/login' \
         | sed 's/.*\"Authorization\":\"\\([^\"]*\\)\".*/\\1/')\n\
         printf 'Authorization: %s' \"$token\" | curl -sS -H @- -d '{{\"datetime_start\": \"\", \"datetime_end\": \"\", \
         \"bank_code\": \"{}\", \"transaction_status\": \"all\"}}' '{url}/api/report'",
        bank_code(record)
    )
}

pub(super) async fn report(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, _| {
        // A reply with status 200 is a list, so a refusal has another status.
        report_rows(account, &sent).map(|rows| reply::json(200, &rows)).map_err(|mut refusal| {
            *refusal.status_mut() = StatusCode::BAD_REQUEST;
            refusal
        })
    })
}

fn report_rows(account: &Account, sent: &Sent) -> Result<Value, Response> {
    let (start, end) = (sent.beginning("datetime_start")?, sent.end("datetime_end")?);
    let (bank, wanted) = (sent.text("bank_code")?, sent.text("transaction_status")?);
    let rows = account.payments.iter().filter(|record| {
        let (word, _) = midtrans(record.status);
        record.other("bank_code") == bank
            && (wanted == "all" || wanted == word)
            && start.is_none_or(|start| start <= record.created)
            && end.is_none_or(|end| record.created <= end)
    });
    let rows = rows.map(|record| {
        let (_, code) = midtrans(record.status);
        let signed = format!("{}{code}{}", record.order, money(record.payable));
        let signature = base16ct::lower::encode_string(&Sha512::digest(signed));
        json!({
            "fraud_status": "accept",
            "notification_time": plain(record.paid.unwrap_or(record.created)),
            "va_numbers": if record.method == "va" { va_number(record) } else { String::new() },
            "bank_code": bank,
            "order_id": record.order,
            "status_code": code,
            "gross_amount": record.payable,
            "id": record.reference,
            "signature_key": signature,
            "inquiry_time": plain(record.created),
        })
    });
    Ok(Value::Array(rows.collect()))
}
