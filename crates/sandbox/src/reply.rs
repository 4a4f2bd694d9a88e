//! Replies, also those that never arrive whole.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use gerbang_qris::Qris;
use serde_json::Value;

use crate::policy;
use crate::spelling::{self, Spell};

/// What becomes of a reply on its way to the client.
#[derive(Clone, Copy, Default)]
struct Sabotage {
    lost: bool,
    cut: bool,
    delay: Duration,
}

fn sabotage_of(response: &mut Response) -> &mut Sabotage {
    response.extensions_mut().get_or_insert_default()
}

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

/// A reply that is written in an odd way, if it is JSON. One that gets too large by that is lost.
pub(crate) async fn spelled(response: Response, spells: &[Spell]) -> Response {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|found| found == "application/json");
    if !is_json {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(value) = serde_json::from_slice(&body) else { return Response::from_parts(parts, Body::from(body)) };
    match spelling::write(value, spells) {
        Some(written) => Response::from_parts(parts, Body::from(written.into_bytes())),
        None => lose(Response::from_parts(parts, Body::empty())),
    }
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
    lose(Response::new(Body::empty()))
}

/// Loses a reply: the connection is closed instead.
pub(crate) fn lose(mut response: Response) -> Response {
    sabotage_of(&mut response).lost = true;
    response
}

/// Whether a reply never arrives.
pub(crate) fn is_lost(response: &Response) -> bool {
    response.extensions().get::<Sabotage>().is_some_and(|sabotage| sabotage.lost)
}

/// How much later than it is made a reply is sent.
pub(crate) fn delay_of(response: &Response) -> Duration {
    response.extensions().get::<Sabotage>().map_or(Duration::ZERO, |sabotage| sabotage.delay)
}

/// Cuts a reply: the first half of the body arrives, and the length of the whole; then the connection is closed.
pub(crate) fn cut(mut response: Response) -> Response {
    sabotage_of(&mut response).cut = true;
    response
}

/// Delays a reply, even more if it is late already.
pub(crate) fn late(mut response: Response, by: Duration) -> Response {
    let sabotage = sabotage_of(&mut response);
    sabotage.delay = sabotage.delay.saturating_add(by);
    response
}

/// A reply that takes the place of another, as late as that.
pub(crate) fn in_place_of(mut replaced: Response, response: Response) -> Response {
    late(response, sabotage_of(&mut replaced).delay)
}

/// Waits until a reply is to be sent, and gives what of it arrives; nothing if the connection is to be closed instead.
pub(crate) async fn arriving(mut response: Response) -> Option<Response> {
    let Sabotage { lost, cut, delay } = *sabotage_of(&mut response);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match (lost, cut) {
        (true, _) => None,
        (false, true) => half(response).await,
        (false, false) => Some(response),
    }
}

/// The first half of a reply, which says how long the whole is; nothing if there is nothing to halve.
async fn half(response: Response) -> Option<Response> {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.ok().filter(|whole| !whole.is_empty())?;
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
    Some(Response::from_parts(parts, Body::from_stream(pieces)))
}

/// Text escaped for a web page, also for an attribute.
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

/// How a page of a provider looks.
const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:1rem;overflow-wrap:anywhere}svg{width:20em;max-width:100%;height:auto}";

static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| policy::of(STYLE, None));

/// A web page of a provider.
pub(crate) fn page(status: u16, title: &str, body: &str) -> Response {
    let title = escape(title);
    let page = html(
        status,
        format!(
            "<!doctype html>\n<html lang=\"id\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n<h1>{title}</h1>\n{body}\n</html>\n"
        ),
    );
    policy::guarded(page, POLICY.as_ref())
}
