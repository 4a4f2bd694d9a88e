//! A sandbox that plays the gateways, for trying: an account of each, called like the gateway.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use gerbang::ledger::Mode;
use gerbang::registry::Descriptor;
use gerbang::{Network, Secret};
use gerbang_sandbox::{Provider, Sandbox};
use reqwest::{Client, redirect};
use serde_json::json;

use crate::error::Error;
use crate::ids;
use crate::place::Place;
use crate::settings::AccountSettings;

/// The account of orders that name none.
pub const ACCOUNT: &str = "kropay";

/// How long a sandbox that runs elsewhere may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A sandbox that plays the gateways.
pub enum Running {
    Embedded(Sandbox),
    At(String),
}

impl Running {
    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        match self {
            Self::Embedded(sandbox) => sandbox.base_url(),
            Self::At(url) => url,
        }
    }

    fn url_of(&self, provider: Provider) -> String {
        match self {
            Self::Embedded(sandbox) => sandbox.url(provider),
            Self::At(url) => format!("{url}/{provider}"),
        }
    }
}

/// Starts a sandbox, or takes the one that runs, which notifies a daemon at an address, with an account of each gateway.
pub async fn start(place: Place, daemon: SocketAddr) -> Result<(Running, Vec<AccountSettings>), Error> {
    let running = match place {
        Place::Embedded => Running::Embedded(Sandbox::builder().start().await.map_err(Error::Listen)?),
        Place::At(url) => Running::At(url),
    };
    let client = Network::new().no_proxy().http_client().map_err(|error| Error::Client(error.into()))?;
    let client = client.redirect(redirect::Policy::none()).timeout(PATIENCE).build();
    let client = client.map_err(|error| Error::Client(error.into()))?;
    let mut accounts = Vec::new();
    for descriptor in gerbang::gateways().filter(|gateway| gateway.discontinued.is_none()) {
        let provider: Provider = descriptor.section.parse().map_err(|error| Error::Listen(io::Error::other(error)))?;
        if descriptor.notifications.is_some() {
            let hook = format!("http://{daemon}/hooks/{}", descriptor.name);
            set_webhook(&running, &client, provider, &credential(descriptor, provider), &hook).await?;
        }
        let values = values(descriptor, &running.url_of(provider));
        accounts.push(AccountSettings::new(descriptor.name, descriptor, Mode::Test, values));
    }
    Ok((running, accounts))
}

/// Tells the sandbox where an account's notifications go.
async fn set_webhook(
    running: &Running,
    client: &Client,
    provider: Provider,
    credential: &str,
    hook: &str,
) -> Result<(), Error> {
    let url = match running {
        Running::Embedded(sandbox) => {
            let set = sandbox.set_webhook_for(provider, credential, Some(hook));
            return set.map_err(|error| Error::Listen(io::Error::other(error)));
        }
        Running::At(url) => url,
    };
    let wanted = json!({"provider": provider.name(), "credential": credential, "url": hook});
    let request = client.put(format!("{url}/_sandbox/webhooks/address"));
    match request.body(wanted.to_string()).send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(Error::Sandbox(format!(
            "what answers at {url} is no sandbox, or one that is full: it does not take the address of notifications \
             (status {})",
            response.status().as_u16()
        ))),
        Err(_) => {
            let address = url.trim_start_matches("http://");
            Err(Error::Sandbox(format!(
                "the sandbox at {url} does not answer; start it: gerbang sandbox --listen {address}"
            )))
        }
    }
}

/// Each account has a credential of its own, so that its notifications find it.
fn values(descriptor: &Descriptor, url: &str) -> BTreeMap<String, Secret> {
    let own = descriptor.variables.iter().copied().flatten().map(|variable| {
        let value = Provider::setting(variable.name).unwrap_or(descriptor.name);
        (variable.name.to_owned(), Secret::from(value))
    });
    let base_url = format!("GERBANG_{}_BASE_URL", descriptor.section.to_uppercase());
    own.chain([(base_url, Secret::from(url))]).collect()
}

/// The sandbox's name of an account's credential.
fn credential(descriptor: &Descriptor, provider: Provider) -> String {
    match provider {
        Provider::Pakasir => format!("{0}:{0}", descriptor.name),
        _ => descriptor.name.to_owned(),
    }
}

/// Lines for a shell that take a payment, pay it, and show that it is paid.
pub fn first_steps(daemon: SocketAddr, sandbox: &str, token: &Secret) -> [String; 3] {
    let authorization = format!("-H 'Authorization: Bearer {}'", token.expose());
    let body = r#"{"order": "ORDER-1", "amount": 10000}"#;
    [
        format!(
            "curl -sSw '\\n' {authorization} -H 'Content-Type: application/json' -d '{body}' http://{daemon}/v1/payments"
        ),
        format!("curl -sSw '\\n' -X POST {sandbox}/_sandbox/payments/{ACCOUNT}/ORDER-1/pay"),
        format!("curl -sSw '\\n' {authorization} 'http://{daemon}/v1/payments/{}?wait=30'", ids::payment("ORDER-1")),
    ]
}
