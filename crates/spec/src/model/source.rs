//! A spec that is being read: looking things up in it, or refusing it with the line.

use serde_json::{Map, Value, json};

use crate::media::JSON;
use crate::problem::Problem;
use crate::schema::{component_at, component_name, is_choice, is_json_string, is_scalar, object};
use crate::yaml::Document;

/// What was read, or all that is wrong.
pub type Result<T> = std::result::Result<T, Vec<Problem>>;

/// The spec.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The document.
    pub document: &'a Document,
}

impl<'a> Source<'a> {
    /// A problem with the value at a pointer.
    pub fn refuse<T>(&self, pointer: &str, message: impl Into<String>) -> Result<T> {
        let help = "specs/README.md says what can be generated; `cargo xtask validate` explains most of its rules";
        Err(vec![self.document.problem(pointer, "cannot-generate", message, help)])
    }

    /// The value at a pointer, which must be there.
    pub fn get(&self, pointer: &str) -> Result<&'a Value> {
        match self.document.get(pointer) {
            Some(value) => Ok(value),
            None => self.refuse(pointer, format!("`{}` is missing", pointer.rsplit('/').next().unwrap_or_default())),
        }
    }

    /// The object at a pointer.
    pub fn map(&self, pointer: &str) -> Result<&'a Map<String, Value>> {
        match self.get(pointer)?.as_object() {
            Some(map) => Ok(map),
            None => self.refuse(pointer, "an object is expected here"),
        }
    }

    /// The text at a pointer, trimmed.
    pub fn text(&self, pointer: &str) -> Result<String> {
        match self.get(pointer)?.as_str() {
            Some(text) => Ok(text.trim().to_owned()),
            None => self.refuse(pointer, "a text is expected here"),
        }
    }

    /// The text at a pointer, if there is one.
    pub fn optional_text(&self, pointer: &str) -> Option<String> {
        self.document.get(pointer).and_then(Value::as_str).map(|text| text.trim().to_owned())
    }

    /// Follows a `$ref`, if there is one, and says where it leads.
    pub fn resolve(&self, pointer: &str) -> Result<(String, &'a Value)> {
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
    pub fn component(&self, pointer: &str) -> Result<String> {
        let schema = self.get(pointer)?;
        match component_name(schema) {
            Some(name) if self.document.get(&component_at(name)).is_some() => Ok(name.to_owned()),
            Some(name) => self.refuse(pointer, format!("there is no component `{name}`")),
            None => self.refuse(pointer, "a $ref to a component is expected here"),
        }
    }

    /// The media type of a body or reply; that of JSON where there is none.
    pub fn media(&self, pointer: &str) -> String {
        let content = self.content(pointer).unwrap_or_default();
        content.first().map_or(JSON, |(media, _)| media).to_owned()
    }

    /// The response to a success; all that there are say the same.
    pub fn success(&self, pointer: &str) -> Result<String> {
        let all = format!("{pointer}/responses");
        let statuses = self.map(&all)?.keys().filter(|status| status.starts_with('2'));
        let mut successes = statuses.map(|status| format!("{all}/{status}"));
        let Some(first) = successes.next() else { return self.refuse(&all, "a success status is expected") };
        for other in successes {
            if self.content(&other)? != self.content(&first)? {
                return self.refuse(&other, "a second success status has another reply");
            }
        }
        Ok(first)
    }

    /// The example of a parameter or a body: its only one, or the first of several.
    pub fn example(&self, pointer: &str) -> Option<Value> {
        let first = || self.document.entries(&format!("{pointer}/examples")).into_iter().next();
        let example = self.document.get(&format!("{pointer}/example"));
        example.or_else(|| self.document.get(&format!("{}/value", first()?))).cloned()
    }

    /// The media type and the schema of a body or response.
    pub fn content(&self, pointer: &str) -> Result<Vec<(&'a String, Option<&'a Value>)>> {
        let (_, described) = self.resolve(pointer)?;
        let content = described.get("content").map(object).into_iter().flatten();
        Ok(content.map(|(media, of)| (media, of.get("schema"))).collect())
    }

    /// On which document the operation at a pointer rests: document, section, date.
    pub fn source(&self, pointer: &str) -> Result<[String; 3]> {
        let part = |name| self.text(&format!("{pointer}/x-source/{name}"));
        Ok([part("document")?, part("section")?, part("read")?])
    }

    /// Whether a component is a list, a map, a text or a number, which becomes no type of its own.
    pub fn is_nameless(&self, at: &str) -> Result<bool> {
        let schema = self.get(at)?;
        let is_map = schema.get("additionalProperties").is_some() && schema.get("properties").is_none();
        let is_words = schema.get("x-extensible-enum").is_some();
        Ok(is_map || schema.get("type") == Some(&json!("array")) || is_scalar(schema) && !is_words)
    }

    /// Where a schema, all that it holds and all that these refer to are, and whether each is inside the first one:
    /// a member, an item, a value of a map, JSON in a string, one of several forms. Members that the client fills in are left out.
    pub fn within(&self, pointer: &str) -> Result<Vec<(String, bool)>> {
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
            waiting.extend(self.document.entries(&format!("{at}/allOf")).into_iter().map(|arm| (arm, inside)));
            let members = self.document.entries(&format!("{at}/properties")).into_iter();
            let members = members.filter(|member| self.document.get(&format!("{member}/x-credential")).is_none());
            waiting.extend(members.map(|member| (member, true)));
            for key in ["items", "additionalProperties"] {
                if schema.get(key).is_some_and(Value::is_object) {
                    waiting.push((format!("{at}/{key}"), true));
                }
            }
            if is_json_string(schema) {
                waiting.push((format!("{at}/oneOf/1"), true));
            } else if is_choice(schema) {
                let forms = self.document.entries(&format!("{at}/oneOf")).into_iter();
                waiting.extend(forms.map(|form| (form, true)));
            }
        }
        Ok(found)
    }
}
