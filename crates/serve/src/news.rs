//! What is new in the book, looked for once for all that wait in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gerbang::ledger::{Error, Ledger};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How often the book is looked into, however many wait.
const LOOK: Duration = Duration::from_millis(250);

/// How long somebody waits who is not woken: not everything that happens to an order is an event.
const LONGEST: Duration = Duration::from_secs(15);

/// How many events are read at a time.
const PAGE: u32 = 1000;

/// The orders that somebody waits for news of.
#[derive(Default)]
pub struct News(Mutex<HashMap<String, watch::Sender<()>>>);

/// Somebody who waits for news of an order.
pub struct Waiting(watch::Receiver<()>);

impl Waiting {
    /// Ends when something has happened to the order since it ended before, or after a while.
    pub async fn changed(&mut self) {
        let _ = timeout(LONGEST, self.0.changed()).await;
    }
}

impl News {
    /// Waits for news of an order, from now on.
    pub fn of(&self, order: &str) -> Waiting {
        let mut orders = self.orders();
        let order = orders.entry(order.to_owned()).or_insert_with(|| watch::Sender::new(()));
        Waiting(order.subscribe())
    }

    /// Looks into the book for ever, as long as somebody waits.
    pub async fn look(&self, ledger: &Ledger) {
        let mut read_to = None;
        loop {
            sleep(LOOK).await;
            read_to = match (self.is_waited_for(), read_to) {
                (false, _) => None,
                (true, None) => self.begin(ledger).await.map_err(log).ok(),
                (true, Some(seq)) => Some(self.read(ledger, seq).await.map_err(log).unwrap_or(seq)),
            };
        }
    }

    /// Finds where the news begin. What happened before that, nobody may have seen: everybody looks.
    async fn begin(&self, ledger: &Ledger) -> Result<i64, Error> {
        let last = ledger.last_event().await?;
        self.orders().values().for_each(|order| order.send_replace(()));
        Ok(last)
    }

    /// Wakes who waits for an order that has an event after this number; the number of the last one.
    async fn read(&self, ledger: &Ledger, seq: i64) -> Result<i64, Error> {
        let events = ledger.some_events(seq, PAGE).await?;
        let orders = self.orders();
        for order in events.iter().filter_map(|event| event.order.as_ref()) {
            if let Some(order) = orders.get(order) {
                order.send_replace(());
            }
        }
        Ok(events.last().map_or(seq, |event| event.seq))
    }

    /// Whether somebody waits. Orders that nobody waits for any more are forgotten.
    fn is_waited_for(&self) -> bool {
        let mut orders = self.orders();
        orders.retain(|_, order| order.receiver_count() > 0);
        !orders.is_empty()
    }

    fn orders(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn log(error: Error) {
    tracing::error!("the book cannot be looked into for news: {error}");
}
