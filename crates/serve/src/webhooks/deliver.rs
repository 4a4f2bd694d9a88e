//! Delivering events to the shop.

use std::sync::Arc;
use std::time::Duration;

use gerbang::ledger::{Event, Handled, Ledger, Tx};
use http::header::CONTENT_TYPE;
use reqwest::Client;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::Instrument;

use super::outbox::{Claimed, LATEST_SEND, Outbox, Outcome, plan};
use super::{Keys, Target};
use crate::view;

/// How long an idle deliverer sleeps, unless an event comes in this process.
const IDLE: Duration = Duration::from_millis(500);

/// How long it sleeps at first after one has come, as it comes before its transaction has ended.
const BRIEF: Duration = Duration::from_millis(5);

/// How many events are delivered at a time by each daemon, of different orders.
const AT_A_TIME: usize = 8;

/// Delivers events. Cheap to clone.
#[derive(Clone)]
pub struct Deliverer {
    target: Target,
    keys: Keys,
    client: Client,
    news: Arc<Notify>,
}

impl Deliverer {
    /// A deliverer to a target, whose messages these keys sign.
    pub fn new(target: Target, keys: Keys) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self { client: target.client()?, target, keys, news: Arc::default() })
    }

    /// The handler of the ledger's events: plans their deliveries.
    pub async fn plan(self, mut tx: Tx, event: Event) -> Handled {
        plan(&mut tx, &event).await?;
        self.news.notify_one();
        Ok(())
    }

    /// Delivers until the daemon stops; what is under way is ended then.
    pub async fn run(self, ledger: Ledger, stopped: watch::Receiver<bool>) {
        let outbox = Outbox::new(ledger);
        let (mut under_way, mut sent, mut pause) = (JoinSet::new(), Vec::new(), IDLE);
        loop {
            let is_stopped = *stopped.borrow();
            let free = if is_stopped { 0 } else { AT_A_TIME - under_way.len() };
            match outbox.turn(&sent, free).await {
                Ok(claimed) => {
                    sent.clear();
                    for claimed in claimed {
                        let deliverer = self.clone();
                        under_way.spawn(async move { deliverer.deliver(claimed).await });
                    }
                }
                // What was sent is written down with the next turn.
                Err(error) => {
                    tracing::error!("the deliverer waits: {error}");
                    tokio::time::sleep(IDLE).await;
                }
            }
            if is_stopped && under_way.is_empty() {
                return;
            }
            pause = self.rest(&mut under_way, &mut sent, pause).await;
        }
    }

    /// Sleeps, until an event comes, or some were delivered, whose orders may have others. Gives how long to sleep next.
    async fn rest(
        &self,
        under_way: &mut JoinSet<(Claimed, Outcome)>,
        sent: &mut Vec<(Claimed, Outcome)>,
        pause: Duration,
    ) -> Duration {
        let waiting = async {
            tokio::select! {
                () = self.news.notified() => {}
                Some(ended) = under_way.join_next() => sent.extend(ended),
            }
        };
        let has_news = timeout(pause, waiting).await.is_ok();
        while let Some(ended) = under_way.try_join_next() {
            sent.extend(ended);
        }
        if has_news { BRIEF } else { (pause * 2).min(IDLE) }
    }

    async fn deliver(&self, claimed: Claimed) -> (Claimed, Outcome) {
        let span = tracing::info_span!("gerbang.webhook", otel.kind = "client", gerbang.event = claimed.event.seq);
        let outcome = match self.send(&claimed).instrument(span).await {
            Ok(()) => Outcome::Taken,
            Err(why) => {
                tracing::warn!(gerbang.event = claimed.event.seq, "an event was not taken: {why}");
                Outcome::NotTaken
            }
        };
        (claimed, outcome)
    }

    /// Sends an event. Only 2xx is taken for "it is handled"; a redirect is not followed.
    async fn send(&self, claimed: &Claimed) -> Result<(), String> {
        if claimed.at.elapsed() > LATEST_SEND {
            return Err("it was taken too long ago to be sent".to_owned());
        }
        let (id, body) = (claimed.event.id(), view::event(&claimed.event).to_string());
        let signature = self.keys.sign(&id, claimed.now, &body);
        let request = self.client.post(self.target.url()).header(CONTENT_TYPE, "application/json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", claimed.now);
        let sent = request.header("webhook-signature", signature).body(body).send().await;
        match sent {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(format!("the answer is {}", response.status().as_u16())),
            // Without the address, which may hold a secret.
            Err(error) => Err(error.without_url().to_string()),
        }
    }
}
