//! One call before it is sent: the operation and the caller's values. Credentials are not in it.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use gerbang_core::operation::{Idempotency, Operation, Place};
use gerbang_core::{Kind, Secret};
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value};

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One call of an operation, with the caller's values. Built by generated code.
///
/// A value that cannot be sent (a path segment such as `..`, a body that is neither an object nor a list) is kept as an error,
/// which the call then returns.
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: &'static Operation,
    pub(crate) parts: Result<Parts, (Kind, String)>,
    pub(crate) session: Option<Secret>,
    pub(crate) timeout: Option<Duration>,
}

#[derive(Clone, Default)]
pub(crate) struct Parts {
    pub(crate) path: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Body,
}

#[derive(Clone, Default)]
pub(crate) enum Body {
    #[default]
    None,
    /// As it is sent but for the credentials, which no type that a caller fills in has.
    Json(Vec<u8>),
    Form(Map<String, Value>),
}

impl Request {
    /// A call of this operation.
    pub fn new(operation: &'static Operation) -> Self {
        Self { operation, parts: Ok(Parts::default()), session: None, timeout: None }
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Whether the call may be sent again: as its operation may, or by a key of the caller's that it has.
    pub(crate) fn idempotency(&self) -> Idempotency {
        // An empty key is the same for every call: the provider recognises none by it.
        let given = |name: &str| {
            let headers = self.parts.as_ref().map_or(&[][..], |parts| &parts.headers);
            headers.iter().any(|(it, value)| it == name && !value.as_bytes().trim_ascii().is_empty())
        };
        let is_by_key = self.operation.idempotency_key.is_some_and(|key| given(&key.to_ascii_lowercase()));
        match self.operation.idempotency {
            Idempotency::None if is_by_key => Idempotency::Idempotent,
            other => other,
        }
    }

    /// The JSON body as the caller gave it, without credentials; none where the call has none.
    pub fn json_body(&self) -> Option<&[u8]> {
        match &self.parts.as_ref().ok()?.body {
            Body::Json(text) => Some(text),
            Body::None | Body::Form(_) => None,
        }
    }

    /// Fills a parameter of the path with one segment.
    #[must_use]
    pub fn path(self, name: &'static str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        self.change(|parts| {
            parts.path.push((name, segment(name, value)?));
            Ok(())
        })
    }

    /// Fills a parameter of the path with the rest of it: `/` separates segments.
    #[must_use]
    pub fn path_rest(self, name: &'static str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        self.change(|parts| {
            let segments: Result<Vec<_>, _> =
                value.trim_start_matches('/').split('/').map(|part| segment(name, part.to_owned())).collect();
            parts.path.push((name, segments?.join("/")));
            Ok(())
        })
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.change(|parts| {
            parts.query.push((name, value.to_string()));
            Ok(())
        })
    }

    /// Adds a query parameter when there is a value.
    #[must_use]
    pub fn query_optional(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a query parameter for each value of a list; none where it is empty.
    #[must_use]
    pub fn query_each(self, name: &'static str, values: &[impl fmt::Display]) -> Self {
        self.change(|parts| {
            parts.query.extend(values.iter().map(|value| (name, value.to_string())));
            Ok(())
        })
    }

    /// Adds one query parameter with the values of a list, commas between them; none where it is empty. A value that has a
    /// comma itself would be taken for two, so that the call fails before it is sent.
    #[must_use]
    pub fn query_joined(self, name: &'static str, values: &[impl fmt::Display]) -> Self {
        self.change(|parts| {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            if values.iter().any(|value| value.contains(',')) {
                return Err((Kind::InvalidRequest, format!("a value of `{name}` has a comma, which separates values")));
            }
            if !values.is_empty() {
                parts.query.push((name, values.join(",")));
            }
            Ok(())
        })
    }

    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.change(|parts| {
            let written = HeaderName::from_bytes(name.as_bytes()).ok();
            let value = HeaderValue::from_str(&value.to_string()).ok();
            parts.headers.push(written.zip(value).ok_or_else(|| unfit_header(name))?);
            Ok(())
        })
    }

    /// Adds a header when there is a value.
    #[must_use]
    pub fn header_optional(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Sets a JSON body: an object, or a list where the operation has no credential in its body.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        let is_object = self.operation.credentials.iter().any(|it| matches!(it.place, Place::Body(_)));
        self.change(|parts| {
            let text = serde_json::to_vec(body).map_err(|error| unwritable(&error))?;
            match text.first() {
                Some(b'{') => {}
                Some(b'[') if !is_object => {}
                _ if is_object => return Err(unfit_body("not an object")),
                _ => return Err(unfit_body("neither an object nor a list")),
            }
            parts.body = Body::Json(text);
            Ok(())
        })
    }

    /// Sets a form body; members that are `null` are left out.
    #[must_use]
    pub fn form(self, body: &impl Serialize) -> Self {
        self.change(|parts| {
            let Value::Object(members) = serde_json::to_value(body).map_err(|error| unwritable(&error))? else {
                return Err(unfit_body("not an object"));
            };
            parts.body = Body::Form(members);
            Ok(())
        })
    }

    fn change(mut self, change: impl FnOnce(&mut Parts) -> Result<(), (Kind, String)>) -> Self {
        if let Ok(parts) = &mut self.parts
            && let Err(problem) = change(parts)
        {
            self.parts = Err(problem);
        }
        self
    }

    /// Allows this time for the call, instead of the client's; a day at most.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// Adds the token of a session, for operations that need one.
    #[must_use]
    pub fn session(mut self, token: Secret) -> Self {
        self.session = Some(token);
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("provider", &self.operation.provider)
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

fn segment(name: &str, value: String) -> Result<String, (Kind, String)> {
    match value.as_str() {
        // A URL parser drops or resolves these, so that another address would be asked.
        "" | "." | ".." => {
            Err((Kind::InvalidRequest, format!("`{name}` is \"{value}\", which cannot be part of an address")))
        }
        text => match Cow::from(utf8_percent_encode(text, SEGMENT)) {
            Cow::Borrowed(_) => Ok(value),
            Cow::Owned(encoded) => Ok(encoded),
        },
    }
}

fn unfit_header(name: &str) -> (Kind, String) {
    (Kind::InvalidRequest, format!("`{name}` has characters that a header cannot hold, such as a line break"))
}

fn unfit_body(what: &str) -> (Kind, String) {
    (Kind::InvalidRequest, format!("the body is {what}"))
}

fn unwritable(error: &serde_json::Error) -> (Kind, String) {
    (Kind::InvalidRequest, format!("the body cannot be written as JSON: {error}"))
}
