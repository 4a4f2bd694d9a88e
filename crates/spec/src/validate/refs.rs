//! What refers to what: nothing beside `$ref`, nothing dangling, nothing unused.

use super::Report;
use super::grammar::{Kind, OPERATIONS};
use super::spec::{Node, Spec};
use crate::yaml::escape;

/// Checks every reference and that every component is used.
pub fn check(spec: &Spec, report: &mut Report) {
    for node in spec.nodes() {
        if let (Some(reference), Some(section)) = (node.reference(), node.kind.section()) {
            check_reference(spec, report, node, reference, section);
        }
    }
    check_names(spec, report);
    check_use(spec, report);
}

fn check_reference(spec: &Spec, report: &mut Report, node: &Node, reference: &str, section: &str) {
    for key in node.object.keys().filter(|key| *key != "$ref") {
        let help = "wrap it: `allOf: [{$ref: …}]` with the rest beside `allOf`, or describe the component itself";
        report.add(&node.at(key), "ref-siblings", format!("`{key}` is beside `$ref`, where no tool reads it"), help);
    }
    let pointer = node.at("$ref");
    if spec.target(node).is_none() {
        let help = format!("refer to `#/components/{section}/…`, or add the component");
        report.add(&pointer, "dangling-ref", format!("there is no `{reference}` for a {}", node.kind.name()), help);
    } else if spec.resolve(node).is_none() {
        let message = format!("`{reference}` leads nowhere");
        report.add(&pointer, "dangling-ref", message, "refer to a component that is no `$ref` itself");
    }
}

/// Components and operations that are referred to by their names.
fn check_names(spec: &Spec, report: &mut Report) {
    for split in spec.all(&[Kind::SplitOperation]) {
        if let Some(reply) = split.text("reply").filter(|reply| spec.component(reply).is_none()) {
            let message = format!("there is no schema component `{reply}`");
            report.add(&split.at("reply"), "dangling-ref", message, "name the component of the reply");
        }
    }
    for operation in spec.all(&[Kind::Operation]) {
        let Some(original) = operation.text("x-alternative-to") else { continue };
        let is_original = |other: &Node| {
            other.text("operationId") == Some(original) && !other.has("x-alternative-to") && !other.has("x-split")
        };
        if !spec.all(&[Kind::Operation, Kind::SplitOperation]).any(is_original) {
            let message = format!("no operation `{original}` has a method of its own");
            report.add(&operation.at("x-alternative-to"), "dangling-ref", message, "name an operationId");
        }
    }
    for scheme in spec.all(&[Kind::SecurityScheme]) {
        let Some(login) = scheme.text("x-session") else { continue };
        if !spec.all(&[Kind::Operation]).any(|operation| operation.text("operationId") == Some(login)) {
            let message = format!("there is no operation `{login}`");
            report.add(&scheme.at("x-session"), "dangling-ref", message, "name the operationId of the login");
        }
    }
}

/// Components that neither an operation nor a webhook leads to.
fn check_use(spec: &Spec, report: &mut Report) {
    let replies = spec.all(&[Kind::SplitOperation]).filter_map(|split| split.text("reply"));
    let replies = replies.map(|reply| format!("/components/schemas/{}", escape(reply)));
    let used = spec.reachable(["/paths".to_owned(), "/x-webhooks".to_owned()].into_iter().chain(replies));
    let kinds = [Kind::Root].iter().chain(OPERATIONS).copied().collect::<Vec<_>>();
    let schemes: Vec<_> = spec
        .all(&kinds)
        .flat_map(|node| node.list("security"))
        .filter_map(|requirement| requirement.as_object())
        .flat_map(|requirement| requirement.keys())
        .collect();
    let components = spec.node("/components");
    for section in ["schemas", "responses", "parameters", "requestBodies", "securitySchemes"] {
        for component in components.into_iter().flat_map(|components| spec.children(components, section)) {
            let name = component.name();
            if !used.contains_key(component.pointer.as_str()) && !schemes.contains(&&name) {
                let message = format!("nothing uses `{name}`");
                report.add(
                    &component.pointer,
                    "unused-component",
                    message,
                    "remove it, or refer to it where it belongs",
                );
            }
        }
    }
}
