//! Queries and names in paths, read strictly.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use url::form_urlencoded;

use crate::problem::Problem;

/// The most that one page holds.
pub const LARGEST_PAGE: u32 = 100;

/// How many a page holds unless the caller says.
const USUAL_PAGE: u32 = 20;

/// The parameters of a query, each once and known.
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads a query that has no other parameters than these.
    pub fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&&*name) {
                return Err(Problem::invalid(format!("a parameter is not known; there are {}", known.join(", "))));
            }
            if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(Problem::invalid(format!("the parameter {name} comes twice")));
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter's value, where it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A value that is read by a function.
    pub fn read_as<T>(&self, name: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| Problem::invalid(format!("{name} must be {what}")))
    }

    /// How many a page is to hold.
    pub fn limit(&self) -> Result<u32, Problem> {
        let read = |text: &str| text.parse().ok().filter(|limit| (1..=LARGEST_PAGE).contains(limit));
        Ok(self.read_as("limit", "a whole number from 1 to 100", read)?.unwrap_or(USUAL_PAGE))
    }
}

/// The one name in a path.
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Problem::not_found("path")),
        }
    }
}
