//! A JSON reply taken apart at its top level: the flag, the text, the payload. The payload is parsed once, by its own type.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use gerbang_core::operation::{Envelope, FlagValue, Operation};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The top-level members of a reply.
#[derive(Debug, Default)]
pub(crate) struct Members<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Their names, once there are more than a [`FEW`].
    names: HashSet<Cow<'a, str>>,
}

/// What the flag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    Success,
    Failure,
    Missing,
    /// It has a value that the spec does not know.
    Unknown,
}

impl<'a> Members<'a> {
    /// Reads the top level of an object. A duplicate name is an error: which of the two counts cannot be known.
    pub(crate) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Adds a member. A duplicate name is an error.
    pub(crate) fn add<E: de::Error>(&mut self, name: Cow<'a, str>, value: &'a RawValue) -> Result<(), E> {
        let is_new = if self.members.len() < FEW {
            self.members.iter().all(|(member, _)| *member != name)
        } else {
            if self.names.is_empty() {
                self.names.extend(self.members.iter().map(|(member, _)| member.clone()));
            }
            self.names.insert(name.clone())
        };
        if !is_new {
            return Err(E::custom("a member occurs twice"));
        }
        self.members.push((name, value));
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| *value)
    }

    /// The value of a member that is there and not `null`.
    fn some(&self, name: &str) -> Option<&'a RawValue> {
        self.get(name).filter(|value| value.get() != "null")
    }

    /// Whether one of these members is there and not `null`.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.some(name).is_some())
    }

    /// What the envelope's flag says. Where it has several names, all must say success.
    pub(crate) fn flag(&self, envelope: &Envelope) -> Flag {
        let values = envelope.flag.iter().filter_map(|name| self.some(name));
        if envelope.error.iter().filter_map(|name| self.some(name)).any(|value| !is_nothing(value)) {
            return Flag::Failure;
        }
        let said = values.map(|value| Self::says(value, envelope)).reduce(|one, other| match (one, other) {
            (Flag::Failure, _) | (_, Flag::Failure) => Flag::Failure,
            (Flag::Success, Flag::Success) => Flag::Success,
            _ => Flag::Unknown,
        });
        let is_optional = envelope.flag.is_empty() || envelope.flag_optional;
        said.unwrap_or(if is_optional { Flag::Success } else { Flag::Missing })
    }

    /// What the flag says where it occurs once.
    fn says(value: &RawValue, envelope: &Envelope) -> Flag {
        let word: Result<Cow<'_, str>, _> = serde_json::from_str(value.get());
        let is_one_of = |wanted: &[FlagValue]| {
            wanted.iter().any(|wanted| match (wanted, &word) {
                (FlagValue::Bool(wanted), _) => value.get() == if *wanted { "true" } else { "false" },
                (FlagValue::Word(wanted), Ok(word)) => word.trim().eq_ignore_ascii_case(wanted),
                (FlagValue::Word(_), Err(_)) => false,
            })
        };
        match (is_one_of(envelope.success), is_one_of(envelope.failure)) {
            (true, false) => Flag::Success,
            (false, true) => Flag::Failure,
            _ => Flag::Unknown,
        }
    }

    /// The provider's text or code: the first of these members that is a string or a number.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().filter_map(|name| self.some(name)).find_map(|value| {
            match serde_json::from_str::<serde_json::Value>(value.get()).ok()? {
                serde_json::Value::String(text) if !text.trim().is_empty() => Some(text),
                serde_json::Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        })
    }

    /// The texts in these members, however deep they stand, in their order: `{"amount": ["at least 1000"]}`.
    pub(crate) fn texts(&self, names: &[&str]) -> Vec<String> {
        let values = names.iter().filter_map(|name| self.some(name));
        let values = values.filter_map(|value| serde_json::from_str(value.get()).ok());
        let mut waiting: Vec<serde_json::Value> = values.collect();
        waiting.reverse();
        let mut texts = Vec::new();
        while let Some(value) = waiting.pop() {
            match value {
                serde_json::Value::String(text) if !text.trim().is_empty() => texts.push(text),
                serde_json::Value::Array(items) => waiting.extend(items.into_iter().rev()),
                serde_json::Value::Object(members) => {
                    let values: Vec<_> = members.into_iter().map(|(_, value)| value).collect();
                    waiting.extend(values.into_iter().rev());
                }
                _ => {}
            }
            if texts.len() == MOST_TEXTS {
                break;
            }
        }
        texts
    }

    /// Whether an object is a list from which PHP has taken rows away: all its names are integers, and it has some.
    pub(crate) fn is_list(&self) -> bool {
        let is_integer = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        !self.members.is_empty() && self.members.iter().all(|(name, _)| is_integer(name))
    }

    /// The payload's JSON: the `data` member, or the whole reply with what `lift` brings up, without a flag that does not stay.
    pub(crate) fn payload(&self, whole: &'a str, envelope: &Envelope) -> Option<Cow<'a, str>> {
        if let Some(data) = envelope.data {
            return self.some(data).map(|value| Cow::Borrowed(value.get()));
        }
        let inner = envelope.lift_from.and_then(|from| self.some(from));
        let inner = inner.and_then(|inner| Members::read(inner.get()).ok());
        let is_lost = |name: &str| !envelope.flag_stays && envelope.flag.contains(&name);
        if inner.is_none() && !self.members.iter().any(|(name, _)| is_lost(name)) {
            return Some(Cow::Borrowed(whole));
        }
        let (lifted, rest): (Vec<_>, Option<String>) = match inner {
            None => (Vec::new(), None),
            Some(inner) => {
                let lifts = |(name, _): &(Cow<'_, str>, _)| envelope.lift.contains(&&**name);
                let (lifted, rest): (Vec<_>, Vec<_>) = inner.members.into_iter().partition(lifts);
                (lifted, Some(write(rest.iter().map(|(name, value)| (&**name, value.get())))))
            }
        };
        let value_of = |name: &str, value: &'a RawValue| match &rest {
            Some(rest) if envelope.lift_from == Some(name) => rest.clone(),
            _ => value.get().to_owned(),
        };
        let stays = |name: &str| {
            let replaced = lifted.iter().any(|(lifted, _)| lifted == name) && self.some(name).is_none();
            !is_lost(name) && !replaced
        };
        let beside = self.members.iter().filter(|(name, _)| stays(name));
        let beside = beside.map(|(name, value)| (&**name, value_of(name, value)));
        let lifted = lifted.iter().filter(|(name, _)| self.some(name).is_none());
        Some(Cow::Owned(write(beside.chain(lifted.map(|(name, value)| (&**name, value.get().to_owned()))))))
    }
}

/// Whether a value says that there is no error.
fn is_nothing(value: &RawValue) -> bool {
    matches!(value.get(), "false" | "\"\"" | "[]" | "{}" | "0")
}

fn write<'a>(members: impl Iterator<Item = (&'a str, impl fmt::Display)>) -> String {
    let members: Vec<_> = members.map(|(name, value)| format!("{}:{value}", serde_json::Value::from(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// How many texts are taken out of a message that is a list or an object.
const MOST_TEXTS: usize = 16;

/// Up to so many names are compared one by one; a set of more keeps a hostile reply from taking the square of its length.
const FEW: usize = 32;

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Top;
        impl<'de> Visitor<'de> for Top {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members::default();
                while let Some(Name(name)) = map.next_key()? {
                    members.add(name, map.next_value()?)?;
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Top)
    }
}

/// A name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Name<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// The reply of an operation whose document prints JSON inside a string without escaping its quotes, with the string
/// replaced by the JSON itself. `None` where there is nothing of the kind.
pub(crate) fn unquote_json(text: &str, operation: &Operation) -> Option<String> {
    operation.json_strings.iter().find_map(|name| {
        let key = format!("\"{name}\"");
        let after_key = text.find(&key)? + key.len();
        let start = after_key + text[after_key..].find('"')?;
        if text[after_key..start].trim() != ":" {
            return None;
        }
        let inner = &text[start + 1..];
        let mut values = serde_json::Deserializer::from_str(inner).into_iter::<&RawValue>();
        let value = values.next()?.ok()?.get();
        let rest = inner[values.byte_offset()..].trim_start().strip_prefix('"')?;
        let repaired = format!("{}{value}{rest}", &text[..start]);
        serde_json::from_str::<&RawValue>(&repaired).is_ok().then_some(repaired)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KAZUKIPAY: Envelope = Envelope {
        flag: &["status"],
        success: &[FlagValue::Bool(true)],
        failure: &[FlagValue::Bool(false)],
        message: &["message"],
        data: Some("data"),
        ..Envelope::BASE
    };
    const KLINK: Envelope = Envelope {
        flag: &["status", "stutas"],
        success: &[FlagValue::Word("success")],
        failure: &[FlagValue::Word("fail"), FlagValue::Word("failed")],
        lift: &["date", "rq_uuid"],
        lift_from: Some("data"),
        ..Envelope::BASE
    };

    fn flag(text: &str, envelope: &Envelope) -> Flag {
        Members::read(text).unwrap().flag(envelope)
    }

    #[test]
    fn the_flag_must_be_exactly_what_the_spec_says() {
        assert_eq!(flag(r#"{"status":true}"#, &KAZUKIPAY), Flag::Success);
        assert_eq!(flag(r#"{"status":false}"#, &KAZUKIPAY), Flag::Failure);
        for no in [r#""true""#, "1", "0", r#""success""#, "[true]", "{}"] {
            assert_eq!(flag(&format!(r#"{{"status":{no}}}"#), &KAZUKIPAY), Flag::Unknown, "{no}");
        }
        for missing in ["{}", r#"{"status":null}"#, r#"{"Status":true}"#] {
            assert_eq!(flag(missing, &KAZUKIPAY), Flag::Missing, "{missing}");
        }
    }

    #[test]
    fn words_have_any_case_and_aliases_count() {
        assert_eq!(flag(r#"{"status":"Success"}"#, &KLINK), Flag::Success);
        assert_eq!(flag(r#"{"stutas":"success"}"#, &KLINK), Flag::Success);
        assert_eq!(flag(r#"{"status":"fail","stutas":"success"}"#, &KLINK), Flag::Failure);
        assert_eq!(flag(r#"{"status":"success","stutas":"fail"}"#, &KLINK), Flag::Failure);
        assert_eq!(flag(r#"{"status":"success","stutas":"pending"}"#, &KLINK), Flag::Unknown);
        assert_eq!(flag(r#"{"status":"success","stutas":"success"}"#, &KLINK), Flag::Success);
        assert_eq!(flag(r#"{"status":"pending"}"#, &KLINK), Flag::Unknown);
        assert_eq!(flag(r#"{"status":true}"#, &KLINK), Flag::Unknown);
    }

    #[test]
    fn an_optional_flag_that_is_there_counts() {
        let optional = Envelope { flag_optional: true, ..KLINK };
        assert_eq!(flag("{}", &optional), Flag::Success);
        assert_eq!(flag(r#"{"status":"failed"}"#, &optional), Flag::Failure);
    }

    #[test]
    fn flag_is_left_out_of_the_payload_unless_it_stays() {
        let text = r#"{"status":"success","id":1}"#;
        let payload = |envelope: &Envelope| Members::read(text).unwrap().payload(text, envelope).unwrap().into_owned();
        assert_eq!(payload(&KLINK), r#"{"id":1}"#);
        assert_eq!(payload(&Envelope { flag_stays: true, ..KLINK }), text);
    }

    #[test]
    fn error_member_is_a_failure_whatever_the_flag_says() {
        let envelope = Envelope { flag_optional: true, error: &["error"], ..KAZUKIPAY };
        for text in [r#"{"error":"Transaction is already paid"}"#, r#"{"status":true,"error":{"code":5}}"#] {
            assert_eq!(flag(text, &envelope), Flag::Failure, "{text}");
        }
        for nothing in ["null", "false", "\"\"", "[]", "{}", "0"] {
            assert_eq!(flag(&format!(r#"{{"error":{nothing}}}"#), &envelope), Flag::Success, "{nothing}");
        }
    }

    #[test]
    fn a_member_that_stands_twice_is_refused() {
        assert!(Members::read(r#"{"status":false,"status":true}"#).is_err());
        assert!(Members::read(r#"{"status":false,"st\u0061tus":true}"#).is_err());
    }

    #[test]
    fn a_reply_of_very_many_members_is_read_as_one_of_few() {
        let object = |count: usize, last: &str| {
            let members: String = (0..count).map(|number| format!("\"{number}\":1,")).collect();
            format!("{{{members}\"{last}\":1}}")
        };
        // Were each name compared with all others, this would not end in minutes.
        let many = object(150_000, "last");
        assert!(Members::read(&many).unwrap().payload(&many, &Envelope { flag: &["0"], ..KLINK }).is_some());
        for count in [1, FEW - 1, FEW, FEW + 1, 1_000] {
            assert!(Members::read(&object(count, "last")).is_ok(), "{count}");
            for twice in [0, count - 1] {
                assert!(Members::read(&object(count, &twice.to_string())).is_err(), "{twice} of {count}");
            }
        }
    }

    #[test]
    fn the_payload_is_the_data_member_unless_null() {
        let payload = |text: &'static str| {
            Members::read(text).unwrap().payload(text, &KAZUKIPAY).map(|payload| payload.into_owned())
        };
        assert_eq!(payload(r#"{"status":true,"data":{"a":1}}"#).as_deref(), Some(r#"{"a":1}"#));
        assert_eq!(payload(r#"{"status":true,"data":null}"#), None);
        assert_eq!(payload(r#"{"status":true}"#), None);
    }

    #[test]
    fn lifts_members_from_either_level() {
        let lifted = |text: &'static str| -> serde_json::Value {
            let payload = Members::read(text).unwrap().payload(text, &KLINK).unwrap().into_owned();
            serde_json::from_str(&payload).unwrap()
        };
        let beside = lifted(r#"{"data":{"011":{"x":1}},"date":"D","rq_uuid":"U"}"#);
        let inside = lifted(r#"{"data":{"011":{"x":1},"date":"D","rq_uuid":"U"}}"#);
        let null = lifted(r#"{"date":null,"data":{"011":{"x":1},"date":"D","rq_uuid":"U"}}"#);
        assert_eq!(beside, serde_json::json!({"data": {"011": {"x": 1}}, "date": "D", "rq_uuid": "U"}));
        assert_eq!(inside, beside);
        assert_eq!(null, beside);
        assert_eq!(lifted(r#"{"data":"text"}"#), serde_json::json!({"data": "text"}));
        assert_eq!(lifted(r#"{"status":"success","data":"text"}"#), serde_json::json!({"data": "text"}));
        assert_eq!(lifted(r#"{"status":"success","stutas":null,"a":1}"#), serde_json::json!({"a": 1}));
    }

    #[test]
    fn unquotes_json_that_was_put_into_a_string_unescaped() {
        static HISTORY: Operation = Operation { json_strings: &["transaction"], ..Operation::BASE };
        let text = r#"{"status": "success", "transaction": "[{"credit": "0.00"}, {"credit": "1"}]"}"#;
        assert_eq!(
            unquote_json(text, &HISTORY).unwrap(),
            r#"{"status": "success", "transaction": [{"credit": "0.00"}, {"credit": "1"}]}"#
        );
        for broken in [r#"{"transaction": "[{"a": 1}"#, r#"{"transaction": "[{"a": 1}] x"}"#, "{}", "", "<html>"] {
            assert_eq!(unquote_json(broken, &HISTORY), None, "{broken}");
        }
    }
}
