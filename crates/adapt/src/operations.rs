//! Operations: their names, texts and source; their parts stand in `parameters`, `replies` and `security`.

use std::collections::BTreeMap;

use gerbang_spec::media::FORM;
use serde_json::{Value, json};

use super::media::{essence, has_version, json_of};
use super::names::snake;
use super::refusal::Loss;
use super::texts::{first_sentence, plain};
use super::{Adapter, Reason, Refusal, Result, Side, below, reference};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation of the spec.
#[derive(Debug)]
pub(super) struct Adapted {
    /// Where it is in the document.
    pub(super) pointer: String,
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) tag: String,
    pub(super) value: Value,
}

impl Adapted {
    /// Method and path.
    pub(super) fn title(&self) -> String {
        title(self.method, &self.path)
    }
}

fn title(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_ascii_uppercase())
}

impl Adapter<'_> {
    /// All operations but those that are refused. Replies are read first: they have the better right to a component's name.
    pub(super) fn operations(&mut self) -> Result<Vec<Adapted>> {
        let mut found = Vec::new();
        for path in self.keys("/paths").into_iter().filter(|path| path.starts_with('/')) {
            let item = below("/paths", path);
            for key in self.keys(&item) {
                let pointer = below(&item, key);
                if let Some(method) = METHODS.into_iter().find(|method| *method == key) {
                    found.push((pointer, path, method));
                } else if key == "$ref" {
                    self.report.operations += 1;
                    let refusal =
                        Refusal::new(&pointer, Reason::Reference, "write the operations of the path in its place");
                    self.report.lose_operation(self.source, &pointer, &title("any", path), &refusal);
                } else if ["head", "options", "trace"].contains(&key) {
                    self.report.operations += 1;
                    let refusal = Refusal::new(&pointer, Reason::Method, format!("`{key}` cannot be generated"));
                    self.report.lose_operation(self.source, &pointer, &title(key, path), &refusal);
                }
            }
        }
        self.report.operations += found.len();
        let mut replies = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (pointer, path, method) in &found {
            let id = self.id(pointer, method, path);
            replies.insert(pointer.clone(), self.responses(pointer, &id));
            ids.insert(pointer.clone(), id);
        }
        self.drain();
        let mut operations = Vec::new();
        for (pointer, path, method) in found {
            let responses = replies.remove(&pointer).unwrap_or_else(|| Ok(json!({})));
            let operation =
                responses.and_then(|responses| self.operation(&pointer, path, method, &ids[&pointer], responses));
            match operation {
                Ok(operation) => operations.push(operation),
                Err(refusal) => self.report.lose_operation(self.source, &pointer, &title(method, path), &refusal),
            }
        }
        self.drain();
        Ok(operations)
    }

    fn id(&mut self, pointer: &str, method: &str, path: &str) -> String {
        match self.text(&below(pointer, "operationId")) {
            Some(id) => {
                let id = self.names.operation(id);
                if Some(id.as_str()) != self.text(&below(pointer, "operationId")) {
                    self.report.note("an operationId was written in snake_case");
                }
                id
            }
            None => {
                self.report.note("an operationId was made of method and path");
                let parts: Vec<_> = path.split('/').map(|part| part.replace('{', "by-")).collect();
                self.names.operation(&snake(&format!("{method}-{}", parts.join("-"))))
            }
        }
    }

    fn operation(
        &mut self,
        pointer: &str,
        path: &str,
        method: &'static str,
        id: &str,
        responses: Value,
    ) -> Result<Adapted> {
        self.check_server(pointer)?;
        let security = self.security(pointer)?;
        let parameters = self.parameters(pointer, path, id)?;
        let body = self.body(pointer, id)?;
        if self.get(&below(pointer, "callbacks")).is_some() {
            let at = below(pointer, "callbacks");
            let refusal = Refusal::new(&at, Reason::Notification, "describe the notification in `x-webhooks` by hand");
            self.report.lose(self.source, pointer, Loss::Member, &refusal);
        }
        let nothing = format!("`{}`: the document does not say what it does.", title(method, path));
        let summary = self.text(&below(pointer, "summary")).and_then(plain);
        let mut description = self.text(&below(pointer, "description")).and_then(plain);
        let summary = summary.or_else(|| description.clone()).unwrap_or(nothing);
        let mut whole = description.take().unwrap_or_else(|| summary.clone());
        if self.get(&below(pointer, "deprecated")) == Some(&Value::Bool(true)) {
            whole.push_str(" Deprecated.");
        }
        let tag = self.tag(pointer, path);
        let mut value = json!({
            "operationId": id,
            "summary": first_sentence(&summary),
            "description": whole,
            "tags": [tag],
            "x-source": {"document": self.document_name(), "section": title(method, path), "read": self.read},
            "x-idempotency": if method == "get" { "safe" } else { "none" },
            "responses": responses,
        });
        let mut responses = value["responses"].as_object().into_iter().flatten();
        if responses.any(|(status, response)| status.starts_with('2') && response.get("content").is_none()) {
            value["x-envelope"] = json!({"empty": true});
        }
        let parts = [("security", security), ("parameters", parameters), ("requestBody", body)];
        for (key, part) in parts.into_iter().filter_map(|(key, part)| Some((key, part?))) {
            value[key] = part;
        }
        Ok(Adapted { pointer: pointer.to_owned(), path: path.to_owned(), method, tag, value })
    }

    fn body(&mut self, pointer: &str, id: &str) -> Result<Option<Value>> {
        if self.get(&below(pointer, "requestBody")).is_none() {
            return Ok(None);
        }
        let at = self.resolve(&below(pointer, "requestBody"))?;
        let content = below(&at, "content");
        let media = self.keys(&content);
        let form = media.iter().find(|media| essence(media) == FORM).copied();
        let sent = json_of(&media).filter(|media| !has_version(media)).or(form);
        let Some(media) = sent else {
            let types = media.join("`, `");
            return Refusal::err(&at, Reason::MediaType, format!("a request as `{types}` cannot be sent"));
        };
        let wanted = essence(media);
        let is_form = wanted == FORM;
        if self.keys(&content).len() > 1 {
            self.report.note("a body in several media types is sent in one");
        }
        let place = below(&content, media);
        let schema = below(&place, "schema");
        let target = self.resolve(&schema)?;
        let name = self.body_component(&schema, &target, &format!("{id}-request"))?;
        let is_object = match self.adapted.get(&name) {
            Some(Ok(component)) => component.schema.get("properties").is_some(),
            // An object, which is adapted later.
            _ => true,
        };
        if is_form && !is_object {
            return Refusal::err(&schema, Reason::NestedForm, "a form is an object with members");
        }
        self.bodies.insert(name.clone(), is_form);
        let text = self.text(&below(&at, "description")).and_then(plain).unwrap_or_else(|| "What is sent.".to_owned());
        let mut media = json!({"schema": reference(&name)});
        if let Some(example) = self.example(&place, &target) {
            media["example"] = example;
        }
        Ok(Some(json!({"required": true, "description": text, "content": {wanted: media}})))
    }

    /// The component of a body, which is an object, a list or a map.
    fn body_component(&mut self, schema: &str, target: &str, hint: &str) -> Result<String> {
        let read = match self.get(target) {
            Some(_) => self.schema(schema, Side::Sent, hint)?.value,
            None => json!({"x-any": true}),
        };
        self.payload(read, schema, Side::Sent, hint, "What is sent.")
    }

    /// The document's sample of a body; the schema of the body is at `schema`.
    pub(super) fn example(&self, media: &str, schema: &str) -> Option<Value> {
        let examples = below(media, "examples");
        let named = self.keys(&examples).into_iter().find_map(|name| {
            let at = self.resolve(&below(&examples, name)).ok()?;
            self.get(&below(&at, "value"))
        });
        self.get(&below(media, "example")).or(named).or_else(|| self.get(&below(schema, "example"))).cloned()
    }
}
