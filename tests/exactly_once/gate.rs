//! The gate between a process of the merchant's and a gateway: here calls wait until the schedule lets them go on, requests are
//! under way for long, and what a process that has ended was about to do never happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use gerbang::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, NewPayment, Notification, Payment, PaymentGateway,
    PaymentStatus, Rupiah, Trust,
};
use http::HeaderMap;
use jiff::SignedDuration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use crate::plant::Plant;
use crate::world::takes_reference;
use gerbang_tests::chance::Chance;

/// Where a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was not sent yet.
    Before,
    /// The reply has come, and the process has not seen it yet.
    After,
}

/// A call that waits.
pub struct Paused {
    pub account: usize,
    pub process: u64,
    pub stage: Stage,
    resume: oneshot::Sender<()>,
}

/// A request that arrives when its client has given up long ago.
pub struct UnderWay {
    pub account: usize,
    pub new: NewPayment,
    /// When it arrives, in milliseconds of the run's time.
    pub arrives: u64,
}

/// What all gates of a run share.
pub struct Scene {
    pub chance: Mutex<Chance>,
    pub plant: Plant,
    /// The runtime of the sandboxes and of the clients' connections.
    pub network: Handle,
    quiet: AtomicBool,
    running: AtomicI64,
    changed: Notify,
    paused: Mutex<Vec<Paused>>,
    pub under_way: Mutex<Vec<UnderWay>>,
    /// The run's time, in milliseconds.
    pub now: Mutex<u64>,
    /// How far each sandbox's clock is ahead of the machine's, in milliseconds.
    pub ahead: Mutex<Vec<u64>>,
    /// How often a creation arrived, by account and reference.
    pub sent: Mutex<BTreeMap<(usize, String), u32>>,
    /// What the customer has paid where that is not what was to be paid, by account and [`name`](crate::world::name).
    pub received: Mutex<BTreeMap<(usize, String), Rupiah>>,
    /// What was paid late, by account and [`name`](crate::world::name): an ending of it that was signed before may come after the money.
    pub late: Mutex<BTreeSet<(usize, String)>>,
    /// What the provider gave back after the merchant knew of the money, by account and [`name`](crate::world::name).
    pub reversed: Mutex<BTreeSet<(usize, String)>>,
    /// The process from which on calls are let through; those of earlier ones never go on.
    alive: Mutex<BTreeMap<u64, bool>>,
}

impl Scene {
    pub fn new(seed: u64, plant: Plant, network: Handle) -> Self {
        Self {
            chance: Mutex::new(Chance::new(seed ^ 0x00C0_FFEE)),
            plant,
            network,
            quiet: AtomicBool::new(false),
            running: AtomicI64::new(0),
            changed: Notify::new(),
            paused: Mutex::default(),
            under_way: Mutex::default(),
            now: Mutex::default(),
            ahead: Mutex::default(),
            sent: Mutex::default(),
            received: Mutex::default(),
            late: Mutex::default(),
            reversed: Mutex::default(),
            alive: Mutex::default(),
        }
    }

    pub fn percent(&self, percent: usize) -> bool {
        lock(&self.chance).percent(percent)
    }

    pub fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::SeqCst)
    }

    /// From now on nothing fails and no call waits.
    pub fn be_quiet(&self) {
        self.quiet.store(true, Ordering::SeqCst);
        for waiting in std::mem::take(&mut *lock(&self.paused)) {
            self.resume(waiting);
        }
    }

    pub fn begin(&self, process: u64) {
        lock(&self.alive).insert(process, true);
    }

    /// A process ends: what it was about to do never happens.
    pub fn kill(&self, process: u64) {
        lock(&self.alive).insert(process, false);
        lock(&self.paused).retain(|waiting| waiting.process != process);
    }

    fn is_alive(&self, process: u64) -> bool {
        lock(&self.alive).get(&process).copied().unwrap_or(false)
    }

    /// The calls that wait, as account and stage.
    pub fn waiting(&self) -> Vec<(usize, Stage)> {
        lock(&self.paused).iter().map(|waiting| (waiting.account, waiting.stage)).collect()
    }

    /// Lets the call of this index go on.
    pub fn go_on(&self, index: usize) {
        let waiting = lock(&self.paused).remove(index);
        self.resume(waiting);
    }

    fn resume(&self, waiting: Paused) {
        self.starts();
        if waiting.resume.send(()).is_err() {
            self.stops();
        }
    }

    pub fn starts(&self) {
        self.running.fetch_add(1, Ordering::SeqCst);
    }

    pub fn stops(&self) {
        self.running.fetch_sub(1, Ordering::SeqCst);
        self.changed.notify_one();
    }

    /// Waits until everything that runs has ended or waits at the gate; or for something else, such as another's creation, which is
    /// left alone when nothing changes for this time.
    pub async fn settle(&self, left_alone: &mut i64, patience: Duration) {
        loop {
            let running = self.running.load(Ordering::SeqCst);
            *left_alone = running.min(*left_alone);
            if running <= *left_alone {
                return;
            }
            let changed = tokio::time::timeout(patience, self.changed.notified()).await;
            if changed.is_err() && self.running.load(Ordering::SeqCst) == running {
                *left_alone = running;
            }
        }
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

/// A gateway as one process has it.
pub struct Gate {
    pub gateway: Arc<dyn PaymentGateway>,
    pub account: usize,
    pub process: u64,
    pub scene: Arc<Scene>,
}

fn lost(kind: Kind, delivery: Delivery) -> Error {
    Error::new(kind, delivery, "the network of the test is bad")
}

impl Gate {
    async fn pause(&self, stage: Stage) {
        let is_alive = self.scene.is_alive(self.process);
        if is_alive && self.scene.is_quiet() {
            return;
        }
        let (resume, resumed) = oneshot::channel();
        if is_alive {
            let waiting = Paused { account: self.account, process: self.process, stage, resume };
            lock(&self.scene.paused).push(waiting);
        } else {
            drop(resume);
        }
        self.scene.stops();
        if resumed.await.is_err() {
            // The process has ended.
            std::future::pending::<()>().await;
        }
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        self.pause(Stage::Before).await;
        let is_bad = |percent| !self.scene.is_quiet() && self.scene.percent(percent);
        let reply = if is_bad(7) {
            Err(lost(Kind::Connect, Delivery::NotSent))
        } else if is_bad(10) {
            let arrives = *lock(&self.scene.now) + lock(&self.scene.chance).below(14 * 60_000) as u64;
            let under_way = UnderWay { account: self.account, new: self.sent(new), arrives };
            lock(&self.scene.under_way).push(under_way);
            Err(lost(Kind::Timeout, Delivery::MaybeSent))
        } else {
            arrive(&self.scene, self.account, &self.gateway, self.sent(new)).await
        };
        self.pause(Stage::After).await;
        reply.map(|payment| self.seen_now(payment))
    }

    /// What is sent for an attempt.
    fn sent(&self, new: &NewPayment) -> NewPayment {
        let mut new = new.clone();
        if self.scene.plant == Plant::OneReference
            && let Some((order, number)) = new.reference.rsplit_once('-')
            && number.parse::<u32>().is_ok()
        {
            new.reference = order.to_owned();
        }
        new
    }

    async fn ask(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let lookup = Owned::new(lookup);
        self.pause(Stage::Before).await;
        let gateway = self.gateway.clone();
        let answer = self.scene.network.spawn(async move { gateway.payment(lookup.get()).await }).await.unwrap();
        self.pause(Stage::After).await;
        answer.map(|payment| self.seen_now(payment))
    }

    async fn cancel(&self, payment: &Payment) -> Result<Payment, Error> {
        self.pause(Stage::Before).await;
        let (gateway, payment) = (self.gateway.clone(), payment.clone());
        let answer = self.scene.network.spawn(async move { gateway.cancel_payment(&payment).await }).await.unwrap();
        self.pause(Stage::After).await;
        answer.map(|payment| self.seen_now(payment))
    }

    /// The payment by the machine's clock, and with what the customer has really paid.
    fn seen_now(&self, mut payment: Payment) -> Payment {
        let ahead = SignedDuration::from_millis(lock(&self.scene.ahead)[self.account] as i64);
        payment.expires_at = payment.expires_at.map(|at| at - ahead);
        payment.paid_at = payment.paid_at.map(|at| at - ahead);
        let name = if takes_reference(&payment.provider) { &payment.reference } else { &payment.id };
        if payment.status == PaymentStatus::Paid
            && let Some(name) = name.clone()
            && let Some(received) = lock(&self.scene.received).get(&(self.account, name))
        {
            payment.payable = Some(*received);
        }
        payment
    }
}

/// A creation arrives at the gateway.
pub async fn arrive(
    scene: &Scene,
    account: usize,
    gateway: &Arc<dyn PaymentGateway>,
    new: NewPayment,
) -> Result<Payment, Error> {
    let (gateway, sent) = (gateway.clone(), (account, new.reference.clone()));
    let reply = scene.network.spawn(async move { gateway.create_payment(&new).await }).await.unwrap();
    if !reply.as_ref().is_err_and(|error| error.delivery() == Delivery::NotSent) {
        *lock(&scene.sent).entry(sent).or_default() += 1;
    }
    reply
}

/// A lookup of its own.
enum Owned {
    Payment(Box<Payment>),
    Reference(String, Rupiah),
}

impl Owned {
    fn new(lookup: Lookup<'_>) -> Self {
        match lookup {
            Lookup::Payment(payment) => Self::Payment(Box::new(payment.clone())),
            Lookup::Reference { reference, amount } => Self::Reference(reference.to_owned(), amount),
            _ => panic!("an unknown lookup"),
        }
    }

    fn get(&self) -> Lookup<'_> {
        match self {
            Self::Payment(payment) => Lookup::Payment(payment),
            Self::Reference(reference, amount) => Lookup::Reference { reference, amount: *amount },
        }
    }
}

impl PaymentGateway for Gate {
    fn provider(&self) -> &'static str {
        self.gateway.provider()
    }

    fn capabilities(&self) -> Capabilities {
        let mut can = self.gateway.capabilities();
        if self.scene.plant == Plant::BelievesNotifications {
            can.notifications = Trust::Signed;
        }
        can
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(self.create(new))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        Box::pin(self.ask(lookup))
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        Box::pin(self.cancel(payment))
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let mut said = self.gateway.parse_notification(headers, body)?;
        if self.scene.plant == Plant::BelievesNotifications {
            said.trust = Trust::Signed;
        }
        Ok(said)
    }

    fn acceptance(&self) -> &'static str {
        self.gateway.acceptance()
    }
}
