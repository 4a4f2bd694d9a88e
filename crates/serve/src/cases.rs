//! What only a person can settle.

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use gerbang::ledger::{CaseRecord, Resolution};
use http::StatusCode;
use serde_json::json;

use crate::app::App;
use crate::problem::{Code, Detail, Form, Next, Problem, Thing};
use crate::query::{Name, Query};
use crate::{ids, json as body, limits, reply, view};

/// `GET /v1/cases`
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["open", "after", "limit"])?;
    let only_open = query.read_as("open", Form::TrueOnly, |text| (text == "true").then_some(true))?;
    let after = query.read_as("after", Form::CaseId, ids::number)?.unwrap_or(0);
    let limit = query.limit()?;
    let mut cases = app.ledger().case_records(only_open.unwrap_or(false), after, limit + 1).await?;
    let has_more = cases.len() > limit as usize;
    cases.truncate(limit as usize);
    let next = cases.last().filter(|_| has_more).map(|record| record.case.id.to_string());
    let cases: Vec<_> = cases.iter().map(view::case).collect();
    Ok(reply::json(StatusCode::OK, &json!({"cases": cases, "next": next})))
}

/// `POST /v1/cases/{id}/resolve`
pub async fn resolve(State(app): State<App>, Name(id): Name, request: Request) -> Result<Response, Problem> {
    let id = ids::number(&id).ok_or_else(|| Problem::not_found(Thing::Case))?;
    let mut members = body::object(&limits::json_body(request).await?)?;
    let resolution = body::required(members.text("resolution", 16)?, "resolution")?;
    let resolution = Resolution::parse(&resolution).ok_or_else(|| Problem::must_be("resolution", Form::Resolution))?;
    let by = body::required(members.text("by", 100)?, "by")?;
    let note = members.text("note", 1000)?.unwrap_or_default();
    members.end()?;
    settle(&app, id, resolution, &by, &note).await?;
    Ok(reply::json(StatusCode::OK, &view::case(&found(&app, id).await?)))
}

/// Settles a case.
pub async fn settle(app: &App, id: i64, resolution: Resolution, by: &str, note: &str) -> Result<(), Problem> {
    let record = found(app, id).await?;
    if record.settled.is_some() {
        return Err(settled());
    }
    if by.trim().is_empty() {
        return Err(Problem::invalid(Detail::Missing("by".to_owned())));
    }
    if !record.case.can_be(resolution) {
        return Err(Problem::invalid(Detail::OnlyNoted));
    }
    match app.ledger().resolve(id, resolution, by, note).await {
        // Somebody else was faster.
        Err(gerbang::ledger::Error::NotFound(_)) => Err(settled()),
        resolved => Ok(resolved?),
    }
}

async fn found(app: &App, id: i64) -> Result<CaseRecord, Problem> {
    app.ledger().case_record(id).await?.ok_or_else(|| Problem::not_found(Thing::Case))
}

fn settled() -> Problem {
    Problem::new(Code::CaseSettled, Detail::Settled, Next::LookAtTheCases)
}
