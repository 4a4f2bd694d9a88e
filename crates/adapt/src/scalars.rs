//! Texts, numbers and words.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::schemas::Read;
use super::texts::{UNDESCRIBED, plain};
use super::{Adapter, Component, Result, Side, below, reference};
use gerbang_spec::format::Format;
use gerbang_spec::naming::pascal;

impl Adapter<'_> {
    /// A text, number or truth value.
    pub(super) fn scalar(&mut self, at: &str, kind: &str, hint: &str) -> Result<Read> {
        let format = self.text(&below(at, "format")).unwrap_or_default();
        let listed = self.get(&below(at, "enum")).and_then(Value::as_array).cloned().unwrap_or_default();
        let nullable = listed.iter().any(Value::is_null);
        let mut value = match kind {
            "boolean" => json!({"type": "boolean"}),
            "integer" => json!({"type": "integer", "format": self.whole(format)}),
            "number" if is_taken_over(format, "integer") || self.is_whole_multiple(at) => {
                self.report.note("a `number` that is always whole is an integer");
                json!({"type": "integer", "format": self.whole(format)})
            }
            "number" => json!({"type": "number", "format": Format::Decimal.name()}),
            _ => {
                let words: Vec<_> = listed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                if are_words(&words) {
                    let text = self.text(&below(at, "description")).and_then(plain);
                    let name = self.word_set(hint, words, text, at);
                    return Ok(Read { value: reference(&name), nullable });
                }
                self.text_of(format)
            }
        };
        if let Some(example) =
            self.get(&below(at, "example")).filter(|example| super::examples::is_of_type(&value, example))
        {
            value["example"] = example.clone();
        }
        Ok(Read { value, nullable })
    }

    fn whole<'f>(&mut self, format: &'f str) -> &'f str {
        if is_taken_over(format, "integer") {
            return format;
        }
        if !format.is_empty() {
            self.report.note(format!("the format `{format}` of integers became `int64`"));
        }
        Format::Int64.name()
    }

    fn is_whole_multiple(&self, at: &str) -> bool {
        self.get(&below(at, "multipleOf"))
            .is_some_and(|step| step.as_f64().is_some_and(|step| step >= 1.0 && step.fract() == 0.0))
    }

    fn text_of(&mut self, format: &str) -> Value {
        match format {
            "" => json!({"type": "string"}),
            format if is_taken_over(format, "string") => json!({"type": "string", "format": format}),
            other => {
                self.report.note(format!("the format `{other}` of strings was dropped"));
                json!({"type": "string"})
            }
        }
    }

    /// The component of a set of words, which other sets of the same name and words share.
    pub(super) fn word_set(&mut self, hint: &str, words: Vec<String>, text: Option<String>, at: &str) -> String {
        self.report.note("a closed `enum` became an open set of words");
        let key = (hint.rsplit('-').next().unwrap_or(hint).to_owned(), words.clone());
        if let Some(name) = self.words.get(&key) {
            return name.clone();
        }
        let name = self.names.component(hint, Side::Received);
        let text = text.unwrap_or_else(|| UNDESCRIBED.to_owned());
        let schema = json!({"type": "string", "x-extensible-enum": words, "description": text});
        let component = Component { schema, side: Side::Received, origin: at.to_owned(), members: Default::default() };
        self.adapted.insert(name.clone(), Ok(component));
        self.words.insert(key, name.clone());
        name
    }

    /// What the document says about a value that no client checks, as a sentence.
    pub(super) fn said(&mut self, at: &str) -> String {
        const LIMITS: &[(&str, &str)] = &[
            ("minimum", "At least"),
            ("maximum", "At most"),
            ("minLength", "Least number of characters:"),
            ("maxLength", "Greatest number of characters:"),
            ("minItems", "Least number of items:"),
            ("maxItems", "Greatest number of items:"),
            ("multipleOf", "A multiple of"),
            ("pattern", "Pattern:"),
            ("default", "Default:"),
        ];
        let mut said = Vec::new();
        for (key, words) in LIMITS {
            if let Some(value) = self.get(&below(at, key)).filter(|value| !value.is_object() && !value.is_array()) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let text = text.replace(['`', '\n'], " ");
                if !text.trim().is_empty() {
                    said.push(format!("{words} `{}`.", text.trim()));
                    self.report.note(format!("`{key}` is said in the description"));
                }
            }
        }
        let listed = self.get(&below(at, "enum")).and_then(Value::as_array);
        if let Some(listed) = listed.filter(|listed| {
            !are_words(&listed.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        }) {
            let words: Vec<_> = listed.iter().map(|word| format!("`{}`", word.to_string().replace('`', " "))).collect();
            said.push(format!("One of {}.", words.join(", ")));
            self.report.note("an `enum` that gives no names is said in the description");
        }
        if self.get(&below(at, "deprecated")) == Some(&Value::Bool(true)) {
            said.push("Deprecated.".to_owned());
            self.report.note("`deprecated` is said in the description");
        }
        said.join(" ")
    }
}

/// Whether a format of the document is kept on a type.
fn is_taken_over(format: &str, kind: &str) -> bool {
    Format::named(format).is_some_and(|format| format.is_common() && format.types().contains(&kind))
}

/// Whether words can be the variants of a type.
pub(super) fn are_words(words: &[String]) -> bool {
    let names: BTreeSet<_> = words.iter().filter_map(|word| pascal(word)).map(|name| name.to_string()).collect();
    let lower: BTreeSet<_> = words.iter().map(|word| word.to_lowercase()).collect();
    !words.is_empty() && names.len() == words.len() && lower.len() == words.len()
}
