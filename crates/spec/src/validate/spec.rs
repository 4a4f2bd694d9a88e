//! A document, read by the grammar: its objects, what they refer to and what can be reached from them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::grammar::{Kind, Shape};
use crate::media::is_json;
use crate::yaml::{Document, escape};

/// The `$ref` of the component that reports a failure.
pub const FAILURE: &str = "#/components/schemas/Failure";

/// An object of a spec.
#[derive(Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub pointer: String,
    /// Its keys and values.
    pub object: &'a Map<String, Value>,
}

impl<'a> Node<'a> {
    /// The JSON pointer of a key.
    pub fn at(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, escape(key))
    }

    /// The key under which it is.
    pub fn name(&self) -> String {
        unescape(self.pointer.rsplit('/').next().unwrap_or_default())
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.object.contains_key(key)
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.object.get(key)?.as_str()
    }

    /// Whether a key says `true`.
    pub fn says(&self, key: &str) -> bool {
        self.object.get(key) == Some(&Value::Bool(true))
    }

    /// A list; empty when there is none.
    pub fn list(&self, key: &str) -> &'a [Value] {
        self.object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A list of texts; empty when there is none.
    pub fn texts(&self, key: &str) -> Vec<&'a str> {
        self.list(key).iter().filter_map(Value::as_str).collect()
    }

    /// The names of an object's entries; empty when there is none.
    pub fn names(&self, key: &str) -> Vec<&'a str> {
        self.object
            .get(key)
            .and_then(Value::as_object)
            .map_or_else(Vec::new, |map| map.keys().map(String::as_str).collect())
    }

    /// What its `$ref` says.
    pub fn reference(&self) -> Option<&'a str> {
        self.text("$ref")
    }
}

/// A document, read by the grammar.
#[derive(Debug)]
pub struct Spec<'a> {
    /// The document.
    pub document: &'a Document,
    nodes: BTreeMap<String, Node<'a>>,
}

impl<'a> Spec<'a> {
    /// Reads a document. Values that do not fit the grammar are left out.
    pub fn new(document: &'a Document) -> Self {
        let mut spec = Self { document, nodes: BTreeMap::new() };
        spec.read(Kind::Root, String::new(), &document.value);
        spec
    }

    fn read(&mut self, kind: Kind, pointer: String, value: &'a Value) {
        let Some(object) = value.as_object() else { return };
        let node = Node { kind, pointer: pointer.clone(), object };
        for (key, value) in object {
            let pointer = node.at(key);
            match kind.key(key).map(|key| key.shape) {
                Some(Shape::Object(kind) | Shape::BoolOr(kind)) => self.read(kind, pointer, value),
                Some(Shape::Objects(kind)) => {
                    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                        self.read(kind, format!("{pointer}/{index}"), value);
                    }
                }
                Some(Shape::Map(kind)) => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        self.read(kind, format!("{pointer}/{}", escape(name)), value);
                    }
                }
                _ => {}
            }
        }
        self.nodes.insert(pointer, node);
    }

    /// The objects of some kinds.
    pub fn all(&self, kinds: &[Kind]) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.values().filter(move |node| kinds.contains(&node.kind))
    }

    /// Every object.
    pub fn nodes(&self) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.values()
    }

    /// The object at a JSON pointer.
    pub fn node(&self, pointer: &str) -> Option<&Node<'a>> {
        self.nodes.get(pointer)
    }

    /// The object that contains another, directly or in a list or map.
    pub fn parent(&self, node: &Node) -> Option<&Node<'a>> {
        let mut pointer = node.pointer.as_str();
        while let Some(cut) = pointer.rfind('/') {
            pointer = &pointer[..cut];
            if let Some(parent) = self.node(pointer) {
                return Some(parent);
            }
        }
        None
    }

    /// The object under a key.
    pub fn child(&self, node: &Node, key: &str) -> Option<&Node<'a>> {
        self.node(&node.at(key))
    }

    /// The member of this name of an object.
    pub fn member(&self, object: &Node, name: &str) -> Option<&Node<'a>> {
        self.node(&format!("{}/{}", object.at("properties"), escape(name)))
    }

    /// The objects in the list or map under a key, in order.
    pub fn children(&self, node: &Node, key: &str) -> Vec<&Node<'a>> {
        self.document.entries(&node.at(key)).iter().filter_map(|entry| self.node(entry)).collect()
    }

    /// What a `$ref` in the place of an object points to.
    pub fn target(&self, node: &Node) -> Option<&Node<'a>> {
        let pointer = node.reference()?.strip_prefix('#')?;
        let name = pointer.strip_prefix("/components/")?.strip_prefix(node.kind.section()?)?.strip_prefix('/')?;
        if name.contains('/') { None } else { self.node(pointer) }
    }

    /// The object itself, or what its `$ref` points to, or what that one's points to; none in a circle.
    pub fn resolve<'b>(&'b self, node: &'b Node<'a>) -> Option<&'b Node<'a>> {
        let mut node = node;
        for _ in 0..16 {
            if node.reference().is_none() {
                return Some(node);
            }
            node = self.target(node)?;
        }
        None
    }

    /// The schema that is behind `$ref`s and an `allOf` of one.
    pub fn inner<'b>(&'b self, schema: &'b Node<'a>) -> Option<&'b Node<'a>> {
        let schema = self.resolve(schema)?;
        self.children(schema, "allOf").first().map_or(Some(schema), |inner| self.resolve(inner))
    }

    /// A component's schema.
    pub fn component(&self, name: &str) -> Option<&Node<'a>> {
        self.node(&format!("/components/schemas/{}", escape(name)))
    }

    /// The objects at and below some JSON pointers, and all that these refer to.
    pub fn reachable(&self, roots: impl IntoIterator<Item = String>) -> BTreeMap<&str, &Node<'a>> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<_> = roots.into_iter().collect();
        while let Some(root) = waiting.pop() {
            if !seen.insert(root.clone()) {
                continue;
            }
            let below = self.nodes.range(root.clone()..).take_while(|(pointer, _)| pointer.starts_with(&root));
            for (pointer, node) in below {
                if pointer.len() > root.len() && !pointer[root.len()..].starts_with('/') {
                    continue;
                }
                found.insert(pointer.as_str(), node);
                waiting.extend(self.target(node).map(|target| target.pointer.clone()));
            }
        }
        found
    }

    /// Whatever the client reads: replies to operations and bodies of webhooks.
    pub fn read_by_client(&self) -> BTreeMap<&str, &Node<'a>> {
        let replies = self.all(&[Kind::Operation]).map(|operation| operation.at("responses"));
        let notifications = self.all(&[Kind::Webhook]).map(|webhook| webhook.at("requestBody"));
        self.reachable(replies.chain(notifications))
    }

    /// An operation's path.
    pub fn path(&self, operation: &Node) -> String {
        unescape(operation.pointer.split('/').nth(2).unwrap_or_default())
    }

    /// An operation's parameters, resolved.
    pub fn parameters(&self, operation: &Node) -> Vec<&Node<'a>> {
        self.children(operation, "parameters").into_iter().filter_map(|node| self.resolve(node)).collect()
    }

    /// The components of an operation's request body.
    pub fn bodies(&self, operation: &Node) -> Vec<&Node<'a>> {
        let body = self.child(operation, "requestBody").and_then(|body| self.resolve(body));
        let media = body.into_iter().flat_map(|body| self.children(body, "content"));
        media.filter_map(|media| self.resolve(self.child(media, "schema")?)).collect()
    }

    /// An operation's responses with a success status, resolved.
    pub fn success_responses(&self, operation: &Node) -> Vec<&Node<'a>> {
        let responses = self.children(operation, "responses").into_iter();
        responses
            .filter(|response| response.name().starts_with('2'))
            .filter_map(|response| self.resolve(response))
            .collect()
    }

    /// The schemas of an operation's JSON replies with a success status.
    pub fn success_schemas(&self, operation: &Node) -> Vec<&Node<'a>> {
        self.success_responses(operation)
            .into_iter()
            .flat_map(|response| self.children(response, "content"))
            .filter(|media| is_json(&media.name()))
            .filter_map(|media| self.child(media, "schema"))
            .collect()
    }

    /// An operation's success components, still as the `$ref`s to them.
    pub fn success_refs(&self, operation: &Node) -> Vec<&Node<'a>> {
        let arms = self
            .success_schemas(operation)
            .into_iter()
            .flat_map(|schema| if schema.has("oneOf") { self.children(schema, "oneOf") } else { vec![schema] });
        arms.filter(|arm| arm.reference().is_some_and(|reference| reference != FAILURE)).collect()
    }
}

/// A key of a JSON pointer's part.
pub fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
