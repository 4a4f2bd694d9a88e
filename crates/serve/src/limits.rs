//! What bounds a call: its body, its time, and how many calls and streams there are at a time.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use gerbang::Delivery;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;

use crate::hosts::{self, Hosts};
use crate::problem::{Code, Detail, Next as What, Problem};
use crate::trace::traced;

/// The largest body in bytes, of calls and of notifications.
const LARGEST_BODY: usize = 64 * 1024;

/// How long a client may take to send a body.
const LONGEST_SENDING: Duration = Duration::from_secs(15);

/// How long a call may take. A creation goes on without its caller.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// How many calls there may be at a time.
const MOST_CALLS: usize = 512;

/// How many streams shops may have at a time.
const MOST_OF_SHOPS: usize = 128;

/// How many customers' pages may have one at a time; the others ask now and then.
const MOST_OF_PAGES: usize = 1024;

/// The places of streams.
pub struct Streams {
    pub shops: Arc<Semaphore>,
    pub pages: Arc<Semaphore>,
}

impl Default for Streams {
    fn default() -> Self {
        let places = |most| Arc::new(Semaphore::new(most));
        Self { shops: places(MOST_OF_SHOPS), pages: places(MOST_OF_PAGES) }
    }
}

/// A router within its limits, which logs each call.
pub fn around(router: Router, hosts: &Arc<Hosts>) -> Router {
    let calls = Arc::new(Semaphore::new(MOST_CALLS));
    router
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(calls, one_of_many))
        // Who sends slowly is in nobody's way.
        .layer(from_fn(sent))
        .layer(from_fn_with_state(Arc::clone(hosts), hosts::check))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| Problem::internal().into_response()))
        .layer(map_response(private))
        .layer(from_fn(traced))
}

/// The JSON that a call brings; empty where it brings none.
pub async fn json_body(request: Request) -> Result<Bytes, Problem> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(|text| {
        let media_type = text.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    });
    let body = read(request.into_body()).await?;
    match media_type.as_deref() {
        None if body.is_empty() => Ok(body),
        Some("application/json") => Ok(body),
        _ => Err(Problem::new(Code::UnsupportedMediaType, Detail::NotJsonType, What::SetTheType)),
    }
}

/// A body that is not too large.
pub async fn read(body: Body) -> Result<Bytes, Problem> {
    // One that says how large it is is not waited for.
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(too_large());
    }
    axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large())
}

fn too_large() -> Problem {
    Problem::new(Code::TooLarge, Detail::TooLarge(LARGEST_BODY), What::SendLess)
}

/// Reads the body before the call takes a place.
async fn sent(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match timeout(LONGEST_SENDING, read(body)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => {
            Problem::new(Code::SlowBody, Detail::SlowBody(LONGEST_SENDING.as_secs()), What::SendTheSame).into_response()
        }
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match timeout(LONGEST_CALL, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::busy(Code::Timeout, Detail::TooLong, Delivery::MaybeSent).into_response(),
    }
}

async fn one_of_many(State(calls): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    match calls.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => Problem::busy(Code::Busy, Detail::TooManyCalls, Delivery::NotSent).into_response(),
    }
}

/// Payments are for nobody's cache; what may be kept says so itself.
async fn private(mut response: Response) -> Response {
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
