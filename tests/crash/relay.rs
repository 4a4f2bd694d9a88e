//! Between the gateways and the shop: notifications are delivered to any process that lives, until one answers 200, and sometimes
//! again after that.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use gerbang::Network;
use gerbang::reqwest::Client;
use gerbang_tests::chance::Chance;
use gerbang_tests::processes::Addresses;
use tokio::net::TcpListener;

/// How many notifications are delivered at a time.
const AT_A_TIME: usize = 4;

#[derive(Clone, Debug)]
struct Message {
    account: String,
    headers: HeaderMap,
    body: Bytes,
    /// How often it was delivered without the answer 200.
    failures: u32,
}

/// The notifications that are on their way.
#[derive(Clone, Default)]
pub struct Relay(Arc<Mutex<Vec<Message>>>);

impl Relay {
    /// Starts a relay, and gives its address; the account is the last segment of the path.
    pub async fn start() -> (Self, String) {
        let relay = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{account}", post(take)).with_state(relay.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (relay, url)
    }

    /// Delivers for ever.
    pub fn deliver(&self, addresses: &Addresses, seed: u64) {
        for worker in 0..AT_A_TIME as u64 {
            let (relay, addresses, mut chance) = (self.clone(), addresses.clone(), Chance::new(seed + worker));
            let client = Network::new().http_client().unwrap().timeout(Duration::from_secs(5)).build().unwrap();
            tokio::spawn(async move {
                loop {
                    relay.deliver_one(&client, &addresses, &mut chance).await;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
    }

    async fn deliver_one(&self, client: &Client, addresses: &Addresses, chance: &mut Chance) {
        let living: Vec<_> = addresses.lock().unwrap().iter().flatten().copied().collect();
        let message = {
            let mut waiting = self.0.lock().unwrap();
            if living.is_empty() || waiting.is_empty() {
                return;
            }
            // Late ones come in any order.
            let index = chance.below(waiting.len());
            waiting.swap_remove(index)
        };
        let url = format!("http://{}/{}", living[chance.below(living.len())], message.account);
        let sent = client.post(url).headers(message.headers.clone()).body(message.body.clone()).send().await;
        let is_taken = sent.is_ok_and(|answer| answer.status() == 200);
        if !is_taken || chance.percent(15) {
            let failures = message.failures + u32::from(!is_taken);
            self.0.lock().unwrap().push(Message { failures, ..message });
        }
    }

    /// How many notifications wait that were not refused again and again.
    pub fn waiting(&self) -> usize {
        self.0.lock().unwrap().iter().filter(|message| message.failures < 20).count()
    }
}

/// Whether the shop takes it is another matter: it is delivered as often as it needs.
async fn take(
    State(relay): State<Relay>,
    Path(account): Path<String>,
    mut headers: HeaderMap,
    body: Bytes,
) -> &'static str {
    for hop in ["host", "content-length", "connection"] {
        headers.remove(hop);
    }
    relay.0.lock().unwrap().push(Message { account, headers, body, failures: 0 });
    "{\"success\": true}"
}
