//! The document as a whole: its version and its servers.

use super::Report;
use super::grammar::Kind;
use super::spec::Spec;

/// Checks the version and the servers.
pub fn check(spec: &Spec, report: &mut Report) {
    let root = &spec.document.value;
    if root["openapi"] != "3.0.3" {
        report.add("/openapi", "openapi-version", "the spec is not OpenAPI 3.0.3", "write `openapi: 3.0.3`");
    }
    if !root["info"]["version"].as_str().unwrap_or_default().is_ascii() {
        let message = "`version` is not ASCII, and no header can carry it";
        report.add("/info/version", "unsupported", message, "write the version in ASCII");
    }
    if spec.all(&[Kind::Server]).next().is_none() {
        report.add("/servers", "https-only", "the spec names no server", "add `servers` with the production address");
    }
    for server in spec.all(&[Kind::Server]) {
        let Some(url) = server.text("url") else { continue };
        if !url.starts_with("https://") || url.ends_with('/') {
            let message = format!("`{url}` is not an https address without a trailing slash");
            report.add(&server.at("url"), "https-only", message, "write it as `https://host`");
        }
    }
}
