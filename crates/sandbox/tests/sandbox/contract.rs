//! The description of the sandbox's own API, and whether replies are as it says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gerbang_spec::yaml;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::Reply;

/// The description, in OpenAPI 3.0.
pub static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let document = yaml::Document::parse(include_str!("../../openapi.yaml"), "openapi.yaml");
    document.expect("YAML").value
});

/// An operation of the description.
pub struct Operation {
    pub method: String,
    pub path: String,
    pub value: &'static Value,
}

pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let operation = |path: &str, method: &str, value| {
        let (method, path) = (method.to_uppercase(), path.to_owned());
        Operation { method, path, value }
    };
    let paths = DESCRIPTION["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").iter();
            methods.map(move |(method, value)| operation(path, method, value))
        })
        .collect()
});

/// What a `$ref` leads to, or the value itself.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DESCRIPTION.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference} is nowhere")),
        None => value,
    }
}

/// The components' schemas, as JSON Schema has them.
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| json_schema(&DESCRIPTION["components"]["schemas"]));

/// The schemas that were met, ready for use.
static VALIDATORS: LazyLock<std::sync::Mutex<BTreeMap<String, std::sync::Arc<Validator>>>> =
    LazyLock::new(Default::default);

/// Fails unless a value is as a schema says.
pub fn validate(schema: &Value, value: &Value, what: &str) {
    let mut validators = VALIDATORS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let validator = validators.entry(schema.to_string()).or_insert_with(|| {
        let whole = json!({"allOf": [json_schema(schema)], "components": {"schemas": *SCHEMAS}});
        let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
        options.build(&whole).expect("a schema").into()
    });
    let validator = validator.clone();
    drop(validators);
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{what} is not as described: {errors:?} in {value}");
}

/// A schema of OpenAPI 3.0 as JSON Schema, which has no `nullable`.
fn json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let is_nullable = members.get("nullable") == Some(&Value::Bool(true));
            let member = |(name, value): (&String, &Value)| match name.as_str() {
                "type" if is_nullable => (name.clone(), json!([value, "null"])),
                _ => (name.clone(), json_schema(value)),
            };
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(json_schema).collect(),
        other => other.clone(),
    }
}

fn is_of(path: &str, template: &str) -> bool {
    let (path, template): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
    path.len() == template.len()
        && path.iter().zip(template).all(|(found, wanted)| wanted.starts_with('{') || *found == wanted)
}

/// Fails unless a reply of the sandbox's own API is as described. Its page is none of that.
pub fn check(method: &str, path: &str, reply: &Reply) {
    let path = path.split('?').next().unwrap_or_default();
    if !path.starts_with("/_sandbox") || path.starts_with("/_sandbox/page") {
        return;
    }
    let what = format!("the reply {} to {method} {path}", reply.status);
    let media_type = reply.header("content-type").unwrap_or_default();
    let on_path: Vec<_> = OPERATIONS.iter().filter(|operation| is_of(path, &operation.path)).collect();
    let Some(operation) = on_path.iter().find(|operation| operation.method == method) else {
        assert_eq!(reply.status, if on_path.is_empty() { 404 } else { 405 }, "{what}");
        assert_eq!(media_type, "application/json", "{what}");
        return validate(&json!({"$ref": "#/components/schemas/Error"}), &reply.json(), &what);
    };
    let response = &operation.value["responses"][reply.status.to_string()];
    assert!(!response.is_null(), "{what} is not described: {}", reply.body);
    let described = resolved(response)["content"].as_object().expect("content");
    let (described_type, content) = described.iter().next().expect("a media type");
    assert_eq!(media_type.split(';').next(), Some(described_type.as_str()), "{what}");
    match described_type.as_str() {
        "application/json" => validate(&content["schema"], &reply.json(), &what),
        _ => validate(&content["schema"], &reply.body.clone().into(), &what),
    }
}
