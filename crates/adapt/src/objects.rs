//! Objects: their members, merged from all parts of `allOf`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::refusal::Loss;
use super::texts::{UNDESCRIBED, plain};
use super::{Adapter, Component, Reason, Refusal, Result, Side, below, target};

/// The members of an object and of all parts that it is merged from.
#[derive(Debug, Default)]
struct Members {
    /// Where each is, in order of the first mention.
    places: Vec<(String, String)>,
    required: BTreeSet<String>,
    seen: BTreeSet<String>,
    /// The parts that are being merged, each a part of the one before it.
    outer: Vec<String>,
}

impl Adapter<'_> {
    /// The component of the object at a pointer. `tag` is the member that names it among other forms.
    pub(super) fn object(&mut self, pointer: &str, side: Side, name: &str, tag: Option<&str>) -> Result<Component> {
        let mut members = Members::default();
        self.merge(pointer, &mut members)?;
        let is_body = self.bodies.contains_key(name);
        let is_form = self.bodies.get(name) == Some(&true);
        let mut properties = Map::new();
        let mut origins = BTreeMap::new();
        let mut required = Vec::new();
        let mut refused = None;
        for (member, at) in members.places.iter().filter(|(member, _)| tag != Some(member.as_str())) {
            let must = members.required.contains(member);
            if self.is_hidden(at, side)? {
                continue;
            }
            let read = self.described(at, side, &format!("{name}-{member}"));
            let read = read.and_then(|read| match is_form && self.is_nested(&read.value) {
                true => Refusal::err(at, Reason::NestedForm, "a form cannot carry a list or an object"),
                false => Ok(read),
            });
            match read {
                Ok(mut read) => {
                    if must && !(read.nullable && side == Side::Received) {
                        required.push(member.clone());
                    } else if must {
                        self.report.note("what may be `null` is not required");
                    }
                    if is_body && pointer.starts_with("/paths/") {
                        self.limit(at, &mut read.value);
                    }
                    properties.insert(member.clone(), read.value);
                    origins.insert(member.clone(), at.clone());
                }
                Err(refusal) if must && side == Side::Sent => return Err(refusal.at(at)),
                Err(refusal) => {
                    self.report.lose(self.source, name, Loss::Member, &refusal.at(at));
                    refused = Some(refusal.at(pointer));
                }
            }
        }
        if let Some(tag) = tag {
            properties.insert(tag.to_owned(), json!({"type": "string", "description": "The word of this form."}));
            required.push(tag.to_owned());
        }
        if properties.is_empty() {
            let nothing = || Refusal::new(pointer, Reason::FreeForm, "an object without members");
            return Err(refused.unwrap_or_else(nothing));
        }
        let text = self.text(&below(pointer, "description")).or(self.text(&below(pointer, "title")));
        let text = text.and_then(plain).unwrap_or_else(|| UNDESCRIBED.to_owned());
        let mut schema = json!({"type": "object", "description": text, "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        Ok(Component { schema, side, origin: pointer.to_owned(), members: origins })
    }

    fn merge(&mut self, pointer: &str, members: &mut Members) -> Result<()> {
        let at = self.resolve(pointer)?;
        if members.outer.contains(&at) {
            return Refusal::err(
                pointer,
                Reason::Recursion,
                "an `allOf` that leads to itself has no members of its own",
            );
        }
        if !members.seen.insert(at.clone()) {
            return Ok(());
        }
        members.outer.push(at.clone());
        for index in 0..self.count(&below(&at, "allOf")) {
            self.merge(&format!("{at}/allOf/{index}"), members)?;
        }
        members.outer.pop();
        for key in ["oneOf", "anyOf"] {
            // What is merged with forms of its own is read as it is, and no component.
            if self.count(&below(&at, key)) > 0 {
                self.report.note(format!("an `{key}` that only says which members go together was dropped"));
            }
        }
        self.check_only_3_1(&at)?;
        let kind = self.text(&below(&at, "type"));
        if let Some(kind) = kind.filter(|kind| *kind != "object") {
            return Refusal::err(&at, Reason::Merge, format!("a part of `allOf` is of the type `{kind}`"));
        }
        if !members.places.is_empty() && self.get(&below(&at, "properties")).is_some() {
            self.report.note("the parts of an `allOf` were merged");
        }
        let more = self.get(&below(&at, "additionalProperties"));
        if more.is_some_and(|more| *more != Value::Bool(false)) && self.get(&below(&at, "properties")).is_some() {
            self.report.note("members that are not described are not read");
        }
        let required = self.get(&below(&at, "required")).and_then(Value::as_array);
        members.required.extend(required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        let properties = below(&at, "properties");
        for name in self.keys(&properties) {
            let place = below(&properties, name);
            match members.places.iter().position(|(known, _)| known == name) {
                None => members.places.push((name.to_owned(), place)),
                Some(known) => {
                    let (old, new) = (self.resolve(&members.places[known].1)?, self.resolve(&place)?);
                    if self.get(&old) != self.get(&new) && self.kind(&old).ok() != self.kind(&new).ok() {
                        let message = format!("`{name}` has different types in the parts of `allOf`");
                        return Refusal::err(&place, Reason::Merge, message);
                    }
                    members.places[known].1 = place;
                }
            }
        }
        Ok(())
    }

    /// What is only received is not sent, and the other way round.
    fn is_hidden(&mut self, at: &str, side: Side) -> Result<bool> {
        let key = if side == Side::Sent { "readOnly" } else { "writeOnly" };
        // A broken reference is refused where the member is read.
        let Ok(target) = self.resolve(at) else { return Ok(false) };
        let hidden = self.get(&below(&target, key)) == Some(&Value::Bool(true));
        if hidden {
            self.report.note(format!("a `{key}` member is on the other side only"));
        }
        Ok(hidden)
    }

    /// Whether a schema is a list, a map or an object, but not a word of a set.
    pub(super) fn is_nested(&self, schema: &Value) -> bool {
        matches!(schema["type"].as_str(), Some("array" | "object"))
            || schema["x-any"] == true
            || target(schema).is_some_and(|name| !self.is_word_set(name))
    }

    /// Whether a component is a set of words.
    pub(super) fn is_word_set(&self, name: &str) -> bool {
        self.words.values().any(|words| words == name)
    }
}
