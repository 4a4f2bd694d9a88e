//! What all calls share.

use std::collections::BTreeMap;
use std::sync::Arc;

use gerbang::ledger::{Ledger, Mode};
use gerbang::registry::Descriptor;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::addresses::Addresses;
use crate::client::Proxies;
use crate::hosts::Hosts;
use crate::limits::Streams;
use crate::news::News;
use crate::observed::Health;
use crate::rates::Rates;
use crate::tokens::Tokens;

/// What all calls share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What a daemon is made of.
pub struct Shared {
    pub ledger: Ledger,
    pub tokens: Tokens,
    pub accounts: BTreeMap<String, Known>,
    /// The account of orders that name none.
    pub default_account: Option<String>,
    /// Where gateways reach the daemon, without a slash at the end.
    pub public_url: Option<String>,
    /// Whether events are delivered to the shop.
    pub delivers: bool,
    pub addresses: Addresses,
    /// The figures that were counted last, and when.
    pub figures: Mutex<Option<(Instant, String)>>,
    pub streams: Streams,
    pub news: News,
    pub hosts: Arc<Hosts>,
    pub rates: Rates,
    pub proxies: Proxies,
    /// Turns true when the daemon stops.
    pub stopped: watch::Receiver<bool>,
}

/// An account and how its gateway does.
pub struct Known {
    pub descriptor: &'static Descriptor,
    pub mode: Mode,
    pub health: Arc<Health>,
}

impl App {
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub fn accounts(&self) -> &BTreeMap<String, Known> {
        &self.0.accounts
    }

    pub fn account(&self, name: &str) -> Option<&Known> {
        self.0.accounts.get(name)
    }

    /// The account of orders that name none: the one that is set, or the only one.
    pub fn default_account(&self) -> Option<&str> {
        let only = || self.0.accounts.keys().next().filter(|_| self.0.accounts.len() == 1);
        self.0.default_account.as_deref().or_else(|| only().map(String::as_str))
    }

    /// Whether events are delivered to the shop.
    pub fn delivers(&self) -> bool {
        self.0.delivers
    }

    /// Where customers' pages are.
    pub fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }

    /// The figures that were counted last, and when.
    pub fn figures(&self) -> &Mutex<Option<(Instant, String)>> {
        &self.0.figures
    }

    /// The places of streams.
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// What is new in the book, for those who wait.
    pub fn news(&self) -> &News {
        &self.0.news
    }

    /// Where gateways, customers and operators reach the daemon, where that is set.
    pub fn public_url(&self) -> Option<&str> {
        self.0.public_url.as_deref()
    }

    /// The names that the daemon answers to.
    pub fn hosts(&self) -> &Arc<Hosts> {
        &self.0.hosts
    }

    /// How often each caller may call.
    pub fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// The proxies that say from where calls come.
    pub fn proxies(&self) -> &Proxies {
        &self.0.proxies
    }

    /// Ends when the daemon stops.
    pub async fn stopped(&self) {
        let mut stopped = self.0.stopped.clone();
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }

    /// The address that an account's gateway is given.
    pub fn hook(&self, account: &str) -> Option<String> {
        self.0.public_url.as_ref().map(|url| format!("{url}/hooks/{account}"))
    }
}
