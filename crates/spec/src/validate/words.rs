//! The words for people: descriptions, summaries and the reasons of guesses.

use super::Report;
use super::grammar::Kind;
use super::spec::{Node, Spec};

/// Checks every description, summary and guess.
pub fn check(spec: &Spec, report: &mut Report) {
    for node in spec.nodes().filter(|node| needs_description(spec, node)) {
        if is_blank(node, "description") {
            let message = format!("the {} is not described", subject(node));
            report.add(&node.at("description"), "undescribed", message, "say what it is, its unit and its time zone");
        }
    }
    for operation in spec.all(&[Kind::Operation, Kind::Webhook, Kind::SplitOperation]) {
        let summary = operation.text("summary").unwrap_or_default();
        if summary.trim().is_empty() || summary.contains('\n') || !summary.ends_with('.') {
            let message = format!("the {} has no summary of one line", operation.kind.name());
            report.add(&operation.at("summary"), "undescribed", message, "write one line that ends with a period");
        }
    }
    for node in spec.nodes() {
        if let Some(reason) =
            node.text("x-guess").filter(|reason| reason.chars().count() < 10 || !reason.ends_with('.'))
        {
            let message = format!("`{reason}` does not say why this is a guess");
            let help = "write a sentence: what the document does not say, or says twice";
            report.add(&node.at("x-guess"), "guess-reason", message, help);
        }
    }
}

fn needs_description(spec: &Spec, node: &Node) -> bool {
    let own = node.kind.section().is_none() || node.reference().is_none();
    own && match node.kind {
        Kind::Server | Kind::Tag | Kind::SecurityScheme => true,
        Kind::Operation | Kind::Webhook | Kind::SplitOperation => true,
        Kind::Parameter | Kind::RequestBody | Kind::Response | Kind::Component | Kind::Property => true,
        Kind::Schema => {
            let of_body = spec.parent(node).is_some_and(|parent| parent.kind == Kind::MediaType);
            let of_map = node.pointer.ends_with("/additionalProperties");
            (of_body && !node.has("oneOf")) || of_map
        }
        _ => false,
    }
}

fn is_blank(node: &Node, key: &str) -> bool {
    node.text(key).unwrap_or_default().trim().is_empty()
}

fn subject(node: &Node) -> String {
    match node.kind {
        Kind::Property | Kind::Component | Kind::Response | Kind::SecurityScheme => {
            format!("{} `{}`", node.kind.name(), node.name())
        }
        Kind::Parameter | Kind::Tag => {
            format!("{} `{}`", node.kind.name(), node.text("name").unwrap_or_default())
        }
        kind => kind.name().to_owned(),
    }
}
