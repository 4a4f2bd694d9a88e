//! What a provider may do to a documented body, and what must then happen. Schema and sample are walked together.

use std::collections::BTreeMap;

use gerbang::{Delivery, Error, Kind};
use gerbang_tests::calls::Printed;
use serde_json::{Map, Value, json};

use crate::spec::{Envelope, Spec};

/// A changed body.
#[derive(Debug)]
pub struct Variant {
    /// Where it differs, and how.
    pub what: String,
    /// The changed body.
    pub body: Value,
    /// What must happen.
    pub expect: Expect,
}

/// What must happen to a changed body.
#[derive(Debug)]
pub enum Expect {
    /// It is read.
    Read,
    /// It is read exactly as this other body is.
    ReadAs(Value),
    /// It is read, and printed this is in it.
    Shown(String),
    /// It is not understood.
    Refused,
    /// It is a failure that the provider reports.
    Failure,
}

impl Variant {
    fn new(what: impl Into<String>, body: Value, expect: Expect) -> Self {
        Self { what: what.into(), body, expect }
    }

    /// The variant as one row of a list: where it cannot be read, the others are.
    fn in_row(self) -> Self {
        let expect = match self.expect {
            Expect::Refused => Expect::Shown("unreadable: 1".to_owned()),
            other => other,
        };
        Self { expect, ..self }
    }

    /// The variant as a part of a larger body.
    fn within(self, place: &str, whole: impl Fn(Value) -> Value) -> Self {
        let expect = match self.expect {
            Expect::ReadAs(other) => Expect::ReadAs(whole(other)),
            other => other,
        };
        Self { what: format!("{place}{}", self.what), body: whole(self.body), expect }
    }
}

/// What the envelope says about the members of a whole body.
#[derive(Debug, Default, Clone)]
pub struct Whole<'a> {
    /// Members that stay as they are.
    pub flags: Vec<&'a str>,
    /// The member that is the payload: it must be there even where it is an empty list.
    pub payload: Option<&'a str>,
}

/// Values of every type, and what PHP makes of them. No optional member makes its body unreadable with any of them.
fn odd_values() -> Vec<Value> {
    let dated = json!({"date": "2026-05-30 08:55:00.000000", "timezone_type": 3, "timezone": "Asia/Jakarta"});
    let odd = json!([
        "", "-", "N/A", "70.50", "20.0000", "Budi \u{fffd}", true, false, 0, 1, -1, 70.5, 1780129800, 1e300, [], {},
        [[1], {"a": null}], dated
    ]);
    odd.as_array().expect("a list").clone()
}

/// All variants of a value of this schema, which may be the whole body.
pub fn of(spec: &Spec, schema: &Value, value: &Value, whole: &Whole<'_>) -> Vec<Variant> {
    let schema = spec.resolve(schema);
    if let Some(words) = schema["x-extensible-enum"].as_array() {
        return word(words, value);
    }
    if schema["oneOf"][0]["x-content-media-type"].is_string() {
        let inner: Value = serde_json::from_str(value.as_str().expect("JSON in a string")).expect("JSON in a string");
        let variants = of(spec, &schema["oneOf"][1], &inner, &Whole::default()).into_iter();
        let mut variants: Vec<_> =
            variants.map(|one| one.within(" in the string", |inner| json!(inner.to_string()))).collect();
        variants.push(Variant::new(" not in a string", inner, Expect::ReadAs(value.clone())));
        return variants;
    }
    match value {
        Value::Array(items) => {
            let item = |(index, item): (usize, &Value)| {
                let whole = move |item| {
                    let mut items = items.clone();
                    items[index] = item;
                    json!(items)
                };
                let variants = of(spec, &schema["items"], item, &Whole::default()).into_iter();
                variants.map(move |one| one.in_row().within(&format!("[{index}]"), whole)).collect::<Vec<_>>()
            };
            let mut variants: Vec<_> = items.iter().enumerate().flat_map(item).collect();
            let numbered: Map<_, _> =
                items.iter().enumerate().map(|(index, item)| ((index * 3 + 8).to_string(), item.clone())).collect();
            variants.push(Variant::new(" with holes", json!(numbered), Expect::ReadAs(value.clone())));
            variants
        }
        Value::Object(members) => match schema.get("additionalProperties") {
            Some(values) => map(spec, values, members),
            None => object(spec, schema, members, whole),
        },
        _ => scalar(schema, value),
    }
}

fn object(spec: &Spec, schema: &Value, members: &Map<String, Value>, whole: &Whole<'_>) -> Vec<Variant> {
    let original = Value::Object(members.clone());
    let mut more = members.clone();
    more.insert("something_new".to_owned(), json!({"deep": [null, 1]}));
    let mut variants = vec![Variant::new(": an unknown member", json!(more), Expect::ReadAs(original))];
    for (name, property) in schema["properties"].as_object().expect("an object has properties") {
        if whole.flags.contains(&name.as_str()) {
            continue;
        }
        let place = format!(".{name}");
        let with = |value| set(members, name, value);
        let without = {
            let mut members = members.clone();
            members.remove(name);
            json!(members)
        };
        if let Some(value) = members.get(name) {
            let inner = of(spec, property, value, &Whole::default()).into_iter();
            variants.extend(inner.map(|one| one.within(&place, with)));
        }
        let required = schema["required"].as_array().is_some_and(|required| required.contains(&json!(name)));
        if required {
            variants.push(Variant::new(format!("{place} removed"), without, Expect::Refused));
            let empty = empty(spec, property).filter(|_| whole.payload != Some(name));
            let null = empty.map_or(Expect::Refused, |empty| Expect::ReadAs(with(empty)));
            variants.push(Variant::new(format!("{place} null"), with(Value::Null), null));
            let says_nothing = says_nothing(spec.resolve(property)).into_iter();
            variants.extend(
                says_nothing.map(|value| Variant::new(format!("{place} as {value}"), with(value), Expect::Refused)),
            );
        } else {
            let is_compared = property["x-compared"] == true;
            if !is_compared {
                let odd = odd_values().into_iter();
                variants.extend(odd.map(|odd| Variant::new(format!("{place} as {odd}"), with(odd), Expect::Read)));
            }
            let none = none(spec.resolve(property)).into_iter();
            variants.extend(none.map(|value| {
                let is_blank = matches!(value.as_str(), Some("" | "-"));
                let expect = if is_compared && !is_blank { Expect::Refused } else { Expect::ReadAs(without.clone()) };
                Variant::new(format!("{place} as {value}, none"), with(value), expect)
            }));
            variants.push(Variant::new(format!("{place} null"), with(Value::Null), Expect::ReadAs(without.clone())));
            variants.push(Variant::new(format!("{place} removed"), without, Expect::Read));
        }
    }
    variants
}

/// How an empty list or map of this schema is written, where it is one.
fn empty(spec: &Spec, schema: &Value) -> Option<Value> {
    let schema = spec.resolve(schema);
    if schema["oneOf"][0]["x-content-media-type"].is_string() {
        return empty(spec, &schema["oneOf"][1]);
    }
    match (schema["type"].as_str(), schema.get("additionalProperties")) {
        (Some("array"), _) => Some(json!([])),
        (_, Some(_)) => Some(json!({})),
        _ => None,
    }
}

/// What a required member must not be.
fn says_nothing(schema: &Value) -> Vec<Value> {
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (_, Some("identifier")) => vec![json!(""), json!(" - "), json!(0), json!("0"), json!("a\u{fffd}")],
        (_, Some("rupiah")) => vec![json!(""), json!("-"), json!(70.5), json!("10.000"), json!([]), json!({})],
        (Some("string"), None | Some("uri")) if schema.get("x-extensible-enum").is_none() => {
            vec![json!(""), json!(" "), json!([])]
        }
        (Some("string"), None) => vec![json!("PAI\u{fffd}"), json!([]), json!({})],
        _ => Vec::new(),
    }
}

/// What an optional member is where it is none.
fn none(schema: &Value) -> Vec<Value> {
    match (schema["type"].as_str(), schema["format"].as_str()) {
        _ if schema.get("x-extensible-enum").is_some() => {
            vec![json!(""), json!("a\u{fffd}"), json!([1]), json!({"a": 1})]
        }
        (_, Some("identifier")) => vec![json!(""), json!("-"), json!(0), json!("0"), json!("a\u{fffd}"), json!([1])],
        (_, Some("rupiah" | "rupiah-dotted")) => vec![json!(""), json!("-"), json!(20.2), json!(-1), json!([1])],
        (_, Some("jakarta-time" | "date-time")) => vec![json!(""), json!("-"), json!(0), json!(false), json!({"a": 1})],
        (_, Some("flag")) | (Some("boolean"), _) => vec![json!(""), json!("-"), json!(2), json!("yes"), json!([1])],
        (Some("string"), None | Some("uri")) => vec![json!(7), json!([1]), json!({"a": 1})],
        _ => Vec::new(),
    }
}

fn map(spec: &Spec, values: &Value, members: &Map<String, Value>) -> Vec<Variant> {
    let entry = |(name, value): (&String, &Value)| {
        let variants = of(spec, values, value, &Whole::default()).into_iter();
        let variants = variants.map(|one| if members.len() > 1 { one.in_row() } else { one });
        variants.map(|one| one.within(&format!(".{name}"), |value| set(members, name, value))).collect::<Vec<_>>()
    };
    members.iter().flat_map(entry).collect()
}

fn set(members: &Map<String, Value>, name: &str, value: Value) -> Value {
    let mut members = members.clone();
    members.insert(name.to_owned(), value);
    json!(members)
}

/// An open set of words: another word, and the same word in the other letter case.
fn word(words: &[Value], value: &Value) -> Vec<Variant> {
    assert!(words.contains(value), "{value} is none of {words:?}");
    let shown = Expect::Shown("Unknown(\"SOMETHING_NEW\")".to_owned());
    vec![
        Variant::new(": another word", json!("SOMETHING_NEW"), shown),
        Variant::new(": other letter case", other_case(value), Expect::ReadAs(value.clone())),
    ]
}

fn other_case(word: &Value) -> Value {
    let word = word.as_str().expect("a word");
    json!(if word == word.to_uppercase() { word.to_lowercase() } else { word.to_uppercase() })
}

fn scalar(schema: &Value, value: &Value) -> Vec<Variant> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut same = Vec::new();
    match schema["format"].as_str() {
        Some("rupiah") => {
            if let Some(number) = serde_json::from_str::<Value>(&text).ok().filter(Value::is_number) {
                let whole = text.split('.').next().expect("a text has a beginning");
                same.extend([
                    json!(text),
                    number,
                    json!(whole),
                    json!(format!("{whole}.00")),
                    json!(format!("{whole}.0000")),
                ]);
            }
        }
        Some("identifier") => {
            // As a number `011` would not be the same.
            if let Some(number) = text.parse::<u64>().ok().filter(|_| text == "0" || !text.starts_with('0')) {
                same.extend([json!(text), json!(number)]);
            }
        }
        Some("flag") | None if schema["format"] == "flag" || schema["type"] == "boolean" => match text.as_str() {
            "1" | "true" => same.extend([json!("1"), json!(1), json!(true), json!("true")]),
            "0" | "false" => same.extend([json!("0"), json!(0), json!(false), json!("false")]),
            _ => {}
        },
        _ => {}
    }
    let same = same.into_iter().filter(|body| body != value);
    same.map(|body| Variant::new(format!(" as {body}"), body, Expect::ReadAs(value.clone()))).collect()
}

/// Variants of what distinguishes success from failure.
pub fn of_envelope(envelope: &Envelope, reply: &Value) -> Vec<Variant> {
    let Some(members) = reply.as_object() else { return Vec::new() };
    let flags = envelope.flags();
    let without: Map<_, _> = members.clone().into_iter().filter(|(name, _)| !flags.contains(&name.as_str())).collect();
    let same = || Expect::ReadAs(reply.clone());
    // What is read has the flag in it where that stays.
    let with_flag = |flag: &str, value: &Value| match envelope.is("flag-stays") {
        true => Expect::ReadAs(set(&without, flag, value.clone())),
        false => same(),
    };
    let mut variants = Vec::new();
    for flag in flags {
        let mut add = |value: &Value, expect| {
            variants.push(Variant::new(format!(".{flag} as {value}"), set(&without, flag, value.clone()), expect));
        };
        for value in envelope.list("success") {
            add(value, with_flag(flag, value));
            if value.is_string() {
                add(&other_case(value), with_flag(flag, &other_case(value)));
            }
        }
        envelope.list("failure").iter().for_each(|value| add(value, Expect::Failure));
        add(&json!("SOMETHING_NEW"), Expect::Refused);
        add(&Value::Null, if envelope.is("flag-optional") { same() } else { Expect::Refused });
    }
    if !envelope.flags().is_empty() {
        let expect = if envelope.is("flag-optional") { same() } else { Expect::Refused };
        variants.push(Variant::new(" without a flag", json!(without), expect));
    }
    if let Some(from) = envelope.member("lift-from") {
        let mut members = members.clone();
        let mut inner = members.get(from).and_then(Value::as_object).cloned().unwrap_or_default();
        for name in envelope.list("lift").iter().filter_map(Value::as_str) {
            inner.insert(name.to_owned(), members.remove(name).expect("the sample has what can be lifted"));
        }
        variants.push(Variant::new(format!(" lifted from {from}"), set(&members, from, json!(inner)), same()));
    }
    variants
}

/// What came of many variants.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many bodies were read as they had to be.
    pub read: usize,
    /// How many were refused as they had to be.
    pub refused: usize,
    /// What did not happen as it had to.
    pub problems: Vec<String>,
}

impl Tally {
    /// Asks for every variant of one sample.
    pub async fn ask(
        &mut self,
        sample: &str,
        variants: Vec<Variant>,
        refusal: impl Fn(&Error) -> bool,
        ask: impl AsyncFn(&Value) -> Printed,
    ) {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for Variant { what, body, expect } in variants {
            let result = ask(&body).await;
            let problem = match (&expect, result) {
                (Expect::Refused, Err(error)) => (!refusal(&error)).then(|| format!("{error:?}")),
                (Expect::Failure, Err(error)) => {
                    let is_reported = error.kind() != Kind::UnexpectedReply && error.delivery() != Delivery::NotSent;
                    (!is_reported).then(|| format!("is not reported as a failure: {error:?}"))
                }
                (Expect::Refused | Expect::Failure, Ok(printed)) => Some(format!("is read: {printed}")),
                (_, Err(error)) => Some(format!("{error:?}")),
                (Expect::Read, Ok(_)) => None,
                (Expect::Shown(part), Ok(printed)) => (!printed.contains(part)).then_some(printed),
                (Expect::ReadAs(other), Ok(printed)) => {
                    let key = other.to_string();
                    if !known.contains_key(&key) {
                        let wanted = ask(other).await.unwrap_or_else(|error| format!("{error:?}"));
                        known.insert(key.clone(), wanted);
                    }
                    (printed != known[&key]).then(|| format!("is read as {printed}, not as {}", known[&key]))
                }
            };
            match (problem, expect) {
                (Some(problem), _) => self.problems.push(format!("{sample}{what}: {problem}")),
                (None, Expect::Refused | Expect::Failure) => self.refused += 1,
                (None, _) => self.read += 1,
            }
        }
    }

    /// Panics when there is a problem, or when there were fewer variants than there used to be.
    #[track_caller]
    pub fn check(&self, samples: usize, least: [usize; 3]) {
        let Self { read, refused, problems } = self;
        println!("{samples} samples, {read} variants decoded, {refused} refused");
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
        assert!(samples >= least[0] && *read >= least[1] && *refused >= least[2], "there used to be {least:?}");
    }
}
