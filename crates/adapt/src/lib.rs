//! From a foreign OpenAPI 3.0 or 3.1 document to a spec that keeps the rules of `specs/README.md`.
//!
//! What has one safe reading is adapted. What has none is refused with its line: a member, an operation or the document.
//! Nothing is guessed about money: a number with fractions is refused, never rounded.

mod choices;
mod document;
mod examples;
mod forms;
mod media;
mod names;
mod objects;
mod operations;
mod parameters;
mod refusal;
mod replies;
mod scalars;
mod schemas;
mod security;
mod servers;
mod texts;
mod version;
pub mod write_yaml;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use gerbang_spec::yaml::{Document, escape};
use names::Names;
pub use refusal::{Finding, Loss, Reason, Report};
use refusal::{Refusal, Result};

/// What became of a foreign document.
#[derive(Debug)]
pub struct Adaptation {
    /// The spec, without what could not be adapted.
    pub spec: Value,
    /// What was done and what was left out.
    pub report: Report,
}

/// Adapts a document. `read` is the day on which it was read, as `yyyy-mm-dd`.
///
/// # Errors
///
/// Why there is no spec at all: another version of OpenAPI, no server, no operation left. The first finding says it; where
/// nothing is left, the others are those of the parts.
pub fn adapt(document: &Document, read: &str) -> std::result::Result<Adaptation, Vec<Finding>> {
    let converted = version::is_3_1(document).then(|| version::as_3_0(document));
    let document = converted.as_ref().unwrap_or(document);
    let mut adapter = Adapter {
        source: document,
        read,
        report: Report::default(),
        names: Names::default(),
        components: BTreeMap::new(),
        waiting: Vec::new(),
        adapted: BTreeMap::new(),
        words: BTreeMap::new(),
        schemes: BTreeMap::new(),
        bodies: BTreeMap::new(),
        server: String::new(),
        reading: Vec::new(),
    };
    match adapter.spec() {
        Ok(spec) => Ok(Adaptation { spec, report: adapter.report }),
        Err(refusal) => {
            let whole = refusal.finding(document, Loss::Document);
            Err([whole].into_iter().chain(adapter.report.findings).collect())
        }
    }
}

/// Who writes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// The client: any subset of what the provider takes will do.
    Sent,
    /// The provider: everything that it may send must be understood, or not be looked at.
    Received,
}

/// An object of the document that became a component.
#[derive(Debug)]
struct Component {
    schema: Value,
    side: Side,
    /// Where it is in the document.
    origin: String,
    /// Where its members stand in the document.
    members: BTreeMap<String, String>,
}

/// An object of the document, who writes it, and the member that names it among other forms, where it is one of several.
type Use = (String, Side, Option<String>);

struct Adapter<'a> {
    source: &'a Document,
    read: &'a str,
    report: Report,
    names: Names,
    /// The component of an object of the document.
    components: BTreeMap<Use, String>,
    /// Components still to be adapted.
    waiting: Vec<Use>,
    /// Adapted components by name; those that are refused, too.
    adapted: BTreeMap<String, Result<Component>>,
    /// The component of a set of words, by the name of what has it and the words.
    words: BTreeMap<(String, Vec<String>), String>,
    /// Security schemes by name.
    schemes: BTreeMap<String, Value>,
    /// Components that are bodies, and whether as a form.
    bodies: BTreeMap<String, bool>,
    /// The address of the spec's server.
    server: String,
    /// The schemas that are being read, each in the place of the one before it, so that one inside itself is noticed.
    reading: Vec<String>,
}

impl<'a> Adapter<'a> {
    fn get(&self, pointer: &str) -> Option<&'a Value> {
        self.source.get(pointer)
    }

    fn text(&self, pointer: &str) -> Option<&'a str> {
        self.get(pointer)?.as_str()
    }

    /// The keys of the object at a pointer, in the order in which they are stored.
    fn keys(&self, pointer: &str) -> Vec<&'a str> {
        let map = self.get(pointer).and_then(Value::as_object);
        map.map_or_else(Vec::new, |map| map.keys().map(String::as_str).collect())
    }

    fn count(&self, pointer: &str) -> usize {
        self.get(pointer).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Follows `$ref`s.
    fn resolve(&self, pointer: &str) -> Result<String> {
        let mut at = pointer.to_owned();
        for _ in 0..16 {
            let Some(reference) = self.text(&format!("{at}/$ref")) else { return Ok(at) };
            let target = reference.strip_prefix('#').map(|target| target.replace("%7B", "{").replace("%7D", "}"));
            match target.filter(|target| self.get(target).is_some()) {
                Some(target) => at = target,
                None => return Refusal::err(&at, Reason::Reference, format!("`{reference}` is not in this file")),
            }
        }
        Refusal::err(pointer, Reason::Reference, "the `$ref` leads in a circle")
    }

    /// The whole spec.
    fn spec(&mut self) -> Result<Value> {
        self.check_version()?;
        let mut spec = self.head()?;
        let tags = self.declared_tags();
        let mut operations = self.operations()?;
        self.settle();
        operations.iter_mut().for_each(|operation| self.forget_failures(operation));
        operations.retain(|operation| self.is_whole(operation));
        if operations.is_empty() {
            return Refusal::err("/paths", Reason::NothingLeft, "no operation can be adapted");
        }
        self.report.adapted_operations = operations.len();
        for operation in &operations {
            self.count_losses(operation);
        }
        self.count_extensions(&self.source.value);
        let security = self.security_schemes(&operations);
        let schemas = self.used_schemas(&operations);
        spec["x-envelope"] = self.envelope(&operations, &schemas);
        for operation in &mut operations {
            self.add_examples(&schemas, operation);
        }
        let used: BTreeSet<_> = operations.iter().map(|operation| operation.tag.clone()).collect();
        spec["tags"] = used.iter().map(|tag| json!({"name": tag, "description": self.tag_text(&tags, tag)})).collect();
        let mut paths = Map::new();
        for operation in operations {
            let item = paths.entry(operation.path).or_insert_with(|| json!({}));
            item[operation.method] = operation.value;
        }
        spec["paths"] = Value::Object(paths);
        let mut components = Map::new();
        for (section, content) in [("securitySchemes", security), ("schemas", schemas)] {
            if !content.is_empty() {
                components.insert(section.to_owned(), content.into_iter().collect());
            }
        }
        spec["components"] = Value::Object(components);
        Ok(spec)
    }

    /// The component of the object at a pointer, which is adapted later. `tag` is the member that names it among other forms.
    fn component_of(&mut self, pointer: &str, side: Side, hint: &str, tag: Option<&str>) -> String {
        let key = (pointer.to_owned(), side, tag.map(str::to_owned));
        if let Some(name) = self.components.get(&key) {
            return name.clone();
        }
        let name = self.name_component(pointer, side, hint);
        self.components.insert(key.clone(), name.clone());
        self.waiting.push(key);
        name
    }

    /// A name for the component of what is at a pointer: its own in the document, else one made of `hint`.
    fn name_component(&mut self, pointer: &str, side: Side, hint: &str) -> String {
        let hint = pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/')).unwrap_or(hint);
        self.names.component(hint, side)
    }

    /// Adapts all components that are waiting, and those that they need.
    fn drain(&mut self) {
        while let Some(key) = self.waiting.pop() {
            let name = self.components[&key].clone();
            let (pointer, side, tag) = key;
            let component = self.object(&pointer, side, &name, tag.as_deref());
            self.adapted.insert(name, component);
        }
    }

    /// Members of components that were refused are left out; where they are needed, so is the component that has them.
    fn settle(&mut self) {
        let mut users: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let mut refused = Vec::new();
        for (name, component) in &self.adapted {
            match component {
                Err(_) => refused.push(name.clone()),
                Ok(component) => {
                    for (member, schema) in component.schema["properties"].as_object().into_iter().flatten() {
                        if let Some(target) = target(schema) {
                            users.entry(target.to_owned()).or_default().push((name.clone(), member.clone()));
                        }
                    }
                    for form in component.schema["oneOf"].as_array().into_iter().flatten().filter_map(target) {
                        users.entry(form.to_owned()).or_default().push((name.clone(), form.to_owned()));
                    }
                    // A list or a map is nothing without what it holds.
                    if let Some(target) = target(&component.schema) {
                        users.entry(target.to_owned()).or_default().push((name.clone(), String::new()));
                    }
                }
            }
        }
        while let Some(name) = refused.pop() {
            let Some(Err(refusal)) = self.adapted.get(&name) else { continue };
            let refusal = refusal.clone();
            for (user, member) in users.remove(&name).unwrap_or_default() {
                let Some(Ok(component)) = self.adapted.get_mut(&user) else { continue };
                let at = component.members.get(&member).unwrap_or(&component.origin).clone();
                match !member.is_empty() && remove_member(component, &member) {
                    true => self.report.lose(self.source, &user, Loss::Member, &refusal.at(&at)),
                    false => {
                        self.adapted.insert(user.clone(), Err(refusal.at(&at)));
                        refused.push(user);
                    }
                }
            }
        }
    }

    /// Replies of failures have no type in the client: one that was refused is only reported.
    fn forget_failures(&mut self, operation: &mut operations::Adapted) {
        let responses = operation.value["responses"].as_object_mut().into_iter().flatten();
        for (_, response) in responses.filter(|(status, _)| !status.starts_with('2')) {
            if references(response).iter().any(|name| matches!(self.adapted.get(name), Some(Err(_)))) {
                self.report.note("the reply of a failure has no schema that can be written");
                response.as_object_mut().map(|response| response.remove("content"));
            }
        }
    }

    /// Whether all that an operation refers to could be adapted; reports it when not.
    fn is_whole(&mut self, operation: &operations::Adapted) -> bool {
        for name in references(&operation.value) {
            if let Some(Err(refusal)) = self.adapted.get(&name) {
                let refusal = refusal.clone();
                self.report.lose_operation(self.source, &operation.pointer, &operation.title(), &refusal);
                return false;
            }
        }
        true
    }

    /// Reports what an operation has lost: of its parameters, its body and the reply to its success.
    fn count_losses(&mut self, operation: &operations::Adapted) {
        let mut waiting = references(&operation.value["requestBody"]);
        let responses = operation.value["responses"].as_object().into_iter().flatten();
        waiting
            .extend(responses.filter(|(status, _)| status.starts_with('2')).flat_map(|(_, reply)| references(reply)));
        let mut users = BTreeSet::from([operation.pointer.clone()]);
        while let Some(name) = waiting.pop() {
            if let Some(Ok(component)) = self.adapted.get(&name)
                && users.insert(name)
            {
                waiting.extend(references(&component.schema));
            }
        }
        self.report.count_operation(&operation.title(), &users);
    }

    /// The components that the operations lead to.
    fn used_schemas(&self, operations: &[operations::Adapted]) -> BTreeMap<String, Value> {
        let mut used = BTreeMap::new();
        let mut waiting: Vec<_> = operations.iter().flat_map(|operation| references(&operation.value)).collect();
        while let Some(name) = waiting.pop() {
            if let Some(Ok(component)) = self.adapted.get(&name)
                && !used.contains_key(&name)
            {
                waiting.extend(references(&component.schema));
                used.insert(name, component.schema.clone());
            }
        }
        used
    }

    /// Extensions of other tools mean nothing here; they are counted.
    fn count_extensions(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    if key.starts_with("x-") {
                        self.report.note(format!("the extension `{key}` was dropped"));
                    } else {
                        self.count_extensions(value);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.count_extensions(item)),
            _ => {}
        }
    }
}

/// Removes a member; not one that must be sent, nor the last one.
fn remove_member(component: &mut Component, member: &str) -> bool {
    if component.schema.get("discriminator").is_some() {
        return remove_form(component, member);
    }
    let required = component.schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == member));
    let count = component.schema["properties"].as_object().map_or(0, Map::len);
    if (required && component.side == Side::Sent) || count == 1 {
        return false;
    }
    if let Some(members) = component.schema["properties"].as_object_mut() {
        members.remove(member);
    }
    if let Some(names) = component.schema.get_mut("required").and_then(Value::as_array_mut) {
        names.retain(|name| name != member);
        if names.is_empty() {
            component.schema.as_object_mut().map(|schema| schema.remove("required"));
        }
    }
    true
}

/// Removes a form; not the last one.
fn remove_form(component: &mut Component, form: &str) -> bool {
    let target = reference(form);
    let Some(forms) = component.schema["oneOf"].as_array_mut().filter(|forms| forms.len() > 1) else { return false };
    forms.retain(|other| *other != target);
    if let Some(mapping) = component.schema["discriminator"]["mapping"].as_object_mut() {
        mapping.retain(|_, named| *named != target["$ref"]);
    }
    true
}

/// The component that a schema is, lists or maps.
fn target(schema: &Value) -> Option<&str> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.strip_prefix(SCHEMAS);
    }
    ["items", "additionalProperties"]
        .iter()
        .find_map(|key| target(schema.get(key)?))
        .or_else(|| target(schema.pointer("/allOf/0")?))
}

/// All components that a part of the spec names.
fn references(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(SCHEMAS)));
                waiting.extend(map.iter().filter(|(key, _)| *key != "example").map(|(_, value)| value));
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found.into_iter().map(str::to_owned).collect()
}

const SCHEMAS: &str = "#/components/schemas/";

/// A `$ref` to a component.
fn reference(name: &str) -> Value {
    json!({"$ref": format!("{SCHEMAS}{name}")})
}

/// The JSON pointer of a key of the value at another.
fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", escape(key))
}
