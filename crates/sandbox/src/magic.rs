//! Amounts at which a payment's creation goes wrong in a known way. The table is in the documentation of the crate.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use crate::clock::later;
use crate::reply;
use crate::server::App;

/// How long a payment waits that pays itself.
const SOON: Duration = Duration::from_secs(2);

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
            _ => Self::None,
        }
    }

    /// The reply of a call that has no effect.
    pub(crate) fn instead(self) -> Option<Response> {
        match self {
            Self::Html => Some(reply::html(200, "<!DOCTYPE html><title>Just a moment...</title>")),
            Self::ServerError => Some(reply::html(500, "<h1>500 Internal Server Error</h1>")),
            Self::TooManyRequests => {
                let body = json!({"message": "Too many requests"});
                Some(reply::come_back(reply::json(StatusCode::TOO_MANY_REQUESTS.as_u16(), &body), 1))
            }
            Self::LosesRequest => Some(reply::lost()),
            _ => None,
        }
    }

    /// The price as the reply tells it.
    pub(crate) fn echo(self, amount: u64) -> u64 {
        if self == Self::WrongEcho { amount + 1 } else { amount }
    }

    /// When the payment pays itself.
    pub(crate) fn due(self, now: Timestamp) -> Option<Timestamp> {
        (self == Self::Pays).then(|| later(now, SOON))
    }

    /// The reply of a call that had its effect, as it arrives.
    pub(crate) async fn send(self, app: &App, response: Response) -> Response {
        match self {
            Self::LosesReply => reply::lost(),
            Self::Truncates => reply::truncated(response).await,
            Self::Slow => {
                tokio::time::sleep(app.settings().slow_reply).await;
                response
            }
            Self::Pays => {
                app.settle_after(SOON);
                response
            }
            _ => response,
        }
    }
}
