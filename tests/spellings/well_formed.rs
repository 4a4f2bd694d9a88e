//! Which values are well-formed for a member, written from `specs/README.md` and not from the library.

use serde_json::Value;

use crate::spec::Spec;
use crate::values::Form;

/// Whether a value is well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It must be read.
    Yes,
    /// It must not be read.
    No,
    /// No document says so: either is right.
    Open,
}

/// What a member holds, by its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole rupiah.
    Rupiah,
    /// A time, with a zone or without.
    Time,
    /// An opaque name or number.
    Identifier,
    /// Yes or no.
    Flag,
    /// A number that is not money.
    Integer,
    /// A number with a fraction, digit for digit.
    Decimal,
    /// A word of an open set.
    Word,
    /// Any other text: a payload, an address, a name.
    Text,
    /// A list.
    List,
    /// An object with any names.
    Map,
    /// An object with known names.
    Object,
    /// JSON in a string, or the JSON itself.
    JsonInString,
}

impl Kind {
    /// The kind of a schema that is no reference.
    pub fn of(schema: &Value) -> Self {
        if schema["oneOf"][0]["x-content-media-type"].is_string() {
            return Self::JsonInString;
        }
        if schema["x-extensible-enum"].is_array() {
            return Self::Word;
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (_, Some("rupiah" | "rupiah-dotted")) => Self::Rupiah,
            (_, Some("jakarta-time" | "date-time" | "date")) => Self::Time,
            (_, Some("identifier")) => Self::Identifier,
            (_, Some("flag")) | (Some("boolean"), _) => Self::Flag,
            (_, Some("decimal")) => Self::Decimal,
            (Some("integer"), _) => Self::Integer,
            (Some("array"), _) => Self::List,
            (Some("object"), _) if schema.get("additionalProperties").is_some() => Self::Map,
            (Some("object"), _) => Self::Object,
            (Some("string"), _) => Self::Text,
            _ => panic!("a schema of no known kind: {schema}"),
        }
    }
}

/// Whether a value is well-formed for a member of this schema that must be there.
pub fn well_formed(spec: &Spec, schema: &Value, form: &Form) -> Verdict {
    let schema = spec.resolve(schema);
    let json = match form {
        // PHP writes `null` for an empty list as well.
        Form::Json(Value::Null) if matches!(Kind::of(schema), Kind::List | Kind::Map | Kind::JsonInString) => {
            return Verdict::Open;
        }
        Form::Missing | Form::Json(Value::Null) => return Verdict::No,
        Form::BrokenText => return broken_text(Kind::of(schema)),
        Form::LongInteger(_) => return long_integer(Kind::of(schema)),
        Form::HugeNumber => return yes_if(Kind::of(schema) == Kind::Word),
        Form::Json(json) => json,
    };
    match Kind::of(schema) {
        Kind::Rupiah => yes_if(is_rupiah(json)),
        Kind::Time => time(json),
        Kind::Identifier => yes_if(is_identifier(json)),
        Kind::Flag => yes_if(is_flag(json)),
        Kind::Integer => yes_if(is_integer(json)),
        Kind::Decimal => yes_if(is_decimal(json)),
        Kind::Word => yes_if(json.is_string() || json.is_number() || json.is_boolean()),
        Kind::Text => text(json),
        Kind::List => yes_if(is_list(json)),
        Kind::Map => map(json),
        Kind::Object => object(spec, schema, json),
        Kind::JsonInString => {
            let inner = json.as_str().map(serde_json::from_str::<Value>);
            match inner {
                Some(Ok(inner)) => well_formed(spec, &schema["oneOf"][1], &Form::Json(inner)),
                Some(Err(_)) => Verdict::No,
                None => well_formed(spec, &schema["oneOf"][1], form),
            }
        }
    }
}

fn is_rupiah(json: &Value) -> bool {
    match json {
        Value::Number(number) => number.as_u64().is_some(),
        Value::String(text) => whole_number(text),
        _ => false,
    }
}

fn is_identifier(json: &Value) -> bool {
    match json {
        Value::Number(number) => {
            number.is_i64() && number.as_i64() != Some(0) || number.is_u64() && number.as_u64() != Some(0)
        }
        Value::String(text) => !is_blank(text) && text != "0",
        _ => false,
    }
}

fn is_flag(json: &Value) -> bool {
    match json {
        Value::Bool(_) => true,
        Value::Number(number) => matches!(number.as_u64(), Some(0 | 1)),
        Value::String(text) => matches!(text.as_str(), "0" | "1" | "true" | "false"),
        _ => false,
    }
}

fn is_integer(json: &Value) -> bool {
    match json {
        Value::Number(number) => number.is_u64(),
        Value::String(text) => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

fn is_decimal(json: &Value) -> bool {
    let text = match json {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return false,
    };
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

fn text(json: &Value) -> Verdict {
    match json.as_str() {
        // A name or an address may be a dash.
        Some(text) if text.trim() == "-" => Verdict::Open,
        text => yes_if(text.is_some_and(|text| !text.trim().is_empty())),
    }
}

fn is_list(json: &Value) -> bool {
    match json {
        Value::Array(_) => true,
        // A PHP list that is empty or has holes.
        Value::Object(members) => members.keys().all(|name| name.parse::<u64>().is_ok()),
        _ => false,
    }
}

fn map(json: &Value) -> Verdict {
    match json {
        Value::Object(entries) if entries.is_empty() => Verdict::Yes,
        // Of an object without one good entry nobody knows what it is.
        Value::Object(_) => Verdict::Open,
        // An empty PHP map.
        Value::Array(items) => yes_if(items.is_empty()),
        _ => Verdict::No,
    }
}

/// An object in which every required member is well-formed.
fn object(spec: &Spec, schema: &Value, json: &Value) -> Verdict {
    let Some(members) = json.as_object() else { return Verdict::No };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let verdicts = required.map(|name| {
        let form = members.get(name).map_or(Form::Missing, |value| Form::Json(value.clone()));
        well_formed(spec, &schema["properties"][name], &form)
    });
    verdicts.fold(Verdict::Yes, |whole, member| match (whole, member) {
        (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
        (Verdict::Open, _) | (_, Verdict::Open) => Verdict::Open,
        _ => Verdict::Yes,
    })
}

/// A time is kept as the text that it came as, so that any text may pass, and any value that is none may be refused. A text
/// that is blank, a number and an object of PHP's may be refused or read as what they mean.
fn time(json: &Value) -> Verdict {
    match json {
        Value::String(text) if is_blank(text) => Verdict::Open,
        Value::String(_) => Verdict::Yes,
        Value::Number(_) | Value::Object(_) => Verdict::Open,
        _ => Verdict::No,
    }
}

/// Shown with a replacement character where it is only shown; never a name by which a payment is found, nor a word by which
/// it is judged.
fn broken_text(kind: Kind) -> Verdict {
    yes_if(matches!(kind, Kind::Text | Kind::Time))
}

/// As a name it may be read, if no digit is lost.
fn long_integer(kind: Kind) -> Verdict {
    match kind {
        Kind::Word | Kind::Decimal => Verdict::Yes,
        Kind::Identifier | Kind::Time => Verdict::Open,
        _ => Verdict::No,
    }
}

/// Digits, after which a point and zeros may stand.
fn whole_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && whole.len() < 16 && digits(fraction) && fraction.bytes().all(|byte| byte == b'0')
}

/// What providers write where there is nothing.
fn is_blank(text: &str) -> bool {
    matches!(text.trim(), "" | "-")
}

fn yes_if(is_well_formed: bool) -> Verdict {
    if is_well_formed { Verdict::Yes } else { Verdict::No }
}

#[test]
fn the_table_knows_the_formats() {
    let spec = &Spec::all()[0];
    let verdict = |schema: &str, value: &str| {
        let (schema, value) = (serde_json::from_str(schema).unwrap(), serde_json::from_str(value).unwrap());
        well_formed(spec, &schema, &Form::Json(value))
    };
    let rupiah = r#"{"type": "integer", "format": "rupiah"}"#;
    let identifier = r#"{"type": "string", "format": "identifier"}"#;
    let list = r#"{"type": "array", "items": {"type": "string"}}"#;
    for (schema, value, is_well_formed) in [
        (rupiah, "0", true),
        (rupiah, "\"70.00\"", true),
        (rupiah, "70.5", false),
        (rupiah, "-1", false),
        (rupiah, "\"\"", false),
        (identifier, "-1", true),
        (identifier, "\"0\"", false),
        (identifier, "1.5", false),
        (r#"{"type": "boolean"}"#, "\"1\"", true),
        (r#"{"type": "boolean"}"#, "2", false),
        (r#"{"type": "string"}"#, "\" \"", false),
        (r#"{"type": "string"}"#, "1", false),
        (r#"{"type": "string", "x-extensible-enum": ["A"]}"#, "1.5", true),
        (list, r#"{"1": 1, "3": 2}"#, true),
        (list, r#"{"a": 1}"#, false),
        (r#"{"type": "object", "additionalProperties": {"type": "string"}}"#, "[]", true),
        (r#"{"type": "object", "additionalProperties": {"type": "string"}}"#, "[1]", false),
        (r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}"#, "{}", false),
    ] {
        assert_eq!(verdict(schema, value), yes_if(is_well_formed), "{schema} {value}");
    }
}
