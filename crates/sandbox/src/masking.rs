//! What was sent, without what is secret in it: by the names of headers, fields and members, and a key of the call wherever it is
//! a part of the path.

use std::fmt;

use axum::http::HeaderMap;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use url::form_urlencoded;

use crate::call::{Call, percent_decoded};

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
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What everybody may know of what a call to a path brought. A login has the name of an account besides.
pub(crate) fn brought(call: &Call, path: &str, is_login: bool) -> Brought {
    let secrets = secrets(call);
    Brought {
        path: self::path(path, &secrets),
        query: call.whole_query().map(query),
        headers: headers(call.headers(), &secrets),
        body: body(call, is_login),
    }
}

/// What a call itself says that is secret.
fn secrets(call: &Call) -> Vec<String> {
    let mut secrets = secrets_of(call.headers(), call.whole_query());
    if call.is_form() {
        add_fields(call.body(), &mut secrets);
    }
    if let Some(value) = call.json_of_any_type() {
        add_members(&value, &mut secrets);
    }
    secrets
}

/// What headers and a query say that is secret.
pub(crate) fn secrets_of(headers: &HeaderMap, query: Option<&str>) -> Vec<String> {
    let mut secrets = Vec::new();
    for (_, value) in headers.iter().filter(|(name, _)| is_secret(name.as_str())) {
        let value = String::from_utf8_lossy(value.as_bytes());
        // Behind a scheme, such as Bearer.
        secrets.extend(value.split_once(' ').map(|(_, key)| key.trim().to_owned()));
        secrets.push(value.into_owned());
    }
    add_fields(query.unwrap_or_default().as_bytes(), &mut secrets);
    secrets
}

/// Adds the values of secret fields of a form or a query.
fn add_fields(fields: &[u8], secrets: &mut Vec<String>) {
    let named = form_urlencoded::parse(fields).filter(|(name, _)| is_secret(name));
    secrets.extend(named.map(|(_, value)| value.into_owned()));
}

/// Adds the texts of secret members.
fn add_members(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value {
            Value::String(text) if is_secret(name) => secrets.push(text.clone()),
            _ => add_members(value, secrets),
        }),
        Value::Array(values) => values.iter().for_each(|value| add_members(value, secrets)),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|secret| name.contains(secret))
}

/// A path, of which a part may be a secret of the call, or have a name that says so or come after one.
pub(crate) fn path(path: &str, secrets: &[String]) -> String {
    let mut is_named = false;
    let shown = path.split('/').map(|part| {
        let plain = percent_decoded(part);
        let is_field = plain.contains('=') && plain.split([';', '&']).any(|field| fields(field) != field);
        let is_known = is_named || secrets.contains(&plain);
        let is_hidden = is_known && !part.is_empty() || is_field && !part.contains('=');
        is_named = is_secret(&plain) && !plain.contains('=');
        match (is_hidden, is_field) {
            (true, _) => MASK.to_owned(),
            (false, true) => part.split(';').map(fields).collect::<Vec<_>>().join(";"),
            (false, false) => part.to_owned(),
        }
    });
    shown.collect::<Vec<_>>().join("/")
}

/// An address, such as a `Referer` has.
fn address(text: &str, secrets: &[String]) -> String {
    let (text, fragment) = text.split_once('#').map_or((text, None), |(text, fragment)| (text, Some(fragment)));
    let (place, query) = text.split_once('?').map_or((text, None), |(place, query)| (place, Some(query)));
    let (scheme, rest) = place.split_once("://").map_or(("", place), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(if scheme.is_empty() { 0 } else { rest.len() }));
    let mut shown = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    match authority.rsplit_once('@') {
        Some((_, host)) => shown += &format!("{MASK}@{host}"),
        None => shown += authority,
    }
    shown += &self::path(path, secrets);
    for (sign, part) in [('?', query), ('#', fragment)] {
        if let Some(part) = part {
            shown.push(sign);
            shown += &fields(part);
        }
    }
    shown
}

/// The headers.
fn headers(headers: &HeaderMap, secrets: &[String]) -> Vec<(String, String)> {
    let mut left = MAX_OF_HEADERS;
    let mut cut = |text: &str| {
        let text: String = text.chars().take(MAX_HEADER.min(left)).collect();
        left -= text.chars().count();
        text
    };
    let shown = headers.iter().take(MAX_HEADERS).map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = match is_secret(name.as_str()) {
            true => MASK.to_owned(),
            false if value.contains("://") || value.starts_with('/') => address(&value, secrets),
            false => value.into_owned(),
        };
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
    mask(&mut value, is_login);
    // Of two members with one name the value has the last only.
    let all = serde_json::from_str::<Names>(&text);
    let has_secret = all.map_or(true, |Names(all)| all.iter().any(|name| is_secret_member(name, is_login)));
    // What has no secret stays as it was written.
    if has_secret { bounded(&value.to_string()) } else { bounded(&text) }
}

fn is_secret_member(name: &str, is_login: bool) -> bool {
    is_secret(name) || is_login && name == "email"
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

/// Masks the secrets in JSON.
fn mask(value: &mut Value, is_login: bool) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match is_secret_member(name, is_login) {
                    true => *value = MASK.into(),
                    false => mask(value, is_login),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| mask(value, is_login)),
        _ => {}
    }
}

/// The names of all members in JSON, also of those that are there twice.
#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self::default())
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            self.0.push(name);
            self.0.extend(members.next_value::<Self>()?.0);
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Self, A::Error> {
        while let Some(Self(names)) = items.next_element()? {
            self.0.extend(names);
        }
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
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
        let shown = headers(&sent, &[]);
        assert!(shown.iter().all(|(name, value)| name.len() <= MAX_HEADER && value.len() <= MAX_HEADER));
        assert_eq!(shown.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>(), MAX_OF_HEADERS);
    }

    #[test]
    fn members_are_masked_wherever_they_are() {
        let mut sent =
            serde_json::json!({"api_key": "canary", "list": [{"Password": ["canary"]}], "email": "a@b", "n": 1});
        mask(&mut sent, true);
        assert_eq!(sent.to_string(), r#"{"api_key":"***","email":"***","list":[{"Password":"***"}],"n":1}"#);
    }

    #[test]
    fn names_are_all_there_also_twice() {
        let text = r#"{"a": [{"api_key": null, "b": -1.5}, "x", true], "a": {"c": 1}, "c": 2, "a": -1}"#;
        let Names(names) = serde_json::from_str(text).unwrap();
        assert_eq!(names, ["a", "api_key", "b", "a", "c", "c", "a"]);
    }

    #[test]
    fn a_path_has_no_key() {
        let secrets = ["canary".to_owned(), "a/b+c".into()];
        for (sent, shown) in [
            ("/api/v1/payment/status/PG-1", "/api/v1/payment/status/PG-1"),
            ("/api/canary/payment", "/api/***/payment"),
            ("/can%61ry", "/***"),
            ("/a%2Fb+c/canary1", "/***/canary1"),
            ("/api_key/other/x", "/api_key/***/x"),
            ("/api_key=other;v=1/x", "/api_key=***;v=1/x"),
            ("/v=1&api_key=other", "/v=1&api_key=***"),
            ("/api_key%3Dother", "/***"),
            ("/a=b;c", "/a=b;c"),
            ("", ""),
        ] {
            assert_eq!(path(sent, &secrets), shown, "{sent}");
        }
    }

    #[test]
    fn an_address_has_no_key() {
        for (sent, shown) in [
            (
                "https://shop.example/pay?api_key=canary&a=1#token=canary",
                "https://shop.example/pay?api_key=***&a=1#token=***",
            ),
            ("https://user:canary@shop.example", "https://***@shop.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("/canary/x?a=1", "/***/x?a=1"),
        ] {
            assert_eq!(address(sent, &["canary".to_owned()]), shown);
        }
    }
}
