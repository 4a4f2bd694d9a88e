//! A request as the providers' code reads it: its query, its form or its JSON, and its headers.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header, request};
use axum::response::Response;
use serde_json::Value;
use url::form_urlencoded;

use crate::reply;
use crate::spelling::Fractions;

/// The largest request body, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// The largest amount that the sandbox takes, in rupiah. It leaves room for fees within the 13 digits of QRIS.
pub(crate) const MAX_AMOUNT: u64 = 1_000_000_000_000;

/// The longest credential, reference or name that the sandbox takes, in bytes.
pub(crate) const MAX_NAME: usize = 256;

/// The credential that is refused everywhere.
pub(crate) const REFUSED: &str = "refuse";

/// Marks a request that is not carried out, but which the provider keeps for later.
#[derive(Clone, Copy)]
pub(crate) struct KeptAsFailed;

/// Marks a request that a page of the sandbox's own makes.
#[derive(Clone, Copy)]
pub(crate) struct FromOwnPage;

/// A request that was read to its end.
pub(crate) struct Call {
    /// How fees are written in the reply.
    pub(crate) fractions: Fractions,
    /// Whether it is not to be carried out, but kept for later.
    pub(crate) is_kept_as_failed: bool,
    /// Whether a browser says that a page of the sandbox's own makes it.
    pub(crate) is_from_own_page: bool,
    parts: Arc<Parts>,
}

/// What was sent.
struct Parts {
    whole_query: Option<String>,
    headers: HeaderMap,
    query: HashMap<String, String>,
    form: HashMap<String, String>,
    body: Bytes,
}

/// What of a request was read before its call is made.
#[derive(Clone)]
struct ReadBefore(Arc<Parts>);

impl<S: Sync> FromRequest<S> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let (mut head, body) = request.into_parts();
        let parts = match head.extensions.get::<ReadBefore>() {
            Some(ReadBefore(parts)) => parts.clone(),
            None => Arc::new(Parts::new(&mut head, read(body).await?)),
        };
        let fractions = head.extensions.get::<Fractions>().cloned().unwrap_or_default();
        let is_kept_as_failed = head.extensions.get::<KeptAsFailed>().is_some();
        let is_from_own_page = head.extensions.get::<FromOwnPage>().is_some();
        Ok(Self { fractions, is_kept_as_failed, is_from_own_page, parts })
    }
}

/// Reads a request to its end. What it becomes is the call that is made of the request later.
pub(crate) async fn read_before(request: Request) -> Result<(Request, Call), Response> {
    let (mut head, body) = request.into_parts();
    let body = read(body).await?;
    let parts = Arc::new(Parts::new(&mut head, body.clone()));
    head.extensions.insert(ReadBefore(parts.clone()));
    let call = Call { fractions: Fractions::default(), is_kept_as_failed: false, is_from_own_page: false, parts };
    Ok((Request::from_parts(head, Body::from(body)), call))
}

async fn read(body: Body) -> Result<Bytes, Response> {
    let body = axum::body::to_bytes(body, MAX_BODY).await;
    body.map_err(|_| reply::text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or was cut off.\n"))
}

impl Parts {
    /// Takes the headers out of the request, for nobody else reads them.
    fn new(head: &mut request::Parts, body: Bytes) -> Self {
        let query = pairs(head.uri.query().unwrap_or_default().as_bytes());
        let is_form = is_of_type(&head.headers, "application/x-www-form-urlencoded");
        let form = if is_form { pairs(&body) } else { HashMap::new() };
        Self {
            whole_query: head.uri.query().map(str::to_owned),
            headers: std::mem::take(&mut head.headers),
            query,
            form,
            body,
        }
    }
}

/// The fields of a query or a form. Of several with one name the last counts, as in PHP.
fn pairs(text: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|found| found.trim().eq_ignore_ascii_case(wanted))
}

impl Call {
    /// All headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The query as it was sent.
    pub(crate) fn whole_query(&self) -> Option<&str> {
        self.parts.whole_query.as_deref()
    }

    /// The body as it was sent.
    pub(crate) fn body(&self) -> &[u8] {
        &self.parts.body
    }

    /// How many bytes the headers, the query and the body are.
    pub(crate) fn size(&self) -> usize {
        let headers = self.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
        headers + self.whole_query().map_or(0, str::len) + self.body().len()
    }

    /// Whether it says that it is a form.
    pub(crate) fn is_form(&self) -> bool {
        is_of_type(&self.parts.headers, "application/x-www-form-urlencoded")
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// A form field.
    pub(crate) fn form(&self, name: &str) -> Option<&str> {
        self.parts.form.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.parts.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A form field, or the query parameter of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.form(name).or_else(|| self.query(name))
    }

    /// The key from `Authorization: Bearer …`, the form field `api_key` or the query parameter `api_key`.
    pub(crate) fn bearer_or_api_key(&self) -> Option<&str> {
        let bearer = self.header("authorization").and_then(|value| {
            let (scheme, key) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        });
        accepted(bearer.or_else(|| self.field("api_key")))
    }

    /// The body as a JSON object, if it says that it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        if is_of_type(&self.parts.headers, "application/json") { self.json_of_any_type() } else { None }
    }

    /// The body as a JSON object, whatever it says that it is.
    pub(crate) fn json_of_any_type(&self) -> Option<Value> {
        serde_json::from_slice(&self.parts.body).ok().filter(Value::is_object)
    }
}

/// A segment of a path as it was meant.
pub(crate) fn percent_decoded(segment: &str) -> String {
    // These signs mean nothing in a path.
    let escaped = format!("s={}", segment.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(escaped.as_bytes()).next().map(|(_, text)| text.into_owned()).unwrap_or_default()
}

/// The credential, if the sandbox accepts it.
pub(crate) fn accepted(credential: Option<&str>) -> Option<&str> {
    credential.filter(|key| !key.trim().is_empty() && key.len() <= MAX_NAME && *key != REFUSED)
}

/// A name given by the merchant, if the sandbox takes it.
pub(crate) fn name(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty() && text.len() <= MAX_NAME)
}

/// A whole amount in plain digits, not above what the sandbox takes.
pub(crate) fn amount(text: Option<&str>) -> Option<u64> {
    let text = text.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok().filter(|amount| *amount <= MAX_AMOUNT)
}

/// A JSON integer, not above what the sandbox takes.
pub(crate) fn json_amount(value: &Value) -> Option<u64> {
    value.as_u64().filter(|amount| *amount <= MAX_AMOUNT)
}
