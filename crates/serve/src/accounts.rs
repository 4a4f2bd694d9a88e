//! The accounts: what they can do and how their gateways do. Never a key.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use gerbang::{Capabilities, Trust};
use http::StatusCode;
use serde_json::{Value, json};

use crate::app::{App, Known};
use crate::problem::Problem;
use crate::query::Query;
use crate::reply;

/// `GET /v1/accounts`
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Query::read(query.as_deref(), &[])?;
    let accounts: Vec<_> = app.accounts().iter().map(|(name, known)| account(&app, name, known)).collect();
    Ok(reply::json(StatusCode::OK, &json!({"accounts": accounts})))
}

fn account(app: &App, name: &str, known: &Known) -> Value {
    let failure = known.health.last_failure();
    json!({
        "name": name,
        "gateway": known.descriptor.name,
        "title": known.descriptor.title,
        "takes": known.descriptor.takes,
        "mode": known.mode.as_str(),
        "is_default": app.default_account() == Some(name),
        "hook": app.hook(name),
        "capabilities": capabilities(&(known.descriptor.capabilities)()),
        "last_success": known.health.last_success().map(|at| at.to_string()),
        "last_failure": failure.map(|(at, kind)| json!({"at": at.to_string(), "kind": kind.as_str()})),
    })
}

fn capabilities(can: &Capabilities) -> Value {
    json!({
        "status": can.status,
        "find_by_reference": can.find_by_reference,
        "cancel": can.cancel,
        "expiry": can.expiry,
        "return_url": can.return_url,
        "notifications": match can.notifications {
            Trust::None => "none",
            Trust::Unsigned => "unsigned",
            Trust::SharedSecret => "shared_secret",
            Trust::Signed => "signed",
            _ => "unknown",
        },
        "least_amount": can.least_amount,
    })
}
