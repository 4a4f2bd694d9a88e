//! The difference of specs: every rule on a small change of one spec, versions and the changelog.

mod cases;
mod judged;
mod sent;
mod signed;

use std::collections::BTreeSet;
use std::fs;

use gerbang_diff::{self as diff, Change, Effect, RULES, Read};
use gerbang_spec::model::Model;
use gerbang_spec::naming::snake;
use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
use serde_json::{Value, json};
use syn::{Fields, Item};

type Edit = fn(&mut Value);

fn sample() -> Value {
    let path = specs::workspace().join("crates/spec/tests/generate/sample.yaml");
    Document::load(&path, "sample.yaml").unwrap().value
}

fn edited(edits: &[Edit]) -> Read {
    let mut spec = sample();
    edits.iter().for_each(|edit| edit(&mut spec));
    // JSON is YAML.
    diff::read("sample", &spec.to_string(), "sample.yaml").unwrap()
}

fn changes(old: &[Edit], new: &[Edit]) -> Vec<Change> {
    diff::compare("sample", Some(&edited(old)), Some(&edited(new)))
}

/// The value at a JSON pointer.
fn at<'a>(spec: &'a mut Value, pointer: &str) -> &'a mut Value {
    spec.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"))
}

fn set(spec: &mut Value, pointer: &str, key: &str, value: Value) {
    at(spec, pointer)[key] = value;
}

fn remove(spec: &mut Value, pointer: &str, key: &str) -> Value {
    at(spec, pointer).as_object_mut().unwrap().remove(key).unwrap_or_else(|| panic!("{pointer}/{key}"))
}

fn schema(spec: &mut Value, name: &str, member: &str, value: Value) {
    set(spec, &format!("/components/schemas/{name}/properties"), member, value);
}

fn require(spec: &mut Value, name: &str, members: Value) {
    set(spec, &format!("/components/schemas/{name}"), "required", members);
}

const CREATE: &str = "/paths/~1payments/post";
const STATUS: &str = "/paths/~1payments~1{id}/get";
const SCHEMAS: &str = "/components/schemas";
const SCHEMES: &str = "/components/securitySchemes";

#[test]
fn every_rule_is_reported_and_nothing_else() {
    // The table of judged changes tries the last three.
    let mut tried: BTreeSet<&str> =
        ["client-added", "client-removed", "surface", "variant-renamed", "reply-member-compared"].into();
    let mut wrong = String::new();
    for (number, (old, new, rules, words)) in cases::table().into_iter().enumerate() {
        let changes = changes(old, new);
        let found: BTreeSet<_> = changes.iter().map(|change| change.rule.name).collect();
        let expected: BTreeSet<_> = rules.iter().copied().collect();
        let is_reported =
            rules.first().is_none_or(|rule| changes.iter().any(|it| it.rule.name == *rule && it.what.contains(words)));
        if found != expected || !is_reported {
            wrong += &format!(
                "{number}: expected {expected:?} and \"{words}\", found\n{}\n",
                diff::text(&changes, "HEAD", "0.1.0")
            );
        }
        assert!(changes.is_sorted_by_key(|change| change.rule.effect));
        tried.extend(rules);
    }
    assert!(wrong.is_empty(), "{wrong}");
    let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names, tried, "the table tries every rule");
}

#[test]
fn clients_that_come_and_go_are_reported() {
    let spec = edited(&[]);
    let added = diff::compare("sample", None, Some(&spec));
    assert_eq!((added[0].rule.name, added[0].rule.effect), ("client-added", Effect::Compatible));
    assert_eq!(added[0].what, "a client of Sample, 2 operations and 1 notifications");
    let removed = diff::compare("sample", Some(&spec), None);
    assert_eq!((removed[0].rule.name, removed[0].rule.effect), ("client-removed", Effect::Breaking));
}

#[test]
fn a_change_deep_inside_names_the_operations_that_reach_it() {
    let deep: Edit = |s| schema(s, "Row", "price", json!({"type": "integer", "format": "rupiah", "description": "P."}));
    let changes = changes(&[], &[deep]);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].operations, ["create_payment", "payment_status"]);
}

#[test]
fn versions_follow_the_worst_change() {
    let breaking = changes(&[], &[|s| set(s, "/servers/0", "url", json!("https://x.example.com"))]);
    let compatible = changes(&[], &[|s| set(s, "/x-envelope", "message", json!(["message"]))]);
    let documentation = changes(&[], &[|s| set(s, "/info", "version", json!("2"))]);
    let all: Vec<_> = [&breaking[..], &compatible, &documentation].concat();
    for (changes, version, next) in [
        (&breaking, "0.1.0", Some("0.2.0")),
        (&compatible, "0.1.3", Some("0.1.4")),
        (&documentation, "0.1.3", Some("0.1.4")),
        (&all, "1.4.2", Some("2.0.0")),
        (&compatible, "1.4.2", Some("1.5.0")),
        (&documentation, "1.4.2", Some("1.4.3")),
        (&Vec::new(), "1.4.2", None),
    ] {
        assert_eq!(diff::next_version(changes, version).as_deref(), next, "{version}");
    }
}

#[test]
fn the_changelog_has_the_sections_of_keep_a_changelog() {
    let found = changes(
        &[],
        &[
            |s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending", "settled"])),
            |s| set(s, &format!("{SCHEMAS}/Price"), "minimum", json!(2000)),
            |s| set(s, CREATE, "summary", json!("Makes a payment.")),
        ],
    );
    let expected = "## [Unreleased]

### Added

- sample: the word `settled` of `State`.

### Changed

- sample: `amount` of `CreatePayment`: at least 2000 (was at least 1000). **Breaking:** values that were sent before are \
                    refused before they are sent.

### Removed

- sample: the word `paid` of `State`. **Breaking:** programs that name the word do not compile; when it comes it is \
                    `Open::Unknown`.
";
    assert_eq!(diff::changelog(&found), expected);
}

/// The diff reports Rust types without generating them; they must be those that the generator writes.
#[test]
fn reported_rust_types_are_those_of_the_committed_code() {
    let mut compared = 0;
    for spec in specs::find(&specs::workspace().join("specs"), &[]).unwrap() {
        let model = Model::read(&Document::load(&spec.path, &spec.display_name()).unwrap()).unwrap();
        let generated = specs::workspace().join("crates").join(spec.provider()).join("src/generated");
        let types = fs::read_to_string(generated.join(spec.module().unwrap_or_default()).join("types.rs")).unwrap();
        for item in syn::parse_file(&types).unwrap().items {
            let Item::Struct(item) = item else { continue };
            let name = item.ident.to_string();
            // What a type requires is in a struct of its own.
            let sent = name.strip_suffix("Required").filter(|sent| model.requests.contains(*sent));
            let schema = &model.schemas[sent.unwrap_or(&name)];
            let Fields::Named(fields) = item.fields else { panic!("{} has no named fields", item.ident) };
            for field in fields.named {
                let name = field.ident.as_ref().unwrap().to_string();
                let name = wire_name(&field).unwrap_or_else(|| match sent {
                    // This struct is not serialised: its fields have no other names.
                    Some(_) => wire_of(schema, &name),
                    None => name,
                });
                let required = schema["required"].as_array().unwrap().contains(&json!(name));
                let reported = diff::of_member(&model, &schema["properties"][&name], required);
                assert_eq!(reported, written(&field.ty), "{}: {}.{name}", spec.name, item.ident);
                compared += 1;
            }
        }
    }
    assert!(compared > 150, "{compared}");
}

/// The member of a schema with this name in Rust.
fn wire_of(schema: &Value, name: &str) -> String {
    let members = schema["properties"].as_object().unwrap();
    members.keys().find(|member| snake(member) == name).unwrap().clone()
}

/// The name that serde gives a field.
fn wire_name(field: &syn::Field) -> Option<String> {
    let mut name = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            if meta.path.is_ident("rename") {
                name = value.ok().map(|value| value.value());
            }
            Ok(())
        });
    }
    name
}

/// A type without the paths before its names.
fn written(ty: &syn::Type) -> String {
    let text = quote::quote!(#ty).to_string().replace(' ', "").replace(',', ", ");
    let mut short = String::new();
    for part in text.split_inclusive(['<', '>', ',']) {
        short.push_str(part.trim_start().rsplit("::").next().unwrap_or(part));
        if part.ends_with(',') {
            short.push(' ');
        }
    }
    short
}
