//! Names that would be the same in Rust or on the command line, or that are taken there.

use std::collections::BTreeMap;

use super::Report;
use super::grammar::{Kind, SCHEMAS};
use super::operations::is_snake_case;
use super::spec::{Node, Spec};
use crate::naming::{
    CORE_NAMES, GETTERS, METHODS, OPTIONS, REQUIRED, SETTERS, TYPES, UNVERIFIED, WITH, is_ident, is_type, option,
    options_of, pascal, snake,
};

const RULE: &str = "rust-name";

/// A name of the spec, where it is, and what it becomes.
struct Named {
    name: String,
    pointer: String,
    becomes: String,
}

/// Checks every name that becomes one in Rust.
pub fn check(spec: &Spec, report: &mut Report) {
    check_types(spec, report);
    for schema in spec.all(SCHEMAS) {
        let members = spec.children(schema, "properties").into_iter();
        check_distinct(report, members.map(|member| named(member.name(), member, |name| snake(name).to_string())));
        check_words(report, schema);
    }
    for operation in spec.all(&[Kind::Operation]) {
        check_parameters(spec, report, operation);
        check_arguments(spec, report, operation);
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
    check_setters(spec, report);
    check_readers(spec, report);
}

fn named(name: String, node: &Node, becomes: impl Fn(&str) -> String) -> Named {
    Named { becomes: becomes(&name), name, pointer: node.pointer.clone() }
}

/// Reports each name that becomes the same as one on a line before it.
fn check_distinct(report: &mut Report, names: impl Iterator<Item = Named>) {
    let mut names: Vec<_> = names.map(|named| (report.document.line(&named.pointer), named)).collect();
    names.sort_by_key(|(line, _)| *line);
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (line, Named { name, pointer, becomes }) in names {
        if let Some(first) = first.get(&becomes) {
            let message = format!("`{name}` becomes `{becomes}`, as does what is on line {first}");
            report.add(&pointer, RULE, message, "rename or leave out one of the two");
        } else {
            first.insert(becomes, line);
        }
    }
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

/// Members that are sent and parameters, which have or may get a method of their own.
fn check_setters(spec: &Spec, report: &mut Report) {
    let bodies = spec.all(&[Kind::Operation]).map(|operation| operation.at("requestBody"));
    let sent = spec.reachable(bodies).into_values().filter(|node| node.kind == Kind::Property);
    let members = sent.map(|node| (node.name(), node.pointer.clone()));
    let parameters = spec.all(&[Kind::Parameter]).filter(|node| !node.has("x-credential"));
    let parameters = parameters.filter_map(|node| Some((node.text("name")?.to_owned(), node.at("name"))));
    for (name, pointer) in members.chain(parameters) {
        let method = snake(&name).to_string();
        if SETTERS.contains(&method.as_str()) {
            let message = format!("`{name}` becomes the method `{method}`, which what is sent has already");
            report.add(&pointer, RULE, message, "leave it out, or describe it where it is optional");
        }
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

/// The parameters that a caller gives, with where the operation names them.
fn given<'b, 'a>(spec: &'b Spec<'a>, operation: &Node) -> Vec<(&'b Node<'a>, &'b Node<'a>)> {
    let fixed = spec.child(operation, "x-split").and_then(|split| split.text("parameter"));
    let parameters = spec.children(operation, "parameters").into_iter();
    let parameters = parameters.filter_map(|site| Some((site, spec.resolve(site)?)));
    let is_given = |parameter: &Node| !parameter.has("x-credential") && parameter.text("name") != fixed;
    parameters.filter(|(_, parameter)| is_given(parameter)).collect()
}

/// The parameters of an operation, which become arguments of one method.
fn check_parameters(spec: &Spec, report: &mut Report, operation: &Node) {
    let given = given(spec, operation);
    let arguments = given.iter().filter_map(|(site, parameter)| {
        let name = parameter.text("name")?.to_owned();
        Some(named(name, site, |name| snake(name).to_string()))
    });
    check_distinct(report, arguments);
    let is_any_optional = given.iter().any(|(_, parameter)| !parameter.says("required"));
    for (site, parameter) in given {
        let name = parameter.text("name").unwrap_or_default();
        let argument = snake(name);
        if operation.has("requestBody") && argument == "body" {
            let message = format!("the parameter `{name}` becomes `body`, as the request body does");
            report.add(&site.pointer, RULE, message, "leave it out");
        }
        if is_any_optional && parameter.says("required") && argument == "options" {
            let message = format!("the parameter `{name}` becomes `options`, as those do that are optional");
            report.add(&site.pointer, RULE, message, "leave out the optional parameters");
        }
    }
}

/// The parameters of an operation and the members of its body, which become options of one command.
fn check_arguments(spec: &Spec, report: &mut Report, operation: &Node) {
    let members = spec.bodies(operation).into_iter().flat_map(|body| spec.children(body, "properties"));
    let members: Vec<_> = members.filter(|member| !member.has("x-credential")).collect();
    let mut options = BTreeMap::new();
    for member in &members {
        // Members that become the same are reported as fields.
        options.insert(option(&member.name()), member.name());
        check_option(report, &member.name(), member);
    }
    for (site, parameter) in given(spec, operation) {
        let Some(name) = parameter.text("name") else { continue };
        // Where a member has the same name, the place of the parameter is put before it.
        let is_member = members.iter().any(|member| member.name() == name);
        let argument =
            if is_member { format!("{}-{name}", parameter.text("in").unwrap_or_default()) } else { name.into() };
        check_option(report, &argument, site);
        let option = option(&argument);
        if let Some(member) = options.get(&option) {
            let message = format!("the parameter `{name}` becomes `--{option}`, as `{member}` does");
            report.add(&site.pointer, RULE, message, "rename or leave out one of the two");
        }
    }
}

fn check_option(report: &mut Report, argument: &str, node: &Node) {
    let option = option(argument);
    if OPTIONS.contains(&option.as_str()) {
        let message = format!("`{argument}` becomes `--{option}`, an option that every command has");
        report.add(&node.pointer, RULE, message, "leave it out, or describe it where it is optional");
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

/// Optional members that are received: one reader reads all that have the same Rust name and a value of the same shape.
fn check_readers(spec: &Spec, report: &mut Report) {
    let mut readers: BTreeMap<(&str, String), (String, usize)> = BTreeMap::new();
    let mut members: Vec<_> =
        spec.read_by_client().into_values().filter(|node| is_read_by_reader(spec, node)).collect();
    members.sort_by_key(|member| report.document.line(&member.pointer));
    for member in members {
        let (name, becomes) = (member.name(), snake(&member.name()).to_string());
        let line = report.document.line(&member.pointer);
        let key = (shape(spec, member), becomes.clone());
        let (first, first_line) = readers.entry(key).or_insert_with(|| (name.clone(), line));
        if *first != name && !is_sibling(spec, member, first) {
            let message = format!("`{name}` becomes `{becomes}`, as does the optional `{first}` on line {first_line}");
            report.add(&member.pointer, RULE, message, "make one of the two a required member, or leave it out");
        }
    }
}

/// Whether the object of a member has another of this name, which is reported as a field.
fn is_sibling(spec: &Spec, member: &Node, name: &str) -> bool {
    spec.parent(member).is_some_and(|parent| parent.names("properties").contains(&name))
}

fn is_read_by_reader(spec: &Spec, node: &Node) -> bool {
    let is_required = |parent: &Node| parent.texts("required").contains(&node.name().as_str());
    node.kind == Kind::Property
        && (!node.has("x-credential") || node.has("x-signature"))
        && !node.says("x-compared")
        && spec.parent(node).is_some_and(|parent| !is_required(parent))
}

/// What a value is to its reader.
fn shape(spec: &Spec, member: &Node) -> &'static str {
    let Some(schema) = spec.inner(member) else { return "nothing" };
    match schema.text("type") {
        _ if schema.has("oneOf") => "JSON",
        Some("array") => "list",
        Some("object") if schema.has("additionalProperties") => "list",
        Some("object") => "object",
        _ => "scalar",
    }
}
