//! `anyOf` and `oneOf`: only where one reading is safe.

use gerbang_spec::format::Format;
use serde_json::{Value, json};

use super::scalars::are_words;
use super::schemas::Read;
use super::texts::plain;
use super::{Adapter, Reason, Refusal, Result, Side, below, reference};

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

    /// The one reading of a choice.
    pub(super) fn choice(&mut self, at: &str, key: &str, side: Side, hint: &str) -> Result<Read> {
        if self.get(&below(at, "properties")).is_some() {
            return Refusal::err(at, Reason::Choice, format!("an object with members of its own and `{key}`"));
        }
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
        if let [only] = arms.as_slice() {
            let mut read = self.schema(&only.clone(), side, hint)?;
            read.nullable |= nullable;
            return Ok(read);
        }
        let value = self.scalars_of(&arms, side, hint, at);
        let Some(value) = value else {
            let forms = arms.len();
            return Refusal::err(at, Reason::Choice, format!("`{key}` of {forms} forms has no one safe reading"));
        };
        self.report.note(format!("an `{key}` of scalars is read as one"));
        let nullable = nullable || arms.iter().any(|arm| self.get(&below(arm, "nullable")) == Some(&Value::Bool(true)));
        Ok(Read { value, nullable })
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
