//! Money that is due back to customers. A person gives it back; here it is only written down.

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use gerbang::ledger::{Error, Surplus};
use http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::problem::{Code, Detail, Form, Next, Problem, Thing};
use crate::query::{Name, Query};
use crate::{ids, json as body, limits, reply, view};

/// `GET /v1/surplus`
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["open", "after", "limit"])?;
    let only_due = query.read_as("open", Form::TrueOnly, |text| (text == "true").then_some(true))?;
    let after = query.read_as("after", Form::SurplusId, ids::number)?;
    let (records, next) = page(&app, only_due.unwrap_or(false), after, query.limit()?).await?;
    let surplus: Vec<_> = records.iter().map(view::surplus).collect();
    Ok(reply::json(StatusCode::OK, &json!({"surplus": surplus, "next": next})))
}

/// The oldest after a number of theirs, and the place of the next page where there is one.
pub async fn page(
    app: &App,
    only_due: bool,
    after: Option<i64>,
    limit: u32,
) -> Result<(Vec<Surplus>, Option<String>), Error> {
    let mut records = app.ledger().surplus_records(only_due, after.unwrap_or(0), limit + 1).await?;
    let has_more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let next = records.last().filter(|_| has_more).map(|surplus| surplus.id.to_string());
    Ok((records, next))
}

/// `POST /v1/surplus/{id}/refunded`
pub async fn refunded(State(app): State<App>, Name(id): Name, request: Request) -> Result<Response, Problem> {
    let id = ids::number(&id).ok_or_else(|| Problem::not_found(Thing::Surplus))?;
    let mut members = body::object(&limits::json_body(request).await?)?;
    let by = body::required(members.text("by", 100)?, "by")?;
    let note = members.text("note", 1000)?.unwrap_or_default();
    members.end()?;
    write_down(&app, id, &by, &note).await?;
    Ok(reply::json(StatusCode::OK, &view::surplus(&found(&app, id).await?)))
}

/// Writes down that a person has given a surplus back. No money moves.
pub async fn write_down(app: &App, id: i64, by: &str, note: &str) -> Result<(), Problem> {
    if found(app, id).await?.refund.is_some() {
        return Err(is_refunded());
    }
    if by.trim().is_empty() {
        return Err(Problem::invalid(Detail::Missing("by".to_owned())));
    }
    match app.ledger().refunded(id, by, note).await {
        // Somebody else was faster.
        Err(Error::NotFound(_)) => Err(is_refunded()),
        written => Ok(written?),
    }
}

async fn found(app: &App, id: i64) -> Result<Surplus, Problem> {
    app.ledger().surplus_record(id).await?.ok_or_else(|| Problem::not_found(Thing::Surplus))
}

fn is_refunded() -> Problem {
    Problem::new(Code::SurplusRefunded, Detail::Refunded, Next::LookAtTheSurplus)
}
