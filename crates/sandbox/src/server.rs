//! The server: settings, start and end, and what all handlers share.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower_service::Service as _;

use crate::clock::Clock;
use crate::reply::{self, Lost};
use crate::state::{ControlError, Deed, LedgerTotals, Payment, World};
use crate::store::Store;
use crate::webhooks::{self, Sender, WebhookAttempt};
use crate::{Provider, admin, page, providers};

/// How many connections are served at one time; others wait.
const MAX_CONNECTIONS: usize = 512;

/// How long a client may take to send the head of a request, or to begin another one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a request may take besides the delay of a slow reply.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How a sandbox is started: see [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SandboxBuilder {
    listen: SocketAddr,
    webhooks: BTreeMap<Provider, String>,
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
            webhooks: BTreeMap::new(),
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

    /// Where a provider's notifications are sent, an `http://` address. None are sent unless this is set.
    pub fn webhook(mut self, provider: Provider, url: impl Into<String>) -> Self {
        self.webhooks.insert(provider, url.into());
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
    /// An error if the address cannot be listened at, or if the state file cannot be read or written, is used by another
    /// sandbox of this process, or was not written by a sandbox like this one. Such a file is left as it is.
    pub async fn start(self) -> io::Result<Sandbox> {
        let (store, world, clock) = match &self.state_file {
            Some(path) => {
                let (store, world, clock) = Store::open(path)?;
                (Some(store), world, clock)
            }
            None => (None, World::default(), Clock::default()),
        };
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        let host = if address.ip().is_unspecified() {
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
        } else {
            address
        };
        let (stop, stopped) = watch::channel(());
        let app: App = Arc::new(Shared {
            base_url: format!("http://{host}"),
            settings: self.settings,
            webhooks: Mutex::new(self.webhooks),
            clock,
            world: Mutex::new(world),
            store,
            sender: Sender::new().map_err(io::Error::other)?,
            runtime: tokio::runtime::Handle::current(),
            stopped,
        });
        app.resume()?;
        tokio::spawn(serve(listener, app.clone()));
        Ok(Sandbox { app, address, _stop: stop })
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

    /// The address that takes the place of a provider's, such as `http://127.0.0.1:40001/kropay`.
    pub fn url(&self, provider: Provider) -> String {
        self.app.url(provider)
    }

    /// Sets or removes the address that a provider's notifications are sent to.
    pub fn set_webhook(&self, provider: Provider, url: Option<&str>) {
        self.app.set_webhook(provider, url);
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

    /// The customer pays a Kazukipay payment, but Kazukipay takes no note: the money stands in the account statement,
    /// and only a run or a public check confirms the payment.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], and [`ControlError::NoStatement`] for other providers.
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

    /// Forgets all payments, wallets, sessions and attempts, gives up notifications that are still to be sent, and sets
    /// the clock back.
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
    settings: Settings,
    webhooks: Mutex<BTreeMap<Provider, String>>,
    clock: Clock,
    world: Mutex<World>,
    store: Option<Store>,
    sender: Sender,
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

    /// The address that takes the place of a provider's.
    pub(crate) fn url(&self, provider: Provider) -> String {
        format!("{}/{provider}", self.base_url)
    }

    pub(crate) fn webhook(&self, provider: Provider) -> Option<String> {
        lock(&self.webhooks).get(&provider).cloned()
    }

    pub(crate) fn set_webhook(&self, provider: Provider, url: Option<&str>) {
        let mut webhooks = lock(&self.webhooks);
        match url {
            Some(url) => webhooks.insert(provider, url.to_owned()),
            None => webhooks.remove(&provider),
        };
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Works on the state, then sends the notifications that came of it.
    pub(crate) fn with<T>(self: &Arc<Self>, work: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let (result, outbox) = {
            let mut world = lock(&self.world);
            let result = work(&mut world, now);
            let paid = world.take_outbox();
            let outbox: Vec<_> = paid.iter().filter_map(|record| webhooks::owe(self, &mut world, record)).collect();
            (result, outbox)
        };
        for sending in outbox {
            webhooks::send(self, sending);
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
        let sendings = {
            let mut world = lock(&self.world);
            world.touch();
            webhooks::resume(self, &mut world)
        };
        self.save_now()?;
        for sending in sendings {
            webhooks::send(self, sending);
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

async fn serve(listener: TcpListener, app: App) {
    let mut router = Router::new().nest("/_sandbox", admin::routes()).merge(page::routes());
    for provider in Provider::ALL {
        router = router.nest(&format!("/{provider}"), providers::routes(provider));
    }
    let router = router.with_state(app.clone());
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
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

/// Serves one connection. A reply that is to be lost closes it.
async fn connection(stream: TcpStream, router: Router, app: App) {
    let timeout = app.settings.slow_reply + REQUEST_TIMEOUT;
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
            match tokio::time::timeout(timeout, answer).await {
                Ok(Ok(response)) if response.extensions().get::<Lost>().is_none() => Ok(response),
                _ => Err(io::Error::other("the reply is lost")),
            }
        }
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
