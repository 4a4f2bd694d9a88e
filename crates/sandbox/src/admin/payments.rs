//! Payments: all of them, and what happens to one.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::{Json, NoBody, failure};
use crate::app::App;
use crate::state::{Action, ControlError, World};
use crate::{Provider, reply};

pub(super) fn routes() -> Router<App> {
    let action = |action: Action| {
        post(move |State(app): State<App>, path: Named, _: NoBody| async move { control(&app, path, action) })
    };
    Router::new()
        .route("/payments", get(payments))
        .route("/payments/{provider}/{id}/pay", action(Action::Pay))
        .route("/payments/{provider}/{id}/pay_late", action(Action::PayLate))
        .route("/payments/{provider}/{id}/deposit", action(Action::Deposit))
        .route("/payments/{provider}/{id}/expire", action(Action::Expire))
        .route("/payments/{provider}/{id}/cancel", action(Action::Cancel))
        .route("/payments/{provider}/{id}/underpay", post(underpay))
}

async fn payments(State(app): State<App>) -> Response {
    reply::json(200, &json!({"payments": app.with(World::payments)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Underpayment {
    amount: u64,
}

async fn underpay(State(app): State<App>, path: Named, Json(body): Json<Underpayment>) -> Response {
    control(&app, path, Action::Underpay(body.amount))
}

/// The provider and the name of a payment, as the path has them.
type Named = Result<Path<(String, String)>, PathRejection>;

fn control(app: &App, path: Named, action: Action) -> Response {
    let Ok(Path((provider, id))) = path else { return failure(404, &ControlError::NotFound.to_string()) };
    let Ok(provider) = provider.parse::<Provider>() else { return failure(404, "no provider has this name") };
    match app.control(provider, &id, action) {
        Ok(payment) => reply::json(200, &json!(payment)),
        Err(error) => {
            let status = match error {
                ControlError::NotFound => 404,
                ControlError::Ambiguous | ControlError::NotPending(_) | ControlError::NotEnded(_) => 409,
                ControlError::Amount | ControlError::NoStatement => 400,
                ControlError::NotSaved => 500,
            };
            failure(status, &error.to_string())
        }
    }
}
