//! Maps Lumbung's status words to the common [`PaymentStatus`].

use gerbang_core::{Open, PaymentStatus};

use crate::types::PaymentState as Word;

/// The one table of Lumbung's status words.
pub(crate) fn status(word: &Open<Word>) -> PaymentStatus {
    match word {
        Open::Known(Word::Waiting) => PaymentStatus::Pending,
        Open::Known(Word::Settled) => PaymentStatus::Paid,
        Open::Known(Word::Lapsed) => PaymentStatus::Expired,
        Open::Known(Word::Withdrawn) => PaymentStatus::Cancelled,
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
        assert_eq!(table, ["waiting is pending", "settled is paid", "lapsed is expired", "withdrawn is cancelled"]);
        for word in ["paid", "success", "unsettled", ""] {
            assert_eq!(status(&Open::from(word)), PaymentStatus::Unknown(word.to_owned()));
        }
    }
}
