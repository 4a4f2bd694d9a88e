//! Keys that are unknown, misplaced, missing or not supported, and values of the wrong type.

use serde_json::Value;

use super::Report;
use super::grammar::{Key, Kind, SCHEMAS, Shape, UNSUPPORTED};
use super::spec::{Node, Spec};

/// Checks every key of every object.
pub fn check(spec: &Spec, report: &mut Report) {
    for node in spec.nodes().filter(|node| node.kind.section().is_none() || node.reference().is_none()) {
        for (name, value) in node.object {
            match node.kind.key(name) {
                Some(key) => check_value(report, &node.at(name), name, key.shape, value),
                None => unknown(report, node, name),
            }
        }
        for Key { name, .. } in node.kind.keys().iter().filter(|key| key.required && !node.has(key.name)) {
            let message = format!("the {} has no `{name}`", node.kind.name());
            report.add(&node.pointer, "missing-key", message, format!("add `{name}`"));
        }
        if SCHEMAS.contains(&node.kind) {
            check_schema(report, node);
        }
    }
}

/// What the grammar's table cannot say about a schema.
fn check_schema(report: &mut Report, node: &Node) {
    if node.says("x-any") && node.has("type") {
        let message = "`x-any` beside `type`, which says what the value is";
        report.add(&node.at("x-any"), "wrong-type", message, "leave out one of the two");
    }
    if !["type", "oneOf", "allOf", "anyOf"].iter().any(|key| node.has(key)) && !node.says("x-any") {
        let message = format!("the {} has no `type`", node.kind.name());
        report.add(&node.pointer, "missing-key", message, "add `type`, or refer to a component by `$ref`");
    }
    if node.text("type") == Some("array") && !node.has("items") {
        report.add(&node.pointer, "missing-key", "the array has no `items`", "add `items`");
    }
    if let Some(pattern) = node.text("pattern")
        && jsonschema::draft7::new(&serde_json::json!({"pattern": pattern})).is_err()
    {
        let message = format!("`{pattern}` is not a regular expression");
        report.add(&node.at("pattern"), "wrong-type", message, "fix the expression");
    }
}

fn unknown(report: &mut Report, node: &Node, name: &str) {
    let pointer = node.at(name);
    let place = node.kind.name();
    if let Some((_, help)) = UNSUPPORTED.iter().find(|(key, _)| *key == name) {
        report.add(&pointer, "unsupported", format!("`{name}` on this {place} is not supported"), *help);
        return;
    }
    let elsewhere: Vec<_> = Kind::ALL.iter().filter(|kind| kind.key(name).is_some()).map(|kind| kind.name()).collect();
    let nearest = node.kind.keys().iter().map(|key| (strsim::levenshtein(key.name, name), key.name)).min();
    let help = match nearest {
        Some((distance, key)) if distance <= 2 && distance < name.len() / 2 => format!("did you mean `{key}`?"),
        _ if name.starts_with("x-") && !elsewhere.is_empty() => format!("it belongs on: {}", elsewhere.join(", ")),
        _ => {
            let known: Vec<_> = node.kind.keys().iter().map(|key| key.name).collect();
            format!("remove it; known here: {}", known.join(", "))
        }
    };
    report.add(&pointer, "unknown-key", format!("`{name}` has no meaning on this {place}"), help);
}

fn check_value(report: &mut Report, pointer: &str, name: &str, shape: Shape, value: &Value) {
    let wrong = match shape {
        Shape::Any => None,
        Shape::Text => (!value.is_string()).then_some("a text"),
        Shape::Bool => (!value.is_boolean()).then_some("`true` or `false`"),
        Shape::Count => (!value.is_u64()).then_some("a whole number"),
        Shape::Number => (!value.is_number()).then_some("a number"),
        Shape::Word(words) => {
            if !value.as_str().is_some_and(|word| words.contains(&word)) {
                let help = format!("write one of: {}", words.join(", "));
                report.add(pointer, "wrong-type", format!("{value} is no `{name}`"), help);
            }
            None
        }
        Shape::Texts => (!is_list(value, Value::is_string)).then_some("a list of texts"),
        Shape::TextMap => (!is_map(value, Value::is_string)).then_some("an object of texts"),
        Shape::Values => value.as_array().is_none_or(Vec::is_empty).then_some("a list with at least one value"),
        Shape::Object(_) => (!value.is_object()).then_some("an object"),
        Shape::Objects(_) => (!is_list(value, Value::is_object)).then_some("a list of objects"),
        Shape::Map(_) => (!is_map(value, Value::is_object)).then_some("an object of objects"),
        Shape::BoolOr(_) => (!value.is_boolean() && !value.is_object()).then_some("`true` or a schema"),
        Shape::Requirements => {
            let is_requirement = |entry: &Value| is_map(entry, |scopes| scopes.as_array().is_some_and(Vec::is_empty));
            (!is_list(value, is_requirement)).then_some("a list of entries such as `ApiKey: []`")
        }
    };
    if let Some(wanted) = wrong {
        report.add(pointer, "wrong-type", format!("`{name}` is not {wanted}"), format!("write {wanted}"));
    }
}

fn is_list(value: &Value, fits: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(fits))
}

fn is_map(value: &Value, fits: impl Fn(&Value) -> bool) -> bool {
    value.as_object().is_some_and(|map| map.values().all(fits))
}
