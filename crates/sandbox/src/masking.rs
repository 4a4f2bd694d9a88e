//! What was sent, without what is secret in it: by the names of headers, fields and members.

use axum::http::HeaderMap;
use serde_json::Value;
use url::form_urlencoded;

use crate::call::Call;

/// What is shown in the place of a secret.
const MASK: &str = "***";

/// How many characters of a body are kept.
const MAX_BODY: usize = 4 * 1024;

/// How many headers are kept, how many characters of each name and each value, and of all of them.
const MAX_HEADERS: usize = 32;
const MAX_HEADER: usize = 512;
const MAX_OF_HEADERS: usize = 8 * 1024;

/// Parts of names of what is secret.
const SECRET: [&str; 8] =
    ["authorization", "key", "password", "secret", "signature", "token", "cookie", "x-servicepayment"];

/// What a request brought, from which the log makes what it shows.
pub(crate) struct Brought {
    pub(crate) query: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What everybody may know of what a call brought. A login has the name of an account besides.
pub(crate) fn brought(call: &Call, is_login: bool) -> Brought {
    Brought { query: call.whole_query().map(query), headers: headers(call.headers()), body: body(call, is_login) }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|secret| name.contains(secret))
}

/// The headers.
fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut left = MAX_OF_HEADERS;
    let mut cut = |text: &str| {
        let text: String = text.chars().take(MAX_HEADER.min(left)).collect();
        left -= text.chars().count();
        text
    };
    let shown = headers.iter().take(MAX_HEADERS).map(|(name, value)| {
        let value = if is_secret(name.as_str()) { MASK.into() } else { String::from_utf8_lossy(value.as_bytes()) };
        (cut(name.as_str()), cut(&value))
    });
    shown.filter(|(name, _)| !name.is_empty()).collect()
}

/// A query.
fn query(query: &str) -> String {
    bounded(&fields(query))
}

fn body(call: &Call, is_login: bool) -> String {
    let text = String::from_utf8_lossy(call.body());
    if call.is_form() {
        return bounded(&fields(&text));
    }
    if text.trim().is_empty() {
        return String::new();
    }
    // What cannot be read may have one anywhere.
    let Ok(mut value) = serde_json::from_str::<Value>(&text) else {
        return if is_secret(&text) { MASK.to_owned() } else { bounded(&text) };
    };
    // What has no secret stays as it was written.
    if mask(&mut value, is_login) { bounded(&value.to_string()) } else { bounded(&text) }
}

/// Fields of a form or a query. All but the secrets stay as they were written.
fn fields(text: &str) -> String {
    let shown = text.split('&').map(|field| {
        let name = form_urlencoded::parse(field.as_bytes()).next().map(|(name, _)| is_secret(&name));
        let written = field.split('=').next().unwrap_or_default();
        if name == Some(true) { format!("{written}={MASK}") } else { field.to_owned() }
    });
    shown.collect::<Vec<_>>().join("&")
}

/// Masks the secrets in JSON, and returns whether there are any.
fn mask(value: &mut Value, is_login: bool) -> bool {
    let mut found = false;
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) || is_login && name == "email" {
                    *value = MASK.into();
                    found = true;
                } else {
                    found |= mask(value, is_login);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| found |= mask(value, is_login)),
        _ => {}
    }
    found
}

fn bounded(text: &str) -> String {
    text.chars().take(MAX_BODY).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_masked_by_their_names_however_written() {
        for (sent, shown) in [
            ("a=1&api_key=canary&b=2", "a=1&api_key=***&b=2"),
            ("api%5Fkey=canary", "api%5Fkey=***"),
            ("API_KEY=canary&x", "API_KEY=***&x"),
            ("custom_id=api_key", "custom_id=api_key"),
            ("", ""),
        ] {
            assert_eq!(fields(sent), shown);
        }
    }

    #[test]
    fn headers_are_cut_each_and_together() {
        let name = |number: usize| axum::http::HeaderName::try_from(format!("x-{number}-{}", "n".repeat(600))).unwrap();
        let value = axum::http::HeaderValue::try_from("v".repeat(600)).unwrap();
        let sent: HeaderMap = (0..20).map(|number| (name(number), value.clone())).collect();
        let shown = headers(&sent);
        assert!(shown.iter().all(|(name, value)| name.len() <= MAX_HEADER && value.len() <= MAX_HEADER));
        assert_eq!(shown.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>(), MAX_OF_HEADERS);
    }

    #[test]
    fn members_are_masked_wherever_they_are() {
        let mut sent =
            serde_json::json!({"api_key": "canary", "list": [{"Password": ["canary"]}], "email": "a@b", "n": 1});
        assert!(mask(&mut sent.clone(), false));
        assert!(mask(&mut sent, true));
        assert_eq!(sent.to_string(), r#"{"api_key":"***","email":"***","list":[{"Password":"***"}],"n":1}"#);
        assert!(!mask(&mut serde_json::json!({"amount": 1, "order": ["key"]}), true));
    }
}
