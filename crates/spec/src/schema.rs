//! Questions about a schema as JSON.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::yaml::escape;

/// The pointer of a component's schema.
pub fn component_at(name: &str) -> String {
    format!("/components/schemas/{}", escape(name))
}

/// The component that a schema refers to.
pub fn component_name(schema: &Value) -> Option<&str> {
    referred(schema.get("$ref")?)
}

/// The component that a text refers to, as `$ref` does.
pub fn referred(target: &Value) -> Option<&str> {
    target.as_str()?.strip_prefix("#/components/schemas/")
}

/// Whether a component is the same for both sides: a text, a number, an open set of words.
pub fn is_scalar(schema: &Value) -> bool {
    matches!(schema.get("type").and_then(Value::as_str), Some("string" | "integer" | "number" | "boolean"))
}

/// JSON inside a string, or the JSON itself.
pub fn is_json_string(schema: &Value) -> bool {
    schema.pointer("/oneOf/0/x-content-media-type").is_some()
}

/// Whether a component is an object of one of several forms, which one of its members names.
pub fn is_choice(schema: &Value) -> bool {
    schema.get("discriminator").is_some()
}

/// The members of an object; none of anything else.
pub fn object(value: &Value) -> &Map<String, Value> {
    static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    value.as_object().unwrap_or(&EMPTY)
}

/// The texts of a list; none of anything else.
pub fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
