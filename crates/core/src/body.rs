use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// The text of a JSON body that a provider sent, repaired where nothing that counts can be lost.
///
/// A byte order mark is taken away. Bytes that are no UTF-8 (a name in Latin-1) and halves of an escaped character outside the
/// basic plane (`\ud83d` alone, from a text that was cut in the middle of an emoji) become U+FFFD, the replacement character.
/// An identifier or a word with that character in it is then refused, see [`Identifier`](crate::Identifier).
///
/// The usual body is borrowed as it came.
pub fn json_text(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    // The validation of `from_utf8` is the faster one.
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body),
    };
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return text;
    }
    replace_lone_surrogates(text)
}

/// Replaces each escape that is half a character.
fn replace_lone_surrogates(text: Cow<'_, str>) -> Cow<'_, str> {
    match lone_surrogates(&text) {
        found if found.is_empty() => text,
        found => {
            let mut replaced = String::with_capacity(text.len());
            let mut end = 0;
            for start in found {
                replaced.push_str(&text[end..start]);
                replaced.push_str("\\ufffd");
                end = start + ESCAPE;
            }
            replaced.push_str(&text[end..]);
            Cow::Owned(replaced)
        }
    }
}

/// Reads JSON. A number that no double can hold (`1e400`) is read as -0.5, which is no amount, no identifier and no time, so
/// that it does not hide the members beside it; the member that has it is then none, or an error where it is required.
///
/// # Errors
///
/// Whatever `serde_json` finds wrong.
pub fn read_json<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    // Only JSON that could not be read is looked through.
    serde_json::from_str(json).or_else(|error| match without_huge_numbers(json).filter(|_| error.is_syntax()) {
        Some(json) => serde_json::from_str(&json),
        None => Err(error),
    })
}

/// The same JSON with another number for each one that is infinite as a double; none when there is no such number.
fn without_huge_numbers(json: &str) -> Option<String> {
    let (mut replaced, mut kept, mut at) = (String::new(), 0, 0);
    let bytes = json.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let length = bytes[at..].iter().take_while(|byte| b"+-.eE0123456789".contains(byte)).count();
                if json[at..at + length].parse::<f64>().is_ok_and(f64::is_infinite) {
                    replaced.push_str(&json[kept..at]);
                    replaced.push_str("-0.5");
                    kept = at + length;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    (kept > 0).then(|| replaced + &json[kept..])
}

/// Whether a text has lost a part, see [`json_text`].
pub(crate) fn is_damaged(text: &str) -> bool {
    // Its first byte in UTF-8, which few texts have. Without an early end the loop is one over many bytes at once.
    text.bytes().fold(false, |found, byte| found | (byte == 0xEF)) && has_replacement(text)
}

#[cold]
fn has_replacement(text: &str) -> bool {
    text.contains(char::REPLACEMENT_CHARACTER)
}

/// The length of `\uXXXX`.
const ESCAPE: usize = 6;

/// Where escapes stand that are half a character.
fn lone_surrogates(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.as_bytes().get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += next;
        let rest = &text.as_bytes()[at..];
        at += match (escaped(rest), escaped(rest.get(ESCAPE..).unwrap_or_default())) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 2 * ESCAPE,
            (Some(0xd800..0xe000), _) => {
                found.push(at);
                ESCAPE
            }
            (Some(_), _) => ESCAPE,
            // An escape of one character; also `\\`, after which a `u` is only a letter.
            (None, _) => 2,
        };
        // What is escaped may be no ASCII, which is no JSON, but must not stop the search.
        while !text.is_char_boundary(at) && at < text.len() {
            at += 1;
        }
    }
    found
}

/// The code unit of the escape `\uXXXX` that a text begins with.
fn escaped(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    u16::from_str_radix(digits?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_body_is_borrowed() {
        for body in
            ["{\"a\": \"Budi \u{1f600}\"}", r#"{"a": "https:\/\/x", "b": "\u00e9\ud83d\ude00"}"#, "", "\\", r"\u12"]
        {
            assert!(matches!(json_text(body.as_bytes()), Cow::Borrowed(text) if text == body), "{body}");
        }
        assert!(matches!(json_text(b"\xEF\xBB\xBF{}"), Cow::Borrowed("{}")));
    }

    #[test]
    fn half_characters_become_the_replacement_character() {
        for (body, replaced) in [
            (r#""Budi \ud83d""#, r#""Budi \ufffd""#),
            (r#""\uDE00 Budi""#, r#""\ufffd Budi""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\u0041\ude00x""#, r#""\ufffd\u0041\ufffdx""#),
            (r#""\ud83d \ude00""#, r#""\ufffd \ufffd""#),
            // A backslash and letters, not an escape.
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r"\ud83d", r"\ufffd"),
            ("\\\u{e9}\\ud83d", "\\\u{e9}\\ufffd"),
        ] {
            assert_eq!(json_text(body.as_bytes()), replaced);
        }
    }

    #[test]
    fn huge_number_hides_nothing() {
        // A parser of arbitrary precision reads such a number, so that nothing is replaced then: compare the text.
        let replaced = |json: &str| without_huge_numbers(json).unwrap();
        assert_eq!(replaced(r#"{"a":1e400,"b":[-1E+999,1]}"#), r#"{"a":-0.5,"b":[-0.5,1]}"#);
        // In a text it is one.
        assert_eq!(replaced(r#"{"a":"1e400 \" 1e400","b":1e400}"#), r#"{"a":"1e400 \" 1e400","b":-0.5}"#);
        assert_eq!(replaced("1e400"), "-0.5");
        assert!(read_json::<serde_json::Value>(r#"{"a":1e400,"b":1}"#).is_ok());
        for broken in ["", "{", "1e400}", r#"{"a":1e400"#, "\"", "\"\\", r#"{"a":1e400,"b":"é"#, "[1,]"] {
            assert!(read_json::<serde_json::Value>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn latin_1_becomes_the_replacement_character() {
        assert_eq!(json_text(b"\xEF\xBB\xBF\"Caf\xE9 \\ud83d\""), "\"Caf\u{fffd} \\ufffd\"");
        assert!(is_damaged("a\u{fffd}") && !is_damaged("caf\u{e9}"));
    }
}
