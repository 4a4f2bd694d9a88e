//! What became of the providers' documents since the specs were last compared with them.
//!
//! `specs/docs.toml` holds no text of a document, only its headings and a fingerprint of what is under each.

mod blocks;
mod compare;
mod fetch;
mod record;
mod sources;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use jiff::civil::Date;

use blocks::{Block, Form};
use compare::Change;
use gerbang_spec::problem;
use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
pub use record::{Kind, Record, Records};
pub use sources::{Source, sources};

/// Where documents are taken from, and which.
#[derive(Debug, Clone)]
pub struct Request {
    /// Only those of these providers, unless there are none.
    pub providers: Vec<String>,
    /// A directory of copies, which are read instead of what the addresses lead to.
    pub from: Option<PathBuf>,
    /// How long getting one document may take.
    pub timeout: Duration,
}

/// What became of the documents that were asked for.
#[derive(Debug)]
pub struct Report {
    documents: Vec<(String, Outcome)>,
}

/// What became of one document.
#[derive(Debug)]
enum Outcome {
    /// It is as it was: how many blocks, and on which day it was read.
    Unchanged(usize, String),
    /// Each change with the operations that it touches, and the day on which it was read.
    Changed(Vec<(Change, Vec<Source>)>, Option<String>),
    /// Its state was recorded: how many blocks, and how many changes, which are to be those that `check` reported.
    Accepted(usize, usize),
    /// It could not be read.
    Unreachable(String),
}

impl Report {
    /// 1 when a document has changed, otherwise 3 when one could not be read, otherwise 0.
    pub fn exit_code(&self) -> u8 {
        let any = |wanted: fn(&Outcome) -> bool| self.documents.iter().any(|(_, outcome)| wanted(outcome));
        match (any(|o| matches!(o, Outcome::Changed(..))), any(|o| matches!(o, Outcome::Unreachable(_)))) {
            (true, _) => 1,
            (false, true) => 3,
            (false, false) => 0,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, outcome) in &self.documents {
            match outcome {
                Outcome::Unchanged(blocks, read) => writeln!(f, "{name}: unchanged since {read} ({blocks} blocks)")?,
                Outcome::Accepted(blocks, changes) => {
                    writeln!(f, "{name}: recorded ({blocks} blocks, {changes} changes)")?;
                }
                Outcome::Unreachable(why) => writeln!(f, "{name}: UNREACHABLE: {why}")?,
                Outcome::Changed(changes, since) => {
                    let since = since.as_deref().map_or("never recorded".to_owned(), |day| format!("since {day}"));
                    writeln!(f, "{name}: CHANGED ({}, {since})", changes.len())?;
                    for (change, touched) in changes {
                        write_change(f, change, touched)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn write_change(f: &mut fmt::Formatter<'_>, change: &Change, touched: &[Source]) -> fmt::Result {
    let word = match change {
        Change::Changed(_) => "changed",
        Change::Added(_) => "added",
        Change::Removed(_) => "removed",
        Change::Moved(_) => "moved",
        Change::Renamed(..) => "renamed",
    };
    let headings: Vec<_> = change.paths().into_iter().map(heading).collect();
    writeln!(f, "  {word:<7}  {}", headings.join(" -> "))?;
    let touched: Vec<_> =
        touched.iter().map(|Source { operation, file, line, .. }| format!("{operation} ({file}:{line})")).collect();
    match touched.as_slice() {
        [] => writeln!(f, "           touches no operation"),
        _ => writeln!(f, "           touches {}", touched.join(", ")),
    }
}

fn heading(path: &[String]) -> String {
    if path.is_empty() { "(before the first heading)".to_owned() } else { path.join(" › ") }
}

/// Compares documents with their recorded states.
pub fn check(specs: &Path, request: &Request) -> Result<Report> {
    let records = Records::load(&specs.join("docs.toml"))?;
    let mut documents = Vec::new();
    for record in chosen(&records, &request.providers)?.into_iter().map(|index| &records.documents[index]) {
        let outcome = match current(record, request) {
            Err(why) => Outcome::Unreachable(why),
            Ok(now) => compared(record, &now, &sources_of(specs, record)?),
        };
        documents.push((title(record), outcome));
    }
    Ok(Report { documents })
}

/// Records the states of documents as those that the specs were compared with on a day. What cannot be read stays as it was.
pub fn accept(specs: &Path, request: &Request, day: Date) -> Result<Report> {
    let mut records = Records::load(&specs.join("docs.toml"))?;
    let mut documents = Vec::new();
    for index in chosen(&records, &request.providers)? {
        let record = &records.documents[index];
        let title = title(record);
        let outcome = match current(record, request) {
            Err(why) => Outcome::Unreachable(why),
            Ok(blocks) => {
                let outcome = Outcome::Accepted(blocks.len(), compare::changes(&record.blocks, &blocks).len());
                records.accept(index, day, blocks)?;
                outcome
            }
        };
        documents.push((title, outcome));
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

/// The blocks of a document as it is now, or why they cannot be had.
fn current(record: &Record, request: &Request) -> Result<Vec<Block>, String> {
    let content = match (&request.from, &record.url) {
        (Some(directory), _) => fetch::read(&directory.join(&record.file))?,
        (None, Some(url)) => fetch::fetch(url, request.timeout).map_err(|why| format!("{url}: {why}"))?,
        (None, None) => {
            let Record { file, .. } = record;
            return Err(format!(
                "its address is not known; ask for a copy, name it `{file}`, and give its directory by --from"
            ));
        }
    };
    let content = if record.kind == Kind::Pdf { fetch::text_of_pdf(content, request.timeout)? } else { content };
    let form = if record.kind == Kind::Html { Form::Html } else { Form::Lines(&record.headings) };
    let blocks = blocks::blocks(&String::from_utf8_lossy(&content), form, &record.ignore);
    // A page that asks for patience, an error page that comes with 200, or a page that is built in the browser.
    let known = |block: &Block| record.blocks.is_empty() || record.blocks.iter().any(|old| old.path == block.path);
    if !blocks.iter().any(|block| !block.path.is_empty() && known(block)) {
        return Err(
            "what was read has no heading of the document: another page, or one that a browser must build".to_owned()
        );
    }
    Ok(blocks)
}

fn compared(record: &Record, now: &[Block], sources: &[Source]) -> Outcome {
    let changes = compare::changes(&record.blocks, now);
    if let (true, Some(read)) = (changes.is_empty(), &record.read) {
        return Outcome::Unchanged(now.len(), read.clone());
    }
    let paths: Vec<_> = record.blocks.iter().chain(now).map(|block| block.path.clone()).collect();
    let with_sources = changes.into_iter().map(|change| {
        let touches = |source: &&Source| change.paths().iter().any(|path| source.is_touched_by(path, &paths));
        let mut touched: Vec<_> = sources.iter().filter(touches).cloned().collect();
        touched.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        (change, touched)
    });
    Outcome::Changed(with_sources.collect(), record.read.clone())
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
