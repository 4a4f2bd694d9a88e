//! Delivering events to the shop.

use std::sync::Arc;
use std::time::Duration;

use gerbang::ledger::{Error, Event, Handled, Ledger, Tx};
use http::header::CONTENT_TYPE;
use reqwest::Client;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::outbox::{Claimed, Outbox, plan};
use super::{Keys, Target};
use crate::view;

/// How long an idle deliverer sleeps, unless an event comes in this process.
const IDLE: Duration = Duration::from_millis(500);

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
    pub fn new(target: Target, keys: Keys) -> reqwest::Result<Self> {
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
        let mut under_way = JoinSet::new();
        while !*stopped.borrow() {
            let claimed = match under_way.len() < AT_A_TIME {
                true => outbox.claim().await,
                false => Ok(None),
            };
            match claimed {
                Ok(Some(claimed)) => {
                    let (deliverer, outbox) = (self.clone(), outbox.clone());
                    under_way.spawn(async move { deliverer.deliver(&outbox, &claimed).await });
                }
                Ok(None) => self.rest(&mut under_way).await,
                Err(error) => {
                    tracing::error!("the deliverer waits: {error}");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Sleeps, until an event comes, or one is delivered, whose order may have another.
    async fn rest(&self, under_way: &mut JoinSet<()>) {
        let waiting = async {
            tokio::select! {
                () = self.news.notified() => {}
                Some(_) = under_way.join_next() => {}
            }
        };
        let _ = timeout(IDLE, waiting).await;
    }

    async fn deliver(&self, outbox: &Outbox, claimed: &Claimed) {
        let written = match self.send(claimed).await {
            Ok(()) => outbox.delivered(claimed).await,
            Err(why) => {
                tracing::warn!(gerbang.event = claimed.event.seq, "an event was not taken: {why}");
                outbox.failed(claimed).await
            }
        };
        if let Err(error) = written {
            let error: Error = error;
            tracing::error!(gerbang.event = claimed.event.seq, "a delivery could not be written down: {error}");
        }
    }

    /// Sends an event. Only 2xx is taken for "it is handled"; a redirect is not followed.
    async fn send(&self, claimed: &Claimed) -> Result<(), String> {
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
