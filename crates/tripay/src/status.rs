//! Maps Tripay's status words to the common [`PaymentStatus`].

use gerbang_core::{Open, PaymentStatus, Word as _};

use crate::types::TransactionState as Word;

/// The one table of Tripay's status words.
pub(crate) fn status(word: &Open<Word>) -> PaymentStatus {
    match word {
        Open::Known(Word::Unpaid) => PaymentStatus::Pending,
        Open::Known(Word::Paid) => PaymentStatus::Paid,
        Open::Known(Word::Failed) => PaymentStatus::Failed,
        Open::Known(Word::Expired) => PaymentStatus::Expired,
        // The money came and went back: neither paid nor one that nobody has paid.
        Open::Known(word @ Word::Refund) => PaymentStatus::Unknown(word.as_str().to_owned()),
        Open::Unknown(word) => PaymentStatus::Unknown(word.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_meaning() {
        let table: Vec<_> =
            Word::ALL.iter().map(|word| format!("{} is {}", word.as_str(), status(&(*word).into()))).collect();
        assert_eq!(
            table,
            [
                "UNPAID is pending",
                "PAID is paid",
                "FAILED is failed",
                "EXPIRED is expired",
                "REFUND is unknown (REFUND)"
            ]
        );
        for word in ["SETTLED", "PAID!", "SUCCESS", ""] {
            assert_eq!(status(&Open::from(word)), PaymentStatus::Unknown(word.to_owned()));
        }
    }
}
