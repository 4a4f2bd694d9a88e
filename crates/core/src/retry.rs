//! When a call that failed is sent again. Nothing in here sleeps, sends or asks for the time: the transport does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::operation::Idempotency;
use crate::{Delivery, Error, Kind};

/// The longest pause that can be set.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How often, and after which pauses, a call that failed is sent again.
///
/// Only a failure that may pass is followed by another attempt (no connection, a time-out, a broken connection, a server's
/// failure, "too many requests" with the time to wait), and only when another attempt cannot do anything twice:
///
/// - the request did not reach the provider ([`Delivery::NotSent`]), or
/// - the provider's spec says that the operation may be sent again ([`Idempotency`]).
///
/// Any other creation of a payment is never sent again once it may have arrived; nor is one that was answered with "too many
/// requests": that answer may come from anything between here and the provider, and when to create a payment is the caller's
/// decision, see [`Error::retry_after`].
///
/// The pause before an attempt is a random time up to a limit that doubles with each attempt, and is added to what the
/// provider asks for with `Retry-After`. When it would last beyond the call's deadline, the call ends at once.
///
/// ```
/// use std::time::Duration;
/// use gerbang_core::Retry;
///
/// let patient = Retry::default().attempts(5).backoff(Duration::from_secs(1), Duration::from_secs(10));
/// let never = Retry::none();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

/// 3 attempts; pauses of up to 200 milliseconds, then 400, at most 5 seconds.
impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 3, first: Duration::from_millis(200), longest: Duration::from_secs(5) }
    }
}

impl Retry {
    /// One attempt, whatever happens.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// The largest number of attempts at a call, the first included. 0 is taken for 1. Default: 3.
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// The longest pause before the second attempt, which doubles with each further one, and the longest pause of all.
    /// Default: 200 milliseconds and 5 seconds. More than a day is taken for a day.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        (self.first, self.longest) = (first.min(LONGEST), longest.min(LONGEST));
        self
    }

    /// The pause before the next attempt; none when the call has failed for good. Called by the transport.
    ///
    /// `error` is how the latest attempt ended and knows their number, `left` the time until the call's deadline, and
    /// `chance` any random number.
    pub fn pause(&self, error: &Error, idempotency: Idempotency, left: Duration, chance: u32) -> Option<Duration> {
        let harmless = error.delivery() == Delivery::NotSent || idempotency != Idempotency::None;
        if !harmless || !may_pass(error) || error.attempts() >= self.attempts {
            return None;
        }
        let doubled = 2_u32.saturating_pow(error.attempts().saturating_sub(1));
        let limit = self.first.saturating_mul(doubled).min(self.longest);
        let random = limit.mul_f64(f64::from(chance) / f64::from(u32::MAX)).min(limit);
        let pause = error.retry_after().unwrap_or_default().saturating_add(random);
        (pause < left).then_some(pause)
    }
}

/// Whether the same request may succeed a little later.
fn may_pass(error: &Error) -> bool {
    match error.kind() {
        Kind::Connect | Kind::Timeout | Kind::Disconnected | Kind::Unavailable => true,
        // A guess at how long a limit lasts would only be another request too many.
        Kind::RateLimited => error.retry_after().is_some(),
        // The page of a server that fails, not the challenge page of one that wants a browser.
        Kind::Html => error.status().is_some_and(|status| status >= 500),
        _ => false,
    }
}

/// How many further attempts a client may still make, so that a provider that is down does not get its load multiplied. One
/// for a client; all its calls share it.
///
/// It holds 20 attempts at first and at most. Each further attempt takes one, each call that succeeds gives a tenth of one
/// back: in the long run there is one further attempt for ten successes.
#[derive(Debug)]
pub struct Budget {
    tenths: AtomicU32,
}

impl Budget {
    const FULL: u32 = 200;
    const ATTEMPT: u32 = 10;

    /// Takes a further attempt out of the budget; false when there is none.
    pub fn take(&self) -> bool {
        let less = |tenths: u32| tenths.checked_sub(Self::ATTEMPT);
        self.tenths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    /// Notes that a call succeeded.
    pub fn succeeded(&self) {
        let more = |tenths: u32| (tenths < Self::FULL).then_some(tenths + 1);
        // An error means that it is full.
        let _ = self.tenths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { tenths: AtomicU32::new(Self::FULL) }
    }
}

#[cfg(test)]
mod tests {
    use Delivery::{Answered, MaybeSent, NotSent};
    use Idempotency::{Idempotent, None as Never, Safe};

    use super::*;

    const LEFT: Duration = Duration::from_secs(30);

    fn error(kind: Kind, delivery: Delivery) -> Error {
        Error::new(kind, delivery, "it failed").with_attempts(1).with_retry_after(Some(Duration::ZERO))
    }

    #[test]
    fn sends_again_only_what_may_pass_and_cannot_happen_twice() {
        for (kind, delivery, idempotency, again) in [
            (Kind::Connect, NotSent, Never, true),
            (Kind::Connect, NotSent, Safe, true),
            (Kind::Timeout, NotSent, Never, true),
            (Kind::Timeout, MaybeSent, Safe, true),
            (Kind::Timeout, MaybeSent, Idempotent, true),
            (Kind::Timeout, MaybeSent, Never, false),
            (Kind::Disconnected, MaybeSent, Safe, true),
            (Kind::Disconnected, MaybeSent, Never, false),
            (Kind::Unavailable, MaybeSent, Idempotent, true),
            (Kind::Unavailable, MaybeSent, Never, false),
            (Kind::RateLimited, Answered, Safe, true),
            (Kind::RateLimited, Answered, Idempotent, true),
            (Kind::RateLimited, Answered, Never, false),
            (Kind::Tls, NotSent, Safe, false),
            (Kind::Configuration, NotSent, Safe, false),
            (Kind::InvalidRequest, NotSent, Safe, false),
            (Kind::Unsupported, NotSent, Safe, false),
            (Kind::Authentication, Answered, Safe, false),
            (Kind::NotFound, Answered, Safe, false),
            (Kind::AlreadyDone, Answered, Idempotent, false),
            (Kind::Rejected, Answered, Idempotent, false),
            (Kind::UnexpectedReply, MaybeSent, Safe, false),
            (Kind::ReplyTooLarge, MaybeSent, Safe, false),
            (Kind::EchoMismatch, MaybeSent, Safe, false),
        ] {
            let pause = Retry::default().pause(&error(kind, delivery), idempotency, LEFT, 0);
            assert_eq!(pause.is_some(), again, "{kind:?} {delivery:?} {idempotency:?}");
        }
    }

    #[test]
    fn a_limit_that_does_not_say_how_long_it_lasts_does_not_pass() {
        let error = error(Kind::RateLimited, Answered).with_retry_after(None);
        assert_eq!(Retry::default().pause(&error, Safe, LEFT, 0), None);
    }

    #[test]
    fn a_web_page_may_pass_when_its_status_says_so() {
        for (status, again) in [(200, false), (403, false), (404, false), (429, false), (500, true), (503, true)] {
            let error = error(Kind::Html, MaybeSent).with_status(status);
            assert_eq!(Retry::default().pause(&error, Safe, LEFT, 0).is_some(), again, "{status}");
        }
    }

    #[test]
    fn the_pause_doubles_up_to_the_longest_and_is_any_part_of_it() {
        let retry = Retry::default().attempts(u32::MAX).backoff(Duration::from_secs(1), Duration::from_secs(6));
        for (attempts, limit) in [(1, 1), (2, 2), (3, 4), (4, 6), (5, 6), (u32::MAX - 1, 6)] {
            let failed = error(Kind::Connect, NotSent).with_attempts(attempts);
            let pause = |chance| retry.pause(&failed, Never, LEFT, chance).unwrap();
            let (none, half, whole) = (pause(0), pause(u32::MAX / 2), pause(u32::MAX));
            assert_eq!((none, whole), (Duration::ZERO, Duration::from_secs(limit)), "{attempts}");
            assert!(half.abs_diff(whole / 2) < Duration::from_millis(1), "{attempts}: {half:?}");
        }
    }

    #[test]
    fn ends_after_the_last_attempt() {
        let failed = |attempts| error(Kind::Connect, NotSent).with_attempts(attempts);
        let goes_on = |retry: Retry, attempts| retry.pause(&failed(attempts), Safe, LEFT, 0).is_some();
        assert!(goes_on(Retry::default(), 2) && !goes_on(Retry::default(), 3));
        assert!(!goes_on(Retry::none(), 1) && !goes_on(Retry::default().attempts(0), 1));
    }

    #[test]
    fn retry_after_is_honoured_unless_the_deadline_is_earlier() {
        let failed = |asked| error(Kind::RateLimited, Answered).with_retry_after(Some(Duration::from_secs(asked)));
        let pause = |asked, chance| Retry::default().pause(&failed(asked), Safe, LEFT, chance);
        assert_eq!(pause(7, 0), Some(Duration::from_secs(7)));
        assert_eq!(pause(7, u32::MAX), Some(Duration::from_millis(7_200)));
        assert_eq!(pause(29, 0), Some(Duration::from_secs(29)));
        assert_eq!(pause(30, 0), None);
        assert_eq!(pause(u64::MAX, u32::MAX), None);
    }

    #[test]
    fn a_budget_runs_out_and_comes_back_by_success() {
        let budget = Budget::default();
        assert_eq!((0..100).filter(|_| budget.take()).count(), 20);
        (0..9).for_each(|_| budget.succeeded());
        assert!(!budget.take());
        budget.succeeded();
        assert!(budget.take() && !budget.take());
        (0..10_000).for_each(|_| budget.succeeded());
        assert_eq!((0..100).filter(|_| budget.take()).count(), 20);
        // It was full, and no more than that.
        (0..9).for_each(|_| budget.succeeded());
        assert!(!budget.take());
    }
}
