//! What faults do to the replies of providers.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::faults::{Effect, parsed_header};
use crate::{Provider, providers, reply};

/// How many bytes a replacement puts into a body at most. A reply that would have more is lost.
const MAX_REPLACED: usize = 16 * 1024 * 1024;

/// The reply of a call, after the effect of a fault has acted on it.
pub(crate) async fn act(effect: Effect, provider: Provider, operation: Option<&str>, response: Response) -> Response {
    match effect {
        Effect::Close { .. } => reply::lose(response),
        Effect::Reply { status, content_type, body, headers, .. } => {
            reply::in_place_of(response, made(status, &content_type, body, &headers))
        }
        Effect::Truncate => reply::cut(response),
        Effect::Delay { milliseconds } => reply::late(response, Duration::from_millis(milliseconds)),
        Effect::Refuse { message, .. } => {
            reply::in_place_of(response, providers::refusal(provider, operation, &message))
        }
        // It acts on how the call is carried out, or before all others.
        Effect::Later { .. } | Effect::Spell { .. } => response,
        Effect::Replace { from, to } => replaced(response, &from, &to).await,
    }
}

fn made(status: u16, content_type: &str, body: String, headers: &BTreeMap<String, String>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let (false, Ok(value)) = (content_type.is_empty(), HeaderValue::try_from(content_type)) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response.headers_mut().extend(headers.iter().filter_map(|(name, value)| parsed_header(name, value).ok()));
    response
}

async fn replaced(response: Response, from: &str, to: &str) -> Response {
    let (parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, usize::MAX).await.ok().and_then(|body| String::from_utf8(body.into()).ok());
    let is_bounded = |text: &String| text.matches(from).count().saturating_mul(to.len()) <= MAX_REPLACED;
    match text.filter(is_bounded) {
        Some(text) => Response::from_parts(parts, Body::from(text.replace(from, to))),
        None => reply::lose(Response::from_parts(parts, Body::empty())),
    }
}
