//! Bodies of requests, replies and notifications: their media type, their component, their example.

use super::Report;
use super::grammar::Kind;
use super::spec::{Node, Spec};
use crate::media::{FORM, JSON, is_json};

/// Checks every body.
pub fn check(spec: &Spec, report: &mut Report) {
    for body in spec.all(&[Kind::RequestBody, Kind::Response]) {
        let content = body.names("content");
        if body.has("content") && content.len() != 1 {
            let message = format!("the {} has {} media types", body.kind.name(), content.len());
            report.add(&body.at("content"), "body-type", message, "describe it in exactly one media type");
        }
    }
    for media in spec.all(&[Kind::MediaType]) {
        let Some(body) = spec.parent(media) else { continue };
        let media_type = media.name();
        if is_json(&media_type) || media_type == FORM {
            check_component(spec, report, media);
            if media.names("examples").is_empty() && !media.has("example") {
                let message = format!("the {} has no example", body.kind.name());
                let help =
                    "add the document's own sample as `example`, or one of the described shape with an `x-guess`";
                report.add(&media.pointer, "missing-example", message, help);
            }
        }
        if body.kind == Kind::RequestBody {
            check_request(spec, report, media, &media_type);
        } else if !is_json(&media_type) {
            check_binary(spec, report, media);
        }
    }
}

fn check_component(spec: &Spec, report: &mut Report, media: &Node) {
    let Some(schema) = spec.child(media, "schema") else { return };
    if schema.reference().is_none() && !schema.has("oneOf") {
        let help = "make it a component and refer to it by `$ref`; its name becomes a type's name";
        report.add(&schema.pointer, "body-type", "the body is not a named component", help);
    }
}

fn check_request(spec: &Spec, report: &mut Report, media: &Node, media_type: &str) {
    if !is_json(media_type) && media_type != FORM {
        let message = format!("a request as `{media_type}` is not supported");
        report.add(&media.pointer, "unsupported", message, format!("use {JSON}, what is built on it, or {FORM}"));
    }
    let form = spec.child(media, "schema").and_then(|schema| spec.resolve(schema)).filter(|_| media_type == FORM);
    for member in form.into_iter().flat_map(|form| spec.children(form, "properties")) {
        let schema = spec.inner(member);
        let kind = schema.and_then(|schema| if schema.says("x-any") { Some("object") } else { schema.text("type") });
        if let Some(kind @ ("array" | "object")) = kind {
            let message = format!("`{}` is an {kind}, which a form cannot carry", member.name());
            report.add(&member.pointer, "unsupported", message, "send it as text, or the body as JSON");
        }
    }
}

fn check_binary(spec: &Spec, report: &mut Report, media: &Node) {
    let Some(schema) = spec.child(media, "schema") else { return };
    if schema.text("type") != Some("string") || schema.text("format") != Some("binary") {
        let help = "write `type: string` with `format: binary` and a description";
        report.add(&schema.pointer, "body-type", "a reply that is not JSON is not `binary`", help);
    }
}
