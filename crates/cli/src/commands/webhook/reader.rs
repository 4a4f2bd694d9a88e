//! Reading a provider's notifications with the webhook key alone: no credentials of the API are needed.

use gerbang::registry::{self, Proven};
use gerbang::{Error, Kind, Notification, Secret};
use http::HeaderMap;

use super::MAX_BODY;
use crate::failure::Failure;
use crate::provider::Provider;
use crate::settings::Settings;

/// Reads and checks the notifications of one gateway.
#[derive(Clone)]
pub struct Reader {
    provider: Provider,
    read: registry::Reader,
    /// With the key without the quotes around it, where it has some: files of variables keep them.
    unquoted: Option<registry::Reader>,
}

impl Reader {
    /// The reader of a gateway.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the gateway sends no notifications, or its key is not set.
    pub fn new(provider: Provider, settings: &Settings) -> Result<Self, Failure> {
        let notifications = provider.notifications()?;
        let mut unquoted = None;
        if let Some(proof) = notifications.proof {
            let key = key(proof, settings)?.ok_or_else(|| no_key(provider, proof))?;
            unquoted = without_quotes(&key).and_then(|bare| {
                let read = |variable: &str| Ok((variable == proof.variable).then(|| bare.expose().to_owned()));
                (notifications.reader)(&registry::Settings::new(read)).ok()
            });
        }
        Ok(Self { provider, read: (notifications.reader)(&settings.of_clients())?, unquoted })
    }

    /// The gateway.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// What proves its notifications; none where nothing does.
    pub fn proof(&self) -> Option<Proven> {
        self.provider.notifications().ok()?.proof
    }

    /// Reads a notification and checks its proof.
    ///
    /// # Errors
    ///
    /// As [`gerbang::PaymentGateway::parse_notification`].
    pub fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        (self.read)(headers, body)
    }

    /// Whether a value in the proof's place proves a body, as the library decides it.
    pub fn is_proven(&self, value: &str, body: &[u8]) -> bool {
        self.proves(&self.read, value, body)
    }

    /// Whether it would with the key without the quotes around it.
    pub fn is_proven_unquoted(&self, value: &str, body: &[u8]) -> bool {
        self.unquoted.as_ref().is_some_and(|read| self.proves(read, value, body))
    }

    fn proves(&self, read: &registry::Reader, value: &str, body: &[u8]) -> bool {
        let Some(proof) = self.proof() else { return false };
        // A larger one is refused before its proof is looked at.
        if body.len() > MAX_BODY {
            return false;
        }
        let mut headers = HeaderMap::new();
        let Some(body) = proof.place(value, &mut headers, body.to_vec()) else { return false };
        read(&headers, &body).err().is_none_or(|error| error.kind() != Kind::Authentication)
    }

    /// The body with which the gateway wants a notification to be accepted.
    pub fn acceptance(&self) -> &'static str {
        self.provider.notifications().map_or("", |notifications| notifications.acceptance)
    }
}

/// The key of a proof, where it is set. As everywhere, white space around it does not count.
///
/// # Errors
///
/// [`Failure`] when it is not UTF-8.
pub fn key(proof: Proven, settings: &Settings) -> Result<Option<Secret>, Failure> {
    let text = settings.read(proof.variable)?;
    Ok(text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Secret::from))
}

/// A key without the quotes around it; none where it has none.
fn without_quotes(key: &Secret) -> Option<Secret> {
    let bare = ['"', '\''].into_iter().find_map(|quote| key.expose().strip_prefix(quote)?.strip_suffix(quote));
    bare.filter(|bare| !bare.is_empty()).map(Secret::from)
}

/// The failure of a key that is not set.
pub fn no_key(provider: Provider, proof: Proven) -> Failure {
    let (name, variable) = (provider.name(), proof.variable);
    Failure::usage(format!("{variable} is not set; without it no notification of {name} can be checked"))
}
