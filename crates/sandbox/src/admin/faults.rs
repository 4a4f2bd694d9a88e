//! Faults: which are set, a new one, and their end.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get};
use serde_json::json;

use super::{Json, NoBody, failure};
use crate::app::App;
use crate::faults::{Fault, FaultError};
use crate::reply;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/faults", get(all).post(add).delete(clear)).route("/faults/{number}", delete(remove))
}

async fn all(State(app): State<App>) -> Response {
    reply::json(200, &json!({"faults": app.faults().all()}))
}

async fn add(State(app): State<App>, Json(fault): Json<Fault>) -> Response {
    match app.faults().add(fault) {
        Ok(number) => reply::json(201, &json!({"number": number})),
        Err(error) => {
            let status = if error == FaultError::TooMany { 409 } else { 400 };
            failure(status, &error.to_string())
        }
    }
}

async fn remove(State(app): State<App>, number: Result<Path<u64>, PathRejection>, _: NoBody) -> Response {
    match number {
        Ok(Path(number)) if app.faults().remove(number) => reply::json(200, &json!({"removed": 1})),
        _ => failure(404, "no fault has this number"),
    }
}

async fn clear(State(app): State<App>, _: NoBody) -> Response {
    reply::json(200, &json!({"removed": app.faults().clear()}))
}
