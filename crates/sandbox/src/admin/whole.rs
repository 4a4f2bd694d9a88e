//! The sandbox as a whole, or one credential: its clock, its sessions, its end, and the description of this API.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use gerbang_core::Secret;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::{Json, NoBody, failure};
use crate::app::App;
use crate::clock::Move;
use crate::{Provider, reply};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/clock", get(time).post(clock))
        .route("/klink/logout", post(logout))
        .route("/reset", post(reset))
        .route("/openapi.yaml", get(description))
}

async fn time(State(app): State<App>) -> Response {
    reply::json(200, &json!(app.time()))
}

/// What is done with a clock. At least one of the first three is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default)]
    now: Option<Timestamp>,
    #[serde(default)]
    advance_seconds: Option<i64>,
    #[serde(default)]
    stopped: Option<bool>,
    #[serde(default)]
    provider: Option<Provider>,
    #[serde(default)]
    credential: Option<Secret>,
}

async fn clock(State(app): State<App>, Json(change): Json<Change>) -> Response {
    let moved =
        Move { to: change.now, by: change.advance_seconds.map(SignedDuration::from_secs), stops: change.stopped };
    if moved == Move::default() {
        return failure(400, "the body is not right: advance_seconds, now or stopped must be there");
    }
    let set = match (change.provider, &change.credential) {
        (None, None) => app.set_clock(moved).map(|()| app.time()).map_err(|error| error.to_string()),
        (Some(provider), Some(credential)) => {
            app.set_clock_of(provider, credential.expose(), moved).map_err(|error| error.to_string())
        }
        _ => Err(BOTH.to_owned()),
    };
    set.map_or_else(|error| failure(400, &error), |time| reply::json(200, &json!(time)))
}

/// What is wrong where one of the two is missing.
const BOTH: &str = "the body is not right: provider and credential must both be there, or neither";

async fn logout(State(app): State<App>, _: NoBody) -> Response {
    app.with(|world, _| world.end_sessions());
    reply::json(200, &json!({"sessions": 0}))
}

/// Whose everything is forgotten.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    #[serde(default)]
    provider: Option<Provider>,
    #[serde(default)]
    credential: Option<Secret>,
}

async fn reset(State(app): State<App>, Json(whose): Json<Option<Whose>>) -> Response {
    let whose = whose.unwrap_or_default();
    match (whose.provider, whose.credential) {
        (None, None) => app.reset(),
        (Some(provider), Some(credential)) => {
            if let Err(error) = app.reset_credential(provider, credential.expose()) {
                return failure(400, &error.to_string());
            }
        }
        _ => return failure(400, BOTH),
    }
    reply::json(200, &json!({"reset": true}))
}

async fn description() -> Response {
    reply::with(200_u16, "application/yaml", include_str!("../../openapi.yaml"))
}
