//! The providers' APIs. Each answers as its document says; what the documents leave open is said in each file.

mod kazukipay;
mod klink;
mod kropay;
mod pakasir_v1;
mod pakasir_v2;
mod paydigital;

use std::time::Duration;

use axum::Router;

use crate::Provider;
use crate::server::App;
use crate::state::Record;

/// How long a payment waits for the customer, where the document does not say.
const HOUR: Duration = Duration::from_secs(3600);

/// A notification to the merchant.
pub(crate) struct Notification {
    pub(crate) body: String,
    pub(crate) proof: Proof,
}

/// What shows that a notification comes from the provider.
pub(crate) enum Proof {
    None,
    /// K-Link's signature.
    Signature,
    /// Pakasir's secret.
    Secret,
}

/// The API of a provider.
pub(crate) fn routes(provider: Provider) -> Router<App> {
    match provider {
        Provider::Kazukipay => kazukipay::routes(),
        Provider::Kropay => kropay::routes(),
        Provider::Paydigital => paydigital::routes(),
        Provider::Pakasir => pakasir_v1::routes().merge(pakasir_v2::routes()),
        Provider::Klink => klink::routes(),
    }
}

/// What a provider sends when a payment was paid. PayDigital sends nothing.
pub(crate) fn notification(record: &Record) -> Option<Notification> {
    let plain = |body: serde_json::Value| Notification { body: body.to_string(), proof: Proof::None };
    match record.provider {
        Provider::Kazukipay => Some(plain(kazukipay::notification(record))),
        Provider::Kropay => Some(plain(kropay::notification(record))),
        Provider::Paydigital => None,
        Provider::Pakasir if pakasir_v2::owns(record) => {
            Some(Notification { body: pakasir_v2::detail(record).to_string(), proof: Proof::Secret })
        }
        Provider::Pakasir => Some(plain(pakasir_v1::notification(record))),
        Provider::Klink => {
            Some(Notification { body: klink::notification(record).to_string(), proof: Proof::Signature })
        }
    }
}
