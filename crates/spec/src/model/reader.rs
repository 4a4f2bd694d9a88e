//! From a document to the model: its operations, with what they send and receive, and its notifications.

use serde_json::{Map, Value, json};

use super::credentials::{Credentials, Sent};
use super::lowering::{Lowering, Use, is_empty};
use super::scalars::{QUOTED, rust_type};
use super::source::{Result, Source};
use super::{
    Body, Limit, Model, Notification, Operation, Parameter, Place, Reply, SignatureUse, Values, notifications, scalars,
};
use crate::media::{FORM, is_json};
use crate::naming::{ARGUMENTS, SETTERS, distinct};
use crate::problem::Problem;
use crate::schema::{component_at, component_name, is_choice, object, texts};
use crate::yaml::{Document, escape};

/// Reads a spec.
pub fn read(document: &Document) -> Result<Model> {
    let source = Source { document };
    Reader {
        source,
        lowering: Lowering::new(source),
        credentials: Credentials::new(source),
        envelope: envelope(source, ""),
        operations: Vec::new(),
        alternatives: Vec::new(),
        notifications: Vec::new(),
    }
    .read()
}

struct Reader<'a> {
    source: Source<'a>,
    lowering: Lowering<'a>,
    credentials: Credentials<'a>,
    /// What the document's envelope says.
    envelope: Map<String, Value>,
    operations: Vec<Operation>,
    alternatives: Vec<String>,
    notifications: Vec<Notification>,
}

impl Reader<'_> {
    fn read(mut self) -> Result<Model> {
        let title = self.source.text("/info/title")?;
        let description = self.source.text("/info/description")?;
        let base_url = self.source.text("/servers/0/url")?;
        self.credentials.read_schemes()?;
        let problems = self.read_all()?;
        if !problems.is_empty() {
            return Err(problems);
        }
        let replies = self.operations.iter().filter_map(|operation| match &operation.reply {
            Reply::Json(schema) => Some(schema),
            Reply::Nothing | Reply::Bytes => None,
        });
        self.lowering.check_empty(&replies.collect::<Vec<_>>())?;
        let Lowering { mut schemas, words, mut choices, requests, limits, .. } = self.lowering;
        // Nothing refers to a component without members any more: a body all of credentials, a reply of a flag only, a form.
        schemas.retain(|_, schema| !is_empty(schema));
        for form in choices.values_mut().flat_map(|choice| choice.forms.values_mut()) {
            *form = form.take().filter(|component| schemas.contains_key(component));
        }
        let Credentials { credentials, session, .. } = self.credentials;
        Ok(Model {
            module: None,
            title,
            description,
            base_url,
            envelope: self.envelope,
            operations: self.operations,
            alternatives: self.alternatives,
            credentials,
            notifications: self.notifications,
            words,
            choices,
            requests,
            limits,
            schemas,
            session,
        })
    }

    /// Reads the operations and notifications. Returns all that is wrong with them.
    fn read_all(&mut self) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for (path, item) in self.source.map("/paths")? {
            for (method, operation) in object(item) {
                let pointer = format!("/paths/{}/{method}", escape(path));
                if let Err(more) = self.operation(path, method, operation, &pointer) {
                    problems.extend(more);
                }
            }
        }
        for webhook in self.source.document.entries("/x-webhooks") {
            let pointer = format!("{webhook}/post");
            match notifications::read(self.source, &mut self.lowering, &mut self.credentials, &pointer) {
                Ok(notification) => self.notifications.push(notification),
                Err(more) => problems.extend(more),
            }
        }
        problems.sort();
        problems.dedup();
        Ok(problems)
    }

    fn operation(&mut self, path: &str, method: &str, operation: &Value, pointer: &str) -> Result<()> {
        if !["get", "post", "put", "patch", "delete"].contains(&method) {
            return self.source.refuse(pointer, format!("`{method}` cannot be generated"));
        }
        if operation.get("x-alternative-to").is_some() {
            self.alternatives.push(self.source.text(&format!("{pointer}/operationId"))?);
            return Ok(());
        }
        let Some(split) = operation.get("x-split") else {
            let operation = self.method(path, method, pointer, pointer, None)?;
            self.operations.push(operation);
            return Ok(());
        };
        let parameter = self.source.text(&format!("{pointer}/x-split/parameter"))?;
        for value in split.get("operations").map(object).into_iter().flatten().map(|(value, _)| value) {
            let at = format!("{pointer}/x-split/operations/{}", escape(value));
            let operation = self.method(path, method, pointer, &at, Some((&parameter, value)))?;
            self.operations.push(operation);
        }
        Ok(())
    }

    /// One method. `named` is where its name, texts and source are: the operation itself, or its part of a split.
    fn method(
        &mut self,
        path: &str,
        method: &str,
        pointer: &str,
        named: &str,
        split: Option<(&str, &str)>,
    ) -> Result<Operation> {
        let Sent { mut credentials, mut signatures } = self.credentials.sent(pointer)?;
        let parameters = self.parameters(pointer, split.map(|(parameter, _)| parameter), &mut credentials)?;
        let body = self.body(pointer, &mut credentials, &mut signatures)?;
        let signed = signatures.iter().map(|signature| (&signature.key, &signature.place));
        let filled = credentials.iter().map(|(name, place)| (name, place)).chain(signed);
        self.check_places(pointer, filled, &parameters)?;
        let id = self.source.text(&format!("{named}/operationId"))?;
        let options = self.lowering.options(&id, &parameters);
        let own_envelope = envelope(self.source, pointer);
        let mut envelope = self.envelope.clone();
        envelope.extend(own_envelope.clone());
        let (reply, json_strings) = self.reply(pointer, named, split.is_some(), &envelope)?;
        let alternative_paths = texts(&self.source.get(pointer)?["x-alternative-paths"]);
        let guess = self.source.optional_text(&format!("{named}/x-guess"));
        Ok(Operation {
            is_login: self.credentials.is_login(&id),
            id,
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            summary: self.source.text(&format!("{named}/summary"))?,
            description: self.source.text(&format!("{named}/description"))?,
            parameters,
            options,
            fixed_query: split.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body,
            content_type: self.source.media(&format!("{pointer}/requestBody")),
            reply,
            accept: self.source.media(&self.source.success(pointer)?),
            credentials,
            signatures,
            idempotency: self.source.text(&format!("{named}/x-idempotency"))?,
            idempotency_key: self.source.optional_text(&format!("{named}/x-idempotency-key")),
            lost_reply: self.source.optional_text(&format!("{named}/x-lost-reply")),
            own_envelope,
            json_strings,
            alternative_paths: alternative_paths.into_iter().map(str::to_owned).collect(),
            source: self.source.source(named)?,
            guess: guess.or_else(|| self.source.optional_text(&format!("{pointer}/x-guess"))),
            pointer: named.to_owned(),
        })
    }

    fn parameters(
        &mut self,
        pointer: &str,
        fixed: Option<&str>,
        credentials: &mut Vec<(String, Place)>,
    ) -> Result<Vec<Parameter>> {
        let mut parameters = Vec::new();
        for site in self.source.document.entries(&format!("{pointer}/parameters")) {
            let (at, parameter) = self.source.resolve(&site)?;
            let name = self.source.text(&format!("{at}/name"))?;
            let place = self.source.text(&format!("{at}/in"))?;
            let required = parameter.get("required") == Some(&Value::Bool(true));
            if fixed == Some(&name) {
                continue;
            }
            if let Some(credential) = self.source.optional_text(&format!("{at}/x-credential")) {
                if required {
                    let schema = self.source.get(&format!("{at}/schema"))?;
                    let description = self.source.text(&format!("{at}/description"))?;
                    self.credentials.fill_in(&at, &credential, schema, &description)?;
                    credentials.push((credential, self.place(&at, &place, name)?));
                }
                continue;
            }
            if !["path", "query", "header"].contains(&place.as_str()) {
                return self.source.refuse(&at, format!("a {place} parameter cannot be generated"));
            }
            let (values, schema) = self.parameter_schema(&at, &place)?;
            let bounds = scalars::bounds(self.source, &format!("{at}/schema"))?.into_iter();
            let limits: Vec<_> =
                bounds.map(|bound| Limit { member: name.clone(), optional: !required, bound, when: None }).collect();
            if !limits.is_empty() && component_name(&schema).is_some() {
                return self.source.refuse(&at, "the words of a set have no limits");
            }
            parameters.push(Parameter {
                argument: name.clone(),
                name,
                place,
                values,
                required,
                description: self.source.text(&format!("{at}/description"))?,
                rest: parameter.get("x-path-rest") == Some(&Value::Bool(true)),
                limits,
                schema,
                example: self.source.example(&at).or_else(|| self.source.example(&format!("{at}/schema"))),
            });
        }
        self.name_arguments(pointer, &mut parameters)?;
        Ok(parameters)
    }

    /// Gives each parameter its name in Rust: arguments of the method have theirs, and so have the optional ones.
    fn name_arguments(&self, pointer: &str, parameters: &mut [Parameter]) -> Result<()> {
        for required in [true, false] {
            let same = parameters.iter().filter(|parameter| parameter.required == required);
            let names: Vec<_> = same.map(|parameter| parameter.name.clone()).collect();
            let arguments = distinct(names.iter().map(String::as_str), if required { ARGUMENTS } else { SETTERS });
            if arguments.len() < names.len() {
                let kind = if required { "required" } else { "optional" };
                return self.source.refuse(pointer, format!("two {kind} parameters have the same name"));
            }
            for parameter in parameters.iter_mut().filter(|parameter| parameter.required == required) {
                parameter.argument = arguments[parameter.name.as_str()].to_string();
            }
        }
        Ok(())
    }

    /// The lowered schema of the parameter at a pointer: a text, a number or a truth value, or in the query a list of them.
    fn parameter_schema(&mut self, at: &str, place: &str) -> Result<(Values, Value)> {
        let pointer = format!("{at}/schema");
        self.lowering.no_json_strings(&pointer)?;
        let mut schema = self.lowering.lower(&pointer, true)?;
        let explode = self.source.document.get(&format!("{at}/explode")).and_then(Value::as_bool);
        let values = match (schema["type"].as_str(), place, explode) {
            (Some("array"), "query", Some(false)) => Values::Joined,
            (Some("array"), "query", _) => Values::Each,
            (Some("array"), ..) => return self.source.refuse(&pointer, "only a parameter of the query can be a list"),
            (_, _, None) => Values::One,
            _ => return self.source.refuse(&format!("{at}/explode"), "`explode` is of a list in the query only"),
        };
        let is_nullable = schema["nullable"] == true;
        let value = if values == Values::One { &mut schema } else { &mut schema["items"] };
        let mut inner = value.pointer("/allOf/0").unwrap_or(value).clone();
        let is_words = component_name(&inner).is_some_and(|name| self.lowering.words.contains_key(name));
        let is_scalar = matches!(inner["type"].as_str(), Some("string" | "integer" | "number" | "boolean"));
        if !is_words && !is_scalar {
            return self.source.refuse(&pointer, "a parameter is a text, a number or a truth value, or a list of them");
        }
        if is_nullable || value["nullable"] == true || inner["nullable"] == true {
            return self.source.refuse(&pointer, "a parameter cannot be `null`");
        }
        // Outside of JSON a number is written in the same way as a text.
        if let Some((_, number)) = QUOTED.iter().find(|(quoted, _)| inner["x-rust-type"] == rust_type(quoted, None)) {
            inner["x-rust-type"] = rust_type(number, None);
        }
        *value = inner;
        Ok((values, schema))
    }

    /// Refuses a credential in the place of another or of a parameter: only one of them would be sent.
    fn check_places<'a>(
        &self,
        pointer: &str,
        filled: impl Iterator<Item = (&'a String, &'a Place)>,
        parameters: &[Parameter],
    ) -> Result<()> {
        let place = |place: &Place| match place {
            Place::Bearer | Place::BasicUser => Place::Header("authorization".to_owned()),
            other => other.clone(),
        };
        let given = parameters.iter().filter_map(|parameter| match parameter.place.as_str() {
            "header" => Some(Place::Header(parameter.name.to_ascii_lowercase())),
            "query" => Some(Place::Query(parameter.name.clone())),
            _ => None,
        });
        let mut taken: Vec<_> = given.collect();
        for (name, at) in filled {
            if taken.contains(&place(at)) {
                return self.source.refuse(pointer, format!("`{name}` is sent where something else is sent"));
            }
            taken.push(place(at));
        }
        Ok(())
    }

    /// Where the parameter at a pointer goes, which the client fills in.
    fn place(&self, at: &str, place: &str, name: String) -> Result<Place> {
        Ok(match place {
            "path" => Place::Path(name),
            "query" => Place::Query(name),
            "header" => Place::Header(name.to_ascii_lowercase()),
            other => return self.source.refuse(at, format!("a credential cannot go into the {other}")),
        })
    }

    fn body(
        &mut self,
        pointer: &str,
        credentials: &mut Vec<(String, Place)>,
        signatures: &mut Vec<SignatureUse>,
    ) -> Result<Option<Body>> {
        let at = format!("{pointer}/requestBody");
        if self.source.document.get(&at).is_none() {
            return Ok(None);
        }
        let (at, _) = self.source.resolve(&at)?;
        let content = self.source.map(&format!("{at}/content"))?;
        let media: Vec<_> = content.keys().collect();
        let form = match media.as_slice() {
            [media] if is_json(media) => false,
            [media] if *media == FORM => true,
            _ => return self.source.refuse(&at, "a body is either JSON or a form"),
        };
        let media = format!("{at}/content/{}", escape(media[0]));
        let (schema, example) = (format!("{media}/schema"), self.source.example(&media));
        let component = self.source.component(&schema)?;
        self.lowering.no_json_strings(&component_at(&component))?;
        let described = self.source.get(&component_at(&component))?;
        if self.source.is_nameless(&component_at(&component))? || is_choice(described) {
            return self.whole_body(&schema, form, example).map(Some);
        }
        self.lowering.bodies.insert(component_at(&component));
        self.fill_in(&component, credentials, signatures)?;
        self.lowering.need(&component, Use::whole(true), &schema)?;
        if form && self.lowering.has_decimal(&component) {
            return self.source.refuse(&schema, "a form has a number with fractions as `type: string`");
        }
        let members = self.lowering.schemas[&component]["properties"].as_object().map_or(0, Map::len);
        match (members, form) {
            (0, true) => self.source.refuse(&at, "a form without a member of the caller's cannot be generated"),
            (0, false) => Ok(None),
            _ => {
                let schema = self.source.get(&schema)?.clone();
                Ok(Some(Body { component: Some(component), schema, form, example }))
            }
        }
    }

    /// A body that is a list, a map or an object of one of several forms: it is given as a whole.
    fn whole_body(&mut self, schema: &str, form: bool, example: Option<Value>) -> Result<Body> {
        // Nothing of it is an own member of a body, so that any limit is refused.
        scalars::bounds(self.source, schema)?;
        let lowered = self.lowering.lower(schema, true)?;
        let is_nested =
            component_name(&lowered).is_some() || matches!(lowered["type"].as_str(), Some("array" | "object"));
        if form || !is_nested || lowered["nullable"] == true {
            let message = "a body that is neither an object nor JSON that is a list or a map cannot be generated";
            return self.source.refuse(schema, message);
        }
        Ok(Body { component: None, schema: lowered, form, example })
    }

    /// Adds the members of a body that the client fills in.
    fn fill_in(
        &mut self,
        component: &str,
        credentials: &mut Vec<(String, Place)>,
        signatures: &mut Vec<SignatureUse>,
    ) -> Result<()> {
        let at = component_at(component);
        let required = texts(&self.source.get(&at)?["required"]);
        for (name, property) in self.source.map(&format!("{at}/properties"))? {
            let Some(credential) = property.get("x-credential").and_then(Value::as_str) else { continue };
            if !required.contains(&name.as_str()) {
                continue;
            }
            let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
            let pointer = format!("{at}/properties/{}", escape(name));
            let (key, place) = (credential.to_owned(), Place::Body(name.clone()));
            match self.source.signature(&pointer)? {
                Some(signature) => {
                    self.credentials.signs(&pointer, credential, description, false)?;
                    signatures.push(SignatureUse { key, place, signature });
                }
                None => {
                    self.credentials.fill_in(&pointer, credential, property, description)?;
                    credentials.push((key, place));
                }
            }
        }
        Ok(())
    }

    fn reply(
        &mut self,
        pointer: &str,
        named: &str,
        split: bool,
        envelope: &Map<String, Value>,
    ) -> Result<(Reply, Vec<String>)> {
        let (at, response) = self.source.resolve(&self.source.success(pointer)?)?;
        if response.get("content").is_none() {
            return Ok((Reply::Nothing, Vec::new()));
        }
        let media: Vec<_> = self.source.map(&format!("{at}/content"))?.keys().cloned().collect();
        let [media] = media.as_slice() else { return self.source.refuse(&at, "exactly one media type is expected") };
        if !is_json(media) {
            return Ok((Reply::Bytes, Vec::new()));
        }
        let schema = format!("{at}/content/{}/schema", escape(media));
        let (component, from) = if split {
            (self.source.text(&format!("{named}/reply"))?, format!("{named}/reply"))
        } else if self.source.get(&schema)?.get("oneOf").is_some() {
            (self.source.component(&format!("{schema}/oneOf/0"))?, format!("{schema}/oneOf/0"))
        } else {
            (self.source.component(&schema)?, schema)
        };
        let at = component_at(&component);
        if let Some(data) = envelope.get("data").and_then(Value::as_str) {
            let payload = format!("{at}/properties/{}", escape(data));
            return Ok((self.payload(&payload)?, Vec::new()));
        }
        if self.source.is_nameless(&at)? {
            return Ok((self.payload(&at)?, Vec::new()));
        }
        let mut flags = envelope.get("flag").map(texts).into_iter().flatten().peekable();
        if is_choice(self.source.get(&at)?) && flags.peek().is_some() {
            return self.source.refuse(&from, "a whole reply that has a flag cannot be of one of several forms");
        }
        let members = self.source.get(&at)?.get("properties").map(object);
        let stays = envelope.get("flag-stays") == Some(&Value::Bool(true));
        let without =
            flags.filter(|_| !stays).filter(|flag| members.is_some_and(|members| members.contains_key(*flag)));
        let without = without.map(str::to_owned).collect();
        self.lowering.need(&component, Use { request: false, without }, &from)?;
        let json_strings = self.lowering.json_strings(&at)?;
        if self.lowering.words.contains_key(&component) {
            return self.source.refuse(&from, NO_PAYLOAD);
        }
        if is_empty(&self.lowering.schemas[&component]) {
            return Ok((Reply::Nothing, Vec::new()));
        }
        Ok((Reply::Json(json!({"$ref": format!("#/components/schemas/{component}")})), json_strings))
    }

    /// The payload at a pointer: an object, a list or a map.
    fn payload(&mut self, pointer: &str) -> Result<Reply> {
        self.lowering.no_json_strings(pointer)?;
        let payload = self.lowering.lower(pointer, false)?;
        let inner = payload.pointer("/allOf/0").unwrap_or(&payload);
        let is_words = component_name(inner).is_some_and(|name| self.lowering.words.contains_key(name));
        let is_nullable = [&payload, inner].iter().any(|schema| schema["nullable"] == true);
        let is_nested = component_name(inner).is_some() || matches!(inner["type"].as_str(), Some("array" | "object"));
        match is_nested && !is_words && !is_nullable {
            true => Ok(Reply::Json(inner.clone())),
            false => self.source.refuse(pointer, NO_PAYLOAD),
        }
    }
}

const NO_PAYLOAD: &str = "a payload that is not an object, a list or a map, or may be `null`, cannot be read";

/// What the envelope at a pointer says.
fn envelope(source: Source, pointer: &str) -> Map<String, Value> {
    let mut envelope = source.document.get(&format!("{pointer}/x-envelope")).map(object).cloned().unwrap_or_default();
    envelope.remove("x-guess");
    envelope
}
