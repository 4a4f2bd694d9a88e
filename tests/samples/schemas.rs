//! The JSON schema of every generated type, beside the component of the same name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use gerbang_tests::apis::{self, Schemas};
use serde_json::{Value, json};
use syn::{Attribute, Item, Visibility};

use crate::spec::{Spec, component_name};

/// The schemas of all types of a spec's crate or module.
fn schemas(spec: &str) -> Schemas {
    let api = apis::ALL.into_iter().find(|api| api.spec == spec).expect("the spec has its API in tests/src/apis");
    (api.schemas)()
}

#[test]
fn every_generated_type_is_compared() {
    for spec in Spec::all() {
        let module = spec.module.as_ref().map(|module| format!("{module}/")).unwrap_or_default();
        let file = format!("crates/{}/src/generated/{module}types.rs", spec.provider);
        let text = fs::read_to_string(gerbang_spec::specs::workspace().join(&file)).unwrap();
        let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
        // What `new` takes is neither sent nor read: it is the one kind of struct that is exhaustive.
        let is_taken = |attributes: &[Attribute]| attributes.iter().all(|it| !it.path().is_ident("non_exhaustive"));
        let mut generated = BTreeSet::new();
        for item in syn::parse_file(&text).unwrap().items {
            match item {
                Item::Struct(item) if is_taken(&item.attrs) => {}
                // The optional parameters of an operation, which no body has.
                Item::Struct(item)
                    if item.ident.to_string().ends_with("Options")
                        && spec.component(&item.ident.to_string()).is_none() => {}
                Item::Struct(item) if is_public(&item.vis) => drop(generated.insert(item.ident.to_string())),
                Item::Enum(item) if is_public(&item.vis) => drop(generated.insert(item.ident.to_string())),
                Item::Impl(_) => {}
                // Private readers.
                Item::Macro(item) if item.mac.path.segments.last().unwrap().ident == "optional_members" => {}
                _ => panic!("{file} has an item that is neither a public type nor an impl"),
            }
        }
        let compared: BTreeSet<_> = schemas(&spec.name).into_keys().collect();
        assert_eq!(compared, generated, "{file}");
    }
}

#[test]
fn every_generated_type_has_the_schema_of_its_component() {
    let mut compared = 0;
    let mut problems = Vec::new();
    for spec in Spec::all() {
        let dropped = dropped(&spec);
        for (name, actual) in schemas(&spec.name) {
            let title = format!("{} {name}", spec.name);
            let component = spec.component(&name).unwrap_or_else(|| panic!("{title} is no component"));
            if let Some(words) = component.get("x-extensible-enum") {
                let variants: Vec<_> = actual["oneOf"].as_array().unwrap().iter().map(|one| &one["const"]).collect();
                if json!(variants) != *words {
                    problems.push(format!("{title}: {variants:?} is not {words}"));
                }
            } else {
                let wanted = members_of_component(&spec, component, dropped.get(&name));
                problems.extend(differences(&title, &members_of_type(&actual), &wanted));
            }
            compared += 1;
        }
    }
    println!("{compared} types");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(compared >= 76);
}

/// The members of an object: what each holds, and whether it is required.
type Members = BTreeMap<String, (Value, bool)>;

fn differences(title: &str, actual: &Members, wanted: &Members) -> Vec<String> {
    let names: BTreeSet<_> = actual.keys().chain(wanted.keys()).collect();
    let differ = names.into_iter().filter(|name| actual.get(*name) != wanted.get(*name));
    let show = |member: Option<&(Value, bool)>| match member {
        Some((shape, required)) => format!("{shape}, {}", if *required { "required" } else { "optional" }),
        None => "absent".to_owned(),
    };
    let line = |name: &String| {
        format!("{title}.{name}: {} in Rust, {} in the spec", show(actual.get(name)), show(wanted.get(name)))
    };
    differ.map(line).collect()
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.contains(&json!(name)))
}

fn members_of_type(schema: &Value) -> Members {
    let properties = schema["properties"].as_object().expect("a type has members");
    let member = |(name, property): (&String, &Value)| {
        let required = is_required(schema, name);
        assert!(!(required && is_nullable(property)), "`{name}` must be there, but may be null");
        (name.clone(), (shape_in_rust(property), required))
    };
    properties.iter().map(member).collect()
}

fn members_of_component(spec: &Spec, schema: &Value, dropped: Option<&BTreeSet<String>>) -> Members {
    let properties = schema["properties"].as_object().expect("a component has members");
    let kept = properties.iter().filter(|(name, _)| dropped.is_none_or(|dropped| !dropped.contains(*name)));
    kept.map(|(name, property)| (name.clone(), (shape_in_spec(spec, property), is_required(schema, name)))).collect()
}

/// Members that are not the caller's: credentials of bodies, the flag where the payload is the whole reply.
fn dropped(spec: &Spec) -> BTreeMap<String, BTreeSet<String>> {
    let mut dropped: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in spec.operations() {
        if let Some(body) = operation.body {
            let members = spec.component(&body).unwrap()["properties"].as_object().unwrap();
            let filled = members.iter().filter(|(_, member)| member.get("x-credential").is_some());
            dropped.entry(body).or_default().extend(filled.map(|(name, _)| name.clone()));
        }
        if let Some(reply) = operation.reply
            && operation.envelope.member("data").is_none()
            && !operation.envelope.is("flag-stays")
        {
            let flags = operation.envelope.flags();
            dropped.entry(reply).or_default().extend(flags.into_iter().map(str::to_owned));
        }
    }
    dropped
}

fn is_nullable(schema: &Value) -> bool {
    let null = json!("null");
    let any_of = schema["anyOf"].as_array().is_some_and(|any| any.iter().any(is_nullable));
    any_of || schema["type"] == null || schema["type"].as_array().is_some_and(|types| types.contains(&null))
}

/// What a member of a type holds: a text for a scalar or another type, an object for what is made of others.
fn shape_in_rust(schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return json!(name.trim_start_matches("#/$defs/"));
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let some: Vec<_> = any.iter().filter(|one| one["type"] != "null").collect();
        assert_eq!(some.len(), 1, "{schema} is more than an optional value");
        return shape_in_rust(some[0]);
    }
    if let Some(words) = schema.get("x-extensible-enum") {
        return json!({"words": words});
    }
    if let Some(inner) = schema.get("contentSchema") {
        return json!({"JSON in a string": shape_in_rust(inner)});
    }
    if let Some(items) = schema.get("items") {
        return json!({"list": shape_in_rust(items)});
    }
    if let Some(values) = schema.get("additionalProperties") {
        return json!({"map": shape_in_rust(values)});
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect(),
        name => vec![name.as_str().expect("a scalar has a type")],
    };
    let types: BTreeSet<_> = types.into_iter().collect();
    let types = types.into_iter().collect::<Vec<_>>().join("|");
    json!(format!("{types} {}", schema["format"].as_str().unwrap_or_default()).trim_end())
}

/// The same from a spec, by the table "Formats" of `specs/README.md`.
fn shape_in_spec(spec: &Spec, schema: &Value) -> Value {
    let resolved = spec.resolve(schema);
    if let Some(words) = resolved.get("x-extensible-enum") {
        return json!({"words": words});
    }
    if resolved["oneOf"][0]["x-content-media-type"] == "application/json" {
        return json!({"JSON in a string": shape_in_spec(spec, &resolved["oneOf"][1])});
    }
    if let Some(items) = resolved.get("items") {
        return json!({"list": shape_in_spec(spec, items)});
    }
    if let Some(values) = resolved.get("additionalProperties").filter(|_| !has_members(resolved)) {
        return json!({"map": shape_in_spec(spec, values)});
    }
    // A component that is one text or number has no type of its own.
    let is_scalar = ["string", "integer", "number", "boolean"].map(Value::from).contains(&resolved["type"]);
    let name = component_name(schema).or_else(|| component_name(&schema["allOf"][0]));
    if let Some(name) = name.filter(|_| !is_scalar) {
        return json!(name);
    }
    let kind = resolved["type"].as_str().expect("a schema has a type");
    json!(match (kind, resolved["format"].as_str()) {
        ("integer" | "number", Some("rupiah")) => "integer rupiah".to_owned(),
        ("string", Some("date-time")) | ("integer", Some("jakarta-time")) => "string jakarta-time".to_owned(),
        ("number", Some("decimal")) => "number|string decimal".to_owned(),
        ("string" | "integer", Some("identifier")) => "integer|string identifier".to_owned(),
        ("string" | "integer" | "boolean", Some("flag")) => "boolean|integer|string flag".to_owned(),
        ("string", None | Some("uri" | "email" | "date")) => "string".to_owned(),
        (kind, Some(format)) => format!("{kind} {format}"),
        (kind, None) => kind.to_owned(),
    })
}

fn has_members(schema: &Value) -> bool {
    schema["properties"].as_object().is_some_and(|members| !members.is_empty())
}
