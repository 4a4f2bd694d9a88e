//! When the next step of an attempt is due. Pure: time and dice are handed in.

use std::time::Duration;

use gerbang_core::{Capabilities, Error, pace};

use crate::machine::State;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// How long somebody may send or ask before others take it that it has crashed. Longer than a client's deadline.
pub(crate) const LEASE: Duration = Duration::from_secs(120);

/// Who took a lease longer ago than this does not send any more: the lease may be over by the database's clock.
pub(crate) const LATEST_SEND: Duration = Duration::from_secs(30);

/// Longer than any request may be under way: a client's deadline and the server's own.
pub(crate) const HORIZON: Duration = Duration::from_secs(15 * 60);

/// How long after the first send a creation is sent again, at a gateway whose creation finds what is there.
pub(crate) const SEND_AGAIN: Duration = HORIZON;

/// How long after the first send a request of the attempt may be under way: the horizon of the last send.
pub(crate) fn lookout(can: &Capabilities) -> Duration {
    if sends_again(can) { SEND_AGAIN + HORIZON } else { HORIZON }
}

/// Whether a lost creation is sent again. Who finds it by reference does not need to.
pub(crate) fn sends_again(can: &Capabilities) -> bool {
    can.idempotent_create && !(can.status && can.find_by_reference)
}

/// How long the worker tries to reach a gateway for an attempt that was never sent.
pub(crate) const GIVE_UP: Duration = HOUR;

/// How long a payment made in the last second may take to be known.
pub(crate) const GRACE: Duration = MINUTE;

/// The time to pay where the gateway states no expiry.
pub(crate) const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The shortest pause between two questions about a payment.
const FASTEST: Duration = Duration::from_secs(3);

/// The longest.
const SLOWEST: Duration = Duration::from_secs(6 * 3600);

/// How soon a payment is asked about after a notification, or once a word of the gateway is to be checked.
pub(crate) const AT_ONCE: Duration = Duration::ZERO;

/// What led to the next step.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// Something was said.
    Answered,
    /// What was said must be checked at once.
    Doubtful,
    /// The question or the creation failed, for the how manieth time in a row.
    Failed(&'a Error, u32),
    /// The question led to what no question will change.
    Hopeless,
}

/// What is known of an attempt after a step.
#[derive(Debug)]
pub(crate) struct After<'a> {
    pub state: State,
    pub can: &'a Capabilities,
    /// Whether there is something to ask by: the gateway's id, or a reference that it finds payments by.
    pub can_be_asked: bool,
    /// How long ago it was sent.
    pub age: Duration,
    /// How long it can still be paid, negative once that is over, in milliseconds.
    pub time_left: i64,
    /// How long it is watched, in milliseconds.
    pub watch_left: i64,
}

/// The shortest pause between two questions about a payment, however many notifications come.
pub(crate) fn interval(can: &Capabilities) -> Duration {
    can.poll_interval.max(FASTEST)
}

/// How long from now the next step is due; none where no step is left.
pub(crate) fn next_step(after: &After<'_>, outcome: &Outcome<'_>, chance: u32) -> Option<Duration> {
    match after.state {
        State::Paid => None,
        State::Sending => Some(LEASE),
        State::Intended => Some(pause(FASTEST, outcome, chance)),
        State::Uncertain if !after.can_be_asked => Some(lookout(after.can).saturating_sub(after.age)),
        State::Uncertain => Some(pause(grown(after), outcome, chance)),
        State::Open if !after.can_be_asked => Some(until_overdue(after).unwrap_or(LIFETIME)),
        State::Open => {
            let pause = pause(grown(after), outcome, chance);
            // The question that decides whether it was paid in time comes in time.
            Some(until_overdue(after).map_or(pause, |end| pause.min(end.max(interval(after.can)))))
        }
        State::Closed => {
            let pause = pause(grown(after).max(MINUTE), outcome, chance);
            let is_watched = i64::try_from(pause.as_millis()).is_ok_and(|pause| pause <= after.watch_left);
            (is_watched && after.can_be_asked).then_some(pause)
        }
    }
}

/// The pause that an attempt's age leads to: seconds in the first minutes, minutes after an hour, hours after days.
fn grown(after: &After<'_>) -> Duration {
    interval(after.can).max(after.age / 20).min(SLOWEST)
}

/// The time until the grace after the expiry is over; none when it is.
fn until_overdue(after: &After<'_>) -> Option<Duration> {
    let left = after.time_left + i64::try_from(GRACE.as_millis()).unwrap_or(0);
    u64::try_from(left).ok().filter(|left| *left > 0).map(Duration::from_millis)
}

fn pause(interval: Duration, outcome: &Outcome<'_>, chance: u32) -> Duration {
    match outcome {
        Outcome::Answered => pace::after_answer(interval, chance),
        Outcome::Doubtful => AT_ONCE,
        Outcome::Failed(error, failures) => pace::after_failure(interval, *failures, error, chance),
        Outcome::Hopeless => pace::after_answer(interval.max(HOUR), chance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::{Delivery, Kind, Rupiah};

    const DAY: Duration = LIFETIME;

    fn can() -> Capabilities {
        let mut can = Capabilities::new(Rupiah::new(1));
        can.status = true;
        can
    }

    fn due_with(
        state: State,
        age: Duration,
        outcome: &Outcome<'_>,
        change: impl FnOnce(&mut After<'_>),
    ) -> Option<u64> {
        let can = can();
        let mut after = After { state, can: &can, can_be_asked: true, age, time_left: 1 << 40, watch_left: 1 << 40 };
        change(&mut after);
        next_step(&after, outcome, 0).map(|pause| pause.as_secs())
    }

    fn due(state: State, age: Duration) -> u64 {
        due_with(state, age, &Outcome::Answered, |_| ()).unwrap()
    }

    #[test]
    fn questions_grow_rarer_with_age() {
        let ages = [Duration::ZERO, MINUTE, MINUTE * 5, HOUR, HOUR * 10, DAY, DAY * 30];
        assert_eq!(ages.map(|age| due(State::Open, age)), [3, 3, 15, 180, 1800, 4320, 21_600]);
        assert_eq!(ages.map(|age| due(State::Closed, age)), [60, 60, 60, 180, 1800, 4320, 21_600]);
        assert_eq!(ages.map(|age| due(State::Uncertain, age)), [3, 3, 15, 180, 1800, 4320, 21_600]);
    }

    #[test]
    fn gateways_own_shortest_pause_is_kept() {
        let mut slow = can();
        slow.poll_interval = Duration::from_secs(10);
        assert_eq!(interval(&slow), Duration::from_secs(10));
        assert_eq!(interval(&can()), FASTEST);
    }

    #[test]
    fn open_payment_is_asked_about_when_the_grace_is_over() {
        let left = |seconds: i64| {
            due_with(State::Open, HOUR, &Outcome::Answered, |after| after.time_left = seconds * 1000).unwrap()
        };
        assert_eq!([600, 60, 0, -59, -60, -600].map(left), [180, 120, 60, 3, 180, 180]);
    }

    #[test]
    fn closed_payment_is_watched_until_its_tail_ends() {
        let left =
            |seconds: i64| due_with(State::Closed, HOUR, &Outcome::Answered, |after| after.watch_left = seconds * 1000);
        assert_eq!([180, 179, -1].map(left), [Some(180), None, None]);
    }

    #[test]
    fn payment_that_cannot_be_asked_about_waits_for_its_end() {
        let due = |state, age| {
            due_with(state, age, &Outcome::Answered, |after| {
                (after.can_be_asked, after.time_left) = (false, 300_000);
            })
        };
        assert_eq!(due(State::Uncertain, MINUTE * 5), Some(600));
        assert_eq!(due(State::Uncertain, HOUR), Some(0));
        assert_eq!(due(State::Open, MINUTE), Some(360));
        assert_eq!(due(State::Closed, MINUTE), None);
        assert_eq!(due(State::Paid, MINUTE), None);
    }

    #[test]
    fn failures_slow_down_and_doubts_speed_up() {
        let error = Error::new(Kind::Timeout, Delivery::MaybeSent, "x");
        let failed =
            |failures| due_with(State::Open, Duration::ZERO, &Outcome::Failed(&error, failures), |_| ()).unwrap();
        assert_eq!([1, 2, 3, 9].map(failed), [3, 6, 12, 60]);
        assert_eq!(due_with(State::Open, HOUR, &Outcome::Doubtful, |_| ()), Some(0));
        assert_eq!(due_with(State::Closed, MINUTE, &Outcome::Hopeless, |_| ()), Some(3600));
    }

    #[test]
    fn lease_is_longer_than_the_time_to_begin_a_request() {
        assert!(LATEST_SEND * 2 < LEASE && LEASE * 2 < HORIZON);
    }
}
