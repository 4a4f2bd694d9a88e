//! What is printed: results on the standard output, everything else on the standard error.
//!
//! With `--json` the standard output has one object a line: each result, and the error as the last one. What is said beside them, such
//! as a warning, is an object a line on the standard error.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::printable::{printable_json, printable_lines};

/// How results are printed.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// One JSON object a line instead of text for people.
    pub json: bool,
    /// A person looks at the standard error: there may be spinners and hints.
    pub interactive: bool,
}

/// What matters most, such as the amount to pay.
pub const LARGE: Style = Style::new().bold();
/// Paid.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Not paid, failed.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Not known yet.
pub const OPEN: Style = AnsiColor::Yellow.on_default();
/// What need not be read.
pub const DIM: Style = Style::new().dimmed();

impl Output {
    /// The output of this process.
    pub fn new(json: bool) -> Self {
        Self { json, interactive: !json && io::stderr().is_terminal() }
    }

    /// Prints a result: as JSON, or as the text that `human` makes. The text may have colours, which are left out where they
    /// are not wanted.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be written, except to a reader that has gone.
    pub fn result(self, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
        self.text(&self.worded(value, human)?)
    }

    /// Prints a result that is known nowhere else, such as what was created.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be written, also where the reader has gone.
    pub fn needed(self, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = self.worded(value, human)?;
        write_line(&text).map_err(|error| Failure::output(&error))
    }

    fn worded(self, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<String, Failure> {
        if !self.json {
            return Ok(human());
        }
        let json = serde_json::to_string(value);
        json.map(|json| printable_json(&json))
            .map_err(|error| Failure::failed(format!("it cannot be printed: {error}")))
    }

    /// Prints a line of text.
    ///
    /// # Errors
    ///
    /// As [`Output::result`].
    pub fn text(self, text: &str) -> Result<(), Failure> {
        unless_gone(write_line(text))
    }

    /// Prints bytes as they are.
    ///
    /// # Errors
    ///
    /// As [`Output::result`].
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        unless_gone(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    /// Makes sure that a file, such as a picture, does not get onto a terminal, which it would steer.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the standard output is a terminal and no JSON is wanted.
    pub fn check_takes_file(self, media_type: &str) -> Result<(), Failure> {
        if self.json || !io::stdout().is_terminal() {
            return Ok(());
        }
        let what = format!("a file of {media_type} is not for a terminal");
        Err(Failure::usage(what).advise("redirect the output into a file, or take --json"))
    }

    /// Prints on the standard error what scripts and people must know although it is no result.
    pub fn note(self, value: &Value, human: impl FnOnce() -> String) {
        error_line(&if self.json { printable_json(&value.to_string()) } else { human() });
    }

    /// Prints a warning, in the language of the user: for people as a line that begins with that word.
    pub fn warn(self, warning: &str) {
        self.note(&json!({"warning": warning}), || format!("{OPEN}{}{OPEN:#} {}", tr("warning:"), tr(warning)));
    }

    /// Prints a hint for a person, in their language; scripts do not see it.
    pub fn hint(self, text: &str) {
        if self.interactive {
            error_line(&format!("{DIM}{}{DIM:#}", tr(text)));
        }
    }

    /// Prints why the command failed: for people on the standard error; as JSON it is the last line of the standard output, or of
    /// the standard error where nobody reads the other.
    pub fn failure(self, failure: &Failure) {
        if !self.json {
            let text = printable_lines(&failure.to_string());
            let is_interrupted = failure.exit() == Exit::Interrupted;
            error_line(&if is_interrupted { text } else { format!("{BAD}{}{BAD:#} {text}", tr("error:")) });
            return;
        }
        let line = printable_json(&failure.to_json().to_string());
        if write_line(&line).is_err() {
            error_line(&line);
        }
    }
}

fn write_line(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush())
}

/// A line on the standard error. If it cannot be written, nobody reads it, and nothing can be done.
fn error_line(text: &str) {
    _ = writeln!(anstream::stderr().lock(), "{text}");
}

fn unless_gone(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        // Such as `gerbang … | head -1`: the reader has gone, and wants no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::output(&error)),
    }
}
