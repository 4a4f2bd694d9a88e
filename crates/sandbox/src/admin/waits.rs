//! Requests, notifications and payments that a test waits for or counts.

use std::time::Duration;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{Json, failure};
use crate::app::App;
use crate::request_log::RequestFilter;
use crate::state::{ControlError, PaymentStatus};
use crate::waiting::{self, LONGEST, NotInTime, PaymentFilter, WebhookFilter};
use crate::{Provider, reply};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/requests", get(requests))
        .route("/requests/wait", post(wait_for_requests))
        .route("/requests/verify", post(verify_requests))
        .route("/webhooks/wait", post(wait_for_webhooks))
        .route("/payments/wait", post(wait_for_payments))
        .route("/payments/{provider}/{id}/wait", post(wait_for_payment))
}

async fn requests(State(app): State<App>, uri: Uri) -> Response {
    match filter(uri.query().unwrap_or_default()) {
        Ok(filter) => {
            reply::json(200, &json!({"requests": app.requests().like(&filter), "counts": app.requests().counts()}))
        }
        Err(error) => failure(400, &format!("the query is not right: {error}")),
    }
}

/// A filter as a query.
fn filter(query: &str) -> serde_json::Result<RequestFilter> {
    let members = form_urlencoded::parse(query.as_bytes()).map(|(name, text)| {
        let number = || text.parse::<u64>().ok().filter(|_| ["status", "after"].contains(&name.as_ref()));
        let value = number().map_or_else(|| Value::from(text.as_ref()), Value::from);
        (name.into_owned(), value)
    });
    serde_json::from_value(Value::Object(members.collect::<Map<_, _>>()))
}

/// What is waited for: the members of a filter, how many, and how long at most.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait<F: Default> {
    #[serde(default)]
    filter: F,
    #[serde(default = "one")]
    count: usize,
    #[serde(default = "usual_time")]
    timeout_milliseconds: u64,
}

fn one() -> usize {
    1
}

fn usual_time() -> u64 {
    5_000
}

/// A time that a call may wait.
fn time(milliseconds: u64) -> Result<Duration, Response> {
    let time = Duration::from_millis(milliseconds);
    if time > LONGEST {
        let most = LONGEST.as_millis();
        return Err(failure(400, &format!("timeout_milliseconds must be from 0 to {most}: call again to wait longer")));
    }
    Ok(time)
}

fn not_in_time(error: NotInTime) -> Response {
    failure(409, &error.to_string())
}

async fn wait_for_requests(State(app): State<App>, Json(wait): Json<Wait<RequestFilter>>) -> Response {
    let time = match time(wait.timeout_milliseconds) {
        Ok(time) => time,
        Err(refused) => return refused,
    };
    match waiting::for_requests(&app, &wait.filter, wait.count, time).await {
        Ok(requests) => reply::json(200, &json!({"requests": requests})),
        Err(error) => not_in_time(error),
    }
}

/// How many requests there must be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verification {
    #[serde(default)]
    filter: RequestFilter,
    #[serde(default)]
    count: Option<usize>,
    #[serde(default)]
    at_least: Option<usize>,
    #[serde(default)]
    at_most: Option<usize>,
}

async fn verify_requests(State(app): State<App>, Json(wanted): Json<Verification>) -> Response {
    if wanted.count.or(wanted.at_least).or(wanted.at_most).is_none() {
        return failure(400, "the body is not right: count, at_least or at_most must be there");
    }
    let found = app.requests().like(&wanted.filter).len();
    let is_right = wanted.count.is_none_or(|count| count == found)
        && wanted.at_least.is_none_or(|least| found >= least)
        && wanted.at_most.is_none_or(|most| found <= most);
    if is_right {
        return reply::json(200, &json!({"found": found}));
    }
    let bounds = [("exactly", wanted.count), ("at least", wanted.at_least), ("at most", wanted.at_most)];
    let wanted = bounds.iter().filter_map(|(word, count)| Some(format!("{word} {}", (*count)?)));
    failure(409, &format!("there are {found} such requests, not {}", wanted.collect::<Vec<_>>().join(" and ")))
}

async fn wait_for_webhooks(State(app): State<App>, Json(wait): Json<Wait<WebhookFilter>>) -> Response {
    let time = match time(wait.timeout_milliseconds) {
        Ok(time) => time,
        Err(refused) => return refused,
    };
    match waiting::for_webhooks(&app, &wait.filter, wait.count, time).await {
        Ok(attempts) => reply::json(200, &json!({"webhooks": attempts})),
        Err(error) => not_in_time(error),
    }
}

async fn wait_for_payments(State(app): State<App>, Json(wait): Json<Wait<PaymentFilter>>) -> Response {
    let time = match time(wait.timeout_milliseconds) {
        Ok(time) => time,
        Err(refused) => return refused,
    };
    match waiting::for_payments(&app, &wait.filter, wait.count, time).await {
        Ok(payments) => reply::json(200, &json!({"payments": payments})),
        Err(error) => not_in_time(error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    status: PaymentStatus,
    #[serde(default = "usual_time")]
    timeout_milliseconds: u64,
}

async fn wait_for_payment(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    Json(wanted): Json<Status>,
) -> Response {
    let Ok(Path((provider, id))) = path else { return failure(404, &ControlError::NotFound.to_string()) };
    let Ok(provider) = provider.parse::<Provider>() else { return failure(404, "no provider has this name") };
    let time = match time(wanted.timeout_milliseconds) {
        Ok(time) => time,
        Err(refused) => return refused,
    };
    match waiting::for_payment(&app, provider, &id, wanted.status, time).await {
        Ok(payment) => reply::json(200, &json!(payment)),
        Err(error) => not_in_time(error),
    }
}
