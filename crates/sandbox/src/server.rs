//! The server: settings, start and end, and what all handlers share.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
use crate::reply::Lost;
use crate::state::{ControlError, Deed, LedgerTotals, Payment, World};
use crate::webhooks::{Sender, WebhookAttempt};
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

    /// Starts the sandbox. It runs in the Tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// An error if the address cannot be listened at.
    pub async fn start(self) -> io::Result<Sandbox> {
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
            clock: Clock::default(),
            world: Mutex::default(),
            sender: Sender::new().map_err(io::Error::other)?,
            runtime: tokio::runtime::Handle::current(),
            stopped,
        });
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
    /// [`ControlError`] if there is no such payment, several have the name, or it is no longer pending.
    pub fn pay(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.app.control(provider, name, Deed::Pay)
    }

    /// The customer pays a Kazukipay payment, but Kazukipay takes no note: the money stands in the account statement,
    /// and only a run or a public check confirms the payment.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], and [`ControlError::NoStatement`] for other providers.
    pub fn deposit(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.app.control(provider, name, Deed::Deposit)
    }

    /// The customer pays too little. The payment stays pending.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], and [`ControlError::Amount`] if this is not too little.
    pub fn underpay(&self, provider: Provider, name: &str, rupiah: u64) -> Result<Payment, ControlError> {
        self.app.control(provider, name, Deed::Underpay(rupiah))
    }

    /// A payment expires now.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn expire(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.app.control(provider, name, Deed::Expire)
    }

    /// A payment is cancelled by the provider.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn cancel(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.app.control(provider, name, Deed::Cancel)
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
    }

    /// The time of the sandbox's clock.
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Ends all sessions of K-Link, so that every token is unknown.
    pub fn end_sessions(&self) {
        self.app.with(|world, _| world.end_sessions());
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
            (result, world.take_outbox())
        };
        for record in outbox {
            crate::webhooks::send(self, &record);
        }
        result
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
        self.with(World::settle);
    }

    pub(crate) fn reset(&self) {
        lock(&self.world).reset();
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
                let connection = connection(stream, router.clone(), app.settings.slow_reply + REQUEST_TIMEOUT);
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
async fn connection(stream: TcpStream, router: Router, timeout: Duration) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        async move {
            match tokio::time::timeout(timeout, router.call(request.map(Body::new))).await {
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
