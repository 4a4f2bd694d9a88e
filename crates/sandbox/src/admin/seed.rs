//! Payments that are there from the beginning.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::{Json, failure};
use crate::app::App;
use crate::seed::Seed;
use crate::{planting, reply};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/seed", post(seed))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds {
    payments: Vec<Seed>,
}

/// The largest list, in bytes. It takes as many payments as one list may have, with names of usual length.
const LARGEST: usize = 1024 * 1024;

async fn seed(State(app): State<App>, Json(wanted): Json<Seeds, LARGEST>) -> Response {
    match planting::plant(&app, &wanted.payments) {
        Ok(payments) => reply::json(201, &json!({"payments": payments})),
        Err(error) => failure(400, &error.to_string()),
    }
}
