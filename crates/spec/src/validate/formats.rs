//! Formats, and the extensions that say how a text is read.

use super::Report;
use super::grammar::{Kind, SCHEMAS};
use super::spec::{Node, Spec};
use crate::format::Format;
use crate::media::{JSON, is_json};

/// Checks every format and what goes with it.
pub fn check(spec: &Spec, report: &mut Report) {
    for schema in spec.all(SCHEMAS) {
        if let Some(format) = schema.text("format") {
            check_format(spec, report, schema, format);
        }
        check_content(spec, report, schema);
    }
}

fn check_format(spec: &Spec, report: &mut Report, schema: &Node, format: &str) {
    let pointer = schema.at("format");
    let Some(known) = Format::named(format) else {
        let help = format!("use one of: {}", Format::ALL.map(Format::name).join(", "));
        report.add(&pointer, "unknown-format", format!("there is no format `{format}`"), help);
        return;
    };
    let types = known.types();
    if let Some(given) = schema.text("type").filter(|given| !types.contains(given)) {
        let message = format!("the format `{format}` does not fit the type `{given}`");
        report.add(&pointer, "unknown-format", message, format!("it fits: {}", types.join(", ")));
    }
    let media = spec.parent(schema).filter(|parent| parent.kind == Kind::MediaType && !is_json(&parent.name()));
    if known == Format::Binary && media.is_none() {
        let help = "use it for a whole reply that is not JSON";
        report.add(&pointer, "unknown-format", "`binary` is not a part of JSON, a form or a parameter", help);
    }
}

fn check_content(spec: &Spec, report: &mut Report, schema: &Node) {
    if !schema.has("x-content-media-type") {
        return;
    }
    let arms = spec.parent(schema).map_or_else(Vec::new, |parent| spec.children(parent, "oneOf"));
    let described = matches!(arms[..], [text, json] if text.pointer == schema.pointer && json.reference().is_some());
    let is_text = schema.text("type") == Some("string") && schema.text("x-content-media-type") == Some(JSON);
    if !described || !is_text {
        let help = format!("write `oneOf: [{{type: string, x-content-media-type: {JSON}}}, {{$ref: …}}]`");
        let message = "the JSON inside this string is not described";
        report.add(&schema.at("x-content-media-type"), "content-schema", message, help);
    }
}
