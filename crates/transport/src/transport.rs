//! Sending a call: credentials in, attempts within one deadline, errors without URLs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use gerbang_core::operation::{Idempotency, Operation};
use gerbang_core::retry::Budget;
use gerbang_core::{Credentials, Delivery, Error, Kind, Retry, Secret};
use http::{HeaderValue, StatusCode, header};
use reqwest::Response;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep};
use tracing::Instrument;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::excerpt::excerpt_cut;
use crate::filling::{Filled, Filling, misconfigured};
use crate::redact::Sent;
use crate::reply::Reply;
use crate::request::{Body, Request};
use crate::{basic, bytes_reader, chance, tls};

/// The longest time for a call.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What a client sends its calls through. Cheap to clone: the clones share one pool of connections and one budget of further
/// attempts.
#[derive(Clone)]
pub struct Transport {
    pub(crate) inner: Arc<Inner>,
    timeout: Duration,
    retry: Retry,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    pub(crate) credentials: Box<dyn Credentials>,
    /// The time that the HTTP client allows for an attempt unless another is set.
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_reply: usize,
    pub(crate) paths: BTreeMap<&'static str, String>,
    pub(crate) budget: Budget,
    /// The address that was asked last, without query, and its path: reading a path anew takes longer than a copy.
    pub(crate) last_address: Mutex<Option<(String, Url)>>,
}

/// Judges a reply, and keeps what it holds. Calls of all types are sent by the same code: what is generic here is compiled
/// again for each type of reply.
type Judge<'a> = dyn FnMut(Reply<'_>) -> Result<(), Error> + Send + 'a;

impl Transport {
    pub(crate) fn new(inner: Inner, timeout: Duration, retry: Retry) -> Self {
        Self { inner: Arc::new(inner), timeout: timeout.min(LONGEST), retry }
    }

    /// Sends a call and reads its JSON payload.
    ///
    /// # Errors
    ///
    /// See [`gerbang_core::Kind`]: every kind but `InvalidNotification` can occur.
    pub async fn call<T: DeserializeOwned + Send>(&self, request: Request) -> Result<T, Error> {
        let mut payload = None::<T>;
        self.send(request, &mut |reply| reply.json(&mut payload)).await?;
        Ok(payload.expect("a successful reply is read"))
    }

    /// Sends a call and returns the bytes of its reply, whose media type is checked.
    ///
    /// # Errors
    ///
    /// As [`Transport::call`]; [`Kind::UnexpectedReply`] when the media type is another.
    pub async fn download(&self, request: Request) -> Result<Bytes, Error> {
        let mut bytes = Bytes::new();
        self.send(request, &mut |reply| {
            bytes = reply.media()?;
            Ok(())
        })
        .await?;
        Ok(bytes)
    }

    /// The address of the server that is asked, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.inner.base_url.as_str().trim_end_matches('/')
    }

    /// The time for a whole call.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The same with another time for a whole call; a day at most.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(LONGEST), ..self.clone() }
    }

    /// The same with other rules for sending again.
    #[must_use]
    pub fn with_retry(&self, retry: Retry) -> Self {
        Self { retry, ..self.clone() }
    }

    /// Sends a call; of the replies that are judged, the last one counts.
    async fn send(&self, request: Request, judge: &mut Judge<'_>) -> Result<(), Error> {
        let operation = request.operation;
        let span = tracing::debug_span!(
            "gerbang.call",
            gerbang.provider = operation.provider,
            gerbang.operation = operation.id,
            error.r#type = tracing::field::Empty,
        );
        // It is large, and would be copied whenever one of the futures around it is made.
        let attempts = Box::pin(self.attempts(request, judge));
        let result = attempts.instrument(span.clone()).await;
        if let Err(error) = &result {
            span.record("error.type", tracing::field::debug(error.kind()));
        }
        result
    }

    /// Attempts a call until it succeeds or has failed for good.
    async fn attempts(&self, request: Request, judge: &mut Judge<'_>) -> Result<(), Error> {
        let (operation, idempotency) = (request.operation, request.idempotency());
        let mut left = request.timeout.unwrap_or(self.timeout).min(LONGEST);
        let deadline = Instant::now() + left;
        let mut last: Option<Error> = None;
        loop {
            if left.is_zero() {
                return Err(last.unwrap_or_else(|| deadline_already_passed().with_operation(operation)));
            }
            let time = match idempotency {
                Idempotency::None => left,
                Idempotency::Safe | Idempotency::Idempotent => left.min(self.inner.attempt_timeout),
            };
            let number = 1 + last.as_ref().map_or(0, Error::attempts);
            let error = match self.attempt(&request, number, time, judge).await {
                Ok(()) => {
                    self.inner.budget.succeeded();
                    return Ok(());
                }
                Err(error) => keep_maybe_sent(last, error),
            };
            left = deadline.saturating_duration_since(Instant::now());
            let usable = match idempotency {
                // Cut short while it connects, an attempt could not be distinguished from one whose reply was lost.
                Idempotency::None => left.saturating_sub(self.inner.connect_timeout),
                Idempotency::Safe | Idempotency::Idempotent => left,
            };
            let Some(pause) = self.retry.pause(&error, idempotency, usable, chance::random()) else {
                return Err(error);
            };
            if !self.inner.budget.take() {
                tracing::debug!("the budget of further attempts is used up");
                return Err(error);
            }
            tracing::debug!(error.r#type = ?error.kind(), pause_ms = pause.as_millis(), "the call is sent again");
            sleep(pause).await;
            left = deadline.saturating_duration_since(Instant::now());
            last = Some(error);
        }
    }

    /// One attempt, with a span after OpenTelemetry's conventions.
    async fn attempt(
        &self,
        request: &Request,
        number: u32,
        time: Duration,
        judge: &mut Judge<'_>,
    ) -> Result<(), Error> {
        let operation = request.operation;
        let (sending, basic) = self.begin(request, time).map_err(|error| error.with_operation(operation))?;
        let sent = Sent { credentials: &*self.inner.credentials, session: request.session.as_ref(), basic };
        let span = tracing::debug_span!(
            "gerbang.attempt",
            otel.kind = "client",
            http.request.method = operation.method,
            http.request.resend_count = number - 1,
            url.template = operation.path,
            server.address = self.inner.base_url.authority(),
            http.response.status_code = tracing::field::Empty,
            error.r#type = tracing::field::Empty,
        );
        let result = self.exchange(operation, sending, &sent, judge).instrument(span.clone()).await;
        span.in_scope(|| match result {
            Ok(()) => {
                tracing::debug!("the attempt succeeded");
                Ok(())
            }
            Err(error) => {
                span.record("error.type", tracing::field::debug(error.kind()));
                tracing::debug!(delivery = ?error.delivery(), "the attempt failed");
                Err(error.with_attempts(number))
            }
        })
    }

    /// The HTTP request as one that is sent when it is waited for, and the secret that is in its header only.
    fn begin(
        &self,
        request: &Request,
        time: Duration,
    ) -> Result<(impl Future<Output = Result<Response, reqwest::Error>> + use<>, Option<Secret>), Error> {
        let operation = request.operation;
        let request = self.build(request, time)?;
        let basic = basic::sent(operation, request.headers());
        Ok((self.inner.http.execute(request), basic))
    }

    /// Waits for the response to an HTTP request and judges the reply.
    async fn exchange(
        &self,
        operation: &'static Operation,
        sending: impl Future<Output = Result<Response, reqwest::Error>>,
        sent: &Sent<'_>,
        judge: &mut Judge<'_>,
    ) -> Result<(), Error> {
        let mut response = sending.await.map_err(|error| self.unsent_or_lost(error, operation))?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        tracing::Span::current().record("http.response.status_code", status.as_u16());
        match bytes_reader::read(&mut response, self.inner.max_reply).await {
            bytes_reader::Body::Whole(body) => judge(Reply { operation, status, headers: &headers, body: &body, sent }),
            bytes_reader::Body::TooLarge(start) => {
                let what = format!("the reply has more than {} bytes", self.inner.max_reply);
                Err(incomplete(operation, Kind::ReplyTooLarge, what, status, &start, sent))
            }
            bytes_reader::Body::Broken(start, error) => {
                let (kind, what) = if error.is_timeout() {
                    (Kind::Timeout, "the reply did not come in time")
                } else {
                    (Kind::Disconnected, "the connection broke before the reply was complete")
                };
                Err(incomplete(operation, kind, what, status, &start, sent).with_source(error))
            }
        }
    }

    /// The HTTP request, credentials included.
    fn build(&self, request: &Request, time: Duration) -> Result<reqwest::Request, Error> {
        let operation = request.operation;
        let parts =
            request.parts.as_ref().map_err(|(kind, what)| Error::new(*kind, Delivery::NotSent, what.as_str()))?;
        let Filling { mut headers, path, query: filled, members } = Filling::of(request, &*self.inner.credentials)?;
        let fixed = operation.query.iter().map(|(name, value)| (*name, Cow::Borrowed(*value)));
        let given = parts.query.iter().map(|(name, value)| (*name, Cow::Borrowed(value.as_str())));
        let query: Vec<_> = fixed.chain(given).chain(filled).collect();
        headers.insert(header::ACCEPT, media_type(operation.accept));
        headers.extend(parts.headers.iter().cloned());

        let url = self.url(operation, parts.path.iter().chain(&path), &query)?;
        let method = http::Method::from_bytes(operation.method.as_bytes())
            .map_err(|_| misconfigured(format!("`{}` is not an HTTP method", operation.method)))?;
        let (content_type, bytes) = body(operation.content_type, &parts.body, &members)?;
        if !bytes.is_empty() || matches!(parts.body, Body::Form(_)) {
            headers.insert(header::CONTENT_TYPE, media_type(content_type));
        }
        if bytes.is_empty() && method != http::Method::GET {
            // Some servers refuse a POST that does not say that it is empty.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut built = reqwest::Request::new(method, url);
        *built.headers_mut() = headers;
        if time != self.inner.timeout {
            *built.timeout_mut() = Some(time);
        }
        if !bytes.is_empty() {
            *built.body_mut() = Some(bytes.into());
        }
        Ok(built)
    }

    fn url<'a>(
        &self,
        operation: &Operation,
        path_values: impl Iterator<Item = &'a (&'static str, String)> + Clone,
        query: &[(&str, Cow<'_, str>)],
    ) -> Result<Url, Error> {
        let base = self.inner.base_url.path().trim_end_matches('/');
        let mut rest = self.inner.paths.get(operation.id).map_or(operation.path, String::as_str);
        let mut path = String::with_capacity(base.len() + rest.len() + 32);
        path.push_str(base);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let (_, value) = path_values
                .clone()
                .find(|(filled, _)| *filled == name)
                .ok_or_else(|| misconfigured(format!("the path needs `{name}`, which was not given")))?;
            path.push_str(before);
            path.push_str(value);
            rest = after;
        }
        path.push_str(rest);
        let mut url = self.address(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The address of a path.
    fn address(&self, path: String) -> Url {
        let mut last = self.inner.last_address.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, url)) if *known == path => url.clone(),
            _ => {
                let mut url = self.inner.base_url.clone();
                url.set_path(&path);
                *last = Some((path, url.clone()));
                url
            }
        }
    }

    /// The error of a request that got no reply.
    fn unsent_or_lost(&self, error: reqwest::Error, operation: &'static Operation) -> Error {
        let (kind, delivery, what) = if error.is_connect() && tls::is_refused(&error) {
            (Kind::Tls, Delivery::NotSent, "no safe connection could be made")
        } else if error.is_connect() {
            (Kind::Connect, Delivery::NotSent, "no connection could be made")
        } else if error.is_builder() {
            (Kind::Configuration, Delivery::NotSent, "the request cannot be built")
        } else if error.is_timeout() {
            (Kind::Timeout, Delivery::MaybeSent, "no reply came in time")
        } else {
            (Kind::Disconnected, Delivery::MaybeSent, "the connection broke before a reply came")
        };
        let error = error.without_url();
        let what = format!("{what}: {}: {}", self.inner.base_url.authority(), root_cause(&error));
        Error::new(kind, delivery, what).with_operation(operation).with_source(error)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

const JSON: &str = "application/json";

/// A media type as a header's value. That of JSON, which nearly every request has twice, is checked at compile time.
fn media_type(name: &'static str) -> HeaderValue {
    static READY: HeaderValue = HeaderValue::from_static(JSON);
    if name == JSON { READY.clone() } else { HeaderValue::from_static(name) }
}

/// The media type of the body and the body, which is empty where there is none.
fn body(json: &'static str, given: &Body, members: &[(&str, Filled<'_>)]) -> Result<(&'static str, Vec<u8>), Error> {
    Ok(match given {
        Body::None if members.is_empty() => (json, Vec::new()),
        Body::None => (json, json_body(b"{}", members)?),
        Body::Json(text) => (json, json_body(text, members)?),
        Body::Form(map) => ("application/x-www-form-urlencoded", form_body(map, members)?.into_bytes()),
    })
}

/// The object with more members.
fn json_body(object: &[u8], members: &[(&str, Filled<'_>)]) -> Result<Vec<u8>, Error> {
    let unwritable = |_| misconfigured("a credential cannot be written as JSON");
    // Room for a credential of usual length each.
    let mut text = Vec::with_capacity(object.len() + members.len() * 80);
    text.extend_from_slice(object);
    for (name, value) in members {
        text.pop();
        if text.len() > 1 {
            text.push(b',');
        }
        serde_json::to_writer(&mut text, name).map_err(unwritable)?;
        text.push(b':');
        serde_json::to_writer(&mut text, value).map_err(unwritable)?;
        text.push(b'}');
    }
    Ok(text)
}

fn form_body(map: &Map<String, Value>, members: &[(&str, Filled<'_>)]) -> Result<String, Error> {
    let mut form = Serializer::new(String::new());
    for (name, value) in map {
        match value {
            Value::Null => {}
            Value::String(text) => drop(form.append_pair(name, text)),
            Value::Number(number) => drop(form.append_pair(name, &number.to_string())),
            Value::Bool(flag) => drop(form.append_pair(name, if *flag { "1" } else { "0" })),
            Value::Array(_) | Value::Object(_) => {
                let what = format!("`{name}` is a list or an object, which a form cannot hold");
                return Err(Error::new(Kind::InvalidRequest, Delivery::NotSent, what));
            }
        }
    }
    form.extend_pairs(members.iter().map(|(name, value)| (name, value.text())));
    Ok(form.finish())
}

/// The error of a call whose deadline was over before anything was sent.
fn deadline_already_passed() -> Error {
    Error::new(Kind::Timeout, Delivery::NotSent, "no time was left to send the request")
}

/// If an earlier attempt may have taken effect, so may the call, unless the operation changes nothing.
fn keep_maybe_sent(before: Option<Error>, error: Error) -> Error {
    let is_safe = error.operation().is_some_and(|operation| operation.idempotency == Idempotency::Safe);
    match before {
        Some(before) if before.delivery() == Delivery::MaybeSent && !is_safe => {
            error.with_delivery(Delivery::MaybeSent)
        }
        _ => error,
    }
}

/// What went wrong first: "Connection refused" rather than "error sending request".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The error of a reply of which only the start came.
fn incomplete(
    operation: &'static Operation,
    kind: Kind,
    what: impl Into<String>,
    status: StatusCode,
    start: &[u8],
    sent: &Sent<'_>,
) -> Error {
    let error = Error::new(kind, Delivery::MaybeSent, what).with_operation(operation).with_status(status.as_u16());
    match operation.secret_reply {
        true => error,
        false => error.with_body(excerpt_cut(start, &sent.secrets())),
    }
}
