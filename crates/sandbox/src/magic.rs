//! Prices at which a payment goes wrong in a known way. The table is in the documentation of the crate.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use crate::clock::later;
use crate::server::{App, lock};
use crate::state::{Deed, Trouble};
use crate::{Provider, reply};

/// How long after its creation something happens to a payment by itself.
const SOON: Duration = Duration::from_secs(2);

/// As [`SOON`], for a payment that takes its time.
const LATER: Duration = Duration::from_secs(10);

/// How many calls fail at the price that fails for a while.
const FAILURES: u32 = 2;

/// How many creations that fail for a while are remembered.
const MAX_FAILING: usize = 10_000;

/// What the price of a payment means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Magic {
    None,
    Pays,
    LosesReply,
    Html,
    ServerError,
    Truncates,
    WrongEcho,
    Slow,
    TooManyRequests,
    LosesRequest,
    Underpays,
    Expires,
    Cancels,
    FailsTwice,
    PaysLate,
}

/// What is done with a payment, by its payable amount.
type DeedOf = fn(u64) -> Deed;

/// What a creation is recognised by when it is tried again: the provider, the credential, and the merchant's name of the
/// payment, which is empty where there is none.
type Creation = (Provider, String, String);

/// How often creations have failed that fail for a while.
#[derive(Debug, Default)]
pub(crate) struct Failing(Mutex<HashMap<Creation, u32>>);

impl Failing {
    /// Counts a call. Tells whether it fails.
    fn fails(&self, creation: Creation) -> Result<bool, Trouble> {
        let mut failing = lock(&self.0);
        if failing.len() >= MAX_FAILING && !failing.contains_key(&creation) {
            return Err(Trouble::Full);
        }
        let failures = failing.entry(creation).or_default();
        let fails = *failures < FAILURES;
        *failures += u32::from(fails);
        Ok(fails)
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

impl Magic {
    /// What a price means.
    pub(crate) fn of(amount: u64) -> Self {
        match amount {
            10_001 => Self::Pays,
            10_002 => Self::LosesReply,
            10_003 => Self::Html,
            10_004 => Self::ServerError,
            10_005 => Self::Truncates,
            10_006 => Self::WrongEcho,
            10_007 => Self::Slow,
            10_008 => Self::TooManyRequests,
            10_009 => Self::LosesRequest,
            10_010 => Self::Underpays,
            10_011 => Self::Expires,
            10_012 => Self::Cancels,
            10_013 => Self::FailsTwice,
            10_014 => Self::PaysLate,
            _ => Self::None,
        }
    }

    /// The reply of a call that has no effect. The credential and the merchant's name of the payment tell whether it was
    /// tried before.
    pub(crate) fn instead(self, app: &App, provider: Provider, credential: &str, order: &str) -> Option<Response> {
        let server_error = || reply::html(500, "<h1>500 Internal Server Error</h1>");
        match self {
            Self::Html => Some(reply::html(200, "<!DOCTYPE html><title>Just a moment...</title>")),
            Self::ServerError => Some(server_error()),
            Self::TooManyRequests => {
                let body = json!({"message": "Too many requests"});
                Some(reply::come_back(reply::json(StatusCode::TOO_MANY_REQUESTS.as_u16(), &body), 1))
            }
            Self::LosesRequest => Some(reply::lost()),
            Self::FailsTwice => match app.failing().fails((provider, credential.to_owned(), order.to_owned())) {
                Ok(fails) => fails.then(server_error),
                Err(full) => Some(reply::text(StatusCode::SERVICE_UNAVAILABLE, full.message())),
            },
            _ => None,
        }
    }

    /// The price as the reply tells it.
    pub(crate) fn echo(self, amount: u64) -> u64 {
        if self == Self::WrongEcho { amount + 1 } else { amount }
    }

    /// How long after its creation something happens to the payment by itself, and what.
    fn by_itself(self) -> Option<(Duration, DeedOf)> {
        match self {
            Self::Pays => Some((SOON, |_| Deed::Pay)),
            Self::Underpays => Some((SOON, |payable| Deed::Underpay(payable - 1))),
            Self::Expires => Some((SOON, |_| Deed::Expire)),
            Self::Cancels => Some((SOON, |_| Deed::Cancel)),
            Self::PaysLate => Some((LATER, |_| Deed::Pay)),
            _ => None,
        }
    }

    /// When something happens to the payment by itself.
    pub(crate) fn due(self, now: Timestamp) -> Option<Timestamp> {
        self.by_itself().map(|(wait, _)| later(now, wait))
    }

    /// What happens to the payment by itself.
    pub(crate) fn deed(self, payable: u64) -> Option<Deed> {
        self.by_itself().map(|(_, deed)| deed(payable))
    }

    /// The reply of a call that had its effect, as it arrives.
    pub(crate) fn send(self, app: &App, response: Response) -> Response {
        if let Some((wait, _)) = self.by_itself() {
            app.settle_after(wait);
        }
        match self {
            Self::LosesReply => reply::lose(response),
            Self::Truncates => reply::cut(response),
            Self::Slow => reply::late(response, app.settings().slow_reply),
            _ => response,
        }
    }
}
