//! What all handlers share: the state, the clock, the settings, the faults and the logs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::LocalKey;

use crate::call::Call;
use crate::change::ChangeError;
use crate::clock::{Clock, Move, Setting, TooFar};
use crate::facts::DEFAULT_KEY;
use crate::failing::Failing;
use crate::faults::Faults;
use crate::lock::lock;
use crate::news::News;
use crate::request_log::{Postponed, RequestLog, SandboxRequest};
use crate::state::{Action, ControlError, Ended, Payment, World};
use crate::store::{Opened, Store};
use crate::traffic::Observer;
use crate::webhooks::{Addresses, Keys, Notification, Notifier, Sender, WebhookError};
use crate::{Provider, accounts};

/// What a request has seen of the state, and whether it has changed it.
#[derive(Clone, Copy, Default)]
struct Seen {
    revision: u64,
    has_changed: bool,
}

/// What the request under way has seen.
fn seen() -> &'static LocalKey<Cell<Seen>> {
    tokio::task_local! {
        static SEEN: Cell<Seen>;
    }
    &SEEN
}

/// What a clock shows.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Time {
    pub(crate) now: Timestamp,
    /// Whether it stands still.
    pub(crate) stopped: bool,
}

/// What stays as it was set at the start.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) keys: Keys,
    pub(crate) webhook_retry: Duration,
    pub(crate) webhook_timeout: Duration,
    pub(crate) slow_reply: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys: Keys::one(DEFAULT_KEY.to_owned()),
            webhook_retry: Duration::from_secs(1),
            webhook_timeout: Duration::from_secs(5),
            slow_reply: Duration::from_secs(5),
        }
    }
}

/// What a sandbox starts with.
pub(crate) struct Start {
    pub(crate) base_url: String,
    /// Of the gateways that have a port of their own.
    pub(crate) gateway_urls: BTreeMap<Provider, String>,
    pub(crate) settings: Settings,
    pub(crate) addresses: Addresses,
    pub(crate) faults: Faults,
    /// How many requests the log keeps.
    pub(crate) most_requests: usize,
    pub(crate) store: Option<Opened>,
    pub(crate) world: World,
    pub(crate) clock: Setting,
    pub(crate) observer: Observer,
}

/// What all handlers share.
pub(crate) type App = Arc<Shared>;

/// See [`App`].
#[derive(Debug)]
pub(crate) struct Shared {
    base_url: String,
    /// Of those that have a port of their own.
    gateway_urls: BTreeMap<Provider, String>,
    settings: Settings,
    addresses: Mutex<Addresses>,
    notifier: Notifier,
    clock: Arc<Clock>,
    world: Arc<Mutex<World>>,
    store: Option<Store>,
    sender: Sender,
    /// The delivery worker reads it.
    to_send: UnboundedSender<u64>,
    faults: Faults,
    failing: Failing,
    requests: RequestLog,
    news: News,
    postponed: Postponed,
    observer: Observer,
    runtime: tokio::runtime::Handle,
    /// Changes when the sandbox ends.
    stopped: watch::Receiver<()>,
}

impl Shared {
    /// A sandbox that is not served yet, and the numbers of the notifications that are to be sent. It works until what
    /// `stopped` belongs to is dropped.
    pub(crate) fn new(
        start: Start,
        notifier: Notifier,
        stopped: watch::Receiver<()>,
    ) -> io::Result<(App, UnboundedReceiver<u64>)> {
        let (to_send, numbers) = mpsc::unbounded_channel();
        let (clock, world) = (Arc::new(Clock::new(start.clock)), Arc::new(Mutex::new(start.world)));
        let store = start.store.map(|opened| opened.start(world.clone(), clock.clone())).transpose()?;
        let app = Arc::new(Self {
            base_url: start.base_url,
            gateway_urls: start.gateway_urls,
            settings: start.settings,
            addresses: Mutex::new(start.addresses),
            notifier,
            clock,
            world,
            store,
            sender: Sender::new()?,
            to_send,
            faults: start.faults,
            failing: Failing::default(),
            requests: RequestLog::of_up_to(start.most_requests),
            news: News::default(),
            postponed: Postponed::default(),
            observer: start.observer,
            runtime: tokio::runtime::Handle::current(),
            stopped,
        });
        Ok((app, numbers))
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    pub(crate) fn observer(&self) -> &Observer {
        &self.observer
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(crate) fn failing(&self) -> &Failing {
        &self.failing
    }

    pub(crate) fn requests(&self) -> &RequestLog {
        &self.requests
    }

    pub(crate) fn postponed(&self) -> &Postponed {
        &self.postponed
    }

    /// The address that takes the place of a provider's.
    pub(crate) fn url(&self, provider: Provider) -> String {
        self.gateway_urls.get(&provider).cloned().unwrap_or_else(|| format!("{}/{provider}", self.base_url))
    }

    /// Where the notifications of an account are sent.
    pub(crate) fn webhook_address(&self, provider: Provider, account: &str) -> Option<String> {
        lock(&self.addresses).find(provider, account).cloned()
    }

    pub(crate) fn set_webhook(&self, provider: Provider, url: Option<&str>) {
        lock(&self.addresses).set(provider, url);
    }

    pub(crate) fn set_webhook_for(
        &self,
        provider: Provider,
        credential: &str,
        url: Option<&str>,
    ) -> Result<(), WebhookError> {
        lock(&self.addresses).set_for(provider, credential, url)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What changes when the sandbox ends.
    pub(crate) fn stopped(&self) -> watch::Receiver<()> {
        self.stopped.clone()
    }

    /// Works on the state, then has the notifications sent that came of it.
    pub(crate) fn with<T>(self: &Arc<Self>, work: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let (result, due) = self.changing(|world| {
            let result = work(world, now);
            let ended = world.take_ended();
            let due: Vec<_> = ended.iter().filter_map(|ended| self.notify(world, ended)).collect();
            (result, due)
        });
        self.send(due);
        result
    }

    /// Works on the state, has what it has changed saved, and notes for the request under way which state it has seen.
    fn changing<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let mut world = lock(&self.world);
        let before = world.revision();
        let result = work(&mut world);
        let after = world.revision();
        if after != before && self.store.is_none() {
            world.forget_changes();
        }
        drop(world);
        if after != before {
            self.store.iter().for_each(Store::wake);
            self.news.spread();
        }
        // Outside of a request nobody asks.
        let _ = seen().try_with(|seen| {
            let mut now = seen.get();
            now.revision = now.revision.max(after);
            now.has_changed |= after != before;
            seen.set(now);
        });
        result
    }

    /// Makes the notification of what has become of a payment, if the provider sends any and there is where to. Gives its
    /// number if it is to be sent now.
    fn notify(&self, world: &mut World, ended: &Ended) -> Option<u64> {
        let record = &ended.record;
        let proof = (self.notifier.proof)(record)?;
        let url = self.webhook_address(record.provider, &ended.account)?;
        let spells = self.faults.spelling_of_notification(record.provider, &ended.account);
        let notification = Notification { account: &ended.account, record, url, proof, spells };
        notification.put(world.outbox_mut(), self.notifier, &self.settings.keys)
    }

    /// Hands notifications to the delivery worker, which ends only with the sandbox.
    fn send(&self, numbers: Vec<u64>) {
        for number in numbers {
            let _ = self.to_send.send(number);
        }
    }

    /// Changes the state in a way of which nothing comes.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        self.changing(work)
    }

    /// Goes on where another sandbox has ended.
    pub(crate) fn resume(self: &Arc<Self>) -> io::Result<()> {
        if self.store.is_none() {
            return Ok(());
        }
        let pending = {
            let mut world = lock(&self.world);
            world.touch();
            world.outbox().all_due()
        };
        if let Some(store) = &self.store {
            store.wake();
        }
        self.save_now()?;
        self.send(pending);
        let now = self.now();
        let due = self.with(|world, now| {
            world.settle(now);
            world.due()
        });
        for due in due {
            self.settle_after(Duration::try_from(due.duration_since(now)).unwrap_or_default());
        }
        Ok(())
    }

    /// Makes a reply, and ends when the state file has what the reply reports. A reply that only looks is given also where the
    /// file cannot be written.
    pub(crate) async fn saved<T>(&self, reply: impl Future<Output = T>) -> io::Result<T> {
        seen()
            .scope(Cell::default(), async {
                let reply = reply.await;
                let seen = seen().with(Cell::get);
                match self.saved_up_to(seen.revision).await {
                    Err(error) if seen.has_changed => Err(error),
                    _ => Ok(reply),
                }
            })
            .await
    }

    /// Ends when the state file has everything until now.
    pub(crate) async fn save(&self) -> io::Result<()> {
        let revision = lock(&self.world).revision();
        self.saved_up_to(revision).await
    }

    async fn saved_up_to(&self, revision: u64) -> io::Result<()> {
        match &self.store {
            Some(store) => store.saved(revision).await,
            None => Ok(()),
        }
    }

    /// As [`Shared::save`], for those who cannot wait otherwise.
    pub(crate) fn save_now(&self) -> io::Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        let revision = lock(&self.world).revision();
        store.saved_now(revision)
    }

    pub(crate) fn control(
        self: &Arc<Self>,
        provider: Provider,
        name: &str,
        action: Action,
    ) -> Result<Payment, ControlError> {
        self.with(|world, now| world.control(provider, name, action, now))
    }

    /// Moves the clock. What is due by then happens at once.
    pub(crate) fn set_clock(self: &Arc<Self>, moved: Move) -> Result<(), TooFar> {
        self.clock.set(moved)?;
        self.with(|world, now| {
            world.touch();
            world.settle(now);
        });
        Ok(())
    }

    /// Saves the state for the last time, so that another sandbox may use the state file.
    pub(crate) fn close(&self) {
        if let Some(store) = &self.store {
            store.close();
        }
    }

    pub(crate) fn reset(&self) {
        self.changing(|world| {
            world.reset();
            self.sender.reset();
            self.faults.clear();
            self.failing.clear();
            self.requests.clear();
            self.clock.reset();
        });
    }

    /// Forgets one credential: its payments, wallets and sessions, their notifications, its requests, faults and clock. The
    /// address of its notifications stays.
    pub(crate) fn reset_credential(&self, provider: Provider, credential: &str) -> Result<(), ChangeError> {
        let accounts = accounts::of(provider, credential).ok_or(ChangeError::Credential)?;
        self.changing(|world| {
            for account in &accounts {
                let payments = world.forget(provider, account);
                self.sender.forget(&payments);
                self.faults.forget(provider, account);
                self.failing.forget(provider, account);
                self.requests.forget(provider, account);
            }
        });
        Ok(())
    }

    /// Moves the clock of a credential, which differs so much from the sandbox's from then on. Gives its time.
    pub(crate) fn set_clock_of(
        self: &Arc<Self>,
        provider: Provider,
        credential: &str,
        moved: Move,
    ) -> Result<Time, ChangeError> {
        let accounts = accounts::of(provider, credential).ok_or(ChangeError::Credential)?;
        let mut clock = Setting::default();
        for account in &accounts {
            let set = self.with(|world, now| world.move_clock(provider, account, moved, now));
            clock = set?;
        }
        Ok(Time { now: clock.at(self.now()), stopped: clock.is_stopped() })
    }

    /// The time of the sandbox's clock.
    pub(crate) fn time(&self) -> Time {
        let setting = self.clock.setting();
        Time { now: setting.at(Timestamp::now()), stopped: setting.is_stopped() }
    }

    /// Logs a request.
    pub(crate) fn note(&self, request: SandboxRequest, call: Option<Call>) {
        self.requests.add(request, call);
        self.news.spread();
    }

    /// What says that something has happened.
    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// Does after a while what is due by then.
    pub(crate) fn settle_after(self: &Arc<Self>, delay: Duration) {
        let app = self.clone();
        self.spawn(async move {
            // A little later, for timers are not exact.
            tokio::time::sleep(delay + Duration::from_millis(10)).await;
            app.with(World::settle);
        });
    }

    /// Runs a task until it or the sandbox ends.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut stopped = self.stopped.clone();
        self.runtime.spawn(async move {
            tokio::select! {
                () = task => {}
                _ = stopped.changed() => {}
            }
        });
    }

    /// Runs a task until it ends, the sandbox ends or everything is forgotten.
    pub(crate) fn spawn_until_reset(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut resets = self.sender.resets();
        self.spawn(async move {
            tokio::select! {
                () = task => {}
                _ = resets.changed() => {}
            }
        });
    }
}
