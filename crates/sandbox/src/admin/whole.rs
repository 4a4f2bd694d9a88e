//! The sandbox as a whole: its requests, its clock, its sessions, its end, and the description of this API.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

use super::{Json, NoBody, failure};
use crate::app::App;
use crate::clock::Move;
use crate::reply;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/requests", get(requests))
        .route("/clock", post(clock))
        .route("/klink/logout", post(logout))
        .route("/reset", post(reset))
        .route("/openapi.yaml", get(description))
}

async fn requests(State(app): State<App>) -> Response {
    reply::json(200, &json!({"requests": app.requests().all(), "counts": app.requests().counts()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn clock(State(app): State<App>, Json(body): Json<Advance>) -> Response {
    let by = i64::try_from(body.advance_seconds).map_or(SignedDuration::MAX, SignedDuration::from_secs);
    match app.set_clock(Move { by: Some(by), ..Move::default() }) {
        Ok(()) => reply::json(200, &json!({"now": app.now()})),
        Err(error) => failure(400, &error.to_string()),
    }
}

async fn logout(State(app): State<App>, _: NoBody) -> Response {
    app.with(|world, _| world.end_sessions());
    reply::json(200, &json!({"sessions": 0}))
}

async fn reset(State(app): State<App>, _: NoBody) -> Response {
    app.reset();
    reply::json(200, &json!({"reset": true}))
}

async fn description() -> Response {
    reply::with(200_u16, "application/yaml", include_str!("../../openapi.yaml"))
}
