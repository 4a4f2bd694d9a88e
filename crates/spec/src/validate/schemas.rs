//! The shapes of schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Report;
use super::envelopes::flags;
use super::grammar::{Kind, SCHEMAS};
use super::spec::{Node, Spec};

/// Checks every schema.
pub fn check(spec: &Spec, report: &mut Report) {
    let replies: BTreeSet<_> = spec
        .all(&[Kind::Operation])
        .flat_map(|operation| spec.success_schemas(operation))
        .map(|schema| schema.pointer.as_str())
        .collect();
    for schema in spec.all(SCHEMAS) {
        let holds_json = spec.children(schema, "oneOf").iter().any(|arm| arm.has("x-content-media-type"));
        let is_choice = schema.has("discriminator");
        if schema.has("oneOf") && !is_choice && !holds_json && !replies.contains(schema.pointer.as_str()) {
            let message = "`oneOf` without `discriminator` is only for success replies and for JSON inside a string";
            let help = "add `discriminator` to forms of objects, else write the type of the sample and a format that reads both";
            report.add(&schema.at("oneOf"), "unsupported", message, help);
        }
        check_shape(report, schema);
        check_nesting(spec, report, schema);
        check_words(report, schema);
        check_required(spec, report, schema);
    }
    let used = spec.reachable(["/paths".to_owned(), "/x-webhooks".to_owned()]);
    for component in used.into_values().filter(|node| node.kind == Kind::Component) {
        check_end(spec, report, component);
        if component.says("nullable") && component.has("properties") {
            let message = "an object that is a component cannot be `null` everywhere";
            report.add(&component.at("nullable"), "unsupported", message, "say `nullable` where it is used");
        }
    }
    let flags = flags(spec);
    for schema in spec.read_by_client().into_values().filter(|node| SCHEMAS.contains(&node.kind)) {
        if schema.list("enum").iter().any(Value::is_string) && !flags.contains(&schema.pointer) {
            let message = "an unknown word would make the reply unreadable";
            let help = "make it a component with `type: string` and `x-extensible-enum`";
            report.add(&schema.at("enum"), "closed-enum-in-reply", message, help);
        }
        check_nullable(spec, report, schema);
    }
}

/// What the generator cannot honour.
fn check_shape(report: &mut Report, schema: &Node) {
    const RULE: &str = "unsupported";
    let all = schema.list("allOf");
    if schema.has("allOf") && !(all.len() == 1 && all[0].get("$ref").is_some()) {
        let message = "`allOf` with anything but one `$ref` is not supported";
        report.add(&schema.at("allOf"), RULE, message, "list all properties in one component");
    }
    let beside = ["allOf", "description", "example", "x-guess", "x-credential"];
    for key in schema.object.keys().filter(|key| schema.has("allOf") && !beside.contains(&key.as_str())) {
        let message = format!("`{key}` beside `allOf` is not supported");
        report.add(&schema.at(key), RULE, message, format!("only these stand beside it: {}", beside[1..].join(", ")));
    }
    if let Some(more) = schema.object.get("additionalProperties") {
        let message = "`additionalProperties` beside `properties` or as `false` is not supported";
        if schema.has("properties") || *more == Value::Bool(false) {
            let help = "leave it out: members that are not listed are always allowed";
            report.add(&schema.at("additionalProperties"), RULE, message, help);
        }
    }
}

fn check_nesting(spec: &Spec, report: &mut Report, schema: &Node) {
    let of_body = spec.parent(schema).is_some_and(|parent| parent.kind == Kind::MediaType);
    if schema.kind != Kind::Component && !of_body && schema.has("properties") {
        let message = "an object inside another has no name";
        report.add(&schema.pointer, "anonymous-object", message, "make it a component and refer to it by `$ref`");
    }
}

/// A list, map or `allOf` that is inside itself by lists, maps and `allOf`s only has no type.
fn check_end(spec: &Spec, report: &mut Report, component: &Node) {
    let inside = |schema: &Node| {
        let inner = spec.child(schema, "items").or_else(|| spec.child(schema, "additionalProperties"));
        let inner = inner.or_else(|| spec.children(schema, "allOf").first().copied());
        inner.and_then(|inner| spec.resolve(inner))
    };
    let mut seen = BTreeSet::new();
    let mut schema = inside(component);
    while let Some(next) = schema.filter(|next| seen.insert(next.pointer.as_str())) {
        if next.pointer == component.pointer {
            let name = component.name();
            let (message, help) = match component.has("allOf") {
                true => (format!("the `allOf` of `{name}` leads to itself"), "list the properties of an object"),
                false => (format!("the list or map `{name}` contains itself"), "make what is inside it an object"),
            };
            report.add(&component.pointer, "unsupported", message, help);
        }
        schema = inside(next);
    }
}

fn check_words(report: &mut Report, schema: &Node) {
    const RULE: &str = "open-enum-unnamed";
    if !schema.has("x-extensible-enum") {
        return;
    }
    let pointer = schema.at("x-extensible-enum");
    if schema.kind != Kind::Component || schema.text("type") != Some("string") || schema.has("enum") {
        let message = "an open set of words is not a string component of its own";
        report.add(&pointer, RULE, message, "make it a component with `type: string` and refer to it by `$ref`");
    }
    let words = schema.texts("x-extensible-enum");
    let distinct: BTreeSet<_> = words.iter().map(|word| word.to_lowercase()).collect();
    if words.is_empty() || distinct.len() != words.len() || words.iter().any(|word| word.trim().is_empty()) {
        let message = "the words are none, or blank, or the same but for case";
        report.add(&pointer, RULE, message, "list each word once; case does not count");
    }
}

fn check_required(spec: &Spec, report: &mut Report, schema: &Node) {
    for (index, name) in schema.texts("required").iter().enumerate() {
        if spec.node(&format!("{}/properties/{}", schema.pointer, crate::yaml::escape(name))).is_none() {
            let message = format!("`{name}` is required but no property");
            let help = format!("remove it, or add it; the properties are {}", schema.names("properties").join(", "));
            report.add(&format!("{}/{index}", schema.at("required")), "required-property", message, help);
        }
    }
}

/// What is required of a reply must not be `null`.
fn check_nullable(spec: &Spec, report: &mut Report, schema: &Node) {
    let required = schema.texts("required");
    for member in spec.children(schema, "properties") {
        let name = member.name();
        if required.contains(&name.as_str()) && spec.resolve(member).is_some_and(|schema| schema.says("nullable")) {
            let message = format!("`{name}` is required and nullable");
            let help = "remove it from `required`: what may be `null` is not needed";
            report.add(&member.at("nullable"), "nullable-required", message, help);
        }
    }
}
