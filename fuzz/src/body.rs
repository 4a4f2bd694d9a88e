//! A notification's body read without the client's types: what the readers of notifications are compared with.

use std::fmt;

use gerbang_core::Rupiah;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::decimal::Decimal;

/// The members of a JSON object, each as it is written.
#[derive(Debug)]
pub struct Body(Vec<(String, Box<RawValue>)>);

impl Body {
    /// Reads a body that the client has read.
    ///
    /// # Panics
    ///
    /// When it is no JSON object: the client should have refused it.
    pub fn read(body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        // The client does not look at members that it does not know, and their bytes need not be text.
        Self::try_read(&String::from_utf8_lossy(body)).expect("what was read is a JSON object")
    }

    /// Reads a body; none when it is no JSON object.
    pub fn try_read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// The only member of this name.
    ///
    /// # Panics
    ///
    /// When there are two: which of them counts cannot be known, so the client should have refused it.
    fn one(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter().filter(|(member, _)| member == name);
        let first = all.next().map(|(_, value)| value.get());
        assert!(all.next().is_none(), "`{name}` occurs twice");
        first
    }

    fn value(&self, name: &str) -> Value {
        self.one(name).map_or(Value::Null, |value| serde_json::from_str(value).expect("what was read is JSON"))
    }

    /// Whether the member is missing or `null`.
    pub fn is_none(&self, name: &str) -> bool {
        self.one(name).is_none_or(|value| value == "null")
    }

    /// Whether the member is this boolean.
    pub fn is_bool(&self, name: &str, wanted: bool) -> bool {
        self.one(name) == Some(if wanted { "true" } else { "false" })
    }

    /// Whether the member is one of these words, in any letter case.
    pub fn is_word(&self, name: &str, words: &[&str]) -> bool {
        self.value(name).as_str().is_some_and(|text| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word)))
    }

    /// Checks that a name was read as it is written.
    ///
    /// # Panics
    ///
    /// When it was not.
    pub fn check_name(&self, name: &str, read: Option<&str>) {
        let written = match self.value(name) {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null => None,
            other => panic!("`{name}` was read from {other}"),
        };
        assert_eq!(read, written.as_deref(), "`{name}`");
    }

    /// Checks that an amount was read exactly.
    ///
    /// # Panics
    ///
    /// When it was not.
    pub fn check_amount(&self, name: &str, read: Option<Rupiah>) {
        let Some(read) = read else {
            return assert!(self.is_none(name) || self.is_word(name, &["", "-"]), "`{name}` was not read");
        };
        let written = self.one(name).expect("an amount was read");
        let exact = match serde_json::from_str(written).expect("what was read is JSON") {
            Value::String(text) => Decimal::read_digits(text.trim_ascii()).is_some_and(|exact| exact.is(read.get())),
            Value::Number(_) if written.contains(['.', 'e', 'E']) => {
                Decimal::read(written).is_some_and(|exact| exact.is_within_a_thousandth_of(read.get()))
            }
            Value::Number(_) => Decimal::read(written).is_some_and(|exact| exact.is(read.get())),
            _ => false,
        };
        assert!(exact, "`{name}` is {written} and was read as {read}");
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Body;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Body, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Body(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
