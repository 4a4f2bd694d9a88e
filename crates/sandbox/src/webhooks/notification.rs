//! What a notification is made of: the provider's body, and what proves that it comes from the provider.

use std::collections::BTreeMap;
use std::fmt;

use base16ct::{lower, upper};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::Provider;
use crate::spelling::{self, Fractions, Spell, Written};
use crate::state::{Outbox, Record, Webhook};

/// The header with which Pakasir's API v2 sends its secret.
pub(super) const SECRET_HEADER: &str = "X-Secret";

/// What shows that a notification comes from the provider.
pub(crate) enum Proof {
    None,
    /// A signature of the body.
    Signature(Signature),
    /// The key itself, in [`SECRET_HEADER`].
    Secret,
    /// A signature of members of the body.
    Member(MemberSignature),
}

/// An HMAC-SHA256 in hexadecimal digits, and where it stands.
pub(crate) struct Signature {
    pub(crate) header: &'static str,
    pub(crate) digits: Digits,
    /// Headers that the signature says nothing of.
    pub(crate) beside: &'static [(&'static str, &'static str)],
}

/// A signature of members of the body, and the member that it is. The key is the account's credential.
pub(crate) struct MemberSignature {
    pub(crate) member: &'static str,
    /// The signature of a body, as it is written, with a key.
    pub(crate) of: fn(&str, &Value) -> String,
}

/// The letters of hexadecimal digits.
#[derive(Clone, Copy)]
pub(crate) enum Digits {
    Upper,
    Lower,
}

/// What the providers send, by the payment that it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notifier {
    /// What proves the notification; none if the provider sends none.
    pub(crate) proof: fn(&Record) -> Option<Proof>,
    pub(crate) body: fn(&Record, &Fractions) -> Value,
}

/// The keys with which the sandbox proves its notifications, each a gateway's.
#[derive(Clone)]
pub(crate) struct Keys {
    usual: String,
    own: BTreeMap<Provider, String>,
}

impl Keys {
    /// One key for every gateway.
    pub(crate) fn one(key: String) -> Self {
        Self { usual: key, own: BTreeMap::new() }
    }

    /// Gives a gateway a key of its own.
    pub(crate) fn set(&mut self, provider: Provider, key: String) {
        self.own.insert(provider, key);
    }

    /// The key of a gateway.
    pub(crate) fn of(&self, provider: Provider) -> &str {
        self.own.get(&provider).unwrap_or(&self.usual)
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<&str> {
        self.own.values().chain([&self.usual]).map(String::as_str).collect()
    }
}

/// Keys are not for everybody's eyes.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// A notification that is to be sent: of which payment of which account, where to, how it is proved, and how it is written.
pub(crate) struct Notification<'a> {
    pub(crate) account: &'a str,
    pub(crate) record: &'a Record,
    pub(crate) url: String,
    pub(crate) proof: Proof,
    pub(crate) spells: Vec<Spell>,
}

impl Notification<'_> {
    /// Puts the notification into the outbox. Gives its number if it is to be sent now.
    pub(crate) fn put(self, outbox: &mut Outbox, notifier: Notifier, keys: &Keys) -> Option<u64> {
        let Self { account, record, url, proof, spells } = self;
        let mut body = (notifier.body)(record, &Fractions::of(&spells));
        if let Proof::Member(signature) = &proof {
            body[signature.member] = (signature.of)(account, &as_written(&body, &spells)).into();
        }
        let Written { text: body, latin1 } = written(body, &spells);
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
        webhook.headers = headers(keys.of(record.provider), &proof, &webhook.bytes());
        outbox.add(webhook)
    }
}

/// A body as it is sent. What would be too large is sent as it is.
fn written(body: Value, spells: &[Spell]) -> Written {
    let plain = Written { text: body.to_string(), latin1: false };
    spelling::write(body, spells).unwrap_or(plain)
}

/// The values of a body as they are sent; as they are where they cannot be read again, as with half an emoji.
fn as_written(body: &Value, spells: &[Spell]) -> Value {
    serde_json::from_str(&written(body.clone(), spells).text).unwrap_or_else(|_| body.clone())
}

fn headers(key: &str, proof: &Proof, body: &[u8]) -> Vec<(String, String)> {
    let value = match proof {
        Proof::None | Proof::Member(_) => None,
        Proof::Signature(signature) => Some((signature.header, sign(key, body, signature.digits))),
        Proof::Secret => Some((SECRET_HEADER, key.to_owned())),
    };
    let beside = if let Proof::Signature(signature) = proof { signature.beside } else { &[] };
    let beside = beside.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let content_type = ("Content-Type", "application/json".to_owned());
    [content_type].into_iter().chain(beside).chain(value).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// HMAC-SHA256 in hexadecimal digits.
pub(crate) fn sign(key: &str, signed: &[u8], digits: Digits) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(signed);
    let signature = mac.finalize().into_bytes();
    match digits {
        Digits::Upper => upper::encode_string(&signature),
        Digits::Lower => lower::encode_string(&signature),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_hexadecimal() {
        // RFC 4231, test case 2.
        let expected = "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843";
        let signed = |digits| sign("Jefe", b"what do ya want for nothing?", digits);
        assert_eq!(signed(Digits::Upper), expected);
        assert_eq!(signed(Digits::Lower), expected.to_lowercase());
    }
}
