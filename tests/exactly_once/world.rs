//! What is around the merchant's processes: providers, their customers, their faults, and people who forge notifications.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use gerbang::{NewRefund, PaymentGateway, Rupiah, Trust};
use gerbang_sandbox::{Effect, Fault, Payment, PaymentStatus, Provider, ReleaseOrder, Sandbox};
use gerbang_tests::apis::{self, SameReference};
use gerbang_tests::gateways::{self, Effort, WEBHOOK_KEY};
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::gate::{Scene, lock};
use crate::shop::Shown;
use gerbang_tests::chance::Chance;

/// How many accounts a run has at most.
const SEATS: usize = 3;

/// A notification on its way.
#[derive(Clone, Debug)]
pub struct Message {
    pub account: usize,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// An account of the merchant's.
#[derive(Clone)]
pub struct Seat {
    pub name: String,
    pub provider: Provider,
    pub gateway: Arc<dyn PaymentGateway>,
}

/// The providers, each account with a sandbox of its own.
pub struct World {
    /// The runtime that the sandboxes are on.
    network: Handle,
    sandboxes: Vec<Sandbox>,
    arrived: Vec<UnboundedReceiver<(HeaderMap, Bytes)>>,
    /// Every gateway at every sandbox.
    gateways: Vec<Vec<Seat>>,
}

/// How the provider says pending and paid when it is asked.
fn words(name: &str) -> [String; 2] {
    let words = match apis::gateway(name).expect("a known gateway").wire.words {
        [pending, paid, ..] => [*pending, *paid],
        // It is not asked.
        _ => ["", ""],
    };
    words.map(|word| format!("\"{word}\""))
}

/// Whether a gateway takes the merchant's reference.
pub fn takes_reference(name: &str) -> bool {
    apis::gateway(name).expect("a known gateway").facts.same_reference != SameReference::NotTaken
}

impl World {
    pub async fn start() -> Self {
        let mut world =
            Self { network: Handle::current(), sandboxes: Vec::new(), arrived: Vec::new(), gateways: Vec::new() };
        for number in 0..SEATS {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            let (arrives, arrived) = mpsc::unbounded_channel();
            let receive = move |headers: HeaderMap, body: Bytes| {
                // Whether the merchant takes it is another matter: this world delivers it as often as it likes.
                let _ = arrives.send((headers, body));
                async { "{\"success\": true}" }
            };
            tokio::spawn(async move { axum::serve(listener, Router::new().fallback(receive)).await });
            let mut builder = Sandbox::builder().keys(WEBHOOK_KEY);
            for provider in Provider::ALL {
                builder = builder.webhook(provider, url.as_str());
            }
            let sandbox = builder.start().await.unwrap();
            let seats = gateways::all().into_iter().map(|gateway| {
                let provider: Provider = gateway.section.parse().unwrap();
                let made = gateways::make(gateway, &sandbox.url(provider), "any-key", Effort::ONCE).unwrap();
                Seat { name: format!("{}-{number}", gateway.name), provider, gateway: Arc::from(made) }
            });
            world.gateways.push(seats.collect());
            world.sandboxes.push(sandbox);
            world.arrived.push(arrived);
        }
        world
    }

    /// The accounts of a run: of one gateway or of several.
    pub fn seats(&mut self, chance: &mut Chance) -> Vec<Seat> {
        let _network = self.network.enter();
        for (sandbox, arrived) in self.sandboxes.iter().zip(&mut self.arrived) {
            sandbox.reset();
            sandbox.hold_webhooks();
            while arrived.try_recv().is_ok() {}
        }
        let count = if chance.percent(25) { SEATS } else { 2 };
        (0..count).map(|index| self.gateways[index][chance.below(self.gateways[index].len())].clone()).collect()
    }

    /// The payments of an account.
    pub fn payments(&self, account: usize, seat: &Seat) -> Vec<Payment> {
        self.sandboxes[account].payments().into_iter().filter(|payment| payment.provider == seat.provider).collect()
    }

    pub fn advance(&self, scene: &Scene, accounts: usize, millis: u64) {
        let _network = self.network.enter();
        for (sandbox, ahead) in self.sandboxes.iter().zip(lock(&scene.ahead).iter_mut()).take(accounts) {
            sandbox.advance(Duration::from_millis(millis));
            *ahead += millis;
        }
    }

    /// The time at a provider.
    pub fn now(&self, account: usize) -> Timestamp {
        self.sandboxes[account].now()
    }

    pub fn clear_faults(&self) {
        self.sandboxes.iter().for_each(Sandbox::clear_faults);
    }

    /// Something goes wrong with the next call of an account.
    pub fn fault(&self, chance: &mut Chance, account: usize, seat: &Seat) {
        let page = |status, carried_out| Effect::Reply {
            status,
            content_type: "text/html".into(),
            body: "<h1>An error</h1>".into(),
            headers: Default::default(),
            carried_out,
        };
        let replace = |from: &str, to: &str| Effect::Replace { from: from.into(), to: to.into() };
        let refuse = |carried_out| {
            // Not a refusal that the provider's spec lists as made before the work.
            let text = ["Gambar QRIS tidak dapat dibuat", "SQLSTATE[40001]: Deadlock found"][usize::from(carried_out)];
            Effect::Refuse { message: text.into(), carried_out }
        };
        let effects = match chance.below(9) {
            0 | 1 => vec![Effect::Close { carried_out: true }],
            2 => vec![Effect::Close { carried_out: false }],
            3 => vec![page(500, true)],
            4 => vec![page([503, 200][chance.below(2)], chance.percent(50))],
            5 => vec![Effect::Truncate],
            6 => {
                // The reply is about another payment, which is paid; whichever of them is asked for.
                let [pending, paid] = words(seat.gateway.provider());
                let ids = self.payments(account, seat).into_iter().flat_map(|known| [known.reference, known.order]);
                let ids: BTreeSet<_> = ids.collect();
                let others = ids.iter().rev().take(20).map(|id| replace(&format!("\"{id}\""), &format!("\"{id}77\"")));
                [replace(&pending, &paid)].into_iter().chain(others).collect()
            }
            7 => vec![refuse(true)],
            _ => vec![refuse(false)],
        };
        for effect in effects {
            self.sandboxes[account].add_fault(Fault::new(seat.provider, effect).times(1)).unwrap();
        }
    }

    /// A customer does something with a payment that she sees, or that its provider shows her; false where there is none.
    pub fn customer(&self, chance: &mut Chance, scene: &Scene, account: usize, seat: &Seat, shown: &[Shown]) -> bool {
        let _network = self.network.enter();
        let can = seat.gateway.capabilities();
        let mut payable = self.payments(account, seat);
        payable.retain(|payment| {
            payment.status != PaymentStatus::Paid && (!can.pays_by_reply_only || is_shown(payment, seat, shown))
        });
        if payable.is_empty() {
            return false;
        }
        let (sandbox, payment) = (&self.sandboxes[account], &payable[chance.below(payable.len())]);
        let control = match (payment.status, chance.below(10)) {
            // QRIS money arrives late.
            (PaymentStatus::Expired | PaymentStatus::Cancelled, 0..4) => sandbox.pay_late(seat.provider, &payment.id),
            (PaymentStatus::Expired | PaymentStatus::Cancelled, _) => return false,
            (_, 0) => sandbox.expire(seat.provider, &payment.id),
            (_, 1) => sandbox.cancel(seat.provider, &payment.id),
            (_, 2) => sandbox.underpay(seat.provider, &payment.id, payment.payable.get() - 1),
            _ => sandbox.pay(seat.provider, &payment.id),
        };
        let is_paid = control.unwrap().status == PaymentStatus::Paid;
        if is_paid && payment.status != PaymentStatus::Pending {
            lock(&scene.late).insert((account, name(payment).to_owned()));
        }
        // A signed notification says what the sandbox's book says, and is believed: only an answer can be given another amount.
        if is_paid && can.status && can.notifications != Trust::Signed && chance.percent(15) {
            let received = payment.payable.get() + 500 * chance.below(2) as u64 - u64::from(chance.percent(50));
            lock(&scene.received).insert((account, name(payment).to_owned()), Rupiah::new(received));
        }
        true
    }

    /// The provider gives money of a payment back that the merchant knows to be paid; false where there is none that it can.
    pub async fn reverse(
        &self,
        chance: &mut Chance,
        scene: &Scene,
        (account, seat): (usize, &Seat),
        known: &BTreeSet<String>,
    ) -> bool {
        let mut payments = self.payments(account, seat);
        let can = seat.gateway.capabilities().refund;
        payments.retain(|payment| can && payment.status == PaymentStatus::Paid && known.contains(name(payment)));
        if payments.is_empty() {
            return false;
        }
        let payment = &payments[chance.below(payments.len())];
        let part = if chance.percent(50) { payment.amount.get() } else { 1 + chance.below(1_000) as u64 };
        let refund = NewRefund::new(format!("R-{}", chance.below(1_000_000)), Rupiah::new(part));
        let mut paid = gerbang::Payment::new(seat.gateway.provider(), payment.amount, gerbang::PaymentStatus::Paid);
        paid.reference = Some(payment.order.clone());
        let gateway = seat.gateway.clone();
        let call = self.network.spawn(async move { gateway.refund_payment(&paid, &refund).await.is_ok() });
        // Refused is what is more than is left, or of a way to pay that gives nothing back.
        if call.await.unwrap() {
            lock(&scene.reversed).insert((account, name(payment).to_owned()));
        }
        true
    }

    /// The notifications that were made since.
    pub async fn collect(&mut self, accounts: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        for account in 0..accounts {
            let sandbox = &self.sandboxes[account];
            if sandbox.held_webhooks().is_empty() {
                continue;
            }
            let released = {
                let _network = self.network.enter();
                sandbox.release_webhooks(&ReleaseOrder::Created).unwrap()
            };
            for _ in released {
                let arrived = tokio::time::timeout(Duration::from_secs(30), self.arrived[account].recv()).await;
                let (headers, body) = arrived.expect("the sandbox notifies").expect("the receiver lives");
                messages.push(Message { account, headers, body });
            }
            sandbox.hold_webhooks();
        }
        messages
    }

    /// Somebody who has seen a notification makes one of another payment of the account.
    pub fn forge(&self, chance: &mut Chance, seats: &[Seat], message: &Message) -> Option<Message> {
        let seat = &seats[message.account];
        let payments = self.payments(message.account, seat);
        let text = String::from_utf8_lossy(&message.body).into_owned();
        let theirs = payments.iter().find(|payment| text.contains(&format!("\"{}\"", payment.order)))?;
        let mine = &payments[chance.below(payments.len())];
        if mine.id == theirs.id || seat.gateway.capabilities().notifications == Trust::None {
            return None;
        }
        let text = text
            .replace(&format!("\"{}\"", theirs.order), &format!("\"{}\"", mine.order))
            .replace(&theirs.payable.to_string(), &mine.payable.to_string())
            .replace(&theirs.amount.to_string(), &mine.amount.to_string());
        let is_named = chance.percent(70);
        let text = if is_named { text.replace(&theirs.reference, &mine.reference) } else { text };
        Some(Message { body: text.into(), ..message.clone() })
    }
}

/// Whether a customer has seen a payment.
pub fn is_shown(payment: &Payment, seat: &Seat, shown: &[Shown]) -> bool {
    shown.iter().any(|shown| {
        shown.account == seat.name
            && is_known_as(payment, seat, &shown.reference, shown.id.as_deref().unwrap_or_default())
    })
}

/// Whether a payment at the provider of an account is the one that the merchant knows by this reference and this id.
pub fn is_known_as(payment: &Payment, seat: &Seat, reference: &str, id: &str) -> bool {
    name(payment) == if takes_reference(seat.gateway.provider()) { reference } else { id }
}

/// What merchant and provider both call a payment: not every provider takes a reference, and K-Link's id is the request's.
pub fn name(payment: &Payment) -> &str {
    if payment.order.is_empty() { &payment.reference } else { &payment.order }
}
