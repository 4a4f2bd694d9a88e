//! Where payloads come from: the command line, a file, a picture or the standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use clap::Args;
use gerbang::qris::{self, QrisError, Report, Rule, ScanError};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::lang::{is_indonesian, tr};
use crate::output::{DIM, Output};

/// Which payload is meant.
#[derive(Args, Debug)]
#[group(skip)]
pub struct Source {
    /// The payload, `@FILE` for the text or the picture in a file, or `-` for the
    /// standard input
    #[arg(value_name = "PAYLOAD")]
    payload: String,
}

/// Which payloads are meant.
#[derive(Args, Debug)]
#[group(skip)]
pub struct Sources {
    #[command(flatten)]
    source: Source,
    /// Take each line of the file or the standard input for a payload; a line
    /// that fails leaves an empty one, and the exit code is 1
    #[arg(long)]
    lines: bool,
}

/// What a command makes of a text.
pub struct Answer {
    pub json: Value,
    pub text: String,
    pub exit: Exit,
}

impl Answer {
    /// Something that was made as it should be.
    pub fn done(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), exit: Exit::Done }
    }
}

/// What is read, and its name.
type Input<'a> = (&'a str, Box<dyn Read>);

impl Source {
    /// The text, or what the QRIS code in a picture holds. A line break at the end of a file or of the standard input is not of it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be read.
    pub fn read(&self, output: Output) -> Result<String, Failure> {
        let Some((name, mut input)) = self.open()? else { return Ok(self.payload.clone()) };
        // As much as a payload may have, and what may surround it.
        let mut bytes = Vec::new();
        input.by_ref().take(LONGEST).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
        let text = match utf_16(&bytes) {
            Some(text) => {
                let indonesian = "teks ini UTF-16; dibaca sebagai UTF-16";
                note(output, "text.utf_16", "the text is UTF-16; it was read as such", indonesian);
                text
            }
            None => match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => {
                    let mut picture = error.into_bytes();
                    let rest = (qris::MAX_PICTURE + 1).saturating_sub(picture.len()) as u64;
                    input.take(rest).read_to_end(&mut picture).map_err(|error| unreadable(name, &error))?;
                    return qris::Qris::scan(&picture).map_err(|error| unscanned(name, &error));
                }
            },
        };
        let line = text.strip_suffix('\n').unwrap_or(&text);
        Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }

    /// What is read; none where the text is on the command line.
    fn open(&self) -> Result<Option<Input<'_>>, Failure> {
        match self.payload.strip_prefix('@') {
            None if self.payload == "-" => Ok(Some(("the standard input", Box::new(io::stdin())))),
            None if !Path::new(&self.payload).is_file() => Ok(None),
            path => {
                let path = path.unwrap_or(&self.payload);
                let file = File::open(path).map_err(|error| unreadable(path, &error))?;
                Ok(Some((path, Box::new(file))))
            }
        }
    }
}

/// More than a payload has, with what may surround it.
const LONGEST: u64 = 4 * qris::MAX_PAYLOAD as u64;

impl Sources {
    /// Makes something of each text, and prints it.
    ///
    /// # Errors
    ///
    /// [`Failure`] of the one text, or when the texts cannot be read. Of several texts, each has its own failure on its line.
    pub fn each(&self, output: Output, make: impl Fn(&str) -> Result<Answer, Failure>) -> Result<Exit, Failure> {
        if !self.lines {
            let answer = make(&self.source.read(output)?)?;
            output.result(&answer.json, || answer.text)?;
            return Ok(answer.exit);
        }
        let Some((name, input)) = self.source.open()? else {
            return Err(Failure::usage("--lines needs `@FILE`, or `-` for the standard input"));
        };
        let mut input = BufReader::new(input);
        let mut exit = Exit::Done;
        for number in 1_u64.. {
            let Some(line) = next_line(&mut input).map_err(|error| unreadable(name, &error))? else { break };
            let answer = String::from_utf8(line).map_err(|_| Failure::failed("not UTF-8")).and_then(|line| make(&line));
            match answer {
                Ok(answer) => {
                    output.result(&numbered(number, answer.json), || answer.text)?;
                    if answer.exit != Exit::Done {
                        exit = Exit::Failed;
                    }
                }
                Err(failure) => {
                    // The n-th line of the output belongs to the n-th of the input.
                    output.result(&numbered(number, failure.to_json()), String::new)?;
                    if !output.json {
                        output.failure(&failure.of_line(number));
                    }
                    exit = Exit::Failed;
                }
            }
        }
        Ok(exit)
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{name} cannot be read: {error}"))
}

fn unscanned(name: &str, error: &ScanError) -> Failure {
    match error {
        ScanError::Format => Failure::usage(format!("{name} is not UTF-8, and no picture in PNG, JPEG or WebP")),
        error => Failure::failed(format!("{name}: {error}")),
    }
}

fn numbered(number: u64, mut json: Value) -> Value {
    json["line"] = number.into();
    json
}

/// The next line without its end; none at the end of the input. What a line has beyond the longest text is dropped, and what is left is
/// refused as too long.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.take(LONGEST).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() as u64 == LONGEST {
        input.skip_until(b'\n')?;
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

/// A text of UTF-16, as PowerShell writes files; none if it is something else.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let units = |of: fn([u8; 2]) -> u16| bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect::<Vec<_>>();
    let units = match bytes {
        [0xFF, 0xFE, ..] | [b'0', 0, ..] => units(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'0', ..] => units(u16::from_be_bytes),
        _ => return None,
    };
    let text = String::from_utf16(&units).ok()?;
    Some(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// The payload that is in a text. Says what surrounded it.
///
/// # Errors
///
/// [`Failure`] when there is none.
pub fn parse<'a>(report: &'a Report<'_>, output: Output) -> Result<qris::Qris<'a>, Failure> {
    let qris = qris::Qris::parse(report.payload()).map_err(|error| refused(&error, report))?;
    say_what_surrounds(report, output);
    Ok(qris)
}

/// Says what was taken off around a payload.
pub fn say_what_surrounds(report: &Report<'_>, output: Output) {
    for rule in report.findings().iter().map(qris::Finding::rule).filter(|rule| rule.code().starts_with("text.")) {
        note(output, rule.code(), rule.english(), rule.indonesian());
    }
}

/// A finding and where it is, in the language of the user.
pub fn said(finding: &qris::Finding) -> String {
    let english = finding.to_string();
    let place = english.strip_suffix(finding.rule().english()).unwrap_or_default();
    format!("{}{}", tr(place), tr(finding.rule().english()))
}

/// Says something beside the result.
pub fn note(output: Output, code: &str, english: &str, indonesian: &str) {
    output.note(&json!({"note": {"code": code, "en": english, "id": indonesian}}), || {
        format!("{DIM}{}{DIM:#} {}", tr("note:"), if is_indonesian() { indonesian } else { english })
    });
}

/// Why a text is no payload, and what it may be instead.
pub fn refused(error: &QrisError, report: &Report<'_>) -> Failure {
    let rules = || report.findings().iter().map(qris::Finding::rule);
    let is_other = |rule: &Rule| matches!(rule, Rule::TextAddress | Rule::TextPicture | Rule::TextConsumerPresented);
    if let Some(rule) = rules().find(is_other) {
        return Failure::failed(rule.english());
    }
    let explains = |rule: &Rule| matches!(rule, Rule::TextLineBreak | Rule::TextHidden | Rule::PayloadByteLengths);
    rules().filter(explains).fold(failure(error), |failure, rule| failure.advise(rule.english()))
}

/// An error of a payload.
pub fn failure(error: &QrisError) -> Failure {
    Failure::failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_the_input_and_never_grow_without_bound() {
        let long = "x".repeat(LONGEST as usize + 10);
        let text = format!("a\r\n\n{long}\nb");
        let mut input = io::Cursor::new(text);
        let mut next = || next_line(&mut input).unwrap().map(|line| String::from_utf8(line).unwrap());
        assert_eq!(next().as_deref(), Some("a"));
        assert_eq!(next().as_deref(), Some(""));
        assert_eq!(next().map(|line| line.len() as u64), Some(LONGEST));
        assert_eq!((next().as_deref(), next()), (Some("b"), None));
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let text = "000201é";
        for mark in ["", "\u{FEFF}"] {
            let units = || format!("{mark}{text}").encode_utf16().collect::<Vec<_>>();
            let little: Vec<u8> = units().into_iter().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().into_iter().flat_map(u16::to_be_bytes).collect();
            assert_eq!((utf_16(&little).as_deref(), utf_16(&big).as_deref()), (Some(text), Some(text)), "{mark:?}");
        }
        assert_eq!((utf_16(b"000201"), utf_16(b""), utf_16(b"0\0\x00\xd8")), (None, None, None));
    }
}
