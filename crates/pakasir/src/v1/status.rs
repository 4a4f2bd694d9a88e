//! Maps the status words of Pakasir API v1 to the common [`PaymentStatus`].

use gerbang_core::{Open, PaymentStatus};

use super::types::TransactionStatus as Word;

/// The one table of the status words of Pakasir API v1.
pub(super) fn status(word: &Open<Word>) -> PaymentStatus {
    match word {
        Open::Known(Word::Pending) => PaymentStatus::Pending,
        Open::Known(Word::Completed) => PaymentStatus::Paid,
        // Both spellings occur.
        Open::Known(Word::Canceled | Word::Cancelled) => PaymentStatus::Cancelled,
        Open::Known(Word::Expired) => PaymentStatus::Expired,
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
                "completed is paid",
                "canceled is cancelled",
                "cancelled is cancelled",
                "expired is expired",
            ]
        );
        for word in ["paid", "success", "incompleted", ""] {
            assert_eq!(status(&Open::from(word)), PaymentStatus::Unknown(word.to_owned()));
        }
    }
}
