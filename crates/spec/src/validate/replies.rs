//! The replies of an operation: one success component, whatever the success status.

use super::Report;
use super::grammar::{Kind, OPERATIONS};
use super::spec::{FAILURE, Node, Spec};

const RULE: &str = "success-type";

/// Checks the statuses and success components of every operation.
pub fn check(spec: &Spec, report: &mut Report) {
    for operation in spec.all(OPERATIONS) {
        check_statuses(spec, report, operation);
    }
    for operation in spec.all(&[Kind::Operation]) {
        for schema in spec.success_schemas(operation) {
            if schema.has("oneOf") {
                check_arms(spec, report, operation, schema);
            } else if schema.reference() == Some(FAILURE) {
                report.add(&schema.pointer, RULE, "a success is not a `Failure`", "refer to the success component");
            }
        }
    }
}

fn check_statuses(spec: &Spec, report: &mut Report, operation: &Node) {
    let responses = operation.at("responses");
    let mut success = None;
    for status in operation.names("responses") {
        let pointer = format!("{responses}/{status}");
        let digits = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
        match status.as_bytes().first() {
            Some(b'2') if digits && success.is_none() => success = Some(status),
            Some(b'2') if digits => {
                let first = success.unwrap_or_default();
                let is_same = operation.kind == Kind::Operation && has_same_reply(spec, operation, [first, status]);
                if !is_same {
                    let message = format!("`{status}` is a second success status, with another reply than `{first}`");
                    report.add(&pointer, RULE, message, "give both the same reply, or keep one of them");
                }
            }
            Some(b'4' | b'5') if digits || matches!(status, "4XX" | "5XX") => {}
            _ => {
                let message = format!("`{status}` is neither a success status nor a failure");
                report.add(&pointer, RULE, message, "write the exact success status, and failures as `4XX` and `5XX`");
            }
        }
    }
    if success.is_none() && operation.has("responses") {
        report.add(
            &responses,
            RULE,
            "there is no success status",
            "add the exact status of a success, such as `'200'`",
        );
    }
}

/// Whether replies have the same media type and schema.
fn has_same_reply(spec: &Spec, operation: &Node, statuses: [&str; 2]) -> bool {
    let content = statuses.map(|status| {
        let response = spec.children(operation, "responses").into_iter().find(|response| response.name() == status);
        let response = response.and_then(|response| spec.resolve(response));
        let media = response.map_or_else(Vec::new, |response| spec.children(response, "content"));
        media.into_iter().map(|media| (media.name(), media.object.get("schema"))).collect::<Vec<_>>()
    });
    content[0] == content[1]
}

fn check_arms(spec: &Spec, report: &mut Report, operation: &Node, schema: &Node) {
    let arms = spec.children(schema, "oneOf");
    let pointer = schema.at("oneOf");
    for arm in arms.iter().filter(|arm| arm.reference().is_none()) {
        report.add(&arm.pointer, RULE, "a form of the reply is not a component", "refer to a component by `$ref`");
    }
    let failures: Vec<_> = arms.iter().map(|arm| arm.reference() == Some(FAILURE)).collect();
    if failures.last() != Some(&true) || failures.iter().filter(|failure| **failure).count() != 1 {
        let help = "end it with `$ref: '#/components/schemas/Failure'`, or refer to the success component alone";
        report.add(&pointer, RULE, "`Failure` is not the last form of the reply", help);
    }
    let successes = failures.iter().filter(|failure| !**failure).count();
    if successes == 0 || (successes > 1 && !operation.has("x-split")) {
        let message = format!("the reply has {successes} success components");
        report.add(&pointer, RULE, message, "keep one; use `x-split` where a query parameter decides");
    }
}
