//! The Rust type that a schema of the generator's model becomes.

use serde_json::Value;

use gerbang_spec::format::Format;
use gerbang_spec::model::Model;

/// The type of a member or parameter.
pub fn of_member(model: &Model, schema: &Value, required: bool) -> String {
    let inner = of(model, schema);
    // A list or map of a reply is empty where there is none.
    if inner.starts_with("Rows<") || inner.starts_with("Entries<") {
        return inner;
    }
    // A list or map that may be missing is empty then.
    let empty_is_none = inner.starts_with("Vec<") || inner.starts_with("BTreeMap<");
    match may_be_none(schema) || !(required || empty_is_none) {
        true => format!("Option<{inner}>"),
        false => inner,
    }
}

/// Whether a value may be there and say that there is none.
fn may_be_none(schema: &Value) -> bool {
    schema["nullable"] == true || schema.pointer("/allOf/0").is_some_and(may_be_none)
}

/// The type of a value that is there.
pub fn of(model: &Model, schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        return if model.words.contains_key(name) { format!("Open<{name}>") } else { name.to_owned() };
    }
    if let Some(inner) = schema.pointer("/allOf/0") {
        return of(model, inner);
    }
    // Among the items of a list that is received.
    if let Some(inner) = schema.pointer("/oneOf/0") {
        return format!("Option<{}>", of(model, inner));
    }
    if let Some(format) = Format::of_lowered(schema) {
        return format.rust_type().to_owned();
    }
    if let Some(path) = schema["x-rust-type"]["path"].as_str() {
        let name = path.rsplit("::").next().unwrap_or_default();
        let inner = schema.pointer("/x-rust-type/parameters/0").map(|inner| of(model, inner));
        return inner.map_or_else(|| name.to_owned(), |inner| format!("{name}<{inner}>"));
    }
    match schema["type"].as_str() {
        Some("array") => format!("Vec<{}>", of(model, &schema["items"])),
        Some("object") => format!("BTreeMap<String, {}>", of(model, &schema["additionalProperties"])),
        Some("boolean") => "bool".to_owned(),
        _ => "String".to_owned(),
    }
}

/// A schema without what people read and what its type says, to see whether values are written in the same way.
pub fn wire(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !matches!(name.as_str(), "description" | "nullable"));
            Value::Object(kept.map(|(name, value)| (name.clone(), wire(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(wire).collect()),
        other => other.clone(),
    }
}
