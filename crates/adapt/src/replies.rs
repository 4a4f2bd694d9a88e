//! Replies: of the success, whatever its status, and of failures by status.

use gerbang_spec::media::JSON;
use serde_json::{Map, Value, json};

use super::media::{essence, json_of};
use super::schemas::free_form;
use super::texts::plain;
use super::{Adapter, Component, Reason, Refusal, Result, Side, below, reference, target};

/// How a reply without a description is described.
const WHOLE: &str = "The whole reply.";

impl Adapter<'_> {
    /// The responses of an operation.
    pub(super) fn responses(&mut self, pointer: &str, id: &str) -> Result<Value> {
        let all = below(pointer, "responses");
        let mut responses = Map::new();
        let successes = self.successes(&all)?;
        let at = &successes[0].1;
        let (content, bodiless) = match self.is_any_success(&successes) {
            true => (Some(self.any_object(at, &format!("{id}-response"))), false),
            false => self.success_content(at, id)?,
        };
        for (status, at) in &successes {
            let content = content.clone().map(|content| self.with_own_example(content, at));
            responses.insert(status.clone(), self.response(at, content, "The call succeeded."));
        }
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

    /// The success statuses and where their responses are: all that have the reply of the first, or else that are objects.
    fn successes(&mut self, all: &str) -> Result<Vec<(String, String)>> {
        let mut found: Vec<(String, String)> = Vec::new();
        for status in self.keys(all) {
            if status.starts_with('2') {
                let exact = if status.eq_ignore_ascii_case("2XX") { "200" } else { status };
                let at = self.resolve(&below(all, status))?;
                if !found.iter().any(|(known, _)| known == exact) {
                    found.push((exact.to_owned(), at));
                }
            } else if status.starts_with(['1', '3']) {
                self.report.note(format!("the status `{status}`, which no client waits for, was dropped"));
            }
        }
        found.sort();
        let (with_reply, without): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, at)| !self.keys(&below(at, "content")).is_empty());
        if with_reply.is_empty() {
            return match without.is_empty() {
                true => Refusal::err(all, Reason::SuccessStatus, "no status means success"),
                false => Ok(without),
            };
        }
        if !without.is_empty() {
            self.report.note("a second success status without a reply was dropped: such a reply is a failure");
        }
        let is_same = |(_, at): &(String, String)| self.schemas_of(at) == self.schemas_of(&with_reply[0].1);
        let other = with_reply.iter().find(|one| !is_same(one) && !self.is_any_success(&with_reply));
        if let Some((status, _)) = other {
            let message = format!("`{status}` and `{}` have different replies", with_reply[0].0);
            return Refusal::err(all, Reason::SuccessStatus, message);
        }
        Ok(with_reply)
    }

    /// The schemas of a response by media type.
    fn schemas_of(&self, at: &str) -> Vec<(&str, Option<&Value>)> {
        let content = below(at, "content");
        self.keys(&content)
            .into_iter()
            .map(|media| (media, self.get(&below(&below(&content, media), "schema"))))
            .collect()
    }

    /// Whether successes have different replies, all of them objects as JSON: nothing but the status tells them apart.
    fn is_any_success(&self, successes: &[(String, String)]) -> bool {
        let is_object = |at: &String| {
            let content = below(at, "content");
            let schema = json_of(&self.keys(&content)).map(|json| below(&below(&content, json), "schema"));
            schema.is_some_and(|schema| self.is_object(&schema, 0))
        };
        let differs = |at: &String| self.schemas_of(at) != self.schemas_of(&successes[0].1);
        successes.iter().any(|(_, at)| differs(at)) && successes.iter().all(|(_, at)| is_object(at))
    }

    /// The content of a reply that is an object whose members its status decides.
    fn any_object(&mut self, at: &str, hint: &str) -> Value {
        let media = json_of(&self.keys(&below(at, "content"))).map_or_else(|| JSON.to_owned(), essence);
        let value = self.of_any_form("the reply of several statuses");
        let name = self.made(value, "", Side::Received, hint, WHOLE);
        json!({media: {"schema": reference(&name)}})
    }

    /// The content of a success with the document's sample for its status.
    fn with_own_example(&self, mut content: Value, at: &str) -> Value {
        let all = below(at, "content");
        let place = json_of(&self.keys(&all)).map(|json| below(&all, json));
        let media = content.as_object_mut().and_then(|content| content.values_mut().next());
        if let (Some(place), Some(media)) = (place, media) {
            let schema = self.resolve(&below(&place, "schema")).unwrap_or_default();
            match self.example(&place, &schema) {
                Some(example) => media["example"] = example,
                None => drop(media.as_object_mut().map(|media| media.remove("example"))),
            }
        }
        content
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
            let place = below(&content, json);
            let schema = below(&place, "schema");
            if self.get(&schema).is_none() {
                return Refusal::err(&place, Reason::Untyped, "the reply has no schema");
            }
            let name = self.reply_component(&schema, &format!("{id}-response"))?;
            return Ok((Some(json!({essence(json): {"schema": reference(&name)}})), false));
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

    /// The component of a reply, which is an object, a list or a map.
    fn reply_component(&mut self, schema: &str, hint: &str) -> Result<String> {
        let read = self.schema(schema, Side::Received, hint)?.value;
        self.payload(read, schema, Side::Received, hint, WHOLE)
    }

    /// The component of what is sent or received as a whole; one is made of a list or a map.
    pub(super) fn payload(&mut self, read: Value, at: &str, side: Side, hint: &str, what: &str) -> Result<String> {
        let is_component = read.get("items").is_none() && read.get("additionalProperties").is_none();
        if let Some(name) = target(&read).filter(|name| is_component && !self.is_word_set(name)) {
            return Ok(name.to_owned());
        }
        if read["x-any"] == true {
            self.report.note("a whole body or reply of which nothing is described is an object");
            return Ok(self.made(free_form(), at, side, hint, what));
        }
        match read["type"].as_str() {
            Some("object" | "array") => Ok(self.made(read, at, side, hint, what)),
            _ => {
                Refusal::err(at, Reason::BodyShape, "a whole body or reply that is a single value cannot be generated")
            }
        }
    }

    /// A component of what has none in the document.
    fn made(&mut self, mut schema: Value, at: &str, side: Side, hint: &str, what: &str) -> String {
        let name = self.names.component(hint, side);
        if schema.get("description").is_none() {
            schema["description"] = json!(what);
        }
        let component = Component { schema, side, origin: at.to_owned(), members: Default::default() };
        self.adapted.insert(name.clone(), Ok(component));
        name
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
