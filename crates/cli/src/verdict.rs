//! What a gateway's answer about a payment is worth: a payment is paid only with a [`Proof`](gerbang::Proof).

use gerbang::{Doubt, Expected, Payment, PaymentStatus, judge_answer};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::Output;

/// An answer that was compared with what is expected.
pub struct Verdict {
    /// The payment as it is shown: with a proof or not as paid.
    pub payment: Payment,
    /// Why it is not proven to be paid; none where it is.
    pub doubt: Option<Doubt>,
    is_late: bool,
}

impl Verdict {
    /// Compares an answer with what is expected.
    pub fn new(expected: &Expected, answer: Payment) -> Self {
        match judge_answer(expected, &answer) {
            Ok(proof) => Self { payment: proof.payment().clone(), doubt: None, is_late: proof.is_late() },
            Err(doubt) => Self { payment: unproven(answer), doubt: Some(doubt), is_late: false },
        }
    }

    /// How a command ends that asked once.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it is paid in the test mode, which is not accepted, or when a person must look.
    pub fn end(&self) -> Result<Exit, Failure> {
        match &self.doubt {
            None => Ok(Exit::Done),
            Some(Doubt::NotPaid(status)) => Ok(Exit::of_status(status)),
            Some(Doubt::TestMode) if !is_paid_in_test_mode(&self.payment) => Ok(Exit::of_status(&self.payment.status)),
            Some(doubt) => Err(failure(doubt)),
        }
    }

    /// Says that the money came late, if it did.
    pub fn print_late(&self, output: Output) {
        if self.is_late {
            print_late(output);
        }
    }
}

/// Says that the money came late.
pub fn print_late(output: Output) {
    output.note(&json!({"late": true}), || tr(LATE));
}

/// That the money came late.
pub const LATE: &str =
    "the payment is late: it came after the time for it was over; the goods may be gone, the money is there";

/// The word in place of "paid" for a payment of the test mode.
const PAID_IN_TEST_MODE: &str = "paid in test mode";

fn is_paid_in_test_mode(payment: &Payment) -> bool {
    payment.status == PaymentStatus::Unknown(PAID_IN_TEST_MODE.to_owned())
}

/// A payment that is not proven to be paid, for people and scripts: neither reads `paid`.
pub fn unproven(mut payment: Payment) -> Payment {
    if payment.status == PaymentStatus::Paid {
        let word = if payment.sandbox == Some(true) { PAID_IN_TEST_MODE } else { "paid, but not proven" };
        payment.status = PaymentStatus::Unknown(word.to_owned());
    }
    payment
}

/// The failure of a payment that is not proven to be paid, for another reason than its state.
pub fn failure(doubt: &Doubt) -> Failure {
    match doubt {
        Doubt::TestMode => Failure::test_mode(),
        // It says by itself that a person must look.
        Doubt::Contradicted(_) => Failure::new(Exit::Unknown, doubt.to_string()).code("needs_a_person"),
        _ if doubt.needs_a_person() => {
            Failure::new(Exit::Unknown, format!("a person must look at it: {doubt}")).code("needs_a_person")
        }
        _ => Failure::new(Exit::Unknown, doubt.to_string()).code("not_proven"),
    }
}

#[cfg(test)]
mod tests {
    use gerbang::Rupiah;

    use super::*;

    fn verdict(status: PaymentStatus, sandbox: Option<bool>, test_mode: bool) -> Verdict {
        let mut payment = Payment::new("pakasir-v2", Rupiah::new(10_000), PaymentStatus::Pending);
        payment.id = Some("txn-1".into());
        let expected = Expected::new(payment.clone());
        let expected = if test_mode { expected.accept_test_mode() } else { expected };
        (payment.status, payment.sandbox) = (status, sandbox);
        Verdict::new(&expected, payment)
    }

    fn exit(status: PaymentStatus, sandbox: Option<bool>, test_mode: bool) -> Exit {
        verdict(status, sandbox, test_mode).end().unwrap_or_else(|failure| failure.exit())
    }

    #[test]
    fn only_a_proven_payment_is_a_success() {
        for (sandbox, test_mode) in [(None, false), (Some(false), false), (Some(true), true), (None, true)] {
            assert_eq!(exit(PaymentStatus::Paid, sandbox, test_mode), Exit::Done);
        }
        assert_eq!(exit(PaymentStatus::Paid, Some(true), false), Exit::Failed);
        for status in [PaymentStatus::Expired, PaymentStatus::Cancelled, PaymentStatus::Failed] {
            assert_eq!(exit(status.clone(), None, false), Exit::NotPaid);
            assert_eq!(exit(status, Some(true), false), Exit::NotPaid);
        }
        for status in [PaymentStatus::Pending, PaymentStatus::Unknown("PAID".into())] {
            assert_eq!(exit(status.clone(), Some(true), true), Exit::Unknown);
            assert_eq!(exit(status, Some(true), false), Exit::Unknown);
        }
    }

    #[test]
    fn without_a_proof_nothing_is_shown_as_paid() {
        let shown = |sandbox, test_mode| verdict(PaymentStatus::Paid, sandbox, test_mode).payment.status;
        assert_eq!(shown(None, false), PaymentStatus::Paid);
        assert_eq!(shown(Some(true), true), PaymentStatus::Paid);
        assert_eq!(shown(Some(true), false), PaymentStatus::Unknown("paid in test mode".into()));
    }

    #[test]
    fn mismatch_calls_a_person() {
        let mut known = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        known.id = Some("PG-1".into());
        let mut answer = known.clone();
        (answer.status, answer.amount) = (PaymentStatus::Paid, Rupiah::new(1));
        let verdict = Verdict::new(&Expected::new(known), answer);
        assert_ne!(verdict.payment.status, PaymentStatus::Paid);
        let failure = verdict.end().unwrap_err();
        assert_eq!(failure.exit(), Exit::Unknown);
        assert!(failure.to_string().contains("a person must look at it"), "{failure}");
    }
}
