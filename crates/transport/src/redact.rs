//! Removing credentials from what a provider echoes.

use gerbang_core::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

const REDACTED: &str = "[redacted]";

/// Text without any of the secrets, as they are or as a URL, a form or JSON would write them.
pub(crate) fn redact(text: &str, secrets: &[&Secret]) -> String {
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

/// A secret as it is and as URLs, forms, web pages and JSON write it, also where one of them stands inside JSON inside JSON.
fn forms(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let mut forms = vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        in_html(secret),
    ];
    let mut last = forms.clone();
    for _ in 0..2 {
        last = last.iter().flat_map(|form| [in_json(form), in_json(form).replace('/', "\\/")]).collect();
        forms.extend_from_slice(&last);
    }
    forms.sort();
    forms.dedup();
    forms
}

fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#039;")
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
