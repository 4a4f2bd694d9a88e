//! Reading a provider's notifications with the webhook key alone: no credentials of the API are needed.

use gerbang::{Error, Notification, Secret, kazukipay, klink, kropay, pakasir};
use http::HeaderMap;

use super::sample::sends_none;
use crate::failure::Failure;
use crate::provider::Provider;
use crate::settings::Settings;

/// The header with Pakasir's secret.
pub const SECRET_HEADER: &str = "x-secret";

/// Reads and checks the notifications of one provider.
#[derive(Clone, Debug)]
pub enum Reader {
    Kazukipay,
    Klink(klink::WebhookKeys),
    Kropay,
    PakasirV1,
    PakasirV2(Secret),
}

impl Reader {
    /// The reader of a provider.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the provider sends no notifications, or its key is not set.
    pub fn new(provider: Provider, settings: &Settings) -> Result<Self, Failure> {
        let key = || key(provider, settings)?.ok_or_else(|| no_key(provider));
        Ok(match provider {
            Provider::Kazukipay => Self::Kazukipay,
            // Both come to one address.
            Provider::Klink | Provider::KlinkGopay => Self::Klink(klink::WebhookKeys::new(key()?)?),
            Provider::Kropay => Self::Kropay,
            Provider::PakasirV1 => Self::PakasirV1,
            Provider::PakasirV2 => Self::PakasirV2(key()?),
            Provider::Paydigital => return Err(sends_none(provider)),
        })
    }

    /// Reads a notification and checks its proof.
    ///
    /// # Errors
    ///
    /// As [`gerbang::PaymentGateway::parse_notification`].
    pub fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        match self {
            Self::Kazukipay => kazukipay::read_notification(body),
            Self::Klink(keys) => klink::read_notification(keys, headers, body),
            Self::Kropay => kropay::read_notification(body),
            Self::PakasirV1 => pakasir::v1::read_notification(body),
            Self::PakasirV2(secret) => pakasir::v2::read_notification(secret, headers, body),
        }
    }

    /// The body with which the provider wants a notification to be accepted.
    pub fn acceptance(&self) -> &'static str {
        match self {
            Self::Kazukipay => kazukipay::ACCEPTANCE,
            Self::Klink(_) => klink::ACCEPTANCE,
            Self::Kropay => kropay::ACCEPTANCE,
            Self::PakasirV1 => pakasir::v1::ACCEPTANCE,
            Self::PakasirV2(_) => pakasir::v2::ACCEPTANCE,
        }
    }
}

/// The variable with what a provider proves its notifications by; none where it proves nothing.
pub fn key_variable(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Klink | Provider::KlinkGopay => Some("GERBANG_KLINK_WEBHOOK_KEY"),
        Provider::PakasirV2 => Some("GERBANG_PAKASIR_WEBHOOK_SECRET"),
        Provider::Kazukipay | Provider::Kropay | Provider::PakasirV1 | Provider::Paydigital => None,
    }
}

/// The key, where it is set. As everywhere, white space around it does not count.
///
/// # Errors
///
/// [`Failure`] when it is not UTF-8.
pub fn key(provider: Provider, settings: &Settings) -> Result<Option<Secret>, Failure> {
    let Some(variable) = key_variable(provider) else { return Ok(None) };
    let text = settings.read(variable)?;
    Ok(text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Secret::from))
}

/// The failure of a key that is not set.
pub fn no_key(provider: Provider) -> Failure {
    let variable = key_variable(provider).unwrap_or("the key");
    Failure::usage(format!("{variable} is not set; without it no notification of {} can be checked", provider.name()))
}
