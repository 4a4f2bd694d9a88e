//! Removing credentials from what a provider echoes.

use std::collections::BTreeSet;

use gerbang_core::{Credentials, Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::request::SEGMENT;

const REDACTED: &str = "[redacted]";

/// What a request was sent with. Its secrets are listed where an error must not show them.
pub(crate) struct Sent<'a> {
    pub(crate) credentials: &'a dyn Credentials,
    pub(crate) session: Option<&'a Secret>,
    /// What is in the request's header only.
    pub(crate) basic: Option<Secret>,
}

impl Sent<'_> {
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        self.credentials.secrets().into_iter().chain(self.session).chain(&self.basic).collect()
    }
}

/// Text without any of the secrets, as they are or as a URL, a form, a web page or JSON would write them: for what somebody else
/// may have echoed.
///
/// ```
/// # use gerbang_core::Secret;
/// # use gerbang_transport::redact;
/// let key = Secret::from("SK/1");
/// assert_eq!(redact(r#"{"got":"SK\/1"}"#, &[&key]), r#"{"got":"[redacted]"}"#);
/// ```
pub fn redact(text: &str, secrets: &[&Secret]) -> String {
    let mut forms: Vec<_> = secrets.iter().flat_map(|secret| forms(secret.expose())).collect();
    // The longest first: a shorter one may be a part of a longer one, of another secret too.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let mut text = text.to_owned();
    for form in forms {
        if text.contains(&form) {
            text = text.replace(&form, REDACTED);
        }
    }
    text
}

/// As [`redact`], for text that may end within a secret.
pub(crate) fn redact_cut(text: &str, secrets: &[&Secret]) -> String {
    let mut text = redact(text, secrets);
    let cut =
        |form: &String| (1..form.len()).rev().find(|end| form.is_char_boundary(*end) && text.ends_with(&form[..*end]));
    let longest = secrets.iter().flat_map(|secret| forms(secret.expose())).filter_map(|form| cut(&form)).max();
    if let Some(longest) = longest {
        text.truncate(text.len() - longest);
    }
    text
}

/// A secret as it is and as URLs, forms, web pages and JSON write it, also where one of them is inside JSON inside JSON.
fn forms(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let in_url = [
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(secret, SEGMENT).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ];
    let quotes = [("&quot;", "&#039;"), ("&quot;", "&#39;"), ("&quot;", "&#x27;"), ("&#34;", "&#39;")];
    let in_html = quotes.map(|(double, single)| in_html(secret, double, single));
    let mut forms = BTreeSet::from([secret.to_owned()]);
    forms.extend(in_url.iter().map(|form| in_lower_case(form)));
    forms.extend(in_url.into_iter().chain(in_html));
    for _ in 0..2 {
        let in_json: Vec<_> = forms.iter().flat_map(|form| in_json(form)).collect();
        forms.extend(in_json);
    }
    forms.into_iter().collect()
}

fn in_json(text: &str) -> [String; 4] {
    let quoted = serde_json::Value::from(text).to_string();
    let json = &quoted[1..quoted.len() - 1];
    let ascii = in_ascii(json);
    [json.replace('/', "\\/"), ascii.replace('/', "\\/"), json.to_owned(), ascii]
}

/// JSON as those write it who escape all but ASCII, and what a web page would take for markup.
fn in_ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && !matches!(character, '&' | '<' | '>') {
            ascii.push(character);
        } else {
            ascii.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii
}

/// A percent-encoded text with `%2f` for `%2F`.
fn in_lower_case(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(2);
        text + "%" + &digits.to_ascii_lowercase() + rest
    })
}

fn in_html(text: &str, double_quote: &str, single_quote: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', double_quote).replace('\'', single_quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_every_written_form() {
        let secret = Secret::from("SK/a\"b c+d");
        let echo = concat!(
            "raw SK/a\"b c+d, url SK%2Fa%22b%20c%2Bd, form SK%2Fa%22b+c%2Bd, ",
            "json SK/a\\\"b c+d, php SK\\/a\\\"b c+d, page SK/a&quot;b c+d, nested SK/a\\\\\\\"b c+d."
        );
        let text = redact(echo, &[&secret]);
        let wanted = "raw [redacted], url [redacted], form [redacted], json [redacted], php [redacted], page [redacted], nested [redacted].";
        assert_eq!(text, wanted);
    }

    #[test]
    fn removes_what_other_languages_write() {
        let secret = Secret::from("a-b/c&d'é");
        for echo in [
            "a-b%2fc%26d%27%c3%a9",
            "a-b%2Fc%26d%27%C3%A9",
            "a-b/c\\u0026d'\\u00e9",
            "a-b\\/c\\u0026d'\\u00e9",
            "a-b/c&amp;d&#39;é",
            "a-b/c&amp;d&#x27;é",
            "a-b/c\\\\u0026d'\\\\u00e9",
        ] {
            assert_eq!(redact(echo, &[&secret]), REDACTED, "{echo}");
        }
        assert_eq!(redact("a&#34;b&#39;c", &[&Secret::from("a\"b'c")]), REDACTED);
    }

    #[test]
    fn a_secret_that_was_cut_is_removed_too() {
        let secret = Secret::from("SK-1234/567");
        for end in ["S", "SK-1", "SK-1234%2F56", "SK-1234/567"] {
            let text = redact_cut(&format!("Bearer {end}"), &[&secret]);
            assert!(text == "Bearer " || text == "Bearer [redacted]", "{text}");
        }
        assert_eq!(redact_cut("SK-1234 x", &[&secret]), "SK-1234 x");
    }

    #[test]
    fn a_secret_inside_another_does_not_leave_a_rest() {
        let (email, password) = (Secret::from("a@b.id"), Secret::from("a@b.id-2024"));
        assert_eq!(redact("a@b.id and a@b.id-2024", &[&email, &password]), "[redacted] and [redacted]");
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        assert_eq!(redact("abc", &[&Secret::from("")]), "abc");
    }
}
