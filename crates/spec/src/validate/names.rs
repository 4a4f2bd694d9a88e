//! Names that generated code has already, or that it makes of others. Members and parameters are given names that differ.

use std::collections::BTreeMap;

use super::Report;
use super::grammar::{Kind, SCHEMAS};
use super::operations::is_snake_case;
use super::spec::{Node, Spec};
use crate::naming::{
    CORE_NAMES, GETTERS, METHODS, REQUIRED, TYPES, UNVERIFIED, WITH, is_ident, is_type, options_of, pascal,
};

const RULE: &str = "rust-name";

/// Checks every name that becomes one in Rust.
pub fn check(spec: &Spec, report: &mut Report) {
    check_types(spec, report);
    for schema in spec.all(SCHEMAS) {
        check_words(report, schema);
    }
    let operations = spec.all(&[Kind::Operation, Kind::SplitOperation]);
    for operation in operations.filter(|operation| !operation.has("x-alternative-to")) {
        check_taken(report, operation, "operationId", METHODS, "the method of an operation");
    }
    for key in ["x-credential", "x-password"] {
        spec.nodes().for_each(|node| check_taken(report, node, key, GETTERS, "a credential"));
    }
    check_made(spec, report);
    check_functions(spec, report);
}

/// Components, which become types.
fn check_types(spec: &Spec, report: &mut Report) {
    for component in spec.all(&[Kind::Component]) {
        let name = component.name();
        let message = match (TYPES.contains(&name.as_str()), CORE_NAMES.contains(&name)) {
            (true, _) => format!("generated code has a type `{name}` already"),
            (_, true) => format!("`gerbang_core` has a `{name}`, which programs would take for this one"),
            (false, false) if !is_type(&name) => {
                format!("`{name}` is not written as a type, such as `CreatePayment` or `QrCode`")
            }
            (false, false) => continue,
        };
        report.add(&component.pointer, RULE, message, RENAME);
    }
}

const RENAME: &str = "give the component another name";

/// Names that the generator makes of others: of a component what it requires, of an operation its optional parameters.
fn check_made(spec: &Spec, report: &mut Report) {
    for component in spec.all(&[Kind::Component]) {
        let name = component.name();
        if let Some(sent) = name.strip_suffix(REQUIRED).filter(|sent| spec.component(sent).is_some()) {
            report.add(&component.pointer, RULE, format!("`{name}` is the name of what `{sent}` requires"), RENAME);
        }
    }
    let operations = || spec.all(&[Kind::Operation, Kind::SplitOperation]);
    let ids: Vec<_> = operations().filter_map(|operation| operation.text("operationId")).collect();
    for operation in operations() {
        let Some(id) = operation.text("operationId") else { continue };
        if let Some(other) = id.strip_suffix(WITH).filter(|other| ids.contains(other)) {
            let message = format!("`{id}` is the method of `{other}` with optional parameters");
            report.add(&operation.at("operationId"), RULE, message, "give the operation another name");
        }
        if let Some(component) = options_of(id).and_then(|name| spec.component(&name)) {
            let message = format!("`{}` is the name of the optional parameters of `{id}`", component.name());
            report.add(&component.pointer, RULE, message, RENAME);
        }
    }
}

/// Names that the generator makes of credentials and of notifications, which are functions beside their own.
fn check_functions(spec: &Spec, report: &mut Report) {
    let credentials: Vec<_> = spec.nodes().filter_map(|node| node.text("x-credential")).collect();
    for node in spec.nodes() {
        let Some(name) = node.text("x-credential") else { continue };
        if let Some(other) = name.strip_prefix("with_").filter(|other| credentials.contains(other)) {
            let message = format!("`{name}` is the method that sets the credential `{other}`");
            report.add(&node.at("x-credential"), RULE, message, "give it another name");
        }
    }
    let webhooks = || spec.all(&[Kind::Webhook]).filter_map(|node| Some((node, node.text("operationId")?)));
    for (node, id) in webhooks() {
        if let Some(read) = id.strip_suffix(UNVERIFIED).filter(|read| webhooks().any(|(_, other)| other == *read)) {
            let message = format!("`{id}` is the function that reads `{read}` where a proof comes with it");
            report.add(&node.at("operationId"), RULE, message, "give it another name");
        }
        check_taken(report, node, "operationId", &[], "the function of a notification");
    }
}

/// The words of an open set, which become variants.
fn check_words(report: &mut Report, schema: &Node) {
    let mut variants = BTreeMap::new();
    let words = schema.texts("x-extensible-enum").into_iter().enumerate();
    // Another rule reports words that are blank.
    for (index, word) in words.filter(|(_, word)| !word.trim().is_empty()) {
        let variant = pascal(word).map(|variant| variant.to_string());
        // Another rule reports words that are the same but for case.
        let is_other = |other: &&str| other.to_lowercase() != word.to_lowercase();
        let message = match variant.as_ref().map(|variant| variants.insert(variant.clone(), word)) {
            None => Some(format!("`{word}` gives no name for a variant")),
            Some(other) => {
                other.filter(is_other).map(|other| format!("`{word}` becomes the same variant as `{other}`"))
            }
        };
        if let Some(message) = message {
            let pointer = format!("{}/{index}", schema.at("x-extensible-enum"));
            report.add(&pointer, RULE, message, "make it a plain text, and list the words in its description");
        }
    }
}

/// A name that generated code has already, or that Rust keeps for itself.
fn check_taken(report: &mut Report, node: &Node, key: &str, taken: &[&str], what: &str) {
    let is_taken = |name: &&str| taken.contains(name) || is_snake_case(name) && !is_ident(name);
    if let Some(name) = node.text(key).filter(is_taken) {
        let message = format!("{what} cannot be called `{name}` in Rust");
        report.add(&node.at(key), RULE, message, "give it another name");
    }
}
