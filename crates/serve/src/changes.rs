//! Cancelling a payment, and another attempt once it is over.

use axum::extract::{Request, State};
use axum::response::Response;
use gerbang::ledger::{Cancelled, Standing};
use http::StatusCode;

use crate::app::App;
use crate::payments::{found, named, status};
use crate::problem::{Code, Detail, Next, Problem, Thing, awaits_person, before_sending};
use crate::query::Name;
use crate::{json, keys, limits, order, reply, view};

/// `POST /v1/payments/{id}/cancel`
pub async fn cancel(State(app): State<App>, Name(id): Name, request: Request) -> Result<Response, Problem> {
    let order = named(&id)?;
    json::nothing(&limits::json_body(request).await?)?;
    let outcome = match app.ledger().cancel(&order).await? {
        Cancelled::Closed => "closed",
        Cancelled::Paid => "paid",
        Cancelled::AwaitsPerson => return Err(awaits_person()),
        // Also whatever a later ledger says: it may be paid still.
        _ => "still_open",
    };
    let mut payment = view::payment(&app, &found(&app, &order).await?);
    payment["outcome"] = outcome.into();
    Ok(reply::json(StatusCode::OK, &payment))
}

/// `POST /v1/payments/{id}/attempts`
pub async fn attempt(State(app): State<App>, Name(id): Name, request: Request) -> Result<Response, Problem> {
    let order = named(&id)?;
    let key = keys::of(request.headers())?;
    let body = limits::json_body(request).await?;
    let work = {
        let (app, body) = (app.clone(), body.clone());
        async move { attempt_again(&app, &order, &body).await }
    };
    keys::once(app.ledger(), key, &format!("{id}/attempts"), &body, work).await
}

async fn attempt_again(app: &App, order: &str, body: &[u8]) -> Result<(StatusCode, serde_json::Value), Problem> {
    let record = found(app, order).await?;
    let last = app.ledger().last_request(order).await.map_err(before_sending)?;
    let mut last = last.ok_or_else(|| Problem::not_found(Thing::Payment))?;
    last.amount = record.amount;
    let account = record.current().map_or("", |attempt| &attempt.account);
    let wanted = order::again(body, app, last, account)?;
    match record.standing {
        Standing::Closed => {
            let created = app.ledger().pay(&wanted.order, &wanted.account).await;
            let status = status(StatusCode::CREATED, created)?;
            Ok((status, view::payment(app, &found(app, order).await?)))
        }
        Standing::Paid => Err(Problem::new(Code::Paid, Detail::Paid, Next::Ship)),
        Standing::Attention => Err(awaits_person()),
        _ => Err(Problem::new(Code::Open, Detail::Open, Next::CancelFirst)),
    }
}
