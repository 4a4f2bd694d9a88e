//! What is on each operation: its id, tags, source, idempotency and other paths.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Report;
use super::grammar::{Kind, OPERATIONS};
use super::spec::{Node, Spec};

/// Checks every operation, those of `x-split` and `x-webhooks` too.
pub fn check(spec: &Spec, report: &mut Report) {
    let kinds = [Kind::Operation, Kind::Webhook, Kind::SplitOperation];
    for operation in spec.all(&kinds) {
        check_id(report, operation);
        check_source(spec, report, operation);
        if operation.kind != Kind::Webhook {
            check_idempotency(report, operation);
            check_lost_reply(report, operation);
            check_key(spec, report, operation);
        }
    }
    check_unique(report, spec.all(&kinds).collect());
    let declared: Vec<_> = spec.all(&[Kind::Tag]).filter_map(|tag| tag.text("name")).collect();
    for operation in spec.all(OPERATIONS) {
        check_tags(report, operation, &declared);
    }
    for operation in spec.all(&[Kind::Operation]) {
        check_alternatives(spec, report, operation);
    }
}

/// Whether a name is in snake_case: lower-case ASCII words with single underscores between them.
pub fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && !name.contains("__")
        && !name.ends_with('_')
}

fn check_id(report: &mut Report, operation: &Node) {
    let id = operation.text("operationId").unwrap_or_default();
    if !is_snake_case(id) {
        let message = format!("the operationId `{id}` is not in snake_case");
        report.add(&operation.at("operationId"), "operation-id-case", message, "name it as `create_payment`");
    }
}

fn check_unique(report: &mut Report, mut operations: Vec<&Node>) {
    let line = |operation: &Node, report: &Report| report.document.line(&operation.at("operationId"));
    operations.sort_by_key(|operation| line(operation, report));
    let mut first = BTreeMap::new();
    for operation in operations {
        let Some(id) = operation.text("operationId") else { continue };
        let line = line(operation, report);
        if let Some(first) = first.get(id) {
            let message = format!("the operationId `{id}` is here again; first on line {first}");
            report.add(&operation.at("operationId"), "operation-id-unique", message, "rename one of the two");
        } else {
            first.insert(id, line);
        }
    }
}

fn check_tags(report: &mut Report, operation: &Node, declared: &[&str]) {
    let tags = operation.texts("tags");
    if tags.is_empty() {
        let message = format!("the {} has no tag", operation.kind.name());
        report.add(&operation.at("tags"), "operation-tags", message, "add `tags` with one of the document's tags");
    }
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| !declared.contains(tag)) {
        let message = format!("the document has no tag `{tag}`");
        let help = format!("add it to the document's `tags`, or use one of: {}", declared.join(", "));
        report.add(&format!("{}/{index}", operation.at("tags")), "operation-tags", message, help);
    }
}

fn check_source(spec: &Spec, report: &mut Report, operation: &Node) {
    let help = "write `x-source: {document: …, section: …, read: 2026-11-20}`";
    let Some(source) = spec.child(operation, "x-source") else {
        let message = format!("the {} does not say where it is documented", operation.kind.name());
        report.add(&operation.at("x-source"), "missing-source", message, help);
        return;
    };
    for key in ["document", "section"] {
        if source.text(key).unwrap_or_default().trim().is_empty() {
            report.add(&source.at(key), "missing-source", format!("`x-source` has no `{key}`"), help);
        }
    }
    if !source.text("read").is_some_and(is_date) {
        report.add(&source.at("read"), "missing-source", "`read` is not a date as `yyyy-mm-dd`", help);
    }
}

/// Whether a text is a day of the calendar, as `yyyy-mm-dd`.
fn is_date(text: &str) -> bool {
    text.parse::<Date>().is_ok_and(|date| date.to_string() == text)
}

fn check_idempotency(report: &mut Report, operation: &Node) {
    if !matches!(operation.text("x-idempotency"), Some("safe" | "idempotent" | "none")) {
        let message = format!("the {} does not say what sending it again does", operation.kind.name());
        let help = "write `x-idempotency: safe`, `idempotent` or `none`; `none` when in doubt";
        report.add(&operation.at("x-idempotency"), "missing-idempotency", message, help);
    }
}

/// The key is a header that the caller gives, of an operation that is otherwise never sent again.
fn check_key(spec: &Spec, report: &mut Report, operation: &Node) {
    let Some(key) = operation.text("x-idempotency-key") else { return };
    let at = operation.at("x-idempotency-key");
    let is_key = |parameter: &&Node| parameter.text("in") == Some("header") && parameter.text("name") == Some(key);
    let parameters = spec.parameters(operation);
    let given = parameters.iter().copied().find(is_key).filter(|parameter| !parameter.has("x-credential"));
    if given.is_none() {
        let message = format!("`{key}` is no header that the caller gives");
        report.add(&at, "missing-idempotency", message, "name a parameter of the operation with `in: header`");
    } else if given.is_some_and(|parameter| parameter.says("required"))
        || operation.text("x-idempotency") != Some("none")
    {
        let message = format!("`{key}` is always given, or the operation may be sent again without it");
        let help = "write `x-idempotency: idempotent` alone where the key is required";
        report.add(&at, "missing-idempotency", message, help);
    }
}

fn check_lost_reply(report: &mut Report, operation: &Node) {
    let Some(how) = operation.text("x-lost-reply") else { return };
    let at = operation.at("x-lost-reply");
    if how.trim().is_empty() || how.ends_with('.') {
        let help = "write a sentence without capital and full stop, such as `ask for it with payment_status`";
        report.add(&at, "lost-reply", "`x-lost-reply` does not say what to do, or ends with a full stop", help);
    }
    if matches!(operation.text("x-idempotency"), Some("safe" | "idempotent")) {
        let message = "`x-lost-reply` is on an operation that may be sent again";
        report.add(&at, "lost-reply", message, "leave it out: the client sends the operation again");
    }
}

fn check_alternatives(spec: &Spec, report: &mut Report, operation: &Node) {
    let path = spec.path(operation);
    let alternatives = operation.texts("x-alternative-paths");
    for (index, alternative) in alternatives.iter().enumerate() {
        let same_names = path_names(alternative) == path_names(&path);
        let again = alternatives[..index].contains(alternative) || *alternative == path;
        if !alternative.starts_with('/') || !same_names || again {
            let message = format!("`{alternative}` is not another path with the parameters of `{path}`");
            let help = "begin it with `/`, name the same parameters, and name each path once";
            report.add(&format!("{}/{index}", operation.at("x-alternative-paths")), "alternative-path", message, help);
        }
    }
}

/// The parameters in a path, by name.
pub fn path_names(path: &str) -> Vec<&str> {
    let mut names: Vec<_> = path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    names.sort_unstable();
    names
}
