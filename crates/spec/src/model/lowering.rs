//! From schemas of the spec to schemas with only what the generator can honour.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::scalars::{self, QUOTED, rust_type};
use super::source::{Result, Source};
use super::{Choice, Limit, Parameter, Words};
use crate::naming::options_of;
use crate::schema::{component_at, component_name, is_choice, is_json_string, is_scalar, object, referred, texts};
use crate::yaml::escape;

/// How a component is used. It becomes one type, so it is used in the same way everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The caller fills it in. What the provider sends is not.
    pub request: bool,
    /// The members that it loses: the flags of an envelope, or what names a form.
    pub without: BTreeSet<String>,
}

impl Use {
    /// All of its members.
    pub fn whole(request: bool) -> Self {
        Self { request, without: BTreeSet::new() }
    }
}

/// Lowers schemas, and keeps what it makes of components.
pub struct Lowering<'a> {
    source: Source<'a>,
    /// Where the components of bodies are.
    pub bodies: BTreeSet<String>,
    /// Components still to be lowered or lowered already: how they are used, and where for the first time.
    needed: BTreeMap<String, (Use, String)>,
    /// The lists and maps that are being lowered, so that one inside itself is noticed.
    inlined: Vec<String>,
    /// The lowered components.
    pub schemas: BTreeMap<String, Value>,
    /// Open sets of words, by component name.
    pub words: BTreeMap<String, Words>,
    /// Objects of one of several forms, by component name.
    pub choices: BTreeMap<String, Choice>,
    /// Components that callers fill in.
    pub requests: BTreeSet<String>,
    /// Limits of request members, by component.
    pub limits: BTreeMap<String, Vec<Limit>>,
}

impl<'a> Lowering<'a> {
    /// Nothing is lowered yet.
    pub fn new(source: Source<'a>) -> Self {
        Self {
            source,
            bodies: BTreeSet::new(),
            needed: BTreeMap::new(),
            inlined: Vec::new(),
            schemas: BTreeMap::new(),
            words: BTreeMap::new(),
            choices: BTreeMap::new(),
            requests: BTreeSet::new(),
            limits: BTreeMap::new(),
        }
    }

    /// Lowers a component and all that it refers to. `from` is where it is used.
    pub fn need(&mut self, name: &str, how: Use, from: &str) -> Result<()> {
        let at = component_at(name);
        if let Some((first, place)) = self.needed.get(name) {
            if *first == how || is_scalar(self.source.get(&at)?) {
                return Ok(());
            }
            let line = self.source.document.line(place);
            let difference = match (first.request, how.request) {
                (false, true) => format!("is sent here and received on line {line}"),
                (true, false) => format!("is received here and sent on line {line}"),
                _ => {
                    let flags: Vec<_> = first.without.symmetric_difference(&how.without).map(String::as_str).collect();
                    let flags = flags.join("` and `");
                    format!(
                        "has `{flags}`, the flag of an envelope or the name of a form, which is left out either here or on \
                         line {line} only"
                    )
                }
            };
            return self.source.refuse(from, format!("`{name}` {difference}; write one component for each"));
        }
        self.needed.insert(name.to_owned(), (how.clone(), from.to_owned()));
        // Whoever else needs a component that is refused is refused as well.
        self.lower_component(name, &at, &how).inspect_err(|_| drop(self.needed.remove(name)))
    }

    fn lower_component(&mut self, name: &str, at: &str, how: &Use) -> Result<()> {
        let schema = self.source.get(at)?;
        if schema.get("x-extensible-enum").is_some_and(Value::is_array) {
            let words = texts(&schema["x-extensible-enum"]).into_iter().map(str::to_owned).collect();
            let description = self.source.text(&format!("{at}/description"))?;
            self.words.insert(name.to_owned(), Words { description, words });
            self.schemas.insert(name.to_owned(), json!({"type": "string"}));
            return Ok(());
        }
        if is_choice(schema) {
            return self.lower_choice(name, at, how);
        }
        if schema.get("type") != Some(&json!("object")) {
            let message = format!("`{name}` is only another component; refer to that one, or write it out");
            return self.source.refuse(at, message);
        }
        let mut lowered = kept(schema);
        lowered.insert("type".to_owned(), json!("object"));
        self.lower_object(at, how.request, &how.without, &mut lowered)?;
        let lowered = Value::Object(lowered);
        if how.request {
            let limits = scalars::limits(self.source, at, &lowered)?;
            if !limits.is_empty() {
                self.limits.insert(name.to_owned(), limits);
            }
            self.requests.insert(name.to_owned());
        }
        self.schemas.insert(name.to_owned(), lowered);
        Ok(())
    }

    /// Lowers an object of one of several forms. Each form loses the member that names it.
    fn lower_choice(&mut self, name: &str, at: &str, how: &Use) -> Result<()> {
        let tag = self.source.text(&format!("{at}/discriminator/propertyName"))?;
        let description = self.source.text(&format!("{at}/description"))?;
        let form = Use { request: how.request, without: BTreeSet::from([tag.clone()]) };
        let mut forms = BTreeMap::new();
        for (word, target) in self.source.map(&format!("{at}/discriminator/mapping"))? {
            let place = format!("{at}/discriminator/mapping/{}", escape(word));
            let target = referred(target).filter(|target| {
                let members = format!("{}/properties", component_at(target));
                self.source.document.get(&members).is_some()
            });
            let Some(target) = target else {
                return self.source.refuse(&place, "a form that is no object with members cannot be generated");
            };
            self.need(target, form.clone(), &place)?;
            forms.insert(word.clone(), Some(target.to_owned()));
        }
        let targets: BTreeSet<_> = forms.values().flatten().collect();
        let arms: Vec<_> =
            targets.iter().map(|target| json!({"$ref": format!("#/components/schemas/{target}")})).collect();
        self.schemas.insert(name.to_owned(), json!({"type": "object", "description": description, "oneOf": arms}));
        self.choices.insert(name.to_owned(), Choice { description, tag, forms });
        if how.request {
            self.requests.insert(name.to_owned());
        }
        Ok(())
    }

    /// Makes the component of an operation's optional parameters, if it has any.
    pub fn options(&mut self, operation: &str, parameters: &[Parameter]) -> Option<String> {
        let optional = || parameters.iter().filter(|parameter| !parameter.required);
        let name = options_of(operation).filter(|_| optional().next().is_some())?;
        let members = optional().map(|Parameter { name, description, schema, .. }| {
            let mut member = match schema.get("$ref") {
                Some(_) => json!({"allOf": [schema]}),
                None => schema.clone(),
            };
            member["description"] = json!(description);
            (name.clone(), member)
        });
        let description = format!("What may be said to `{operation}` beside what it requires.");
        let properties: Map<_, _> = members.collect();
        let schema = json!({"type": "object", "description": description, "properties": properties, "required": []});
        self.schemas.insert(name.clone(), schema);
        self.requests.insert(name.clone());
        let limits: Vec<_> = optional().flat_map(|parameter| parameter.limits.clone()).collect();
        if !limits.is_empty() {
            self.limits.insert(name.clone(), limits);
        }
        Some(name)
    }

    /// A schema with only what the generator can honour: formats become types, limits and extensions go.
    pub fn lower(&mut self, pointer: &str, request: bool) -> Result<Value> {
        let schema = self.source.get(pointer)?;
        if let Some(name) = component_name(schema) {
            let at = component_at(name);
            if self.source.is_nameless(&at)? {
                return self.lower_nameless(name, &at, pointer, request);
            }
            self.need(name, Use::whole(request), pointer)?;
            return Ok(schema.clone());
        }
        let mut lowered = kept(schema);
        if schema.get("allOf").is_some() {
            let inner = self.lower(&format!("{pointer}/allOf/0"), request)?;
            lowered.insert("allOf".to_owned(), json!([inner]));
            return Ok(Value::Object(lowered));
        }
        if schema.get("x-any") == Some(&json!(true)) {
            lowered.insert("type".to_owned(), json!("object"));
            lowered.insert("x-rust-type".to_owned(), rust_type("Json", None));
            return Ok(Value::Object(lowered));
        }
        let kind = schema.get("type").and_then(Value::as_str);
        if schema.get("x-compared") == Some(&json!(true))
            && (request || matches!(kind, Some("object" | "array") | None))
        {
            return self
                .source
                .refuse(pointer, "only a text, a number or a truth value that is received can be `x-compared`");
        }
        if is_json_string(schema) {
            let inner = self.lower(&format!("{pointer}/oneOf/1"), request)?;
            lowered.insert("type".to_owned(), json!("string"));
            lowered.insert("x-rust-type".to_owned(), rust_type("JsonString", Some(inner)));
            return Ok(Value::Object(lowered));
        }
        let kind = self.source.text(&format!("{pointer}/type"))?;
        lowered.insert("type".to_owned(), json!(kind));
        match kind.as_str() {
            "object" => {
                self.lower_object(pointer, request, &BTreeSet::new(), &mut lowered)?;
                if lowered.get("properties").is_some() {
                    return self
                        .source
                        .refuse(pointer, "an object whose members are not described cannot be generated");
                }
            }
            "array" => {
                let (items, read) = self.inside(&format!("{pointer}/items"), request)?;
                if !request {
                    lowered.insert("x-rust-type".to_owned(), rust_type("Rows", Some(read)));
                }
                lowered.insert("items".to_owned(), items);
            }
            _ => scalars::lower(self.source, pointer, &kind, request, &mut lowered)?,
        }
        Ok(Value::Object(lowered))
    }

    /// Lowers what a list or map holds; the second is how it is read, as `null` too where that may be.
    fn inside(&mut self, pointer: &str, request: bool) -> Result<(Value, Value)> {
        let mut held = self.lower(pointer, request)?;
        if let Some((_, number)) = QUOTED.iter().find(|(quoted, _)| held["x-rust-type"] == rust_type(quoted, None)) {
            if request {
                return self.source.refuse(pointer, "numbers as texts can be sent as members only");
            }
            held["x-rust-type"] = rust_type(number, None);
        }
        if request || held["nullable"] != true {
            return Ok((held.clone(), held));
        }
        // What is said in an extension is JSON Schema, which has no `nullable`.
        held.as_object_mut().map(|held| held.remove("nullable"));
        let read = json!({"oneOf": [held, {"type": "null"}]});
        Ok((held, read))
    }

    /// Lowers a list, map, text or number in the place of the reference to it, which is at `from`.
    fn lower_nameless(&mut self, name: &str, at: &str, from: &str, request: bool) -> Result<Value> {
        if self.inlined.iter().any(|outer| outer == at) {
            return self
                .source
                .refuse(from, format!("the list or map `{name}` contains itself, which no type can say"));
        }
        self.inlined.push(at.to_owned());
        let lowered = self.lower(at, request);
        self.inlined.pop();
        lowered
    }

    /// Lowers an object but for some of its members.
    fn lower_object(
        &mut self,
        pointer: &str,
        request: bool,
        without: &BTreeSet<String>,
        lowered: &mut Map<String, Value>,
    ) -> Result<()> {
        let mut properties = Map::new();
        let mut required =
            self.source.get(pointer)?.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        required.retain(|name| !name.as_str().is_some_and(|name| without.contains(name)));
        let names = self.source.get(pointer)?.get("properties").map(object).into_iter().flatten();
        let names = names.filter(|(name, _)| !without.contains(*name));
        for (name, property) in names.map(|(name, property)| (name.clone(), property)) {
            // In a body the client fills it in. In a reply it is what the login hands out.
            if property.get("x-credential").is_some() && request {
                if required.contains(&json!(name)) && !self.bodies.contains(pointer) {
                    let at = format!("{pointer}/properties/{}", escape(&name));
                    return self.source.refuse(&at, "a credential is filled in at the top level of a body only");
                }
                required.retain(|other| *other != json!(name));
                continue;
            }
            let at = format!("{pointer}/properties/{}", escape(&name));
            properties.insert(name, self.lower(&at, request)?);
        }
        let more = self.source.get(pointer)?.get("additionalProperties");
        if more == Some(&Value::Bool(true)) && properties.is_empty() {
            lowered.insert("x-rust-type".to_owned(), rust_type("JsonObject", None));
            return Ok(());
        }
        if more.is_some_and(Value::is_object) {
            if !properties.is_empty() {
                return self.source.refuse(pointer, "a map with fixed members as well cannot be generated");
            }
            let (values, read) = self.inside(&format!("{pointer}/additionalProperties"), request)?;
            if !request {
                lowered.insert("x-rust-type".to_owned(), rust_type("Entries", Some(read)));
            }
            lowered.insert("additionalProperties".to_owned(), values);
            return Ok(());
        }
        lowered.insert("properties".to_owned(), Value::Object(properties));
        lowered.insert("required".to_owned(), Value::Array(required));
        Ok(())
    }

    /// Whether a member of a component is a number with fractions that is no text.
    pub fn has_decimal(&self, component: &str) -> bool {
        let is_decimal = |member: &Value| {
            let member = member.pointer("/allOf/0").unwrap_or(member);
            member["x-rust-type"] == rust_type("Decimal", None)
        };
        object(&self.schemas[component]["properties"]).values().any(is_decimal)
    }

    /// Refuses a component that nothing is left of, such as an object of credentials, but that others or replies refer to.
    pub fn check_empty(&self, replies: &[&Value]) -> Result<()> {
        // A form of which nothing is left is its word alone.
        let left = self.schemas.values().filter(|schema| !is_empty(schema) && schema.get("oneOf").is_none());
        for name in left.chain(replies.iter().copied()).flat_map(references) {
            if self.schemas.get(name).is_some_and(is_empty) {
                let place = self.needed.get(name).map_or("", |(_, place)| place);
                return self.source.refuse(place, format!("`{name}` has no member that a program could see"));
            }
        }
        Ok(())
    }

    /// The members of a reply that are JSON inside a string. The transport reads only these; none may be deeper.
    pub fn json_strings(&self, at: &str) -> Result<Vec<String>> {
        let Some(members) = self.source.get(at)?.get("properties").map(object) else {
            return self.no_json_strings(at).map(|()| Vec::new());
        };
        let mut names = Vec::new();
        for name in members.keys() {
            for (found, inside) in self.source.within(&format!("{at}/properties/{}", escape(name)))? {
                match (is_json_string(self.source.get(&found)?), inside) {
                    (true, false) => names.push(name.clone()),
                    (true, true) => return self.refuse_json_string(&found),
                    (false, _) => {}
                }
            }
        }
        Ok(names)
    }

    /// Refuses JSON inside a string at or below a pointer.
    pub fn no_json_strings(&self, pointer: &str) -> Result<()> {
        for (found, _) in self.source.within(pointer)? {
            if is_json_string(self.source.get(&found)?) {
                return self.refuse_json_string(&found);
            }
        }
        Ok(())
    }

    fn refuse_json_string<T>(&self, at: &str) -> Result<T> {
        self.source.refuse(at, "JSON inside a string can be read only as a member of a reply that has no `data`")
    }
}

/// What is kept of every schema.
fn kept(schema: &Value) -> Map<String, Value> {
    let keys = ["description", "nullable", "x-compared"].into_iter();
    keys.filter_map(|key| Some((key.to_owned(), schema.get(key)?.clone()))).collect()
}

/// Whether a lowered component is an object without members.
pub fn is_empty(schema: &Value) -> bool {
    schema["properties"].as_object().is_some_and(Map::is_empty)
}

/// The components that a lowered schema refers to.
fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(members) => match component_name(schema) {
            Some(name) => vec![name],
            None => members.values().flat_map(references).collect(),
        },
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
