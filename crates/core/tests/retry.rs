//! What holds for every decision to send a call again.

use std::time::Duration;

use gerbang_core::operation::Idempotency;
use gerbang_core::{Delivery, Error, Kind, Retry};
use proptest::prelude::*;

const KINDS: [Kind; 9] = [
    Kind::Connect,
    Kind::Tls,
    Kind::Timeout,
    Kind::Disconnected,
    Kind::RateLimited,
    Kind::Unavailable,
    Kind::Html,
    Kind::Rejected,
    Kind::UnexpectedReply,
];
const DELIVERIES: [Delivery; 3] = [Delivery::NotSent, Delivery::MaybeSent, Delivery::Answered];

/// Any time, short ones more often.
fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0..60_000_u64).prop_map(Duration::from_millis),
        (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos)),
    ]
}

prop_compose! {
    fn error()(
        kind in prop::sample::select(&KINDS[..]),
        delivery in prop::sample::select(&DELIVERIES[..]),
        attempts in prop_oneof![1..6_u32, any::<u32>()],
        status in prop::option::of(200..600_u16),
        retry_after in prop::option::of(time()),
    ) -> Error {
        let error = Error::new(kind, delivery, "").with_attempts(attempts).with_retry_after(retry_after);
        match status {
            Some(status) => error.with_status(status),
            None => error,
        }
    }
}

fn idempotency() -> impl Strategy<Value = Idempotency> {
    prop::sample::select(vec![Idempotency::Safe, Idempotency::Idempotent, Idempotency::None])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn a_pause_is_within_the_limits(
        error in error(),
        idempotency in idempotency(),
        (attempts, first, longest) in (prop_oneof![0..6_u32, any::<u32>()], time(), time()),
        left in time(),
        chance in any::<u32>(),
    ) {
        let retry = Retry::default().attempts(attempts).backoff(first, longest);
        let Some(pause) = retry.pause(&error, idempotency, left, chance) else { return Ok(()) };
        let asked = error.retry_after().unwrap_or_default();
        prop_assert!(pause >= asked && pause - asked <= longest);
        prop_assert!(pause < left);
        prop_assert!(error.attempts() < attempts);
        prop_assert!(error.delivery() == Delivery::NotSent || idempotency != Idempotency::None);
    }

    #[test]
    fn what_may_have_been_done_is_never_done_again(
        error in error(),
        delivery in prop::sample::select(&DELIVERIES[1..]),
        attempts in any::<u32>(),
        chance in any::<u32>(),
    ) {
        let retry = Retry::default().attempts(attempts);
        let error = error.with_delivery(delivery);
        prop_assert_eq!(retry.pause(&error, Idempotency::None, Duration::MAX, chance), None);
    }
}

#[test]
fn longest_pause_is_a_day() {
    let day = Duration::from_secs(24 * 60 * 60);
    let retry = Retry::default().backoff(Duration::MAX, Duration::MAX);
    let error = Error::new(Kind::Connect, Delivery::NotSent, "").with_attempts(1);
    let pause = retry.pause(&error, Idempotency::Safe, Duration::MAX, u32::MAX).unwrap();
    assert!(pause <= day && pause > day * 9 / 10, "{pause:?}");
}
