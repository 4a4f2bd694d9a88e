//! Compares what the daemon says with the gateways' books and with what the shop received.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gerbang::jiff::Timestamp;
use gerbang_sandbox::{Payment, PaymentStatus};
use gerbang_tests::customers::provider;
use serde_json::Value;

use crate::receiver::{Receiver, Record};
use crate::shops::{Known, Shops, name};

/// Who saw what happened, beside the daemon.
pub struct Witnesses<'a> {
    pub payments: &'a [Payment],
    pub receiver: &'a Receiver,
    pub shops: &'a Shops,
    /// What the daemons printed.
    pub log: &'a str,
}

/// What happened in a storm. What must never happen is named.
#[derive(Debug, Default)]
pub struct Figures {
    pub kills: usize,
    pub restarts: usize,
    pub took: Duration,
    orders: usize,
    calls: usize,
    retries: usize,
    longest_answer: Duration,
    made: usize,
    with_money: usize,
    ended: BTreeMap<String, usize>,
    events: usize,
    deliveries: usize,
    failed: usize,
    doubles: usize,
    longest_event: Duration,
    /// What is wrong, by its kind.
    wrong: BTreeMap<&'static str, BTreeSet<String>>,
}

/// What must never happen.
const KINDS: [&str; 14] = [
    "orders lost",
    "orders stuck",
    "orders of which the shop knows too little",
    "orders paid without money",
    "orders paid twice",
    "payments with money unknown",
    "second payments not due back",
    "payments made twice",
    "events not delivered",
    "events that the daemon does not know",
    "events that changed",
    "events out of order",
    "events not signed",
    "answers that must not be, and panics",
];

impl Figures {
    fn add(&mut self, kind: &'static str, what: impl Into<String>) {
        assert!(KINDS.contains(&kind), "{kind}");
        self.wrong.entry(kind).or_default().insert(what.into());
    }

    /// What is wrong, with some examples.
    pub fn wrong(&self) -> Vec<(&'static str, Vec<String>)> {
        self.wrong.iter().map(|(kind, found)| (*kind, found.iter().take(5).cloned().collect())).collect()
    }

    /// Nothing happened that must not, and enough happened: a judge that sees nothing finds nothing wrong.
    pub fn assert_clean(&self) {
        assert!(self.wrong.is_empty(), "{self}\n{:#?}", self.wrong());
        let paid = self.ended.get("paid").copied().unwrap_or(0);
        let is_enough = self.orders > 0 && paid > self.orders / 2 && self.kills > 0;
        assert!(is_enough && self.retries > 0 && self.doubles > 0 && self.failed > 0, "{self}");
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0?}, {} daemons killed, {} restarts of the server; {} orders, {} calls, {} of them retries, the longest wait for an \
             answer {:.1?}; {} payments made, {} with money; orders: {:?}; {} events, {} deliveries, {} of them failed, {} doubles, \
             the longest wait for an event {:.1?}",
            self.took,
            self.kills,
            self.restarts,
            self.orders,
            self.calls,
            self.retries,
            self.longest_answer,
            self.made,
            self.with_money,
            self.ended,
            self.events,
            self.deliveries,
            self.failed,
            self.doubles,
            self.longest_event,
        )?;
        KINDS.iter().try_for_each(|kind| write!(f, "; {} {kind}", self.wrong.get(kind).map_or(0, BTreeSet::len)))
    }
}

/// Judges a storm that is over.
pub async fn judge(orders: usize, witnesses: &Witnesses<'_>) -> Figures {
    let api = &witnesses.shops.api;
    let (calls, retries) = (api.calls.load(Ordering::Relaxed), witnesses.shops.retries.load(Ordering::Relaxed));
    let longest_answer = *witnesses.shops.longest.lock().unwrap();
    let mut figures = Figures { orders, calls, retries, longest_answer, ..Figures::default() };
    let said = api.all("/v1/payments", "payments").await;
    let events = api.all("/v1/events", "events").await;
    let said: BTreeMap<_, _> = said.iter().filter_map(|payment| Some((payment["order"].as_str()?, payment))).collect();
    witnesses.receiver.record(|record| {
        judge_events(&events, record, &mut figures);
        let events = Events::of(&events, record);
        for order in (0..orders).map(name) {
            judge_order(&order, said.get(order.as_str()).copied(), &events, witnesses, &mut figures);
        }
    });
    judge_money(&said, witnesses.payments, &mut figures);
    for wrong in witnesses.shops.wrong.lock().unwrap().drain(..) {
        figures.add("answers that must not be, and panics", wrong);
    }
    for line in witnesses.log.lines().filter(|line| line.contains("panicked")) {
        figures.add("answers that must not be, and panics", line);
    }
    figures
}

/// Every event that the daemon has was taken, as it is; and no other.
fn judge_events(events: &[Value], record: &mut Record, figures: &mut Figures) {
    (figures.events, figures.deliveries) = (events.len(), record.deliveries);
    (figures.failed, figures.doubles) = (record.failed, record.doubles);
    let known: BTreeMap<_, _> = events.iter().filter_map(|event| Some((event["id"].as_str()?, event))).collect();
    for (id, event) in &known {
        let Some(at) = record.taken.get(*id) else {
            figures.add("events not delivered", *id);
            continue;
        };
        if record.contents[*id] != **event {
            figures.add("events that changed", *id);
        }
        let written: Timestamp = event["timestamp"].as_str().and_then(|at| at.parse().ok()).expect("a time");
        figures.longest_event = figures.longest_event.max(at.duration_since(written).unsigned_abs());
    }
    for id in record.contents.keys().filter(|id| !known.contains_key(id.as_str())) {
        figures.add("events that the daemon does not know", id);
    }
    for (kind, found) in [
        ("events not signed", &mut record.forged),
        ("events that changed", &mut record.changed),
        ("events out of order", &mut record.out_of_order),
    ] {
        found.drain(..).for_each(|what| figures.add(kind, what));
    }
}

/// The events that the shop has taken, by order and type with a blank in between.
struct Events<'a>(BTreeMap<String, Vec<&'a Value>>);

impl<'a> Events<'a> {
    fn of(events: &'a [Value], record: &Record) -> Self {
        let mut taken: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in events.iter().filter(|event| event["id"].as_str().is_some_and(|id| record.taken.contains_key(id)))
        {
            if let (Some(order), Some(kind)) = (event["data"]["order"].as_str(), event["type"].as_str()) {
                taken.entry(format!("{order} {kind}")).or_default().push(event);
            }
        }
        Self(taken)
    }

    fn of_order(&self, order: &str, kind: &str) -> &[&'a Value] {
        self.0.get(&format!("{order} {kind}")).map_or(&[], Vec::as_slice)
    }
}

/// An order has come to its end, and the shop knows which.
fn judge_order(
    order: &str,
    payment: Option<&Value>,
    events: &Events<'_>,
    witnesses: &Witnesses<'_>,
    figures: &mut Figures,
) {
    let Some(payment) = payment else { return figures.add("orders lost", order) };
    let status = payment["status"].as_str().unwrap_or_default();
    *figures.ended.entry(status.to_owned()).or_default() += 1;
    let last = payment["attempts"].as_array().and_then(|attempts| attempts.last()).cloned().unwrap_or_default();
    let paid = events.of_order(order, "payment.paid").len();
    let knows = match status {
        "paid" => paid == 1,
        "closed" => {
            let closed = events.of_order(order, "payment.closed");
            let is_told = closed.iter().any(|event| event["data"]["reference"] == last["reference"]);
            is_told || witnesses.shops.known(order) == Some(Known::Refused)
        }
        "attention" => !events.of_order(order, "case.opened").is_empty(),
        _ => {
            figures.add("orders stuck", format!("{order}: {status} {} {}", last["account"], last["state"]));
            true
        }
    };
    if !knows {
        figures.add("orders of which the shop knows too little", format!("{order}: {status}"));
    }
    if paid > 1 {
        figures.add("orders paid twice", order);
    }
    let has_money = attempts(payment).any(|attempt| {
        witnesses.payments.iter().any(|made| made.status == PaymentStatus::Paid && is_of(attempt, made))
    });
    if (status == "paid" || paid > 0) && !has_money {
        figures.add("orders paid without money", order);
    }
    let receipts = attempts(payment).filter(|attempt| attempt["state"] == "paid").count();
    if events.of_order(order, "payment.surplus").len() < receipts.saturating_sub(1) {
        figures.add("second payments not due back", order);
    }
}

fn attempts(payment: &Value) -> impl Iterator<Item = &Value> {
    payment["attempts"].as_array().into_iter().flatten()
}

/// Whether an attempt is about a gateway's payment.
fn is_of(attempt: &Value, made: &Payment) -> bool {
    let is_named = attempt["gateway_id"] == made.reference.as_str() || attempt["reference"] == made.order.as_str();
    is_named && attempt["account"].as_str().is_some_and(|account| provider(account) == made.provider)
}

/// All money at the gateways is known, and nothing was made twice.
fn judge_money(said: &BTreeMap<&str, &Value>, made: &[Payment], figures: &mut Figures) {
    figures.made = made.len();
    let mut references = BTreeSet::new();
    for payment in made {
        if !references.insert((payment.provider, payment.order.as_str())) {
            figures.add("payments made twice", format!("{} {}", payment.provider, payment.order));
        }
    }
    for payment in made.iter().filter(|payment| payment.status == PaymentStatus::Paid) {
        figures.with_money += 1;
        let is_known = said.values().any(|said| {
            let is_paid = attempts(said).any(|attempt| is_of(attempt, payment) && attempt["state"] == "paid");
            is_paid || (said["status"] == "attention" && attempts(said).any(|attempt| is_of(attempt, payment)))
        });
        if !is_known {
            figures.add("payments with money unknown", format!("{} {}", payment.provider, payment.order));
        }
    }
}
