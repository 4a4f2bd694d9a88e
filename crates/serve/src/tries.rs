//! How often a wrong token may be tried. All tries count together: behind a proxy all come from one address.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many wrong ones may come at once.
const MOST: u32 = 10;

/// How long it takes until one more may come.
const EACH: Duration = Duration::from_secs(6);

/// The tries of late: the time at which all of them are forgotten.
#[derive(Debug, Default)]
pub struct Tries(Mutex<Option<Instant>>);

impl Tries {
    /// Counts a try before it is looked at, so that none beside it is missed.
    ///
    /// # Errors
    ///
    /// How long nobody may try.
    pub fn begin(&self) -> Result<(), Duration> {
        let now = Instant::now();
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = until.map_or(now, |at| at.max(now)) + EACH;
        match (next - now).checked_sub(EACH * MOST).filter(|wait| !wait.is_zero()) {
            Some(wait) => Err(wait),
            None => {
                *until = Some(next);
                Ok(())
            }
        }
    }

    /// Forgets a try that was right.
    pub fn was_right(&self) {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *until = until.and_then(|at| at.checked_sub(EACH));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn after_ten_wrong_tries_one_comes_in_six_seconds() {
        let tries = Tries::default();
        for _ in 0..3 * MOST {
            assert_eq!(tries.begin(), Ok(()));
            tries.was_right();
        }
        for _ in 0..MOST {
            assert_eq!(tries.begin(), Ok(()));
        }
        assert_eq!(tries.begin(), Err(EACH));
        tokio::time::advance(EACH).await;
        assert_eq!(tries.begin(), Ok(()));
        assert!(tries.begin().is_err());
        tokio::time::advance(EACH * MOST * 2).await;
        assert_eq!(tries.begin(), Ok(()));
    }
}
