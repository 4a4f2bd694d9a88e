//! What the sandbox's user, or a magic price, does with a payment.

use std::fmt;

use super::PaymentStatus;

/// Why the sandbox's user cannot have what they asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// No payment of the provider has this name.
    NotFound,
    /// Several payments have this name, in several accounts perhaps. [`Payment::id`](crate::Payment::id) names each alone.
    Ambiguous,
    /// The payment is no longer pending, but this.
    NotPending(PaymentStatus),
    /// Only a payment that has expired or was cancelled can be paid late; this one is in this state.
    NotEnded(PaymentStatus),
    /// An underpayment must be above zero and below the payable amount.
    Amount,
    /// Only Kazukipay has an account statement.
    NoStatement,
    /// It was done, but the state file could not be written.
    NotSaved,
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no payment has this name"),
            Self::Ambiguous => f.write_str("several payments have this name: use the sandbox's own, such as sb-12"),
            Self::NotPending(status) => write!(f, "the payment is not pending but {status}"),
            Self::NotEnded(status) => write!(f, "the payment has not expired and was not cancelled, but is {status}"),
            Self::Amount => f.write_str("an underpayment must be above zero and below the payable amount"),
            Self::NoStatement => f.write_str("only Kazukipay has an account statement"),
            Self::NotSaved => f.write_str("the state file could not be written"),
        }
    }
}

impl std::error::Error for ControlError {}

/// What the sandbox's user does with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Pay,
    PayLate,
    Deposit,
    Underpay(u64),
    Expire,
    Cancel,
}

impl Action {
    /// Whether it can be done with a payment in a state.
    pub(super) fn is_allowed(self, status: PaymentStatus) -> bool {
        match self {
            Self::PayLate => [PaymentStatus::Expired, PaymentStatus::Cancelled].contains(&status),
            Self::Deposit => status != PaymentStatus::Paid,
            Self::Pay | Self::Underpay(_) | Self::Expire | Self::Cancel => status == PaymentStatus::Pending,
        }
    }
}
