//! The sandbox's own API, under `/_sandbox`: JSON in and out. `openapi.yaml` describes it.

mod faults;
mod payments;
mod seed;
mod waits;
mod webhooks;
mod whole;

use std::fmt;

use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::app::App;
use crate::call::MAX_BODY;
use crate::reply;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(payments::routes())
        .merge(faults::routes())
        .merge(whole::routes())
        .merge(webhooks::routes())
        .merge(seed::routes())
        .merge(waits::routes())
        .fallback(|| async {
            failure(404, "there is no such path: /_sandbox/openapi.yaml describes those that are there")
        })
        .method_not_allowed_fallback(|| async {
            failure(405, "this path has no such method: /_sandbox/openapi.yaml describes those that it has")
        })
}

fn failure(status: u16, error: &str) -> Response {
    reply::json(status, &json!({"error": error}))
}

/// A body of so many bytes at most that is the JSON of a type, whatever it says that it is. No body at all is `null`.
struct Json<T, const MOST: usize = MAX_BODY>(T);

impl<T: DeserializeOwned, S: Sync, const MOST: usize> FromRequest<S> for Json<T, MOST> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let body = axum::body::to_bytes(request.into_body(), MOST).await;
        let body = body.map_err(|_| failure(413, &format!("the body is larger than {MOST} bytes, or was cut off")))?;
        let body = if body.is_empty() { "null".as_bytes() } else { &body };
        let refused = |error: &dyn fmt::Display| failure(400, &format!("the body is not right: {error}"));
        if body.trim_ascii_start().starts_with(b"[") {
            // Serde would take the members of a list for those of an object.
            return Err(refused(&"expected an object"));
        }
        serde_json::from_slice(body).map(Self).map_err(|error| refused(&error))
    }
}

/// The body of a call that needs none: nothing, `null` or `{}`.
type NoBody = Json<Option<Nothing>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}
