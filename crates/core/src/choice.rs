use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::body::read_json;

/// An object of one of several forms, before it is read as the one that one of its members names. For generated code.
#[derive(Debug)]
pub struct Choice {
    json: Box<RawValue>,
    word: Option<String>,
}

impl Choice {
    /// Reads an object; its member `tag` names the form.
    ///
    /// # Errors
    ///
    /// When the value is no object, or has the member twice.
    pub fn read<'de, D: Deserializer<'de>>(tag: &'static str, deserializer: D) -> Result<Self, D::Error> {
        let json = <Box<RawValue> as de::Deserialize>::deserialize(deserializer)?;
        let mut parser = serde_json::Deserializer::from_str(json.get());
        let word = Tag(tag).deserialize(&mut parser).map_err(de::Error::custom)?;
        Ok(Self { json, word })
    }

    /// The word among these that names the form. As those of [`Open`](crate::Open), words are compared without regard to case
    /// and to the white space around them.
    pub fn one_of(&self, words: &[&'static str]) -> Option<&'static str> {
        let word = self.word.as_deref()?.trim();
        words.iter().copied().find(|known| known.eq_ignore_ascii_case(word))
    }

    /// The object as this form.
    ///
    /// # Errors
    ///
    /// When it cannot be read as one.
    pub fn get<T: DeserializeOwned, E: de::Error>(&self) -> Result<T, E> {
        read_json(self.json.get()).map_err(E::custom)
    }

    /// The error of a form that is none of those that there are.
    pub fn unknown<E: de::Error>(&self) -> E {
        E::custom("the form of an object is none of those that are known")
    }
}

/// Finds the word in a member of this name.
#[derive(Clone, Copy)]
struct Tag(&'static str);

impl<'de> DeserializeSeed<'de> for Tag {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Tag {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name != self.0 {
                map.next_value::<IgnoredAny>()?;
            } else if found.replace(map.next_value::<Value>()?).is_some() {
                return Err(de::Error::custom("the member that names the form of an object occurs twice"));
            }
        }
        Ok(match found {
            Some(Value::String(word)) => Some(word),
            Some(word @ (Value::Number(_) | Value::Bool(_))) => Some(word.to_string()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> serde_json::Result<Choice> {
        Choice::read("type", &mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn word_is_found_wherever_it_stands() {
        for (json, word) in [
            (r#"{"type":"card","a":1}"#, Some("card")),
            (r#"{"a":{"type":"bank"},"type":" CARD "}"#, Some("card")),
            (r#"{"type":7}"#, Some("7")),
            (r#"{"type":true}"#, Some("true")),
            (r#"{"type":"cash"}"#, None),
            (r#"{"type":null}"#, None),
            (r#"{"type":["card"]}"#, None),
            ("{}", None),
        ] {
            assert_eq!(read(json).unwrap().one_of(&["bank", "card", "7", "true"]), word, "{json}");
        }
    }

    #[test]
    fn object_is_kept_digit_for_digit() {
        let choice = read(r#"{"type":"card","amount":10.50}"#).unwrap();
        let form = choice.get::<std::collections::BTreeMap<String, Box<RawValue>>, serde_json::Error>().unwrap();
        assert_eq!(form["amount"].get(), "10.50");
        assert!(choice.get::<Vec<u8>, serde_json::Error>().is_err());
    }

    #[test]
    fn what_is_no_object_or_names_two_forms_is_refused() {
        for json in [r#"["card"]"#, r#""card""#, "null", "1", r#"{"type":"card","type":"bank"}"#] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
