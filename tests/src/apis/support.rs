//! Assertions on requests and errors.

use std::collections::BTreeMap;
use std::fmt::Debug;

pub use crate::server::{Reply, Sent, Server};
use gerbang::operation::Idempotency;
use gerbang::{Delivery, Error, JakartaTime, Kind, Operation, Rupiah};
use serde_json::Value;
use url::form_urlencoded;

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
            assert!(headers.insert(name.clone(), value.clone()).is_none(), "the header {name} is there twice");
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

/// Checks that every error is of this kind, after a refusal that proves nothing: a question was answered, anything else may
/// have been carried out.
#[track_caller]
pub fn assert_inconclusive(errors: &[Error], kind: Kind) {
    assert!(!errors.is_empty());
    for error in errors {
        let is_question = error.operation().expect("an operation").idempotency == Idempotency::Safe;
        assert_error(error, kind, if is_question { Delivery::Answered } else { Delivery::MaybeSent });
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
