//! What a notification is made of: the provider's body, and what proves that it comes from the provider.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::spelling::{self, Fractions, Spell, Written};
use crate::state::{Outbox, Record, Webhook};

/// The header with Tripay's signature.
const TRIPAY_HEADER: &str = "X-Callback-Signature";

/// The header with which Pakasir's API v2 sends its secret.
pub(super) const SECRET_HEADER: &str = "X-Secret";

/// What shows that a notification comes from the provider.
pub(crate) enum Proof {
    None,
    /// K-Link's signature.
    Signature,
    /// Pakasir's secret.
    Secret,
    /// Tripay's signature.
    TripaySignature,
}

/// What the providers send, by the payment that it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notifier {
    /// What proves the notification; none if the provider sends none.
    pub(crate) proof: fn(&Record) -> Option<Proof>,
    pub(crate) body: fn(&Record, &Fractions) -> Value,
}

/// The keys with which the sandbox proves its notifications.
#[derive(Clone)]
pub(crate) struct Keys {
    /// K-Link signs with it.
    pub(crate) klink: String,
    /// Pakasir's API v2 sends it.
    pub(crate) pakasir: String,
    /// Tripay's private key, with which a merchant signs payments and Tripay signs callbacks.
    pub(crate) tripay: String,
}

/// Keys are not for everybody's eyes.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// A notification that is to be sent: of which payment, where to, how it is proved, and how it is written.
pub(crate) struct Notification<'a> {
    pub(crate) record: &'a Record,
    pub(crate) url: String,
    pub(crate) proof: Proof,
    pub(crate) spells: Vec<Spell>,
}

impl Notification<'_> {
    /// Puts the notification into the outbox. Gives its number if it is to be sent now.
    pub(crate) fn put(self, outbox: &mut Outbox, notifier: Notifier, keys: &Keys) -> Option<u64> {
        let Self { record, url, proof, spells } = self;
        let body = (notifier.body)(record, &Fractions::of(&spells));
        // What would be too large is sent as it is.
        let plain = Written { text: body.to_string(), latin1: false };
        let Written { text: body, latin1 } = spelling::write(body, &spells).unwrap_or(plain);
        let mut webhook = Webhook {
            number: outbox.number(),
            provider: record.provider,
            payment: record.id(),
            order: record.order.clone(),
            url,
            headers: Vec::new(),
            body,
            latin1,
        };
        webhook.headers = headers(keys, &proof, &webhook.bytes());
        outbox.add(webhook)
    }
}

fn headers(keys: &Keys, kind: &Proof, body: &[u8]) -> Vec<(String, String)> {
    let proof = match kind {
        Proof::None => None,
        Proof::Signature => Some(("x-servicepayment", sign(&keys.klink, body))),
        Proof::Secret => Some((SECRET_HEADER, keys.pakasir.clone())),
        Proof::TripaySignature => Some((TRIPAY_HEADER, tripay_signature(keys, body))),
    };
    // Tripay says by another header what it is about.
    let event = matches!(kind, Proof::TripaySignature).then(|| ("X-Callback-Event", "payment_status".to_owned()));
    let content_type = ("Content-Type", "application/json".to_owned());
    [content_type].into_iter().chain(event).chain(proof).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// HMAC-SHA256 in upper-case hexadecimal digits.
fn sign(key: &str, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// HMAC-SHA256 in lower-case hexadecimal digits.
pub(crate) fn tripay_signature(keys: &Keys, signed: &[u8]) -> String {
    sign(&keys.tripay, signed).to_ascii_lowercase()
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
