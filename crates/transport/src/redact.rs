//! Removing credentials from what a provider echoes.

use gerbang_core::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

const REDACTED: &str = "[redacted]";

/// Text without any of the secrets, as they are or as a URL, a form or JSON would write them.
pub(crate) fn redact(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        for form in forms(secret.expose()) {
            if text.contains(&form) {
                text = text.replace(&form, REDACTED);
            }
        }
    }
    text
}

fn forms(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let quoted = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        quoted[1..quoted.len() - 1].to_owned(),
        // PHP's json_encode escapes slashes.
        quoted[1..quoted.len() - 1].replace('/', "\\/"),
    ];
    // The longest first: a shorter form may be a part of a longer one.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_every_written_form() {
        let secret = Secret::from("SK/a\"b c+d");
        let echo = concat!(
            "raw SK/a\"b c+d, url SK%2Fa%22b%20c%2Bd, form SK%2Fa%22b+c%2Bd, ",
            "json SK/a\\\"b c+d, php SK\\/a\\\"b c+d."
        );
        let text = redact(echo, &[&secret]);
        assert_eq!(text, "raw [redacted], url [redacted], form [redacted], json [redacted], php [redacted].");
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        assert_eq!(redact("abc", &[&Secret::from("")]), "abc");
    }
}
