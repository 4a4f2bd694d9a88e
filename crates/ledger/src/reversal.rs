//! Money that went back after a payment was paid. Pure: core compares, and what comes out of here is a person's matter, as the goods
//! may be on their way.

use gerbang_core::{Doubt, Payment, PaymentStatus, judge_answer};

use crate::account::Facts;
use crate::attempt::Attempt;
use crate::news::{Finding, News, of_doubt};
use crate::person::Why;

/// What a person must know of a payment that was paid and is called so no more. Each word is told once: a chargeback after a part
/// was refunded is another loss.
pub(crate) fn reversed(status: &PaymentStatus) -> Finding {
    let shown = status.to_string();
    // A word that core does not know is shown as it is: short, and without what could deceive a reader.
    let word = shown.strip_prefix("unknown (").and_then(|word| word.strip_suffix(')')).unwrap_or(&shown);
    let word = word.to_ascii_lowercase();
    Finding::new(Why::Reversed, format!("the payment was paid, and the gateway now says of it: {word}"))
}

/// What a gateway's answer means to a question that was asked when the payment was paid already.
pub(crate) fn of_answer_after_payment(attempt: &Attempt, facts: &Facts, answer: &Payment) -> News<'static> {
    let expected = attempt.expected(facts);
    let mut same = answer.clone();
    // How much came in was judged before, and some of it may be gone.
    (same.amount, same.payable) = (expected.payment().amount, expected.payment().payable);
    match judge_answer(&expected, &same) {
        // An answer that calls it pending lags behind what is proven.
        Ok(_) | Err(Doubt::NotPaid(PaymentStatus::Pending)) => News::nothing_new(),
        Err(Doubt::NotPaid(status)) => News::found(reversed(&status)),
        Err(doubt) => of_doubt(&doubt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Mode;
    use crate::attempt::sample;
    use crate::machine::State;
    use gerbang_core::{Capabilities, Rupiah, Trust};

    fn facts() -> Facts {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.notifications) = (true, Trust::Signed);
        Facts { account: "a".into(), provider: "x", can, mode: Mode::Live }
    }

    fn unknown(word: &str) -> PaymentStatus {
        PaymentStatus::Unknown(word.into())
    }

    fn answered(change: impl FnOnce(&mut Payment)) -> News<'static> {
        let mut answer = Payment::new("x", Rupiah::new(10_000), PaymentStatus::Paid);
        (answer.id, answer.reference) = (Some("PG-1".into()), Some("O".into()));
        change(&mut answer);
        of_answer_after_payment(&sample(State::Paid, Some("PG-1"), 0), &facts(), &answer)
    }

    #[test]
    fn answer_other_than_paid_or_pending_is_a_reversal() {
        use PaymentStatus::{Cancelled, Expired, Failed, Paid, Pending};
        for (status, word) in [
            (Paid, None),
            (Pending, None),
            (Failed, Some("failed")),
            (Expired, Some("expired")),
            (Cancelled, Some("cancelled")),
            (unknown("REFUND"), Some("refund")),
            (unknown("partial_chargeback"), Some("partial_chargeback")),
        ] {
            // Some of the money may be gone from the amounts too.
            for amount in [10_000, 4_000] {
                let news = answered(|answer| (answer.status, answer.amount) = (status.clone(), Rupiah::new(amount)));
                assert!(news.fact.is_none() && news.receipt.is_none() && news.payment.is_none(), "{status}");
                let found = news.finding.map(|finding| (finding.why, finding.detail));
                let expected = word.map(|word| format!("the payment was paid, and the gateway now says of it: {word}"));
                assert_eq!(found, expected.map(|detail| (Why::Reversed, detail)), "{status}");
            }
        }
    }

    #[test]
    fn answer_about_another_payment_is_no_reversal() {
        let news = answered(|answer| (answer.status, answer.id) = (unknown("refund"), Some("PG-2".into())));
        assert_eq!(news.finding.unwrap().why, Why::Mismatch);
    }
}
