//! Maps Midtrans' codes and status words to the common [`PaymentStatus`].

use gerbang_core::{Open, PaymentStatus, Word as _};

use crate::types::TransactionState as Word;

/// The code of a payment that is paid.
const SUCCESS: &str = "200";

/// What a reply or a notification says of a payment: paid is only what the code and the fraud check allow.
pub(crate) fn status(code: &str, word: &Open<Word>, fraud: Option<&str>) -> PaymentStatus {
    let status = after_fraud_check(of_word(word), fraud);
    if status == PaymentStatus::Paid && code.trim() != SUCCESS {
        return PaymentStatus::Unknown(word.as_str().to_owned());
    }
    status
}

/// The one table of Midtrans' status words.
fn of_word(word: &Open<Word>) -> PaymentStatus {
    match word {
        Open::Known(Word::Pending) => PaymentStatus::Pending,
        Open::Known(Word::Settlement | Word::Capture) => PaymentStatus::Paid,
        Open::Known(Word::Deny | Word::Failure) => PaymentStatus::Failed,
        Open::Known(Word::Cancel) => PaymentStatus::Cancelled,
        Open::Known(Word::Expire) => PaymentStatus::Expired,
        // Money that is only reserved, or that went back: neither paid nor waiting.
        Open::Known(
            word @ (Word::Authorize | Word::Refund | Word::PartialRefund | Word::Chargeback | Word::PartialChargeback),
        ) => PaymentStatus::Unknown(word.as_str().to_owned()),
        Open::Unknown(word) => PaymentStatus::Unknown(word.clone()),
    }
}

/// What is left of a state when the fraud check has a say: only what it accepts waits or is paid.
fn after_fraud_check(status: PaymentStatus, fraud: Option<&str>) -> PaymentStatus {
    let Some(fraud) = fraud.map(str::trim).filter(|fraud| !fraud.is_empty()) else { return status };
    match status {
        // Of money that was taken it is a contradiction.
        PaymentStatus::Pending if fraud.eq_ignore_ascii_case("deny") => PaymentStatus::Failed,
        PaymentStatus::Pending | PaymentStatus::Paid if !fraud.eq_ignore_ascii_case("accept") => {
            PaymentStatus::Unknown(fraud.to_owned())
        }
        _ => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, word: &str, fraud: Option<&str>) -> PaymentStatus {
        status(code, &word.into(), fraud)
    }

    #[test]
    fn every_word_has_its_meaning() {
        let table: Vec<_> =
            Word::ALL.iter().map(|word| format!("{} is {}", word.as_str(), said("200", word.as_str(), None))).collect();
        assert_eq!(
            table,
            [
                "pending is pending",
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
                "authorize is unknown (authorize)",
            ]
        );
        assert_eq!(said("200", "SETTLEMENT", None), PaymentStatus::Paid);
        for word in ["success", "paid", "settled", ""] {
            assert_eq!(said("200", word, None), PaymentStatus::Unknown(word.to_owned()));
        }
    }

    #[test]
    fn paid_needs_the_code_of_success() {
        for code in ["201", "202", "407", "2000", "0200", ""] {
            for word in ["settlement", "capture"] {
                assert_eq!(said(code, word, Some("accept")), PaymentStatus::Unknown(word.to_owned()), "{code}");
            }
        }
        assert_eq!(said(" 200 ", "settlement", Some("accept")), PaymentStatus::Paid);
        // Others have codes of their own.
        assert_eq!(said("407", "expire", None), PaymentStatus::Expired);
        assert_eq!(said("202", "cancel", None), PaymentStatus::Cancelled);
    }

    #[test]
    fn only_what_the_fraud_check_accepts_waits_or_is_paid() {
        for (word, status) in [("pending", PaymentStatus::Pending), ("settlement", PaymentStatus::Paid)] {
            assert_eq!(said("200", word, Some("ACCEPT")), status.clone());
            assert_eq!(said("200", word, Some(" ")), status);
            let denied = match status {
                PaymentStatus::Pending => PaymentStatus::Failed,
                _ => PaymentStatus::Unknown("Deny".to_owned()),
            };
            assert_eq!(said("200", word, Some("Deny")), denied);
            for fraud in ["challenge", "review"] {
                assert_eq!(said("200", word, Some(fraud)), PaymentStatus::Unknown(fraud.to_owned()));
            }
        }
        assert_eq!(said("407", "expire", Some("challenge")), PaymentStatus::Expired);
        assert_eq!(said("202", "refund", Some("deny")), PaymentStatus::Unknown("refund".to_owned()));
    }
}
