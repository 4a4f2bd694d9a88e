//! Events: all of them, in order.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::problem::{Form, Problem};
use crate::query::Query;
use crate::{ids, reply, view};

/// `GET /v1/events`
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["after", "limit"])?;
    let after = query.read_as("after", Form::EventId, ids::event)?.unwrap_or(0);
    let limit = query.limit()?;
    let mut events = app.ledger().some_events(after, limit + 1).await?;
    let has_more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| has_more).map(|event| event.id());
    let events: Vec<_> = events.iter().map(view::event).collect();
    Ok(reply::json(StatusCode::OK, &json!({"events": events, "next": next})))
}
