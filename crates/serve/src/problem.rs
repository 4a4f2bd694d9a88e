//! Errors, as RFC 9457 has them: what is wrong, whether a gateway may have been told anything, and what to do next.

use std::borrow::Cow;
use std::fmt;

use axum::response::{IntoResponse, Response};
use gerbang::ledger;
use gerbang::{Delivery, Kind};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

/// An error of a call.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: String,
    next: Cow<'static, str>,
    delivery: Delivery,
    retry_after: Option<u64>,
}

impl Problem {
    /// An error before anything was sent to a gateway. Neither text may hold a value of the request's.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
        next: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, detail, next) = (code.into(), detail.into(), next.into());
        Self { status, code, detail, next, delivery: Delivery::NotSent, retry_after: None }
    }

    /// A value of the request that cannot be.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", detail, "correct the request; nothing was sent")
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"), "check the address")
    }

    /// The state of the payment does not allow it.
    pub fn conflict(code: &'static str, detail: impl Into<String>, next: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail, next)
    }

    /// The daemon cannot serve now.
    pub fn busy(code: &'static str, detail: &'static str, delivery: Delivery) -> Self {
        let next = match delivery {
            Delivery::NotSent => "try again later",
            _ => "send the same request again later: nothing is created twice",
        };
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail, next);
        Self { delivery, retry_after: Some(2), ..problem }
    }

    /// What nobody should see; the log has it.
    pub fn internal() -> Self {
        let next = "look into the daemon's log; the same request may be sent again";
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the daemon failed", next);
        Self { delivery: Delivery::MaybeSent, ..problem }
    }

    /// An error of a creation at a gateway.
    fn of_gateway(error: &gerbang::Error) -> Self {
        let (delivery, kind) = (error.delivery(), error.kind());
        let is_the_values = match delivery {
            Delivery::NotSent => matches!(kind, Kind::InvalidRequest | Kind::Unsupported | Kind::Gone),
            Delivery::Answered => matches!(kind, Kind::Rejected | Kind::NotFound | Kind::Gone),
            Delivery::MaybeSent => false,
        };
        let (status, next) = match delivery {
            _ if is_the_values => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "nothing was created: place the order again with other values or another account",
            ),
            Delivery::MaybeSent => (
                StatusCode::BAD_GATEWAY,
                "the payment may exist: ask for it with GET /v1/payments/{id}, or send the same request again; nothing is created \
                 twice",
            ),
            Delivery::NotSent => (
                StatusCode::BAD_GATEWAY,
                "nothing was sent; the daemon tries again for an hour, and sooner when the same request comes again",
            ),
            Delivery::Answered => (StatusCode::BAD_GATEWAY, "nothing was created: send the same request again later"),
        };
        let retry_after = error.retry_after().map(|time| time.as_secs().max(1));
        let problem = Self::new(status, format!("gateway_{kind}"), error.to_string(), next);
        Self { delivery, retry_after, ..problem }
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    fn json(&self) -> Value {
        json!({
            "type": format!("urn:gerbang:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
            "delivery": self.delivery.as_str(),
            "next": self.next,
        })
    }
}

/// The body of the reply.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json().fmt(f)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Self {
        use ledger::Error::*;
        match error {
            Gateway(error) => Self::of_gateway(&error),
            Store(error) => {
                tracing::error!("the database failed: {error}");
                Self::busy("database_away", "the database is away", Delivery::MaybeSent)
            }
            Invalid(what) => Self::invalid(what),
            OtherContent(_) => Self::conflict(
                "order_conflict",
                "the order was placed with another content",
                "use another order, or ask for the payment that is there",
            ),
            OpenAtAnotherPrice { .. } => Self::conflict(
                "open_at_another_price",
                "a payment of the order is open at another price",
                "cancel it first: POST /v1/payments/{id}/cancel",
            ),
            AwaitsPerson { .. } => awaits_person(),
            UnknownAccount(_) => Self::new(
                StatusCode::CONFLICT,
                "unknown_account",
                "the account is not among the daemon's",
                "GET /v1/accounts lists them; an account with payments must stay in the settings",
            ),
            Unanswered { .. } => Self::busy(
                "unanswered",
                "whether the gateway has made the payment is not known yet",
                Delivery::MaybeSent,
            ),
            NotFound(_) => Self::not_found("payment, case or event, or it is settled already"),
            error => {
                tracing::error!("the ledger failed: {error}");
                Self::internal()
            }
        }
    }
}

/// Too little came in.
pub fn awaits_person() -> Problem {
    Problem::conflict(
        "awaits_person",
        "too little came in, or what came in is doubtful: a person must look first",
        "resolve the case: GET /v1/cases, POST /v1/cases/{id}/resolve",
    )
}

/// An error of a step that comes before anything is sent.
pub fn before_sending(error: ledger::Error) -> Problem {
    match error {
        ledger::Error::Store(error) => {
            tracing::error!("the database failed: {error}");
            Problem::busy("database_away", "the database is away; nothing was sent", gerbang::Delivery::NotSent)
        }
        ledger::Error::Gateway(_) => Problem::invalid(
            "order must have 1 to 44 characters of A-Z a-z 0-9 . _ / -, and must not read as a number with leading zeros or an \
             exponent",
        ),
        error => error.into(),
    }
}
