//! What a spec says, read once: operations, credentials, notifications, word sets, limits.
//!
//! `cargo xtask validate` explains what is wrong with a spec in full. The model only refuses what it would otherwise have to
//! skip or guess, with the line.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::problem::Problem;
use crate::yaml::{Document, escape};

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
    /// Query parameters that are always the same.
    pub fixed_query: Vec<(String, String)>,
    /// The body's component and whether it is a form.
    pub body: Option<Body>,
    /// What a successful reply holds.
    pub reply: Reply,
    /// Where credentials go: credential and place.
    pub credentials: Vec<(String, Place)>,
    /// `safe`, `idempotent` or `none`.
    pub idempotency: String,
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
    /// Where it stands in the spec.
    pub pointer: String,
}

/// A parameter that the caller gives.
#[derive(Debug)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// `path` or `query`.
    pub place: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it is.
    pub description: String,
    /// Whether it may hold several path segments.
    pub rest: bool,
    /// Its limits.
    pub limits: Vec<Limit>,
    /// Its lowered schema.
    pub schema: Value,
}

/// A request's body.
#[derive(Debug)]
pub struct Body {
    /// The component.
    pub component: String,
    /// A form rather than JSON.
    pub form: bool,
}

/// A successful reply.
#[derive(Debug)]
pub enum Reply {
    /// JSON with a payload of this lowered schema.
    Json(Value),
    /// JSON that says nothing but that the call succeeded.
    Nothing,
    /// Bytes of this media type.
    Media(String),
}

/// Where a credential goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `Authorization: Bearer`.
    Bearer,
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

/// A limit of a request member.
#[derive(Debug)]
pub struct Limit {
    /// The member.
    pub member: String,
    /// Whether the member may be absent.
    pub optional: bool,
    /// What is limited.
    pub bound: Bound,
}

/// What a limit limits.
#[derive(Debug)]
pub enum Bound {
    /// The least value.
    AtLeast(u64),
    /// The greatest value.
    AtMost(u64),
    /// The least and greatest number of characters.
    Length(u64, Option<u64>),
}

type Result<T> = std::result::Result<T, Vec<Problem>>;

impl Model {
    /// Reads a spec.
    pub fn read(document: &Document) -> Result<Self> {
        Reader { document, bodies: BTreeSet::new(), needed: BTreeMap::new(), model: Model::empty() }.read()
    }

    fn empty() -> Self {
        Self {
            module: None,
            title: String::new(),
            description: String::new(),
            base_url: String::new(),
            envelope: Map::new(),
            operations: Vec::new(),
            alternatives: Vec::new(),
            credentials: Vec::new(),
            notifications: Vec::new(),
            words: BTreeMap::new(),
            requests: BTreeSet::new(),
            limits: BTreeMap::new(),
            schemas: BTreeMap::new(),
            session: false,
        }
    }
}

struct Reader<'a> {
    document: &'a Document,
    /// Where the components of bodies stand.
    bodies: BTreeSet<String>,
    /// Components still to be lowered or lowered already: how they are used, and where for the first time.
    needed: BTreeMap<String, (Use, String)>,
    model: Model,
}

/// How a component is used. It becomes one type, so it is used in the same way everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Use {
    /// The caller fills it in. What the provider sends is not.
    request: bool,
    /// The members that it loses: the flags of an envelope.
    without: BTreeSet<String>,
}

impl Use {
    fn whole(request: bool) -> Self {
        Self { request, without: BTreeSet::new() }
    }
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Result<Model> {
        self.model.title = self.text("/info/title")?;
        self.model.description = self.text("/info/description")?;
        self.model.base_url = self.text("/servers/0/url")?;
        self.model.envelope = self.envelope("");
        self.security_schemes()?;
        let mut problems = Vec::new();
        for (path, item) in self.map("/paths")? {
            for (method, operation) in object(item) {
                let pointer = format!("/paths/{}/{method}", escape(path));
                if let Err(more) = self.operation(path, method, operation, &pointer) {
                    problems.extend(more);
                }
            }
        }
        if let Some(webhooks) = self.document.get("/x-webhooks") {
            for name in object(webhooks).keys() {
                if let Err(more) = self.notification(&format!("/x-webhooks/{}/post", escape(name))) {
                    problems.extend(more);
                }
            }
        }
        // Nothing refers to a component without members any more: a body all of credentials, a reply of a flag only.
        self.model
            .schemas
            .retain(|_, schema| schema["properties"].as_object().is_none_or(|members| !members.is_empty()));
        problems.sort();
        problems.dedup();
        if problems.is_empty() { Ok(self.model) } else { Err(problems) }
    }

    // ---- looking things up ----

    fn refuse<T>(&self, pointer: &str, message: impl Into<String>) -> Result<T> {
        let help = "specs/README.md says what can be generated; `cargo xtask validate` explains most of its rules";
        Err(vec![self.document.problem(pointer, "cannot-generate", message, help)])
    }

    fn get(&self, pointer: &str) -> Result<&'a Value> {
        match self.document.get(pointer) {
            Some(value) => Ok(value),
            None => self.refuse(pointer, format!("`{}` is missing", pointer.rsplit('/').next().unwrap_or_default())),
        }
    }

    fn map(&self, pointer: &str) -> Result<&'a Map<String, Value>> {
        match self.get(pointer)?.as_object() {
            Some(map) => Ok(map),
            None => self.refuse(pointer, "an object is expected here"),
        }
    }

    fn text(&self, pointer: &str) -> Result<String> {
        match self.get(pointer)?.as_str() {
            Some(text) => Ok(text.trim().to_owned()),
            None => self.refuse(pointer, "a text is expected here"),
        }
    }

    fn optional_text(&self, pointer: &str) -> Option<String> {
        self.document.get(pointer).and_then(Value::as_str).map(|text| text.trim().to_owned())
    }

    /// Follows a `$ref`, if there is one, and says where it leads.
    fn resolve(&self, pointer: &str) -> Result<(String, &'a Value)> {
        let value = self.get(pointer)?;
        match value.get("$ref").and_then(Value::as_str).map(|target| target.strip_prefix('#')) {
            None => Ok((pointer.to_owned(), value)),
            Some(Some(target)) => match self.document.get(target) {
                Some(value) => Ok((target.to_owned(), value)),
                None => self.refuse(pointer, format!("`#{target}` does not exist")),
            },
            Some(None) => self.refuse(pointer, "only references into this file can be followed"),
        }
    }

    /// The component that the schema at a pointer refers to.
    fn component(&self, pointer: &str) -> Result<String> {
        let schema = self.get(pointer)?;
        match component_name(schema) {
            Some(name) if self.document.get(&format!("/components/schemas/{}", escape(&name))).is_some() => Ok(name),
            Some(name) => self.refuse(pointer, format!("there is no component `{name}`")),
            None => self.refuse(pointer, "a $ref to a component is expected here"),
        }
    }

    fn source(&self, pointer: &str) -> Result<[String; 3]> {
        let part = |name| self.text(&format!("{pointer}/x-source/{name}"));
        Ok([part("document")?, part("section")?, part("read")?])
    }

    // ---- credentials ----

    fn security_schemes(&mut self) -> Result<()> {
        if self.document.get("/components/securitySchemes").is_none() {
            return Ok(());
        }
        for name in self.map("/components/securitySchemes")?.keys() {
            let pointer = format!("/components/securitySchemes/{}", escape(name));
            if self.document.get(&format!("{pointer}/x-session")).is_some() {
                self.model.session = true;
                continue;
            }
            let credential = self.text(&format!("{pointer}/x-credential"))?;
            let optional = !self.is_sent(name);
            let description = self.text(&format!("{pointer}/description"))?;
            self.add_credential(credential, description, CredentialKind::Secret, optional);
        }
        Ok(())
    }

    /// Whether any operation names this scheme, or the document does for all.
    fn is_sent(&self, scheme: &str) -> bool {
        let names = |security: Option<&Value>| {
            security.and_then(Value::as_array).is_some_and(|list| list.iter().any(|entry| entry.get(scheme).is_some()))
        };
        let operations = self.document.get("/paths").map(object).into_iter().flatten();
        names(self.document.get("/security"))
            || operations.flat_map(|(_, item)| object(item).values()).any(|operation| names(operation.get("security")))
    }

    fn add_credential(&mut self, name: String, description: String, kind: CredentialKind, optional: bool) {
        if !self.model.credentials.iter().any(|credential| credential.name == name) {
            self.model.credentials.push(Credential { name, description, kind, optional });
        }
    }

    /// A property or parameter that the client fills in.
    fn filled_in(&mut self, credential: &str, schema: &Value, description: &str) {
        let format = schema.get("format").and_then(Value::as_str);
        let kind = match (schema.get("type").and_then(Value::as_str), format) {
            (Some("integer"), _) => CredentialKind::Number,
            // A login name is personal: it is kept as carefully as the password.
            (_, Some("password" | "email")) => CredentialKind::Secret,
            _ => CredentialKind::Text,
        };
        self.add_credential(credential.to_owned(), description.to_owned(), kind, false);
    }

    fn security(&self, pointer: &str) -> Result<Vec<(String, Place)>> {
        let own = format!("{pointer}/security");
        let pointer = if self.document.get(&own).is_some() { own } else { "/security".to_owned() };
        let Some(first) = self.document.get(&format!("{pointer}/0")) else { return Ok(Vec::new()) };
        let mut places = Vec::new();
        for scheme in object(first).keys() {
            let at = format!("/components/securitySchemes/{}", escape(scheme));
            let credential = self.text(&format!("{at}/x-credential"))?;
            let name = self.optional_text(&format!("{at}/name")).unwrap_or_default();
            let kind = self.text(&format!("{at}/type"))?;
            let place = match (kind.as_str(), self.optional_text(&format!("{at}/in")).as_deref()) {
                ("http", None) if self.optional_text(&format!("{at}/scheme")).as_deref() == Some("bearer") => {
                    Place::Bearer
                }
                ("apiKey", Some("header")) => Place::Header(name.to_ascii_lowercase()),
                ("apiKey", Some("query")) => Place::Query(name),
                _ => return self.refuse(&at, "only bearer tokens and API keys in a header or query can be sent"),
            };
            places.push((credential, place));
        }
        Ok(places)
    }

    // ---- operations ----

    fn operation(&mut self, path: &str, method: &str, operation: &Value, pointer: &str) -> Result<()> {
        if !["get", "post", "put", "patch", "delete"].contains(&method) {
            return self.refuse(pointer, format!("`{method}` cannot be generated"));
        }
        if operation.get("x-alternative-to").is_some() {
            self.model.alternatives.push(self.text(&format!("{pointer}/operationId"))?);
            return Ok(());
        }
        let Some(split) = operation.get("x-split") else {
            let operation = self.method(path, method, pointer, pointer, None)?;
            self.model.operations.push(operation);
            return Ok(());
        };
        let parameter = self.text(&format!("{pointer}/x-split/parameter"))?;
        for value in split.get("operations").map(object).into_iter().flatten().map(|(value, _)| value) {
            let at = format!("{pointer}/x-split/operations/{}", escape(value));
            let operation = self.method(path, method, pointer, &at, Some((&parameter, value)))?;
            self.model.operations.push(operation);
        }
        Ok(())
    }

    /// One method. `named` is where its name, texts and source stand: the operation itself, or its part of a split.
    fn method(
        &mut self,
        path: &str,
        method: &str,
        pointer: &str,
        named: &str,
        split: Option<(&str, &str)>,
    ) -> Result<Operation> {
        let mut credentials = self.security(pointer)?;
        let parameters = self.parameters(pointer, split.map(|(parameter, _)| parameter), &mut credentials)?;
        let body = self.body(pointer, &mut credentials)?;
        let own_envelope = self.envelope(pointer);
        let mut envelope = self.model.envelope.clone();
        envelope.extend(own_envelope.clone());
        let (reply, json_strings) = self.reply(pointer, named, split.is_some(), &envelope)?;
        let texts = |name: &str| self.document.get(&format!("{pointer}/{name}")).and_then(Value::as_array);
        let alternative_paths = texts("x-alternative-paths").into_iter().flatten();
        let alternative_paths = alternative_paths.filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Operation {
            id: self.text(&format!("{named}/operationId"))?,
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            summary: self.text(&format!("{named}/summary"))?,
            description: self.text(&format!("{named}/description"))?,
            parameters,
            fixed_query: split.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body,
            reply,
            credentials,
            idempotency: self.text(&format!("{named}/x-idempotency"))?,
            lost_reply: self.optional_text(&format!("{named}/x-lost-reply")),
            own_envelope,
            json_strings,
            alternative_paths,
            source: self.source(named)?,
            guess: self.optional_text(&format!("{named}/x-guess")),
            pointer: named.to_owned(),
        })
    }

    fn parameters(
        &mut self,
        pointer: &str,
        fixed: Option<&str>,
        credentials: &mut Vec<(String, Place)>,
    ) -> Result<Vec<Parameter>> {
        let count = self.document.get(&format!("{pointer}/parameters")).and_then(Value::as_array).map_or(0, Vec::len);
        let mut parameters = Vec::new();
        for index in 0..count {
            let (at, parameter) = self.resolve(&format!("{pointer}/parameters/{index}"))?;
            let name = self.text(&format!("{at}/name"))?;
            let place = self.text(&format!("{at}/in"))?;
            let required = parameter.get("required") == Some(&Value::Bool(true));
            if fixed == Some(&name) {
                continue;
            }
            if let Some(credential) = self.optional_text(&format!("{at}/x-credential")) {
                if required {
                    let schema = self.get(&format!("{at}/schema"))?;
                    self.filled_in(&credential, schema, &self.text(&format!("{at}/description"))?);
                    let place = match place.as_str() {
                        "path" => Place::Path(name),
                        "query" => Place::Query(name),
                        "header" => Place::Header(name.to_ascii_lowercase()),
                        other => return self.refuse(&at, format!("a credential cannot go into the {other}")),
                    };
                    credentials.push((credential, place));
                }
                continue;
            }
            if place != "path" && place != "query" {
                return self.refuse(&at, format!("a {place} parameter cannot be generated"));
            }
            let schema = self.lower(&format!("{at}/schema"), true)?;
            let bounds = self.bounds(&format!("{at}/schema"))?.into_iter();
            let limits = bounds.map(|bound| Limit { member: name.clone(), optional: !required, bound }).collect();
            parameters.push(Parameter {
                name,
                place,
                required,
                description: self.text(&format!("{at}/description"))?,
                rest: parameter.get("x-path-rest") == Some(&Value::Bool(true)),
                limits,
                schema,
            });
        }
        Ok(parameters)
    }

    fn body(&mut self, pointer: &str, credentials: &mut Vec<(String, Place)>) -> Result<Option<Body>> {
        let at = format!("{pointer}/requestBody");
        if self.document.get(&at).is_none() {
            return Ok(None);
        }
        let content = self.map(&format!("{at}/content"))?;
        let media: Vec<_> = content.keys().collect();
        let form = match media.as_slice() {
            [media] if *media == "application/json" => false,
            [media] if *media == "application/x-www-form-urlencoded" => true,
            _ => return self.refuse(&at, "a body is either JSON or a form"),
        };
        let schema = format!("{at}/content/{}/schema", escape(media[0]));
        let component = self.component(&schema)?;
        if self.is_nameless(&format!("/components/schemas/{}", escape(&component)))? {
            return self.refuse(&schema, "a body that is not an object with members cannot be generated");
        }
        self.bodies.insert(format!("/components/schemas/{}", escape(&component)));
        for (name, credential) in self.body_credentials(&component)? {
            credentials.push((credential, Place::Body(name)));
        }
        self.need(&component, Use::whole(true), &schema)?;
        let members = self.model.schemas[&component]["properties"].as_object().map_or(0, Map::len);
        match (members, form) {
            (0, true) => self.refuse(&at, "a form without a member of the caller's cannot be generated"),
            (0, false) => Ok(None),
            _ => Ok(Some(Body { component, form })),
        }
    }

    /// The members of a body that the client fills in.
    fn body_credentials(&mut self, component: &str) -> Result<Vec<(String, String)>> {
        let at = format!("/components/schemas/{}", escape(component));
        let required = self.get(&at)?.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut filled = Vec::new();
        for (name, property) in self.map(&format!("{at}/properties"))? {
            if let Some(credential) = property.get("x-credential").and_then(Value::as_str)
                && required.contains(&json!(name))
            {
                let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
                self.filled_in(credential, property, description);
                filled.push((name.clone(), credential.to_owned()));
            }
        }
        Ok(filled)
    }

    /// What the envelope at a pointer says.
    fn envelope(&self, pointer: &str) -> Map<String, Value> {
        let mut envelope = self.document.get(&format!("{pointer}/x-envelope")).map(object).cloned().unwrap_or_default();
        envelope.remove("x-guess");
        envelope
    }

    fn reply(
        &mut self,
        pointer: &str,
        named: &str,
        split: bool,
        envelope: &Map<String, Value>,
    ) -> Result<(Reply, Vec<String>)> {
        let responses = self.map(&format!("{pointer}/responses"))?;
        let successes: Vec<_> = responses.keys().filter(|status| status.starts_with('2')).collect();
        let [status] = successes.as_slice() else {
            return self.refuse(&format!("{pointer}/responses"), "exactly one success status is expected");
        };
        let (at, response) = self.resolve(&format!("{pointer}/responses/{status}"))?;
        if response.get("content").is_none() {
            return Ok((Reply::Nothing, Vec::new()));
        }
        let media: Vec<_> = self.map(&format!("{at}/content"))?.keys().cloned().collect();
        let [media] = media.as_slice() else { return self.refuse(&at, "exactly one media type is expected") };
        if media != "application/json" {
            return Ok((Reply::Media(media.clone()), Vec::new()));
        }
        let schema = format!("{at}/content/application~1json/schema");
        let (component, from) = if split {
            (self.text(&format!("{named}/reply"))?, format!("{named}/reply"))
        } else if self.get(&schema)?.get("oneOf").is_some() {
            (self.component(&format!("{schema}/oneOf/0"))?, format!("{schema}/oneOf/0"))
        } else {
            (self.component(&schema)?, schema)
        };
        let at = format!("/components/schemas/{}", escape(&component));
        if let Some(data) = envelope.get("data").and_then(Value::as_str) {
            let payload = format!("{at}/properties/{}", escape(data));
            self.no_json_strings(&payload)?;
            return Ok((Reply::Json(self.lower(&payload, false)?), Vec::new()));
        }
        if self.is_nameless(&at)? {
            self.no_json_strings(&at)?;
            return Ok((Reply::Json(self.lower(&at, false)?), Vec::new()));
        }
        let flags = envelope.get("flag").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let members = self.get(&at)?.get("properties").map(object);
        let without = flags.filter(|flag| members.is_some_and(|members| members.contains_key(*flag)));
        let without = without.map(str::to_owned).collect();
        self.need(&component, Use { request: false, without }, &from)?;
        let json_strings = self.json_strings(&at)?;
        if self.model.schemas[&component]["properties"].as_object().is_some_and(Map::is_empty) {
            return Ok((Reply::Nothing, Vec::new()));
        }
        Ok((Reply::Json(json!({"$ref": format!("#/components/schemas/{component}")})), json_strings))
    }

    // ---- notifications ----

    fn notification(&mut self, pointer: &str) -> Result<()> {
        let schema = format!("{pointer}/requestBody/content/application~1json/schema");
        let component = self.component(&schema)?;
        self.no_json_strings(&schema)?;
        self.need(&component, Use::whole(false), &schema)?;
        let notification = Notification {
            id: self.text(&format!("{pointer}/operationId"))?,
            summary: self.text(&format!("{pointer}/summary"))?,
            description: self.text(&format!("{pointer}/description"))?,
            component,
            source: self.source(pointer)?,
            guess: self.optional_text(&format!("{pointer}/x-guess")),
        };
        self.model.notifications.push(notification);
        Ok(())
    }

    // ---- schemas ----

    /// Lowers a component and all that it refers to. `from` is where it is used.
    fn need(&mut self, name: &str, how: Use, from: &str) -> Result<()> {
        let at = format!("/components/schemas/{}", escape(name));
        if let Some((first, place)) = self.needed.get(name) {
            if *first == how || is_scalar(self.get(&at)?) {
                return Ok(());
            }
            let line = self.document.line(place);
            let difference = match (first.request, how.request) {
                (false, true) => format!("is sent here and received on line {line}"),
                (true, false) => format!("is received here and sent on line {line}"),
                _ => {
                    let flags: Vec<_> = first.without.symmetric_difference(&how.without).map(String::as_str).collect();
                    let flags = flags.join("` and `");
                    format!(
                        "has the flag `{flags}` of an envelope, which is left out either here or on line {line} only"
                    )
                }
            };
            return self.refuse(from, format!("`{name}` {difference}; write one component for each"));
        }
        self.needed.insert(name.to_owned(), (how.clone(), from.to_owned()));
        // Whoever else needs a component that is refused is refused as well.
        self.lower_component(name, &at, &how).inspect_err(|_| drop(self.needed.remove(name)))
    }

    fn lower_component(&mut self, name: &str, at: &str, how: &Use) -> Result<()> {
        let schema = self.get(at)?;
        if let Some(words) = schema.get("x-extensible-enum").and_then(Value::as_array) {
            let words = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let description = self.text(&format!("{at}/description"))?;
            self.model.words.insert(name.to_owned(), Words { description, words });
            self.model.schemas.insert(name.to_owned(), json!({"type": "string"}));
            return Ok(());
        }
        let mut lowered = self.lower(at, how.request)?;
        if let Some(properties) = lowered.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !how.without.contains(name));
        }
        if let Some(required) = lowered.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !name.as_str().is_some_and(|name| how.without.contains(name)));
        }
        if how.request {
            self.limits(name, at, &lowered)?;
            self.model.requests.insert(name.to_owned());
        }
        self.model.schemas.insert(name.to_owned(), lowered);
        Ok(())
    }

    /// Whether a component is a list, a map, a text or a number, which becomes no type of its own.
    fn is_nameless(&self, at: &str) -> Result<bool> {
        let schema = self.get(at)?;
        let is_map = schema.get("additionalProperties").is_some() && schema.get("properties").is_none();
        let is_words = schema.get("x-extensible-enum").is_some();
        Ok(is_map || schema.get("type") == Some(&json!("array")) || is_scalar(schema) && !is_words)
    }

    /// A schema with only what the generator can honour: formats become types, limits and extensions go.
    fn lower(&mut self, pointer: &str, request: bool) -> Result<Value> {
        let schema = self.get(pointer)?;
        if let Some(name) = component_name(schema) {
            let at = format!("/components/schemas/{}", escape(&name));
            if self.is_nameless(&at)? {
                return self.lower(&at, request);
            }
            self.need(&name, Use::whole(request), pointer)?;
            return Ok(schema.clone());
        }
        let mut lowered = Map::new();
        for kept in ["description", "nullable", "x-compared"] {
            if let Some(value) = schema.get(kept) {
                lowered.insert(kept.to_owned(), value.clone());
            }
        }
        if schema.get("allOf").is_some() {
            let inner = self.lower(&format!("{pointer}/allOf/0"), request)?;
            lowered.insert("allOf".to_owned(), json!([inner]));
            return Ok(Value::Object(lowered));
        }
        if is_json_string(schema) {
            let inner = self.lower(&format!("{pointer}/oneOf/1"), request)?;
            lowered.insert("type".to_owned(), json!("string"));
            lowered.insert("x-rust-type".to_owned(), rust_type("JsonString", Some(inner)));
            return Ok(Value::Object(lowered));
        }
        let kind = self.text(&format!("{pointer}/type"))?;
        lowered.insert("type".to_owned(), json!(kind));
        match kind.as_str() {
            "object" => self.lower_object(pointer, request, &mut lowered)?,
            "array" => {
                let items = self.lower(&format!("{pointer}/items"), request)?;
                if !request {
                    lowered.insert("x-rust-type".to_owned(), rust_type("Rows", Some(items.clone())));
                }
                lowered.insert("items".to_owned(), items);
            }
            _ => self.lower_scalar(pointer, &kind, &mut lowered)?,
        }
        Ok(Value::Object(lowered))
    }

    fn lower_object(&mut self, pointer: &str, request: bool, lowered: &mut Map<String, Value>) -> Result<()> {
        let mut properties = Map::new();
        let mut required = self.get(pointer)?.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let names = self.get(pointer)?.get("properties").map(object).into_iter().flatten();
        for (name, property) in names.map(|(name, property)| (name.clone(), property)) {
            // In a body the client fills it in. In a reply it is what the login hands out.
            if property.get("x-credential").is_some() && request {
                if required.contains(&json!(name)) && !self.bodies.contains(pointer) {
                    let at = format!("{pointer}/properties/{}", escape(&name));
                    return self.refuse(&at, "a credential is filled in at the top level of a body only");
                }
                required.retain(|other| *other != json!(name));
                continue;
            }
            let at = format!("{pointer}/properties/{}", escape(&name));
            properties.insert(name, self.lower(&at, request)?);
        }
        if self.get(pointer)?.get("additionalProperties").is_some_and(Value::is_object) {
            if !properties.is_empty() {
                return self.refuse(pointer, "a map with fixed members as well cannot be generated");
            }
            let values = self.lower(&format!("{pointer}/additionalProperties"), request)?;
            if !request {
                lowered.insert("x-rust-type".to_owned(), rust_type("Entries", Some(values.clone())));
            }
            lowered.insert("additionalProperties".to_owned(), values);
            return Ok(());
        }
        lowered.insert("properties".to_owned(), Value::Object(properties));
        lowered.insert("required".to_owned(), Value::Array(required));
        Ok(())
    }

    fn lower_scalar(&self, pointer: &str, kind: &str, lowered: &mut Map<String, Value>) -> Result<()> {
        let schema = self.get(pointer)?;
        let format = schema.get("format").and_then(Value::as_str);
        // The table of specs/README.md, "Formats".
        let mapped = match (kind, format) {
            ("string", Some("rupiah")) => Some("wire::QuotedRupiah"),
            ("integer" | "number", Some("rupiah")) => Some("Rupiah"),
            ("string", Some("rupiah-dotted")) => Some("DottedRupiah"),
            ("string", Some("jakarta-time" | "date-time")) => Some("JakartaTime"),
            ("string" | "integer", Some("identifier")) => Some("Identifier"),
            ("string" | "integer" | "boolean", Some("flag")) => Some("Flag"),
            ("string", Some("password")) => Some("Secret"),
            ("string", None | Some("uri" | "email" | "date")) | ("boolean", None) => None,
            ("integer", Some(format @ ("int32" | "int64" | "uint32" | "uint64"))) => {
                lowered.insert("format".to_owned(), json!(format));
                None
            }
            (kind, format) => {
                let format = format.map_or_else(|| "no format".to_owned(), |format| format!("the format `{format}`"));
                return self.refuse(pointer, format!("a {kind} with {format} cannot be generated"));
            }
        };
        if schema.get("enum").is_some() && kind == "string" {
            return self.refuse(pointer, "a closed set of words cannot be generated; write x-extensible-enum");
        }
        if let Some(name) = mapped {
            lowered.insert("x-rust-type".to_owned(), rust_type(name, None));
        }
        Ok(())
    }

    // ---- limits and JSON inside strings: what depends on where a schema stands ----

    fn limits(&mut self, name: &str, at: &str, lowered: &Value) -> Result<()> {
        let required = lowered.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut limits = Vec::new();
        for member in lowered.get("properties").map(object).into_iter().flatten().map(|(member, _)| member) {
            let optional = !required.contains(&json!(member));
            let bounds = self.bounds(&format!("{at}/properties/{}", escape(member)))?.into_iter();
            limits.extend(bounds.map(|bound| Limit { member: member.clone(), optional, bound }));
        }
        if !limits.is_empty() {
            self.model.limits.insert(name.to_owned(), limits);
        }
        Ok(())
    }

    /// The limits of a member or a parameter. Those of what is inside it cannot be checked.
    fn bounds(&self, pointer: &str) -> Result<Vec<Bound>> {
        let mut bounds = Vec::new();
        for (at, inside) in self.within(pointer)? {
            let schema = self.get(&at)?;
            if inside && let Some(key) = LIMITS.iter().find(|key| schema.get(**key).is_some()) {
                let line = self.document.line(pointer);
                let checked = "only the limits of a body's own members and of parameters are checked";
                return self
                    .refuse(&format!("{at}/{key}"), format!("this is inside what line {line} sends; {checked}"));
            }
            bounds.extend(self.own_bounds(&at, schema)?);
        }
        Ok(bounds)
    }

    /// The limits that a schema states itself.
    fn own_bounds(&self, at: &str, schema: &Value) -> Result<Vec<Bound>> {
        let number = |key: &str| match schema.get(key).map(Value::as_u64) {
            Some(None) => self.refuse(&format!("{at}/{key}"), "only a limit that is an integer from 0 up is checked"),
            Some(limit) => Ok(limit),
            None => Ok(None),
        };
        if let Some(key) = ["exclusiveMinimum", "exclusiveMaximum"].iter().find(|key| schema.get(**key).is_some()) {
            return self.refuse(&format!("{at}/{key}"), "only the inclusive `minimum` and `maximum` are checked");
        }
        let mut bounds = Vec::new();
        bounds.extend(number("minimum")?.map(Bound::AtLeast));
        bounds.extend(number("maximum")?.map(Bound::AtMost));
        match (number("minLength")?, number("maxLength")?) {
            (None, None) => {}
            (least, most) => bounds.push(Bound::Length(least.unwrap_or(0), most)),
        }
        Ok(bounds)
    }

    /// The members of a reply that are JSON inside a string. Only these does the transport mend; none may stand deeper.
    fn json_strings(&self, at: &str) -> Result<Vec<String>> {
        let Some(members) = self.get(at)?.get("properties").map(object) else {
            return self.no_json_strings(at).map(|()| Vec::new());
        };
        let mut names = Vec::new();
        for name in members.keys() {
            for (found, inside) in self.within(&format!("{at}/properties/{}", escape(name)))? {
                match (is_json_string(self.get(&found)?), inside) {
                    (true, false) => names.push(name.clone()),
                    (true, true) => return self.refuse_json_string(&found),
                    (false, _) => {}
                }
            }
        }
        Ok(names)
    }

    fn no_json_strings(&self, pointer: &str) -> Result<()> {
        for (found, _) in self.within(pointer)? {
            if is_json_string(self.get(&found)?) {
                return self.refuse_json_string(&found);
            }
        }
        Ok(())
    }

    fn refuse_json_string<T>(&self, at: &str) -> Result<T> {
        self.refuse(at, "JSON inside a string can be read only as a member of a reply that has no `data`")
    }

    /// Where a schema, all that it holds and all that these refer to stand, and whether each is inside the first one:
    /// a member, an item, a value of a map, JSON in a string. Members that the client fills in are left out.
    fn within(&self, pointer: &str) -> Result<Vec<(String, bool)>> {
        let mut found = Vec::new();
        let mut waiting = vec![(pointer.to_owned(), false)];
        while let Some((pointer, inside)) = waiting.pop() {
            let (at, schema) = self.resolve(&pointer)?;
            if found.contains(&(at.clone(), inside)) {
                continue;
            }
            found.push((at.clone(), inside));
            if schema.get("$ref").is_some() {
                waiting.push((at.clone(), inside));
            }
            let all = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
            waiting.extend((0..all).map(|index| (format!("{at}/allOf/{index}"), inside)));
            for (name, member) in schema.get("properties").map(object).into_iter().flatten() {
                if member.get("x-credential").is_none() {
                    waiting.push((format!("{at}/properties/{}", escape(name)), true));
                }
            }
            for key in ["items", "additionalProperties"] {
                if schema.get(key).is_some_and(Value::is_object) {
                    waiting.push((format!("{at}/{key}"), true));
                }
            }
            if is_json_string(schema) {
                waiting.push((format!("{at}/oneOf/1"), true));
            }
        }
        Ok(found)
    }
}

/// What limits a member.
const LIMITS: [&str; 6] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"];

/// The crate of the types that formats map to.
pub const CORE: &str = "gerbang-core";

fn rust_type(name: &str, parameter: Option<Value>) -> Value {
    let parameters: Vec<_> = parameter.into_iter().collect();
    json!({"crate": CORE, "version": "*", "path": format!("gerbang_core::{name}"), "parameters": parameters})
}

fn component_name(schema: &Value) -> Option<String> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// Whether a component is the same for both sides: a text, a number, an open set of words.
fn is_scalar(schema: &Value) -> bool {
    matches!(schema.get("type").and_then(Value::as_str), Some("string" | "integer" | "number" | "boolean"))
}

/// JSON inside a string, or the JSON itself.
fn is_json_string(schema: &Value) -> bool {
    schema.pointer("/oneOf/0/x-content-media-type").is_some()
}

fn object(value: &Value) -> &Map<String, Value> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&EMPTY)
}
