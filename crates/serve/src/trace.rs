//! A line of the log and a span for each call.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use tokio::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

/// Logs a call, within a span after OpenTelemetry's conventions. Of its path only the template is said: neither names nor queries.
pub async fn traced(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let method = known(&method);
    let route = request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!(
        "gerbang.request",
        otel.kind = "server",
        otel.name = format!("{method} {route}"),
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    #[cfg(feature = "otlp")]
    crate::telemetry::continue_trace(&span, request.headers());
    let began = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, elapsed) = (response.status().as_u16(), began.elapsed().as_millis() as u64);
    span.record("http.response.status_code", status);
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let _in_span = span.entered();
    tracing::info!(
        http.request.method = method,
        http.route = route,
        http.response.status_code = status,
        elapsed,
        "a call"
    );
    response
}

/// A method that is well known, or `_OTHER`: a client may send any word.
fn known(method: &Method) -> &str {
    let known = [Method::GET, Method::POST, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH];
    if known.contains(method) { method.as_str() } else { "_OTHER" }
}
