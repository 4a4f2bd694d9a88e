//! What is printed: results on the standard output, everything else on the standard error.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::printable::printable_lines;

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
        let text = if self.json {
            serde_json::to_string(value).map_err(|error| Failure::failed(format!("it cannot be printed: {error}")))?
        } else {
            human()
        };
        self.text(&text)
    }

    /// Prints a line of text.
    ///
    /// # Errors
    ///
    /// As [`Output::result`].
    pub fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = anstream::stdout().lock();
        written(writeln!(stdout, "{text}").and_then(|()| stdout.flush()))
    }

    /// Prints bytes as they are.
    ///
    /// # Errors
    ///
    /// As [`Output::result`].
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    /// Prints on the standard error what scripts and people must know although it is no result.
    pub fn note(self, value: &Value, human: impl FnOnce() -> String) {
        error_line(&if self.json { value.to_string() } else { human() });
    }

    /// Prints a hint for a person; scripts do not see it.
    pub fn hint(self, text: &str) {
        if self.interactive {
            error_line(&format!("{DIM}{text}{DIM:#}"));
        }
    }

    /// Prints why the command failed.
    pub fn failure(self, failure: &Failure) {
        self.note(&failure.to_json(), || match failure.exit() {
            Exit::Interrupted => printable_lines(&failure.to_string()),
            _ => format!("{BAD}error:{BAD:#} {}", printable_lines(&failure.to_string())),
        });
    }
}

/// A line on the standard error. If it cannot be written, nobody reads it, and nothing can be done.
fn error_line(text: &str) {
    _ = writeln!(anstream::stderr().lock(), "{text}");
}

fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        // Such as `gerbang … | head -1`: the reader has gone, and wants no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::failed(format!("the output cannot be written: {error}"))),
    }
}
