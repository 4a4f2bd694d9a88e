//! Every place of a sample that is given wrong values.

use serde_json::{Map, Value};

use crate::spec::Spec;

/// A step from a value into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The member of this name.
    Member(String),
    /// The item at this index.
    Item(usize),
    /// The JSON inside this string.
    Inside,
}

/// The steps to a place.
pub type Path = Vec<Step>;

/// A place.
#[derive(Debug)]
pub struct Place<'a> {
    /// Where it is.
    pub path: Path,
    /// What belongs there.
    pub schema: &'a Value,
    /// Whether it must be there.
    pub required: bool,
    /// What becomes of the whole when the place cannot be read.
    pub unreadable: Outcome,
}

impl Place<'_> {
    /// Whether it is compared with what is expected.
    pub fn is_compared(&self) -> bool {
        self.schema["x-compared"] == true
    }

    /// Whether it is an item of a list.
    pub fn is_item(&self) -> bool {
        matches!(self.path.last(), Some(Step::Item(_)))
    }
}

/// What becomes of the whole when a place cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The whole is refused.
    Refused,
    /// The optional member at this path is none, the rest is read.
    None(Path),
    /// The row, or the value of a map, at this path is left out, the rest is read.
    LeftOut(Path),
}

/// All places in a value of this schema, without the members of the value itself that are `left_alone`.
pub fn places<'a>(spec: &'a Spec, schema: &'a Value, value: &Value, left_alone: &[&str]) -> Vec<Place<'a>> {
    let mut walk = Walk { spec, places: Vec::new() };
    walk.value(schema, value, &[], &Outcome::Refused);
    let is_left_alone = |place: &Place| match place.path.as_slice() {
        [Step::Member(name)] => left_alone.contains(&name.as_str()),
        _ => false,
    };
    walk.places.retain(|place| !is_left_alone(place));
    walk.places
}

struct Walk<'a> {
    spec: &'a Spec,
    places: Vec<Place<'a>>,
}

impl<'a> Walk<'a> {
    /// The places in a value, which is a place itself unless it is the whole.
    fn value(&mut self, schema: &'a Value, value: &Value, path: &[Step], unreadable: &Outcome) {
        let schema = self.spec.resolve(schema);
        if schema["oneOf"][0]["x-content-media-type"].is_string() {
            let text = value.as_str().expect("the sample has JSON in a string");
            let inner = serde_json::from_str(text).expect("JSON in a string");
            return self.value(&schema["oneOf"][1], &inner, &join(path, Step::Inside), unreadable);
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.row(&schema["items"], item, join(path, Step::Item(index)));
                }
            }
            Value::Object(members) => match schema.get("additionalProperties") {
                Some(values) => {
                    for (name, value) in members {
                        self.row(values, value, join(path, Step::Member(name.clone())));
                    }
                }
                None => self.members(schema, members, path, unreadable),
            },
            _ => {}
        }
    }

    /// A row of a list or a value of a map: an unreadable one does not hide the others.
    fn row(&mut self, schema: &'a Value, value: &Value, path: Path) {
        let unreadable = Outcome::LeftOut(path.clone());
        self.value(schema, value, &path, &unreadable);
        self.places.push(Place { path, schema, required: true, unreadable });
    }

    fn members(&mut self, schema: &'a Value, members: &Map<String, Value>, path: &[Step], unreadable: &Outcome) {
        for (name, property) in schema["properties"].as_object().expect("an object has properties") {
            let path = join(path, Step::Member(name.clone()));
            let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
            let hides_nothing = !required && property["x-compared"] != true;
            let unreadable = if hides_nothing { Outcome::None(path.clone()) } else { unreadable.clone() };
            if let Some(value) = members.get(name) {
                self.value(property, value, &path, &unreadable);
            }
            self.places.push(Place { path, schema: property, required, unreadable });
        }
    }
}

/// A path as people write it.
pub fn written(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Member(name) => format!(".{name}"),
        // Which row it is changes nothing.
        Step::Item(_) => "[]".to_owned(),
        Step::Inside => "\"…\"".to_owned(),
    };
    path.iter().map(step).collect()
}

fn join(path: &[Step], step: Step) -> Path {
    path.iter().cloned().chain([step]).collect()
}

/// The value as JSON, with these bytes at a place, or without the place.
pub fn with(value: &Value, path: &[Step], bytes: Option<&[u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, path, bytes, &mut out);
    out
}

fn write(value: &Value, path: &[Step], bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    let Some((step, rest)) = path.split_first() else { return out.extend(bytes.expect("the whole is never missing")) };
    let is_gone = rest.is_empty() && bytes.is_none();
    match step {
        Step::Member(name) => {
            let members = value.as_object().expect("an object");
            let added = (!members.contains_key(name)).then_some((name, &Value::Null));
            let parts = members.iter().chain(added).filter(|(member, _)| !(is_gone && *member == name));
            list(out, *b"{}", parts, |(member, value), out| {
                out.extend(Value::from(member.as_str()).to_string().bytes());
                out.push(b':');
                if member == name { write(value, rest, bytes, out) } else { out.extend(value.to_string().bytes()) }
            });
        }
        Step::Item(index) => {
            let items = value.as_array().expect("a list").iter().enumerate();
            let parts = items.filter(|(item, _)| !(is_gone && item == index));
            list(out, *b"[]", parts, |(item, value), out| {
                if item == *index { write(value, rest, bytes, out) } else { out.extend(value.to_string().bytes()) }
            });
        }
        Step::Inside => {
            let inner = serde_json::from_str(value.as_str().expect("a string")).expect("JSON in a string");
            out.push(b'"');
            for byte in with(&inner, rest, bytes) {
                if matches!(byte, b'"' | b'\\') {
                    out.push(b'\\');
                }
                out.push(byte);
            }
            out.push(b'"');
        }
    }
}

fn list<T>(out: &mut Vec<u8>, ends: [u8; 2], parts: impl Iterator<Item = T>, write: impl Fn(T, &mut Vec<u8>)) {
    out.push(ends[0]);
    for (index, part) in parts.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(part, out);
    }
    out.push(ends[1]);
}

#[test]
fn bytes_are_put_at_their_place() {
    let value = serde_json::json!({"a": [{"b": 1}, {"b": 2}], "c": "{\"d\":\"e\"}"});
    let member = |name: &str| Step::Member(name.to_owned());
    let text = |path: &[Step], bytes| String::from_utf8(with(&value, path, bytes)).unwrap();
    let row = [member("a"), Step::Item(1), member("b")];
    assert_eq!(text(&row, Some(b"1e400")), r#"{"a":[{"b":1},{"b":1e400}],"c":"{\"d\":\"e\"}"}"#);
    assert_eq!(text(&row, None), r#"{"a":[{"b":1},{}],"c":"{\"d\":\"e\"}"}"#);
    assert_eq!(text(&row[..2], None), r#"{"a":[{"b":1}],"c":"{\"d\":\"e\"}"}"#);
    let inside = [member("c"), Step::Inside, member("d")];
    assert_eq!(text(&inside, Some(br#""\ud83d""#)), r#"{"a":[{"b":1},{"b":2}],"c":"{\"d\":\"\\ud83d\"}"}"#);
    assert_eq!(text(&[member("x")], Some(b"[]")), r#"{"a":[{"b":1},{"b":2}],"c":"{\"d\":\"e\"}","x":[]}"#);
}
