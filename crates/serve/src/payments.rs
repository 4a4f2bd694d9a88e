//! Creating payments and looking at them.

use std::time::Duration;

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use gerbang::Payment;
use gerbang::ledger::{self, Filter, OrderRecord, Placed, Standing};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::app::App;
use crate::order::{self, Wanted};
use crate::problem::{Form, Problem, Thing, before_sending};
use crate::query::{Name, Query};
use crate::{ids, keys, limits, reply, view};

/// The longest time that a question waits for news, in seconds.
const LONGEST_WAIT: u64 = 30;

/// `POST /v1/payments`
pub async fn create(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let key = keys::of(request.headers())?;
    let body = limits::json_body(request).await?;
    let wanted = order::placed(&body, &app)?;
    let order = wanted.order.id().to_owned();
    let mut response = keys::once(app.ledger(), key, "payments", &body, place(app.clone(), wanted)).await?;
    if response.status() == StatusCode::CREATED
        && let Ok(location) = HeaderValue::try_from(format!("/v1/payments/{}", ids::payment(&order)))
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn place(app: App, wanted: Wanted) -> Result<(StatusCode, Value), Problem> {
    let placed = app.ledger().place(&wanted.order, &wanted.account).await.map_err(before_sending)?;
    let status = match placed {
        Placed::New(created) => status(StatusCode::CREATED, created)?,
        Placed::UnderWay(created) => status(StatusCode::OK, created)?,
        _ => StatusCode::OK,
    };
    Ok((status, view::payment(&app, &found(&app, wanted.order.id()).await?)))
}

/// The status of a reply to who has had a payment created.
pub fn status(created: StatusCode, payment: Result<Payment, ledger::Error>) -> Result<StatusCode, Problem> {
    match payment {
        Ok(_) => Ok(created),
        // It may exist: the daemon finds out, and the payment says so.
        Err(ledger::Error::Unanswered { .. }) => Ok(StatusCode::ACCEPTED),
        Err(error) => Err(error.into()),
    }
}

/// The record of an order that must be there.
pub async fn found(app: &App, order: &str) -> Result<OrderRecord, Problem> {
    app.ledger().record(order).await?.ok_or_else(|| Problem::not_found(Thing::Payment))
}

/// The order of a payment's id in a path.
pub fn named(id: &str) -> Result<String, Problem> {
    ids::order(id).ok_or_else(|| Problem::not_found(Thing::Payment))
}

/// `GET /v1/payments/{id}`
pub async fn get(State(app): State<App>, Name(id): Name, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["wait"])?;
    let seconds = |text: &str| text.parse().ok().filter(|seconds| (1..=LONGEST_WAIT).contains(seconds));
    let wait = query.read_as("wait", Form::Wait(LONGEST_WAIT), seconds)?.unwrap_or(0);
    let mut until = Instant::now() + Duration::from_secs(wait);
    let order = named(&id)?;
    let mut waiting = (wait > 0).then(|| app.news().of(&order));
    loop {
        let record = found(&app, &order).await?;
        let waiting = waiting.as_mut().filter(|_| record.standing == Standing::Pending && Instant::now() < until);
        let Some(waiting) = waiting else {
            return Ok(reply::json(StatusCode::OK, &view::payment(&app, &record)));
        };
        tokio::select! {
            () = waiting.changed() => {}
            () = sleep_until(until) => {}
            () = app.stopped() => until = Instant::now(),
        }
    }
}

/// `GET /v1/payments`
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &["order", "status", "account", "after", "limit"])?;
    let limit = query.limit()?;
    let mut filter = Filter::default();
    filter.standing = query.read_as("status", Form::Status, Standing::parse)?;
    filter.account = query.get("account").map(str::to_owned);
    filter.after = query.read_as("after", Form::NextOfAPage, ids::place)?;
    if let Some(order) = query.get("order") {
        let record = app.ledger().record(order).await?;
        return Ok(page(
            &app,
            &record.into_iter().filter(|record| is_wanted(record, &filter)).collect::<Vec<_>>(),
            None,
        ));
    }
    let mut records = app.ledger().records(&filter, limit + 1).await?;
    let has_more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let next = records.last().filter(|_| has_more).map(ids::cursor);
    Ok(page(&app, &records, next))
}

/// Whether an order that is asked for by name is also of the kind that is asked for.
fn is_wanted(record: &OrderRecord, filter: &Filter) -> bool {
    let is_at = |account: &String| record.attempts.iter().any(|attempt| attempt.account == *account);
    filter.standing.is_none_or(|standing| standing == record.standing)
        && filter.account.as_ref().is_none_or(is_at)
        && filter.after.as_ref().is_none_or(|after| (record.created_at, &record.order) < (after.0, &after.1))
}

fn page(app: &App, records: &[OrderRecord], next: Option<String>) -> Response {
    let payments: Vec<_> = records.iter().map(|record| view::payment(app, record)).collect();
    reply::json(StatusCode::OK, &json!({"payments": payments, "next": next}))
}
