//! The way to the network: proxy, local address, and whose certificates are trusted.

use std::fmt;
use std::net::IpAddr;

use gerbang_core::{Delivery, Error, Kind};

use crate::{proxy, tls};

const NO_PROXY: &str = "the proxy is not the address of one, such as http://127.0.0.1:3128";

/// How a client reaches the network. The default asks the proxy that the environment names, from any address, and trusts the
/// certificates that the system trusts.
///
/// ```no_run
/// # use gerbang_transport::Network;
/// # fn settings<C>(builder: gerbang_transport::Builder<C>) -> Result<C, gerbang_core::Error> {
/// let client = builder.network(Network::new().proxy("http://10.0.0.7:3128")).build()?;
/// # Ok(client)
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "it does nothing until a client is made with it"]
pub struct Network {
    pub(crate) proxy: Proxy,
    local_address: Option<IpAddr>,
    /// In PEM, instead of the system's.
    roots: Option<String>,
}

/// What requests go through.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// What `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` name, but for the hosts of `NO_PROXY`.
    #[default]
    Environment,
    None,
    /// The address may hold a password.
    At(String),
}

impl Network {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks this HTTP proxy, such as `http://user:password@10.0.0.7:3128`, whatever the environment names. What it is asked for
    /// by `https:` it cannot read.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::At(url.into());
        self
    }

    /// Asks no proxy, whatever the environment names.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Asks from this address of the machine.
    pub fn local_address(mut self, address: IpAddr) -> Self {
        self.local_address = Some(address);
        self
    }

    /// Trusts whoever has a certificate that one of these signed, and nobody whom the system trusts: one or several in PEM.
    #[cfg(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
    #[cfg_attr(docsrs, doc(cfg(any(feature = "rustls", feature = "rustls-aws-lc-rs", feature = "native-tls"))))]
    pub fn root_certificates(mut self, pem: impl Into<String>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// Settings of an HTTP client for what else a program asks, with the TLS that this crate's features choose; an operation of
    /// a gateway is called with its client. reqwest's own `Client::new` panics where this crate's `rustls` is the only TLS, as
    /// reqwest does not know of it.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when the proxy is no address of one, a certificate is none, or the system has no certificates.
    pub fn http_client(&self) -> Result<reqwest::ClientBuilder, Error> {
        self.settings().map_err(|what| Error::new(Kind::Configuration, Delivery::NotSent, what))
    }

    /// As [`http_client`](Self::http_client); fails with what is wrong, in which there is no secret.
    pub(crate) fn settings(&self) -> Result<reqwest::ClientBuilder, &'static str> {
        let settings = reqwest::Client::builder().local_address(self.local_address);
        let settings = match &self.proxy {
            Proxy::Environment => settings,
            Proxy::None => settings.no_proxy(),
            Proxy::At(url) if !proxy::is_http(url) => return Err(NO_PROXY),
            Proxy::At(url) => settings.proxy(reqwest::Proxy::all(url.as_str()).map_err(|_| NO_PROXY)?),
        };
        tls::set_up(settings, self.roots.as_deref())
    }
}

/// A proxy's address may hold a password.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = match self.proxy {
            Proxy::Environment => "environment",
            Proxy::None => "none",
            Proxy::At(_) => "set",
        };
        f.debug_struct("Network")
            .field("proxy", &format_args!("{proxy}"))
            .field("local_address", &self.local_address)
            .field("trusts_system", &self.roots.is_none())
            .finish()
    }
}
