//! The providers' APIs. Each answers as its document says; what the documents leave open is said in each file.

mod kazukipay;
mod klink;
mod kropay;
mod pakasir;
mod pakasir_v1;
mod pakasir_v2;
mod paydigital;

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::Provider;
use crate::app::App;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, PaymentStatus, Record, Refusal, Tx};
use crate::webhooks::Proof;

/// The prefix of the methods of Pakasir's API v2 in seeds.
pub(crate) const V2: &str = "v2/";

/// How long a payment waits for the customer, where the document does not say.
const HOUR: Duration = Duration::from_secs(3600);

/// The API of a provider, as its document describes it.
pub(crate) fn routes(provider: Provider) -> Router<App> {
    let api = match provider {
        Provider::Kazukipay => kazukipay::routes(),
        Provider::Kropay => kropay::routes(),
        Provider::Paydigital => paydigital::routes(),
        Provider::Pakasir => pakasir_v1::routes().merge(pakasir_v2::routes()),
        Provider::Klink => klink::routes(),
    };
    // With a fallback of its own a layer sees unknown paths too.
    api.fallback(|| async { StatusCode::NOT_FOUND })
}

/// The payment of a seed, as the provider's API would make it; it is still to be recorded. The error says what of it the
/// provider refuses.
pub(crate) fn seeded(account: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    match seed.provider {
        Provider::Kazukipay => kazukipay::seeded(account, tx, seed),
        Provider::Kropay => kropay::seeded(account, tx, seed),
        Provider::Paydigital => paydigital::seeded(account, tx, seed),
        Provider::Pakasir => {
            let (project, _) = seed.credential.expose().split_once(':').unwrap_or_default();
            match seed.method_or("").strip_prefix(V2) {
                Some(method) => pakasir_v2::seeded(project, tx, seed, method),
                None => pakasir_v1::seeded(project, tx, seed),
            }
        }
        Provider::Klink => klink::seeded(account, tx, seed.credential.expose(), seed),
    }
}

/// Whether a payment is one of Pakasir's API v2.
pub(crate) fn is_of_pakasir_v2(record: &Record) -> bool {
    pakasir::is_of_v2(record)
}

/// The code of the bank of one of K-Link's payments.
pub(crate) fn klink_bank(record: &Record) -> &str {
    klink::bank_code(record)
}

fn in_words(refusal: Refusal) -> String {
    refusal.message().to_owned()
}

/// What shows that the notification comes from the provider that it sends when a payment has come to its end; none if it
/// sends none. PayDigital sends nothing.
///
/// Of payments that are not paid, only K-Link's section 3.d, on GoPay, knows a notification: its status is `success` or
/// `fail`. The others write of paid ones alone: Kazukipay under "Terima Notifikasi (Webhook)", Kropay under "Callback /
/// Webhook", Pakasir in section D, K-Link in section 2.d. Of Pakasir's API v2 there is no document.
pub(crate) fn proof(record: &Record) -> Option<Proof> {
    let is_gopay = record.provider == Provider::Klink && klink::is_gopay(record);
    if record.status != PaymentStatus::Paid && !is_gopay {
        return None;
    }
    match record.provider {
        Provider::Paydigital => None,
        Provider::Kazukipay | Provider::Kropay => Some(Proof::None),
        Provider::Pakasir if pakasir::is_of_v2(record) => Some(Proof::Secret),
        Provider::Pakasir => Some(Proof::None),
        Provider::Klink => Some(Proof::Signature),
    }
}

/// The notification of a payment, where the provider sends any.
pub(crate) fn notification(record: &Record, fractions: &Fractions) -> Value {
    match record.provider {
        Provider::Kazukipay => kazukipay::notification(record, fractions),
        Provider::Kropay => kropay::notification(record, fractions),
        Provider::Paydigital => Value::Null,
        Provider::Pakasir if pakasir::is_of_v2(record) => pakasir_v2::detail(record),
        Provider::Pakasir => pakasir_v1::notification(record),
        Provider::Klink => klink::notification(record),
    }
}

/// A refusal of a provider, in its own form.
pub(crate) fn refusal(provider: Provider, operation: Option<&str>, message: &Value) -> Response {
    match provider {
        Provider::Kazukipay => kazukipay::failure(200, message),
        Provider::Kropay => kropay::failure(422, message),
        Provider::Paydigital => paydigital::failure(200, message),
        Provider::Pakasir => pakasir::failure(400, message),
        Provider::Klink => klink::refusal(operation, message),
    }
}
