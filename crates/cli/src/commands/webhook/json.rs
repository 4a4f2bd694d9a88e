//! JSON whose members keep their order, and the styles in which programs write it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// JSON as a body has it: members in their order, also those that it has twice.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Where there is white space.
    pub layout: Layout,
    /// Whether `/` is written `\/`.
    pub escapes_slashes: bool,
    /// Whether everything beyond ASCII is written `\u`.
    pub escapes_unicode: bool,
}

/// Where there is white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Nowhere.
    Compact,
    /// After each comma and each colon.
    Spaced,
    /// Each member on a line of its own, behind so many spaces for each level.
    Indented(usize),
}

impl Style {
    /// As PHP's `json_encode` writes it.
    pub const PHP: Self = Self { layout: Layout::Compact, escapes_slashes: true, escapes_unicode: true };

    /// All of them, the usual ones first.
    pub fn all() -> impl Iterator<Item = Self> {
        let layouts = [Layout::Compact, Layout::Spaced, Layout::Indented(4), Layout::Indented(2)];
        layouts.into_iter().flat_map(|layout| {
            [(false, false), (true, true), (false, true), (true, false)]
                .map(|(escapes_slashes, escapes_unicode)| Self { layout, escapes_slashes, escapes_unicode })
        })
    }
}

/// Says where the white space is, who writes so, and what is escaped.
impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layout {
            Layout::Compact => {
                f.write_str("without white space, as PHP's json_encode and JavaScript's JSON.stringify write it")?;
            }
            Layout::Spaced => {
                f.write_str("with a space after each comma and colon, as Python's json.dumps writes it")?;
            }
            Layout::Indented(spaces) => {
                write!(f, "indented by {spaces} spaces, as JSON that is made for reading")?;
            }
        }
        f.write_str(match (self.escapes_slashes, self.escapes_unicode) {
            (false, false) => "",
            (true, false) => ", with / written \\/",
            (false, true) => ", with letters beyond ASCII written \\u…",
            (true, true) => ", with / written \\/ and letters beyond ASCII written \\u…",
        })
    }
}

impl Json {
    /// Writes it in a style.
    pub fn write(&self, style: Style) -> String {
        self.write_within(style, usize::MAX).unwrap_or_default()
    }

    /// Writes it in a style, unless it has more bytes than this.
    pub fn write_within(&self, style: Style, most: usize) -> Option<String> {
        let mut out = Text { text: String::new(), most };
        self.write_to(&mut out, style, 0);
        (!out.is_full()).then_some(out.text)
    }

    /// How deeply lists and objects may be nested.
    pub fn depth(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or_default(),
            _ => 0,
        }
    }

    fn write_to(&self, out: &mut Text, style: Style, level: usize) {
        if out.is_full() {
            return;
        }
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(is_true) => out.push_str(if *is_true { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => write_text(out, text, style),
            Self::List(items) => {
                write_items(out, ['[', ']'], items, style, level, |out, item| item.write_to(out, style, level + 1));
            }
            Self::Object(members) => write_items(out, ['{', '}'], members, style, level, |out, (name, value)| {
                write_text(out, name, style);
                out.push_str(if style.layout == Layout::Compact { ":" } else { ": " });
                value.write_to(out, style, level + 1);
            }),
        }
    }
}

/// Text that is written on only until it is too long.
struct Text {
    text: String,
    most: usize,
}

impl Text {
    fn is_full(&self) -> bool {
        self.text.len() > self.most
    }

    fn push(&mut self, letter: char) {
        self.text.push(letter);
    }

    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

fn write_items<T>(
    out: &mut Text,
    [open, close]: [char; 2],
    items: &[T],
    style: Style,
    level: usize,
    write: impl Fn(&mut Text, &T),
) {
    let new_line = |out: &mut Text, level: usize| {
        if let Layout::Indented(spaces) = style.layout {
            out.push('\n');
            out.text.extend(std::iter::repeat_n(' ', spaces * level));
        }
    };
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if out.is_full() {
            return;
        }
        if index > 0 {
            out.push_str(if style.layout == Layout::Spaced { ", " } else { "," });
        }
        new_line(out, level + 1);
        write(out, item);
    }
    if !items.is_empty() {
        new_line(out, level);
    }
    out.push(close);
}

fn write_text(out: &mut Text, text: &str, style: Style) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if style.escapes_slashes => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter < ' ' || (style.escapes_unicode && !letter.is_ascii()) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(json: &str, layout: Layout, escapes: bool) -> String {
        let json: Json = serde_json::from_str(json).unwrap();
        json.write(Style { layout, escapes_slashes: escapes, escapes_unicode: escapes })
    }

    #[test]
    fn members_keep_their_order() {
        let json = r#"{"b":1,"a":[null,true,-2,2.0,"x"],"b":{}}"#;
        assert_eq!(write(json, Layout::Compact, false), json);
    }

    #[test]
    fn each_layout_is_that_of_the_program_that_it_is_named_after() {
        let json = r#"{"a":1,"b":[1,2],"c":{},"d":[]}"#;
        assert_eq!(write(json, Layout::Compact, true), json);
        assert_eq!(write(json, Layout::Spaced, true), r#"{"a": 1, "b": [1, 2], "c": {}, "d": []}"#);
        let indented = "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": {},\n  \"d\": []\n}";
        assert_eq!(write(json, Layout::Indented(2), true), indented);
    }

    #[test]
    fn what_is_too_long_is_not_written() {
        let json: Json = serde_json::from_str("[[1,2],{}]").unwrap();
        let style = Style { escapes_slashes: false, escapes_unicode: false, layout: Layout::Compact };
        assert_eq!(json.write_within(style, 10).as_deref(), Some("[[1,2],{}]"));
        assert_eq!(json.write_within(style, 9), None);
        assert_eq!(json.depth(), 2);
    }

    #[test]
    fn escapes_are_those_of_php_and_javascript() {
        let json = "{\"a/b\":\"é😀\\\"\\\\\\n\\u0001\"}";
        assert_eq!(write(json, Layout::Compact, true), r#"{"a\/b":"\u00e9\ud83d\ude00\"\\\n\u0001"}"#);
        assert_eq!(write(json, Layout::Compact, false), "{\"a/b\":\"é😀\\\"\\\\\\n\\u0001\"}");
    }
}
