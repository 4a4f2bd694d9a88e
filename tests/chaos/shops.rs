//! Shops that place orders, and do what shops do where an answer does not come: they send the same again, to any daemon.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gerbang_tests::chance::Chance;
use gerbang_tests::shops::{Entry, Journal, accounts};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::api::{Api, Reply};

/// How many buy at a time.
const CLIENTS: u64 = 16;

/// How often an order is sent before the customer is asked to come back later.
const MOST_TRIES: usize = 30;

/// How often an order is placed again that a gateway has refused.
const MOST_REFUSALS: usize = 3;

/// What a shop knows of an order by the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// There is a payment, or there was.
    Payment,
    /// The gateway has refused it.
    Refused,
}

/// The orders of all shops, and what came of them.
pub struct Shops {
    pub api: Api,
    /// From here customers know what they can pay.
    journal: Journal,
    waiting: Mutex<VecDeque<usize>>,
    busy: AtomicUsize,
    known: Mutex<BTreeMap<String, Known>>,
    pub retries: AtomicUsize,
    /// Answers that must not be.
    pub wrong: Mutex<Vec<String>>,
    /// How long an order waited for its answer.
    pub longest: Mutex<Duration>,
}

impl Shops {
    /// Shops whose clients wait for orders.
    pub fn open(api: Api, journal: &Path, seed: u64) -> Arc<Self> {
        let shops = Arc::new(Self {
            api,
            journal: Journal::open(journal).expect("the journal can be written"),
            waiting: Mutex::default(),
            busy: AtomicUsize::new(0),
            known: Mutex::default(),
            retries: AtomicUsize::new(0),
            wrong: Mutex::default(),
            longest: Mutex::default(),
        });
        for client in 0..CLIENTS {
            let (shops, mut chance) = (shops.clone(), Chance::new(seed + client));
            tokio::spawn(async move {
                loop {
                    match shops.next() {
                        Some(number) => {
                            shops.buy(number, &mut chance).await;
                            shops.busy.fetch_sub(1, Ordering::SeqCst);
                        }
                        None => sleep(Duration::from_millis(20)).await,
                    }
                }
            });
        }
        shops
    }

    /// Orders come in.
    pub fn place(&self, numbers: Range<usize>) {
        self.waiting.lock().unwrap().extend(numbers);
    }

    /// Those that got no answer come in once more; how many there are.
    pub fn place_unanswered(&self, orders: usize) -> usize {
        let known = self.known.lock().unwrap();
        let unanswered = (0..orders).filter(|number| !known.contains_key(&name(*number)));
        let mut waiting = self.waiting.lock().unwrap();
        waiting.extend(unanswered);
        waiting.len()
    }

    /// How many orders nobody has begun with.
    pub fn waiting(&self) -> usize {
        self.waiting.lock().unwrap().len()
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.lock().unwrap().is_empty() && self.busy.load(Ordering::SeqCst) == 0
    }

    /// What is known of an order by the answer.
    pub fn known(&self, order: &str) -> Option<Known> {
        self.known.lock().unwrap().get(order).copied()
    }

    fn next(&self) -> Option<usize> {
        let mut waiting = self.waiting.lock().unwrap();
        let next = waiting.pop_front()?;
        self.busy.fetch_add(1, Ordering::SeqCst);
        Some(next)
    }

    /// Places an order until there is an answer. Every other order has an Idempotency-Key, which is another one after a refusal.
    async fn buy(&self, number: usize, chance: &mut Chance) {
        let (order, body, started) = (name(number), content(number), Instant::now());
        let mut refusals = 0;
        for tries in 0..MOST_TRIES {
            let key = number.is_multiple_of(2).then(|| format!("{order}-{refusals}"));
            let patience = Duration::from_millis(300 + chance.below(4000) as u64);
            self.api.until_one_listens().await;
            self.retries.fetch_add(usize::from(tries > 0), Ordering::Relaxed);
            let reply = self.api.post("/v1/payments", key.as_deref(), &body, patience).await;
            match reply {
                Some(reply @ Reply { status: 200 | 201, .. }) => {
                    self.answered(&order, Known::Payment, started);
                    self.show(&reply.body);
                    return self.afterwards(number, key.as_deref(), &reply, chance).await;
                }
                Some(Reply { status: 422, .. }) => {
                    refusals += 1;
                    if refusals == MOST_REFUSALS {
                        return self.answered(&order, Known::Refused, started);
                    }
                }
                // The daemon finds out; an event says what became of it.
                Some(Reply { status: 202, .. }) if tries > 5 => return self.answered(&order, Known::Payment, started),
                // Somebody must look first, and an event said so.
                Some(Reply { status: 409, body }) if body["code"] == "awaits_person" => {
                    return self.answered(&order, Known::Payment, started);
                }
                Some(Reply { status: 202 | 500 | 502 | 503, .. }) | None => {}
                Some(other) => self.note(&format!("{order} is answered"), &other),
            }
            sleep(Duration::from_millis(50 + chance.below(300) as u64)).await;
        }
    }

    /// Some customers press the button twice, and some change their mind.
    async fn afterwards(&self, number: usize, key: Option<&str>, first: &Reply, chance: &mut Chance) {
        let id = first.body["id"].as_str().unwrap_or_default();
        let patience = Duration::from_secs(5);
        if chance.percent(15)
            && let Some(again) = self.api.post("/v1/payments", key, &content(number), patience).await
        {
            let is_kept = key.is_none() || again.body == first.body;
            let is_same = again.status < 300 && again.body["id"] == id && is_kept;
            if !is_same && again.status < 500 {
                self.note(&format!("{id} was {first:?} and is"), &again);
            }
        }
        if !chance.percent(5) {
            return;
        }
        let cancelled = self.api.post(&format!("/v1/payments/{id}/cancel"), None, "", patience).await;
        if cancelled.is_some_and(|reply| reply.body["outcome"] == "closed") {
            let other = json!({"account": account(number + 1)}).to_string();
            let more = self.api.post(&format!("/v1/payments/{id}/attempts"), None, &other, patience).await;
            if let Some(reply @ Reply { status: 200 | 201, .. }) = more {
                self.show(&reply.body);
            }
        }
    }

    /// The customer sees how to pay; one in ten leaves before that.
    pub fn show(&self, payment: &Value) {
        let number = payment["order"].as_str().and_then(|order| order.trim_start_matches("O-").parse().ok());
        let leaves = number.is_none_or(|number: usize| number % 10 == 7);
        let Some(attempt) = payment["attempts"].as_array().and_then(|attempts| attempts.last()) else { return };
        if leaves || payment["status"] != "pending" || payment["pay_with"].as_array().is_none_or(Vec::is_empty) {
            return;
        }
        // One of them names it at the gateway.
        for name in ["gateway_id", "reference"].into_iter().filter_map(|name| attempt[name].as_str()) {
            let account = attempt["account"].as_str().unwrap_or_default();
            let shown = Entry::Shown { account: account.to_owned(), name: name.to_owned() };
            self.journal.write(&shown).expect("the journal can be written");
        }
    }

    fn answered(&self, order: &str, known: Known, started: Instant) {
        let mut longest = self.longest.lock().unwrap();
        *longest = (*longest).max(started.elapsed());
        self.known.lock().unwrap().insert(order.to_owned(), known);
    }

    fn note(&self, what: &str, reply: &Reply) {
        self.wrong.lock().unwrap().push(format!("{what} {reply:?}"));
    }
}

pub fn name(number: usize) -> String {
    format!("O-{number}")
}

fn account(number: usize) -> &'static str {
    let accounts = accounts();
    accounts[number % accounts.len()]
}

/// The same each time. The price is none of the sandbox's magic ones, and one that every gateway takes.
fn content(number: usize) -> String {
    let customer = json!({"name": "Almeera Salsabila", "email": "almeera@example.com", "phone": "085736064900"});
    let (order, amount) = (name(number), 20_000 + number % 50_000);
    json!({"order": order, "amount": amount, "account": account(number), "customer": customer}).to_string()
}
