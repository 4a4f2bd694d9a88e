//! Maps Kropay's status words to the common [`PaymentStatus`].

use gerbang_core::{Open, PaymentStatus};

use crate::types::PaymentState as Word;

/// The one table of Kropay's status words.
pub(crate) fn status(word: &Open<Word>) -> PaymentStatus {
    match word {
        Open::Known(Word::Pending) => PaymentStatus::Pending,
        // The API says `success` where the callback says `paid`.
        Open::Known(Word::Success | Word::Paid) => PaymentStatus::Paid,
        Open::Known(Word::Failed) => PaymentStatus::Failed,
        Open::Known(Word::Expired) => PaymentStatus::Expired,
        Open::Known(Word::Cancelled | Word::Canceled) => PaymentStatus::Cancelled,
        Open::Unknown(word) => PaymentStatus::Unknown(word.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::Word as _;

    #[test]
    fn every_word_has_its_meaning() {
        let table: Vec<_> =
            Word::ALL.iter().map(|word| format!("{} is {}", word.as_str(), status(&(*word).into()))).collect();
        assert_eq!(
            table,
            [
                "pending is pending",
                "success is paid",
                "paid is paid",
                "failed is failed",
                "expired is expired",
                "cancelled is cancelled",
                "canceled is cancelled",
            ]
        );
        for word in ["settled", "paid!", "successful", ""] {
            assert_eq!(status(&Open::from(word)), PaymentStatus::Unknown(word.to_owned()));
        }
    }
}
