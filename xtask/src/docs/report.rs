//! What `docs` prints: what became of each document.

use std::fmt;

use super::compare::Change;
use super::sources::Source;
use super::words::printable;

/// What became of the documents that were asked for.
#[derive(Debug)]
pub struct Report {
    /// Each document with what became of it.
    pub(super) documents: Vec<Checked>,
}

/// A document and what became of it.
#[derive(Debug)]
pub(super) struct Checked {
    /// Whose it is, and its name.
    pub(super) title: String,
    /// Where it lives now, if its address leads elsewhere for good.
    pub(super) moved: Option<String>,
    pub(super) outcome: Outcome,
}

/// What became of one document.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is as it was: how many blocks, and on which day it was read.
    Unchanged(usize, String),
    /// What has changed since it was read on a day.
    Changed(Vec<Found>, String),
    /// Nobody has read it yet: its headings.
    New(Vec<Found>),
    /// Its state was recorded: how many blocks, and how many changes, which are to be those that `check` reported.
    Accepted(usize, usize),
    /// It was not looked at.
    Missing(Missing),
}

/// Why a document was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nobody knows where it lives.
    NoAddress(String),
    /// The directory of copies has none.
    NoCopy(String),
    /// Its server does not answer, or not with a document.
    Unreachable(String),
    /// What was read is not the document, or cannot be read.
    Unreadable(String),
}

/// A change of a document.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) change: Change,
    /// The operations that were written from what has changed.
    pub(super) touched: Vec<Source>,
    /// The old and the new words of each place; of a block whose old text nobody kept, what it says now.
    pub(super) words: Words,
}

/// What is known of the words of a change.
#[derive(Debug)]
pub(super) enum Words {
    /// It is shown by headings only.
    None,
    /// The places that differ: the old words and the new ones.
    Differ(Vec<(String, String)>),
    /// No kept copy has the old text.
    OldUnknown(String),
}

impl Report {
    /// 1 when a document has changed or was never recorded; otherwise 3 when one could not be read, or when none was
    /// looked at; otherwise 0. A document whose address nobody knows is none that could not be read.
    pub fn exit_code(&self) -> u8 {
        let any = |wanted: fn(&Outcome) -> bool| self.documents.iter().any(|document| wanted(&document.outcome));
        if any(|outcome| matches!(outcome, Outcome::Changed(..) | Outcome::New(_))) {
            return 1;
        }
        let is_missing = |missing: &Missing| !matches!(missing, Missing::NoAddress(_));
        let failed = self.documents.iter().any(|document| match &document.outcome {
            Outcome::Missing(missing) => is_missing(missing),
            _ => false,
        });
        if failed || !any(|outcome| !matches!(outcome, Outcome::Missing(_))) { 3 } else { 0 }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Checked { title, moved, outcome } in &self.documents {
            write!(f, "{title}: ")?;
            match outcome {
                Outcome::Unchanged(blocks, read) => writeln!(f, "unchanged since {read} ({blocks} blocks)")?,
                Outcome::Accepted(blocks, changes) => writeln!(f, "recorded ({blocks} blocks, {changes} changes)")?,
                Outcome::Missing(missing) => writeln!(f, "{missing}")?,
                Outcome::Changed(found, since) => {
                    writeln!(f, "CHANGED ({}, since {since})", found.len())?;
                    found.iter().try_for_each(|found| write!(f, "{found}"))?;
                }
                Outcome::New(found) => {
                    writeln!(f, "NEVER RECORDED ({} blocks)", found.len())?;
                    found.iter().try_for_each(|found| write!(f, "{found}"))?;
                }
            }
            if let Some(address) = moved {
                writeln!(f, "  it has moved to {}: write that into specs/docs.toml", printable(address))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, why) = match self {
            Self::NoAddress(why) => ("NO ADDRESS", why),
            Self::NoCopy(why) => ("NO COPY", why),
            Self::Unreachable(why) => ("UNREACHABLE", why),
            Self::Unreadable(why) => ("UNREADABLE", why),
        };
        write!(f, "{word}: {}", printable(why))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match &self.change {
            Change::Changed(..) => "changed",
            Change::Added(_) => "added",
            Change::Removed(_) => "removed",
            Change::Moved(_) => "moved",
            Change::Renamed(..) => "renamed",
        };
        let headings: Vec<_> = self.change.paths().into_iter().map(heading).collect();
        writeln!(f, "  {word:<7}  {}", headings.join(" -> "))?;
        let touched = self.touched.iter();
        let touched: Vec<_> =
            touched.map(|Source { operation, file, line, .. }| format!("{operation} ({file}:{line})")).collect();
        match touched.as_slice() {
            [] => writeln!(f, "           touches no operation")?,
            _ => writeln!(f, "           touches {}", touched.join(", "))?,
        }
        match &self.words {
            Words::None => Ok(()),
            Words::Differ(places) => places.iter().try_for_each(|(old, new)| {
                [('-', old), ('+', new)]
                    .into_iter()
                    .filter(|(_, words)| !words.is_empty())
                    .try_for_each(|(sign, words)| writeln!(f, "           {sign} {words}"))
            }),
            Words::OldUnknown(new) => {
                writeln!(f, "           ? no kept copy has what it said")?;
                writeln!(f, "           + {new}")
            }
        }
    }
}

fn heading(path: &[String]) -> String {
    match path {
        [] => "(before the first heading)".to_owned(),
        path => printable(&path.join(" › ")),
    }
}
