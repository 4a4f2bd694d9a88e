//! A provider's server that answers by a function and records what it is sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};

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

    /// Its base URL.
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

    /// Fails when any request came.
    #[track_caller]
    pub fn assert_untouched(&self) {
        assert_eq!(self.sent().len(), 0, "the server was asked");
    }
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Sent {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query, nothing decoded.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, which is text.
    pub body: String,
}

impl Sent {
    /// The path without the query, nothing decoded.
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
    /// A reply of this type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    /// JSON.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }

    /// A challenge page.
    pub fn html(status: u16) -> Self {
        Self::new(status, "text/html; charset=UTF-8", "<!DOCTYPE html><title>Just a moment...</title>")
    }

    /// Adds a header.
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
