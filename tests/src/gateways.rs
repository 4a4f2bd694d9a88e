//! All payment gateways, as a program would set them up.

use std::time::Duration;

use gerbang::registry::{Descriptor, Settings};
use gerbang::{Builder, Error, Network, PaymentGateway, Retry};
use gerbang_sandbox::{DEFAULT_KEY, Provider};

/// The key with which K-Link and Tripay sign, and Pakasir's secret.
pub const WEBHOOK_KEY: &str = "good-webhook-secret";

/// A gateway that was made.
pub type Made = Result<Box<dyn PaymentGateway>, Error>;

/// How long a call may take, whether it is sent again where that is safe, and whom it trusts.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// The time for all attempts.
    pub timeout: Duration,
    /// Whether there may be more than one.
    pub retry: bool,
    /// The only certificate that TLS is built on, in PEM; those of the system where there is none.
    pub authority: Option<&'static str>,
}

impl Effort {
    /// One attempt, with all the time of a client without settings.
    pub const ONCE: Self = Self { timeout: Duration::from_secs(30), retry: false, authority: None };

    /// All attempts that a client makes unless it is set otherwise, within this time.
    pub const fn within(timeout: Duration) -> Self {
        Self { timeout, retry: true, authority: None }
    }

    /// Builds a client.
    pub(crate) fn of<C>(self, builder: Builder<C>, url: &str) -> Result<C, Error> {
        self.settings(url, "").client(builder)
    }

    /// The settings of a gateway that asks the server at this address with this key.
    fn settings<'a>(self, url: &'a str, key: &'a str) -> Settings<'a> {
        let read = move |variable: &str| {
            let words: Vec<_> = variable.split('_').skip(2).collect();
            let value = setting(variable).unwrap_or(match words[..] {
                ["BASE", "URL"] => url,
                ["API" | "SERVER", "KEY"] | ["PASSWORD"] => key,
                ["EMAIL"] => "shop@example.com",
                ["PROJECT"] => "warung",
                _ => "1",
            });
            Ok(Some(value.to_owned()))
        };
        let retry = if self.retry { Retry::default() } else { Retry::none() };
        let settings = Settings::new(read).timeout(self.timeout).retry(retry);
        match self.authority {
            None => settings,
            Some(authority) => settings.network(Network::new().root_certificates(authority)),
        }
    }
}

/// A value for a variable of a client that cannot have any: one that the sandbox takes, or the key.
pub fn setting(variable: &str) -> Option<&'static str> {
    Provider::setting(variable).map(|value| if value == DEFAULT_KEY { WEBHOOK_KEY } else { value })
}

/// Every gateway, by name.
pub fn all() -> Vec<&'static Descriptor> {
    let mut all: Vec<_> = gerbang::gateways().collect();
    all.sort_by_key(|gateway| gateway.name);
    all
}

/// The gateway of this name.
pub fn named(name: &str) -> &'static Descriptor {
    gerbang::gateway_named(name).expect("a gateway")
}

/// The gateway that asks the server at this address with this key.
pub fn make(gateway: &Descriptor, url: &str, key: &str, effort: Effort) -> Made {
    (gateway.make)(&effort.settings(url, key))
}
