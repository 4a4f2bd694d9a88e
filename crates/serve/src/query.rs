//! Queries and names in paths, read strictly.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use url::form_urlencoded;

use crate::problem::{Detail, Form, Problem, Thing};

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
                return Err(Problem::invalid(Detail::UnknownParameter(known.join(", "))));
            }
            if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(Problem::invalid(Detail::Twice(name.into_owned())));
            }
        }
        Ok(Self(parameters))
    }

    /// The same without those that are blank, as a form sends what was left out.
    pub fn without_blanks(mut self) -> Self {
        self.0.retain(|_, value| !value.trim().is_empty());
        self
    }

    /// The same query with another value of a parameter.
    pub fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(other, _)| *other != name);
        let mut query = form_urlencoded::Serializer::new("?".to_owned());
        query.extend_pairs(others).append_pair(name, value).finish()
    }

    /// A parameter's value, where it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A value that is read by a function.
    pub fn read_as<T>(&self, name: &str, form: Form, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| Problem::must_be(name, form))
    }

    /// How many a page is to hold.
    pub fn limit(&self) -> Result<u32, Problem> {
        let read = |text: &str| text.parse().ok().filter(|limit| (1..=LARGEST_PAGE).contains(limit));
        Ok(self.read_as("limit", Form::Limit(LARGEST_PAGE), read)?.unwrap_or(USUAL_PAGE))
    }
}

/// The one name in a path.
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Problem::not_found(Thing::Path)),
        }
    }
}
