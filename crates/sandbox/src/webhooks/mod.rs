//! Notifications to the merchant: made, held back, sent, sent again, and logged.

mod addresses;
mod control;
mod delivery;
mod log;
mod outstanding;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

pub use control::{HeldWebhook, ReleaseOrder, WebhookError};
pub use log::WebhookAttempt;

pub(crate) use addresses::Addresses;
pub(crate) use control::{held, hold, release, resend};
pub(crate) use delivery::{Sender, send, spawn};
pub(crate) use log::address;
pub(crate) use outstanding::Outstanding;

use crate::Provider;
use crate::providers::{self, Proof};
use crate::server::App;
use crate::spelling::{self, Fractions, Written};
use crate::state::{Outcome, World};

/// The header with which Pakasir's API v2 sends its secret.
const SECRET_HEADER: &str = "X-Secret";

/// A notification as it is sent.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    /// No other notification has it.
    number: u64,
    provider: Provider,
    /// The sandbox's own name of the payment.
    payment: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// Whether the body is sent in Latin-1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    latin1: bool,
}

impl Webhook {
    /// The body as it is sent.
    fn bytes(&self) -> Vec<u8> {
        if self.latin1 { spelling::latin1(&self.body) } else { self.body.clone().into_bytes() }
    }

    /// What was signed. Only K-Link signs, and just the body.
    fn signature_base(&self) -> Option<&str> {
        (self.provider == Provider::Klink).then_some(&self.body)
    }
}

/// Makes the notification of what has become of a payment, if the provider sends any and there is where to. Gives its
/// number if it is to be sent now.
pub(crate) fn owe(app: &App, world: &mut World, outcome: &Outcome) -> Option<u64> {
    let record = &outcome.record;
    let proof = providers::proof(record)?;
    let url = app.webhook_address(record.provider, &outcome.account)?;
    let spells = app.faults().spelling_of_notification(record.provider);
    let notification = providers::notification(record, &Fractions::of(&spells));
    // What would be too large is sent as it is.
    let plain = Written { text: notification.to_string(), latin1: false };
    let Written { text: body, latin1 } = spelling::write(notification, &spells).unwrap_or(plain);
    let outstanding = world.webhooks_mut();
    let mut webhook = Webhook {
        number: outstanding.number(),
        provider: record.provider,
        payment: record.id(),
        url,
        headers: Vec::new(),
        body,
        latin1,
    };
    webhook.headers = headers(app, &proof, &webhook.bytes());
    outstanding.add(webhook).unwrap_or_else(|webhook| {
        app.sender().give_up(&webhook);
        None
    })
}

fn headers(app: &App, proof: &Proof, body: &[u8]) -> Vec<(String, String)> {
    let settings = app.settings();
    let proof = match proof {
        Proof::None => None,
        Proof::Signature => Some(("x-servicepayment", sign(&settings.klink_webhook_key, body))),
        Proof::Secret => Some((SECRET_HEADER, settings.pakasir_webhook_secret.clone())),
    };
    let content_type = ("Content-Type", "application/json".to_owned());
    [content_type].into_iter().chain(proof).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// HMAC-SHA256 in upper-case hexadecimal digits.
fn sign(key: &str, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_upper_case_hexadecimal() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
        );
    }
}
