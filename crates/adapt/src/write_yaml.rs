//! A spec as YAML text, with keys in the order in which people look for them.

use saphyr::{Mapping, Scalar, Yaml, YamlEmitter};
use serde_json::{Map, Value};

/// The keys that stand first, in this order; the others follow by name.
const ORDER: &[&str] = &[
    "openapi",
    "info",
    "servers",
    "tags",
    "security",
    "x-envelope",
    "paths",
    "components",
    "operationId",
    "name",
    "in",
    "title",
    "version",
    "type",
    "format",
    "summary",
    "required",
    "description",
    "x-source",
    "x-guess",
    "x-idempotency",
    "parameters",
    "requestBody",
    "responses",
    "schema",
];

/// The text of a spec.
pub fn write(spec: &Value) -> String {
    let mut text = String::new();
    // Writing to a string does not fail, and JSON has nothing that YAML cannot say.
    YamlEmitter::new(&mut text).dump(&yaml(spec, false)).expect("the spec is written");
    text.trim_start_matches("---\n").to_owned() + "\n"
}

/// `named` is an object whose keys are names: they keep their own order, whatever they are called.
fn yaml(value: &Value, named: bool) -> Yaml<'_> {
    match value {
        Value::Null => Yaml::Value(Scalar::Null),
        Value::Bool(value) => Yaml::Value(Scalar::Boolean(*value)),
        Value::Number(number) => Yaml::Value(match number.as_i64() {
            Some(whole) => Scalar::Integer(whole),
            None => Scalar::FloatingPoint(number.as_f64().unwrap_or_default().into()),
        }),
        Value::String(text) => Yaml::Value(Scalar::String(text.as_str().into())),
        Value::Array(items) => Yaml::Sequence(items.iter().map(|item| yaml(item, false)).collect()),
        Value::Object(map) => Yaml::Mapping(mapping(map, named)),
    }
}

fn mapping(map: &Map<String, Value>, named: bool) -> Mapping<'_> {
    let mut keys: Vec<_> = map.keys().collect();
    if !named {
        keys.sort_by_key(|key| ORDER.iter().position(|known| known == key).unwrap_or(ORDER.len()));
    }
    let holds_names =
        |key: &str| !named && ["properties", "schemas", "paths", "securitySchemes", "example"].contains(&key);
    let entry = |key: &String| (Yaml::Value(Scalar::String(key.clone().into())), yaml(&map[key], holds_names(key)));
    keys.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use gerbang_spec::yaml::Document;

    #[test]
    fn what_is_written_is_read_again() {
        let texts = [
            "", " a", "a: b", "- a", "'", "\"", "4XX", "200", "1e3", "yes", "null", "~", "#", "{", "a\nb", "é", "&lt;",
        ];
        let spec = json!({
            "paths": {"/a/{b}": {"type": texts, "name": {"x": [], "y": {}, "z": [[1, -2], {"k": null}]}}},
            "info": {"description": texts.join(" "), "title": "t"},
            "200": true,
            "big": 1.5,
        });
        let text = write(&spec);
        let read = Document::parse(&text, "t.yaml").unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
        assert_eq!(read.value, spec, "{text}");
        assert!(text.find("info").unwrap() < text.find("paths").unwrap(), "{text}");
    }
}
