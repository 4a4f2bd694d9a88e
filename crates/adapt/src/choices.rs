//! `anyOf` and `oneOf`: by the one reading that is safe, or as they are.

use gerbang_spec::format::Format;
use serde_json::{Value, json};

use super::scalars::are_words;
use super::schemas::{Read, free_form};
use super::texts::plain;
use super::{Adapter, Result, Side, below, reference};

/// How deep choices stand in each other.
const DEEPEST: usize = 8;

impl Adapter<'_> {
    /// Whether the forms of a choice only say which members go together.
    pub(super) fn only_constrains(&self, at: &str, key: &str) -> bool {
        let has_members = ["properties", "allOf"].iter().any(|key| self.get(&below(at, key)).is_some());
        has_members
            && (0..self.count(&below(at, key))).all(|index| {
                let keys = self.keys(&format!("{at}/{key}/{index}"));
                keys.iter().all(|key| ["required", "not", "title", "description"].contains(key))
            })
    }

    /// Whether a choice only says which members go together, or which of them are required.
    pub(super) fn says_nothing_new(&self, at: &str, key: &str) -> bool {
        let only_requires = |index| self.keys(&format!("{at}/{key}/{index}")).iter().all(|key| *key == "required");
        self.only_constrains(at, key) || (0..self.count(&below(at, key))).all(only_requires)
    }

    /// The one reading of a choice: of the only form there is, of all scalars, by the member that tells objects apart, or as
    /// it is.
    pub(super) fn choice(&mut self, at: &str, key: &str, side: Side, hint: &str) -> Result<Read> {
        let mut nullable = false;
        let mut arms: Vec<String> = Vec::new();
        for index in 0..self.count(&below(at, key)) {
            let arm = self.resolve(&format!("{at}/{key}/{index}"))?;
            match self.get(&arm) {
                Some(schema) if is_null(schema) => nullable = true,
                Some(schema) if side == Side::Sent && is_blank(schema) => {
                    self.report.note("an empty text that takes a value away cannot be sent");
                }
                _ if arms.contains(&arm) => {}
                _ => arms.push(arm),
            }
        }
        if self.get(&below(at, "properties")).is_some() {
            return Ok(Read { value: self.of_any_form("an object with members of its own"), nullable });
        }
        if let [only] = arms.as_slice() {
            let mut read = self.schema(&only.clone(), side, hint)?;
            read.nullable |= nullable;
            return Ok(read);
        }
        let is_nullable = |arm: &String| self.get(&below(arm, "nullable")) == Some(&Value::Bool(true));
        let nullable = nullable || arms.iter().any(is_nullable);
        if let Some(value) = self.scalars_of(&arms, side, hint, at) {
            self.report.note(format!("an `{key}` of scalars is read as one"));
            return Ok(Read { value, nullable });
        }
        if let Some(forms) = self.forms(at, &arms) {
            return Ok(Read { nullable, ..self.choice_of(at, &forms, side, hint) });
        }
        let value = match arms.iter().all(|arm| self.is_object(arm, 0)) {
            true => self.of_any_form("an object"),
            false => {
                self.report.note("a value of one of several types is read and sent as it is");
                json!({"x-any": true})
            }
        };
        Ok(Read { value, nullable })
    }

    /// Whether a value is an object, whichever form of it comes.
    pub(super) fn is_object(&self, at: &str, depth: usize) -> bool {
        let Ok(at) = self.resolve(at) else { return false };
        let forms = ["oneOf", "anyOf"].into_iter().flat_map(|key| {
            let forms = below(&at, key);
            (0..self.count(&forms)).map(move |index| format!("{forms}/{index}"))
        });
        let forms: Vec<_> = forms.collect();
        match self.kind(&at) {
            Ok(kind) => kind == "object",
            Err(_) => depth < DEEPEST && !forms.is_empty() && forms.iter().all(|form| self.is_object(form, depth + 1)),
        }
    }

    /// The schema of an object whose forms nothing tells apart.
    pub(super) fn of_any_form(&mut self, what: &str) -> Value {
        self.report
            .note(format!("{what} of one of several forms that no member tells apart is read and sent as it is"));
        free_form()
    }

    /// The schema that reads every one of some texts, numbers and truth values.
    fn scalars_of(&mut self, arms: &[String], side: Side, hint: &str, at: &str) -> Option<Value> {
        let kinds: Vec<_> = arms.iter().map(|arm| self.kind(arm)).collect::<Result<_>>().ok()?;
        let choices = |arm: &String| ["oneOf", "anyOf", "allOf"].iter().any(|key| self.get(&below(arm, key)).is_some());
        if arms.is_empty() || arms.iter().any(choices) {
            return None;
        }
        let words: Vec<_> = arms.iter().map(|arm| self.get(&below(arm, "enum")).and_then(Value::as_array)).collect();
        let is_truth = |word: &Value| ["0", "1", "true", "false"].contains(&word.to_string().trim_matches('"'));
        let only = |allowed: &[&str]| kinds.iter().all(|kind| allowed.contains(kind));
        if only(&["string"]) {
            let all: Option<Vec<_>> = words.into_iter().collect();
            let mut listed: Vec<String> = Vec::new();
            for word in all.unwrap_or_default().into_iter().flatten().filter_map(Value::as_str) {
                if !listed.iter().any(|known| known == word) {
                    listed.push(word.to_owned());
                }
            }
            if are_words(&listed) {
                let text = self.text(&below(at, "description")).and_then(plain);
                return Some(reference(&self.word_set(hint, listed, text, at)));
            }
            return Some(json!({"type": "string"}));
        }
        if only(&["integer"]) {
            return Some(json!({"type": "integer", "format": Format::Int64.name()}));
        }
        if only(&["string", "integer"]) {
            return Some(json!({"type": "string", "format": Format::Identifier.name()}));
        }
        if side == Side::Received && only(&["string", "integer", "number"]) {
            return Some(json!({"type": "string", "format": Format::Decimal.name()}));
        }
        let truths = kinds.iter().zip(&words).all(|(kind, words)| {
            *kind == "boolean" || words.is_some_and(|words| !words.is_empty() && words.iter().all(is_truth))
        });
        (only(&["boolean", "string", "integer"]) && truths)
            .then(|| json!({"type": "string", "format": Format::Flag.name()}))
    }
}

/// A form that is `null` and nothing else.
fn is_null(schema: &Value) -> bool {
    let words = schema.get("enum").and_then(Value::as_array);
    schema.get("type") == Some(&json!("null"))
        || words.is_some_and(|words| !words.is_empty() && words.iter().all(Value::is_null))
        || schema.as_object().is_some_and(|schema| schema.len() == 1 && schema.contains_key("nullable"))
}

/// A form that is an empty text and nothing else.
fn is_blank(schema: &Value) -> bool {
    schema.get("enum") == Some(&json!([""])) || schema.get("maxLength") == Some(&json!(0))
}
