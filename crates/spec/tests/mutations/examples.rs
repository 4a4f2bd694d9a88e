//! Examples made anew, so that a changed spec is not refused for the old ones alone.

use serde_json::{Map, Value, json};

/// How deep an example goes into members that may be left out.
const DEEPEST: usize = 12;

/// Gives every body, reply and notification an example of its schema, and takes those of single values away.
pub fn renew(spec: &mut Value) {
    let whole = spec.clone();
    walk(spec, &whole);
}

fn walk(value: &mut Value, whole: &Value) {
    match value {
        Value::Object(map) => {
            let is_media = map.get("schema").is_some() && !map.contains_key("in");
            if let Some(example) = map.get("schema").filter(|_| is_media).and_then(|schema| sample(whole, schema, 0)) {
                if map.remove("examples").is_some() | map.remove("example").is_some() {
                    map.insert("example".to_owned(), example);
                }
            } else if map.contains_key("description") && map.get("example").is_some_and(|value| !value.is_object()) {
                map.remove("example");
            }
            map.iter_mut().filter(|(key, _)| *key != "example").for_each(|(_, value)| walk(value, whole));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, whole)),
        _ => {}
    }
}

/// A value of a schema; none where that would have no end.
fn sample(whole: &Value, schema: &Value, depth: usize) -> Option<Value> {
    if depth > 30 {
        return None;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#')) {
        return sample(whole, whole.pointer(target)?, depth + 1);
    }
    if schema.get("nullable") == Some(&json!(true)) {
        return Some(Value::Null);
    }
    if let Some(inner) = schema.pointer("/allOf/0") {
        return sample(whole, inner, depth + 1);
    }
    if let Some(first) = schema.pointer("/enum/0").or(schema.pointer("/x-extensible-enum/0")) {
        return Some(first.clone());
    }
    if schema.get("discriminator").is_some() {
        return form(whole, schema, depth);
    }
    if let Some(Value::Array(arms)) = schema.get("oneOf") {
        let is_text = arms.first()?.get("type") == Some(&json!("string"));
        return match arms.get(1).filter(|_| is_text) {
            Some(held) => Some(json!(sample(whole, held, depth + 1)?.to_string())),
            None => sample(whole, arms.first()?, depth + 1),
        };
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => members(whole, schema, depth),
        Some("array") => {
            Some(sample(whole, schema.get("items")?, depth + 1).map_or_else(|| json!([]), |item| json!([item])))
        }
        Some("integer") => Some(schema.get("minimum").cloned().unwrap_or_else(|| {
            let most = schema.get("maximum").and_then(Value::as_i64).unwrap_or(10_000);
            json!(most.min(10_000))
        })),
        Some("number") => Some(json!(1)),
        Some("boolean") => Some(json!(true)),
        Some(_) => Some(json!(text(schema))),
        None => Some(json!({"any": 1})),
    }
}

/// An object of the first form of a choice, with the word of that form.
fn form(whole: &Value, schema: &Value, depth: usize) -> Option<Value> {
    let named_by = schema.pointer("/discriminator/propertyName")?.as_str()?;
    let (word, target) = schema.pointer("/discriminator/mapping")?.as_object()?.iter().next()?;
    let mut object = sample(whole, whole.pointer(target.as_str()?.strip_prefix('#')?)?, depth + 1)?;
    object.as_object_mut()?.insert(named_by.to_owned(), json!(word));
    Some(object)
}

fn members(whole: &Value, schema: &Value, depth: usize) -> Option<Value> {
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name));
    let mut object = Map::new();
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        match sample(whole, member, depth + 1) {
            Some(value) if required(name) || depth < DEEPEST => drop(object.insert(name.clone(), value)),
            None if required(name) => return None,
            _ => {}
        }
    }
    if let Some(values @ Value::Object(_)) = schema.get("additionalProperties") {
        object.extend(sample(whole, values, depth + 1).map(|value| ("key".to_owned(), value)));
    }
    Some(Value::Object(object))
}

/// A text of a format and a length.
fn text(schema: &Value) -> String {
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        return fitting(pattern);
    }
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("rupiah") => "10000",
        Some("rupiah-dotted") => "1.493",
        Some("jakarta-time") => "2026-01-31 12:00:00",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("date") => "2026-01-31",
        Some("uri") => "https://example.com",
        Some("email") => "someone@example.com",
        Some("decimal") => "1.50",
        Some("flag") => "1",
        _ => "text",
    };
    let (least, most) = (limit("minLength").unwrap_or(0).min(1000), limit("maxLength").unwrap_or(1000));
    let long = text.repeat(least / text.len() + 1);
    let length = text.len().max(least).min(most);
    long.chars().take(length).collect()
}

/// A text that fits a pattern of letters and sets of letters: of each set the last one.
fn fitting(pattern: &str) -> String {
    let mut text = String::new();
    let mut is_inside = None;
    for letter in pattern.chars().filter(|letter| !"^$+".contains(*letter)) {
        match (letter, is_inside) {
            ('[', None) => is_inside = Some('['),
            (']', Some(last)) => {
                text.push(last);
                is_inside = None;
            }
            (letter, Some(_)) => is_inside = Some(letter),
            (letter, None) => text.push(letter),
        }
    }
    text
}
