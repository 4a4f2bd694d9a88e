//! A daemon with a sandbox behind it, and what a shop and an operator do with it.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gerbang::Network;
use gerbang::ledger::{Ledger, Value as Parameter};
use gerbang_sandbox::{Provider, Sandbox};
use gerbang_serve::{Daemon, Flags, Settings};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::contract;

pub const SHOP: &str = "CANARY-token-of-the-shop";
pub const ADMIN: &str = "CANARY-token-of-the-operator";
pub const KEY: &str = "CANARY-key";

/// How long anything may take before the test fails.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The accounts: one that finds nothing again, one that finds payments by reference, one that signs.
const ACCOUNTS: [(&str, &str, Provider); 3] = [
    ("kropay", "", Provider::Kropay),
    ("kazukipay", "project_id = 1\n", Provider::Kazukipay),
    ("pakasir-v2", "project = \"shop\"\nwebhook_secret = \"CANARY-secret\"\n", Provider::Pakasir),
];

/// A reply of the daemon.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn media_type(&self) -> &str {
        self.headers.get("content-type").map_or("", |value| value.to_str().unwrap())
    }

    /// The status and the code of a problem.
    pub fn problem(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// A stream of server-sent events.
pub struct Stream {
    pub response: reqwest::Response,
    /// What has come and was not read.
    text: String,
}

impl Stream {
    /// The fields of the next event; none once the stream has ended.
    pub async fn next(&mut self) -> Option<Vec<(String, String)>> {
        tokio::time::timeout(LIMIT, self.read()).await.expect("an event comes, or the end")
    }

    async fn read(&mut self) -> Option<Vec<(String, String)>> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let fields: Vec<_> = block
                    .lines()
                    .filter_map(|line| line.split_once(": "))
                    .filter(|(name, _)| !name.is_empty())
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect();
                self.text = rest.to_owned();
                if !fields.is_empty() {
                    return Some(fields);
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    /// A field of the next event.
    pub async fn next_field(&mut self, name: &str) -> String {
        let fields = self.next().await.expect("another event");
        fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value).unwrap_or_default()
    }
}

/// A daemon that runs.
pub struct Shop {
    pub sandbox: Arc<Sandbox>,
    pub ledger: Ledger,
    url: String,
    database: String,
    more: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), gerbang_serve::Error>>,
    pub client: Client,
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_on("sqlite::memory:").await
    }

    pub async fn open_on(database: &str) -> Self {
        Self::open_with(database, "").await
    }

    /// With more settings, as lines of the file.
    pub async fn open_with(database: &str, more: &str) -> Self {
        let sandbox = Sandbox::builder().keys("CANARY-secret").start().await.unwrap();
        Self::with(sandbox.into(), database, more).await
    }

    /// With an account at Midtrans, whose payments can go back.
    pub async fn open_with_midtrans() -> Self {
        let sandbox = Sandbox::start().await;
        let url = sandbox.url(Provider::Midtrans);
        let account = format!("gateway = \"midtrans\", mode = \"test\", server_key = \"{KEY}\", base_url = \"{url}\"");
        let shop =
            Self::with(sandbox.into(), "sqlite::memory:", &format!("accounts.midtrans = {{ {account} }}\n")).await;
        shop.sandbox.set_webhook(Provider::Midtrans, Some(&shop.url("/hooks/midtrans")));
        shop
    }

    async fn with(sandbox: Arc<Sandbox>, database: &str, more: &str) -> Self {
        let daemon = Daemon::start(settings(&sandbox, database, more)).await.unwrap();
        let (address, ledger) = (daemon.address(), daemon.ledger().clone());
        for (account, _, provider) in ACCOUNTS {
            sandbox.set_webhook(provider, Some(&format!("http://{address}/hooks/{account}")));
        }
        keep_token(&ledger).await;
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(daemon.run(async { drop(stopped.await) }));
        let (url, database, more) = (format!("http://{address}"), database.to_owned(), more.to_owned());
        Self {
            sandbox,
            ledger,
            url,
            database,
            more,
            stop,
            running,
            client: Network::new().http_client().unwrap().build().unwrap(),
        }
    }

    /// Another daemon on the same book, with the same gateways.
    pub async fn beside(&self) -> Self {
        Self::with(self.sandbox.clone(), &self.database, &self.more).await
    }

    /// A daemon on a book that another one has left.
    pub async fn reopen(sandbox: Arc<Sandbox>, database: &str) -> Self {
        Self::with(sandbox, database, "").await
    }

    /// Stops the daemon as SIGTERM does.
    pub async fn stop(self) -> (Arc<Sandbox>, String) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(LIMIT, self.running).await.expect("it ends").unwrap().unwrap();
        (self.sandbox, self.database)
    }

    /// Stops the daemon and starts another one on the same book.
    pub async fn restart(self) -> Self {
        let more = self.more.clone();
        let (sandbox, database) = self.stop().await;
        Self::with(sandbox, &database, &more).await
    }

    /// Breaks off whatever the daemon does, and starts another one on the same book.
    pub async fn crash(self) -> Self {
        self.running.abort();
        let _ = self.running.await;
        Self::with(self.sandbox, &self.database, &self.more).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// A request as it is; the reply is held against the description.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let mut request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let reply = Reply { status, headers, text: response.text().await.unwrap() };
        contract::check(method, path, &reply);
        assert_eq!(reply.headers["cache-control"], "no-store");
        reply
    }

    /// A stream of the daemon's, after the event of an id.
    pub async fn stream(&self, path: &str, token: Option<&str>, after: Option<&str>) -> Stream {
        let mut request = self.client.get(self.url(path));
        for (name, value) in [("authorization", token.map(|token| format!("Bearer {token}")))]
            .into_iter()
            .chain([("last-event-id", after.map(str::to_owned))])
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        Stream { response: request.send().await.unwrap(), text: String::new() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[("authorization", &format!("Bearer {SHOP}"))], "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_as(SHOP, path, &[], body).await
    }

    pub async fn post_as(&self, token: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let token = format!("Bearer {token}");
        let own = [("authorization", token.as_str()), ("content-type", "application/json")];
        self.send("POST", path, &[&own, headers].concat(), body.to_string()).await
    }

    /// Takes a payment of 10 000 rupiah with an account.
    pub async fn create(&self, order: &str, account: &str) -> Reply {
        let customer = json!({"name": "CANARY-Krisdi", "email": "CANARY@example.com"});
        let body = json!({"order": order, "amount": 10_000, "account": account, "customer": customer});
        self.post("/v1/payments", &body).await
    }

    /// The payment of an order once it is no longer pending.
    pub async fn settled(&self, order: &str) -> Value {
        let payment = self.get(&format!("/v1/payments?order={order}")).await.json()["payments"][0].clone();
        let id = payment["id"].as_str().unwrap();
        for _ in 0..2 {
            let payment = self.get(&format!("/v1/payments/{id}?wait=30")).await.json();
            if payment["status"] != "pending" {
                return payment;
            }
        }
        panic!("{order} stays pending");
    }

    /// Events of a kind.
    pub async fn events(&self, kind: &str) -> usize {
        let events = self.get("/v1/events?limit=100").await.json();
        events["events"].as_array().unwrap().iter().filter(|event| event["type"] == kind).count()
    }
}

/// Settings as an operator writes them.
fn settings(sandbox: &Sandbox, database: &str, more: &str) -> Settings {
    let mut text = format!("{more}\nlisten = \"127.0.0.1:0\"\ndefault_account = \"kropay\"\n");
    text += "public_url = \"https://pay.example.com/\"\n";
    for (account, more, provider) in ACCOUNTS {
        let url = sandbox.url(provider);
        text += &format!("[accounts.{account}]\ngateway = \"{account}\"\nmode = \"test\"\napi_key = \"{KEY}\"\n{more}");
        text += &format!("base_url = \"{url}\"\n");
    }
    let flags = Flags { file: Some(file("toml", &text)), database: Some(database.to_owned()), ..Flags::default() };
    Settings::read(&flags, &|name| (name == "GERBANG_SERVE_TOKEN").then(|| SHOP.to_owned())).unwrap()
}

/// The operator's token, as `gerbang serve token new` keeps it.
async fn keep_token(ledger: &Ledger) {
    let mut tx = ledger.begin().await.unwrap();
    let hash = Sha256::digest(ADMIN).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let sql = "INSERT INTO gerbang_serve_token (hash, scope, at) VALUES ($1, 'admin', 0) ON CONFLICT DO NOTHING";
    tx.execute(sql, [Parameter::from(hash)]).await.unwrap();
    tx.commit().await.unwrap();
}

/// A name of this test's own.
pub fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("serve_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A new file with a text.
pub fn file(ending: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.{ending}", unique()));
    std::fs::write(&path, text).unwrap();
    path
}

/// Waits until something has happened that nothing reports.
pub async fn until(has_happened: impl AsyncFn() -> bool) {
    let waiting = async {
        while !has_happened().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.expect("it happens");
}
