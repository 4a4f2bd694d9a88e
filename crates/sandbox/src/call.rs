//! A request as the providers' code reads it: its query, its form or its JSON, and its headers.

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
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

/// A request that was read to its end.
pub(crate) struct Call {
    /// How fees are written in the reply.
    pub(crate) fractions: Fractions,
    /// Whether it is not to be carried out, but kept for later.
    pub(crate) is_kept_as_failed: bool,
    headers: HeaderMap,
    query: HashMap<String, String>,
    form: HashMap<String, String>,
    body: Vec<u8>,
}

impl<S: Sync> FromRequest<S> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, MAX_BODY)
            .await
            .map_err(|_| reply::text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or was cut off.\n"))?;
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let form =
            if is_of_type(&parts.headers, "application/x-www-form-urlencoded") { pairs(&body) } else { HashMap::new() };
        let fractions = parts.extensions.get::<Fractions>().cloned().unwrap_or_default();
        let is_kept_as_failed = parts.extensions.get::<KeptAsFailed>().is_some();
        Ok(Self { fractions, is_kept_as_failed, headers: parts.headers, query, form, body: body.into() })
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
    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A form field.
    pub(crate) fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
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
        if is_of_type(&self.headers, "application/json") { self.json_of_any_type() } else { None }
    }

    /// The body as a JSON object, whatever it says that it is.
    pub(crate) fn json_of_any_type(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }
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
