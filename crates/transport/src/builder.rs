//! The settings of a client.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use gerbang_core::operation::Operation;
use gerbang_core::retry::Budget;
use gerbang_core::{Credentials, Delivery, Error, Kind, Retry, credentials};
use url::Url;

use crate::clear::{self, is_loopback};
use crate::network::{Network, Proxy};
use crate::proxy;
use crate::transport::{Inner, Transport};

/// Settings of a client, with defaults that are safe. A provider's `Client::builder` makes one.
///
/// ```no_run
/// # use std::time::Duration;
/// # fn settings<C>(builder: gerbang_transport::Builder<C>) -> Result<C, gerbang_core::Error> {
/// let client = builder
///     .timeout(Duration::from_secs(15))
///     .user_agent("warung/2.1")
///     .build()?;
/// # Ok(client)
/// # }
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<C> {
    provider: &'static str,
    base_url: String,
    credentials: Box<dyn Credentials>,
    timeout: Duration,
    attempt_timeout: Duration,
    connect_timeout: Duration,
    retry: Retry,
    max_reply: usize,
    user_agent: String,
    network: Network,
    allow_http: bool,
    /// The hosts that may be asked without TLS.
    allow_http_to: Vec<String>,
    paths: Vec<(&'static Operation, String)>,
    finish: fn(Transport) -> C,
}

impl<C> Builder<C> {
    /// The settings of a provider's client. Called by generated code.
    pub fn new(
        provider: &'static str,
        base_url: &str,
        credentials: impl Credentials,
        finish: fn(Transport) -> C,
    ) -> Self {
        Self {
            provider,
            base_url: base_url.to_owned(),
            credentials: Box::new(credentials),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(10),
            retry: Retry::default(),
            max_reply: 1024 * 1024,
            user_agent: format!("gerbang-{provider}/{}", env!("CARGO_PKG_VERSION")),
            network: Network::new(),
            allow_http: false,
            allow_http_to: Vec::new(),
            paths: Vec::new(),
            finish,
        }
    }

    /// Asks another server than the provider's own, such as a sandbox. It may have a path, below which the operations are.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Takes the base URL from the environment variable `GERBANG_<PROVIDER>_BASE_URL`, where it is set and not empty. One with
    /// `http:` that is not on this machine is allowed where `GERBANG_ALLOW_HTTP` names its host, as
    /// [`allow_http_to`](Self::allow_http_to) does: `GERBANG_ALLOW_HTTP=sandbox,10.0.0.7`.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when a variable is not UTF-8, or a host is not written as one.
    pub fn base_url_from_env(self) -> Result<Self, Error> {
        self.base_url_from(credentials::environment)
    }

    /// As [`base_url_from_env`](Self::base_url_from_env), with the variable read by `read`.
    pub(crate) fn base_url_from(self, read: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Self, Error> {
        let url = read(&format!("GERBANG_{}_BASE_URL", self.provider.to_ascii_uppercase()))?;
        let Some(url) = url.as_deref().map(str::trim).filter(|url| !url.is_empty()) else { return Ok(self) };
        let mut builder = self.base_url(url);
        if url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:")) {
            let allowed = read(clear::VARIABLE)?.unwrap_or_default();
            let allowed = allowed.split(',').map(str::trim).filter(|host| !host.is_empty());
            builder.allow_http_to.extend(allowed.map(str::to_owned));
        }
        Ok(builder)
    }

    /// The time for a whole call, from the name look-up of the first attempt to the last byte of the reply to the last one,
    /// pauses included. Default: 30 seconds; at most a day. With a time no longer than [`connect_timeout`](Self::connect_timeout),
    /// a connection that is never made ends as [`Delivery::MaybeSent`](gerbang_core::Delivery::MaybeSent): which of the two
    /// times was over is not known then.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time for one attempt, part of the whole, at an operation that may be sent again. An operation that may not, such as
    /// the creation of a payment, has the whole time for its reply: to stop waiting sooner would only lose more replies.
    /// Default: 15 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// When a call that failed is sent again. Default: [`Retry::default`]; [`Retry::none`] turns it off.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The time for making a connection, part of an attempt. Default: 10 seconds. With less than this left of the whole time,
    /// an operation that may not be sent twice is not attempted again.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest reply that is read, in bytes. Default: 1 MiB.
    pub fn max_reply(mut self, bytes: usize) -> Self {
        self.max_reply = bytes;
        self
    }

    /// The header `User-Agent`. Default: `gerbang-<provider>/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// How the network is reached: proxy, local address, root certificates. A base URL with `http:` is asked through no proxy, to
    /// which the key would go in clear, unless [`Builder::allow_http`] is set.
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Allows a base URL with `http:` that is not on this machine, or that is asked through a proxy. Keys then cross the
    /// network in clear.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Allows a base URL with `http:` of this one host, such as `sandbox` in a network of containers. Keys then cross that
    /// network in clear, but go to no proxy. The host is an exact name or an address, without scheme, port or wildcard; may
    /// be called several times.
    pub fn allow_http_to(mut self, host: impl Into<String>) -> Self {
        self.allow_http_to.push(host.into());
        self
    }

    /// Sends an operation to another path below the base URL, where the provider's document contradicts itself; see
    /// [`Operation::alternative_paths`]. The path must keep the parameters of [`Operation::path`].
    pub fn path(mut self, operation: &'static Operation, path: impl Into<String>) -> Self {
        self.paths.push((operation, path.into()));
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when the base URL is not `https:` (`http:` is allowed on this machine, and to
    /// hosts of [`allow_http_to`](Self::allow_http_to)), has a query, a fragment
    /// or a password, when a path does not begin with `/`, has a query or misses a parameter of the operation's own, or when
    /// the HTTP client cannot be made, as for [`Network::http_client`].
    pub fn build(mut self) -> Result<C, Error> {
        let base_url = self.checked_base_url()?;
        self.check_paths()?;
        // The environment's proxy cannot reach this machine's own servers, and keys must not go to it in clear.
        let is_of_environment = matches!(self.network.proxy, Proxy::Environment);
        let is_in_clear = base_url.scheme() == "http" && !self.allow_http;
        if is_in_clear || (is_of_environment && is_loopback(&base_url)) {
            self.network = self.network.no_proxy();
        } else if is_of_environment {
            let variable = proxy::unusable(&base_url, |name| std::env::var(name).ok());
            if let Some(variable) = variable {
                return Err(
                    self.wrong(format!("{variable} is not the address of a proxy, such as http://127.0.0.1:3128"))
                );
            }
        }
        let http = self
            .network
            .settings()
            .map_err(|what| self.wrong(what))?
            .redirect(reqwest::redirect::Policy::none())
            // With no second attempt allowed, no copy of the request is kept for one.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout)
            .user_agent(&self.user_agent)
            .build()
            .map_err(|error| self.wrong("the HTTP client cannot be made").with_source(error.without_url()))?;
        let inner = Inner {
            http,
            base_url,
            credentials: self.credentials,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            connect_timeout: self.connect_timeout,
            max_reply: self.max_reply,
            paths: self.paths.into_iter().map(|(operation, path)| (operation.id, path)).collect(),
            budget: Budget::default(),
            last_address: Mutex::default(),
        };
        Ok((self.finish)(Transport::new(inner, self.timeout, self.retry)))
    }

    /// A path without one of its parameters would ask for something else than the caller.
    fn check_paths(&self) -> Result<(), Error> {
        for (operation, path) in &self.paths {
            if !path.starts_with('/') || path.contains(['?', '#']) {
                return Err(self.wrong(format!("`{path}` is no path that begins with `/` and has neither `?` nor `#`")));
            }
            let mut parameters = operation.path.split('{').skip(1).filter_map(|part| part.split_once('}'));
            if let Some((name, _)) = parameters.find(|(name, _)| !path.contains(&format!("{{{name}}}"))) {
                let what = format!("`{path}` does not have the parameter {{{name}}} of `{}`", operation.path);
                return Err(self.wrong(what).with_operation(operation));
            }
        }
        Ok(())
    }

    fn checked_base_url(&self) -> Result<Url, Error> {
        let url = Url::parse(&self.base_url).map_err(|_| self.wrong("the base URL is not a URL"))?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http || is_loopback(&url) || self.is_allowed(&url)? => {}
            "http" => {
                return Err(self.wrong(format!(
                    "the base URL is http:, which would send the key in clear; use https:, or name its host in {}",
                    clear::VARIABLE
                )));
            }
            _ => return Err(self.wrong("the base URL is not https:")),
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(self.wrong("the base URL has a query, a fragment or a user name"));
        }
        Ok(url)
    }

    /// Whether an address is of a host that may be asked without TLS.
    fn is_allowed(&self, url: &Url) -> Result<bool, Error> {
        let mut is_allowed = false;
        for text in &self.allow_http_to {
            let host = clear::host(text).map_err(|wrong| {
                self.wrong(format!(
                    "`{wrong}` is no host that http: could be allowed to; name it without scheme, port or wildcard"
                ))
            })?;
            is_allowed |= url.host().is_some_and(|own| own.to_owned() == host);
        }
        Ok(is_allowed)
    }

    fn wrong(&self, what: impl fmt::Display) -> Error {
        Error::new(Kind::Configuration, Delivery::NotSent, format!("{}: {what}", self.provider))
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("provider", &self.provider)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .field("max_reply", &self.max_reply)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}
