//! The sandbox's own API, under `/_sandbox`: JSON in and out.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::call::Call;
use crate::server::App;
use crate::state::{ControlError, Deed, World};
use crate::{Provider, reply};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/payments", get(payments))
        .route("/payments/{provider}/{id}/{deed}", post(control))
        .route("/reset", post(reset))
        .route("/clock", post(clock))
        .route("/webhooks", get(webhooks))
        .route("/klink/logout", post(logout))
}

fn failure(status: u16, error: &str) -> Response {
    reply::json(status, &json!({"error": error}))
}

/// A web page that a browser shows must not steer the sandbox. Browsers say where such a request comes from.
fn refused(call: &Call) -> Option<Response> {
    call.header("origin").map(|_| failure(403, "web pages may not use this"))
}

async fn payments(State(app): State<App>) -> Response {
    reply::json(200, &json!({"payments": app.with(World::payments)}))
}

async fn control(
    State(app): State<App>,
    Path((provider, id, deed)): Path<(String, String, String)>,
    call: Call,
) -> Response {
    if let Some(refused) = refused(&call) {
        return refused;
    }
    let Ok(provider) = provider.parse::<Provider>() else { return failure(404, "no such provider") };
    let amount = || call.json_of_any_type().and_then(|body| body.get("amount").and_then(Value::as_u64));
    let deed = match deed.as_str() {
        "pay" => Deed::Pay,
        "deposit" => Deed::Deposit,
        "expire" => Deed::Expire,
        "cancel" => Deed::Cancel,
        "underpay" => match amount() {
            Some(amount) => Deed::Underpay(amount),
            None => return failure(400, "amount is missing"),
        },
        _ => return failure(404, "no such action"),
    };
    match app.control(provider, &id, deed) {
        Ok(payment) => reply::json(200, &json!(payment)),
        Err(error) => {
            let status = match error {
                ControlError::NotFound => 404,
                ControlError::Ambiguous | ControlError::NotPending(_) => 409,
                ControlError::Amount | ControlError::NoStatement => 400,
                ControlError::NotSaved => 500,
            };
            failure(status, &error.to_string())
        }
    }
}

async fn reset(State(app): State<App>, call: Call) -> Response {
    if let Some(refused) = refused(&call) {
        return refused;
    }
    app.reset();
    reply::json(200, &json!({"reset": true}))
}

async fn clock(State(app): State<App>, call: Call) -> Response {
    if let Some(refused) = refused(&call) {
        return refused;
    }
    let seconds = call.json_of_any_type().and_then(|body| body.get("advance_seconds").and_then(Value::as_u64));
    let Some(seconds) = seconds else { return failure(400, "advance_seconds is missing") };
    app.advance(Duration::from_secs(seconds));
    reply::json(200, &json!({"now": app.now()}))
}

async fn webhooks(State(app): State<App>) -> Response {
    reply::json(200, &json!({"webhooks": app.sender().attempts()}))
}

async fn logout(State(app): State<App>, call: Call) -> Response {
    if let Some(refused) = refused(&call) {
        return refused;
    }
    app.with(|world, _| world.end_sessions());
    reply::json(200, &json!({"sessions": 0}))
}
