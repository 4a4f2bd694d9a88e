//! What gateways sent, how it was judged, and judging it again. Never a body, a header or what a customer is called.

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use gerbang::ledger::{Error, NotificationFilter, NotificationOutcome, NotificationRecord};
use http::StatusCode;

use crate::app::App;
use crate::problem::{Form, Problem, Thing};
use crate::query::{Name, Query};
use crate::{ids, json, limits, reply, view};

/// `GET /v1/notifications`
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["account", "outcome", "after", "limit"])?;
    let mut filter = NotificationFilter::default();
    filter.account = query.get("account").map(str::to_owned);
    filter.outcome = query.read_as("outcome", Form::Outcome, NotificationOutcome::parse)?;
    filter.before = query.read_as("after", Form::NotificationId, ids::number)?;
    let (records, next) = page(&app, &filter, query.limit()?).await?;
    let notifications: Vec<_> = records.iter().map(view::notification).collect();
    Ok(reply::json(StatusCode::OK, &serde_json::json!({"notifications": notifications, "next": next})))
}

/// The newest of a kind, and the place of the next page where there is one.
pub async fn page(
    app: &App,
    filter: &NotificationFilter,
    limit: u32,
) -> Result<(Vec<NotificationRecord>, Option<String>), Error> {
    let mut records = app.ledger().notifications(filter, limit + 1).await?;
    let has_more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let next = records.last().filter(|_| has_more).map(|record| record.id.to_string());
    Ok((records, next))
}

/// `POST /v1/notifications/{id}/replay`
pub async fn replay(State(app): State<App>, Name(id): Name, request: Request) -> Result<Response, Problem> {
    json::nothing(&limits::json_body(request).await?)?;
    Ok(reply::json(StatusCode::OK, &view::notification(&again(&app, &id).await?)))
}

/// Judges a notification again, as if it had come again.
pub async fn again(app: &App, id: &str) -> Result<NotificationRecord, Problem> {
    let id = ids::number(id).ok_or_else(|| Problem::not_found(Thing::Notification))?;
    match app.ledger().replay(id).await {
        Err(Error::NotFound(_)) => Err(Problem::not_found(Thing::Notification)),
        replayed => Ok(replayed?),
    }
}
