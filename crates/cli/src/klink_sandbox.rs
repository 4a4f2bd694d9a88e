//! K-Link in an embedded sandbox: its key, its client, and a product to pay with.

use gerbang::klink;
use gerbang_sandbox::{Provider, Sandbox};

use crate::failure::Failure;

/// The key with which a sandbox signs. It is no secret.
pub const WEBHOOK_KEY: &str = "sandbox-webhook-key";

/// A client of the sandbox's K-Link.
///
/// # Errors
///
/// [`Failure`] when it cannot be made.
pub fn klink_client(server: &Sandbox) -> Result<klink::Client, Failure> {
    let credentials = klink::Credentials::new("sandbox", "sandbox");
    // The public address may not be known here.
    Ok(klink::Client::builder(credentials).base_url(format!("{}/{}", server.local_url(), Provider::Klink)).build()?)
}

/// The codes of the first bank and its product in K-Link's list, which is a virtual account in the sandbox.
///
/// # Errors
///
/// [`Failure`] of the call.
pub async fn klink_product(client: &klink::Client) -> Result<(String, String), Failure> {
    let banks = client.list_banks().await?;
    let bank = banks.first().ok_or_else(|| Failure::failed("the sandbox's K-Link has no bank"))?;
    Ok((bank.bank_code.to_string(), bank.product_code.to_string()))
}
