//! Attempts at a call, over real sockets: which failures are followed by another, and what the error then says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gerbang_core::operation::{Idempotency, Operation};
use gerbang_core::{Credential, Credentials, Delivery, Error, Kind, Retry, Secret};
use gerbang_transport::{Builder, Request, Transport};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

static STATUS: Operation =
    Operation { provider: "test", id: "status", idempotency: Idempotency::Safe, ..Operation::BASE };
static FIND_OR_CREATE: Operation =
    Operation { id: "find_or_create", method: "POST", idempotency: Idempotency::Idempotent, ..STATUS };
static CREATE: Operation = Operation { id: "create", method: "POST", idempotency: Idempotency::None, ..STATUS };

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{\"a\":1}";
const UNAVAILABLE: &str = "HTTP/1.1 503 X\r\ncontent-length: 2\r\n\r\n{}";
const TOO_MANY: &str = "HTTP/1.1 429 X\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\n{}";
const TOO_MANY_FOR_AN_HOUR: &str = "HTTP/1.1 429 X\r\nretry-after: 3600\r\ncontent-length: 2\r\n\r\n{}";
const TOO_MANY_UNTIL_A_DATE: &str =
    "HTTP/1.1 429 X\r\nretry-after: Fri, 01 Jan 2100 00:00:00 GMT\r\ncontent-length: 2\r\n\r\n{}";
const TOO_MANY_UNTIL_THE_PAST: &str =
    "HTTP/1.1 429 X\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 2\r\n\r\n{}";
/// The connection is closed without an answer.
const LOST: &str = "";
/// There is no answer for as long as the client waits.
const SILENCE: &str = "silence";

struct NoCredentials;

impl Credentials for NoCredentials {
    fn get(&self, _: &str) -> Option<Credential<'_>> {
        None
    }

    fn secrets(&self) -> Vec<&Secret> {
        Vec::new()
    }
}

/// A server that answers request by request from a list and stops listening after it.
struct Server {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    async fn start(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<AtomicUsize>::default();
        let count = requests.clone();
        tokio::spawn(async move {
            // Streams are kept open so that silence stays silence.
            let mut silent = Vec::new();
            for answer in answers {
                let mut stream = listener.accept().await.unwrap().0;
                read_head(&mut stream).await;
                count.fetch_add(1, Ordering::SeqCst);
                match *answer {
                    SILENCE => silent.push(stream),
                    answer => {
                        // One request for a connection, so that the list stays in order.
                        let answer = answer.replacen("\r\n", "\r\nconnection: close\r\n", 1);
                        let _ = stream.write_all(answer.as_bytes()).await;
                        let _ = stream.shutdown().await;
                    }
                }
            }
            drop(listener);
            std::future::pending::<()>().await;
        });
        Self { url, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// A client whose pauses are as short as the provider allows.
    fn builder(&self) -> Builder<Transport> {
        Builder::new("test", &self.url, NoCredentials, |transport| transport)
            .retry(Retry::default().backoff(Duration::ZERO, Duration::ZERO))
    }

    async fn call(&self, operation: &'static Operation) -> Result<Value, Error> {
        call(&self.builder().build().unwrap(), operation).await
    }
}

async fn read_head(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
}

async fn call(transport: &Transport, operation: &'static Operation) -> Result<Value, Error> {
    transport.call(Request::new(operation)).await
}

#[track_caller]
fn fails(result: Result<Value, Error>, kind: Kind, delivery: Delivery, attempts: u32) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (kind, delivery, attempts), "{error}");
}

#[tokio::test]
async fn idempotent_operation_is_retried_until_it_succeeds() {
    for operation in [&STATUS, &FIND_OR_CREATE] {
        for answers in [&[UNAVAILABLE, UNAVAILABLE, OK], &[LOST, LOST, OK], &[TOO_MANY_UNTIL_THE_PAST, LOST, OK]] {
            let server = Server::start(answers).await;
            assert_eq!(server.call(operation).await.unwrap()["a"], 1, "{}", operation.id);
            assert_eq!(server.requests(), 3);
        }
    }
}

#[tokio::test]
async fn a_creation_that_may_have_arrived_is_never_sent_again() {
    for (answers, kind, delivery) in [
        (&[LOST, OK], Kind::Disconnected, Delivery::MaybeSent),
        (&[UNAVAILABLE, OK], Kind::Unavailable, Delivery::MaybeSent),
        (&[TOO_MANY_UNTIL_THE_PAST, OK], Kind::RateLimited, Delivery::Answered),
    ] {
        let server = Server::start(answers).await;
        fails(server.call(&CREATE).await, kind, delivery, 1);
        assert_eq!(server.requests(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn what_never_reached_the_provider_is_sent_again_whatever_it_is() {
    let server = Server::start(&[]).await;
    // Wait until nobody listens.
    while TcpStream::connect(server.url.trim_start_matches("http://")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    for operation in [&STATUS, &FIND_OR_CREATE, &CREATE] {
        fails(server.call(operation).await, Kind::Connect, Delivery::NotSent, 3);
    }
    // Time to connect must be left to a creation.
    let hurried = server.builder().timeout(Duration::from_secs(60)).connect_timeout(Duration::from_secs(60));
    let hurried = hurried.build().unwrap();
    fails(call(&hurried, &CREATE).await, Kind::Connect, Delivery::NotSent, 1);
    fails(call(&hurried, &STATUS).await, Kind::Connect, Delivery::NotSent, 3);
    let without = server.builder().retry(Retry::none()).build().unwrap();
    fails(call(&without, &STATUS).await, Kind::Connect, Delivery::NotSent, 1);
}

#[tokio::test]
async fn gives_up_after_the_last_attempt_and_reports_the_number() {
    let server = Server::start(&[UNAVAILABLE; 5]).await;
    let error = server.call(&STATUS).await.unwrap_err();
    assert_eq!((error.attempts(), server.requests()), (3, 3));
    assert!(error.to_string().contains("(HTTP 503) after 3 attempts"), "{error}");
}

#[tokio::test]
async fn an_attempt_that_may_have_been_carried_out_is_not_forgotten() {
    // The second attempt finds nobody: by itself it was not sent.
    let server = Server::start(&[LOST]).await;
    fails(server.call(&FIND_OR_CREATE).await, Kind::Connect, Delivery::MaybeSent, 3);
    // What changes nothing cannot have changed anything.
    let server = Server::start(&[LOST]).await;
    fails(server.call(&STATUS).await, Kind::Connect, Delivery::NotSent, 3);
}

#[tokio::test]
async fn waits_as_long_as_the_provider_asks() {
    let server = Server::start(&[TOO_MANY, OK]).await;
    let start = Instant::now();
    server.call(&STATUS).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn retry_after_beyond_the_deadline_ends_the_call_at_once() {
    for answers in [&[TOO_MANY_FOR_AN_HOUR, OK], &[TOO_MANY_UNTIL_A_DATE, OK]] {
        let server = Server::start(answers).await;
        let result = tokio::time::timeout(Duration::from_secs(60), server.call(&STATUS)).await;
        let error = result.expect("it waits").unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::RateLimited, Delivery::Answered, 1));
        assert!(error.retry_after().is_some_and(|asked| asked >= Duration::from_secs(3_500)), "{error:?}");
        assert_eq!(server.requests(), 1);
    }
}

#[tokio::test]
async fn attempt_leaves_time_for_a_retry() {
    let server = Server::start(&[SILENCE, OK]).await;
    let transport = server.builder().attempt_timeout(Duration::from_millis(500)).build().unwrap();
    assert_eq!(call(&transport, &STATUS).await.unwrap()["a"], 1);
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_creation_has_the_whole_time_for_its_reply() {
    let server = Server::start(&[SILENCE, OK]).await;
    let builder = server.builder().attempt_timeout(Duration::from_millis(1)).timeout(Duration::from_millis(400));
    let start = Instant::now();
    fails(call(&builder.build().unwrap(), &CREATE).await, Kind::Timeout, Delivery::MaybeSent, 1);
    assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn one_deadline_covers_all_attempts() {
    let server = Server::start(&[SILENCE; 20]).await;
    let builder = server.builder().retry(Retry::default().attempts(20).backoff(Duration::ZERO, Duration::ZERO));
    let builder = builder.attempt_timeout(Duration::from_millis(250)).timeout(Duration::from_millis(600));
    let start = Instant::now();
    let error = call(&builder.build().unwrap(), &STATUS).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
    assert!((1..=3).contains(&error.attempts()), "{error}");
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_call_without_time_is_not_sent() {
    let server = Server::start(&[OK]).await;
    let transport = server.builder().timeout(Duration::ZERO).build().unwrap();
    fails(call(&transport, &CREATE).await, Kind::Timeout, Delivery::NotSent, 0);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn all_calls_of_a_client_share_the_budget() {
    let server = Server::start(&[LOST; 100]).await;
    let transport = server.builder().build().unwrap();
    let mut attempts = 0;
    for _ in 0..15 {
        let other = transport.with_timeout(Duration::from_secs(60));
        attempts += call(&other, &STATUS).await.unwrap_err().attempts();
    }
    // 15 first attempts, 20 further ones.
    assert_eq!((attempts, server.requests()), (35, 35));
}

#[tokio::test]
async fn a_call_can_have_settings_of_its_own() {
    let server = Server::start(&[UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, OK]).await;
    let transport = server.builder().build().unwrap();
    fails(call(&transport.with_retry(Retry::none()), &STATUS).await, Kind::Unavailable, Delivery::MaybeSent, 1);
    fails(call(&transport, &STATUS).await, Kind::Unavailable, Delivery::MaybeSent, 3);
    fails(call(&transport.with_timeout(Duration::ZERO), &STATUS).await, Kind::Timeout, Delivery::NotSent, 0);
    assert_eq!(call(&transport, &STATUS).await.unwrap()["a"], 1);
}
