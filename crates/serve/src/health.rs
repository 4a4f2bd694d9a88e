//! Whether the daemon runs and reaches its database, and the description of its calls.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use gerbang::Delivery;
use http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::problem::{Code, Detail, Problem};
use crate::reply;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// `GET /healthz`
pub async fn live() -> Response {
    reply::json(StatusCode::OK, &json!({"status": "ok"}))
}

/// `GET /readyz`
pub async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    match tokio::time::timeout(PATIENCE, app.ledger().some_events(i64::MAX, 1)).await {
        Ok(Ok(_)) => Ok(reply::json(StatusCode::OK, &json!({"status": "ok"}))),
        _ => Err(Problem::busy(Code::DatabaseAway, Detail::DatabaseSilent, Delivery::NotSent)),
    }
}

/// `GET /openapi.json`
pub async fn description() -> Response {
    reply::text(StatusCode::OK, "application/json", include_str!("../openapi.json").to_owned())
}
