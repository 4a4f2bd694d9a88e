//! What became of the providers' documents since the specs were last compared with them.
//!
//! `specs/docs.toml` holds no text of a document, only its headings and a fingerprint of what is under each. Who keeps copies
//! of what was accepted is shown the old and the new words too.

mod blocks;
mod compare;
mod fetch;
mod record;
mod report;
mod sources;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;

use blocks::{Form, Passage};
use compare::Change;
use fetch::Fetched;
use gerbang_spec::problem;
use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
pub use record::{Kind, Record, Records};
pub use report::Report;
use report::{Checked, Found, Missing, Outcome, Words};
pub use sources::{Source, sources};

/// Where documents are taken from, and which.
#[derive(Debug, Clone)]
pub struct Request {
    /// Only those of these providers, unless there are none.
    pub providers: Vec<String>,
    /// A directory of copies, which are read instead of what the addresses lead to.
    pub from: Option<PathBuf>,
    /// A directory of copies of what was accepted: [`accept`] writes them, and [`check`] takes the old words from them.
    pub kept: Option<PathBuf>,
    /// How long getting one document may take.
    pub timeout: Duration,
}

/// A document as it is now.
struct Now {
    passages: Vec<Passage>,
    /// As it was sent or copied.
    content: Vec<u8>,
    /// Where it lives now, if it has moved for good.
    moved: Option<String>,
}

/// Compares documents with their recorded states.
///
/// # Errors
///
/// When `specs/docs.toml` or a spec cannot be read, or has no document of a provider.
pub fn check(specs: &Path, request: &Request) -> Result<Report> {
    let records = Records::load(&specs.join("docs.toml"))?;
    let mut documents = Vec::new();
    for record in chosen(&records, &request.providers)?.into_iter().map(|index| &records.documents[index]) {
        let (outcome, moved) = match current(record, request) {
            Err(missing) => (Outcome::Missing(missing), None),
            Ok(now) => {
                let old = request.kept.as_ref().map_or_else(BTreeMap::new, |kept| kept_texts(record, kept, request));
                (compared(record, &now.passages, &old, &sources_of(specs, record)?), now.moved)
            }
        };
        documents.push(Checked { title: title(record), moved, outcome });
    }
    Ok(Report { documents })
}

/// Records the states of documents as those that the specs were compared with on a day. What cannot be read stays as it was.
///
/// # Errors
///
/// Those of [`check`], and when `specs/docs.toml` or a kept copy cannot be written.
pub fn accept(specs: &Path, request: &Request, day: Date) -> Result<Report> {
    let mut records = Records::load(&specs.join("docs.toml"))?;
    let mut documents = Vec::new();
    for index in chosen(&records, &request.providers)? {
        let record = &records.documents[index];
        let title = title(record);
        let (outcome, moved) = match current(record, request) {
            Err(missing) => (Outcome::Missing(missing), None),
            Ok(now) => {
                if let Some(kept) = &request.kept {
                    keep(&kept.join(&record.file), &now.content)?;
                }
                let blocks: Vec<_> = now.passages.into_iter().map(|passage| passage.block).collect();
                let outcome = Outcome::Accepted(blocks.len(), compare::changes(&record.blocks, &blocks).len());
                records.accept(index, day, blocks)?;
                (outcome, now.moved)
            }
        };
        documents.push(Checked { title, moved, outcome });
    }
    records.save()?;
    Ok(Report { documents })
}

/// The day it is now, UTC.
pub fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn title(record: &Record) -> String {
    format!("{}: {}", record.provider, record.name)
}

fn keep(path: &Path, content: &[u8]) -> Result<()> {
    let directory = path.parent().context("a file has a directory")?;
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// The documents of the providers, by their place in the file.
fn chosen(records: &Records, providers: &[String]) -> Result<Vec<usize>> {
    let known: BTreeSet<_> = records.documents.iter().map(|record| record.provider.as_str()).collect();
    if let Some(unknown) = providers.iter().find(|provider| !known.contains(provider.as_str())) {
        let known: Vec<_> = known.into_iter().collect();
        bail!("specs/docs.toml has no document of `{unknown}`; it has those of {}", known.join(", "));
    }
    let all = records.documents.iter().enumerate();
    let wanted = all.filter(|(_, record)| providers.is_empty() || providers.contains(&record.provider));
    Ok(wanted.map(|(index, _)| index).collect())
}

/// A document as it is now, or why it cannot be had.
fn current(record: &Record, request: &Request) -> Result<Now, Missing> {
    let Fetched { content, moved } = match (&request.from, &record.url) {
        (Some(directory), _) => copied(&directory.join(&record.file))?,
        (None, Some(url)) => {
            fetch::fetch(url, request.timeout).map_err(|why| Missing::Unreachable(format!("{url}: {why}")))?
        }
        (None, None) => {
            let file = &record.file;
            return Err(Missing::NoAddress(format!(
                "nobody knows where it lives; ask for a copy, name it `{file}`, and give its directory by --from"
            )));
        }
    };
    let passages = passages(record, content.clone(), request.timeout).map_err(Missing::Unreadable)?;
    // A page that asks for patience, an error page that comes with 200, or a page that is built in the browser.
    let is_known = |path: &[String]| record.blocks.is_empty() || record.blocks.iter().any(|old| old.path == path);
    if !passages.iter().any(|passage| !passage.block.path.is_empty() && is_known(&passage.block.path)) {
        let why = "what was read has no heading of the document: another page, or one that a browser must build";
        return Err(Missing::Unreadable(why.to_owned()));
    }
    Ok(Now { passages, content, moved })
}

fn copied(path: &Path) -> Result<Fetched, Missing> {
    let read = |why| if path.exists() { Missing::Unreadable(why) } else { Missing::NoCopy(why) };
    Ok(Fetched { content: fetch::read(path).map_err(read)?, moved: None })
}

/// The blocks of what was read of a document, with their texts.
fn passages(record: &Record, content: Vec<u8>, timeout: Duration) -> Result<Vec<Passage>, String> {
    let content = if record.kind == Kind::Pdf { fetch::text_of_pdf(content, timeout)? } else { content };
    let form = if record.kind == Kind::Html { Form::Html } else { Form::Lines(&record.headings) };
    Ok(blocks::passages(&String::from_utf8_lossy(&content), form, &record.ignore))
}

/// The texts of a kept copy, by fingerprint; none where no copy can be read. A copy of another day still has the texts that
/// it has in common with what was recorded.
fn kept_texts(record: &Record, kept: &Path, request: &Request) -> BTreeMap<String, String> {
    let content = fetch::read(&kept.join(&record.file));
    let passages = content.and_then(|content| passages(record, content, request.timeout)).unwrap_or_default();
    texts(&passages)
}

fn texts(passages: &[Passage]) -> BTreeMap<String, String> {
    passages.iter().map(|passage| (passage.block.fingerprint.clone(), passage.text.clone())).collect()
}

fn compared(record: &Record, now: &[Passage], old: &BTreeMap<String, String>, sources: &[Source]) -> Outcome {
    let blocks: Vec<_> = now.iter().map(|passage| passage.block.clone()).collect();
    let changes = compare::changes(&record.blocks, &blocks);
    let new = texts(now);
    let paths: Vec<_> = record.blocks.iter().chain(&blocks).map(|block| block.path.clone()).collect();
    let found = |change: Change, words| {
        let touches = |source: &&Source| change.paths().iter().any(|path| source.is_touched_by(path, &paths));
        let mut touched: Vec<_> = sources.iter().filter(touches).cloned().collect();
        touched.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Found { change, touched, words }
    };
    match &record.read {
        None => Outcome::New(changes.into_iter().map(|change| found(change, Words::None)).collect()),
        Some(read) if changes.is_empty() => Outcome::Unchanged(now.len(), read.clone()),
        Some(read) => {
            let changes = changes.into_iter().map(|change| {
                let words = words_of(&change, old, &new);
                found(change, words)
            });
            Outcome::Changed(changes.collect(), read.clone())
        }
    }
}

/// The words of a change, from the texts before and now by fingerprint.
fn words_of(change: &Change, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Words {
    let of = |texts: &BTreeMap<String, String>, fingerprint: &str| match fingerprint {
        blocks::EMPTY => Some(String::new()),
        _ => texts.get(fingerprint).cloned(),
    };
    match change {
        Change::Changed(before, now) => {
            let now = of(new, &now.fingerprint).unwrap_or_default();
            match of(old, &before.fingerprint) {
                Some(before) => Words::Differ(words::differences(&before, &now)),
                None => Words::OldUnknown(words::printable(&now)),
            }
        }
        Change::Added(block) => Words::Differ(words::differences("", &of(new, &block.fingerprint).unwrap_or_default())),
        Change::Removed(block) => match of(old, &block.fingerprint) {
            Some(before) => Words::Differ(words::differences(&before, "")),
            None => Words::None,
        },
        Change::Moved(_) | Change::Renamed(..) => Words::None,
    }
}

/// What the provider's specs say that they have from a document.
fn sources_of(directory: &Path, record: &Record) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    for spec in specs::find(directory, std::slice::from_ref(&record.provider))? {
        let document = Document::load(&spec.path, &spec.display_name()).map_err(problem::error)?;
        found.extend(sources(&document).into_iter().filter(|source| source.document == record.name));
    }
    Ok(found)
}
