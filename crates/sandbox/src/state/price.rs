//! Magic prices: what the price of a payment makes go wrong. The table is in the documentation of the crate.

use std::time::Duration;

use jiff::Timestamp;

use super::Action;
use crate::clock::later;

/// How long after its creation something happens to a payment by itself.
const SOON: Duration = Duration::from_secs(2);

/// As [`SOON`], for a payment that takes its time.
const LATER: Duration = Duration::from_secs(10);

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
type ActionOf = fn(u64) -> Action;

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

    /// The price and what it does, in words; none for usual prices.
    pub(crate) fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::Pays => "10001: the payment pays itself after two seconds",
            Self::LosesReply => "10002: the connection was closed instead of a reply",
            Self::Html => "10003: a web page came instead of a reply",
            Self::ServerError => "10004: status 500",
            Self::Truncates => "10005: half of the reply came",
            Self::WrongEcho => "10006: the reply named a price that is one rupiah too high",
            Self::Slow => "10007: the reply came late",
            Self::TooManyRequests => "10008: status 429",
            Self::LosesRequest => "10009: the connection was closed, and nothing was recorded",
            Self::Underpays => "10010: the customer pays too little after two seconds",
            Self::Expires => "10011: the payment expires after two seconds",
            Self::Cancels => "10012: the provider cancels the payment after two seconds",
            Self::FailsTwice => "10013: the first two calls fail with status 500",
            Self::PaysLate => "10014: the payment pays itself after ten seconds",
        })
    }

    /// The price in the reply.
    pub(crate) fn echo(self, amount: u64) -> u64 {
        if self == Self::WrongEcho { amount + 1 } else { amount }
    }

    /// How long after its creation something happens to the payment by itself, and what.
    fn by_itself(self) -> Option<(Duration, ActionOf)> {
        match self {
            Self::Pays => Some((SOON, |_| Action::Pay)),
            Self::Underpays => Some((SOON, |payable| Action::Underpay(payable - 1))),
            Self::Expires => Some((SOON, |_| Action::Expire)),
            Self::Cancels => Some((SOON, |_| Action::Cancel)),
            Self::PaysLate => Some((LATER, |_| Action::Pay)),
            _ => None,
        }
    }

    /// When something happens to the payment by itself.
    pub(crate) fn due(self, now: Timestamp) -> Option<Timestamp> {
        self.by_itself().map(|(wait, _)| later(now, wait))
    }

    /// What happens to the payment by itself.
    pub(crate) fn action(self, payable: u64) -> Option<Action> {
        self.by_itself().map(|(_, action)| action(payable))
    }

    /// How long after its creation something happens to the payment by itself, if anything does.
    pub(crate) fn wait(self) -> Option<Duration> {
        self.by_itself().map(|(wait, _)| wait)
    }
}
