//! A line that shows how long a payment can still be paid, kept up to date in its place on the standard error.

use std::time::{Duration, Instant};

use console::{Term, truncate_str};
use gerbang::Payment;
use jiff::Timestamp;
use tokio::time::{Interval, interval};

use crate::lang::tr;
use crate::output::Output;
use crate::printable::printable;

/// The line. It is there only where a person looks on, and goes when this is dropped.
///
/// It is never filled up to the width of the window: a narrower one would break it and keep the pieces.
pub struct Countdown {
    terminal: Option<Term>,
    began: Instant,
    steps: Interval,
    frame: usize,
}

/// What shows that the program is alive.
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

impl Countdown {
    /// A line that is not drawn yet.
    pub fn new(output: Output) -> Self {
        let terminal = output.interactive.then(Term::buffered_stderr);
        Self { terminal, began: Instant::now(), steps: interval(Duration::from_millis(100)), frame: 0 }
    }

    /// Ends when it is time to draw it again.
    pub async fn step(&mut self) {
        self.steps.tick().await;
        self.frame = (self.frame + 1) % FRAMES.len();
    }

    /// Draws it in its place.
    pub fn draw(&self, payment: &Payment) {
        let Some(terminal) = &self.terminal else { return };
        let time = match payment.expires_at {
            Some(at) => match at.as_second() - Timestamp::now().as_second() {
                left @ 1.. => format!("{} {}", clock(left), tr("left")),
                _ => tr("time is over"),
            },
            None => format!("{} {}", tr("for"), clock(self.began.elapsed().as_secs().cast_signed())),
        };
        let status = printable(&tr(&payment.status.to_string()));
        let line = format!("{} {status}, {time} ({})", FRAMES[self.frame], tr("Ctrl-C stops"));
        let width = terminal.size().1.saturating_sub(1);
        // A terminal that has gone is not missed: the result is on the standard output.
        _ = terminal.clear_line();
        _ = terminal.write_str(&truncate_str(&line, width.into(), "…"));
        _ = terminal.flush();
    }

    /// Takes it away, such as to print something else.
    pub fn clear(&self) {
        if let Some(terminal) = &self.terminal {
            _ = terminal.clear_line();
            _ = terminal.flush();
        }
    }
}

impl Drop for Countdown {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `14:59`, or `1:00:00`.
fn clock(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_shown_as_on_a_clock() {
        let shown = [0, 59, 60, 899, 3_599, 3_600, 90_061].map(clock);
        assert_eq!(shown, ["0:00", "0:59", "1:00", "14:59", "59:59", "1:00:00", "25:01:01"]);
    }
}
