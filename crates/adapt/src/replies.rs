//! Replies: one success, and failures by status.

use serde_json::{Map, Value, json};

use super::operations::essence;
use super::texts::plain;
use super::{Adapter, Component, Reason, Refusal, Result, Side, below, reference, target};

const JSON: &str = "application/json";

impl Adapter<'_> {
    /// The responses of an operation.
    pub(super) fn responses(&mut self, pointer: &str, id: &str) -> Result<Value> {
        let all = below(pointer, "responses");
        let mut responses = Map::new();
        let (status, at) = self.success(&all)?;
        let (content, bodiless) = self.success_content(&at, id)?;
        responses.insert(status, self.response(&at, content, "The call succeeded."));
        for status in self.keys(&all) {
            let is_failure = status.starts_with(['4', '5']) || status == "default";
            if !is_failure {
                continue;
            }
            let at = self.resolve(&below(&all, status))?;
            let content = self.failure_content(&at, id);
            let response = self.response(&at, content, "The call failed.");
            let exact = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
            let statuses: &[&str] = match status {
                "default" => &["4XX", "5XX"],
                _ if exact => &[status],
                _ if status.starts_with('4') => &["4XX"],
                _ => &["5XX"],
            };
            for status in statuses {
                responses.entry(*status).or_insert_with(|| response.clone());
            }
        }
        if bodiless {
            self.report.note("a success without a body");
        }
        Ok(Value::Object(responses))
    }

    /// The one success status and where its response is.
    fn success(&mut self, all: &str) -> Result<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for status in self.keys(all) {
            if status.starts_with('2') {
                let exact = if status.eq_ignore_ascii_case("2XX") { "200" } else { status };
                found.push((exact.to_owned(), self.resolve(&below(all, status))?));
            } else if status.starts_with(['1', '3']) {
                self.report.note(format!("the status `{status}`, which no client waits for, was dropped"));
            }
        }
        found.sort();
        let Some(first) = found.iter().find(|(_, at)| self.get(&below(at, "content")).is_some()).or(found.first())
        else {
            return Refusal::err(all, Reason::SuccessStatus, "no status means success");
        };
        let first = first.clone();
        for (status, at) in &found {
            let content = self
                .get(&below(at, "content"))
                .filter(|content| content.as_object().is_some_and(|map| !map.is_empty()));
            if *status == first.0 || content == self.get(&below(&first.1, "content")) {
                continue;
            }
            if content.is_some() {
                let message = format!("`{status}` and `{}` have different replies", first.0);
                return Refusal::err(all, Reason::SuccessStatus, message);
            }
            self.report.note("a second success status without a reply was dropped: such a reply is a failure");
        }
        Ok(first)
    }

    /// The content of a success, and whether there is none.
    fn success_content(&mut self, at: &str, id: &str) -> Result<(Option<Value>, bool)> {
        let content = below(at, "content");
        let media = self.keys(&content);
        if media.is_empty() {
            return Ok((None, true));
        }
        if let Some(json) = json_of(&media) {
            if media.len() > 1 {
                self.report.note("a reply in several media types is read as JSON");
            }
            if essence(json) != JSON {
                self.report.note(format!("a reply as `{json}` is asked for as `{JSON}`"));
            }
            let place = below(&content, json);
            let schema = below(&place, "schema");
            if self.get(&schema).is_none() {
                return Refusal::err(&place, Reason::Untyped, "the reply has no schema");
            }
            let name = self.reply_component(&schema, &format!("{id}-response"))?;
            let mut media = json!({"schema": reference(&name)});
            if let Some(example) = self.example(&place, &self.resolve(&schema)?) {
                media["example"] = example;
            }
            return Ok((Some(json!({JSON: media})), false));
        }
        match media.as_slice() {
            [only] if !only.contains('*') => {
                let schema = json!({"type": "string", "format": "binary", "description": "The reply as it is."});
                Ok((Some(json!({essence(only): {"schema": schema}})), false))
            }
            _ => {
                let types = media.join("`, `");
                Refusal::err(at, Reason::MediaType, format!("a reply as `{types}` cannot be read"))
            }
        }
    }

    /// The component of a reply; lists, maps and scalars get one as well.
    fn reply_component(&mut self, schema: &str, hint: &str) -> Result<String> {
        let read = self.schema(schema, Side::Received, hint)?;
        if read.value.get("$ref").is_some()
            && let Some(name) = target(&read.value)
        {
            return Ok(name.to_owned());
        }
        if let Some(name) = read.value.pointer("/allOf/0").and_then(target) {
            return Ok(name.to_owned());
        }
        if !matches!(read.value["type"].as_str(), Some("object" | "array")) {
            return Refusal::err(schema, Reason::BodyShape, "a reply that is a single value cannot be read");
        }
        let name = self.names.component(hint, Side::Received);
        let mut value = read.value;
        if value.get("description").is_none() {
            value["description"] = json!("The whole reply.");
        }
        let component =
            Component { schema: value, side: Side::Received, origin: schema.to_owned(), members: Default::default() };
        self.adapted.insert(name.clone(), Ok(component));
        Ok(name)
    }

    /// The JSON of a failure. It has no type in the client, so that one that cannot be adapted is only reported.
    fn failure_content(&mut self, at: &str, id: &str) -> Option<Value> {
        let content = below(at, "content");
        let media = self.keys(&content);
        let json = json_of(&media)?;
        let schema = below(&below(&content, json), "schema");
        let name = self.get(&schema).map(|_| self.reply_component(&schema, &format!("{id}-failure")));
        match name {
            Some(Ok(name)) => Some(json!({JSON: {"schema": reference(&name)}})),
            _ => {
                self.report.note("the reply of a failure has no schema that can be written");
                None
            }
        }
    }

    fn response(&self, at: &str, content: Option<Value>, otherwise: &str) -> Value {
        let text = self.text(&below(at, "description")).and_then(plain).unwrap_or_else(|| otherwise.to_owned());
        let mut response = json!({"description": text});
        if let Some(content) = content {
            response["content"] = content;
        }
        response
    }
}

/// The media type of JSON among several; one that is built on JSON where there is no plain one.
fn json_of<'m>(media: &[&'m str]) -> Option<&'m str> {
    let plain = media.iter().find(|media| essence(media) == JSON);
    plain.or_else(|| media.iter().find(|media| essence(media).ends_with("+json"))).copied()
}
