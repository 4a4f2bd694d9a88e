//! Traces to an OpenTelemetry collector, by OTLP over HTTP.

use std::time::Duration;
use std::{env, thread};

use gerbang::Network;
use http::HeaderMap;
use opentelemetry::KeyValue;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{
    OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_TIMEOUT_DEFAULT, OTEL_EXPORTER_OTLP_TRACES_TIMEOUT, SpanExporter,
    WithHttpConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use reqwest::blocking::{Client, ClientBuilder};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// The variables that name a collector.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// The variables that say how long the collector may take to answer.
const PATIENCES: [&str; 2] = [OTEL_EXPORTER_OTLP_TRACES_TIMEOUT, OTEL_EXPORTER_OTLP_TIMEOUT];

/// Spans that are sent to an OpenTelemetry collector: calls to the daemon, what they ask the gateways, and webhooks.
#[derive(Debug)]
pub struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// What the environment's `OTEL_` variables ask for. None unless one names a collector, as
    /// `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318` does.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn from_env() -> Result<Option<Self>, String> {
        let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_off = env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
        if is_off || !ENDPOINTS.iter().any(is_set) {
            return Ok(None);
        }
        let exporter = SpanExporter::builder().with_http().with_http_client(client()?).build();
        let exporter = exporter.map_err(|error| format!("{}: {error}", ENDPOINTS.join(" or ")))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let mut resource = Resource::builder().with_attribute(version);
        if !is_set(&"OTEL_SERVICE_NAME") {
            resource = resource.with_service_name("gerbang");
        }
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build());
        Ok(Some(Self(provider.build())))
    }

    /// What sees the spans. Of events it sees what the log has.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        // What sends the spans would else be traced itself.
        let ours = filter_fn(|metadata| {
            let least = if metadata.is_span() { Level::DEBUG } else { Level::INFO };
            metadata.target().starts_with("gerbang") && *metadata.level() <= least
        });
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("gerbang"))
            .with_location(false)
            .with_threads(false)
            .with_filter(ours.with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what has not been sent, for at most five seconds. Blocks.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!("the last spans could not be sent: {error}");
        }
    }
}

/// The client that sends the spans. Without one the exporter makes its own, which has no TLS. Made in a thread, as it must not
/// be where tasks run.
fn client() -> Result<Client, String> {
    let settings = Network::new().http_client().map_err(|error| error.to_string())?;
    let settings = ClientBuilder::from(settings).timeout(patience());
    let made = thread::spawn(|| settings.build()).join();
    made.map_err(|_| "the client that sends spans cannot be made")?.map_err(|error| error.to_string())
}

/// How long the collector may take to answer.
fn patience() -> Duration {
    let milliseconds = |name: &&str| env::var(name).ok()?.parse().ok();
    PATIENCES.iter().find_map(milliseconds).map_or(OTEL_EXPORTER_OTLP_TIMEOUT_DEFAULT, Duration::from_millis)
}

/// Makes a span part of its caller's trace, where a header `traceparent` names one.
pub fn continue_trace(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&Headers(headers));
    // Nobody may look at the span.
    let _ = span.set_parent(parent);
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
