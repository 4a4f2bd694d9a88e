//! The gateways inside the process, for trying: an account of each, called like the gateway.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use gerbang::Secret;
use gerbang::ledger::Mode;
use gerbang::registry::Descriptor;
use gerbang_sandbox::{Provider, Sandbox};

use crate::ids;
use crate::settings::AccountSettings;

/// The key with which the sandbox proves its notifications. It is no secret.
const WEBHOOK_KEY: &str = "sandbox-webhook-key";

/// The account of orders that name none.
pub const ACCOUNT: &str = "kropay";

/// Starts a sandbox that notifies a daemon at an address, with an account of each gateway.
pub async fn start(daemon: SocketAddr) -> io::Result<(Sandbox, Vec<AccountSettings>)> {
    let builder = Sandbox::builder().klink_webhook_key(WEBHOOK_KEY).pakasir_webhook_secret(WEBHOOK_KEY);
    let sandbox = builder.start().await?;
    let mut accounts = Vec::new();
    for descriptor in gerbang::gateways().filter(|gateway| gateway.discontinued.is_none()) {
        let provider: Provider = descriptor.section.parse().map_err(io::Error::other)?;
        let values = values(descriptor, &sandbox.url(provider));
        let hook = format!("http://{daemon}/hooks/{}", descriptor.name);
        if let Some(credential) = credential(descriptor).filter(|_| descriptor.notifications.is_some()) {
            sandbox.set_webhook_for(provider, &credential, Some(&hook)).map_err(io::Error::other)?;
        }
        accounts.push(AccountSettings::new(descriptor.name, descriptor, Mode::Test, values));
    }
    Ok((sandbox, accounts))
}

/// Each account has a credential of its own, so that its notifications find it.
fn values(descriptor: &Descriptor, url: &str) -> BTreeMap<String, Secret> {
    let own = descriptor.variables.iter().copied().flatten().map(|variable| {
        let value = match variable.name {
            name if name.contains("_WEBHOOK_") => WEBHOOK_KEY,
            name if name.ends_with("_ID") => "1",
            // A bank of the sandbox's K-Link, and its product.
            name if name.ends_with("_BANK_CODE") => "014",
            name if name.ends_with("_PRODUCT_CODE") => "BCAATM",
            _ => descriptor.name,
        };
        (variable.name.to_owned(), Secret::from(value))
    });
    let base_url = format!("GERBANG_{}_BASE_URL", descriptor.section.to_uppercase());
    own.chain([(base_url, Secret::from(url))]).collect()
}

/// The sandbox's name of the credential.
fn credential(descriptor: &Descriptor) -> Option<String> {
    match descriptor.section.parse().ok()? {
        Provider::Pakasir => Some(format!("{0}:{0}", descriptor.name)),
        _ => Some(descriptor.name.to_owned()),
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
