//! Parameters in paths, queries and headers; those in cookies are not sent.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use gerbang_spec::naming::HEADERS;

use super::refusal::Loss;
use super::{Adapter, Reason, Refusal, Result, Side, below};

/// Headers of which OpenAPI or HTTP says what stands in them, whatever a parameter says.
const IGNORED: &[&str] = &["accept", "authorization", "content-length", "content-type", "host"];

impl Adapter<'_> {
    /// The parameters of an operation, those of its path too.
    pub(super) fn parameters(&mut self, pointer: &str, path: &str, id: &str) -> Result<Option<Value>> {
        if path.contains(['?', '#']) {
            return Refusal::err(pointer, Reason::Path, "the path has a query or a fragment of its own");
        }
        let item = pointer.rsplit_once('/').map_or("", |(item, _)| item);
        let mut places: Vec<(String, String, String)> = Vec::new();
        for list in [below(pointer, "parameters"), below(item, "parameters")] {
            for index in 0..self.count(&list) {
                let at = self.resolve(&format!("{list}/{index}"))?;
                let text = |key| self.text(&below(&at, key)).unwrap_or_default().to_owned();
                let (name, place) = (text("name"), text("in"));
                // The operation's own come first, and override those of the path.
                if !places.iter().any(|(known, in_known, _)| (known, in_known) == (&name, &place)) {
                    places.push((name, place, at));
                }
            }
        }
        let in_path: BTreeSet<_> = path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        if path.matches('{').count() != in_path.len() {
            return Refusal::err(pointer, Reason::Path, "the path names a parameter twice, or does not close its name");
        }
        let mut parameters: Vec<Value> = Vec::new();
        for (name, place, at) in &places {
            match self.parameter(name, place, at, id, &in_path) {
                Ok(None) => {}
                Ok(Some(parameter)) => {
                    let is_same = |other: &Value| {
                        other["name"] == parameter["name"] && other.get("required") == parameter.get("required")
                    };
                    if parameters.iter().any(is_same) {
                        let message = "another parameter has the same name, in another place";
                        self.skip(pointer, Refusal::new(at, Reason::Name, message), parameter["required"] == true)?;
                    } else {
                        parameters.push(parameter);
                    }
                }
                Err(refusal) => {
                    let must = self.get(&below(at, "required")) == Some(&Value::Bool(true)) || place == "path";
                    self.skip(pointer, refusal.at(at), must)?;
                }
            }
        }
        for name in in_path {
            if !parameters.iter().any(|parameter| parameter["in"] == "path" && parameter["name"] == name) {
                let message = format!("`{{{name}}}` of the path is not described");
                return Refusal::err(pointer, Reason::Path, message);
            }
        }
        Ok((!parameters.is_empty()).then_some(Value::Array(parameters)))
    }

    /// What need not be sent is left out; without the rest there is no operation.
    fn skip(&mut self, operation: &str, refusal: Refusal, must: bool) -> Result<()> {
        if must {
            return Err(refusal);
        }
        self.report.lose(self.source, operation, Loss::Member, &refusal);
        Ok(())
    }

    /// One parameter; none of a header whose description is to be ignored.
    fn parameter(
        &mut self,
        name: &str,
        place: &str,
        at: &str,
        id: &str,
        in_path: &BTreeSet<&str>,
    ) -> Result<Option<Value>> {
        match place {
            "header" if IGNORED.contains(&name.to_ascii_lowercase().as_str()) => return Ok(None),
            "header" if HEADERS.contains(&name.to_ascii_lowercase().as_str()) => {
                return Refusal::err(at, Reason::HeaderParameter, "the client writes this header itself");
            }
            "cookie" => return Refusal::err(at, Reason::CookieParameter, "a cookie cannot be sent"),
            "path" if !in_path.contains(name) => {
                return Refusal::err(at, Reason::Path, format!("the path has no `{{{name}}}`"));
            }
            "path" | "query" | "header" => {}
            _ => return Refusal::err(at, Reason::Path, format!("the place `{place}` is not known")),
        }
        let style = self.text(&below(at, "style"));
        if style.is_some_and(|style| !["simple", "form", "deepObject"].contains(&style)) {
            let message = format!("the style `{}` cannot be written", style.unwrap_or_default());
            return Refusal::err(at, Reason::ParameterShape, message);
        }
        let schema = below(at, "schema");
        if self.get(&schema).is_none() {
            return Refusal::err(at, Reason::ParameterShape, "it has no `schema`");
        }
        let mut read = self.described(&schema, Side::Sent, &format!("{id}-{name}"))?.value;
        let is_list = place == "query" && read["type"] == "array" && !self.is_nested(&read["items"]);
        if self.is_nested(&read) && !is_list {
            let message = "an object, or a list but of scalars in the query, cannot be a parameter";
            return Refusal::err(at, Reason::ParameterShape, message);
        }
        self.limit(&schema, &mut read);
        let text = self.text(&below(at, "description")).and_then(super::texts::plain);
        let text = text.or_else(|| read["description"].as_str().map(str::to_owned));
        let text = text.unwrap_or_else(|| super::texts::UNDESCRIBED.to_owned());
        if let Some(schema) = read.as_object_mut() {
            schema.remove("description");
            schema.remove("example");
        }
        if let Some(words) = read.pointer("/allOf/0").cloned() {
            read = words;
        }
        let mut parameter = json!({"name": name, "in": place, "description": text, "schema": read});
        if is_list && self.get(&below(at, "explode")) == Some(&Value::Bool(false)) {
            parameter["explode"] = json!(false);
        }
        if place == "path" || self.get(&below(at, "required")) == Some(&Value::Bool(true)) {
            parameter["required"] = json!(true);
        }
        Ok(Some(parameter))
    }

    /// The limits that the client checks before it sends: those of a body's own members and of parameters.
    pub(super) fn limit(&self, pointer: &str, schema: &mut Value) {
        let Ok(at) = self.resolve(pointer) else { return };
        let keys: &[&str] = match schema["type"].as_str() {
            Some("integer") => &["minimum", "maximum"],
            Some("string") if schema.get("format").is_none() => &["minLength", "maxLength"],
            _ => &[],
        };
        for key in keys {
            if let Some(limit) = self.get(&below(&at, key)).and_then(Value::as_u64) {
                schema[*key] = json!(limit);
            }
        }
    }
}
