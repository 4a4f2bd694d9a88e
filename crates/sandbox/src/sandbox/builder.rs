//! How a sandbox is started: its settings, its ports, its routes.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
#[cfg(feature = "state-file")]
use std::path::PathBuf;
use std::time::Duration;

use gerbang_connections::Connections;
use gerbang_core::Secret;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use super::{Sandbox, place};
use crate::app::{Settings, Shared, Start};
use crate::clock::Setting;
use crate::faults::{Fault, Faults};
use crate::hosts::Hosts;
use crate::request_log::LOGGED;
use crate::server::{CONNECTIONS, RESERVED, Server};
use crate::site::Site;
use crate::state::{Limits, World};
#[cfg(feature = "state-file")]
use crate::store::Opened;
use crate::traffic::{Observer, Traffic};
use crate::webhooks::{Addresses, Keys, Notifier};
use crate::{Provider, delivery, providers};

/// How a sandbox is started: see [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SandboxBuilder {
    listen: SocketAddr,
    public_url: Option<String>,
    allowed_hosts: Vec<String>,
    port_per_gateway: bool,
    observer: Observer,
    webhooks: Addresses,
    /// Provider, credential and address.
    webhooks_for: Vec<(Provider, Secret, String)>,
    faults: Vec<Fault>,
    #[cfg(feature = "state-file")]
    state_file: Option<PathBuf>,
    limits: Limits,
    most_connections: usize,
    most_requests: usize,
    settings: Settings,
}

impl SandboxBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_url: None,
            allowed_hosts: Vec::new(),
            port_per_gateway: false,
            observer: Observer::default(),
            webhooks: Addresses::default(),
            webhooks_for: Vec::new(),
            faults: Vec::new(),
            #[cfg(feature = "state-file")]
            state_file: None,
            limits: Limits::default(),
            most_connections: CONNECTIONS,
            most_requests: LOGGED,
            settings: Settings::default(),
        }
    }

    /// The address to listen at: 127.0.0.1 and a free port unless set. Who can reach it can see and change everything in
    /// the sandbox.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Where others reach the sandbox, such as `http://sandbox:8080` in a network of containers: the address in replies, pictures
    /// and pages, and one to which the sandbox answers. The listener's unless set. It has no path. Where gateways have
    /// ports of their own, they are reached at those of this host, over `http:`.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// A further host to whose name the sandbox answers, without scheme and port: in the header `Host` it must have
    /// `localhost`, an address, the public URL's name or one of these. Where it listens at a loopback address, an address must
    /// be one, too. So no web page can lead a browser here by a name of its own.
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into());
        self
    }

    /// Calls this for each request to a gateway, for each other one that changes something or is refused, and for each
    /// attempt to send a notification; for a log, for instance. It is called while the request or the notification waits, so
    /// that it must not take long.
    pub fn on_traffic(mut self, observe: impl Fn(&Traffic) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observe);
        self
    }

    /// Whether each gateway has a port of its own besides: not, unless set. Its API is at the root there, and
    /// [`Sandbox::url`] names that address. The ports are free ones; where the port to listen at is given, they are those
    /// that follow it, in the order of [`Provider::ALL`].
    pub fn port_per_gateway(mut self, wanted: bool) -> Self {
        self.port_per_gateway = wanted;
        self
    }

    /// Where a provider's notifications are sent, an `http://` address, or with the feature `rustls` an `https://` one. None
    /// are sent unless this is set.
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

    /// The key that every gateway shares with its merchants: it signs notifications with it (K-Link, Tripay) or sends it with
    /// them (Pakasir's API v2), and a merchant signs payments with it (Tripay). [`DEFAULT_KEY`](crate::DEFAULT_KEY) unless
    /// set. It replaces each key that was set before.
    pub fn keys(mut self, key: impl Into<String>) -> Self {
        self.settings.keys = Keys::one(key.into());
        self
    }

    /// The key of one gateway, as [`SandboxBuilder::keys`]. It is not used by gateways that prove nothing, nor by
    /// Midtrans, which signs with the credential of its calls.
    pub fn key(mut self, provider: Provider, key: impl Into<String>) -> Self {
        self.settings.keys.set(provider, key.into());
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
    #[cfg(feature = "state-file")]
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// How many credentials of all providers have payments or wallets at most: 10 000 unless set.
    pub fn most_credentials(mut self, most: usize) -> Self {
        self.limits.accounts = most;
        self
    }

    /// How many payments a credential has at most, of any status: 100 000 unless set. It is also how many members, orders,
    /// vouchers, and entries of a member K-Link's wallets of a credential have, and how long Kazukipay's account statement is,
    /// whose oldest entry gives way.
    pub fn most_payments_of_credential(mut self, most: usize) -> Self {
        self.limits.payments = most;
        self
    }

    /// How many payments all credentials have together at most: 100 000 unless set.
    pub fn most_payments(mut self, most: usize) -> Self {
        self.limits.all_payments = most;
        self
    }

    /// How many requests the log keeps, the newest: 1 000 unless set. Each takes up to some 20 KiB.
    pub fn most_requests(mut self, most: usize) -> Self {
        self.most_requests = most;
        self
    }

    /// How many connections are served at one time: 512 unless set, and 64 more for the page and the sandbox's own API.
    pub fn most_connections(mut self, most: usize) -> Self {
        self.most_connections = most;
        self
    }

    /// Starts the sandbox. It runs in the Tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// An error if the address cannot be listened at, if a fault, a credential, a host or an address makes no sense, or if the state file
    /// cannot be read or written, is used by another sandbox of this process, or was not written by a sandbox like this
    /// one. Such a file is left as it is.
    pub async fn start(self) -> io::Result<Sandbox> {
        let invalid = |error: Box<dyn Error + Send + Sync>| io::Error::new(io::ErrorKind::InvalidInput, error);
        let mut addresses = self.webhooks;
        for (provider, credential, url) in &self.webhooks_for {
            addresses.set_for(*provider, credential.expose(), Some(url)).map_err(|error| invalid(error.into()))?;
        }
        if let Some(provider) = addresses.wrong() {
            let what = format!("the address for {provider}'s notifications is none of http:// or https://");
            return Err(place::invalid(what));
        }
        let public = self.public_url.as_deref().map(place::public_url).transpose()?;
        let allowed = self.allowed_hosts.iter().map(|host| place::host(host)).collect::<io::Result<Vec<_>>>()?;
        let faults = Faults::default();
        for fault in self.faults {
            faults.add(fault).map_err(|error| invalid(error.into()))?;
        }
        #[cfg(feature = "state-file")]
        let restored = self.state_file.as_ref().map(|path| Opened::read(path, self.limits)).transpose()?;
        #[cfg(not(feature = "state-file"))]
        let restored = None;
        let (store, world, clock) = match restored {
            Some((opened, world, clock)) => (Some(opened), world, clock),
            None => (None, World::of_up_to(self.limits), Setting::default()),
        };
        let listeners = Listeners::bind(self.listen, self.port_per_gateway).await?;
        let address = listeners.main.local_addr()?;
        let base_url = public.as_ref().map_or_else(|| place::local_url(address), place::written);
        let start = Start {
            base_url,
            gateway_urls: listeners.gateway_urls(public.as_ref())?,
            settings: self.settings,
            addresses,
            faults,
            store,
            world,
            clock,
            observer: self.observer,
            most_requests: self.most_requests,
        };
        let hosts = Hosts::new(public, allowed, address.ip());
        let notifier = Notifier { proof: providers::proof, body: providers::notification };
        let (stop, stopped) = watch::channel(());
        let (app, numbers) = Shared::new(start, notifier, stopped)?;
        delivery::start(&app, numbers);
        app.resume()?;
        let connections = Connections::new(self.most_connections).reserve(RESERVED);
        let (end, ends) = watch::channel(false);
        let server = Server { app: app.clone(), site: Site::new(app.clone(), hosts), connections, ends };
        let connections = server.connections.clone();
        for (provider, listener) in listeners.gateways {
            tokio::spawn(Server { site: server.site.of(provider), ..server.clone() }.serve(listener));
        }
        tokio::spawn(server.serve(listeners.main));
        Ok(Sandbox { app, address, connections, end, _stop: stop })
    }
}

/// Where the sandbox listens.
struct Listeners {
    main: TcpListener,
    /// Those of the gateways that have a port of their own.
    gateways: BTreeMap<Provider, TcpListener>,
}

impl Listeners {
    async fn bind(address: SocketAddr, port_per_gateway: bool) -> io::Result<Self> {
        let main = TcpListener::bind(address).await?;
        let mut gateways = BTreeMap::new();
        if port_per_gateway {
            for (provider, following) in Provider::ALL.into_iter().zip(1..) {
                gateways.insert(provider, TcpListener::bind(next_address(address, following)?).await?);
            }
        }
        Ok(Self { main, gateways })
    }

    fn gateway_urls(&self, public: Option<&Url>) -> io::Result<BTreeMap<Provider, String>> {
        let url = |listener: &TcpListener| -> io::Result<String> {
            let address = listener.local_addr()?;
            Ok(public.map_or_else(|| place::local_url(address), |url| place::at_port(url, address.port())))
        };
        self.gateways.iter().map(|(provider, listener)| Ok((*provider, url(listener)?))).collect()
    }
}

/// The address whose port follows another's; any free port where that is any, too.
fn next_address(address: SocketAddr, following: u16) -> io::Result<SocketAddr> {
    if address.port() == 0 {
        return Ok(address);
    }
    let port = address.port().checked_add(following);
    let too_few = "too few ports follow the port to listen at: each gateway needs one";
    let port = port.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, too_few))?;
    Ok(SocketAddr::new(address.ip(), port))
}
