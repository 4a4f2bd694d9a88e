//! OpenAPI 3.1 read as 3.0, where both can say the same. What 3.0 cannot say is left where it is, and refused where it is read.

use gerbang_spec::yaml::Document;
use serde_json::{Map, Value, json};

/// Keys of JSON Schema that make something else of a schema and that OpenAPI 3.0 does not have.
pub(super) const ONLY_IN_3_1: &[&str] = &["if", "dependentSchemas", "patternProperties", "prefixItems", "$dynamicRef"];

/// Whether a document is of OpenAPI 3.1.
pub(super) fn is_3_1(document: &Document) -> bool {
    document.get("/openapi").and_then(Value::as_str).is_some_and(|version| version.starts_with("3.1"))
}

/// The document with its schemas as OpenAPI 3.0 writes them; what is on which line stays as it is.
pub(super) fn as_3_0(document: &Document) -> Document {
    let mut document = document.clone();
    convert(&mut document.value);
    document.value["openapi"] = json!("3.0.3");
    document
}

fn convert(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if is_schema(map) {
                convert_schema(map);
            }
            let is_schema = is_schema(map);
            for (key, inner) in map.iter_mut() {
                // Samples are values, which may look like schemas. A member may be called as they are.
                match (key.as_str(), &mut *inner) {
                    ("properties", Value::Object(members)) => members.values_mut().for_each(convert),
                    ("example" | "examples", _) => {}
                    ("default", _) if is_schema => {}
                    _ => convert(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(convert),
        _ => {}
    }
}

/// Whether an object is a schema and not a map of members with such names, whose values are objects.
fn is_schema(map: &Map<String, Value>) -> bool {
    map.get("type").is_some_and(|kind| kind.is_array() || kind.is_string())
        || map.get("const").is_some_and(|value| !value.is_object())
        || map.get("examples").is_some_and(Value::is_array)
}

fn convert_schema(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = schema.get("type").cloned() {
        let (null, kinds): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|kind| kind == "null");
        if !null.is_empty() {
            schema.insert("nullable".to_owned(), json!(true));
        }
        match kinds.as_slice() {
            // Nothing but `null`.
            [] => drop(schema.insert("type".to_owned(), json!("null"))),
            [only] => drop(schema.insert("type".to_owned(), only.clone())),
            several => {
                schema.remove("type");
                let arms = several.iter().map(|kind| {
                    let mut arm = schema.clone();
                    arm.retain(|key, _| ["enum", "format", "items", "properties", "required"].contains(&key.as_str()));
                    arm.insert("type".to_owned(), kind.clone());
                    Value::Object(arm)
                });
                let arms = arms.collect();
                schema.retain(|key, _| !["enum", "format", "items", "properties", "required"].contains(&key.as_str()));
                schema.insert("anyOf".to_owned(), Value::Array(arms));
            }
        }
    }
    if let Some(value) = schema.remove("const") {
        let kind = match &value {
            Value::String(_) => Some("string"),
            Value::Bool(_) => Some("boolean"),
            Value::Number(number) if !number.is_f64() => Some("integer"),
            _ => None,
        };
        if let Some(kind) = kind {
            schema.entry("type").or_insert_with(|| json!(kind));
        }
        schema.entry("enum").or_insert_with(|| json!([value]));
    }
    if let Some(Value::Array(samples)) = schema.get("examples")
        && let Some(first) = samples.first().cloned()
    {
        schema.remove("examples");
        schema.entry("example").or_insert(first);
    }
    exclusive(schema, "exclusiveMinimum", "minimum", 1);
    exclusive(schema, "exclusiveMaximum", "maximum", -1);
}

/// A whole number above or below a limit is one at least or at most the next to it. Other such limits are not checked.
fn exclusive(schema: &mut Map<String, Value>, exclusive: &str, inclusive: &str, step: i64) {
    let Some(limit) = schema.get(exclusive).filter(|limit| limit.is_number()) else { return };
    let next = limit.as_i64().and_then(|limit| limit.checked_add(step));
    schema.remove(exclusive);
    if let Some(next) = next.filter(|_| schema.get("type") == Some(&json!("integer"))) {
        schema.entry(inclusive).or_insert(json!(next));
    }
}
