//! Odd spellings: the JSON of replies and notifications, written as some hosts write it.

use gerbang_core::JakartaTime;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Provider;
use crate::clock::jakarta;
use crate::facts::Kind;

/// Takes the place of half an emoji until the JSON is written, for no text in Rust can have one. It is no character.
const HALF: char = '\u{10FFFF}';

/// Half an emoji, as PHP writes it in JSON.
const HALF_IN_JSON: &str = "\\ud83d";

/// How many bytes given values take in a reply at most.
const MAX_VALUES: usize = 1024 * 1024;

/// How deep the JSON of a reply is at most.
const MAX_DEPTH: usize = 128;

/// How [`Effect::Spell`](crate::Effect::Spell) writes members of JSON. All of these have been seen on shared PHP hosting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Spelling {
    /// Fees and net amounts have their fraction of a rupiah, such as `20.2`, which is 0.2 % of 10 100. Those of Kazukipay,
    /// Kropay and Pakasir; those of the others are whole.
    Fractions,
    /// Amounts are text with four decimals, such as `"10000.0000"`, also those that the customer pays.
    Decimals,
    /// Times are seconds since 1970.
    UnixSeconds,
    /// Times are milliseconds since 1970.
    UnixMilliseconds,
    /// Times are PHP's date objects: `{"date": "2026-05-30 08:55:00.000000", "timezone_type": 3, "timezone":
    /// "Asia/Jakarta"}`.
    PhpDate,
    /// Flags are the numbers 0 and 1.
    NumericFlags,
    /// Flags are the texts `"false"` and `"true"`.
    TextFlags,
    /// Lists are objects with numbers as names, of which some are missing, as PHP writes a filtered list.
    SparseLists,
    /// Lists without elements are `{}`.
    EmptyLists,
    /// Texts end in half an emoji, `\ud83d`, which is valid JSON but no Unicode.
    HalfEmoji,
    /// Texts end in `é`, and the whole is in Latin-1, which is not UTF-8.
    Latin1,
    /// Members are missing.
    Missing,
    /// Members have this value, up to 4 KiB of JSON: `""`, `"-"`, `null`, `[]` for an empty map, an object for a text. A
    /// reply with more than 1 MiB of them is lost: the connection is closed.
    Value(Value),
}

/// One [`Spelling`] for the members of the given names, or of all of a provider's to which it applies by itself.
#[derive(Clone, Debug)]
pub(crate) struct Spell {
    pub(crate) provider: Provider,
    pub(crate) spelling: Spelling,
    pub(crate) members: Vec<String>,
}

/// What JSON may still grow by.
#[derive(Clone, Copy)]
struct Room {
    /// How many bytes.
    bytes: usize,
    /// How much deeper it may be.
    depth: usize,
}

/// Members of K-Link that hold JSON as text.
const JSON_AS_TEXT: [&str; 2] = ["data", "transaction"];

fn kind(table: &[(&str, Kind)], name: &str) -> Option<Kind> {
    table.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

impl Spell {
    /// Whether the member of a name is one that is rewritten, if its value allows it. The whole has no name, nor has an
    /// element of a list.
    fn selects(&self, name: Option<&str>) -> bool {
        let is_of_lists = matches!(self.spelling, Spelling::SparseLists | Spelling::EmptyLists);
        let Some(name) = name else { return is_of_lists && self.members.is_empty() };
        if !self.members.is_empty() {
            return self.members.iter().any(|member| member == name);
        }
        let facts = self.provider.facts();
        let informational = kind(facts.informational, name);
        let any = || informational.or_else(|| kind(facts.needed, name));
        match self.spelling {
            Spelling::Fractions => false,
            Spelling::Decimals => any() == Some(Kind::Amount),
            Spelling::HalfEmoji | Spelling::Latin1 => any() == Some(Kind::Text),
            Spelling::UnixSeconds | Spelling::UnixMilliseconds | Spelling::PhpDate => informational == Some(Kind::Time),
            Spelling::NumericFlags | Spelling::TextFlags => informational == Some(Kind::Flag),
            Spelling::SparseLists | Spelling::EmptyLists => true,
            Spelling::Missing | Spelling::Value(_) => informational.is_some(),
        }
    }

    /// The value as this writes it; none if it is not written otherwise.
    fn written(&self, value: &mut Value) -> Option<Value> {
        let time = |form: fn(Timestamp) -> Value| {
            let text = value.as_str()?;
            JakartaTime::new(text).timestamp().ok().map(form)
        };
        let text = |end: &str| value.as_str().map(|text| Value::from(format!("{text} {end}")));
        match &self.spelling {
            Spelling::Fractions | Spelling::Missing => None,
            Spelling::Decimals => decimals(value).map(Value::from),
            Spelling::UnixSeconds => time(|time| time.as_second().into()),
            Spelling::UnixMilliseconds => time(|time| time.as_millisecond().into()),
            Spelling::PhpDate => time(|time| {
                let date = jakarta(time, "%Y-%m-%d %H:%M:%S%.6f");
                json!({"date": date, "timezone_type": 3, "timezone": "Asia/Jakarta"})
            }),
            Spelling::NumericFlags => value.as_bool().map(|flag| u8::from(flag).into()),
            Spelling::TextFlags => value.as_bool().map(|flag| flag.to_string().into()),
            Spelling::SparseLists => value.as_array_mut().filter(|list| !list.is_empty()).map(sparse),
            Spelling::EmptyLists => value.as_array().filter(|list| list.is_empty()).map(|_| json!({})),
            Spelling::HalfEmoji => text(&HALF.to_string()),
            Spelling::Latin1 => text("é"),
            Spelling::Value(given) => Some(given.clone()),
        }
    }

    /// Rewrites a value and all in it. Returns whether anything was; none if there is no room.
    fn rewrite(&self, name: Option<&str>, value: &mut Value, room: &mut Room) -> Option<bool> {
        let is_selected = self.selects(name);
        if is_selected && let Spelling::Value(given) = &self.spelling {
            room.bytes = room.bytes.checked_sub(given.to_string().len())?;
            value.clone_from(given);
            return Some(true);
        }
        room.depth = room.depth.checked_sub(1)?;
        let mut changed = self.rewrite_inner(name, value, room)?;
        room.depth += 1;
        if is_selected && let Some(written) = self.written(value) {
            *value = written;
            changed = true;
        }
        Some(changed)
    }

    /// Rewrites what is in a value.
    fn rewrite_inner(&self, name: Option<&str>, value: &mut Value, room: &mut Room) -> Option<bool> {
        let mut changed = false;
        match value {
            Value::Object(members) => {
                if self.spelling == Spelling::Missing {
                    let before = members.len();
                    members.retain(|name, _| !self.selects(Some(name)));
                    changed = members.len() < before;
                }
                for (name, value) in members {
                    changed |= self.rewrite(Some(name), value, room)?;
                }
            }
            Value::Array(elements) => {
                for element in elements {
                    changed |= self.rewrite(None, element, room)?;
                }
            }
            Value::String(text) if name.is_some_and(|name| JSON_AS_TEXT.contains(&name)) => {
                let inner = serde_json::from_str(text).ok();
                let inner = inner.filter(|value: &Value| value.is_object() || value.is_array());
                if let Some(mut inner) = inner
                    && self.rewrite(name, &mut inner, room)?
                {
                    *text = in_json(&inner);
                    changed = true;
                }
            }
            _ => {}
        }
        Some(changed)
    }
}

/// An amount as text with four decimals.
fn decimals(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_amount = !whole.is_empty() && are_digits(whole) && are_digits(decimals) && decimals.len() <= 4;
    is_amount.then(|| format!("{whole}.{decimals:0<4}"))
}

/// A list as an object whose names are odd numbers. They all have as many digits, so that their order is that of the list,
/// whether they are sorted as numbers or as text.
fn sparse(list: &mut Vec<Value>) -> Value {
    let mut power = 1_usize;
    while list.len() * 2 > 9 * power {
        power *= 10;
    }
    let first = if power == 1 { 1 } else { power + 1 };
    let members = list.drain(..).enumerate().map(|(at, element)| ((first + 2 * at).to_string(), element));
    Value::Object(members.collect::<Map<_, _>>())
}

fn in_json(value: &Value) -> String {
    value.to_string().replace(HALF, HALF_IN_JSON)
}

/// JSON as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// Whether it is sent in Latin-1.
    pub(crate) latin1: bool,
}

impl Written {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        if self.latin1 { latin1(&self.text) } else { self.text.into_bytes() }
    }
}

/// A text in Latin-1, with `?` in the place of what it has not.
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect()
}

/// Writes JSON, one spelling after the other; none if that makes it too large or too deep.
pub(crate) fn write(mut value: Value, spells: &[Spell]) -> Option<Written> {
    let mut room = Room { bytes: MAX_VALUES, depth: MAX_DEPTH };
    let mut is_latin1 = false;
    for spell in spells {
        let changed = spell.rewrite(None, &mut value, &mut room)?;
        is_latin1 |= changed && spell.spelling == Spelling::Latin1;
    }
    Some(Written { text: in_json(&value), latin1: is_latin1 })
}

/// Which fees and net amounts have their fraction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fractions(Vec<Vec<String>>);

impl Fractions {
    pub(crate) fn of(spells: &[Spell]) -> Self {
        let are = |spell: &&Spell| spell.spelling == Spelling::Fractions;
        Self(spells.iter().filter(are).map(|spell| spell.members.clone()).collect())
    }

    /// The member of a name: whole rupiah, or the thousandths of a rupiah that it really is.
    pub(crate) fn money(&self, name: &str, whole: u64, thousandths: u64) -> Value {
        let is_exact = self.0.iter().any(|names| names.is_empty() || names.iter().any(|known| known == name));
        match (is_exact, thousandths % 1_000) {
            (false, _) => whole.into(),
            (true, 0) => (thousandths / 1_000).into(),
            // Amounts are small enough for this to be exact to the thousandth.
            (true, _) => (thousandths as f64 / 1_000.0).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(spelling: Spelling, members: &[&str], value: Value) -> String {
        let members = members.iter().map(|name| (*name).to_owned()).collect();
        write(value, &[Spell { provider: Provider::Klink, spelling, members }]).unwrap().text
    }

    #[test]
    fn amounts_get_four_decimals_if_they_are_amounts() {
        for (value, expected) in [
            (json!(10_000), Some("10000.0000")),
            (json!("10000"), Some("10000.0000")),
            (json!("90000.00"), Some("90000.0000")),
            (json!(20.2), Some("20.2000")),
            (json!("10000.0000"), Some("10000.0000")),
            (json!("-"), None),
            (json!(""), None),
            (json!(null), None),
            (json!("1.493,00"), None),
        ] {
            assert_eq!(decimals(&value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn the_order_of_a_sparse_list_is_that_of_the_list() {
        for length in [1, 4, 5, 45, 46, 449, 450, 5_000] {
            let mut list: Vec<Value> = (0..length).map(Value::from).collect();
            let Value::Object(members) = sparse(&mut list) else { panic!("an object") };
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let elements: Vec<u64> = names.iter().map(|name| members[*name].as_u64().unwrap()).collect();
            assert_eq!(elements, (0..length).collect::<Vec<_>>());
            assert!(names.windows(2).all(|pair| pair[0].len() == pair[1].len()));
        }
    }

    #[test]
    fn json_as_text_is_rewritten_in_the_text() {
        let reply = json!({"data": "{\"description\":\"x\",\"fee\":1}", "transaction": "gopay", "other": "[1]"});
        assert_eq!(
            written(Spelling::HalfEmoji, &[], reply.clone()),
            r#"{"data":"{\"description\":\"x \\ud83d\",\"fee\":1}","other":"[1]","transaction":"gopay"}"#
        );
        assert_eq!(written(Spelling::SparseLists, &[], reply.clone()), reply.to_string());
    }

    /// A spelling for the member of a number, whose value holds members of the next number.
    fn nested(number: usize, value: impl Fn(Value) -> Value) -> Spell {
        let value = value(json!({format!("m{}", number + 1): 1}));
        let members = vec![format!("m{number}")];
        Spell { provider: Provider::Klink, spelling: Spelling::Value(value), members }
    }

    #[test]
    fn given_values_do_not_grow_without_end() {
        let many: Vec<Spell> = (0..20).map(|number| nested(number, |inner| vec![inner; 100].into())).collect();
        assert!(write(json!({"m0": 1}), &many[..2]).is_some());
        assert_eq!(write(json!({"m0": 1}), &many), None);
        let deep: Vec<Spell> = (0..100).map(|number| nested(number, |inner| json!([[[[inner]]]]))).collect();
        assert!(write(json!({"m0": 1}), &deep[..20]).is_some());
        assert_eq!(write(json!({"m0": 1}), &deep), None);
    }
}
