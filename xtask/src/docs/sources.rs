//! Which operations of the specs were written from which part of a document.

use serde_json::Value;

use gerbang_spec::yaml::{Document, escape};

/// An operation or notification and the heading that its `x-source` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its operationId.
    pub operation: String,
    /// The spec.
    pub file: String,
    /// The line of its `x-source`.
    pub line: usize,
    /// The document's name.
    pub document: String,
    /// The heading.
    pub section: String,
}

impl Source {
    /// Whether a block with this path of headings is, holds or belongs to what the operation was written from.
    pub fn is_touched_by(&self, path: &[String], all: &[Vec<String>]) -> bool {
        all.iter().filter(|other| self.names(other)).any(|named| named.starts_with(path) || path.starts_with(named))
    }

    /// Whether the section is the last heading of a path. Only letters and digits count, and the numbers of the headings
    /// above may stand before it: `2.c Payment Service` is `c. Payment Service` under `2. Cards`.
    pub fn names(&self, path: &[String]) -> bool {
        let Some((heading, above)) = path.split_last() else { return false };
        let section = letters(&self.section);
        let numbers: String = above.iter().filter_map(|heading| number(heading)).map(letters).collect();
        section == letters(heading) || section == numbers + &letters(heading)
    }
}

/// The sources of all operations and notifications of a spec, those of `x-split` too.
pub fn sources(spec: &Document) -> Vec<Source> {
    let mut found = Vec::new();
    for map in ["/paths", "/x-webhooks"] {
        for (name, item) in spec.get(map).and_then(Value::as_object).into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let pointer = format!("{map}/{}/{method}", escape(name));
                found.extend(source(spec, &pointer, operation));
                let parts = operation.pointer("/x-split/operations").and_then(Value::as_object);
                for (value, part) in parts.into_iter().flatten() {
                    found.extend(source(spec, &format!("{pointer}/x-split/operations/{}", escape(value)), part));
                }
            }
        }
    }
    found
}

fn source(spec: &Document, pointer: &str, operation: &Value) -> Option<Source> {
    let text = |at: &str| operation.pointer(at).and_then(Value::as_str).map(str::to_owned);
    Some(Source {
        operation: text("/operationId")?,
        file: spec.file.clone(),
        line: spec.line(&format!("{pointer}/x-source")),
        document: text("/x-source/document")?,
        section: text("/x-source/section")?,
    })
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The number that a heading begins with: `2` of `2. Cards`, `c` of `c. Payment`.
fn number(heading: &str) -> Option<&str> {
    let (number, _) = heading.split_once('.')?;
    (number.len() <= 2 && number.chars().all(char::is_alphanumeric)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(headings: &[&str]) -> Vec<String> {
        headings.iter().map(|heading| (*heading).to_owned()).collect()
    }

    fn source(section: &str) -> Source {
        Source {
            operation: "pay".to_owned(),
            file: "specs/x.yaml".to_owned(),
            line: 1,
            document: "X".to_owned(),
            section: section.to_owned(),
        }
    }

    #[test]
    fn a_section_is_a_heading_with_or_without_numbers() {
        for (section, headings) in [
            ("Create Payment", &["1. API", "Create  Payment:"][..]),
            ("2.c Payment Service", &["2. Cards", "c. Payment Service"]),
            ("C.2. API: Transaction create", &["C.Via API", "C.2.API: Transaction create"]),
        ] {
            assert!(source(section).names(&path(headings)), "{section}");
        }
        for (section, headings) in [
            ("3.c Payment Service", &["2. Cards", "c. Payment Service"][..]),
            ("Create", &["Create Payment"]),
            ("x", &[]),
        ] {
            assert!(!source(section).names(&path(headings)), "{section}");
        }
    }

    #[test]
    fn a_block_touches_what_is_written_from_it_above_it_or_below_it() {
        let all = [path(&["API"]), path(&["API", "Pay"]), path(&["API", "Pay", "Sample"]), path(&["API", "Status"])];
        let source = source("Pay");
        assert!(all[..3].iter().all(|path| source.is_touched_by(path, &all)));
        assert!(!source.is_touched_by(&all[3], &all));
    }

    #[test]
    fn operations_webhooks_and_parts_of_a_split_have_sources() {
        let spec = "paths:
  /a:
    get:
      operationId: all
      x-source: {document: D, section: All, read: 2026-11-20}
      x-split:
        operations:
          check:
            operationId: check
            x-source: {document: D, section: Check, read: 2026-11-20}
x-webhooks:
  paid:
    post:
      operationId: paid
      x-source: {document: D, section: Paid, read: 2026-11-20}
";
        let found = sources(&Document::parse(spec, "specs/x.yaml").unwrap());
        let found: Vec<_> =
            found.iter().map(|source| (source.operation.as_str(), source.section.as_str(), source.line)).collect();
        assert_eq!(found, [("all", "All", 5), ("check", "Check", 10), ("paid", "Paid", 15)]);
    }
}
