//! A strict linter of the specs: the rules of `specs/README.md`.
//!
//! `spec` reads a document by the grammar of `grammar`; each other module checks the rules of one subject on it.

mod bodies;
mod choices;
mod credentials;
mod document;
mod envelopes;
mod examples;
mod formats;
mod grammar;
mod http;
mod keys;
mod names;
mod operations;
mod parameters;
mod refs;
mod replies;
mod schemas;
mod signatures;
mod spec;
mod splits;
mod text;
mod webhooks;
mod words;

use std::path::Path;

use crate::model::Model;
use crate::problem::Problem;
use crate::yaml::Document;

use spec::Spec;

/// Every rule: its name, and what it demands.
pub const RULES: &[(&str, &str)] = &[
    ("yaml-syntax", "the file is one YAML document without anchors, aliases and tags"),
    ("duplicate-key", "no key is twice in the same object"),
    ("openapi-version", "`openapi` is 3.0.3"),
    ("unknown-key", "each key, extensions too, is known in its place"),
    ("missing-key", "each key that OpenAPI requires is there"),
    ("wrong-type", "each key has a value of its type"),
    ("unsupported", "nothing is used that the generator cannot honour"),
    ("ref-siblings", "nothing is beside `$ref`"),
    ("dangling-ref", "whatever is referred to by `$ref` or by name exists"),
    ("unused-component", "each component is used by an operation or a webhook"),
    ("unreadable-text", "no text has characters that cannot be seen, and none for people a fence of code"),
    ("https-only", "there is a server, and each server is https without a trailing slash"),
    ("http-syntax", "servers, paths, names of headers and media types are written as HTTP has them"),
    ("operation-id-case", "each operation has an operationId in snake_case"),
    ("operation-id-unique", "no operationId is there twice, those of `x-split` and `x-webhooks` included"),
    ("operation-tags", "each operation has tags, all of them declared"),
    ("undescribed", "whatever a user meets is described; a summary is one line ending with a period"),
    ("missing-source", "each operation has `x-source` with document, section and the day it was read"),
    ("missing-idempotency", "each operation says whether it is `safe`, `idempotent` or `none`"),
    ("lost-reply", "`x-lost-reply` says what to do, of an operation with `x-idempotency: none`"),
    ("guess-reason", "`x-guess` is a sentence that says why"),
    ("path-parameter", "the names in a path are its required path parameters; `x-path-rest` is the last segment"),
    ("alternative-path", "`x-alternative-paths` are other paths with the same parameters"),
    ("split", "`x-split` gives each value of an enum query parameter an operation and its own reply"),
    ("webhook", "a webhook is one `post` with body, responses and security"),
    ("success-type", "an operation has one success component, then `Failure`, whatever the success status"),
    ("body-type", "a body has one media type, whose schema is a `$ref` to a component"),
    ("missing-example", "each request body, reply and notification has an example"),
    ("example-mismatch", "each example fits its schema"),
    ("anonymous-object", "objects inside objects are named components"),
    ("required-property", "each name in `required` is a property"),
    ("nullable-unseen", "`nullable` is only where an example holds `null`"),
    ("nullable-required", "what a reply requires is not nullable"),
    ("closed-enum-in-reply", "replies and notifications have no closed string `enum`, but for an envelope's flag"),
    ("open-enum-unnamed", "`x-extensible-enum` is a named string component with words that differ"),
    ("unknown-format", "each format is known and is on a type that it fits"),
    ("choice", "an object of several forms is a component whose `discriminator` names the form of each word"),
    ("content-schema", "JSON inside a string is one form of two; the other is a `$ref` to the JSON itself"),
    ("rust-name", "no component, operation, credential or word is called as what generated code has already"),
    ("credential", "credentials are named, declared and never handed out but by a session's login"),
    ("signature", "`x-signature` joins what is always there, and is made with the credential beside it"),
    ("envelope", "each JSON operation has an envelope that fits its reply"),
    ("cannot-generate", "the client can be generated; only a document that keeps every other rule is tried"),
];

/// Reads a spec, which must be valid.
///
/// # Errors
///
/// All that is wrong with it.
pub fn load(path: &Path, file: &str) -> Result<Document, Vec<Problem>> {
    let document = Document::load(path, file)?;
    let problems = validate(&document);
    if problems.is_empty() { Ok(document) } else { Err(problems) }
}

/// All problems of a document, by line.
pub fn validate(document: &Document) -> Vec<Problem> {
    if !document.value.is_object() {
        let help = "begin it with `openapi: 3.0.3`";
        return vec![document.problem("", "wrong-type", "the document is not an object", help)];
    }
    let spec = Spec::new(document);
    let mut report = Report { document, problems: Vec::new() };
    for check in [
        document::check,
        text::check,
        http::check,
        keys::check,
        refs::check,
        operations::check,
        words::check,
        parameters::check,
        splits::check,
        webhooks::check,
        replies::check,
        bodies::check,
        schemas::check,
        formats::check,
        choices::check,
        examples::check,
        credentials::check,
        signatures::check,
        names::check,
        envelopes::check,
    ] {
        check(&spec, &mut report);
    }
    let mut problems = report.problems;
    problems.sort();
    problems.dedup();
    match Model::read(document) {
        Err(refused) if problems.is_empty() => refused,
        _ => problems,
    }
}

/// The problems found so far.
struct Report<'a> {
    document: &'a Document,
    problems: Vec<Problem>,
}

impl Report<'_> {
    /// Adds a problem with the value at a JSON pointer.
    fn add(&mut self, pointer: &str, rule: &'static str, message: impl Into<String>, help: impl Into<String>) {
        debug_assert!(RULES.iter().any(|(name, _)| *name == rule), "{rule} is not in RULES");
        self.problems.push(self.document.problem(pointer, rule, message, help));
    }
}
