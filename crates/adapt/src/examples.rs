//! Examples: the document's own where they fit, otherwise made of the schema.

use std::collections::BTreeMap;

use gerbang_spec::format::Format;
use serde_json::{Map, Value, json};

use super::operations::Adapted;
use super::{Adapter, SCHEMAS};

/// How deep made examples are.
const DEEPEST: usize = 40;

type Schemas = BTreeMap<String, Value>;

impl Adapter<'_> {
    /// Gives each body and JSON reply of an operation its example.
    pub(super) fn add_examples(&mut self, schemas: &Schemas, operation: &mut Adapted) {
        let mut made = false;
        let mut each = |media: &mut Value| {
            let fits = media.get("example").is_some_and(|example| fits(schemas, &media["schema"], example, 0));
            if !fits && media["schema"].get("$ref").is_some() {
                made = true;
                media["example"] = example(schemas, &media["schema"], 0).unwrap_or(Value::Null);
            }
        };
        let value = &mut operation.value;
        for part in ["requestBody", "responses"] {
            let bodies: Vec<_> = match (part, value.get_mut(part)) {
                (_, None) => Vec::new(),
                ("requestBody", Some(body)) => vec![body],
                (_, Some(responses)) => responses.as_object_mut().into_iter().flat_map(Map::values_mut).collect(),
            };
            for body in bodies {
                let content = body.get_mut("content").and_then(Value::as_object_mut);
                content.into_iter().flat_map(Map::values_mut).for_each(&mut each);
            }
        }
        if made {
            self.report.note("an operation with examples that are made of its schemas");
            value["x-guess"] = json!("Examples are made of the schemas where the document has none that fit.");
        }
    }
}

/// A value of a schema; none where that would have no end.
fn example(schemas: &Schemas, schema: &Value, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(inner) = inner(schemas, schema) {
        return example(schemas, inner, depth + 1);
    }
    if let Some(example) = schema.get("example") {
        return Some(example.clone());
    }
    if let Some((tag, word, form)) = forms(schema).into_iter().next() {
        let mut object = example(schemas, &form, depth + 1)?;
        object[tag] = json!(word);
        return Some(object);
    }
    if let Some(word) = schema.pointer("/x-extensible-enum/0") {
        return Some(word.clone());
    }
    if schema["x-any"] == true {
        return Some(json!({}));
    }
    match (schema["type"].as_str()?, schema["format"].as_str()) {
        ("object", _) => {
            let Some(properties) = schema["properties"].as_object() else { return Some(json!({})) };
            let mut object = Map::new();
            for (name, member) in properties {
                if is_required(schema, name) {
                    object.insert(name.clone(), example(schemas, member, depth + 1)?);
                } else if depth < 3 && is_scalar(schemas, member) {
                    object.extend(example(schemas, member, depth + 1).map(|value| (name.clone(), value)));
                }
            }
            Some(Value::Object(object))
        }
        ("array", _) => Some(json!([])),
        ("integer", _) => {
            let least = schema["minimum"].as_u64().unwrap_or(1);
            Some(json!(schema["maximum"].as_u64().map_or(least, |most| least.min(most))))
        }
        ("number", _) => Some(json!(1)),
        ("boolean", _) => Some(json!(true)),
        (_, Some(format)) => Some(Format::named(format).map_or_else(|| json!("1"), Format::sample)),
        (_, None) => {
            let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap_or(0).min(10_000);
            let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(10_000)).unwrap_or(10_000);
            Some(json!("text".repeat(least / 4 + 1).chars().take(least.max(4).min(most)).collect::<String>()))
        }
    }
}

/// The forms of a choice: the member that tells them apart, its word, and the form.
fn forms(schema: &Value) -> Vec<(&str, &str, Value)> {
    let Some(discriminator) = schema.get("discriminator") else { return Vec::new() };
    let tag = discriminator["propertyName"].as_str().unwrap_or_default();
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    mapping.map(|(word, target)| (tag, word.as_str(), json!({"$ref": target}))).collect()
}

/// What a `$ref`, or an `allOf` of one, leads to.
fn inner<'a>(schemas: &'a Schemas, schema: &'a Value) -> Option<&'a Value> {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix(SCHEMAS));
    name.and_then(|name| schemas.get(name)).or_else(|| schema.pointer("/allOf/0"))
}

fn is_scalar(schemas: &Schemas, schema: &Value) -> bool {
    match inner(schemas, schema) {
        Some(inner) => is_scalar(schemas, inner),
        None => !matches!(schema["type"].as_str(), Some("object" | "array")) && forms(schema).is_empty(),
    }
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name))
}

/// Whether the document's sample is one of the schema.
fn fits(schemas: &Schemas, schema: &Value, value: &Value, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    if let Some(inner) = inner(schemas, schema) {
        return fits(schemas, inner, value, depth + 1);
    }
    let forms = forms(schema);
    if let Some((tag, ..)) = forms.first() {
        let form = forms.iter().find(|(_, word, _)| value.get(tag).is_some_and(|named| named == word));
        return form.is_some_and(|(_, _, form)| fits(schemas, form, value, depth + 1));
    }
    match (schema["type"].as_str(), value) {
        (None, _) if schema["x-any"] == true => true,
        (Some("object"), Value::Object(members)) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.into_iter().all(|name| members.contains_key(name))
                && members.iter().all(|(name, value)| {
                    let member = schema["properties"].get(name).or(schema.get("additionalProperties"));
                    member.is_none_or(|member| fits(schemas, member, value, depth + 1))
                })
        }
        (Some("array"), Value::Array(items)) => {
            items.iter().all(|item| fits(schemas, &schema["items"], item, depth + 1))
        }
        _ => is_of_type(schema, value),
    }
}

/// Whether a scalar is of the type and within the limits of a schema.
pub(super) fn is_of_type(schema: &Value, value: &Value) -> bool {
    match (schema["type"].as_str(), value) {
        (Some("string"), Value::String(text)) => {
            let count = text.chars().count() as u64;
            schema["minLength"].as_u64().is_none_or(|least| count >= least)
                && schema["maxLength"].as_u64().is_none_or(|most| count <= most)
        }
        (Some("integer"), Value::Number(number)) => {
            let whole = number.as_i64();
            let most = if schema["format"] == "int32" { i64::from(i32::MAX) } else { i64::MAX };
            whole.is_some_and(|whole| {
                whole.unsigned_abs() <= most.unsigned_abs()
                    && schema["minimum"].as_i64().is_none_or(|least| whole >= least)
                    && schema["maximum"].as_i64().is_none_or(|most| whole <= most)
            })
        }
        (Some("number"), Value::Number(_)) | (Some("boolean"), Value::Bool(_)) => true,
        _ => false,
    }
}
