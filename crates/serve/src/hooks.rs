//! The addresses that gateways are given.

use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;

use crate::app::App;
use crate::limits;
use crate::problem::Problem;
use crate::query::Name;

/// `POST /hooks/{account}`
pub async fn notified(State(app): State<App>, Name(account): Name, request: Request) -> Result<Response, Problem> {
    let (Parts { headers, .. }, body) = request.into_parts();
    let body = limits::read(body).await?;
    Ok(app.ledger().notified(&account, &headers, &body).await.map(Into::into))
}
