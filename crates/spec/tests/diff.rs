//! The difference of specs: every rule on a small change of one spec, versions and the changelog.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gerbang_spec::diff::{self, Change, Effect, RULES, Read};
use gerbang_spec::model::Model;
use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
use serde_json::{Value, json};
use syn::{Fields, Item};

type Edit = fn(&mut Value);

fn sample() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generate/sample.yaml");
    Document::load(&path, "sample.yaml").unwrap().value
}

fn edited(edits: &[Edit]) -> Read {
    let mut spec = sample();
    edits.iter().for_each(|edit| edit(&mut spec));
    // JSON is YAML.
    diff::read(&spec.to_string(), "sample.yaml").unwrap()
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

fn second_key(spec: &mut Value) {
    let scheme = json!({"type": "apiKey", "in": "header", "name": "X-Other", "description": "Another.", "x-credential": "other"});
    set(spec, SCHEMES, "Other", scheme);
    set(spec, "", "security", json!([{"ApiKey": [], "Other": []}]));
}

fn hook_key(spec: &mut Value) {
    let scheme =
        json!({"type": "apiKey", "in": "header", "name": "X-Hook", "description": "A hook.", "x-credential": "hook"});
    set(spec, SCHEMES, "Hook", scheme);
}

fn other_hook_key(spec: &mut Value) {
    let scheme =
        json!({"type": "apiKey", "in": "header", "name": "X-Tie", "description": "A tie.", "x-credential": "tie"});
    set(spec, SCHEMES, "Tie", scheme);
}

fn path_of_two(spec: &mut Value) {
    let mut item = remove(spec, "/paths", "/payments/{id}");
    let second = json!({"name": "shop", "in": "path", "required": true, "description": "The shop.", "schema": {"type": "string"}});
    item["get"]["parameters"].as_array_mut().unwrap().push(second);
    set(spec, "/paths", "/payments/{shop}/{id}", item);
}

fn path_of_two_turned(spec: &mut Value) {
    path_of_two(spec);
    let item = remove(spec, "/paths", "/payments/{shop}/{id}");
    set(spec, "/paths", "/payments/{id}/{shop}", item);
}

fn image(spec: &mut Value, media: &str) {
    let image = json!({(media): {"schema": {"type": "string", "format": "binary", "description": "An image."}}});
    set(spec, &format!("{STATUS}/responses/200"), "content", image);
}

fn no_body(spec: &mut Value) {
    remove(spec, CREATE, "requestBody");
}

fn no_limits(spec: &mut Value) {
    remove(spec, &format!("{SCHEMAS}/Price"), "minimum");
    remove(spec, &format!("{SCHEMAS}/NewPayment/properties/expires_in"), "maximum");
    schema(spec, "NewPayment", "note", json!({"type": "string", "format": "identifier", "description": "A note."}));
}

/// What is changed before and after, and the rules that it falls under, with words of what is told by the first.
type Case = (&'static [Edit], &'static [Edit], &'static [&'static str], &'static str);

fn table() -> Vec<Case> {
    vec![
        (&[], &[], &[], ""),
        (
            &[],
            &[|s| set(s, "/servers/0", "url", json!("https://x.example.com"))],
            &["server"],
            "https://x.example.com (was",
        ),
        (
            &[],
            &[|s| {
                let login =
                    json!({"type": "apiKey", "in": "header", "name": "T", "description": "T.", "x-session": "login"});
                set(s, SCHEMES, "Token", login);
            }],
            &["session"],
            "a session must be opened",
        ),
        (
            &[],
            &[|s| set(s, "/x-envelope", "success", json!([true, "yes"]))],
            &["envelope-verdict"],
            "the replies' envelope: `success`",
        ),
        (
            &[],
            &[|s| set(s, STATUS, "x-envelope", json!({"data": "data", "empty": true}))],
            &["envelope-verdict"],
            "of `payment_status`: `empty`",
        ),
        (&[], &[|s| set(s, "/x-envelope", "message", json!(["message"]))], &["envelope-place"], "`message`"),
        (&[], &[second_key], &["credential-added", "credential-place"], "the credential `other`"),
        (&[second_key], &[], &["credential-removed", "credential-place"], "the credential `other`"),
        (&[hook_key], &[hook_key, other_hook_key], &["credential-added-optional"], "`tie`"),
        (&[], &[hook_key], &["notification-renamed", "credential-added-optional"], "`payment_notification_unverified`"),
        (
            &[],
            &[|s| {
                schema(
                    s,
                    "NewPayment",
                    "project",
                    json!({"type": "integer", "format": "uint32", "x-credential": "project", "description": "The project."}),
                );
            }],
            &["credential-changed"],
            "`project` is a number (was a text)",
        ),
        (
            &[second_key],
            &[second_key, |s| set(s, "", "security", json!([{"ApiKey": []}]))],
            &["credential-changed", "notification-renamed", "credential-place"],
            "a secret for notifications only (was a secret)",
        ),
        (
            &[second_key],
            &[second_key, |s| {
                set(s, &format!("{SCHEMES}/ApiKey"), "x-credential", json!("other"));
                set(s, &format!("{SCHEMES}/Other"), "x-credential", json!("api_key"));
                set(s, &format!("{SCHEMES}/ApiKey"), "description", json!("Another."));
                set(s, &format!("{SCHEMES}/Other"), "description", json!("The key."));
            }],
            &["credential-order", "credential-place"],
            "`other`, `api_key`",
        ),
        (
            &[|s| drop(remove(s, "/paths", "/payments/{id}"))],
            &[],
            &["operation-added", "type-added"],
            "`payment_status` (GET /payments/{id})",
        ),
        (
            &[],
            &[|s| drop(remove(s, "/paths", "/payments/{id}"))],
            &["operation-removed", "type-removed"],
            "`payment_status` (GET /payments/{id})",
        ),
        (
            &[],
            &[|s| set(s, STATUS, "operationId", json!("status"))],
            &["operation-renamed"],
            "`payment_status` is `status`",
        ),
        (
            &[],
            &[|s| {
                let item = remove(s, "/paths", "/payments/{id}");
                set(s, "/paths", "/status/{id}", item);
            }],
            &["request-line"],
            "`payment_status` is GET /status/{id} (was GET /payments/{id})",
        ),
        (&[], &[|s| set(s, STATUS, "x-alternative-paths", json!(["/p/{id}"]))], &["request-line"], "`/p/{id}`"),
        (&[path_of_two], &[path_of_two_turned], &["path-order", "request-line"], "`id`, `shop`"),
        (
            &[],
            &[|s| {
                let list = at(s, &format!("{STATUS}/parameters")).as_array_mut().unwrap();
                list.push(json!({"name": "full", "in": "query", "description": "F.", "schema": {"type": "boolean"}}));
            }],
            &["parameter-added"],
            "the optional parameter `full` of `payment_status`",
        ),
        (
            &[],
            &[|s| drop(remove(s, CREATE, "parameters"))],
            &["parameter-removed"],
            "the parameter `note` of `create_payment`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{CREATE}/parameters/0"), "required", json!(true))],
            &["parameter-type"],
            "is `Identifier` (was `Option<Identifier>`)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{STATUS}/parameters/0"), "x-path-rest", json!(true))],
            &["parameter-rest"],
            "several segments",
        ),
        (
            &[],
            &[|s| set(s, &format!("{STATUS}/parameters/0/schema"), "minLength", json!(2))],
            &["limit-tightened"],
            "at least 2 characters (was at least 1 characters)",
        ),
        (
            &[],
            &[|s| drop(remove(s, &format!("{STATUS}/parameters/0/schema"), "minLength"))],
            &["limit-loosened"],
            "not limited (was at least 1 characters)",
        ),
        (
            &[no_body],
            &[],
            &["body-added", "credential-added", "credential-place", "type-added"],
            "takes a `NewPayment`",
        ),
        (
            &[],
            &[no_body],
            &["body-removed", "credential-removed", "type-removed", "credential-place"],
            "takes no `NewPayment` any more",
        ),
        (
            &[],
            &[|s| {
                let body = remove(s, SCHEMAS, "NewPayment");
                set(s, SCHEMAS, "Order", body);
                let target = json!({"$ref": "#/components/schemas/Order"});
                set(s, &format!("{CREATE}/requestBody/content/application~1json"), "schema", target);
            }],
            &["body-type", "type-removed", "type-added"],
            "takes a `Order` (was `NewPayment`)",
        ),
        (
            &[],
            &[|s| {
                let media = remove(s, &format!("{CREATE}/requestBody/content"), "application/json");
                set(s, &format!("{CREATE}/requestBody/content"), "application/x-www-form-urlencoded", media);
            }],
            &["body-media"],
            "sends a form",
        ),
        (
            &[|s| image(s, "image/png")],
            &[|s| image(s, "image/svg+xml")],
            &["reply-media"],
            "returns image/svg+xml (was image/png)",
        ),
        (&[], &[|s| image(s, "image/png")], &["reply-type", "type-removed"], "returns `Bytes` (was `Payment`)"),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMES}/ApiKey"), "name", json!("X-Key"))],
            &["credential-place"],
            "`create_payment` sends",
        ),
        (
            &[],
            &[|s| set(s, CREATE, "x-idempotency", json!("idempotent"))],
            &["resend-allowed"],
            "is `idempotent` when sent again (was `none`)",
        ),
        (
            &[],
            &[|s| set(s, STATUS, "x-idempotency", json!("none"))],
            &["resend-changed"],
            "is `none` when sent again (was `safe`)",
        ),
        (
            &[],
            &[|s| {
                let words = json!({"type": "string", "x-extensible-enum": ["a"], "description": "W."});
                set(s, SCHEMAS, "Payer", words);
            }],
            &["type-use", "reply-member-type"],
            "`Payer` is a set of words (was received)",
        ),
        (
            &[],
            &[|s| schema(s, "Customer", "phone", json!({"type": "string", "description": "P."}))],
            &["request-member-added"],
            "`phone` of `Customer`, `Option<String>`",
        ),
        (
            &[],
            &[|s| drop(remove(s, &format!("{SCHEMAS}/NewPayment/properties"), "state"))],
            &["request-member-removed"],
            "`state` of `NewPayment`",
        ),
        (
            &[],
            &[|s| require(s, "Customer", json!([]))],
            &["request-member-type"],
            "`name` of `Customer` is `Option<String>` (was `String`)",
        ),
        (
            &[],
            &[|s| require(s, "NewPayment", json!(["project", "amount", "customer", "items"]))],
            &["member-wire"],
            "`items` of `NewPayment`",
        ),
        (
            &[],
            &[|s| schema(s, "Payer", "email", json!({"type": "string", "format": "email", "description": "E."}))],
            &["reply-member-added"],
            "`email` of `Payer`, `Option<String>`",
        ),
        (
            &[],
            &[|s| {
                schema(s, "Payer", "id", json!({"type": "string", "format": "identifier", "description": "I."}));
                require(s, "Payer", json!(["name", "id"]));
            }],
            &["reply-member-demanded"],
            "`id` of `Payer`, `Identifier`",
        ),
        (
            &[],
            &[|s| require(s, "Payment", json!(["id", "state", "labels"]))],
            &["reply-member-demanded"],
            "`labels` of `Payment` must be there",
        ),
        (
            &[],
            &[|s| drop(remove(s, &format!("{SCHEMAS}/Payment/properties"), "labels"))],
            &["reply-member-removed"],
            "`labels` of `Payment`",
        ),
        (
            &[],
            &[|s| require(s, "Payment", json!(["id"]))],
            &["reply-member-type"],
            "`state` of `Payment` is `Option<Open<State>>` (was `Open<State>`)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/PaymentNotification/properties/id"), "type", json!("integer"))],
            &["member-wire"],
            "`id` of `PaymentNotification`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Price"), "minimum", json!(2000))],
            &["limit-tightened"],
            "`amount` of `NewPayment`: at least 2000 (was at least 1000)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Note"), "maxLength", json!(50))],
            &["limit-loosened"],
            "`note` of `NewPayment`: at most 50 characters (was at most 40 characters)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Price"), "maximum", json!(9000))],
            &["limit-tightened"],
            "at most 9000 (was not limited)",
        ),
        (&[], &[no_limits], &["limits-removed"], "the limits of `NewPayment`"),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending", "paid", "late"]))],
            &["word-added"],
            "the word `late` of `State`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending"]))],
            &["word-removed"],
            "the word `paid` of `State`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending", "PAID"]))],
            &["word-respelled"],
            "`paid` of `State` is written `PAID`",
        ),
        (
            &[],
            &[|s| {
                let mut other = at(s, "/x-webhooks/payment").clone();
                other["post"]["operationId"] = json!("refund_notification");
                set(s, "/x-webhooks", "refund", other);
            }],
            &["notification-added"],
            "`refund_notification`",
        ),
        (
            &[],
            &[|s| drop(remove(s, "/x-webhooks", "payment"))],
            &["notification-removed", "type-removed"],
            "the notification `payment_notification`",
        ),
        (
            &[],
            &[|s| {
                let schema = json!({"$ref": "#/components/schemas/Payment"});
                set(s, "/x-webhooks/payment/post/requestBody/content/application~1json", "schema", schema);
            }],
            &["notification-type", "type-removed"],
            "`payment_notification` is a `Payment` (was `PaymentNotification`)",
        ),
        (&[], &[|s| set(s, CREATE, "summary", json!("Makes a payment."))], &["documentation"], "`create_payment`"),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Row/properties/text"), "description", json!("A text."))],
            &["documentation"],
            "`text` of `Row`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "description", json!("A state."))],
            &["documentation"],
            "`State`",
        ),
        (&[], &[|s| set(s, "/info", "version", json!("2"))], &["documentation"], "what the client does not use"),
    ]
}

#[test]
fn every_rule_is_told_of_and_nothing_else() {
    let mut tried: BTreeSet<&str> = ["client-added", "client-removed"].into();
    let mut wrong = String::new();
    for (number, (old, new, rules, words)) in table().into_iter().enumerate() {
        let changes = changes(old, new);
        let found: BTreeSet<_> = changes.iter().map(|change| change.rule.name).collect();
        let expected: BTreeSet<_> = rules.iter().copied().collect();
        let is_told =
            rules.first().is_none_or(|rule| changes.iter().any(|it| it.rule.name == *rule && it.what.contains(words)));
        if found != expected || !is_told {
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
fn clients_that_come_and_go_are_told_of() {
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

- sample: `amount` of `NewPayment`: at least 2000 (was at least 1000). **Breaking:** values that were sent before are \
                    refused before they are sent.

### Removed

- sample: the word `paid` of `State`. **Breaking:** programs that name the word do not compile; when it comes it is \
                    `Open::Unknown`.
";
    assert_eq!(diff::changelog(&found), expected);
}

/// The diff tells of Rust types without generating them; they must be those that the generator writes.
#[test]
fn the_rust_types_that_are_told_are_those_of_the_committed_code() {
    let mut compared = 0;
    for spec in specs::find(&specs::workspace().join("specs"), &[]).unwrap() {
        let model = Model::read(&Document::load(&spec.path, &spec.display_name()).unwrap()).unwrap();
        let generated = specs::workspace().join("crates").join(spec.provider()).join("src/generated");
        let types = fs::read_to_string(generated.join(spec.module().unwrap_or_default()).join("types.rs")).unwrap();
        for item in syn::parse_file(&types).unwrap().items {
            let Item::Struct(item) = item else { continue };
            let schema = &model.schemas[&item.ident.to_string()];
            let Fields::Named(fields) = item.fields else { panic!("{} has no named fields", item.ident) };
            for field in fields.named {
                let name = wire_name(&field).unwrap_or_else(|| field.ident.as_ref().unwrap().to_string());
                let required = schema["required"].as_array().unwrap().contains(&json!(name));
                let told = diff::of_member(&model, &schema["properties"][&name], required);
                assert_eq!(told, written(&field.ty), "{}: {}.{name}", spec.name, item.ident);
                compared += 1;
            }
        }
    }
    assert!(compared > 150, "{compared}");
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
