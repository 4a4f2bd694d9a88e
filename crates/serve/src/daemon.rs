//! Starting the daemon and stopping it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gerbang::Secret;
use gerbang::ledger::{Account, Ledger, Mode};
use gerbang_connections::Connections;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::addresses::{Addresses, PageKey};
use crate::app::{App, Known, Shared};
use crate::bounds::Bounds;
use crate::error::Error;
use crate::hosts::Hosts;
use crate::limits::Streams;
use crate::news::News;
use crate::observed::{Health, Observed};
use crate::rates::Rates;
use crate::settings::{AccountSettings, Settings};
use crate::tokens::{self, Scope, Tokens};
use crate::webhooks::Deliverer;
use crate::{keys, routes, sandbox, server, tables};

/// How often old replies are deleted.
const CLEANING: Duration = Duration::from_secs(3600);

/// How often it is written down which tokens were used.
const NOTING: Duration = Duration::from_secs(60);

/// A daemon that listens, and serves once it [runs](Daemon::run).
pub struct Daemon {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
    connections: Connections,
    sandbox: Option<sandbox::Running>,
    deliverer: Option<Deliverer>,
    /// Tells the server and the questions that wait that the daemon stops.
    stop: watch::Sender<bool>,
    /// Made for a sandbox.
    token: Option<Secret>,
}

impl Daemon {
    /// Opens the book, makes the gateways and listens. Nothing is served before [`Daemon::run`].
    ///
    /// # Errors
    ///
    /// [`Error`].
    pub async fn start(mut settings: Settings) -> Result<Self, Error> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", settings.listen));
        let listener = TcpListener::bind(settings.listen).await.map_err(|error| Error::Listen(named(error)))?;
        let address = listener.local_addr().map_err(Error::Listen)?;
        let mut ledger = Ledger::open(settings.database.expose()).await?;
        tables::migrate(&ledger).await?;
        let (mut playing, mut made) = (None, None);
        if let Some(place) = settings.sandbox.take() {
            let (sandbox, accounts) = sandbox::start(place, address).await?;
            (playing, settings.accounts) = (Some(sandbox), accounts);
            settings.default_account.get_or_insert_with(|| sandbox::ACCOUNT.to_owned());
            made = Some(tokens::make(Scope::Admin).map_err(|_| Error::Random)?);
        }
        let mut accounts = BTreeMap::new();
        for account in &settings.accounts {
            let (known, added) = open(account)?;
            ledger = ledger.account(added);
            accounts.insert(account.name.clone(), known);
        }
        let deliverer = settings.webhook.take().map(|(target, keys)| Deliverer::new(target, keys));
        let deliverer = deliverer.transpose().map_err(Error::Client)?;
        let ledger = handling_events(ledger, deliverer.clone());
        let own = [(settings.token.as_ref(), Scope::Shop), (made.as_ref(), Scope::Admin)];
        let own = own.into_iter().filter_map(|(token, scope)| Some((token?, scope)));
        let key = PageKey::make().map_err(|_| Error::Random)?.kept(&ledger).await?;
        let base = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let stop = watch::Sender::new(false);
        let Bounds { rate_per_token, rate_per_address, connections, connections_per_address, proxies } =
            settings.bounds;
        let connections = Connections::new(connections).of_each_address(connections_per_address);
        let app = App::new(Shared {
            tokens: Tokens::new(ledger.clone(), own),
            ledger,
            accounts,
            default_account: settings.default_account,
            hosts: Arc::new(Hosts::new(settings.public_url.as_deref(), settings.hosts, address.ip())),
            rates: Rates::new(rate_per_token, rate_per_address),
            proxies,
            public_url: settings.public_url,
            delivers: deliverer.is_some(),
            addresses: Addresses::new(key, base),
            figures: Mutex::default(),
            streams: Streams::default(),
            news: News::default(),
            stopped: stop.subscribe(),
        });
        Ok(Self { app, listener, address, connections, sandbox: playing, deliverer, stop, token: made })
    }

    /// The address that the daemon listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the sandbox that plays the gateways, where one does, such as `http://127.0.0.1:4000`.
    pub fn sandbox_url(&self) -> Option<&str> {
        self.sandbox.as_ref().map(sandbox::Running::url)
    }

    /// The token of scope admin that was made for the sandbox, where there is one. It is not kept.
    pub fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// Three lines for a shell that take a payment, pay it in the sandbox, and show that it is paid; none without a sandbox.
    pub fn first_steps(&self) -> Option<[String; 3]> {
        Some(sandbox::first_steps(self.address, self.sandbox_url()?, self.token()?))
    }

    /// The book.
    pub fn ledger(&self) -> &Ledger {
        self.app.ledger()
    }

    /// Serves and works until the shutdown. Requests under way and what the ledger has begun are ended before it returns; dropped
    /// instead, it leaves them as a crash does.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] where an account is in the book with another gateway or mode, or the database was away at the
    /// beginning; [`Error::Worker`].
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let ledger = self.app.ledger().clone();
        let stop_work = watch::Sender::new(false);
        let mut worker = Task(tokio::spawn({
            let (ledger, stopped) = (ledger.clone(), stop_work.subscribe());
            async move { ledger.run(is_true(stopped)).await }
        }));
        let mut deliverer =
            self.deliverer.map(|deliverer| Task(tokio::spawn(deliverer.run(ledger.clone(), stop_work.subscribe()))));
        let cleaner = Task(tokio::spawn(clean(ledger)));
        let app = self.app.clone();
        let _looking = Task(tokio::spawn(async move { app.news().look(app.ledger()).await }));
        let marker = Task(tokio::spawn(note_uses(self.app.clone())));
        let router = routes::routes(&self.app);
        let (proxies, stopped) = (self.app.proxies().clone(), is_true(self.stop.subscribe()));
        let mut server = Task(tokio::spawn(server::serve(self.listener, router, self.connections, proxies, stopped)));
        let early = tokio::select! {
            () = shutdown => None,
            ended = &mut worker.0 => Some(ended),
        };
        drop((cleaner, marker));
        // First the requests, whose payments the ledger still writes down; then the ledger.
        self.stop.send_replace(true);
        let _ = (&mut server.0).await;
        let _ = self.app.tokens().note_uses().await;
        stop_work.send_replace(true);
        if let Some(deliverer) = &mut deliverer {
            let _ = (&mut deliverer.0).await;
        }
        let ended = match early {
            Some(ended) => ended,
            None => (&mut worker.0).await,
        };
        ended.map_or(Err(Error::Worker), |ended| ended.map_err(Error::Ledger))
    }
}

/// A task that ends when this is dropped.
struct Task<T>(JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn is_true(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// The ledger with a handler of events that plans their deliveries. Without a webhook they are handled by nobody, and do not wait
/// for one that may come later.
fn handling_events(ledger: Ledger, deliverer: Option<Deliverer>) -> Ledger {
    ledger.on_event(move |tx, event| {
        let deliverer = deliverer.clone();
        async move {
            match deliverer {
                Some(deliverer) => deliverer.plan(tx, event).await,
                None => Ok(()),
            }
        }
    })
}

async fn clean(ledger: Ledger) {
    let mut ticks = interval(CLEANING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = keys::clean(&ledger).await {
            tracing::error!("old replies could not be deleted: {error}");
        }
    }
}

async fn note_uses(app: App) {
    let mut ticks = interval(NOTING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app.tokens().note_uses().await {
            tracing::error!("which tokens were used could not be written down: {error}");
        }
    }
}

fn open(settings: &AccountSettings) -> Result<(Known, Account), Error> {
    let health = Arc::new(Health::default());
    let gateway = Observed::new(settings.gateway().map_err(Error::Gateway)?, health.clone());
    let account = match settings.mode {
        Mode::Test => Account::test(&settings.name, gateway),
        _ => Account::live(&settings.name, gateway),
    };
    Ok((Known { descriptor: settings.descriptor, mode: settings.mode, health }, account))
}
