//! Envelopes: how a reply says whether the call succeeded.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Report;
use super::grammar::Kind;
use super::spec::{Node, Spec};
use crate::media::is_json;

const RULE: &str = "envelope";

/// What a failure may be.
const FAILURES: &[&str] = &["authentication", "not-found", "already-done", "rate-limited", "rejected", "unavailable"];

/// An operation's envelope: its own keys, and the document's where it has none.
struct Envelope<'a, 'b> {
    layers: Vec<&'b Node<'a>>,
}

impl<'a, 'b> Envelope<'a, 'b> {
    fn of(spec: &'b Spec<'a>, operation: &Node) -> Self {
        Self { layers: [spec.child(operation, "x-envelope"), spec.node("/x-envelope")].into_iter().flatten().collect() }
    }

    /// The object that has a key.
    fn layer(&self, key: &str) -> Option<&'b Node<'a>> {
        self.layers.iter().copied().find(|layer| layer.has(key))
    }

    /// Where a key is.
    fn at(&self, key: &str) -> String {
        self.layer(key).map_or_else(String::new, |layer| layer.at(key))
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.layer(key)?.text(key)
    }

    fn list(&self, key: &str) -> &'a [Value] {
        self.layer(key).map_or(&[], |layer| layer.list(key))
    }

    fn texts(&self, key: &str) -> Vec<&'a str> {
        self.list(key).iter().filter_map(Value::as_str).collect()
    }

    fn says(&self, key: &str) -> bool {
        self.layer(key).is_some_and(|layer| layer.says(key))
    }

    /// The members of a component that may be its flag.
    fn flags(&self, spec: &'b Spec<'a>, component: &Node) -> Vec<&'b Node<'a>> {
        let names = self.texts("flag");
        let members = spec.children(component, "properties").into_iter();
        members.filter(|member| names.contains(&member.name().as_str())).collect()
    }
}

/// The member of an operation's replies that is the payload, if not all of them is.
pub fn payload_member<'a>(spec: &Spec<'a>, operation: &Node) -> Option<&'a str> {
    Envelope::of(spec, operation).text("data")
}

/// Checks every envelope against the replies of its operations.
pub fn check(spec: &Spec, report: &mut Report) {
    for envelope in spec.all(&[Kind::Envelope]) {
        for key in ["flag", "error", "message", "code", "lift"] {
            if envelope.has(key) && envelope.texts(key).is_empty() {
                let help = "name a member, or remove the key";
                report.add(&envelope.at(key), RULE, format!("`{key}` names no member"), help);
            }
        }
        for key in ["success", "failure"] {
            check_flag_values(report, envelope, key);
        }
        for rule in spec.children(envelope, "failures") {
            check_failure(report, rule);
        }
    }
    for operation in spec.all(&[Kind::Operation]) {
        let envelope = Envelope::of(spec, operation);
        for success in spec.success_responses(operation) {
            let content = success.names("content");
            if content.is_empty() && !envelope.says("empty") {
                let message = "the success has no body, which counts as a failure";
                let help = "write `empty: true` into the operation's `x-envelope`, or describe the body";
                report.add(&success.pointer, RULE, message, help);
            } else if content.iter().any(|media| is_json(media)) && envelope.layers.is_empty() {
                let message = "nothing says how a reply distinguishes success from failure";
                report.add(&operation.pointer, RULE, message, "add `x-envelope`, here or to the document");
            }
        }
        check_keys(report, &envelope);
        for component in spec.success_refs(operation).into_iter().filter_map(|arm| spec.resolve(arm)) {
            check_flag(spec, report, &envelope, component);
            check_data(spec, report, &envelope, component);
            check_lift(report, &envelope, component);
        }
        if let Some(failure) = spec.component("Failure") {
            check_values(spec, report, &envelope, failure, "failure");
        }
    }
}

/// A flag is compared with truth values and words only.
fn check_flag_values(report: &mut Report, envelope: &Node, key: &str) {
    for (index, value) in envelope.list(key).iter().enumerate() {
        if !value.is_boolean() && !value.is_string() {
            let message = format!("{value} is neither a truth value nor a text");
            let help = "write `true`, `false` or a text; a flag that is a number is not supported";
            report.add(&format!("{}/{index}", envelope.at(key)), RULE, message, help);
        }
    }
}

/// Where the flags of envelopes stand.
pub fn flags(spec: &Spec) -> BTreeSet<String> {
    let mut flags = BTreeSet::new();
    for operation in spec.all(&[Kind::Operation]) {
        let envelope = Envelope::of(spec, operation);
        let successes = spec.success_refs(operation).into_iter().filter_map(|arm| spec.resolve(arm));
        for component in successes.chain(spec.component("Failure")) {
            flags.extend(envelope.flags(spec, component).into_iter().map(|flag| flag.pointer.clone()));
        }
    }
    flags
}

/// Keys that go together, and values that must differ.
fn check_keys(report: &mut Report, envelope: &Envelope) {
    for (key, other) in [
        ("flag", "success"),
        ("flag", "failure"),
        ("success", "flag"),
        ("failure", "flag"),
        ("flag-optional", "flag"),
        ("flag-stays", "flag"),
        ("lift", "lift-from"),
        ("lift-from", "lift"),
    ] {
        if envelope.layer(key).is_some() && envelope.layer(other).is_none() {
            let message = format!("`{key}` means nothing without `{other}`");
            report.add(&envelope.at(key), RULE, message, format!("add `{other}`"));
        }
    }
    for value in envelope.list("failure") {
        if envelope.list("success").iter().any(|success| is_same(success, value)) {
            let message = format!("{value} means both success and failure");
            report.add(&envelope.at("failure"), RULE, message, "list each value once; case does not count");
        }
    }
}

/// Whether two values of a flag are the same; case does not count.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

fn check_failure(report: &mut Report, rule: &Node) {
    let known = FAILURES.join(", ");
    if !rule.text("kind").is_some_and(|kind| FAILURES.contains(&kind)) {
        let message = "the kind of the failure is not known";
        report.add(&rule.at("kind"), RULE, message, format!("write one of: {known}"));
    }
    if rule.has("message-contains") == rule.has("code") {
        let help = "write either `message-contains` or `code`, and `kind`";
        report.add(
            &rule.pointer,
            RULE,
            "the failure is recognised neither by its text nor by its code, or by both",
            help,
        );
    }
}

fn check_flag(spec: &Spec, report: &mut Report, envelope: &Envelope, component: &Node) {
    let names = envelope.texts("flag");
    if envelope.flags(spec, component).is_empty() && !names.is_empty() && !envelope.says("flag-optional") {
        let message = format!("`{}` has no flag: {}", component.name(), names.join(" or "));
        let help = "add the member, give the operation its own `flag`, or write `flag-optional: true`";
        report.add(&component.pointer, RULE, message, help);
    }
    check_values(spec, report, envelope, component, "success");
}

/// The values that mean success or failure must be values that the flag can have, and all that it can have.
fn check_values(spec: &Spec, report: &mut Report, envelope: &Envelope, component: &Node, key: &str) {
    let values = envelope.list(key);
    for flag in envelope.flags(spec, component).into_iter().filter_map(|flag| spec.resolve(flag)) {
        if !values.is_empty() && !values.iter().any(|value| fits(flag, value)) {
            let kind = flag.text("type").unwrap_or_default();
            let message = format!("no {key} value fits the flag of `{}`, a {kind}", component.name());
            report.add(&envelope.at(key), RULE, message, format!("add a {kind} that means {key}"));
        }
        let stray = flag.list("enum").iter().find(|word| !values.iter().any(|value| is_same(word, value)));
        if let Some(word) = stray.filter(|_| !values.is_empty()) {
            let message = format!("{word} is a flag of `{}` but no {key} value of the envelope", component.name());
            report.add(&flag.at("enum"), RULE, message, format!("add it to `{key}`, or remove it here"));
        }
    }
}

/// Whether a flag can have a value.
fn fits(flag: &Node, value: &Value) -> bool {
    match flag.text("type") {
        _ if flag.text("format") == Some("flag") => true,
        Some("boolean") => value.is_boolean(),
        Some("integer" | "number") => value.is_number(),
        Some("string") => value.is_string(),
        _ => false,
    }
}

fn check_data(spec: &Spec, report: &mut Report, envelope: &Envelope, component: &Node) {
    let Some(name) = envelope.text("data") else { return };
    let Some(member) = spec.node(&format!("{}/properties/{}", component.pointer, crate::yaml::escape(name))) else {
        let message = format!("`{}` has no member `{name}` with the payload", component.name());
        report.add(&component.pointer, RULE, message, "add the member, or give the operation its own `x-envelope`");
        return;
    };
    if !component.texts("required").contains(&name) {
        let message = format!("the payload `{name}` of `{}` is not required", component.name());
        report.add(&component.at("required"), RULE, message, format!("add `{name}` to `required`"));
    }
    let is_list = member.text("type") == Some("array");
    if member.reference().is_none() && !member.has("allOf") && !is_list {
        let message = format!("the payload `{name}` is not a component");
        report.add(&member.pointer, RULE, message, "refer to a component by `$ref`; its name becomes a type's name");
    }
}

fn check_lift(report: &mut Report, envelope: &Envelope, component: &Node) {
    for name in envelope.texts("lift").into_iter().filter(|name| !component.names("properties").contains(name)) {
        let message = format!("`{}` has no member `{name}`, which `lift` names", component.name());
        report.add(&envelope.at("lift"), RULE, message, "add the member to the component");
    }
}
