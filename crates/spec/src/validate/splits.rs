//! Operations that are split by the value of a query parameter.

use std::collections::BTreeSet;

use super::Report;
use super::grammar::Kind;
use super::spec::{Node, Spec};

const RULE: &str = "split";

/// Checks every `x-split`.
pub fn check(spec: &Spec, report: &mut Report) {
    for split in spec.all(&[Kind::Split]) {
        let Some(operation) = spec.parent(split) else { continue };
        check_parameter(spec, report, operation, split);
        check_replies(spec, report, operation, split);
    }
}

fn check_parameter(spec: &Spec, report: &mut Report, operation: &Node, split: &Node) {
    let name = split.text("parameter").unwrap_or_default();
    let parameter = spec.parameters(operation).into_iter().find(|parameter| parameter.text("name") == Some(name));
    let schema = parameter.and_then(|parameter| spec.resolve(spec.child(parameter, "schema")?));
    let words: BTreeSet<_> = schema.into_iter().flat_map(|schema| schema.texts("enum")).collect();
    let required =
        parameter.is_some_and(|parameter| parameter.text("in") == Some("query") && parameter.says("required"));
    if !required || words.is_empty() {
        let message = format!("`{name}` is not a required query parameter with an `enum`");
        report.add(&split.at("parameter"), RULE, message, "name the parameter whose value decides");
    } else if words != split.names("operations").into_iter().collect() {
        let words: Vec<_> = words.into_iter().collect();
        let message = format!("the operations are not those of the values of `{name}`");
        report.add(
            &split.at("operations"),
            RULE,
            message,
            format!("write one operation each for: {}", words.join(", ")),
        );
    }
}

fn check_replies(spec: &Spec, report: &mut Report, operation: &Node, split: &Node) {
    let operations = spec.children(split, "operations");
    let mut expected: BTreeSet<_> =
        spec.success_refs(operation).into_iter().filter_map(|arm| spec.target(arm)).map(Node::name).collect();
    for operation in operations {
        match operation.text("reply") {
            Some(reply) if expected.remove(reply) || spec.component(reply).is_none() => {}
            Some(reply) => {
                let message = format!("`{reply}` is not a success component of its own");
                report.add(&operation.at("reply"), RULE, message, "name a component of `oneOf`, each one once");
            }
            None => {
                let help = "name the component of its reply";
                report.add(&operation.at("reply"), RULE, "the operation of x-split has no `reply`", help);
            }
        }
    }
    for reply in expected {
        let message = format!("no operation of x-split has the reply `{reply}`");
        report.add(&split.at("operations"), RULE, message, "name each success component of `oneOf` as a `reply`");
    }
}
