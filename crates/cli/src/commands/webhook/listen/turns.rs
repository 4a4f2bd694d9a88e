//! One at a time of what is about the same payment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// The turns by the key of what they are about.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits until nothing else about this key is under way. The turn ends when it is dropped.
    pub async fn take(&self, key: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody has or waits for.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            turns.entry(key.to_owned()).or_default().clone()
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn only_the_same_waits_and_nothing_is_kept() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        let waits = async |key| timeout(Duration::from_millis(5), turns.take(key)).await.is_err();
        assert!(waits("a").await && !waits("b").await);
        drop(first);
        assert!(!waits("a").await);
        turns.take("c").await;
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
