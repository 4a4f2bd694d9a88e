//! YAML with line numbers: a spec as JSON, and where each of its values is in the file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use crate::problem::Problem;

/// How deep values may be nested, so that nothing that walks over them runs out of stack. The specs have less than half.
const DEEPEST: usize = 100;

/// A YAML file, read as JSON.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file, as the user would name it.
    pub file: String,
    /// Its content.
    pub value: Value,
    /// JSON pointer of each value → the line on which its key (or itself, in a list) is.
    lines: BTreeMap<String, usize>,
}

impl Document {
    /// Reads a file. Duplicate keys, anchors, tags and several documents are problems; all of them are reported.
    pub fn load(path: &Path, file: &str) -> Result<Self, Vec<Problem>> {
        let text = fs::read_to_string(path).map_err(|error| {
            vec![Problem {
                file: file.to_owned(),
                line: 1,
                rule: "yaml-syntax",
                message: format!("the file cannot be read: {error}"),
                help: "check the name, and that the file is UTF-8".to_owned(),
            }]
        })?;
        Self::parse(&text, file)
    }

    /// Reads YAML text.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Problem>> {
        let text = &*joined_surrogates(text);
        let mut reader =
            Reader { file, events: Parser::new_from_str(text), lines: BTreeMap::new(), problems: Vec::new() };
        let value = reader.document();
        let Reader { lines, mut problems, .. } = reader;
        match value {
            Some(value) if problems.is_empty() => Ok(Self { file: file.to_owned(), value, lines }),
            _ => {
                problems.sort();
                Err(problems)
            }
        }
    }

    /// The line of the value at a JSON pointer; of its nearest ancestor when the value is absent.
    pub fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.lines.get(pointer) {
                return *line;
            }
            match pointer.rfind('/') {
                Some(cut) => pointer = &pointer[..cut],
                None => return 1,
            }
        }
    }

    /// The value at a JSON pointer.
    pub fn get(&self, pointer: &str) -> Option<&Value> {
        self.value.pointer(pointer)
    }

    /// Where the entries of the list or object at a pointer are; none of anything else.
    pub fn entries(&self, pointer: &str) -> Vec<String> {
        let names: Vec<_> = match self.get(pointer) {
            Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
            Some(Value::Object(map)) => map.keys().map(|name| escape(name)).collect(),
            _ => Vec::new(),
        };
        names.into_iter().map(|name| format!("{pointer}/{name}")).collect()
    }

    /// A problem at a JSON pointer.
    pub fn problem(
        &self,
        pointer: &str,
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Problem {
        Problem { file: self.file.clone(), line: self.line(pointer), rule, message: message.into(), help: help.into() }
    }
}

/// JSON writes a character beyond U+FFFF as two escapes, which YAML does not know: the character takes their place. Text that
/// does not begin as JSON does is as it was.
fn joined_surrogates(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with('{') || !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\\') {
        let (before, escape) = rest.split_at(start);
        joined.push_str(before);
        let unit = |at: usize| -> Option<u16> {
            let digits = escape.get(at..)?.strip_prefix("\\u")?.get(..4)?;
            u16::from_str_radix(digits, 16).ok()
        };
        let character = unit(0).zip(unit(6)).and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        // The second of two escapes is only looked at where the first is a half.
        let is_half = unit(0).is_some_and(|unit| (0xd800..0xdc00).contains(&unit));
        let length = match character.filter(|_| is_half) {
            Some(character) => {
                joined.push(character);
                12
            }
            None => {
                let length = escape.chars().take(2).map(char::len_utf8).sum();
                joined.push_str(&escape[..length]);
                length
            }
        };
        rest = &escape[length..];
    }
    joined.push_str(rest);
    Cow::Owned(joined)
}

/// A key as a JSON pointer's last part.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct Reader<'a> {
    file: &'a str,
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    lines: BTreeMap<String, usize>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn report(&mut self, line: usize, rule: &'static str, message: String, help: &str) {
        let file = self.file.to_owned();
        self.problems.push(Problem { file, line, rule, message, help: help.to_owned() });
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        match self.events.next()? {
            Ok(event) => Some(event),
            Err(error) => {
                let line = error.marker().line();
                self.report(line, "yaml-syntax", error.info().to_owned(), "fix the YAML");
                None
            }
        }
    }

    fn document(&mut self) -> Option<Value> {
        let mut value = None;
        while let Some((event, span)) = self.next() {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Nothing => {}
                Event::DocumentStart(_) if value.is_none() => {
                    let (event, span) = self.next()?;
                    value = self.node(event, span, "");
                    value.as_ref()?;
                }
                _ => self.report(
                    span.start.line(),
                    "yaml-syntax",
                    "the file has more than one document".to_owned(),
                    "keep one document per file",
                ),
            }
        }
        if value.is_none() && self.problems.is_empty() {
            self.report(1, "yaml-syntax", "the file is empty".to_owned(), "write the spec");
        }
        value
    }

    fn node(&mut self, event: Event<'a>, span: Span, pointer: &str) -> Option<Value> {
        let line = span.start.line();
        if pointer.matches('/').count() > DEEPEST {
            let message = format!("values are nested more than {DEEPEST} deep");
            self.report(line, "yaml-syntax", message, "make the inner ones components");
            return None;
        }
        self.lines.entry(pointer.to_owned()).or_insert(line);
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            Event::Alias(_) => (1, false),
            _ => (0, false),
        };
        if anchor != 0 || tag {
            self.report(
                line,
                "yaml-syntax",
                "anchors, aliases and tags are not used in specs".to_owned(),
                "repeat the value, or make it a component and refer to it by $ref",
            );
        }
        match event {
            Event::Scalar(text, style, _, tag) => Some(self.scalar(text, style, tag, line)),
            Event::Alias(_) => Some(Value::Null),
            Event::SequenceStart(..) => self.sequence(pointer),
            Event::MappingStart(..) => self.mapping(pointer),
            _ => None,
        }
    }

    /// The items up to the end of a list.
    fn sequence(&mut self, pointer: &str) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(Value::Array(items)),
                (event, span) => {
                    let pointer = format!("{pointer}/{}", items.len());
                    items.push(self.node(event, span, &pointer)?);
                }
            }
        }
    }

    /// The keys and values up to the end of an object.
    fn mapping(&mut self, pointer: &str) -> Option<Value> {
        let mut map = Map::new();
        loop {
            let (key, line) = match self.next()? {
                (Event::MappingEnd, _) => return Some(Value::Object(map)),
                (Event::Scalar(text, ..), span) => (text.into_owned(), span.start.line()),
                (_, span) => {
                    let line = span.start.line();
                    self.report(line, "yaml-syntax", "a key must be a plain word".to_owned(), "quote the key");
                    return None;
                }
            };
            let child = format!("{pointer}/{}", escape(&key));
            if let Some(first) = self.lines.get(&child).copied() {
                self.report(
                    line,
                    "duplicate-key",
                    format!("`{key}` is here for the second time; first on line {first}"),
                    "remove or rename one of the two",
                );
            } else {
                self.lines.insert(child.clone(), line);
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, &child)?;
            map.insert(key, value);
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        tag: Option<Cow<'a, saphyr_parser::Tag>>,
        line: usize,
    ) -> Value {
        match Scalar::parse_from_cow_and_metadata(text, style, tag.as_ref()) {
            Some(Scalar::Null) => Value::Null,
            Some(Scalar::Boolean(value)) => Value::Bool(value),
            Some(Scalar::Integer(value)) => Value::from(value),
            Some(Scalar::FloatingPoint(value)) => Value::from(*value),
            Some(Scalar::String(value)) => Value::String(value.into_owned()),
            None => {
                self.report(line, "yaml-syntax", "the value does not fit its tag".to_owned(), "remove the tag");
                Value::Null
            }
        }
    }
}
