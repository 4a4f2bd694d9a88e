//! Why a payment is not proven to be paid, and what differs.

use std::fmt;

use crate::payment::PaymentStatus;
use crate::{Error, Rupiah};

/// Why a payment is not proven to be paid.
#[derive(Debug)]
#[non_exhaustive]
pub enum Doubt {
    /// What was said is about another payment: of another gateway, or with neither the expected reference nor the expected id.
    OtherPayment,
    /// What was said names the expected payment, but something of it differs. Asking again does not change it, and money may
    /// have come in: a person must look.
    Mismatch(Mismatch),
    /// It is of the gateway's test mode, in which no money is paid; see [`Expected::accept_test_mode`](crate::Expected::accept_test_mode).
    TestMode,
    /// The notification itself claims another state than paid. Of a gateway that does not sign, anybody can have sent it: ask
    /// before anything is undone for it, such as goods that are sold to the next customer.
    OtherClaim(PaymentStatus),
    /// The gateway says that the payment is not paid, or not yet. Whatever the state is called, money can still come.
    NotPaid(PaymentStatus),
    /// The gateway could not be asked, or gave no answer that can be understood. Ask again.
    NotAnswered(Error),
    /// The gateway's answer is about another payment or amount, or the question was refused before it was sent. Asking again
    /// does not change it, and money may have come in: a person must look.
    Contradicted(Error),
    /// The gateway cannot be asked and the notification proves nothing: a person must look at the gateway's own pages.
    NoProof,
}

impl Doubt {
    /// Whether the same question may have another answer later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotPaid(_) | Self::NotAnswered(_) | Self::OtherClaim(_) => true,
            Self::OtherPayment | Self::Mismatch(_) | Self::TestMode | Self::Contradicted(_) | Self::NoProof => false,
        }
    }

    /// Whether money may have come in that no program can account for. Alert a person.
    pub fn needs_a_person(&self) -> bool {
        matches!(self, Self::Mismatch(_) | Self::Contradicted(_) | Self::NoProof)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherPayment => f.write_str("it is about another payment"),
            Self::Mismatch(mismatch) => mismatch.fmt(f),
            Self::TestMode => f.write_str("it is of the gateway's test mode, in which no money is paid"),
            Self::OtherClaim(status) => write!(f, "it does not claim that the payment is paid, but {status}"),
            Self::NotPaid(status) => write!(f, "the gateway says that the payment is not paid but {status}"),
            Self::NotAnswered(error) => write!(f, "it cannot be judged now: {error}"),
            Self::Contradicted(error) => write!(f, "a person must look at it: {error}"),
            Self::NoProof => {
                f.write_str("it proves nothing and the gateway cannot be asked; look at the gateway's own pages")
            }
        }
    }
}

impl std::error::Error for Doubt {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotAnswered(error) | Self::Contradicted(error) => Some(error),
            _ => None,
        }
    }
}

/// What differs between the payment that is expected and what was said of it. The sender's own texts are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The gateway, though the merchant's reference is the expected one and it is signed.
    Gateway,
    /// The merchant's reference.
    Reference,
    /// The gateway's id.
    Id,
    /// The id of the request that created it, such as K-Link's `rq_uuid`.
    RequestId,
    /// The code that it is paid with, such as K-Link's `kd_pay`.
    Code,
    /// The mode: it is of the test mode, and the payment was created as a live one.
    Mode,
    /// An amount is given that cannot be read.
    UnreadableAmount,
    /// The price, or what was or is to be paid.
    Amount {
        /// The amount that was expected, in rupiah.
        expected: Rupiah,
        /// The amount that was said, in rupiah.
        got: Rupiah,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway => f.write_str("it is signed for the expected reference, but is of another gateway"),
            Self::Mode => f.write_str("it is of the test mode, but the payment was created as a live one"),
            Self::Reference => f.write_str("it names another merchant reference than the expected payment has"),
            Self::Id => f.write_str("it names another id of the gateway's than the expected payment has"),
            Self::RequestId => f.write_str("it is about another request than the one that created the payment"),
            Self::Code => f.write_str("it names another payment code than the expected payment has"),
            Self::UnreadableAmount => f.write_str("it names an amount that cannot be read"),
            Self::Amount { expected, got } => write!(f, "it names {got} rupiah, but {expected} are expected"),
        }
    }
}
