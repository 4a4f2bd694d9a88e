//! The sandbox's clock, which can be moved forward, and the forms in which the providers write times.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::lock::lock;

/// How far a clock can be from the time of the machine, in seconds: ten years.
const FARTHEST: i64 = 10 * 366 * 24 * 3600;

/// How a clock differs from another: that of the sandbox from the machine's, that of a credential from the sandbox's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    ahead_milliseconds: i64,
    /// The time at which it stands still, if it does.
    stopped_at: Option<Timestamp>,
}

/// A clock cannot be so far from the time of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooFar;

impl fmt::Display for TooFar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the clock would be more than ten years from the time of the machine; it was left as it is")
    }
}

/// What is done with a clock, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Move {
    /// It shows this time.
    pub(crate) to: Option<Timestamp>,
    /// It goes forward, or back.
    pub(crate) by: Option<SignedDuration>,
    /// It stands still, or runs.
    pub(crate) stops: Option<bool>,
}

impl Setting {
    /// The time of the clock, where the other clock shows this.
    pub(crate) fn at(self, other: Timestamp) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_milliseconds);
        self.stopped_at.unwrap_or_else(|| other.checked_add(ahead).unwrap_or(other))
    }

    /// When the other clock shows the time at which this one shows a time; none if it never does.
    pub(crate) fn when(self, time: Timestamp) -> Option<Timestamp> {
        match self.stopped_at {
            None => Some(time.checked_sub(SignedDuration::from_millis(self.ahead_milliseconds)).unwrap_or(time)),
            Some(stopped) => (time <= stopped).then_some(Timestamp::MIN),
        }
    }

    /// The clock as it is after a move, where the other shows this.
    pub(crate) fn moved(self, moved: Move, other: Timestamp) -> Result<Self, TooFar> {
        let stops = moved.stops.unwrap_or(self.stopped_at.is_some());
        let time = moved.to.unwrap_or_else(|| self.at(other));
        let time = time.checked_add(moved.by.unwrap_or_default()).map_err(|_| TooFar)?;
        let ahead = time.duration_since(other);
        if ahead.as_secs().abs() > FARTHEST {
            return Err(TooFar);
        }
        let ahead_milliseconds = i64::try_from(ahead.as_millis()).map_err(|_| TooFar)?;
        Ok(Self { ahead_milliseconds, stopped_at: stops.then_some(time) })
    }

    /// Whether it stands still.
    pub(crate) fn is_stopped(self) -> bool {
        self.stopped_at.is_some()
    }
}

/// The sandbox's clock: the time of the machine, unless it was moved or stopped.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Setting>);

impl Clock {
    /// A clock that has been set already.
    pub(crate) fn new(setting: Setting) -> Self {
        Self(Mutex::new(setting))
    }

    /// The sandbox's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.setting().at(Timestamp::now())
    }

    /// How it is set.
    pub(crate) fn setting(&self) -> Setting {
        *lock(&self.0)
    }

    /// Moves the clock.
    pub(crate) fn set(&self, moved: Move) -> Result<(), TooFar> {
        let mut setting = lock(&self.0);
        *setting = setting.moved(moved, Timestamp::now())?;
        Ok(())
    }

    /// Sets the clock back to the time of the machine.
    pub(crate) fn reset(&self) {
        *lock(&self.0) = Setting::default();
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

    fn by(seconds: i64) -> Move {
        Move { by: Some(SignedDuration::from_secs(seconds)), ..Move::default() }
    }

    #[test]
    fn the_clock_goes_forward_and_back_but_not_too_far() {
        let clock = Clock::default();
        let ahead = |clock: &Clock| clock.now().duration_since(Timestamp::now()).as_secs_f64().round() as i64;
        clock.set(by(60)).unwrap();
        assert_eq!(ahead(&clock), 60);
        clock.set(by(-3_600)).unwrap();
        assert_eq!(ahead(&clock), -3_540);
        for wrong in [by(100 * 366 * 24 * 3_600), by(-11 * 366 * 24 * 3_600), by(i64::MAX), by(i64::MIN)] {
            assert_eq!(clock.set(wrong), Err(TooFar));
        }
        assert_eq!(ahead(&clock), -3_540);
        clock.reset();
        assert_eq!(ahead(&clock), 0);
    }

    #[test]
    fn a_clock_that_stands_still_moves_only_when_it_is_moved() {
        let (other, later) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(1_000).unwrap());
        let stop = Move { stops: Some(true), ..Move::default() };
        let stopped = Setting::default().moved(stop, other).unwrap();
        assert_eq!((stopped.at(later), stopped.is_stopped()), (other, true));
        let moved = stopped.moved(by(5), later).unwrap();
        assert_eq!(moved.at(later), Timestamp::from_second(5).unwrap());
        assert_eq!(moved.when(Timestamp::from_second(6).unwrap()), None);
        let run = Move { stops: Some(false), ..Move::default() };
        let running = moved.moved(run, later).unwrap();
        let time = |second| Timestamp::from_second(second).unwrap();
        assert_eq!((running.at(time(1_010)), running.when(time(15))), (time(15), Some(time(1_010))));
        let to = Move { to: Some(time(77)), ..Move::default() };
        assert_eq!(running.moved(to, later).unwrap().at(time(1_001)), time(78));
    }
}
