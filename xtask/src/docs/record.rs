//! `specs/docs.toml`: where each document lives, and what it was like when it was last read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use regex::Regex;
use serde::Deserialize;
use toml_edit::{Array, DocumentMut, InlineTable, Value};

use super::blocks::Block;

/// The file, read.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    /// The file as it is, with its comments.
    file: DocumentMut,
    /// The documents in the order of the file.
    pub documents: Vec<Record>,
}

/// A document.
#[derive(Debug)]
pub struct Record {
    /// Whose it is: the crate's directory.
    pub provider: String,
    /// Its name, as `x-source` has it.
    pub name: String,
    /// Where it lives, if that is known.
    pub url: Option<String>,
    /// What a copy is called in a directory of copies.
    pub file: String,
    /// What it is written in.
    pub kind: Kind,
    /// The patterns of its headings, unless it is HTML; the outermost first.
    pub headings: Vec<Regex>,
    /// What changes by itself, in all documents and in this one.
    pub ignore: Vec<Regex>,
    /// The day on which it was last read; none before the first time.
    pub read: Option<String>,
    /// What it was like then.
    pub blocks: Vec<Block>,
}

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// HTML, whose headings are its tags.
    Html,
    /// Plain text, whose headings are found by patterns.
    Text,
    /// PDF, or the text that `pdftotext` makes of it; headings as in plain text.
    Pdf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    #[serde(default)]
    ignore: Vec<IgnoreForm>,
    document: Vec<DocumentForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentForm {
    provider: String,
    name: String,
    url: Option<String>,
    file: String,
    kind: Kind,
    #[serde(default)]
    headings: Vec<String>,
    #[serde(default)]
    ignore: Vec<IgnoreForm>,
    read: Option<toml_edit::Datetime>,
    #[serde(default)]
    blocks: Vec<BlockForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreForm {
    pattern: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockForm {
    heading: Vec<String>,
    fingerprint: String,
}

impl Records {
    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self> {
        let fail = || format!("{}", path.display());
        let text = fs::read_to_string(path).with_context(fail)?;
        let file: DocumentMut = text.parse().with_context(fail)?;
        let form: FileForm = toml_edit::de::from_document(file.clone()).with_context(fail)?;
        let documents: Result<Vec<_>> =
            form.document.into_iter().map(|document| record(document, &form.ignore)).collect();
        Ok(Self { path: path.to_owned(), file, documents: documents.with_context(fail)? })
    }

    /// Notes that a document was read on a day and what it was like. The rest of the file stays as it is.
    pub fn accept(&mut self, index: usize, read: Date, blocks: Vec<Block>) -> Result<()> {
        let tables = self.file.get_mut("document").and_then(|item| item.as_array_of_tables_mut());
        let table = tables.and_then(|tables| tables.get_mut(index)).context("the document is not in the file")?;
        let day: toml_edit::Datetime = read.to_string().parse().context("a date of the calendar")?;
        let mut rows = Array::new();
        for block in &blocks {
            let mut row = InlineTable::new();
            row.insert("fingerprint", block.fingerprint.as_str().into());
            row.insert("heading", Value::Array(block.path.iter().map(String::as_str).collect()));
            let mut row = Value::InlineTable(row);
            row.decor_mut().set_prefix("\n    ");
            rows.push_formatted(row);
        }
        rows.set_trailing("\n");
        rows.set_trailing_comma(true);
        table.insert("read", toml_edit::value(day));
        table.insert("blocks", toml_edit::value(rows));
        let record = &mut self.documents[index];
        (record.read, record.blocks) = (Some(read.to_string()), blocks);
        Ok(())
    }

    /// Writes the file.
    pub fn save(&self) -> Result<()> {
        fs::write(&self.path, self.file.to_string()).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn record(form: DocumentForm, everywhere: &[IgnoreForm]) -> Result<Record> {
    let name = form.name.clone();
    let compile = |pattern: &str| Regex::new(pattern).with_context(|| format!("`{name}`"));
    let mut ignore = Vec::new();
    for entry in everywhere.iter().chain(&form.ignore) {
        if entry.reason.trim().is_empty() {
            bail!("`{name}`: the pattern `{}` is ignored without a reason", entry.pattern);
        }
        ignore.push(compile(&entry.pattern)?);
    }
    if (form.kind == Kind::Html) != form.headings.is_empty() {
        bail!("`{name}`: `headings` finds those of text and PDF; HTML has tags for them");
    }
    if Path::new(&form.file).components().count() != 1 || form.file.starts_with('.') {
        bail!("`{name}`: `{}` is not the name of a file", form.file);
    }
    Ok(Record {
        headings: form.headings.iter().map(|pattern| compile(pattern)).collect::<Result<_>>()?,
        provider: form.provider,
        name: form.name,
        url: form.url,
        file: form.file,
        kind: form.kind,
        ignore,
        read: form.read.map(|day| day.to_string()),
        blocks: form
            .blocks
            .into_iter()
            .map(|block| Block { path: block.heading, fingerprint: block.fingerprint })
            .collect(),
    })
}
