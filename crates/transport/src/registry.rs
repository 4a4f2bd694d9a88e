//! What a program knows of a gateway that it chooses by name.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use gerbang_core::operation::Place;
use gerbang_core::{
    Capabilities, Error, Notification, NotificationProof, Operation, PaymentGateway, Retry, Secret, Variable,
    credentials,
};
use http::{HeaderMap, HeaderName};

use crate::{Builder, Network};

/// A gateway as its provider's crate describes it, so that a program can choose one by name.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// The gateway's name, see [`PaymentGateway::provider`].
    pub name: &'static str,
    /// The section of its settings, which gateways of one provider share: `pakasir` for `GERBANG_PAKASIR_…`.
    pub section: &'static str,
    /// The provider's name for people.
    pub title: &'static str,
    /// What it takes, in a few words: `QRIS and virtual accounts`.
    pub takes: &'static str,
    /// The end of the API, where the provider announced one.
    pub discontinued: Option<Discontinued>,
    /// The settings beyond the base URL that [`make`](Self::make) and the notifications' reader may read.
    pub variables: &'static [&'static [Variable]],
    /// The operations of the provider's document.
    pub operations: &'static [&'static Operation],
    /// What it can do. No account is needed to know.
    pub capabilities: fn() -> Capabilities,
    /// Makes the gateway. Nothing is sent.
    ///
    /// The error is of [`Kind::Configuration`](gerbang_core::Kind::Configuration) and names the setting that is missing or
    /// unusable, never its value.
    pub make: fn(&Settings<'_>) -> Result<Box<dyn PaymentGateway>, Error>,
    /// How it notifies; none where it sends no notifications.
    pub notifications: Option<Notifications>,
}

/// An API that its provider has discontinued.
#[derive(Debug, Clone, Copy)]
pub struct Discontinued {
    /// The day that was announced for its end, as `yyyy-mm-dd`.
    pub on: &'static str,
    /// The gateway to use instead.
    pub instead: &'static str,
}

/// How a gateway notifies a merchant.
#[derive(Debug, Clone, Copy)]
pub struct Notifications {
    /// The body with which a notification is accepted, see [`PaymentGateway::acceptance`].
    pub acceptance: &'static str,
    /// Whether only a body that is the same JSON as [`acceptance`](Self::acceptance), with the status 200, is taken for it;
    /// otherwise any status from 200 to 299 is.
    pub is_strict: bool,
    /// What proves who sent one; none where nothing does.
    pub proof: Option<Proven>,
    /// The notification that the document prints, as JSON.
    pub sample: &'static str,
    /// The sample's member with the merchant's reference.
    pub reference: &'static str,
    /// The sample's member with the state.
    pub status: &'static str,
    /// The sample's members with amounts: the price, then those that contain it.
    pub amounts: &'static [&'static str],
    /// Whether a body has the form of this gateway's notifications, whatever proves it.
    pub is_own: fn(&[u8]) -> bool,
    /// Makes what reads and checks notifications. The credentials of the API are not needed.
    ///
    /// The error is of [`Kind::Configuration`](gerbang_core::Kind::Configuration) when the key of the proof is missing.
    pub reader: fn(&Settings<'_>) -> Result<Reader, Error>,
}

/// What proves who sent a notification: a header or a member of the body, made with a key.
#[derive(Debug, Clone, Copy)]
pub struct Proven {
    /// Where it stands, and how it is made.
    pub proof: NotificationProof,
    /// The variable with the key.
    pub variable: &'static str,
    /// What stands there for a body, as the gateway makes it; none where the body is not what the gateway signs. For tests and
    /// tools that play the gateway.
    pub value: fn(&Secret, &[u8]) -> Option<String>,
}

impl Proven {
    /// Adds the proof to a notification, as the gateway does: a header, or a member of the body. Gives the body; none where it
    /// is not what the gateway signs, or the proof cannot stand there. For tests and tools that play the gateway.
    pub fn prove(&self, key: &Secret, headers: &mut HeaderMap, body: Vec<u8>) -> Option<Vec<u8>> {
        let value = (self.value)(key, &body)?;
        self.place(&value, headers, body)
    }

    /// Puts a value in the proof's place, where it may stand already. Gives the body, as [`prove`](Self::prove).
    pub fn place(&self, value: &str, headers: &mut HeaderMap, body: Vec<u8>) -> Option<Vec<u8>> {
        match self.proof.place {
            Place::Header(name) => {
                headers.insert(HeaderName::from_static(name), value.parse().ok()?);
                Some(body)
            }
            Place::Body(name) => {
                let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&body).ok()?;
                members.insert(name.to_owned(), value.into());
                serde_json::to_vec(&members).ok()
            }
            _ => None,
        }
    }
}

/// Reads a notification and checks its proof, as [`PaymentGateway::parse_notification`].
pub type Reader = Arc<dyn Fn(&HeaderMap, &[u8]) -> Result<Notification, Error> + Send + Sync>;

/// What gateways are made from: settings by the names of environment variables, and how their clients behave.
pub struct Settings<'a> {
    read: Box<Read<'a>>,
    network: Network,
    timeout: Option<Duration>,
    retry: Option<Retry>,
    user_agent: Option<String>,
}

/// Reads a variable.
type Read<'a> = dyn Fn(&str) -> Result<Option<String>, Error> + 'a;

impl<'a> Settings<'a> {
    /// Settings that are read with `read`: the value of a variable, or none.
    pub fn new(read: impl Fn(&str) -> Result<Option<String>, Error> + 'a) -> Self {
        Self { read: Box::new(read), network: Network::new(), timeout: None, retry: None, user_agent: None }
    }

    /// The environment's variables.
    pub fn from_env() -> Self {
        Self::new(credentials::environment)
    }

    /// See [`Builder::timeout`].
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// See [`Builder::retry`].
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// See [`Builder::user_agent`].
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// See [`Builder::network`].
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// The value of a variable, as `Credentials::from_variables` of a provider's crate wants it.
    ///
    /// # Errors
    ///
    /// What the function fails with that the settings were made from.
    pub fn read(&self, variable: &str) -> Result<Option<String>, Error> {
        (self.read)(variable)
    }

    /// Builds a client with these settings, the base URL of `GERBANG_<PROVIDER>_BASE_URL` included; with `http:` it is taken
    /// for this machine and the hosts of `GERBANG_ALLOW_HTTP`.
    ///
    /// # Errors
    ///
    /// As [`Builder::build`], and as [`read`](Self::read).
    pub fn client<C>(&self, builder: Builder<C>) -> Result<C, Error> {
        let mut builder = builder.base_url_from(|variable| self.read(variable))?.network(self.network.clone());
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        if let Some(retry) = &self.retry {
            builder = builder.retry(retry.clone());
        }
        if let Some(user_agent) = &self.user_agent {
            builder = builder.user_agent(user_agent);
        }
        builder.build()
    }
}

/// The settings' values are not shown.
impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("timeout", &self.timeout).field("retry", &self.retry).finish_non_exhaustive()
    }
}
