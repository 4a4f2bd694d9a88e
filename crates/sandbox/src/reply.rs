//! Replies, also those that never arrive whole.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use gerbang_qris::Qris;
use serde_json::Value;

/// Marks a reply after which the server closes the connection without sending it.
#[derive(Clone, Copy)]
pub(crate) struct Lost;

/// A reply with a body.
pub(crate) fn with(status: impl TryInto<StatusCode>, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status.try_into().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// JSON.
pub(crate) fn json(status: u16, body: &Value) -> Response {
    with(status, "application/json", body.to_string())
}

/// A web page.
pub(crate) fn html(status: u16, body: impl Into<String>) -> Response {
    with(status, "text/html; charset=utf-8", body.into())
}

/// Plain text.
pub(crate) fn text(status: StatusCode, body: &'static str) -> Response {
    with(status, "text/plain; charset=utf-8", body)
}

/// A QRIS payload as a picture, or 404 if it is none.
pub(crate) fn svg(payload: Option<&str>) -> Response {
    match payload.and_then(|payload| Qris::parse(payload).ok()?.to_svg().ok()) {
        Some(svg) => with(200_u16, "image/svg+xml", svg),
        None => text(StatusCode::NOT_FOUND, "There is no such picture.\n"),
    }
}

/// A reply that says when to come back.
pub(crate) fn come_back(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// A reply that never arrives: the connection is closed.
pub(crate) fn lost() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Lost);
    response
}

/// The first half of a reply, which says how long the whole is.
pub(crate) async fn truncated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = axum::body::to_bytes(body, usize::MAX).await else { return lost() };
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    let pieces = futures_util::stream::unfold(Some(half), |half| async move {
        match half {
            Some(half) => Some((Ok::<_, Infallible>(half), None)),
            None => {
                // The half goes out before the connection is closed.
                tokio::time::sleep(Duration::from_millis(50)).await;
                None
            }
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// Text as it may stand in a web page, also in an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A web page of the sandbox.
pub(crate) fn page(status: u16, title: &str, body: &str) -> Response {
    let title = escape(title);
    html(
        status,
        format!(
            "<!doctype html>\n<html lang=\"id\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n{body}\n</html>\n"
        ),
    )
}
