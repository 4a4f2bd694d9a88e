//! What magic prices do to the replies of creations.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::state::Magic;
use crate::{Provider, reply, trace};

impl Magic {
    /// The reply of a call that has no effect. The credential and the merchant's name of the payment decide whether it was
    /// tried before.
    pub(crate) fn instead(self, app: &App, provider: Provider, credential: &str, order: &str) -> Option<Response> {
        trace::note(self);
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

    /// The reply of a call that had its effect, as it arrives.
    pub(crate) fn send(self, app: &App, response: Response) -> Response {
        trace::note(self);
        if let Some(wait) = self.wait() {
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
