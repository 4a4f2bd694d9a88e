//! The daemons, as a shop calls them: any that listens.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gerbang::Network;
use gerbang::reqwest::{Client, Method};
use gerbang_tests::chance::Chance;
use gerbang_tests::processes::Addresses;
use serde_json::Value;
use tokio::time::sleep;

pub const TOKEN: &str = "the-token-of-the-shop";

/// How long the answer to a question may take in all, once it is quiet.
const LIMIT: Duration = Duration::from_secs(60);

/// What a daemon answered.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

pub struct Api {
    client: Client,
    addresses: Addresses,
    chance: Mutex<Chance>,
    pub calls: AtomicUsize,
}

impl Api {
    pub fn of(addresses: Addresses, seed: u64) -> Self {
        let chance = Mutex::new(Chance::new(seed));
        Self {
            client: Network::new().http_client().unwrap().build().unwrap(),
            addresses,
            chance,
            calls: AtomicUsize::new(0),
        }
    }

    /// Waits until a daemon listens.
    pub async fn until_one_listens(&self) {
        while self.addresses.lock().unwrap().iter().all(Option::is_none) {
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Places an order. None where no answer comes.
    pub async fn post(&self, path: &str, key: Option<&str>, body: &str, patience: Duration) -> Option<Reply> {
        self.call(Method::POST, path, key, body, patience).await
    }

    /// Asks until there is an answer.
    pub async fn get(&self, path: &str) -> Value {
        let started = Instant::now();
        loop {
            match self.call(Method::GET, path, None, "", Duration::from_secs(10)).await {
                Some(Reply { status: 200, body }) => return body,
                other => assert!(started.elapsed() < LIMIT, "{path} is not answered: {other:?}"),
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// All that a list has, page by page.
    pub async fn all(&self, path: &str, name: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(&format!("{path}?limit=100{after}")).await;
            all.extend(page[name].as_array_mut().map(std::mem::take).unwrap_or_default());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &str,
        patience: Duration,
    ) -> Option<Reply> {
        let living: Vec<_> = self.addresses.lock().unwrap().iter().flatten().copied().collect();
        if living.is_empty() {
            return None;
        }
        let address = living[self.chance.lock().unwrap().below(living.len())];
        let mut request = self.client.request(method, format!("http://{address}{path}")).timeout(patience);
        request = request.header("authorization", format!("Bearer {TOKEN}")).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        let response = request.body(body.to_owned()).send().await.ok()?;
        let status = response.status().as_u16();
        let body = serde_json::from_slice(&response.bytes().await.ok()?).ok()?;
        Some(Reply { status, body })
    }
}
