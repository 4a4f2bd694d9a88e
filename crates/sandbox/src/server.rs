//! The server: settings, start and end, and what all handlers share.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use gerbang_core::Secret;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower_service::Service as _;

use crate::clock::Clock;
use crate::faults::{ActiveFault, Fault, FaultError, Faults};
use crate::magic::Failing;
use crate::reply;
use crate::requests::{Postponed, RequestLog, SandboxRequest};
use crate::seed::{self, Seed, SeedError};
use crate::state::{ControlError, Deed, LedgerTotals, Payment, World};
use crate::store::Store;
use crate::webhooks::{self, Addresses, HeldWebhook, ReleaseOrder, Sender, WebhookAttempt, WebhookError};
use crate::{Provider, admin, page, providers};

/// How many connections are served at one time; others wait.
const MAX_CONNECTIONS: usize = 512;

/// How long a client may take to send the head of a request, or to begin another one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a request may take until its reply is made.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How a sandbox is started: see [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SandboxBuilder {
    listen: SocketAddr,
    port_per_gateway: bool,
    webhooks: Addresses,
    /// Provider, credential and address.
    webhooks_for: Vec<(Provider, Secret, String)>,
    faults: Vec<Fault>,
    state_file: Option<PathBuf>,
    settings: Settings,
}

/// What stays as it was set at the start.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) klink_webhook_key: String,
    pub(crate) pakasir_webhook_secret: String,
    pub(crate) webhook_retry: Duration,
    pub(crate) webhook_timeout: Duration,
    pub(crate) slow_reply: Duration,
}

impl SandboxBuilder {
    fn new() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            port_per_gateway: false,
            webhooks: Addresses::default(),
            webhooks_for: Vec::new(),
            faults: Vec::new(),
            state_file: None,
            settings: Settings {
                klink_webhook_key: "sandbox-webhook-key".into(),
                pakasir_webhook_secret: "sandbox-webhook-secret".into(),
                webhook_retry: Duration::from_secs(1),
                webhook_timeout: Duration::from_secs(5),
                slow_reply: Duration::from_secs(5),
            },
        }
    }

    /// The address to listen at: 127.0.0.1 and a free port unless set. Who can reach it can see and change everything in
    /// the sandbox.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Whether each gateway has a port of its own besides: not, unless set. Its API is at the root there, and
    /// [`Sandbox::url`] names that address. The ports are free ones; where the port to listen at is given, they are those
    /// that follow it, in the order of [`Provider::ALL`].
    pub fn port_per_gateway(mut self, wanted: bool) -> Self {
        self.port_per_gateway = wanted;
        self
    }

    /// Where a provider's notifications are sent, an `http://` address. None are sent unless this is set.
    pub fn webhook(mut self, provider: Provider, url: impl Into<String>) -> Self {
        self.webhooks.set(provider, Some(&url.into()));
        self
    }

    /// Where the notifications of one credential's payments are sent, as [`Sandbox::set_webhook_for`].
    pub fn webhook_for(mut self, provider: Provider, credential: impl Into<String>, url: impl Into<String>) -> Self {
        self.webhooks_for.push((provider, Secret::from(credential.into()), url.into()));
        self
    }

    /// A fault that is there from the beginning, until a reset, as by [`Sandbox::add_fault`].
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The key with which K-Link signs notifications: `sandbox-webhook-key` unless set.
    pub fn klink_webhook_key(mut self, key: impl Into<String>) -> Self {
        self.settings.klink_webhook_key = key.into();
        self
    }

    /// The secret that Pakasir's API v2 sends with notifications: `sandbox-webhook-secret` unless set.
    pub fn pakasir_webhook_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.pakasir_webhook_secret = secret.into();
        self
    }

    /// How long after a failed attempt a notification is sent again: one second unless set. The delay doubles after
    /// each attempt.
    pub fn webhook_retry(mut self, delay: Duration) -> Self {
        self.settings.webhook_retry = delay;
        self
    }

    /// How long the receiver of a notification may take to answer: five seconds unless set.
    pub fn webhook_timeout(mut self, timeout: Duration) -> Self {
        self.settings.webhook_timeout = timeout;
        self
    }

    /// How slow the slow reply is: five seconds unless set.
    pub fn slow_reply(mut self, delay: Duration) -> Self {
        self.settings.slow_reply = delay;
        self
    }

    /// The file that keeps the state over restarts: see [State file](crate#state-file). None unless set, so that the
    /// state is in memory only.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Starts the sandbox. It runs in the Tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// An error if the address cannot be listened at, if a fault or a credential makes no sense, or if the state file cannot be read or written, is used by another
    /// sandbox of this process, or was not written by a sandbox like this one. Such a file is left as it is.
    pub async fn start(self) -> io::Result<Sandbox> {
        let mut webhooks = self.webhooks;
        for (provider, credential, url) in &self.webhooks_for {
            webhooks
                .set_for(*provider, credential.expose(), Some(url))
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        }
        let faults = Faults::default();
        for fault in self.faults {
            faults.add(fault).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        }
        let (store, world, clock) = match &self.state_file {
            Some(path) => {
                let (store, world, clock) = Store::open(path)?;
                (Some(store), world, clock)
            }
            None => (None, World::default(), Clock::default()),
        };
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        let mut gateways = BTreeMap::new();
        if self.port_per_gateway {
            for (provider, following) in Provider::ALL.into_iter().zip(1..) {
                gateways.insert(provider, TcpListener::bind(next_address(self.listen, following)?).await?);
            }
        }
        let mut gateway_urls = BTreeMap::new();
        for (provider, listener) in &gateways {
            gateway_urls.insert(*provider, base_url(listener.local_addr()?));
        }
        let (stop, stopped) = watch::channel(());
        let app: App = Arc::new(Shared {
            base_url: base_url(address),
            gateway_urls,
            settings: self.settings,
            webhooks: Mutex::new(webhooks),
            clock,
            world: Mutex::new(world),
            store,
            sender: Sender::new().map_err(io::Error::other)?,
            faults,
            failing: Failing::default(),
            requests: RequestLog::default(),
            postponed: Postponed::default(),
            runtime: tokio::runtime::Handle::current(),
            stopped,
        });
        app.resume()?;
        let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        for (provider, listener) in gateways {
            let router = providers::routes(&app, provider).with_state(app.clone());
            tokio::spawn(serve(listener, router, connections.clone(), app.clone()));
        }
        let admin = admin::routes().with_state(app.clone());
        let mut router = page::routes().nest_service("/_sandbox", admin);
        for provider in Provider::ALL {
            let api = providers::routes(&app, provider).with_state(app.clone());
            router = router.nest_service(&format!("/{provider}"), api);
        }
        tokio::spawn(serve(listener, router.with_state(app.clone()), connections, app.clone()));
        Ok(Sandbox { app, address, _stop: stop })
    }
}

/// The address whose port follows another's; any free port where that is any, too.
fn next_address(address: SocketAddr, following: u16) -> io::Result<SocketAddr> {
    if address.port() == 0 {
        return Ok(address);
    }
    let port = address.port().checked_add(following);
    let port =
        port.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no ports follow the port to listen at"))?;
    Ok(SocketAddr::new(address.ip(), port))
}

/// How the server at an address is asked.
fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://{}", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()))
    } else {
        format!("http://{address}")
    }
}

/// A running sandbox. It ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    app: App,
    address: SocketAddr,
    _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Starts a sandbox at 127.0.0.1 and a free port.
    ///
    /// # Panics
    ///
    /// If no port is free; [`SandboxBuilder::start`] returns the error instead.
    pub async fn start() -> Self {
        match Self::builder().start().await {
            Ok(sandbox) => sandbox,
            Err(error) => panic!("no port of the loopback address is free: {error}"),
        }
    }

    /// Starts with the settings that a sandbox has unless they are changed.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// The address that the sandbox listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the server, such as `http://127.0.0.1:40001`.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// The address that takes the place of a provider's, such as `http://127.0.0.1:40001/kropay`, or
    /// `http://127.0.0.1:40003` where [each has a port](SandboxBuilder::port_per_gateway).
    pub fn url(&self, provider: Provider) -> String {
        self.app.url(provider)
    }

    /// Sets or removes the address that a provider's notifications are sent to.
    pub fn set_webhook(&self, provider: Provider, url: Option<&str>) {
        self.app.set_webhook(provider, url);
    }

    /// Sets or removes the address that the notifications of one credential's payments are sent to, in place of the
    /// provider's. The credential is the API key, for Pakasir the project and the key as `PROJECT:KEY`, for K-Link the
    /// e-mail address. What Pakasir's pay pages create belongs to no key, and goes to the provider's address.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Credential`] if no call can have this credential, [`WebhookError::TooMany`] if there are 1 000
    /// addresses of credentials already.
    pub fn set_webhook_for(&self, provider: Provider, credential: &str, url: Option<&str>) -> Result<(), WebhookError> {
        self.app.set_webhook_for(provider, credential, url)
    }

    /// The customer pays a payment and the provider takes note. The payment is named by the merchant's name, by the
    /// provider's or by [`Payment::id`].
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such payment, several have the name, it is no longer pending, or the state file
    /// could not be written.
    pub fn pay(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Deed::Pay)
    }

    /// The customer pays a payment that has expired or was cancelled, and the provider takes note: the payment is paid, and
    /// the provider notifies as of any other. K-Link by GoPay, which has told of the end already, then tells of the payment.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], but [`ControlError::NotEnded`] if the payment is pending or paid.
    pub fn pay_late(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Deed::PayLate)
    }

    /// The customer pays a Kazukipay payment, but Kazukipay takes no note: the money is in the account statement, and only
    /// a run or a public check confirms the payment. Neither confirms one that has expired or was cancelled: its money is
    /// in the statement only, and a run gives it to another payment that was waiting for the same amount.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], but the payment may have expired or been cancelled, and [`ControlError::NoStatement`] for other
    /// providers.
    pub fn deposit(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Deed::Deposit)
    }

    /// The customer pays too little. The payment stays pending.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], and [`ControlError::Amount`] if this is not too little.
    pub fn underpay(&self, provider: Provider, name: &str, rupiah: u64) -> Result<Payment, ControlError> {
        self.control(provider, name, Deed::Underpay(rupiah))
    }

    /// A payment expires now.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn expire(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Deed::Expire)
    }

    /// A payment is cancelled by the provider.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn cancel(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Deed::Cancel)
    }

    /// A payment as it is now.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such payment or several have the name.
    pub fn payment(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.app.with(|world, now| world.payment(provider, name, now))
    }

    /// All payments, in order of creation.
    pub fn payments(&self) -> Vec<Payment> {
        self.app.with(World::payments)
    }

    /// Records payments as if they had been created by calls to the providers, and had come to their states then. All are
    /// recorded or none; the providers notify of none; magic prices mean nothing. Gives them in the order of the list.
    ///
    /// # Errors
    ///
    /// [`SeedError`] if the list has more than 1 000 payments, a provider would refuse one of them, the sandbox is full, or
    /// the state file could not be written, in which case they are there all the same.
    pub fn seed(&self, seeds: &[Seed]) -> Result<Vec<Payment>, SeedError> {
        let payments = self.app.seed(seeds)?;
        let not_saved = |_| SeedError::new(None, ControlError::NotSaved.to_string());
        self.app.save_now().map_err(not_saved)?;
        Ok(payments)
    }

    /// Moves the sandbox's clock forward. What is due by then happens at once.
    pub fn advance(&self, by: Duration) {
        self.app.advance(by);
        self.save();
    }

    /// The time of the sandbox's clock.
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Ends all sessions of K-Link, so that every token is unknown.
    pub fn end_sessions(&self) {
        self.app.with(|world, _| world.end_sessions());
        self.save();
    }

    /// Where the money of K-Link's wallets is, for the account of an e-mail address.
    pub fn klink_ledger(&self, email: &str) -> LedgerTotals {
        self.app.with(|world, _| world.ledger_totals(email))
    }

    /// The attempts to send notifications, oldest first. The last 1 000 are kept.
    pub fn webhook_attempts(&self) -> Vec<WebhookAttempt> {
        self.app.sender.attempts()
    }

    /// Sends a notification again, whether it was acknowledged or not: the same bytes to the same address. Each of the
    /// times is one attempt, made after the answer to the one before; the log of attempts tells how they ended.
    ///
    /// # Errors
    ///
    /// [`WebhookError::NotFound`] if the log knows no attempt of this number, [`WebhookError::Times`] if `times` is not
    /// from 1 to 10, [`WebhookError::TooMany`] if 100 such calls are under way.
    pub fn resend_webhook(&self, number: u64, times: u32) -> Result<(), WebhookError> {
        webhooks::resend(&self.app, number, times)
    }

    /// Holds new notifications from now on: they are made, but not sent until [`Sandbox::release_webhooks`]. Those that
    /// are under way already are sent on.
    pub fn hold_webhooks(&self) {
        webhooks::hold(&self.app);
        self.save();
    }

    /// The notifications that are held, in order of creation.
    pub fn held_webhooks(&self) -> Vec<HeldWebhook> {
        webhooks::held(&self.app).1
    }

    /// Sends the notifications that are held, each after the answer to the one before, and holds none any more. One that
    /// is not acknowledged is sent again later, as always. Gives their numbers in the order in which they are sent.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Order`] if the order does not name each of them once; all are held on.
    pub fn release_webhooks(&self, order: &ReleaseOrder) -> Result<Vec<u64>, WebhookError> {
        let numbers = webhooks::release(&self.app, order)?;
        self.save();
        Ok(numbers)
    }

    /// Makes calls to a provider go wrong, and gives the number of the fault.
    ///
    /// Several faults may match one call. They act in the order in which they were added, each on what those before have
    /// left of the reply. [`Effect::Close`](crate::Effect::Close), [`Effect::Reply`](crate::Effect::Reply),
    /// [`Effect::Refuse`](crate::Effect::Refuse) and [`Effect::Truncate`](crate::Effect::Truncate) leave nothing for those
    /// after them, which do not count the call.
    /// If any that acts says that the call is not carried out, it is not.
    ///
    /// Faults are not in the state file.
    ///
    /// # Errors
    ///
    /// [`FaultError`] if the provider has no such operation, the fault would never act, its reply cannot be sent, a part
    /// of it is too large, or there are 100 faults already that still act.
    pub fn add_fault(&self, fault: Fault) -> Result<u64, FaultError> {
        self.app.faults.add(fault)
    }

    /// The faults that are set, in the order in which they were added, also those that have acted as often as they may.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.app.faults.all()
    }

    /// Removes the fault of a number. Tells whether there was one.
    pub fn remove_fault(&self, number: u64) -> bool {
        self.app.faults.remove(number)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// The requests to the providers' APIs, oldest first. The last 1 000 are kept.
    pub fn requests(&self) -> Vec<SandboxRequest> {
        self.app.requests.all()
    }

    /// How many requests a provider has had since the start or the last reset.
    pub fn request_count(&self, provider: Provider) -> u64 {
        self.app.requests.counts().get(&provider).copied().unwrap_or_default()
    }

    /// Forgets all payments, wallets, sessions, attempts, faults and requests, gives up notifications that are still to be
    /// sent, and sets the clock back.
    pub fn reset(&self) {
        self.app.reset();
        self.save();
    }

    fn control(&self, provider: Provider, name: &str, deed: Deed) -> Result<Payment, ControlError> {
        let payment = self.app.control(provider, name, deed)?;
        self.app.save_now().map_err(|_| ControlError::NotSaved)?;
        Ok(payment)
    }

    /// Saves the state. If this fails, requests fail until it can be saved.
    fn save(&self) {
        let _ = self.app.save_now();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(store) = &self.app.store {
            self.save();
            store.close();
        }
    }
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
    webhooks: Mutex<Addresses>,
    clock: Clock,
    world: Mutex<World>,
    store: Option<Store>,
    sender: Sender,
    faults: Faults,
    failing: Failing,
    requests: RequestLog,
    postponed: Postponed,
    runtime: tokio::runtime::Handle,
    /// Changes when the sandbox ends.
    stopped: watch::Receiver<()>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

/// The lock, also after a panic elsewhere: the state is changed in steps that each leave it whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
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
        lock(&self.webhooks).find(provider, account).cloned()
    }

    pub(crate) fn set_webhook(&self, provider: Provider, url: Option<&str>) {
        lock(&self.webhooks).set(provider, url);
    }

    pub(crate) fn set_webhook_for(
        &self,
        provider: Provider,
        credential: &str,
        url: Option<&str>,
    ) -> Result<(), WebhookError> {
        lock(&self.webhooks).set_for(provider, credential, url)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Works on the state, then sends the notifications that came of it.
    pub(crate) fn with<T>(self: &Arc<Self>, work: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let (result, due) = {
            let mut world = lock(&self.world);
            let result = work(&mut world, now);
            let outcomes = world.take_outbox();
            let due: Vec<_> = outcomes.iter().filter_map(|outcome| webhooks::owe(self, &mut world, outcome)).collect();
            (result, due)
        };
        for number in due {
            webhooks::send(self, number);
        }
        result
    }

    /// Changes the state in a way of which nothing comes.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut lock(&self.world))
    }

    /// Goes on where another sandbox has ended.
    fn resume(self: &Arc<Self>) -> io::Result<()> {
        if self.store.is_none() {
            return Ok(());
        }
        let owed = {
            let mut world = lock(&self.world);
            world.touch();
            world.webhooks().all_due()
        };
        self.save_now()?;
        for number in owed {
            webhooks::send(self, number);
        }
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

    /// Saves the state, if there is a state file and anything has changed.
    pub(crate) async fn save(self: &Arc<Self>) -> io::Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        if store.has_saved(lock(&self.world).revision()) {
            return Ok(());
        }
        let app = self.clone();
        tokio::task::spawn_blocking(move || app.save_now()).await.map_err(io::Error::other)?
    }

    /// As [`Shared::save`], for those who cannot wait otherwise.
    fn save_now(&self) -> io::Result<()> {
        self.store.as_ref().map_or(Ok(()), |store| store.save(&self.world, &self.clock))
    }

    pub(crate) fn control(
        self: &Arc<Self>,
        provider: Provider,
        name: &str,
        deed: Deed,
    ) -> Result<Payment, ControlError> {
        self.with(|world, now| world.control(provider, name, deed, now))
    }

    pub(crate) fn seed(self: &Arc<Self>, seeds: &[Seed]) -> Result<Vec<Payment>, SeedError> {
        self.with(|world, now| seed::plant(world, seeds, now))
    }

    pub(crate) fn advance(self: &Arc<Self>, by: Duration) {
        self.clock.advance(by);
        self.with(|world, now| {
            world.touch();
            world.settle(now);
        });
    }

    pub(crate) fn reset(&self) {
        let mut world = lock(&self.world);
        world.reset();
        self.sender.reset();
        self.faults.clear();
        self.failing.clear();
        self.requests.clear();
        self.clock.reset();
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
}

/// Serves what comes in at an address, as many connections at one time as the semaphore allows.
async fn serve(listener: TcpListener, router: Router, connections: Arc<Semaphore>, app: App) {
    let mut stopped = app.stopped.clone();
    loop {
        let Ok(permit) = connections.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection(stream, router.clone(), app.clone());
                app.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            // Out of files, perhaps: others will be closed.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Serves one connection. A reply that is lost closes it.
async fn connection(stream: TcpStream, router: Router, app: App) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (mut router, app) = (router.clone(), app.clone());
        let answer = async move {
            let response = router.call(request.map(Body::new)).await;
            // No reply tells of what might be lost.
            match app.save().await {
                Ok(()) => response,
                Err(error) => Ok(reply::with(500_u16, "text/plain; charset=utf-8", format!("{error}\n"))),
            }
        };
        async move {
            let Ok(Ok(response)) = tokio::time::timeout(REQUEST_TIMEOUT, answer).await else {
                return Err(io::Error::other("the request took too long"));
            };
            reply::arriving(response).await.ok_or_else(|| io::Error::other("the reply is lost"))
        }
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
