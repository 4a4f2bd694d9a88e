//! A request, read in the way of a provider that takes forms, queries and JSON.

use gerbang_tests::server::Sent;
use serde_json::Value;
use url::{Url, form_urlencoded};

/// A call.
#[derive(Debug)]
pub struct Asked {
    method: String,
    /// The parts of the path, decoded.
    segments: Vec<String>,
    headers: Vec<(String, String)>,
    /// The members of the query and of the body.
    fields: Vec<(String, Value)>,
}

impl From<&Sent> for Asked {
    fn from(sent: &Sent) -> Self {
        let url = Url::parse("http://provider").and_then(|base| base.join(&sent.target)).expect("a target is a URL");
        let decode = |segment: &str| {
            // A form's `+` is a space, a path's is not.
            let pair = format!("={}", segment.replace('+', "%2B"));
            form_urlencoded::parse(pair.as_bytes()).next().map(|(_, text)| text.into_owned()).unwrap_or_default()
        };
        let text = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            (name.into_owned(), Value::String(value.into_owned()))
        };
        let mut fields: Vec<_> = url.query_pairs().map(text).collect();
        match serde_json::from_str(&sent.body) {
            Ok(Value::Object(members)) => fields.extend(members),
            _ => fields.extend(form_urlencoded::parse(sent.body.as_bytes()).map(text)),
        }
        Self {
            method: sent.method.clone(),
            segments: url.path_segments().into_iter().flatten().map(decode).collect(),
            headers: sent.headers.clone(),
            fields,
        }
    }
}

impl Asked {
    /// The method and the path, to match on: `POST`, `["api", "create.php"]`.
    pub fn call(&self) -> (&str, Vec<&str>) {
        (&self.method, self.segments.iter().map(String::as_str).collect())
    }

    /// A header's value; its name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The token after `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// A member as text; an empty one when it is missing.
    pub fn text(&self, name: &str) -> String {
        match self.field(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// A member as a whole number; 0 when it is not one.
    pub fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_default()
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }
}
