//! Notifications: kept with what they prove, and only then answered.

use gerbang_core::{Doubt, MAX_NOTIFICATION, NotificationFailure, answer};
use http::{HeaderMap, Response, StatusCode};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::account::Account;
use crate::ledger::Ledger;
use crate::store::{Incoming, Received};

/// The headers that are kept. None of them can hold a secret.
const KEPT: [&str; 5] = ["content-type", "content-length", "date", "user-agent", "x-request-id"];

impl Ledger {
    /// Takes a notification that came in for an account, and gives the answer for its sender.
    ///
    /// It is 200 only once the receipt, or the notification itself, is committed to the book: what is claimed without a proof
    /// is asked about by the worker, once per payment and interval however many notifications come, and one notification is kept
    /// for each payment that is named. 401 and 400 are for what is forged, unreadable or about no payment of the book, of which
    /// nothing is written, 413 for what is too large, 404 for an unknown account, and 503, after which gateways send it again, for a
    /// database that is away, or where too many name other payments than the one of their reference: nothing was changed then.
    ///
    /// It goes on when its caller is dropped.
    pub async fn notified(&self, account: &str, headers: &HeaderMap, body: &[u8]) -> Response<Vec<u8>> {
        let Ok(account) = self.find_account(account) else { return response(StatusCode::NOT_FOUND, "") };
        if body.len() > MAX_NOTIFICATION {
            return response(StatusCode::PAYLOAD_TOO_LARGE, "");
        }
        let (ledger, account) = (self.clone(), account.clone());
        let (headers, body) = (headers.clone(), body.to_vec());
        let taking =
            tokio::spawn(async move { ledger.take_notification(&account, &headers, &body).await }.in_current_span());
        taking.await.unwrap_or_else(|_| response(StatusCode::SERVICE_UNAVAILABLE, ""))
    }

    async fn take_notification(&self, account: &Account, headers: &HeaderMap, body: &[u8]) -> Response<Vec<u8>> {
        let acceptance = account.gateway().acceptance();
        let said = match account.gateway().parse_notification(headers, body) {
            Ok(said) => said,
            Err(error) => return answer(acceptance, Err(&NotificationFailure::Refused(error))),
        };
        let (hash, kept) = (hash(body), kept_headers(headers));
        let incoming = Incoming { said: &said, hash: &hash, headers: &kept, body };
        match self.store.receive(&account.facts(), &incoming).await {
            Ok(Received::Learnt) => {
                self.wake.events.send_replace(());
                response(StatusCode::OK, acceptance)
            }
            Ok(Received::Kept) => {
                self.wake.attempts.send_replace(());
                response(StatusCode::OK, acceptance)
            }
            // An early one that names the gateway's id alone may be about a payment whose reply is still to come.
            Ok(Received::Unknown) if said.reference.is_none() => response(StatusCode::SERVICE_UNAVAILABLE, ""),
            Ok(Received::Unknown) => answer(acceptance, Err(&NotificationFailure::Doubted(Doubt::OtherPayment))),
            Ok(Received::Refused(doubt)) => answer(acceptance, Err(&NotificationFailure::Doubted(doubt))),
            Ok(Received::TooMany) => response(StatusCode::SERVICE_UNAVAILABLE, ""),
            Err(error) => {
                tracing::error!(gerbang.account = account.name(), "a notification could not be kept: {error}");
                response(StatusCode::SERVICE_UNAVAILABLE, "")
            }
        }
    }
}

fn response(status: StatusCode, body: &str) -> Response<Vec<u8>> {
    let body = if status.is_success() { body } else { r#"{"success":false}"# };
    let mut response = Response::new(body.as_bytes().to_vec());
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

/// What a notification is recognised by when it comes again.
fn hash(body: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(body))
}

fn kept_headers(headers: &HeaderMap) -> String {
    let kept = KEPT.iter().filter_map(|name| Some((*name, headers.get(*name)?.to_str().ok()?)));
    serde_json::to_string(&kept.collect::<std::collections::BTreeMap<_, _>>()).unwrap_or_default()
}
