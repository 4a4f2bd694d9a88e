//! A merchant of each gateway, who creates a payment and asks for it.

use std::fmt;
use std::io;
use std::pin::Pin;

use gerbang_sandbox::{Provider, Sandbox, Seed};
use serde_json::Value;

use crate::documents::Tools;
use crate::http::{Reply, try_send};

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const JSON: &str = "application/json";

/// A way to create payments with a provider, as the provider's document describes it. Each provider's file has its own.
pub struct Gateway {
    pub name: &'static str,
    pub provider: Provider,
    /// The operation that creates a payment.
    pub creation: &'static str,
    /// The operation that asks for a payment, if there is one. K-Link has none, but a simulator that answers as if.
    pub question: Option<&'static str>,
    /// Whether a payment has the merchant's name.
    pub takes_reference: bool,
    /// Whether no two pending payments have the same payable amount.
    pub has_unique_amounts: bool,
    /// The credential of a merchant, as the sandbox names accounts.
    pub credential: fn(&str) -> String,
    /// How a session begins, where there are sessions.
    pub login: Option<Login>,
    /// The header with the key or the token, unless the body or the query has it.
    pub authorization: fn(&str) -> (&'static str, String),
    /// The call that creates a payment.
    pub create: fn(&Wanted<'_>) -> Creation,
    /// The path that asks for a payment.
    pub ask: fn(&Wanted<'_>, &str) -> String,
    /// Where a reply to a creation has the provider's name of the payment; it has none where the merchant's is used.
    pub reference: Option<&'static str>,
    /// Where a reply to a creation has the price.
    pub echo: &'static str,
    /// Where a reply to a question has the status.
    pub status: &'static str,
    /// The words for a payment that is pending, paid, expired or cancelled.
    pub words: [&'static str; 4],
    /// The status in a notification of a payment that is paid, if there are notifications.
    pub notified: Option<&'static str>,
    /// Whether there are notifications of payments that have expired.
    pub notifies_of_expiry: bool,
    /// The method in a seed, where it is not the provider's usual one.
    pub method: Option<&'static str>,
    /// A creation that is refused with a text.
    pub refusal: fn(&str) -> (u16, Value),
    /// The members of a creation and of a status that a client needs, without those that only inform.
    pub needed: (&'static str, &'static str),
    /// Runs the snippets of the provider's document; none where another gateway's run is that of the same document.
    pub documents: Option<Documents>,
}

/// The path and the body of the call that begins a session for a credential. The reply has the token in `Authorization`.
pub type Login = fn(&str) -> (&'static str, Value);

/// Runs the snippets of a document.
pub type Documents = fn(&Tools) -> Pin<Box<dyn Future<Output = ()> + '_>>;

/// A payment that a merchant wants to have, with the merchant's key.
pub struct Wanted<'a> {
    pub order: &'a str,
    pub price: u64,
    pub key: &'a str,
}

/// A call that creates a payment.
pub struct Creation {
    pub path: String,
    pub content_type: &'static str,
    pub body: String,
}

impl Gateway {
    /// A seed of a payment of a merchant.
    pub fn seed(&self, merchant: &str, order: &str, price: u64) -> Seed {
        let mut seed = Seed::new(self.provider, (self.credential)(merchant), price);
        if self.takes_reference {
            seed = seed.reference(order);
        }
        match self.method {
            Some(method) => seed.method(method),
            None => seed,
        }
    }
}

/// The name.
impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

pub fn bearer(key: &str) -> (&'static str, String) {
    ("Authorization", format!("Bearer {key}"))
}

pub fn api_key(key: &str) -> (&'static str, String) {
    ("X-Api-Key", key.to_owned())
}

/// A merchant who has a key.
pub struct Shop {
    base: String,
    gateway: &'static Gateway,
    /// The API key, or the token of a session.
    key: String,
}

impl Shop {
    pub async fn new(sandbox: &Sandbox, gateway: &'static Gateway, merchant: &str) -> Self {
        Self::at(sandbox.base_url(), gateway, merchant).await.expect("a session")
    }

    /// A merchant at the sandbox of an address, which may not answer.
    pub async fn at(base: &str, gateway: &'static Gateway, merchant: &str) -> io::Result<Self> {
        let base = format!("{base}/{}", gateway.provider);
        let mut key = merchant.to_owned();
        if let Some(login) = gateway.login {
            let (path, body) = login(&(gateway.credential)(merchant));
            let headers = [("Content-Type", JSON)];
            let reply = try_send("POST", &format!("{base}{path}"), &headers, &body.to_string()).await?.json();
            key = reply["Authorization"].as_str().expect("a token").to_owned();
        }
        Ok(Self { base, gateway, key })
    }

    /// The API key, or the token of the session.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Calls with the key.
    pub async fn call(&self, method: &str, path: &str, content_type: &str, body: &str) -> io::Result<Reply> {
        let (name, value) = (self.gateway.authorization)(&self.key);
        let headers = [(name, value.as_str()), ("Content-Type", content_type)];
        try_send(method, &format!("{}{path}", self.base), &headers, body).await
    }

    pub async fn try_create(&self, order: &str, price: u64) -> io::Result<Reply> {
        let Creation { path, content_type, body } = (self.gateway.create)(&self.wanted(order, price));
        self.call("POST", &path, content_type, &body).await
    }

    pub async fn create(&self, order: &str, price: u64) -> Reply {
        self.try_create(order, price).await.expect("a whole reply")
    }

    /// Asks for the payment that a reply has made.
    pub async fn ask(&self, order: &str, price: u64, created: &Value) -> Reply {
        self.ask_by(order, price, self.reference(created).unwrap_or(order)).await
    }

    /// Asks for the payment that the provider names so.
    pub async fn ask_by(&self, order: &str, price: u64, reference: &str) -> Reply {
        let path = (self.gateway.ask)(&self.wanted(order, price), reference);
        self.call("GET", &path, JSON, "").await.expect("a whole reply")
    }

    /// The name of a payment that a creation has made: the merchant's, or the provider's where that takes none.
    pub fn name<'a>(&self, order: &'a str, created: &'a Value) -> &'a str {
        if self.gateway.takes_reference { order } else { self.reference(created).expect("a reference") }
    }

    fn reference<'a>(&self, created: &'a Value) -> Option<&'a str> {
        let reference = created.pointer(self.gateway.reference?);
        Some(reference.and_then(Value::as_str).unwrap_or_else(|| panic!("no reference: {created}")))
    }

    fn wanted<'a>(&'a self, order: &'a str, price: u64) -> Wanted<'a> {
        Wanted { order, price, key: &self.key }
    }
}

/// What a gateway says of the status of a payment, in lower case.
pub fn status(gateway: &Gateway, reply: &Reply) -> String {
    let answer = reply.json();
    answer.pointer(gateway.status).and_then(Value::as_str).unwrap_or("unknown").to_lowercase()
}
