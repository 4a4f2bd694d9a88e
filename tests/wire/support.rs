//! A provider's server that records what it is sent, and assertions on requests and errors.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang::{Delivery, Error, JakartaTime, Kind, Operation, Rupiah};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::Value;
use url::form_urlencoded;

/// A mock server that answers every request by a function and records it.
pub struct Server {
    mock: MockServer,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Server {
    /// A server whose answers depend on the request.
    pub async fn start(answer: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Self {
        Self::slow(Duration::ZERO, answer).await
    }

    /// A server that takes its time.
    pub async fn slow(delay: Duration, answer: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Self {
        let mock = MockServer::start_async().await;
        let sent: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let record = Arc::clone(&sent);
        mock.mock_async(move |when, then| {
            when.any_request();
            then.delay(delay).respond_with(move |request| {
                let request = Sent::from(request);
                let reply = answer(&request);
                record.lock().unwrap().push(request);
                reply.into()
            });
        })
        .await;
        Self { mock, sent }
    }

    /// A server that always gives the same answer.
    pub async fn replying(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    pub fn url(&self) -> String {
        self.mock.base_url()
    }

    /// All requests so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// The one request that came.
    #[track_caller]
    pub fn only(&self) -> Sent {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "requests: {sent:#?}");
        sent.remove(0)
    }

    #[track_caller]
    pub fn assert_untouched(&self) {
        assert_eq!(self.sent().len(), 0, "the server was asked");
    }
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    /// Path and query, nothing decoded.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Sent {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

impl From<&HttpMockRequest> for Sent {
    fn from(request: &HttpMockRequest) -> Self {
        Self {
            method: request.method_str().to_owned(),
            target: target(request.uri_str()).to_owned(),
            headers: request.headers_vec().clone(),
            body: String::from_utf8(request.body_vec()).expect("a body in UTF-8"),
        }
    }
}

/// The mock server puts its own scheme and host before what was sent.
fn target(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    &rest[rest.find('/').expect("a path")..]
}

/// What the server answers.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }

    pub fn html(status: u16) -> Self {
        Self::new(status, "text/html; charset=UTF-8", "<!DOCTYPE html><title>Just a moment...</title>")
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Reply> for HttpMockResponse {
    fn from(reply: Reply) -> Self {
        Self::builder().status(reply.status).headers(reply.headers).body(reply.body).build()
    }
}

/// A request as it must be: everything in it is given here, and nothing else may be in it.
pub struct Expected {
    method: &'static str,
    path: &'static str,
    query: Vec<(String, String)>,
    headers: BTreeMap<String, String>,
    body: Body,
}

/// A body taken apart. A form is a set of pairs.
#[derive(Debug, PartialEq)]
enum Body {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
}

impl Expected {
    pub fn get(path: &'static str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &'static str) -> Self {
        Self::new("POST", path)
    }

    fn new(method: &'static str, path: &'static str) -> Self {
        let headers = BTreeMap::from([("accept".to_owned(), "application/json".to_owned())]);
        Self { method, path, query: Vec::new(), headers, body: Body::None }
    }

    pub fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.query = set(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self.header("content-type", "application/json")
    }

    pub fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        self.body = Body::Form(set(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))));
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Compares everything: method, path as it was encoded, query, all headers, body.
    #[track_caller]
    pub fn assert(mut self, provider: &str, sent: &Sent) {
        self.headers.insert("user-agent".to_owned(), format!("gerbang-{provider}/{}", env!("CARGO_PKG_VERSION")));
        if self.method == "POST" {
            self.headers.insert("content-length".to_owned(), sent.body.len().to_string());
        }

        let (path, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
        assert_eq!((sent.method.as_str(), path), (self.method, self.path));
        assert_eq!(decoded(query), self.query, "query");

        let mut headers = BTreeMap::new();
        for (name, value) in &sent.headers {
            assert!(headers.insert(name.clone(), value.clone()).is_none(), "the header {name} stands twice");
        }
        assert!(headers.remove("host").is_some_and(|host| host.starts_with("127.0.0.1:")), "host");
        assert_eq!(headers, self.headers, "headers");

        let body = match self.body {
            Body::None => {
                assert_eq!(sent.body, "", "body");
                Body::None
            }
            Body::Json(_) => Body::Json(serde_json::from_str(&sent.body).expect(&sent.body)),
            Body::Form(_) => Body::Form(decoded(&sent.body)),
        };
        assert_eq!(body, self.body, "body");
    }
}

fn decoded(form: &str) -> Vec<(String, String)> {
    set(form_urlencoded::parse(form.as_bytes()).into_owned())
}

fn set(pairs: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

/// The error of a call that must fail.
#[track_caller]
pub fn failure<T: Debug>(result: Result<T, Error>) -> Error {
    result.expect_err("the call must fail")
}

/// Checks what an error says happened and whether the request may have taken effect.
#[track_caller]
pub fn assert_error(error: &Error, kind: Kind, delivery: Delivery) {
    assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error:?}");
}

/// Checks that every error is of this kind.
#[track_caller]
pub fn assert_errors(errors: &[Error], kind: Kind, delivery: Delivery) {
    assert!(!errors.is_empty());
    for error in errors {
        assert_error(error, kind, delivery);
    }
}

/// Checks that a list of errors has one of every operation, so that none is forgotten.
#[track_caller]
pub fn assert_complete(errors: &[Error], operations: &[&Operation]) {
    let mut failed: Vec<_> = errors.iter().map(|error| error.operation().expect("an operation").id).collect();
    let mut all: Vec<_> = operations.iter().map(|operation| operation.id).collect();
    failed.sort_unstable();
    all.sort_unstable();
    assert_eq!(failed, all);
}

pub fn rupiah(amount: u64) -> Rupiah {
    Rupiah::new(amount)
}

/// A time in UTC.
#[track_caller]
pub fn utc(time: &JakartaTime) -> String {
    time.timestamp().expect("a time").to_string()
}

/// A time that must be there, in UTC.
#[track_caller]
pub fn some_utc(time: &Option<JakartaTime>) -> String {
    utc(time.as_ref().expect("a time"))
}
