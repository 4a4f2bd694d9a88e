//! Why something cannot be done with notifications.

use std::fmt;

/// Why the sandbox's user cannot do something with notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// No notification of this number was sent. Only the last 1 000 are known, and none from before a restart.
    NotFound,
    /// A notification can be sent again from 1 to 10 times.
    Times,
    /// The order does not name each of the held notifications once.
    Order,
    /// This cannot be a credential of the provider.
    Credential,
    /// There are already as many addresses, or notifications being sent again, as there may be.
    TooMany,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "no notification of this number was sent",
            Self::Times => "times must be from 1 to 10",
            Self::Order => "order must name each of the held notifications once",
            Self::Credential => "this cannot be a credential of the provider; Pakasir's is PROJECT:KEY",
            Self::TooMany => "there are too many already",
        })
    }
}

impl std::error::Error for WebhookError {}
