//! The two questions that every error answers: what happened, and may the request have taken effect.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A credential, an environment variable or a setting is missing or unusable. Correct the configuration.
    Configuration,
    /// The caller's values break a limit that the provider states. Correct the values.
    InvalidRequest,
    /// No connection could be made: name not found, refused or not in time. Try again later.
    Connect,
    /// No safe connection could be made: the server's certificate is expired, not trusted or of another name, or the server
    /// does not speak TLS as it should. Nothing was sent. Trying again does not help.
    Tls,
    /// No complete answer came in time.
    Timeout,
    /// The connection broke after the request was begun.
    Disconnected,
    /// The provider does not accept the credentials.
    Authentication,
    /// The provider does not know the payment or the address.
    NotFound,
    /// What was asked for existed once and does not any more (HTTP 410), such as an API that the provider has ended.
    Gone,
    /// The provider did this before and did nothing now, such as a second refund, or knows the reference already: an earlier
    /// request with it was carried out, and its payment may be paid.
    AlreadyDone,
    /// Too many requests; see [`Error::retry_after`](crate::Error::retry_after).
    RateLimited,
    /// The provider refused the request; see [`Error::provider_message`](crate::Error::provider_message).
    Rejected,
    /// The provider says that it cannot serve now.
    Unavailable,
    /// A web page came instead of an answer: a challenge, a maintenance or an error page.
    Html,
    /// An answer came that cannot be understood: not JSON, cut short, a redirect, or without what the document promises.
    UnexpectedReply,
    /// The answer is larger than the client accepts.
    ReplyTooLarge,
    /// A notification that cannot be understood.
    InvalidNotification,
    /// The gateway cannot do this; see [`crate::Capabilities`].
    Unsupported,
    /// The reply is about another payment or amount than the request. Do not show it to a customer; find out what happened.
    EchoMismatch,
}

impl Kind {
    /// Every kind that this version knows, for who has a text for each.
    pub const ALL: &'static [Self] = &[
        Self::Configuration,
        Self::InvalidRequest,
        Self::Connect,
        Self::Tls,
        Self::Timeout,
        Self::Disconnected,
        Self::Authentication,
        Self::NotFound,
        Self::Gone,
        Self::AlreadyDone,
        Self::RateLimited,
        Self::Rejected,
        Self::Unavailable,
        Self::Html,
        Self::UnexpectedReply,
        Self::ReplyTooLarge,
        Self::InvalidNotification,
        Self::Unsupported,
        Self::EchoMismatch,
    ];

    /// The name in snake case, as serde writes it: `not_found`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidRequest => "invalid_request",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Disconnected => "disconnected",
            Self::Authentication => "authentication",
            Self::NotFound => "not_found",
            Self::Gone => "gone",
            Self::AlreadyDone => "already_done",
            Self::RateLimited => "rate_limited",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::Html => "html",
            Self::UnexpectedReply => "unexpected_reply",
            Self::ReplyTooLarge => "reply_too_large",
            Self::InvalidNotification => "invalid_notification",
            Self::Unsupported => "unsupported",
            Self::EchoMismatch => "echo_mismatch",
        }
    }
}

/// The name, as [`Kind::as_str`].
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a request that failed may have taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The request did not reach the provider. It is safe to send it again.
    NotSent,
    /// The request may have been carried out: no answer came, or an answer that does not say. Find out before a payment is
    /// created again.
    MaybeSent,
    /// The provider answered that it did not carry out the request, in a way that is conclusive.
    ///
    /// A refusal is conclusive when it is HTTP's 4xx in the failure form that the provider documents, and when it is a
    /// refusal that the spec lists as made before the work. Any other "no" may have been said after the work was done, by
    /// the provider or by a filter in front of it, and is [`Delivery::MaybeSent`].
    Answered,
}

impl Delivery {
    /// The name in snake case, as serde writes it: `maybe_sent`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::MaybeSent => "maybe_sent",
            Self::Answered => "answered",
        }
    }
}

/// The name, as [`Delivery::as_str`].
impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_among_all() {
        let unknown = serde_json::from_str::<Kind>("\"unknown\"").unwrap_err().to_string();
        // "unknown variant `unknown`, expected one of `configuration`, …"
        let named: Vec<_> = unknown.split('`').skip(3).step_by(2).collect();
        assert_eq!(Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(), named);
    }

    #[test]
    fn serde_writes_the_name_that_as_str_gives() {
        for kind in Kind::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(serde_json::from_value::<Kind>(kind.to_string().into()).unwrap(), kind);
        }
        for delivery in [Delivery::NotSent, Delivery::MaybeSent, Delivery::Answered] {
            assert_eq!(serde_json::to_value(delivery).unwrap(), delivery.as_str());
            assert_eq!(serde_json::from_value::<Delivery>(delivery.to_string().into()).unwrap(), delivery);
        }
    }
}
