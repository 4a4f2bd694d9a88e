//! How often a wrong token may be tried. All tries count together: behind a proxy all come from one address.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many wrong ones may come at once.
const MOST: u32 = 10;

/// How long it takes until one more may come.
const EACH: Duration = Duration::from_secs(6);

/// The wrong tries of late.
#[derive(Debug, Default)]
pub struct Tries(Mutex<Option<Instant>>);

impl Tries {
    /// How long nobody may try any more, where that is so.
    pub fn wait(&self) -> Option<Duration> {
        let paid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = paid.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
        ahead.checked_sub(EACH * (MOST - 1)).filter(|wait| !wait.is_zero())
    }

    /// Counts a wrong try.
    pub fn failed(&self) {
        let mut paid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        *paid = Some(paid.map_or(now, |at| at.max(now)) + EACH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn after_ten_wrong_tries_one_comes_in_six_seconds() {
        let tries = Tries::default();
        for _ in 0..MOST {
            assert_eq!(tries.wait(), None);
            tries.failed();
        }
        assert!(tries.wait().is_some_and(|wait| wait <= EACH));
        tokio::time::advance(EACH).await;
        assert_eq!(tries.wait(), None);
        tries.failed();
        assert!(tries.wait().is_some());
        tokio::time::advance(EACH * MOST * 2).await;
        assert_eq!(tries.wait(), None);
    }
}
