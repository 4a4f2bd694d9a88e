//! The beginning of a body, as an error keeps it.

use gerbang_core::Secret;

use crate::redact::{redact, redact_cut};

/// How much of a body an error keeps, in bytes.
const BODY_IN_ERROR: usize = 4096;

/// The beginning of a body, credentials removed.
pub(crate) fn excerpt(body: &[u8], secrets: &[&Secret]) -> String {
    shorten(redact(&String::from_utf8_lossy(body), secrets), BODY_IN_ERROR)
}

/// As [`excerpt`], for a body of which only the start came.
pub(crate) fn excerpt_cut(start: &[u8], secrets: &[&Secret]) -> String {
    shorten(redact_cut(&String::from_utf8_lossy(start), secrets), BODY_IN_ERROR)
}

/// The beginning of a text, of at most so many bytes.
pub(crate) fn shorten(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excerpt_is_cut_after_the_credentials_are_removed() {
        let body = format!("{}CANARY{}", "ä".repeat(2047), "x".repeat(9999));
        let text = excerpt(body.as_bytes(), &[&Secret::from("CANARY")]);
        assert!(text.len() <= BODY_IN_ERROR && !text.contains("CAN"), "{}", text.len());
    }
}
