//! Delivering an event once more.

use axum::extract::{Request, State};
use axum::response::Response;
use gerbang::ledger::Event;
use http::StatusCode;

use crate::app::App;
use crate::problem::{Code, Detail, Next, Problem, Thing};
use crate::query::Name;
use crate::{ids, json, limits, reply, view, webhooks};

/// `POST /v1/events/{id}/redeliver`
pub async fn redeliver(State(app): State<App>, Name(id): Name, request: Request) -> Result<Response, Problem> {
    json::nothing(&limits::json_body(request).await?)?;
    Ok(reply::json(StatusCode::ACCEPTED, &view::event(&again(&app, &id).await?)))
}

/// Plans the delivery of an event once more.
pub async fn again(app: &App, id: &str) -> Result<Event, Problem> {
    let seq = ids::event(id).ok_or_else(|| Problem::not_found(Thing::Event))?;
    if !app.delivers() {
        return Err(Problem::new(Code::NoWebhook, Detail::NoWebhook, Next::SetAWebhook));
    }
    webhooks::again(app.ledger(), seq).await?.ok_or_else(|| Problem::not_found(Thing::Event))
}
