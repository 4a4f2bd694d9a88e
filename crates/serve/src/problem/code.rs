//! The codes of problems. Programs go by them: they do not change.

use std::borrow::Cow;

use gerbang::Kind;
use http::StatusCode;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    NotFound,
    MethodNotAllowed,
    Unauthorized,
    WrongScope,
    UnsupportedMediaType,
    TooLarge,
    SlowBody,
    UnknownHost,
    CrossSite,
    TooManyCalls,
    Timeout,
    Busy,
    DatabaseAway,
    Internal,
    IdempotencyKeyReused,
    OrderConflict,
    OpenAtAnotherPrice,
    AwaitsPerson,
    UnknownAccount,
    Unanswered,
    Paid,
    Open,
    CaseSettled,
    SurplusRefunded,
    NoWebhook,
    NotificationDeleted,
    NotificationRefused,
    /// What a gateway, or the way to it, did not do.
    Gateway(Kind),
}

impl Code {
    /// All but those of gateways.
    #[cfg(test)]
    pub const OWN: [Self; 28] = [
        Self::InvalidRequest,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Unauthorized,
        Self::WrongScope,
        Self::UnsupportedMediaType,
        Self::TooLarge,
        Self::SlowBody,
        Self::UnknownHost,
        Self::CrossSite,
        Self::TooManyCalls,
        Self::Timeout,
        Self::Busy,
        Self::DatabaseAway,
        Self::Internal,
        Self::IdempotencyKeyReused,
        Self::OrderConflict,
        Self::OpenAtAnotherPrice,
        Self::AwaitsPerson,
        Self::UnknownAccount,
        Self::Unanswered,
        Self::Paid,
        Self::Open,
        Self::CaseSettled,
        Self::SurplusRefunded,
        Self::NoWebhook,
        Self::NotificationDeleted,
        Self::NotificationRefused,
    ];

    /// The name: `invalid_request`.
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::InvalidRequest => "invalid_request",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unauthorized => "unauthorized",
            Self::WrongScope => "wrong_scope",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::TooLarge => "too_large",
            Self::SlowBody => "slow_body",
            Self::UnknownHost => "unknown_host",
            Self::CrossSite => "cross_site",
            Self::TooManyCalls => "too_many_calls",
            Self::Timeout => "timeout",
            Self::Busy => "busy",
            Self::DatabaseAway => "database_away",
            Self::Internal => "internal",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::OrderConflict => "order_conflict",
            Self::OpenAtAnotherPrice => "open_at_another_price",
            Self::AwaitsPerson => "awaits_person",
            Self::UnknownAccount => "unknown_account",
            Self::Unanswered => "unanswered",
            Self::Paid => "paid",
            Self::Open => "open",
            Self::CaseSettled => "case_settled",
            Self::SurplusRefunded => "surplus_refunded",
            Self::NoWebhook => "no_webhook",
            Self::NotificationDeleted => "notification_deleted",
            Self::NotificationRefused => "notification_refused",
            Self::Gateway(kind) => return Cow::Owned(format!("gateway_{kind}")),
        })
    }

    /// The status of the reply, where nothing else decides it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::WrongScope | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            Self::TooManyCalls => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::OrderConflict
            | Self::OpenAtAnotherPrice
            | Self::AwaitsPerson
            | Self::UnknownAccount
            | Self::Paid
            | Self::Open
            | Self::CaseSettled
            | Self::SurplusRefunded
            | Self::NoWebhook
            | Self::NotificationRefused => StatusCode::CONFLICT,
            Self::NotificationDeleted => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Gateway(_) => StatusCode::BAD_GATEWAY,
            Self::Timeout | Self::Busy | Self::DatabaseAway | Self::Unanswered => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
