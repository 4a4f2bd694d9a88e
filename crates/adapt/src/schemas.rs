//! Schemas where they stand: members, items, values of maps, parameters.

use serde_json::{Value, json};

use super::texts::plain;
use super::version::ONLY_IN_3_1;
use super::{Adapter, Reason, Refusal, Result, Side, below, reference, target};

/// An adapted schema.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) value: Value,
    /// Whether `null` may stand in its place.
    pub(super) nullable: bool,
}

impl Adapter<'_> {
    /// The schema at a pointer. Objects become components, named after `hint` unless they have a name.
    pub(super) fn schema(&mut self, pointer: &str, side: Side, hint: &str) -> Result<Read> {
        let at = self.resolve(pointer)?;
        let hint = if at == pointer { hint.to_owned() } else { at.rsplit('/').next().unwrap_or(hint).to_owned() };
        if self.reading.contains(&at) {
            return Refusal::err(&at, Reason::Recursion, "a schema that leads to itself has no type of its own");
        }
        self.reading.push(at.clone());
        let read = self.at_target(&at, side, &hint);
        self.reading.pop();
        let mut read = read?;
        read.nullable |= self.get(&format!("{at}/nullable")) == Some(&Value::Bool(true));
        if let Some(text) = self.description(&at)
            && !self.is_made_of(&read.value, &at, side)
        {
            describe(&mut read.value, &text);
        }
        Ok(read)
    }

    /// Whether a schema refers to the component that was made of what is at a pointer, and has its description.
    fn is_made_of(&self, schema: &Value, at: &str, side: Side) -> bool {
        let Some(name) = schema.get("$ref").and_then(|_| target(schema)) else { return false };
        self.components.get(&(at.to_owned(), side, None)).is_some_and(|made| made == name)
            || matches!(self.adapted.get(name), Some(Ok(component)) if component.origin == at)
    }

    fn at_target(&mut self, at: &str, side: Side, hint: &str) -> Result<Read> {
        self.check_only_3_1(at)?;
        let known = |value| Ok(Read { value, nullable: false });
        for key in ["oneOf", "anyOf"] {
            if self.count(&below(at, key)) > 0 && !self.only_constrains(at, key) {
                return self.choice(at, key, side, hint);
            }
        }
        if self.count(&below(at, "allOf")) > 0 {
            let parts = self.parts(at)?;
            if let [only] = parts.as_slice()
                && only != at
            {
                return self.schema(only, side, hint);
            }
        }
        if self.is_untyped(at) {
            self.report.note("a value of which nothing is described is read and sent as it is");
            return known(json!({"x-any": true}));
        }
        match self.kind(at)? {
            "object" if self.has_forms(at) => known(self.of_any_form("an object")),
            "object" if self.has_members(at) => {
                let extensions = self.extensions(at);
                match self.forms(at, &extensions) {
                    Some(forms) => Ok(self.choice_of(at, &forms, side, hint)),
                    None => known(reference(&self.component_of(at, side, hint, None))),
                }
            }
            "object" if self.is_free_form(at) => {
                self.report.note("an object whose members are not described is read and sent as it is");
                known(free_form())
            }
            "object" => known(self.map(at, side, hint)?),
            "array" => known(self.list(at, side, hint)?),
            kind => self.scalar(at, kind, hint),
        }
    }

    /// Refuses a schema that only OpenAPI 3.1 can say.
    pub(super) fn check_only_3_1(&self, at: &str) -> Result<()> {
        match ONLY_IN_3_1.iter().find(|key| self.get(&below(at, key)).is_some()) {
            Some(key) => {
                Refusal::err(at, Reason::Version, format!("`{key}` is of OpenAPI 3.1 and has no equal in 3.0"))
            }
            None => Ok(()),
        }
    }

    /// The type of the schema at a pointer, which is no `$ref`; said or to be seen from its keys.
    pub(super) fn kind(&self, at: &str) -> Result<&'static str> {
        let schema = self.get(at).and_then(Value::as_object);
        let Some(schema) = schema else { return Refusal::err(at, Reason::Untyped, "it is not a schema") };
        let words =
            || schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter(|word| !word.is_null());
        match schema.get("type") {
            Some(Value::String(kind)) => {
                let known = ["object", "array", "string", "integer", "number", "boolean"];
                match known.into_iter().find(|known| known == kind) {
                    Some(kind) => Ok(kind),
                    None => Refusal::err(at, Reason::Untyped, format!("the type `{kind}` is not of OpenAPI 3.0")),
                }
            }
            Some(_) => Refusal::err(at, Reason::Untyped, "`type` is not a word; a list of types is OpenAPI 3.1"),
            None if ["properties", "additionalProperties", "allOf"].iter().any(|key| schema.contains_key(*key)) => {
                Ok("object")
            }
            None if schema.contains_key("items") => Ok("array"),
            None if words().next().is_some() && words().all(Value::is_string) => Ok("string"),
            None => Refusal::err(at, Reason::Untyped, "the schema has no type, so that any value may stand there"),
        }
    }

    /// Whether a schema says nothing of the value, so that any may stand there.
    fn is_untyped(&self, at: &str) -> bool {
        const SAYS: &[&str] =
            &["type", "properties", "additionalProperties", "items", "enum", "allOf", "anyOf", "oneOf", "not", "$ref"];
        let schema = self.get(at).and_then(Value::as_object);
        schema.is_some_and(|schema| SAYS.iter().all(|key| !schema.contains_key(*key)))
    }

    /// The parts of `allOf`, and the schema itself, that say more than a description.
    fn parts(&self, at: &str) -> Result<Vec<String>> {
        const SAYS: &[&str] =
            &["type", "properties", "items", "enum", "allOf", "anyOf", "oneOf", "additionalProperties"];
        let mut parts = Vec::new();
        for index in 0..self.count(&below(at, "allOf")) {
            let part = format!("{at}/allOf/{index}");
            let target = self.resolve(&part)?;
            if SAYS.iter().any(|key| self.get(&below(&target, key)).is_some()) {
                parts.push(part);
            }
        }
        if self.get(&below(at, "properties")).is_some() {
            parts.push(at.to_owned());
        }
        Ok(parts)
    }

    fn has_members(&self, at: &str) -> bool {
        !self.keys(&below(at, "properties")).is_empty() || self.count(&below(at, "allOf")) > 0
    }

    /// Whether an object without described members is no map of something that is described.
    fn is_free_form(&self, at: &str) -> bool {
        !matches!(self.get(&below(at, "additionalProperties")), Some(Value::Object(values)) if !values.is_empty())
    }

    fn map(&mut self, at: &str, side: Side, hint: &str) -> Result<Value> {
        let values = below(at, "additionalProperties");
        let mut read = self.inside(&values, side, &format!("{hint}-value"))?;
        undescribed(&mut read);
        Ok(json!({"type": "object", "additionalProperties": read}))
    }

    fn list(&mut self, at: &str, side: Side, hint: &str) -> Result<Value> {
        let items = below(at, "items");
        if self.get(&items).is_none() {
            return Ok(json!({"type": "array", "items": {"x-any": true}}));
        }
        let read = self.inside(&items, side, &format!("{hint}-item"))?;
        Ok(json!({"type": "array", "items": read}))
    }

    /// What a list or map holds.
    fn inside(&mut self, pointer: &str, side: Side, hint: &str) -> Result<Value> {
        let read = self.schema(pointer, side, hint)?;
        if read.nullable && side == Side::Received {
            self.report.note("a `null` among the items of a list or map is left out, and counted");
        }
        Ok(read.value)
    }

    /// What the document says about the value at a pointer, with what is not checked.
    fn description(&mut self, at: &str) -> Option<String> {
        let text = self.text(&below(at, "description")).and_then(plain);
        let text = text.or_else(|| plain(self.text(&below(at, "title"))?));
        let said = self.said(at);
        match (text, said.is_empty()) {
            (text, true) => text,
            (text, false) => Some([text.unwrap_or_default(), said].join(" ").trim().to_owned()),
        }
    }

    /// The member, value of a map or parameter at a pointer: always described.
    pub(super) fn described(&mut self, pointer: &str, side: Side, hint: &str) -> Result<Read> {
        let mut read = self.schema(pointer, side, hint)?;
        if let Some(text) = self.text(&below(pointer, "description")).and_then(plain)
            && read.value.get("$ref").is_some()
        {
            describe(&mut read.value, &text);
        }
        undescribed(&mut read.value);
        Ok(read)
    }
}

/// An object whose members nobody describes.
pub(super) fn free_form() -> Value {
    json!({"type": "object", "additionalProperties": true})
}

/// Gives a schema a description; nothing may stand beside `$ref`.
fn describe(schema: &mut Value, text: &str) {
    if schema.get("$ref").is_some() {
        *schema = json!({"allOf": [schema.take()]});
    }
    schema["description"] = json!(text);
}

fn undescribed(schema: &mut Value) {
    if schema.get("$ref").is_none() && schema.get("description").is_none() {
        describe(schema, super::texts::UNDESCRIBED);
    }
}
