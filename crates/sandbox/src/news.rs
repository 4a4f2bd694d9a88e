//! Waiting until something is so.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How often it is looked although nothing has happened: payments expire by the clock alone.
const LOOK: Duration = Duration::from_millis(200);

/// Says that something has happened.
#[derive(Debug, Default)]
pub(crate) struct News(Notify);

impl News {
    /// Something has happened.
    pub(crate) fn spread(&self) {
        self.0.notify_waiters();
    }

    /// Looks whenever something has happened, until there is what was looked for, or the time is over.
    pub(crate) async fn until<T>(&self, time: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        let end = Instant::now() + time;
        loop {
            // What happens after the look is not missed.
            let mut news = std::pin::pin!(self.0.notified());
            news.as_mut().enable();
            if let Some(found) = look() {
                return Some(found);
            }
            if Instant::now() >= end {
                return None;
            }
            let _ = timeout_at(end.min(Instant::now() + LOOK), news).await;
        }
    }
}
