//! How often each caller may call: a token bucket each, in tables that never grow.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::problem::{Code, Detail, Next as What, Problem};

/// How many buckets a table has. Callers whose buckets coincide share one.
const BUCKETS: usize = 1 << 15;

/// A bucket holds what comes in so much time: who was idle may call so many times at once.
const DEPTH: Duration = Duration::from_secs(2);

/// The buckets of all callers.
pub struct Rates {
    /// Of each token.
    pub tokens: Buckets,
    /// Of each address: notifications, customers' pages, and calls without a token that is known. A flood of one kind leaves the
    /// others alone.
    pub hooks: Buckets,
    pub pages: Buckets,
    pub strangers: Buckets,
}

impl Rates {
    /// Buckets for so many calls a second of each token and of each address; 0 is no limit.
    pub fn new(per_token: u32, per_address: u32) -> Self {
        let by_address = || Buckets::new(per_address);
        Self { tokens: Buckets::new(per_token), hooks: by_address(), pages: by_address(), strangers: by_address() }
    }
}

/// A table of buckets.
pub struct Buckets {
    /// How long a bucket takes to lose a call, in nanoseconds; none where there is no limit.
    interval: Option<u64>,
    began: Instant,
    /// When each bucket is empty again, in nanoseconds since the beginning.
    empty_at: Box<[AtomicU64]>,
    /// Which bucket is whose is known to nobody outside.
    key: RandomState,
}

impl Buckets {
    fn new(per_second: u32) -> Self {
        let interval = (per_second > 0).then(|| 1_000_000_000 / u64::from(per_second));
        let empty_at = (0..if interval.is_some() { BUCKETS } else { 0 }).map(|_| AtomicU64::new(0)).collect();
        Self { interval, began: Instant::now(), empty_at, key: RandomState::new() }
    }

    /// Counts a call, or says how long the caller must wait.
    pub fn take(&self, caller: impl Hash) -> Result<(), Problem> {
        self.take_at(caller, self.began.elapsed()).map_err(too_many)
    }

    fn take_at(&self, caller: impl Hash, now: Duration) -> Result<(), Duration> {
        let Some(interval) = self.interval else { return Ok(()) };
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let (now, depth) = (nanoseconds(now), nanoseconds(DEPTH));
        let place = (self.key.hash_one(caller) % BUCKETS as u64) as usize;
        let after = |empty_at: u64| empty_at.max(now).saturating_add(interval);
        let taken = self.empty_at[place].fetch_update(Ordering::Relaxed, Ordering::Relaxed, |empty_at| {
            Some(after(empty_at)).filter(|after| after - now <= depth)
        });
        taken.map(drop).map_err(|empty_at| Duration::from_nanos(after(empty_at) - now - depth))
    }
}

fn too_many(wait: Duration) -> Problem {
    let problem = Problem::new(Code::TooManyCalls, Detail::TooManySoon, What::WaitAndSendTheSame);
    problem.retry_after(wait.as_secs() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn bucket_is_filled_at_once_and_then_by_the_rate() {
        let buckets = Buckets::new(10);
        let takes = |at: f64| (0..1000).take_while(|_| buckets.take_at("a", seconds(at)).is_ok()).count();
        assert_eq!(takes(1.0), 20);
        assert_eq!(buckets.take_at("a", seconds(1.0)), Err(seconds(0.1)));
        assert_eq!((takes(1.05), takes(1.1), takes(1.5), takes(100.0)), (0, 1, 4, 20));
    }

    #[test]
    fn callers_have_buckets_of_their_own() {
        let buckets = Buckets::new(1);
        while buckets.take_at("a", seconds(0.0)).is_ok() {}
        // By chance some share the bucket.
        let others = (0..1000).filter(|other| buckets.take_at(other, seconds(0.0)).is_ok()).count();
        assert!(others >= 900, "{others}");
    }

    #[test]
    fn zero_is_no_limit_and_the_table_never_grows() {
        let buckets = Buckets::new(0);
        assert!((0..100_000).all(|_| buckets.take_at("a", seconds(0.0)).is_ok()));
        let buckets = Buckets::new(1);
        for caller in 0..200_000 {
            let _ = buckets.take_at(caller, seconds(0.0));
        }
        assert_eq!(buckets.empty_at.len(), BUCKETS);
    }
}
