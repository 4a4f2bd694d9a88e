//! What is written into requests as it is: servers, paths, names of headers and of query parameters, media types.

use std::collections::BTreeSet;

use url::Url;

use super::Report;
use super::grammar::Kind;
use super::operations::path_names;
use super::spec::{Node, Spec};
use crate::naming::HEADERS;

const RULE: &str = "http-syntax";

/// Checks everything that a request has from the spec.
pub fn check(spec: &Spec, report: &mut Report) {
    for server in spec.all(&[Kind::Server]) {
        check_server(report, server);
    }
    for operation in spec.all(&[Kind::Operation]) {
        check_path(report, &operation.pointer, &spec.path(operation));
        for (index, path) in operation.texts("x-alternative-paths").into_iter().enumerate() {
            check_path(report, &format!("{}/{index}", operation.at("x-alternative-paths")), path);
        }
    }
    for node in spec.all(&[Kind::Parameter, Kind::SecurityScheme]) {
        let Some(name) = node.text("name") else { continue };
        match node.text("in") {
            Some("header") => check_header(report, node, name),
            Some("query" | "path")
                if name.trim().is_empty() || name.trim() != name || name.contains(char::is_control) =>
            {
                let message = format!("`{}` cannot be the name of a parameter", name.escape_debug());
                report.add(&node.at("name"), RULE, message, "write it without blanks around it");
            }
            _ => {}
        }
    }
    for media in spec.all(&[Kind::MediaType]) {
        let name = media.name();
        if !name.split_once('/').is_some_and(|(kind, part)| is_token(kind) && is_token(part)) {
            let message = format!("`{name}` is not a media type without parameters");
            report.add(&media.pointer, RULE, message, "write it as `application/json`");
        }
    }
}

/// A server's address is as the client sends it: a parser of addresses changes nothing in it.
fn check_server(report: &mut Report, server: &Node) {
    let Some(url) = server.text("url") else { return };
    let message = match Url::parse(url) {
        // Another rule reports these.
        _ if !url.starts_with("https://") || url.ends_with('/') => return,
        Err(error) => format!("`{url}` is not an address: {error}"),
        Ok(_) if url.contains(['{', '}']) => format!("`{url}` has a variable"),
        Ok(parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            "a user or a password stands in the server's address".to_owned()
        }
        Ok(parsed) if parsed.query().is_some() || parsed.fragment().is_some() => {
            format!("`{url}` has a query or a fragment")
        }
        Ok(parsed) if parsed.as_str().trim_end_matches('/') != url => {
            format!("`{url}` would be asked as `{}`", parsed.as_str().trim_end_matches('/'))
        }
        Ok(_) => return,
    };
    report.add(&server.at("url"), RULE, message, "write it as `https://host` or `https://host/path`");
}

/// A path is `/` and segments, each of them a name, a parameter or both.
fn check_path(report: &mut Report, pointer: &str, path: &str) {
    let names = path_names(path);
    let distinct: BTreeSet<_> = names.iter().collect();
    let outside: String = path.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after)).collect();
    let is_segment = |segment: &str| !segment.is_empty() && segment != "." && segment != "..";
    let segments = path.strip_prefix('/').map(|path| path.strip_suffix('/').unwrap_or(path));
    let message = if path.matches('{').count() != names.len() || path.matches('}').count() != names.len() {
        format!("a brace of `{path}` has no other")
    } else if distinct.len() != names.len() || names.iter().any(|name| name.contains('{') || name.is_empty()) {
        format!("`{path}` has a parameter twice, or one without a name")
    } else if !outside.chars().all(|letter| letter.is_ascii_graphic() && !"?#\\\"<>^`|{}".contains(letter)) {
        format!("`{}` has characters that cannot be in a path", path.escape_debug())
    } else if path != "/" && !segments.is_some_and(|path| path.split('/').all(is_segment)) {
        format!("`{path}` is not `/` and segments, of which none is empty, `.` or `..`")
    } else {
        return;
    };
    let help = "begin it with `/`; write what comes after `?` as parameters in the query";
    report.add(pointer, RULE, message, help);
}

fn check_header(report: &mut Report, node: &Node, name: &str) {
    // Who calls hands out no credentials.
    let is_given = node.kind == Kind::Parameter && !node.has("x-credential");
    if !is_token(name) {
        let message = format!("`{}` cannot be the name of a header", name.escape_debug());
        report.add(&node.at("name"), RULE, message, "write letters, digits and hyphens");
    } else if HEADERS.contains(&name.to_ascii_lowercase().as_str())
        || is_given && name.eq_ignore_ascii_case("authorization")
    {
        let message = format!("the client writes the header `{name}` itself");
        report.add(&node.at("name"), RULE, message, "leave it out");
    }
}

/// Whether a text is a token of RFC 9110: the name of a header, a part of a media type.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter))
}
