//! Maps K-Link's status words to the common [`PaymentStatus`].

#[cfg(feature = "client")]
use gerbang_core::Word as _;
use gerbang_core::{Open, PaymentStatus};

use crate::types::NotificationStatus;
#[cfg(feature = "client")]
use crate::types::{FraudStatus, GopayTransactionStatus};

/// The one table of the words in notifications.
pub(crate) fn notified(word: &Open<NotificationStatus>) -> PaymentStatus {
    match word {
        Open::Known(NotificationStatus::Success) => PaymentStatus::Paid,
        Open::Known(NotificationStatus::Fail | NotificationStatus::Failed) => PaymentStatus::Failed,
        Open::Unknown(word) => PaymentStatus::Unknown(word.clone()),
    }
}

/// The one table of the words in a created GoPay payment.
#[cfg(feature = "client")]
pub(crate) fn gopay(word: &Open<GopayTransactionStatus>) -> PaymentStatus {
    use GopayTransactionStatus as Status;
    match word {
        Open::Known(Status::Pending) => PaymentStatus::Pending,
        Open::Known(Status::Settlement | Status::Capture) => PaymentStatus::Paid,
        Open::Known(Status::Deny | Status::Failure) => PaymentStatus::Failed,
        Open::Known(Status::Cancel) => PaymentStatus::Cancelled,
        Open::Known(Status::Expire) => PaymentStatus::Expired,
        // Money that is only reserved, or that went back: neither paid nor waiting.
        Open::Known(
            word @ (Status::Authorize
            | Status::Refund
            | Status::PartialRefund
            | Status::Chargeback
            | Status::PartialChargeback),
        ) => PaymentStatus::Unknown(word.as_str().to_owned()),
        Open::Unknown(word) => PaymentStatus::Unknown(word.clone()),
    }
}

/// What is left of a state when Midtrans' fraud check has a say: only what it accepts waits or is paid.
#[cfg(feature = "client")]
pub(crate) fn after_fraud_check(status: PaymentStatus, fraud: Option<&Open<FraudStatus>>) -> PaymentStatus {
    match (&status, fraud) {
        (_, None | Some(Open::Known(FraudStatus::Accept))) => status,
        (PaymentStatus::Pending | PaymentStatus::Paid, Some(Open::Known(FraudStatus::Deny))) => PaymentStatus::Failed,
        (PaymentStatus::Pending | PaymentStatus::Paid, Some(word)) => PaymentStatus::Unknown(word.as_str().to_owned()),
        _ => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::Word;

    fn table<W: Word>(meaning: fn(&Open<W>) -> PaymentStatus) -> Vec<String> {
        W::ALL.iter().map(|word| format!("{} is {}", word.as_str(), meaning(&(*word).into()))).collect()
    }

    #[test]
    fn every_word_of_a_notification_has_its_meaning() {
        assert_eq!(table(notified), ["success is paid", "fail is failed", "failed is failed"]);
        for word in ["successful", "paid", "settlement", "pending", ""] {
            assert_eq!(notified(&word.into()), PaymentStatus::Unknown(word.to_owned()));
        }
    }

    #[cfg(feature = "client")]
    #[test]
    fn every_word_of_gopay_has_its_meaning() {
        assert_eq!(
            table(gopay),
            [
                "pending is pending",
                "authorize is unknown (authorize)",
                "capture is paid",
                "settlement is paid",
                "deny is failed",
                "cancel is cancelled",
                "expire is expired",
                "failure is failed",
                "refund is unknown (refund)",
                "partial_refund is unknown (partial_refund)",
                "chargeback is unknown (chargeback)",
                "partial_chargeback is unknown (partial_chargeback)",
            ]
        );
        for word in ["success", "paid", "settled", ""] {
            assert_eq!(gopay(&word.into()), PaymentStatus::Unknown(word.to_owned()));
        }
    }

    #[cfg(feature = "client")]
    #[test]
    fn only_what_the_fraud_check_accepts_waits_or_is_paid() {
        let judged = |status: &PaymentStatus, word: &str| after_fraud_check(status.clone(), Some(&word.into()));
        for status in [PaymentStatus::Pending, PaymentStatus::Paid] {
            assert_eq!(after_fraud_check(status.clone(), None), status);
            assert_eq!(judged(&status, "ACCEPT"), status);
            assert_eq!(judged(&status, "deny"), PaymentStatus::Failed);
            for word in ["challenge", "review"] {
                assert_eq!(judged(&status, word), PaymentStatus::Unknown(word.to_owned()));
            }
        }
        for status in [PaymentStatus::Expired, PaymentStatus::Cancelled, PaymentStatus::Unknown("refund".to_owned())] {
            assert_eq!(judged(&status, "challenge"), status);
            assert_eq!(judged(&status, "deny"), status);
        }
    }
}
