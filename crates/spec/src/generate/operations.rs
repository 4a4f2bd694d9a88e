//! `operations.rs`: the table of operations, for the transport and for whoever wants to list them.

use anyhow::{Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

use super::signatures;
use super::text::{self, doc, inner_doc};
use crate::media::{JSON, is_json};
use crate::model::{Model, Operation, Reply, SignatureUse};
use crate::naming::{ident, shout};
use crate::schema::texts;

/// The content of `operations.rs`.
pub fn file(model: &Model, provider: &str) -> Result<TokenStream> {
    let header = inner_doc(&[format!("The operations of {}, as its spec describes them.", model.title)]);
    let mut entries = Vec::new();
    for operation in &model.operations {
        entries.push(entry(operation, provider)?);
    }
    let names = model.operations.iter().map(|operation| shout(&operation.id));
    let shared = envelope_fields(&model.envelope, "x-envelope")?;
    let body = quote! {
        /// How replies say whether the call succeeded, unless an operation says otherwise.
        const ENVELOPE: Envelope = Envelope { #(#shared,)* ..Envelope::BASE };
        /// All operations.
        pub static ALL: &[&Operation] = &[#(&#names),*];
        #(#entries)*
    };
    let used = text::used_names(&body);
    let kind = used.contains("Kind").then(|| quote! { use ::gerbang_core::Kind; });
    let names = TABLE_TYPES.iter().filter(|name| used.contains(**name)).map(|name| ident(name));
    Ok(quote!(#header use ::gerbang_core::operation::{#(#names),*}; #kind #body))
}

/// The types that an entry of the table may mention.
const TABLE_TYPES: [&str; 10] = [
    "CredentialUse",
    "Envelope",
    "Failure",
    "FlagValue",
    "Idempotency",
    "Operation",
    "Place",
    "Sign",
    "SignatureUse",
    "Source",
];

fn entry(operation: &Operation, provider: &str) -> Result<TokenStream> {
    let name = shout(&operation.id);
    let Operation { id, method, path, alternative_paths, json_strings, content_type, accept, .. } = operation;
    let doc = doc(&[format!("`{method} {path}`: {}", operation.summary)]);
    let mut fields = vec![quote!(provider: #provider), quote!(id: #id), quote!(method: #method), quote!(path: #path)];
    if !alternative_paths.is_empty() {
        fields.push(quote!(alternative_paths: &[#(#alternative_paths),*]));
    }
    if !operation.fixed_query.is_empty() {
        let pairs = operation.fixed_query.iter().map(|(name, value)| quote!((#name, #value)));
        fields.push(quote!(query: &[#(#pairs),*]));
    }
    if accept != JSON {
        fields.push(quote!(accept: #accept));
    }
    // A form has its own, whatever this says.
    if content_type != JSON && is_json(content_type) {
        fields.push(quote!(content_type: #content_type));
    }
    fields.extend(idempotency(operation)?);
    if let Some(how) = &operation.lost_reply {
        fields.push(quote!(lost_reply: Some(#how)));
    }
    if !operation.credentials.is_empty() {
        let uses = operation.credentials.iter().map(|(credential, place)| {
            let place = signatures::place(place);
            quote!(CredentialUse { credential: #credential, place: #place })
        });
        fields.push(quote!(credentials: &[#(#uses),*]));
    }
    if !operation.signatures.is_empty() {
        let uses = operation.signatures.iter().map(|SignatureUse { key, place, signature }| {
            let (place, signature) = (signatures::place(place), signatures::signature(signature));
            quote!(SignatureUse { key: #key, place: #place, signature: #signature })
        });
        fields.push(quote!(signatures: &[#(#uses),*]));
    }
    let own = envelope_fields(&operation.own_envelope, &operation.pointer)?;
    fields.push(match own.is_empty() {
        true => quote!(envelope: ENVELOPE),
        false => quote!(envelope: Envelope { #(#own,)* ..ENVELOPE }),
    });
    if matches!(&operation.reply, Reply::Json(schema) if schema["type"] == "array") {
        fields.push(quote!(list: true));
    }
    if operation.is_login {
        fields.push(quote!(secret_reply: true));
    }
    if !json_strings.is_empty() {
        fields.push(quote!(json_strings: &[#(#json_strings),*]));
    }
    let [document, section, read] = &operation.source;
    fields.push(quote!(source: Source { document: #document, section: #section, read: #read }));
    Ok(quote!(#doc pub static #name: Operation = Operation { #(#fields,)* ..Operation::BASE };))
}

/// Whether it may be sent again, and the header with which it may.
fn idempotency(operation: &Operation) -> Result<Vec<TokenStream>> {
    let idempotency = match operation.idempotency.as_str() {
        "safe" => quote!(Idempotency::Safe),
        "idempotent" => quote!(Idempotency::Idempotent),
        "none" => quote!(Idempotency::None),
        other => bail!("{}: `{other}` is not an idempotency", operation.pointer),
    };
    let key = operation.idempotency_key.iter().map(|header| quote!(idempotency_key: Some(#header)));
    Ok([quote!(idempotency: #idempotency)].into_iter().chain(key).collect())
}

fn envelope_fields(rule: &Map<String, Value>, pointer: &str) -> Result<Vec<TokenStream>> {
    let mut fields = Vec::new();
    for (key, value) in rule {
        let field = ident(&key.replace('-', "_"));
        let value = match (key.as_str(), value) {
            ("flag" | "message" | "code" | "lift" | "error", Value::Array(_)) => {
                let names = texts(value);
                quote!(&[#(#names),*])
            }
            ("success" | "failure", Value::Array(values)) => {
                let mut flags = Vec::new();
                for value in values {
                    flags.push(match value {
                        Value::Bool(value) => quote!(FlagValue::Bool(#value)),
                        Value::String(word) => quote!(FlagValue::Word(#word)),
                        other => bail!("{pointer}: a flag cannot have the value {other}"),
                    });
                }
                quote!(&[#(#flags),*])
            }
            ("flag-optional" | "flag-stays" | "empty" | "status-is-conclusive", Value::Bool(value)) => quote!(#value),
            ("data" | "lift-from", Value::String(name)) => quote!(Some(#name)),
            ("failures", Value::Array(failures)) => {
                let failures: Result<Vec<_>> = failures.iter().map(|failure| failure_rule(failure, pointer)).collect();
                let failures = failures?;
                quote!(&[#(#failures),*])
            }
            _ => bail!("{pointer}: the envelope's `{key}` is unknown or of the wrong type"),
        };
        fields.push(quote!(#field: #value));
    }
    Ok(fields)
}

fn failure_rule(failure: &Value, pointer: &str) -> Result<TokenStream> {
    let sign = match (failure["message-contains"].as_str(), failure["code"].as_str()) {
        (Some(part), None) => quote!(Sign::MessageContains(#part)),
        (None, Some(code)) => quote!(Sign::Code(#code)),
        _ => bail!("{pointer}: a failure has either `message-contains` or `code`"),
    };
    let kind = match failure["kind"].as_str() {
        Some("authentication") => quote!(Kind::Authentication),
        Some("not-found") => quote!(Kind::NotFound),
        Some("already-done") => quote!(Kind::AlreadyDone),
        Some("rate-limited") => quote!(Kind::RateLimited),
        Some("rejected") => quote!(Kind::Rejected),
        Some("unavailable") => quote!(Kind::Unavailable),
        other => bail!("{pointer}: a failure cannot have the kind {other:?}"),
    };
    let conclusive = failure["conclusive"].as_bool().unwrap_or_default();
    Ok(quote!(Failure { sign: #sign, kind: #kind, conclusive: #conclusive }))
}
