//! The description, and whether replies are as it says.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::shop::Reply;

pub static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).expect("JSON"));

/// Each method and path that is described.
pub fn operations() -> Vec<(String, String)> {
    let paths = DESCRIPTION["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().expect("methods").keys().map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DESCRIPTION.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference} is nowhere")),
        None => value,
    }
}

static VALIDATORS: LazyLock<Mutex<BTreeMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// What differs between a value and a schema.
fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = validators.entry(schema.to_string()).or_insert_with(|| {
        let whole = json!({"allOf": [schema], "components": {"schemas": DESCRIPTION["components"]["schemas"]}});
        jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema").into()
    });
    let validator = validator.clone();
    drop(validators);
    validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

/// Whether a body of a request is as described.
pub fn is_described(schema: &str, value: &Value) -> bool {
    errors(&json!({"$ref": format!("#/components/schemas/{schema}")}), value).is_empty()
}

fn is_of(path: &str, template: &str) -> bool {
    let (path, template): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
    path.len() == template.len()
        && path.iter().zip(template).all(|(found, wanted)| wanted.starts_with('{') || *found == wanted)
}

/// Fails unless a reply is as described.
pub fn check(method: &str, path: &str, reply: &Reply) {
    let path = path.split('?').next().unwrap_or_default();
    let what = format!("the reply {} to {method} {path}: {}", reply.status, reply.text);
    let template = operations().into_iter().map(|(_, template)| template).find(|template| is_of(path, template));
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    let Some(template) = template else {
        assert_eq!((reply.status, reply.media_type()), (404, "application/problem+json"), "{what}");
        return assert!(errors(&problem, &reply.json()).is_empty(), "{what}");
    };
    let operation = &DESCRIPTION["paths"][&template][method.to_lowercase()];
    if operation.is_null() {
        assert_eq!((reply.status, reply.media_type()), (405, "application/problem+json"), "{what}");
        return assert!(errors(&problem, &reply.json()).is_empty(), "{what}");
    }
    let response = &operation["responses"][reply.status.to_string()];
    assert!(!response.is_null(), "not described: {what}");
    let content = &resolved(response)["content"][reply.media_type()];
    assert!(!content.is_null(), "{} is not described: {what}", reply.media_type());
    if let Some(schema) = content.get("schema") {
        let errors = errors(schema, &reply.json());
        assert!(errors.is_empty(), "{errors:?} in {what}");
    }
    if reply.media_type() == "application/problem+json" {
        assert_eq!(reply.json()["status"], reply.status, "{what}");
    }
}
