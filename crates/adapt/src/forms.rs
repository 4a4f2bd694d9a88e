//! Objects of one of several forms: what tells the forms apart, and the component that is made of them.

use std::collections::{BTreeMap, BTreeSet};

use gerbang_spec::naming::pascal;
use serde_json::{Map, Value, json};

use super::scalars::are_words;
use super::schemas::Read;
use super::texts::{UNDESCRIBED, plain};
use super::{Adapter, Component, SCHEMAS, Side, below, reference};

/// Forms that one of their members tells apart.
#[derive(Debug)]
pub(super) struct Forms {
    /// The member.
    tag: String,
    /// The forms by their words: where each is.
    words: BTreeMap<String, String>,
}

impl Adapter<'_> {
    /// The forms at these pointers, where a member of each tells them apart: the one that the document names, or one whose
    /// words are listed and differ from form to form.
    pub(super) fn forms(&self, at: &str, arms: &[String]) -> Option<Forms> {
        if arms.is_empty() || !arms.iter().all(|arm| self.is_plain_object(arm)) {
            return None;
        }
        let named = self.text(&below(&below(at, "discriminator"), "propertyName"));
        let words = |tag: &str| {
            let mapped = if named.is_some() { self.mapped(at, arms) } else { BTreeMap::new() };
            self.words_of(tag, arms, mapped, named.is_some())
        };
        let tags = match named {
            Some(tag) => vec![tag.to_owned()],
            None => {
                let mut members = self.member_names(&arms[0]);
                members.sort_by_key(|member| member != "type");
                members
            }
        };
        tags.into_iter().find_map(|tag| Some(Forms { words: words(&tag)?, tag }))
    }

    /// The objects that extend one whose `discriminator` says that they do.
    pub(super) fn extensions(&self, at: &str) -> Vec<String> {
        if self.get(&below(at, "discriminator")).is_none() {
            return Vec::new();
        }
        let mapping = below(&below(at, "discriminator"), "mapping");
        let mapped =
            self.keys(&mapping).into_iter().filter_map(|word| self.place_of(self.text(&below(&mapping, word))?));
        let mut found: Vec<_> = mapped.collect();
        if found.is_empty() {
            let components =
                self.keys("/components/schemas").into_iter().map(|name| below("/components/schemas", name));
            let extends = |component: &String| {
                (0..self.count(&below(component, "allOf")))
                    .any(|index| self.resolve(&format!("{component}/allOf/{index}")).is_ok_and(|part| part == at))
            };
            found.extend(components.filter(extends));
        }
        found.dedup();
        found
    }

    /// The component of the object at a pointer that is of one of several forms.
    pub(super) fn choice_of(&mut self, at: &str, forms: &Forms, side: Side, hint: &str) -> Read {
        let key = (at.to_owned(), side, None);
        if let Some(name) = self.components.get(&key) {
            return Read { value: reference(name), nullable: false };
        }
        self.report.note("an object of one of several forms became a choice");
        let name = self.name_component(at, side, hint);
        self.components.insert(key, name.clone());
        let (mut components, mut members, mut mapping) = (BTreeSet::new(), BTreeMap::new(), Map::new());
        for (word, place) in &forms.words {
            let form = self.component_of(place, side, &format!("{hint}-{word}"), Some(&forms.tag));
            mapping.insert(word.clone(), json!(format!("{SCHEMAS}{form}")));
            members.insert(form.clone(), place.clone());
            components.insert(form);
        }
        let text = self.text(&below(at, "description")).or(self.text(&below(at, "title")));
        let text = text.and_then(plain).unwrap_or_else(|| UNDESCRIBED.to_owned());
        let schema = json!({
            "description": text,
            "oneOf": components.iter().map(|form| reference(form)).collect::<Vec<_>>(),
            "discriminator": {"propertyName": forms.tag, "mapping": mapping},
        });
        self.adapted.insert(name.clone(), Ok(Component { schema, side, origin: at.to_owned(), members }));
        Read { value: reference(&name), nullable: false }
    }

    /// Whether an object is merged with a choice that says more than which members go together.
    pub(super) fn has_forms(&self, at: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![at.to_owned()];
        while let Some(part) = waiting.pop() {
            let Ok(at) = self.resolve(&part) else { return false };
            if !seen.insert(at.clone()) {
                continue;
            }
            if ["oneOf", "anyOf"].iter().any(|key| self.count(&below(&at, key)) > 0 && !self.says_nothing_new(&at, key))
            {
                return true;
            }
            waiting.extend((0..self.count(&below(&at, "allOf"))).map(|index| format!("{at}/allOf/{index}")));
        }
        false
    }

    fn is_plain_object(&self, at: &str) -> bool {
        self.kind(at).is_ok_and(|kind| kind == "object") && !self.member_names(at).is_empty() && !self.has_forms(at)
    }

    /// What the document's `mapping` says: the forms by their words.
    fn mapped(&self, at: &str, arms: &[String]) -> BTreeMap<String, String> {
        let mapping = below(&below(at, "discriminator"), "mapping");
        let words = self.keys(&mapping).into_iter();
        let mapped =
            words.filter_map(|word| Some((word.to_owned(), self.place_of(self.text(&below(&mapping, word))?)?)));
        mapped.filter(|(_, place)| arms.contains(place)).collect()
    }

    /// Where the target of a `mapping` is, which may be a component's bare name.
    fn place_of(&self, target: &str) -> Option<String> {
        let at = target.strip_prefix('#').map_or_else(|| below("/components/schemas", target), str::to_owned);
        self.get(&at)?;
        self.resolve(&at).ok()
    }

    /// Completes what is mapped: by the words that each form lists for the member, or, of a named one, by the form's own name.
    fn words_of(
        &self,
        tag: &str,
        arms: &[String],
        mut words: BTreeMap<String, String>,
        is_named: bool,
    ) -> Option<BTreeMap<String, String>> {
        for arm in arms {
            if words.values().any(|place| place == arm) {
                continue;
            }
            let mut listed = self.listed(arm, tag);
            if listed.is_empty() && is_named {
                listed.extend(arm.rsplit('/').next().map(str::to_owned));
            }
            if listed.is_empty() || listed.iter().any(|word| words.contains_key(word)) {
                return None;
            }
            words.extend(listed.into_iter().map(|word| (word, arm.clone())));
        }
        let all: Vec<_> = words.keys().cloned().collect();
        let is_unknown = |word: &String| pascal(word).is_some_and(|variant| variant == "Unknown");
        (are_words(&all) && !all.iter().any(is_unknown)).then_some(words)
    }

    /// The words that a form lists for a member.
    fn listed(&self, form: &str, member: &str) -> Vec<String> {
        let place = self.member_place(form, member).and_then(|place| self.resolve(&place).ok());
        let listed = place.and_then(|place| self.get(&below(&place, "enum"))?.as_array().cloned());
        // A sentence is no word.
        let words = listed.unwrap_or_default().into_iter().map(|word| match word {
            Value::String(word) if !word.contains(char::is_whitespace) => Some(word),
            _ => None,
        });
        words.collect::<Option<_>>().unwrap_or_default()
    }

    /// The names of an object's members, those of the parts of `allOf` too.
    fn member_names(&self, at: &str) -> Vec<String> {
        let parts = self.parts_of(at).into_iter();
        parts.flat_map(|part| self.keys(&below(&part, "properties"))).map(str::to_owned).collect()
    }

    /// Where an object's member is; the last part of an `allOf` counts.
    fn member_place(&self, at: &str, member: &str) -> Option<String> {
        let mut places = self.parts_of(at).into_iter().rev().map(|part| below(&below(&part, "properties"), member));
        places.find(|place| self.get(place).is_some())
    }

    /// An object and the parts of its `allOf`, the parts first.
    fn parts_of(&self, at: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut waiting = vec![at.to_owned()];
        while let Some(part) = waiting.pop() {
            let Some(at) = self.resolve(&part).ok().filter(|at| !found.contains(at)) else { continue };
            waiting.extend((0..self.count(&below(&at, "allOf"))).map(|index| format!("{at}/allOf/{index}")));
            found.push(at);
        }
        found.reverse();
        found
    }
}
