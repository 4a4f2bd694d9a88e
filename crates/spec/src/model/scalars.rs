//! Texts, numbers and truth values: the Rust types of their formats, and their limits.

use serde_json::{Map, Value, json};

use super::source::{Result, Source};
use super::{Bound, Limit, When};
use crate::format::Format;
use crate::schema::{object, texts};
use crate::yaml::escape;

/// The crate of the types that formats map to.
pub const CORE: &str = "gerbang-core";

/// The markers of numbers that JSON has as a text, and of what they are.
pub const QUOTED: [(&str, &str); 2] = [("wire::QuotedRupiah", "Rupiah"), ("wire::QuotedDecimal", "Decimal")];

/// The marker of a type of `gerbang-core`, as progenitor reads it.
pub fn rust_type(name: &str, parameter: Option<Value>) -> Value {
    let parameters: Vec<_> = parameter.into_iter().collect();
    json!({"crate": CORE, "version": "*", "path": format!("gerbang_core::{name}"), "parameters": parameters})
}

/// Lowers a text, number or truth value into what is left of its schema: the format becomes a type.
pub fn lower(source: Source, pointer: &str, kind: &str, request: bool, lowered: &mut Map<String, Value>) -> Result<()> {
    let schema = source.get(pointer)?;
    let named = schema.get("format").and_then(Value::as_str);
    let format = named.and_then(Format::named).filter(|format| format.types().contains(&kind));
    match (kind, named, format) {
        ("string" | "boolean", None, _) => {}
        (_, Some(_), Some(format)) if format != Format::Binary => {
            // Such a time is sent as the caller writes it: only a caller knows the zone that is wanted.
            let marker = format.marker(kind).filter(|_| !request || format != Format::DateTime);
            if let Some(marker) = marker {
                lowered.insert("x-rust-type".to_owned(), rust_type(marker, None));
            } else if kind == "integer" {
                lowered.insert("format".to_owned(), json!(format.name()));
            }
        }
        (kind, named, _) => {
            let format = named.map_or_else(|| "no format".to_owned(), |format| format!("the format `{format}`"));
            return source.refuse(pointer, format!("a {kind} with {format} cannot be generated"));
        }
    }
    if schema.get("enum").is_some() && kind == "string" {
        return source.refuse(pointer, "a closed set of words cannot be generated; write x-extensible-enum");
    }
    Ok(())
}

/// The limits of the members of the component at a pointer.
pub fn limits(source: Source, at: &str, lowered: &Value) -> Result<Vec<Limit>> {
    let required = texts(&lowered["required"]);
    let mut limits = Vec::new();
    for (member, schema) in object(&lowered["properties"]) {
        let optional = !required.contains(&member.as_str()) || may_be_null(schema);
        let pointer = format!("{at}/properties/{}", escape(member));
        let bounds = bounds(source, &pointer)?.into_iter();
        limits.extend(bounds.map(|bound| Limit { member: member.clone(), optional, bound, when: None }));
        for rule in source.document.entries(&format!("{pointer}/x-limits")) {
            let (when, bounds) = limit_rule(source, at, &pointer, lowered, &rule)?;
            let limit = |bound| Limit { member: member.clone(), optional, bound, when: Some(when.clone()) };
            limits.extend(bounds.into_iter().map(limit));
        }
    }
    Ok(limits)
}

/// An entry of `x-limits`: with which words of another member it holds, and what it limits.
fn limit_rule(source: Source, of: &str, limited: &str, lowered: &Value, at: &str) -> Result<(When, Vec<Bound>)> {
    let member = source.text(&format!("{at}/member"))?;
    let (target, set) = source.resolve(&format!("{of}/properties/{}", escape(&member)))?;
    let known = texts(&set["x-extensible-enum"]);
    let is_there =
        texts(&lowered["required"]).contains(&member.as_str()) && !may_be_null(&lowered["properties"][&member]);
    if known.is_empty() || !is_there {
        let message = format!("`{member}` is not a required member with a set of words");
        return source.refuse(&format!("{at}/member"), message);
    }
    let words = texts(source.get(&format!("{at}/words"))?);
    if let Some(unknown) = words.iter().find(|word| !known.contains(word)) {
        return source.refuse(&format!("{at}/words"), format!("`{unknown}` is no word of `{member}`"));
    }
    let bounds = own_bounds(source, at, &format!("{at}/minimum"), limited)?;
    if words.is_empty() || bounds.is_empty() {
        return source.refuse(at, "an entry of `x-limits` has `words`, and a `minimum` or a `maximum`");
    }
    let set = target.rsplit('/').next().unwrap_or_default().to_owned();
    Ok((When { member, set, words: words.into_iter().map(str::to_owned).collect() }, bounds))
}

/// The limits of a member or a parameter. Those of what is inside it cannot be checked.
pub fn bounds(source: Source, pointer: &str) -> Result<Vec<Bound>> {
    let mut bounds = Vec::new();
    for (at, inside) in source.within(pointer)? {
        let schema = source.get(&at)?;
        let Some(key) = LIMITS.iter().find(|key| schema.get(**key).is_some()) else { continue };
        if inside {
            let line = source.document.line(pointer);
            let checked = "only the limits of a body's own members and of parameters are checked";
            return source.refuse(&format!("{at}/{key}"), format!("this is inside what line {line} sends; {checked}"));
        }
        bounds.extend(own_bounds(source, &at, &format!("{at}/{key}"), &at)?);
    }
    Ok(bounds)
}

/// The limits that stand at a pointer, of the value whose schema is at another; what is wrong with them is at `first`.
fn own_bounds(source: Source, at: &str, first: &str, limited: &str) -> Result<Vec<Bound>> {
    let stated = source.get(at)?;
    if let Some(key) = ["exclusiveMinimum", "exclusiveMaximum"].iter().find(|key| stated.get(**key).is_some()) {
        return source.refuse(&format!("{at}/{key}"), "only the inclusive `minimum` and `maximum` are checked");
    }
    let limitable = Limitable::of(source, limited)?;
    let number = |key: &str| match stated.get(key).map(Value::as_i64) {
        None => Ok(None),
        Some(Some(limit)) if limit >= 0 || limitable == Limitable::Signed && key.ends_with("imum") => Ok(Some(limit)),
        Some(_) => source.refuse(&format!("{at}/{key}"), "only a limit that is an integer from 0 up is checked"),
    };
    let mut bounds = Vec::new();
    bounds.extend(number("minimum")?.map(Bound::AtLeast));
    bounds.extend(number("maximum")?.map(Bound::AtMost));
    if !bounds.is_empty() && !matches!(limitable, Limitable::Unsigned | Limitable::Signed) {
        return source.refuse(first, "this is no number with a least and a greatest value");
    }
    let count = |key| number(key).map(|limit| limit.and_then(|limit| u64::try_from(limit).ok()));
    match (count("minLength")?, count("maxLength")?) {
        (None, None) => {}
        _ if limitable != Limitable::Text => {
            return source.refuse(first, "this is no text whose characters are counted");
        }
        (least, most) => bounds.push(Bound::Length(least.unwrap_or(0), most)),
    }
    Ok(bounds)
}

/// Which limits the generated code can check of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limitable {
    /// Those of a number from 0 up.
    Unsigned,
    /// Those of any whole number.
    Signed,
    /// The number of characters.
    Text,
    /// None.
    Nothing,
}

impl Limitable {
    /// Of the value whose schema is at a pointer.
    fn of(source: Source, pointer: &str) -> Result<Self> {
        let (at, mut schema) = source.resolve(pointer)?;
        if schema.get("allOf").is_some() {
            (_, schema) = source.resolve(&format!("{at}/allOf/0"))?;
        }
        let format = schema.get("format").and_then(Value::as_str).and_then(Format::named);
        Ok(match (schema.get("type").and_then(Value::as_str), format) {
            (Some("integer" | "number" | "string"), Some(Format::Rupiah)) => Self::Unsigned,
            (Some("integer"), Some(Format::Uint32 | Format::Uint64)) => Self::Unsigned,
            (Some("integer"), Some(Format::Int32 | Format::Int64)) => Self::Signed,
            (_, Some(Format::Identifier)) => Self::Text,
            (Some("string"), None | Some(Format::Date | Format::Uri | Format::Email)) => Self::Text,
            _ => Self::Nothing,
        })
    }
}

/// Whether a lowered value may be there and be `null`.
fn may_be_null(schema: &Value) -> bool {
    schema["nullable"] == true || schema.pointer("/allOf/0").is_some_and(may_be_null)
}

/// What limits a member.
const LIMITS: [&str; 6] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"];
