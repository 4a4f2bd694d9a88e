//! How fast a payment is asked about, and after which failures a question is asked again. Nothing in here sleeps, asks or
//! rolls dice: the caller does.

use std::time::Duration;

use crate::{Error, Kind};

/// The longest pause that failures lead to by themselves.
const SLOWEST: Duration = Duration::from_secs(60);

/// The longest pause that a provider can ask for.
const MOST_PATIENT: Duration = Duration::from_secs(600);

/// How many failures in a row that look like an answer, such as 401, are taken for a passing fault.
const FEW: u32 = 8;

/// The pause after an answer: the interval, and up to a quarter more by chance, so that many waiters do not ask at once.
pub fn after_answer(interval: Duration, chance: u32) -> Duration {
    with_jitter(interval, chance)
}

/// The pause after a failure: the interval after the first, then twice as long with each in a row, up to a minute or the
/// interval, and as long as the provider asks for, but 10 minutes at most. `chance` is any random number.
pub fn after_failure(interval: Duration, failures: u32, error: &Error, chance: u32) -> Duration {
    let slower =
        interval.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(6))).min(SLOWEST).max(interval);
    let asked = error.retry_after().unwrap_or_default().min(MOST_PATIENT);
    with_jitter(slower.max(asked), chance)
}

/// Whether a question about a payment is worth asking again after this failure, the `failures`th in a row.
///
/// A failure of the way passes, and so does "not found": a payment may be unknown until the customer has opened the page, or
/// while a database is away. What looks like an answer (the key is refused, the question is rejected, the certificate is bad)
/// may be a fault of a moment too, and is given a few chances. An answer about another payment, or a question that was never
/// sent for what it holds, stays what it is.
pub fn may_pass(error: &Error, failures: u32) -> bool {
    match error.kind() {
        Kind::Connect
        | Kind::Timeout
        | Kind::Disconnected
        | Kind::RateLimited
        | Kind::Unavailable
        | Kind::Html
        | Kind::UnexpectedReply
        | Kind::ReplyTooLarge
        | Kind::NotFound => true,
        Kind::Rejected | Kind::Authentication | Kind::AlreadyDone | Kind::Tls => failures < FEW,
        Kind::Configuration
        | Kind::InvalidRequest
        | Kind::Gone
        | Kind::InvalidNotification
        | Kind::Unsupported
        | Kind::EchoMismatch => false,
    }
}

/// Up to a quarter more, never less.
fn with_jitter(time: Duration, chance: u32) -> Duration {
    time.saturating_add((time / 4).mul_f64(f64::from(chance) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Delivery;

    const INTERVAL: Duration = Duration::from_secs(4);

    fn error(kind: Kind) -> Error {
        Error::new(kind, Delivery::MaybeSent, "it failed")
    }

    #[test]
    fn interval_after_an_answer_has_up_to_a_quarter_of_jitter() {
        assert_eq!(after_answer(INTERVAL, 0), INTERVAL);
        assert_eq!(after_answer(INTERVAL, u32::MAX), Duration::from_secs(5));
        assert_eq!(after_answer(Duration::MAX, u32::MAX), Duration::MAX);
    }

    #[test]
    fn pauses_double_up_to_a_minute() {
        let pause = |failures| after_failure(INTERVAL, failures, &error(Kind::Timeout), 0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, u32::MAX].map(pause), [4, 8, 16, 32, 60, 60, 60]);
        let slow = Duration::from_secs(90);
        assert_eq!(after_failure(slow, 3, &error(Kind::Timeout), 0), slow);
    }

    #[test]
    fn the_provider_may_ask_for_ten_minutes_at_most() {
        let asked = |seconds| {
            let error = error(Kind::RateLimited).with_retry_after(Some(Duration::from_secs(seconds)));
            after_failure(INTERVAL, 1, &error, 0).as_secs()
        };
        assert_eq!([1, 30, 600, u64::MAX].map(asked), [4, 30, 600, 600]);
    }

    #[test]
    fn only_what_looks_like_an_answer_is_given_few_chances() {
        for kind in [Kind::Connect, Kind::Unavailable, Kind::Html, Kind::UnexpectedReply, Kind::NotFound] {
            assert!(may_pass(&error(kind), u32::MAX), "{kind}");
        }
        for kind in [Kind::Rejected, Kind::Authentication, Kind::AlreadyDone, Kind::Tls] {
            assert!(may_pass(&error(kind), 1) && may_pass(&error(kind), FEW - 1), "{kind}");
            assert!(!may_pass(&error(kind), FEW), "{kind}");
        }
        for kind in [Kind::Configuration, Kind::InvalidRequest, Kind::Gone, Kind::Unsupported, Kind::EchoMismatch] {
            assert!(!may_pass(&error(kind), 1), "{kind}");
        }
    }
}
