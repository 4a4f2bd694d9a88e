//! The traces of `gerbang serve`, sent to an OpenTelemetry collector.

use std::net::TcpListener;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};

use axum::body::Bytes;
use axum::routing::post;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::run::{Lines, end, gerbang, signal};
use crate::serve::curl_as;

/// What a shop's own span says of itself, by W3C Trace Context.
const TRACE: [u8; 16] =
    [0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c];
const PARENT: &str = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

const SECRET: &str = "CANARY-of-the-collector";

/// A collector, its address, and the spans that are sent to it.
fn collector() -> (Runtime, String, Receiver<Bytes>) {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, spans) = mpsc::channel();
    let take = move |body: Bytes| {
        sender.send(body).unwrap();
        async {}
    };
    let routes = axum::Router::new().route("/v1/traces", post(take));
    runtime.spawn(async { axum::serve(listener, routes).await });
    (runtime, url, spans)
}

/// A daemon with a sandbox, its address and its token.
fn start(collector: &str) -> (Child, String, String) {
    let mut command = gerbang(&["serve", "--sandbox", "--listen", "127.0.0.1:0", "--json"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
    command.env("OTEL_EXPORTER_OTLP_HEADERS", format!("authorization={SECRET}"));
    let mut child = command.spawn().unwrap();
    let printed: Value = serde_json::from_str(&Lines::of_stdout(&mut child).next()).unwrap();
    let text = |name: &str| printed[name].as_str().unwrap().to_owned();
    (child, text("url"), text("token"))
}

fn create(url: &str, token: &str) {
    let order = r#"{"order": "ORDER-1", "amount": 10000, "customer": {"name": "CANARY-Krisdi"}}"#;
    let created = curl_as(token, &["-H", PARENT, "-d", order, &format!("{url}/v1/payments")]);
    assert_eq!(created["status"], "pending", "{created}");
}

fn times(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}

#[test]
fn call_is_part_of_its_callers_trace_with_the_question() {
    let (_runtime, collector, spans) = collector();
    let (child, url, token) = start(&collector);
    create(&url, &token);
    signal("TERM", child.id());
    let ran = end(child);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let sent: Vec<u8> = spans.try_iter().flatten().collect();
    for text in ["POST /v1/payments", "gerbang.payment", "gerbang.attempt", "service.version"] {
        assert!(times(&sent, text.as_bytes()) >= 1, "no {text}: {}", String::from_utf8_lossy(&sent));
    }
    // The call, the payment, the gateway's call and its attempt.
    assert!(times(&sent, &TRACE) >= 4, "{}", String::from_utf8_lossy(&sent));
    for secret in ["CANARY", &token] {
        assert!(times(&sent, secret.as_bytes()) == 0 && !ran.stderr.contains(secret), "{}", ran.stderr);
    }
}

#[test]
fn payments_are_taken_where_the_collector_is_away() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (child, url, token) = start(&format!("http://127.0.0.1:{port}"));
    create(&url, &token);
    signal("TERM", child.id());
    let ran = end(child);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!ran.stderr.contains(SECRET), "{}", ran.stderr);
}

#[test]
fn collector_that_cannot_be_is_said_before_anything_listens() {
    let mut command = gerbang(&["serve", "--sandbox", "--json"]);
    let ran = end(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "no address").spawn().unwrap());
    assert_eq!((ran.code, ran.json().len()), (Some(2), 1), "{ran:?}");
    assert!(ran.failure()["message"].as_str().unwrap().contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{ran:?}");
}
