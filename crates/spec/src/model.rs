//! What a spec says, read once: operations, credentials, notifications, word sets, limits.
//!
//! `cargo xtask validate` explains what is wrong with a spec in full. The model only refuses what it would otherwise have to
//! skip or guess, with the line.

mod credentials;
mod lowering;
mod notifications;
mod reader;
mod scalars;
mod signatures;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use syn::Ident;

use crate::format::Format;
use crate::naming::{SETTERS, distinct};
use crate::problem::Problem;
use crate::schema::{component_name, object};
use crate::yaml::Document;
pub use scalars::{CORE, QUOTED};
pub use signatures::{Part, Proof, Signature, SignatureUse};

/// Everything that is generated from one spec.
#[derive(Debug)]
pub struct Model {
    /// The module of the crate, where the provider has several APIs.
    pub module: Option<String>,
    /// The provider's name for people.
    pub title: String,
    /// What the document says about the provider as a whole.
    pub description: String,
    /// The provider's server.
    pub base_url: String,
    /// How replies say whether the call succeeded.
    pub envelope: Map<String, Value>,
    /// The operations, in the order of the spec; a split one is several.
    pub operations: Vec<Operation>,
    /// The operations that are another spelling of one above: they have no method of their own.
    pub alternatives: Vec<String>,
    /// What the merchant must know, in the order of appearance.
    pub credentials: Vec<Credential>,
    /// What the provider sends.
    pub notifications: Vec<Notification>,
    /// Open sets of words, by component name.
    pub words: BTreeMap<String, Words>,
    /// Objects of one of several forms, by component name.
    pub choices: BTreeMap<String, Choice>,
    /// Components that callers fill in.
    pub requests: BTreeSet<String>,
    /// Limits of request members, by component.
    pub limits: BTreeMap<String, Vec<Limit>>,
    /// The components that the generator needs, with only what it can honour.
    pub schemas: BTreeMap<String, Value>,
    /// Whether a session must be opened first.
    pub session: bool,
}

/// One operation, which becomes one method.
#[derive(Debug)]
pub struct Operation {
    /// The method's name.
    pub id: String,
    /// The HTTP method in capitals.
    pub method: String,
    /// The path with parameters in braces.
    pub path: String,
    /// One line.
    pub summary: String,
    /// What else there is to know.
    pub description: String,
    /// The caller's parameters.
    pub parameters: Vec<Parameter>,
    /// The component of the optional ones, if there are any; it is made for them.
    pub options: Option<String>,
    /// Query parameters that are always the same.
    pub fixed_query: Vec<(String, String)>,
    /// The body's component and whether it is a form.
    pub body: Option<Body>,
    /// The media type of the body.
    pub content_type: String,
    /// What a successful reply holds.
    pub reply: Reply,
    /// The media type of a successful reply.
    pub accept: String,
    /// Where credentials go: credential and place.
    pub credentials: Vec<(String, Place)>,
    /// Where signatures go.
    pub signatures: Vec<SignatureUse>,
    /// `safe`, `idempotent` or `none`.
    pub idempotency: String,
    /// The header with which a call may be sent again.
    pub idempotency_key: Option<String>,
    /// What to do when the reply is lost.
    pub lost_reply: Option<String>,
    /// What the operation's envelope says other than the document's.
    pub own_envelope: Map<String, Value>,
    /// Members of the payload that are JSON inside a string.
    pub json_strings: Vec<String>,
    /// Other spellings of the path.
    pub alternative_paths: Vec<String>,
    /// Document, section, date.
    pub source: [String; 3],
    /// Why a part of this is a guess.
    pub guess: Option<String>,
    /// Whether it hands out the token of a session, so that all of its reply is secret.
    pub is_login: bool,
    /// Where it is in the spec.
    pub pointer: String,
}

/// A parameter that the caller gives.
#[derive(Debug)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Its name in Rust: an argument of the method, or a member of the optional ones.
    pub argument: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it is.
    pub description: String,
    /// Whether it may hold several path segments.
    pub rest: bool,
    /// Whether it has several values, and how they are written.
    pub values: Values,
    /// Its limits.
    pub limits: Vec<Limit>,
    /// Its lowered schema.
    pub schema: Value,
    /// A value that it may have.
    pub example: Option<Value>,
}

/// How many values a parameter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// One.
    One,
    /// A list, each value as a query parameter of its own.
    Each,
    /// A list, all values in one query parameter with commas between them.
    Joined,
}

/// A request's body.
#[derive(Debug)]
pub struct Body {
    /// The component whose members it has; none of a list, a map or an object of one of several forms.
    pub component: Option<String>,
    /// Its lowered schema.
    pub schema: Value,
    /// A form rather than JSON.
    pub form: bool,
    /// A body as it is sent.
    pub example: Option<Value>,
}

/// A successful reply.
#[derive(Debug)]
pub enum Reply {
    /// JSON with a payload of this lowered schema.
    Json(Value),
    /// JSON that says nothing but that the call succeeded.
    Nothing,
    /// Bytes of another media type.
    Bytes,
}

/// Where a credential goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `Authorization: Bearer`.
    Bearer,
    /// The user of HTTP Basic.
    BasicUser,
    /// The password of HTTP Basic.
    BasicPassword,
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// A path parameter.
    Path(String),
    /// A member of the body.
    Body(String),
}

/// Something that the merchant must know.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its name, snake_case.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How it is kept.
    pub kind: CredentialKind,
    /// Only notifications need it.
    pub optional: bool,
}

/// How a credential is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// Never shown.
    Secret,
    /// Plain text.
    Text,
    /// A whole number.
    Number,
}

impl CredentialKind {
    /// How a credential of a schema is kept.
    pub fn of(schema: &Value) -> Self {
        let format = schema.get("format").and_then(Value::as_str).and_then(Format::named);
        match schema.get("type").and_then(Value::as_str) {
            Some("integer") => Self::Number,
            _ if format.is_some_and(Format::is_secret) => Self::Secret,
            _ => Self::Text,
        }
    }

    /// How messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "a secret",
            Self::Text => "plain text",
            Self::Number => "a number",
        }
    }
}

/// What a provider sends.
#[derive(Debug)]
pub struct Notification {
    /// The parsing function's name.
    pub id: String,
    /// One line.
    pub summary: String,
    /// What else there is to know.
    pub description: String,
    /// The body's component.
    pub component: String,
    /// What proves it, where the client can check that.
    pub proof: Option<Proof>,
    /// Whether it names a credential that proves it.
    pub signed: bool,
    /// Document, section, date.
    pub source: [String; 3],
    /// Why a part of this is a guess.
    pub guess: Option<String>,
}

/// An open set of words.
#[derive(Debug)]
pub struct Words {
    /// What they are about.
    pub description: String,
    /// The words as the provider writes them.
    pub words: Vec<String>,
}

/// An object of one of several forms.
#[derive(Debug)]
pub struct Choice {
    /// What it is about.
    pub description: String,
    /// The member whose word names the form.
    pub tag: String,
    /// The forms by their words: the component, which has no such member; none where nothing is left of it.
    pub forms: BTreeMap<String, Option<String>>,
}

/// A limit of a request member.
#[derive(Debug, Clone)]
pub struct Limit {
    /// The member.
    pub member: String,
    /// Whether the member may be absent.
    pub optional: bool,
    /// What is limited.
    pub bound: Bound,
    /// The words of another member with which alone it is limited so.
    pub when: Option<When>,
}

/// Words of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The member, which is required.
    pub member: String,
    /// The component of its words.
    pub set: String,
    /// The words.
    pub words: Vec<String>,
}

/// What a limit limits.
#[derive(Debug, Clone)]
pub enum Bound {
    /// The least value.
    AtLeast(i64),
    /// The greatest value.
    AtMost(i64),
    /// The least and greatest number of characters.
    Length(u64, Option<u64>),
}

impl Model {
    /// Reads a spec.
    ///
    /// # Errors
    ///
    /// All that cannot be generated, with the rule `cannot-generate`.
    pub fn read(document: &Document) -> Result<Self, Vec<Problem>> {
        reader::read(document)
    }

    /// Whether a notification can be proven: by the credential that it names, or by one that only notifications need.
    pub fn is_proven(&self, notification: &Notification) -> bool {
        notification.signed || self.credentials.iter().any(|credential| credential.optional)
    }

    /// The Rust names of a component's members. What is sent has methods of its own, so that none of it is called as they are.
    pub fn fields(&self, component: &str) -> BTreeMap<&str, Ident> {
        let members = self.schemas.get(component).map(|schema| object(&schema["properties"]));
        let taken = if self.requests.contains(component) { SETTERS } else { &[] };
        distinct(members.into_iter().flatten().map(|(name, _)| name.as_str()), taken)
    }

    /// How a lowered schema is described: itself, or as the component that it refers to.
    pub fn description_of<'a>(&'a self, schema: &'a Value) -> Option<&'a str> {
        schema["description"].as_str().or_else(|| {
            let component = component_name(schema)?;
            match self.words.get(component) {
                Some(words) => Some(&words.description),
                None => self.schemas.get(component)?["description"].as_str(),
            }
        })
    }
}
