//! The wrong values that every member is given.

use serde_json::Value;

/// A wrong value.
#[derive(Debug)]
pub struct Wrong {
    /// What the reports call it.
    pub name: &'static str,
    /// What it is, for the table of well-formed values.
    pub form: Form,
    /// Its bytes on the wire; none where the member is left out.
    pub bytes: Option<Vec<u8>>,
}

/// A value as the table of well-formed values sees it.
#[derive(Debug, Clone)]
pub enum Form {
    /// There is no member.
    Missing,
    /// JSON that any reader understands.
    Json(Value),
    /// A text with half an emoji, or with a byte that is not UTF-8.
    BrokenText,
    /// A whole number with more digits than any integer type of Rust holds.
    LongInteger(&'static str),
    /// A number that no type of Rust holds.
    HugeNumber,
}

impl Form {
    /// Whether it says nothing, which every optional member may do.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Missing | Self::Json(Value::Null) => true,
            Self::Json(Value::String(text)) => matches!(text.as_str(), "" | "-"),
            _ => false,
        }
    }
}

/// Forty digits.
const LONG_INTEGER: &str = "1234567890123456789012345678901234567890";

/// A date as PHP writes it when nobody formats it.
const PHP_DATE: &str = r#"{"date":"2026-05-30 08:55:00.000000","timezone_type":3,"timezone":"Asia/Jakarta"}"#;

/// All wrong values. A long text has so many bytes: a notification may have 64 KiB at most.
pub fn all(long_text: usize) -> Vec<Wrong> {
    let json = [
        ("an empty text", r#""""#),
        ("a dash", r#""-""#),
        ("\"N/A\"", r#""N/A""#),
        ("\"0\"", r#""0""#),
        ("\"70.50\"", r#""70.50""#),
        ("false", "false"),
        ("true", "true"),
        ("0", "0"),
        ("1", "1"),
        ("-1", "-1"),
        ("70.5", "70.5"),
        ("Unix seconds", "1780129800"),
        ("Unix milliseconds", "1780129800000"),
        ("[]", "[]"),
        ("[1]", "[1]"),
        ("{}", "{}"),
        ("a list with holes", r#"{"1":1,"3":2}"#),
        ("an object in an object", r#"{"a":{"b":[1]}}"#),
        ("a PHP date object", PHP_DATE),
        ("null", "null"),
    ];
    let parsed = |text| Form::Json(serde_json::from_str(text).expect("JSON"));
    let mut all: Vec<_> =
        json.into_iter().map(|(name, text)| Wrong::new(name, parsed(text), Some(text.into()))).collect();
    let long = "x".repeat(long_text);
    all.push(Wrong::new("a long text", Form::Json(long.clone().into()), Some(format!("\"{long}\"").into())));
    all.push(Wrong::new("half an emoji", Form::BrokenText, Some(br#""Budi \ud83d""#.into())));
    all.push(Wrong::new("a Latin-1 byte", Form::BrokenText, Some(b"\"Caf\xE9\"".into())));
    all.push(Wrong::new("40 digits", Form::LongInteger(LONG_INTEGER), Some(LONG_INTEGER.into())));
    all.push(Wrong::new("1e400", Form::HugeNumber, Some("1e400".into())));
    all.push(Wrong::new("missing", Form::Missing, None));
    all
}

impl Wrong {
    fn new(name: &'static str, form: Form, bytes: Option<Vec<u8>>) -> Self {
        Self { name, form, bytes }
    }
}
