//! Parameters, and the paths that name them.

use super::Report;
use super::grammar::Kind;
use super::operations::path_names;
use super::spec::{Node, Spec};

const RULE: &str = "path-parameter";

/// Checks every parameter and every path.
pub fn check(spec: &Spec, report: &mut Report) {
    for parameter in spec.all(&[Kind::Parameter]) {
        check_parameter(spec, report, parameter);
    }
    for operation in spec.all(&[Kind::Operation]) {
        check_path(spec, report, operation);
    }
}

fn check_parameter(spec: &Spec, report: &mut Report, parameter: &Node) {
    let place = parameter.text("in");
    if place == Some("cookie") {
        let message = "a parameter in a cookie is not supported";
        report.add(&parameter.at("in"), "unsupported", message, "use a header, the query or the path");
    }
    if place == Some("path") && !parameter.says("required") {
        let message = "a parameter in the path is always required";
        report.add(&parameter.at("required"), RULE, message, "write `required: true`");
    }
    let schema = spec.child(parameter, "schema").and_then(|schema| spec.resolve(schema));
    if let Some(schema) = schema.filter(|schema| schema.text("type") == Some("object")) {
        report.add(
            &schema.at("type"),
            "unsupported",
            "a parameter cannot be an object",
            "write one parameter per member",
        );
    }
}

fn check_path(spec: &Spec, report: &mut Report, operation: &Node) {
    let path = spec.path(operation);
    let names = path_names(&path);
    let parameters = spec.parameters(operation);
    let in_path = |parameter: &Node| parameter.text("in") == Some("path");
    for name in &names {
        if !parameters.iter().any(|parameter| in_path(parameter) && parameter.text("name") == Some(name)) {
            let message = format!("`{{{name}}}` of the path is no parameter of the operation");
            report.add(&operation.pointer, RULE, message, format!("add the parameter `{name}` with `in: path`"));
        }
    }
    for use_site in spec.children(operation, "parameters") {
        let Some(parameter) = spec.resolve(use_site) else { continue };
        let name = parameter.text("name").unwrap_or_default();
        if in_path(parameter) && !names.contains(&name) {
            let message = format!("the path `{path}` has no `{{{name}}}`");
            report.add(&use_site.pointer, RULE, message, "put it into the path, or remove the parameter");
        }
        if parameter.says("x-path-rest") && !(in_path(parameter) && path.ends_with(&format!("/{{{name}}}"))) {
            let message = format!("`x-path-rest` is on `{name}`, which is not the last segment of the path");
            report.add(&parameter.at("x-path-rest"), RULE, message, "only the last segment of a path can be its rest");
        }
    }
}
