//! Credentials: where they go, what they are called, and who hands them out.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Report;
use super::envelopes::payload_member;
use super::grammar::{Kind, OPERATIONS, SCHEMAS};
use super::operations::is_snake_case;
use super::spec::{Node, Spec};
use crate::format::Format;
use crate::model::CredentialKind;

const RULE: &str = "credential";

/// Checks every credential.
pub fn check(spec: &Spec, report: &mut Report) {
    for node in spec.nodes() {
        for key in ["x-credential", "x-password"] {
            if let Some(name) = node.text(key).filter(|name| !is_snake_case(name)) {
                let message = format!("the credential `{name}` is not in snake_case");
                report.add(&node.at(key), RULE, message, "name it as `api_key`");
            }
        }
    }
    for scheme in spec.all(&[Kind::SecurityScheme]) {
        check_scheme(report, scheme);
        check_session(spec, report, scheme);
    }
    for node in spec.all(&[Kind::Property, Kind::Parameter]).filter(|node| node.has("x-credential")) {
        let schema = if node.kind == Kind::Parameter { spec.child(node, "schema") } else { Some(node) };
        let kind = schema.and_then(|schema| spec.resolve(schema)).and_then(|schema| schema.text("type"));
        if schema.is_some() && !matches!(kind, Some("string" | "integer")) {
            let help = "write `type: string` or `type: integer`";
            report.add(&node.at("x-credential"), RULE, "a credential is a text or a whole number", help);
        }
    }
    for schema in spec.all(SCHEMAS).filter(|schema| schema.text("format") == Some("password")) {
        let parameter = spec.parent(schema).filter(|parent| parent.kind == Kind::Parameter);
        if !schema.has("x-credential") && !parameter.is_some_and(|parameter| parameter.has("x-credential")) {
            let message = "a `password` is a credential without a name";
            report.add(&schema.at("format"), RULE, message, "add `x-credential`, or remove the format");
        }
    }
    check_kinds(spec, report);
    check_requirements(spec, report);
    check_replies(spec, report);
}

fn check_scheme(report: &mut Report, scheme: &Node) {
    if !scheme.has("x-credential") {
        let message = format!("the security scheme `{}` does not name its credential", scheme.name());
        report.add(&scheme.pointer, RULE, message, "add `x-credential: api_key`");
    }
    match (scheme.text("type"), scheme.text("in"), scheme.text("scheme")) {
        (Some("apiKey"), Some("header" | "query"), None) if scheme.has("name") => {}
        (Some("http"), None, Some("bearer")) if !scheme.has("name") && !scheme.has("x-password") => {}
        (Some("http"), None, Some("basic")) if !scheme.has("name") => {}
        (Some("apiKey"), Some("header" | "query") | None, _) => {
            let message = format!("the security scheme `{}` does not say where its key goes", scheme.name());
            report.add(&scheme.pointer, RULE, message, "write `type: apiKey`, `in: header` or `query`, and `name`");
        }
        _ => {
            let message = format!("the security scheme `{}` is of a kind that is not supported", scheme.name());
            let help = "use `apiKey` in header or query, or `http` with `bearer` or `basic`";
            report.add(&scheme.pointer, "unsupported", message, help);
        }
    }
}

/// The login of a session hands out the credential of its scheme, as a secret at the top of what it answers.
fn check_session(spec: &Spec, report: &mut Report, scheme: &Node) {
    let (Some(login), Some(credential)) = (scheme.text("x-session"), scheme.text("x-credential")) else { return };
    for login in spec.all(&[Kind::Operation]).filter(|operation| operation.text("operationId") == Some(login)) {
        let replies = spec.reachable([login.at("responses")]).into_values();
        let (choices, replies): (Vec<_>, Vec<_>) = replies.partition(|node| node.kind == Kind::Discriminator);
        for choice in choices {
            let message = "what a login answers may be of a form that nobody has described, and then be shown";
            report.add(&choice.pointer, RULE, message, "describe the one form that holds the token");
        }
        let tokens: Vec<_> = replies.into_iter().filter(|member| hands_out(member)).collect();
        if !tokens.iter().any(|member| member.text("x-credential") == Some(credential)) {
            let message = format!("no reply of the login hands out `{credential}`");
            let help = format!("write `x-credential: {credential}` on the property that holds it");
            report.add(&scheme.at("x-session"), RULE, message, help);
        }
        let payloads = payloads(spec, login);
        for token in tokens {
            let at = if token.has("x-credential") { token.at("x-credential") } else { token.pointer.clone() };
            if token.text("format").and_then(Format::named) != Some(Format::Password) {
                let message = format!("the token `{}` would be shown in logs, as it is no `password`", token.name());
                report.add(&at, RULE, message, "write `type: string` and `format: password`");
            }
            if !spec.parent(token).is_some_and(|parent| payloads.contains(&parent.pointer.as_str())) {
                let message = format!("the token `{}` is deeper than the members of the login's payload", token.name());
                report.add(&at, RULE, message, "name the object that holds it as `data` of the login's envelope");
            }
        }
    }
}

/// Whether a member of what a login answers is a secret: it says so, or is called as secrets are.
fn hands_out(member: &Node) -> bool {
    let name = member.name().to_ascii_lowercase();
    let is_text = member.kind == Kind::Property && member.text("type") == Some("string");
    member.has("x-credential") || is_text && ["token", "secret", "password"].iter().any(|word| name.ends_with(word))
}

/// The components of an operation's payload: its success components, or what their `data` is.
fn payloads<'b>(spec: &'b Spec, operation: &Node) -> Vec<&'b str> {
    let replies = spec.success_refs(operation).into_iter().filter_map(|reply| spec.resolve(reply));
    let payload = |reply: &'b Node| match payload_member(spec, operation) {
        None => Some(reply),
        Some(data) => {
            let member = spec.children(reply, "properties").into_iter().find(|member| member.name() == data)?;
            spec.resolve(spec.children(member, "allOf").first().copied().unwrap_or(member))
        }
    };
    replies.filter_map(payload).map(|payload| payload.pointer.as_str()).collect()
}

/// A credential that is named in several places is of one kind in all of them.
fn check_kinds(spec: &Spec, report: &mut Report) {
    let is_session = |scheme: &&Node| scheme.has("x-session");
    let schemes = spec.all(&[Kind::SecurityScheme]).filter(|scheme| !is_session(scheme));
    let mut places: Vec<_> = schemes.map(|scheme| (scheme, CredentialKind::Secret)).collect();
    for operation in spec.all(&[Kind::Operation]) {
        let parameters = spec.parameters(operation).into_iter().filter(|parameter| parameter.says("required"));
        let parameters = parameters.filter_map(|parameter| Some((parameter, spec.child(parameter, "schema")?)));
        places.extend(parameters.map(|(parameter, schema)| (parameter, kind(schema))));
        for body in spec.bodies(operation) {
            let required = body.texts("required");
            let members = spec.children(body, "properties").into_iter();
            let members = members.filter(|member| required.contains(&member.name().as_str()));
            places.extend(members.map(|member| (member, kind_of(member))));
        }
    }
    let mut first: BTreeMap<&str, (CredentialKind, usize)> = BTreeMap::new();
    places.sort_by_key(|(node, _)| spec.document.line(&node.at("x-credential")));
    for (node, kind) in places {
        let Some(name) = node.text("x-credential") else { continue };
        let line = spec.document.line(&node.at("x-credential"));
        let (known, known_line) = *first.entry(name).or_insert((kind, line));
        if known != kind {
            let message =
                format!("the credential `{name}` is {} here and {} on line {known_line}", kind.name(), known.name());
            let help = "write the same type and format in each place; a security scheme's is a secret";
            report.add(&node.at("x-credential"), RULE, message, help);
        }
    }
}

/// The kind of the credential that a member is filled with, or is signed with.
fn kind_of(member: &Node) -> CredentialKind {
    if member.has("x-signature") { CredentialKind::Secret } else { kind(member) }
}

fn kind(schema: &Node) -> CredentialKind {
    CredentialKind::of(&Value::Object(schema.object.clone()))
}

fn check_requirements(spec: &Spec, report: &mut Report) {
    let root = spec.all(&[Kind::Root]);
    for node in root.chain(spec.all(OPERATIONS)) {
        for (index, requirement) in node.list("security").iter().enumerate() {
            for name in requirement.as_object().into_iter().flat_map(|requirement| requirement.keys()) {
                if !spec.all(&[Kind::SecurityScheme]).any(|scheme| scheme.name() == *name) {
                    let message = format!("there is no security scheme `{name}`");
                    let pointer = format!("{}/{index}", node.at("security"));
                    report.add(&pointer, RULE, message, "declare it under `components.securitySchemes`");
                }
            }
        }
    }
    let default = spec.document.get("/security").is_some();
    for operation in spec.all(&[Kind::Operation]).filter(|operation| !default && !operation.has("security")) {
        let help = "add `security`, here or to the document; `security: []` says that none is sent";
        report.add(&operation.pointer, RULE, "the operation does not say which credential is sent", help);
    }
}

/// A credential in a reply is what a login hands out, and nothing else.
fn check_replies(spec: &Spec, report: &mut Report) {
    let logins: Vec<_> = spec.all(&[Kind::SecurityScheme]).filter_map(|scheme| scheme.text("x-session")).collect();
    let is_login = |operation: &&Node| operation.text("operationId").is_some_and(|id| logins.contains(&id));
    let replies = spec.all(&[Kind::Operation]).filter(|operation| !is_login(operation));
    let replies = replies.map(|operation| operation.at("responses"));
    let notifications = spec.all(&[Kind::Webhook]).map(|webhook| webhook.at("requestBody"));
    for member in spec.reachable(replies.chain(notifications)).into_values() {
        if member.kind == Kind::Property && member.has("x-credential") && !member.has("x-signature") {
            let message = format!("`{}` hands out a credential", member.name());
            let help = "remove `x-credential`, or name the operation in the `x-session` of a security scheme";
            report.add(&member.at("x-credential"), RULE, message, help);
        }
    }
}
