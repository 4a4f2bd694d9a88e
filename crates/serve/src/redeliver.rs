//! Delivering an event once more.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use crate::app::App;
use crate::problem::Problem;
use crate::query::Name;
use crate::{ids, reply, view, webhooks};

/// `POST /v1/events/{id}/redeliver`
pub async fn redeliver(State(app): State<App>, Name(id): Name) -> Result<Response, Problem> {
    let seq = ids::event(&id).ok_or_else(|| Problem::not_found("event"))?;
    if !app.delivers() {
        let next = "set webhook_url and webhook_secret, or read GET /v1/events";
        return Err(Problem::conflict("no_webhook", "the daemon delivers no events", next));
    }
    let event = webhooks::again(app.ledger(), seq).await?.ok_or_else(|| Problem::not_found("event"))?;
    Ok(reply::json(StatusCode::ACCEPTED, &view::event(&event)))
}
