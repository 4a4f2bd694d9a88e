//! JSON of requests, read strictly: no member twice, none that is not known, nothing of another type. No error shows a value.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{Detail, Form, Problem};

/// Reads an object in which no member comes twice, at any depth.
pub fn object(body: &[u8]) -> Result<Members, Problem> {
    match serde_json::from_slice::<Strict>(body) {
        Ok(Strict(Value::Object(members))) => Ok(Members { members, known: Vec::new(), path: String::new() }),
        Ok(_) => Err(Problem::invalid(Detail::NotAnObject)),
        Err(error) if error.is_data() => Err(Problem::invalid(Detail::MemberTwice)),
        Err(error) => Err(Problem::invalid(Detail::NotJson(error.line(), error.column()))),
    }
}

/// Reads the body of a call that needs none: it is empty, or an object without members.
pub fn nothing(body: &[u8]) -> Result<(), Problem> {
    if body.is_empty() { Ok(()) } else { object(body)?.end() }
}

/// The members of an object, taken one by one. `null` is the same as none.
pub struct Members {
    members: Map<String, Value>,
    known: Vec<&'static str>,
    path: String,
}

impl Members {
    /// All that is there, in an order and a form that do not depend on how it was written; `null` is left out.
    pub fn canonical(&self) -> String {
        canonical(&Value::Object(self.members.clone()))
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, form: Form) -> Problem {
        Problem::must_be(format!("{}{name}", self.path), form)
    }

    /// A text of at most so many characters, none of them a control character.
    pub fn text(&mut self, name: &'static str, longest: usize) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if is_plain(&text, longest) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, Form::Text(longest))),
        }
    }

    /// A whole number from 1 to `most`.
    pub fn whole(&mut self, name: &'static str, form: fn(u64) -> Form, most: u64) -> Result<Option<u64>, Problem> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match value.as_u64().filter(|number| (1..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(name, form(most))),
        }
    }

    /// An object.
    pub fn object(&mut self, name: &'static str) -> Result<Option<Members>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(members)) => {
                Ok(Some(Members { members, known: Vec::new(), path: format!("{}{name}.", self.path) }))
            }
            Some(_) => Err(self.wrong(name, Form::Object)),
        }
    }

    /// An object of the caller's own, as text of at most so many bytes.
    pub fn own(&mut self, name: &'static str, longest: usize) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(value @ Value::Object(_)) => match value.to_string() {
                text if text.len() <= longest => Ok(Some(text)),
                _ => Err(self.wrong(name, Form::ObjectOf(longest))),
            },
            Some(_) => Err(self.wrong(name, Form::Object)),
        }
    }

    /// Nothing else is there.
    pub fn end(self) -> Result<(), Problem> {
        let Some(name) = self.members.keys().next() else { return Ok(()) };
        // What is no name may be anything, such as a customer's data.
        let is_name = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let named = if is_name { format!("{}{name}", self.path) } else { format!("{}?", self.path) };
        Err(Problem::invalid(Detail::UnknownMember(named, self.known.join(", "))))
    }
}

/// A member that must be there.
pub fn required<T>(value: Option<T>, name: &str) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::invalid(Detail::Missing(name.to_owned())))
}

fn is_plain(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            members.sort_by_key(|(name, _)| *name);
            let member =
                |(name, value): &(&String, &Value)| format!("{}:{}", Value::from(name.as_str()), canonical(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

/// A value in which no object has a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = map.next_entry::<String, _>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member comes twice"));
            }
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(body: &str) -> String {
        let problem = object(body.as_bytes()).err().map(|problem| problem.to_string());
        problem.unwrap_or_default()
    }

    #[test]
    fn member_that_comes_twice_is_refused_at_any_depth() {
        for body in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"b":2}]}"#, r#"{"a":1,"\u0061":1}"#]
        {
            assert!(detail(body).contains("twice"), "{body}");
        }
        for body in ["", "{", "NaN", r#"{"a":NaN}"#, r#"{"a":Infinity}"#, r#"{"a":01}"#, "{} {}", "\u{feff}{}"] {
            assert!(detail(body).contains("no JSON"), "{body}");
        }
        assert!(detail("[1]").contains("object") && detail(r#"{"a":[{"b":1},{"b":2}]}"#).is_empty());
    }

    #[test]
    fn amounts_are_whole_numbers() {
        let read = |value: &str| {
            object(format!(r#"{{"amount":{value}}}"#).as_bytes()).unwrap().whole("amount", Form::Rupiah, 1 << 60)
        };
        assert_eq!(read("10000").unwrap(), Some(10_000));
        assert_eq!(read("null").unwrap(), None);
        for wrong in ["10000.0", "1e4", "\"10000\"", "0", "-1", "1.5", "true", "[1]", "{}", "18446744073709551616"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn content_does_not_depend_on_how_it_is_written() {
        let canonical = |body: &str| object(body.as_bytes()).unwrap().canonical();
        assert_eq!(
            canonical(r#"{ "b": {"y": [1, null], "x": "ä"}, "a": 1, "c": null }"#),
            r#"{"a":1,"b":{"x":"ä","y":[1,null]}}"#
        );
        assert_eq!(canonical(r#"{"b":"\u00e4"}"#), canonical(r#"{"b":"ä"}"#));
        assert_ne!(canonical(r#"{"a":"1"}"#), canonical(r#"{"a":1}"#));
    }

    #[test]
    fn no_error_shows_a_value() {
        let mut members = object(br#"{"name":"CANARY\n","a@CANARY.example":1}"#).unwrap();
        let wrong = members.text("name", 9).unwrap_err();
        assert!(!format!("{wrong:?} {:?}", members.end().unwrap_err()).contains("CANARY"));
    }
}
