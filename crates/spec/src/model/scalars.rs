//! Texts, numbers and truth values: the Rust types of their formats, and their limits.

use serde_json::{Map, Value, json};

use super::source::{Result, Source};
use super::{Bound, Limit, When};
use crate::format::Format;
use crate::schema::{object, texts};
use crate::yaml::escape;

/// The crate of the types that formats map to.
pub const CORE: &str = "gerbang-core";

/// The marker of a type of `gerbang-core`, as progenitor reads it.
pub fn rust_type(name: &str, parameter: Option<Value>) -> Value {
    let parameters: Vec<_> = parameter.into_iter().collect();
    json!({"crate": CORE, "version": "*", "path": format!("gerbang_core::{name}"), "parameters": parameters})
}

/// Lowers a text, number or truth value into what is left of its schema: the format becomes a type.
pub fn lower(source: Source, pointer: &str, kind: &str, lowered: &mut Map<String, Value>) -> Result<()> {
    let schema = source.get(pointer)?;
    let named = schema.get("format").and_then(Value::as_str);
    let format = named.and_then(Format::named).filter(|format| format.types().contains(&kind));
    match (kind, named, format) {
        ("string" | "boolean", None, _) => {}
        (_, Some(_), Some(format)) if format != Format::Binary => {
            if let Some(marker) = format.marker(kind) {
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
    for member in object(&lowered["properties"]).keys() {
        let optional = !required.contains(&member.as_str());
        let pointer = format!("{at}/properties/{}", escape(member));
        let bounds = bounds(source, &pointer)?.into_iter();
        limits.extend(bounds.map(|bound| Limit { member: member.clone(), optional, bound, when: None }));
        for rule in source.document.entries(&format!("{pointer}/x-limits")) {
            let (when, bounds) = limit_rule(source, at, lowered, &rule)?;
            let limit = |bound| Limit { member: member.clone(), optional, bound, when: Some(when.clone()) };
            limits.extend(bounds.into_iter().map(limit));
        }
    }
    Ok(limits)
}

/// An entry of `x-limits`: with which words of another member it holds, and what it limits.
fn limit_rule(source: Source, of: &str, lowered: &Value, at: &str) -> Result<(When, Vec<Bound>)> {
    let member = source.text(&format!("{at}/member"))?;
    let (target, set) = source.resolve(&format!("{of}/properties/{}", escape(&member)))?;
    let known = texts(&set["x-extensible-enum"]);
    if known.is_empty() || !texts(&lowered["required"]).contains(&member.as_str()) {
        let message = format!("`{member}` is not a required member with a set of words");
        return source.refuse(&format!("{at}/member"), message);
    }
    let words = texts(source.get(&format!("{at}/words"))?);
    if let Some(unknown) = words.iter().find(|word| !known.contains(word)) {
        return source.refuse(&format!("{at}/words"), format!("`{unknown}` is no word of `{member}`"));
    }
    let bounds = own_bounds(source, at, source.get(at)?)?;
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
        if inside && let Some(key) = LIMITS.iter().find(|key| schema.get(**key).is_some()) {
            let line = source.document.line(pointer);
            let checked = "only the limits of a body's own members and of parameters are checked";
            return source.refuse(&format!("{at}/{key}"), format!("this is inside what line {line} sends; {checked}"));
        }
        bounds.extend(own_bounds(source, &at, schema)?);
    }
    Ok(bounds)
}

/// The limits that a schema states itself.
fn own_bounds(source: Source, at: &str, schema: &Value) -> Result<Vec<Bound>> {
    let number = |key: &str| match schema.get(key).map(Value::as_u64) {
        Some(None) => source.refuse(&format!("{at}/{key}"), "only a limit that is an integer from 0 up is checked"),
        Some(limit) => Ok(limit),
        None => Ok(None),
    };
    if let Some(key) = ["exclusiveMinimum", "exclusiveMaximum"].iter().find(|key| schema.get(**key).is_some()) {
        return source.refuse(&format!("{at}/{key}"), "only the inclusive `minimum` and `maximum` are checked");
    }
    let mut bounds = Vec::new();
    bounds.extend(number("minimum")?.map(Bound::AtLeast));
    bounds.extend(number("maximum")?.map(Bound::AtMost));
    match (number("minLength")?, number("maxLength")?) {
        (None, None) => {}
        (least, most) => bounds.push(Bound::Length(least.unwrap_or(0), most)),
    }
    Ok(bounds)
}

/// What limits a member.
const LIMITS: [&str; 6] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"];
