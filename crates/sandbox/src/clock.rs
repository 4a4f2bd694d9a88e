//! The sandbox's clock, which can be moved forward, and the forms in which the providers write times.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// How far the clock can be moved in all, in milliseconds: a hundred years.
const FARTHEST: u64 = 100 * 366 * 24 * 3600 * 1000;

/// The time of the machine, plus what the clock has been moved forward.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Milliseconds.
    ahead: AtomicU64,
}

impl Clock {
    /// The sandbox's time.
    pub(crate) fn now(&self) -> Timestamp {
        later(Timestamp::now(), Duration::from_millis(self.ahead()))
    }

    /// A clock that has been moved forward already.
    pub(crate) fn ahead_by(milliseconds: u64) -> Self {
        Self { ahead: AtomicU64::new(milliseconds.min(FARTHEST)) }
    }

    /// How far it has been moved forward, in milliseconds.
    pub(crate) fn ahead(&self) -> u64 {
        self.ahead.load(Ordering::SeqCst)
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(FARTHEST);
        let moved = |ahead: u64| Some(ahead.saturating_add(by).min(FARTHEST));
        // The closure never refuses.
        let _ = self.ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    /// Sets the clock back to the time of the machine.
    pub(crate) fn reset(&self) {
        self.ahead.store(0, Ordering::SeqCst);
    }
}

/// A time that is later by a duration; the end of time if there is no such time.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| time.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// `2026-03-10 20:00:00`, Jakarta time.
pub(crate) fn plain(time: Timestamp) -> String {
    jakarta(time, "%Y-%m-%d %H:%M:%S")
}

/// `10/03/2026 19:42:49`, Jakarta time.
pub(crate) fn slashed(time: Timestamp) -> String {
    jakarta(time, "%d/%m/%Y %H:%M:%S")
}

/// `2021-06-17 22: 02: 04`, Jakarta time, with the blanks that K-Link's document prints.
pub(crate) fn spaced(time: Timestamp) -> String {
    jakarta(time, "%Y-%m-%d %H: %M: %S")
}

/// `2024-09-10T08:07:02.819+07:00`.
pub(crate) fn with_offset(time: Timestamp) -> String {
    jakarta(time, "%Y-%m-%dT%H:%M:%S%.3f%:z")
}

/// `2025-09-19T01:18:49.678622564Z`.
pub(crate) fn utc(time: Timestamp) -> String {
    format!("{time:.9}")
}

/// A time in Jakarta, in the given form.
pub(crate) fn jakarta(time: Timestamp, form: &str) -> String {
    time.to_zoned(TimeZone::fixed(Offset::constant(7))).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_documented() {
        let time: Timestamp = "2024-09-10T01:07:02.819Z".parse().unwrap();
        assert_eq!(plain(time), "2024-09-10 08:07:02");
        assert_eq!(slashed(time), "10/09/2024 08:07:02");
        assert_eq!(spaced(time), "2024-09-10 08: 07: 02");
        assert_eq!(with_offset(time), "2024-09-10T08:07:02.819+07:00");
        assert_eq!(utc(time), "2024-09-10T01:07:02.819000000Z");
    }

    #[test]
    fn the_clock_moves_forward_only_and_not_beyond_its_end() {
        let clock = Clock::default();
        clock.advance(Duration::from_secs(60));
        assert!(clock.now() > later(Timestamp::now(), Duration::from_secs(59)));
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() < Timestamp::MAX);
        clock.reset();
        assert!(clock.now() < later(Timestamp::now(), Duration::from_secs(1)));
    }
}
