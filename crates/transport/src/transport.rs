//! Sending one request: credentials in, one deadline, errors without URLs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gerbang_core::operation::{Operation, Place};
use gerbang_core::{Credential, Credentials, Delivery, Error, Kind, Secret};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tracing::Instrument;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::bytes_reader;
use crate::reply::{Reply, excerpt_cut};
use crate::request::{Body, Parts, Request};

/// What a client sends its calls through. Cheap to clone: the clones share one pool of connections.
#[derive(Clone)]
pub struct Transport(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: String,
    pub(crate) credentials: Box<dyn Credentials>,
    pub(crate) timeout: Duration,
    pub(crate) max_reply: usize,
    pub(crate) paths: BTreeMap<&'static str, String>,
}

impl Transport {
    /// Sends a call and reads its JSON payload.
    ///
    /// # Errors
    ///
    /// See [`gerbang_core::Kind`]: every kind but `InvalidNotification` can occur.
    pub async fn call<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        self.send(request, |reply| reply.json()).await
    }

    /// Sends a call and returns the bytes of its reply, whose media type is checked.
    ///
    /// # Errors
    ///
    /// As [`Transport::call`]; [`Kind::UnexpectedReply`] when the media type is another.
    pub async fn download(&self, request: Request) -> Result<Bytes, Error> {
        self.send(request, |reply| reply.media()).await
    }

    /// The time for a whole call.
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    async fn send<T>(&self, request: Request, judge: impl FnOnce(Reply<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let operation = request.operation;
        let span = tracing::debug_span!(
            "gerbang.call",
            otel.kind = "client",
            http.request.method = operation.method,
            url.template = operation.path,
            server.address = server(&self.0.base_url),
            gerbang.provider = operation.provider,
            gerbang.operation = operation.id,
            http.response.status_code = tracing::field::Empty,
            error.r#type = tracing::field::Empty,
        );
        let result = self.attempt(request, judge).instrument(span.clone()).await;
        if let Err(error) = &result {
            span.record("error.type", tracing::field::debug(error.kind()));
        }
        result
    }

    async fn attempt<T>(
        &self,
        request: Request,
        judge: impl FnOnce(Reply<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let operation = request.operation;
        let session = request.session.clone();
        let mut secrets = self.0.credentials.secrets();
        secrets.extend(session.as_ref());

        let request = self.build(request).map_err(|error| error.with_operation(operation))?;
        let response = self.0.http.execute(request).await.map_err(|error| unsent_or_lost(error, operation))?;
        let (status, headers) = (response.status(), response.headers().clone());
        tracing::Span::current().record("http.response.status_code", status.as_u16());
        match bytes_reader::read(response, self.0.max_reply).await {
            bytes_reader::Body::Whole(body) => {
                judge(Reply { operation, status, headers: &headers, body: &body, secrets: &secrets })
            }
            bytes_reader::Body::TooLarge(start) => {
                let what = format!("the reply has more than {} bytes", self.0.max_reply);
                Err(incomplete(operation, Kind::ReplyTooLarge, what, status, &start, &secrets))
            }
            bytes_reader::Body::Broken(start, error) => {
                let (kind, what) = if error.is_timeout() {
                    (Kind::Timeout, "the reply did not come in time")
                } else {
                    (Kind::Disconnected, "the connection broke before the reply was complete")
                };
                Err(incomplete(operation, kind, what, status, &start, &secrets).with_source(error))
            }
        }
    }

    /// The HTTP request, credentials included.
    fn build(&self, request: Request) -> Result<reqwest::Request, Error> {
        let operation = request.operation;
        let timeout = request.timeout.unwrap_or(self.0.timeout);
        let Parts { path, mut query, mut body } =
            request.parts.map_err(|(kind, what)| Error::new(kind, Delivery::NotSent, what))?;
        query.splice(0..0, operation.query.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut path_values: BTreeMap<_, _> = path.into_iter().collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(operation.accept));

        for placed in operation.credentials {
            let credential = self.credential(placed.credential, request.session.as_ref())?;
            match placed.place {
                Place::Bearer => {
                    headers.insert(header::AUTHORIZATION, secret_header(&format!("Bearer {}", credential.text()))?);
                }
                Place::Header(name) => {
                    let name = http::HeaderName::from_bytes(name.as_bytes())
                        .map_err(|_| misconfigured(format!("`{name}` cannot be the name of a header")))?;
                    headers.insert(name, secret_header(&credential.text())?);
                }
                Place::Query(name) => query.push((name, credential.text())),
                Place::Path(name) => {
                    let filled = Request::new(operation).path(name, credential.text());
                    let filled = filled.parts.map_err(|(_, what)| misconfigured(what))?;
                    path_values.extend(filled.path);
                }
                Place::Body(name) => match &mut body {
                    Body::Json(map) | Body::Form(map) => drop(map.insert(name.to_owned(), credential.json())),
                    Body::None => body = Body::Json(Map::from_iter([(name.to_owned(), credential.json())])),
                },
            }
        }

        let url = self.url(operation, &path_values, &query)?;
        let method = http::Method::from_bytes(operation.method.as_bytes())
            .map_err(|_| misconfigured(format!("`{}` is not an HTTP method", operation.method)))?;
        let bytes = match body {
            Body::None => Vec::new(),
            Body::Json(map) => {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Value::Object(map).to_string().into_bytes()
            }
            Body::Form(map) => {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(header::CONTENT_TYPE, form);
                form_body(&map)?.into_bytes()
            }
        };
        if method != http::Method::GET {
            // Some servers refuse a POST that does not say that it is empty.
            headers.insert(header::CONTENT_LENGTH, bytes.len().into());
        }
        let mut built = reqwest::Request::new(method, url);
        *built.headers_mut() = headers;
        *built.timeout_mut() = Some(timeout);
        if !bytes.is_empty() {
            *built.body_mut() = Some(bytes.into());
        }
        Ok(built)
    }

    fn credential(&self, name: &str, session: Option<&Secret>) -> Result<Filled, Error> {
        let filled = match self.0.credentials.get(name) {
            Some(Credential::Secret(secret)) => Filled::Text(secret.expose().to_owned()),
            Some(Credential::Text(text)) => Filled::Text(text.to_owned()),
            Some(Credential::Number(number)) => Filled::Number(number),
            None => match session {
                Some(token) => Filled::Text(token.expose().to_owned()),
                None => return Err(misconfigured(format!("the credential `{name}` was not given"))),
            },
        };
        match filled {
            Filled::Text(text) if text.is_empty() => Err(misconfigured(format!("the credential `{name}` is empty"))),
            filled => Ok(filled),
        }
    }

    fn url(
        &self,
        operation: &Operation,
        path_values: &BTreeMap<&str, String>,
        query: &[(&str, String)],
    ) -> Result<Url, Error> {
        let template = self.0.paths.get(operation.id).map_or(operation.path, String::as_str);
        let mut path = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = path_values
                .get(name)
                .ok_or_else(|| misconfigured(format!("the path needs `{name}`, which was not given")))?;
            path.push_str(before);
            path.push_str(value);
            rest = after;
        }
        path.push_str(rest);
        let mut url = Url::parse(&format!("{}{path}", self.0.base_url))
            .map_err(|_| misconfigured("the base URL and the path do not make an address"))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base_url", &self.0.base_url).finish_non_exhaustive()
    }
}

/// A credential ready to be written. It lives only while the request is built.
enum Filled {
    Text(String),
    Number(u64),
}

impl Filled {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(*number),
        }
    }
}

fn secret_header(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| misconfigured("a credential has characters that a header cannot hold, such as a line break"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn form_body(map: &Map<String, Value>) -> Result<String, Error> {
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
    Ok(form.finish())
}

fn misconfigured(what: impl Into<String>) -> Error {
    Error::new(Kind::Configuration, Delivery::NotSent, what)
}

/// The error of a request that got no reply.
fn unsent_or_lost(error: reqwest::Error, operation: &'static Operation) -> Error {
    let (kind, delivery, what) = if error.is_connect() {
        (Kind::Connect, Delivery::NotSent, "no connection could be made")
    } else if error.is_builder() {
        (Kind::Configuration, Delivery::NotSent, "the request cannot be built")
    } else if error.is_timeout() {
        (Kind::Timeout, Delivery::MaybeSent, "no reply came in time")
    } else {
        (Kind::Disconnected, Delivery::MaybeSent, "the connection broke before a reply came")
    };
    let error = error.without_url();
    Error::new(kind, delivery, format!("{what} ({})", root_cause(&error))).with_operation(operation).with_source(error)
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
    secrets: &[&Secret],
) -> Error {
    let error = Error::new(kind, Delivery::MaybeSent, what).with_operation(operation).with_status(status.as_u16());
    match operation.secret_reply {
        true => error,
        false => error.with_body(excerpt_cut(start, secrets)),
    }
}

fn server(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}
