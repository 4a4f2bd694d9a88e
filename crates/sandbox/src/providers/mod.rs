//! The providers' APIs. Each answers as its document says; what the documents leave open is said in each file.

mod kazukipay;
mod klink;
mod kropay;
mod midtrans;
mod pakasir;
mod paydigital;
mod tripay;

use std::time::Duration;

use axum::Router;
use axum::http::{Method, Uri};
use axum::response::Response;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use crate::app::App;
use crate::call::Call;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, PaymentStatus, Record, Refusal, Tx};
use crate::webhooks::Proof;
use crate::{Provider, unknown};

pub(crate) use pakasir::V2;

/// How long a payment waits for the customer, where the document does not say.
const HOUR: Duration = Duration::from_secs(3600);

/// How often a notification is sent that nobody acknowledges, where the document does not say.
const TRIES: u32 = 3;

/// What the sandbox asks of a provider's API; the file of each provider fills one.
struct Api {
    /// Its operations and pages, as its document describes them.
    routes: fn() -> Router<App>,
    /// The account that a call to a path has the credential of, if it has any.
    account: fn(&App, &Call, &str) -> Option<String>,
    /// The payment of a seed, as the API would make it; it is still to be recorded. The error says what of it the provider
    /// refuses.
    seeded: fn(&Account, &mut Tx<'_>, &Seed) -> Result<Record, String>,
    /// A refusal of an operation with this message, in its own form.
    refusal: fn(Option<&str>, &Value) -> Response,
    /// The operations that it keeps when it refuses them, so that another call may carry them out.
    kept: &'static [&'static str],
    /// The command that asks the API at an address for a payment's status, as curl. Credentials are the caller's
    /// environment variables, and are in no arguments of a process, which other users of a machine can see.
    status_call: fn(&str, &Record) -> String,
    /// Its notifications, if it sends any.
    notifications: Option<Notifications>,
}

/// The notifications of a provider.
struct Notifications {
    /// What proves the notification of a payment that has come to its end; none if there is no notification of it.
    ///
    /// Of payments that are not paid, only K-Link's section 3.d, on GoPay, knows a notification, whose status is `success` or
    /// `fail`, Tripay, under "Callback", and Midtrans. The others write of paid ones alone: Kazukipay under "Terima Notifikasi
    /// (Webhook)", Kropay under "Callback / Webhook", Pakasir in section D, K-Link in section 2.d. Of Pakasir's API v2 there is
    /// no document.
    proof: fn(&Record) -> Option<Proof>,
    body: fn(&Record, &Fractions) -> Value,
    /// How often one is sent that nobody acknowledges.
    tries: u32,
    /// Whether a receiver who answers with this status and body has acknowledged one.
    is_acknowledged: fn(u16, &str) -> bool,
    /// Which answer acknowledges one, in words.
    acknowledgement: &'static str,
}

const fn api(provider: Provider) -> &'static Api {
    match provider {
        Provider::Kazukipay => &kazukipay::API,
        Provider::Kropay => &kropay::API,
        Provider::Paydigital => &paydigital::API,
        Provider::Pakasir => &pakasir::API,
        Provider::Klink => &klink::API,
        Provider::Tripay => &tripay::API,
        Provider::Midtrans => &midtrans::API,
    }
}

/// The API of a provider, as its document describes it.
pub(crate) fn routes(provider: Provider) -> Router<App> {
    (api(provider).routes)()
        .fallback(move |method: Method, uri: Uri| async move { unknown::of_provider(provider, &method, &uri, false) })
        .method_not_allowed_fallback(move |method: Method, uri: Uri| async move {
            unknown::of_provider(provider, &method, &uri, true)
        })
}

/// The account that a call to a path of a provider has the credential of, if it has any.
pub(crate) fn account(app: &App, provider: Provider, call: &Call, path: &str) -> Option<String> {
    (api(provider).account)(app, call, path)
}

/// The payment of a seed, as the provider's API would make it; it is still to be recorded. The error says what of it the
/// provider refuses.
pub(crate) fn seeded(account: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    (api(seed.provider).seeded)(account, tx, seed)
}

/// What shows that the notification comes from the provider that it sends when a payment has come to its end; none if it
/// sends none.
pub(crate) fn proof(record: &Record) -> Option<Proof> {
    (api(record.provider).notifications.as_ref()?.proof)(record)
}

/// The notification of a payment; null where the provider sends none.
pub(crate) fn notification(record: &Record, fractions: &Fractions) -> Value {
    let notifications = api(record.provider).notifications.as_ref();
    notifications.map_or(Value::Null, |notifications| (notifications.body)(record, fractions))
}

/// How often a provider sends a notification that nobody acknowledges.
pub(crate) fn tries(provider: Provider) -> u32 {
    api(provider).notifications.as_ref().map_or(TRIES, |notifications| notifications.tries)
}

/// Whether a receiver who answers with this status and body has acknowledged a provider's notification.
pub(crate) fn is_acknowledged(provider: Provider, status: u16, answer: &str) -> bool {
    let notifications = api(provider).notifications.as_ref();
    notifications.is_some_and(|notifications| (notifications.is_acknowledged)(status, answer))
}

/// Which answer acknowledges a provider's notification, in words.
pub(crate) fn acknowledgement(provider: Provider) -> &'static str {
    api(provider).notifications.as_ref().map_or("", |notifications| notifications.acknowledgement)
}

/// A refusal of a provider, in its own form.
pub(crate) fn refusal(provider: Provider, operation: Option<&str>, message: &Value) -> Response {
    (api(provider).refusal)(operation, message)
}

/// Whether the provider keeps a call that it refuses, so that another call may carry it out.
pub(crate) fn keeps_refused(provider: Provider, operation: &str) -> bool {
    api(provider).kept.contains(&operation)
}

/// The command that asks the provider's API at an address for a payment's status, as curl. Credentials are the caller's
/// environment variables.
pub(crate) fn status_call(url: &str, record: &Record) -> String {
    (api(record.provider).status_call)(url, record)
}

/// A text as it is in a path or a query.
fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn in_words(refusal: Refusal) -> String {
    refusal.message().to_owned()
}

/// The proof of notifications that prove nothing, of payments that are paid.
fn unproven_when_paid(record: &Record) -> Option<Proof> {
    (record.status == PaymentStatus::Paid).then_some(Proof::None)
}

/// Which answer acknowledges a notification, where the document does not say.
const ANY_SUCCESS: &str = "any status from 200 to 299 is";

/// Any 2xx acknowledges a notification, where the document does not say.
fn is_success(status: u16, answer: &str) -> bool {
    gerbang_core::acknowledges(None, status, answer.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_notify_as_their_facts_say() {
        for provider in Provider::ALL {
            assert_eq!(provider.facts().notifies, api(provider).notifications.is_some(), "{provider}");
        }
    }

    #[test]
    fn kropay_wants_exactly_its_answer() {
        assert!(is_acknowledged(Provider::Kropay, 200, "{\"success\": true}"));
        for (status, answer) in [
            (201, "{\"success\":true}"),
            (200, "{\"success\":\"true\"}"),
            (200, "{\"success\":true,\"x\":1}"),
            (200, "OK"),
            (200, ""),
        ] {
            assert!(!is_acknowledged(Provider::Kropay, status, answer), "{status} {answer}");
        }
        assert!(is_acknowledged(Provider::Kazukipay, 204, ""));
        assert!(!is_acknowledged(Provider::Kazukipay, 302, ""));
    }
}
