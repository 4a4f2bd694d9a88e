//! What somebody said of an attempt, judged. Pure: core compares, the store writes what comes out of here.

use gerbang_core::{
    Delivery, Doubt, Error, Expected, Kind, Mismatch, Payment, PaymentStatus, Proof, Rupiah, check, judge_answer, pace,
    updated,
};

use crate::account::{Facts, Mode};
use crate::attempt::Attempt;
use crate::machine::{Ending, Fact, State};
use crate::money::{Weight, weigh};
use crate::person::Why;
use crate::schedule::{GRACE, LIFETIME, lookout};

/// What is to be written of an attempt.
#[derive(Debug)]
pub(crate) struct News<'a> {
    pub fact: Option<Fact>,
    /// What is known of the payment from now on.
    pub payment: Option<Payment>,
    pub receipt: Option<Receipt>,
    pub finding: Option<Finding>,
    pub next: Next<'a>,
}

/// A receipt to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Receipt {
    pub how: How,
    pub weight: Weight,
    /// What came in, in rupiah.
    pub amount: Rupiah,
    pub is_late: bool,
}

/// What proves a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Notification,
    Answer,
    Person,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "notification",
            Self::Answer => "answer",
            Self::Person => "person",
        }
    }
}

/// What a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub why: Why,
    /// In the ledger's words, without a sender's text but for the word of a reversal; the same again for the same finding.
    pub detail: String,
    /// What came in, in rupiah, where that is known.
    pub amount: Option<Rupiah>,
}

impl Finding {
    pub fn new(why: Why, detail: impl ToString) -> Self {
        Self { why, detail: detail.to_string(), amount: None }
    }

    /// Another payment of an attempt's reference is paid.
    pub fn second_payment(id: &str, amount: Option<Rupiah>) -> Self {
        let detail = format!("another payment of this reference is paid: {id}");
        Self { amount, ..Self::new(Why::SecondPayment, detail) }
    }
}

/// When to go on.
#[derive(Debug)]
pub(crate) enum Next<'a> {
    Answered,
    Doubtful,
    Failed(&'a Error),
    Hopeless,
    /// As it was planned before.
    AsPlanned,
}

impl<'a> News<'a> {
    pub fn fact(fact: Fact) -> Self {
        Self { fact: Some(fact), ..Self::nothing(Next::Answered) }
    }

    /// Nothing was learnt: what is due next is planned.
    pub fn nothing_new() -> Self {
        Self::nothing(Next::Answered)
    }

    pub fn nothing(next: Next<'a>) -> Self {
        Self { fact: None, payment: None, receipt: None, finding: None, next }
    }

    pub fn finding(why: Why, detail: impl ToString) -> Self {
        Self::found(Finding::new(why, detail))
    }

    pub fn found(finding: Finding) -> Self {
        Self { finding: Some(finding), ..Self::nothing(Next::Hopeless) }
    }

    pub fn and_finding(self, why: Why, detail: impl ToString) -> Self {
        Self { finding: Some(Finding::new(why, detail)), ..self }
    }

    fn said(fact: Fact, payment: Payment) -> Self {
        Self { payment: Some(payment), ..Self::fact(fact) }
    }

    pub fn paid(proof: &Proof, receipt: Receipt) -> Self {
        Self { receipt: Some(receipt), ..Self::said(Fact::Paid, proof.payment().clone()) }
    }
}

/// What the reply to a creation means. A final word in it counts as open until the gateway was asked, where it can be.
pub(crate) fn of_reply<'a>(attempt: &Attempt, facts: &Facts, reply: &'a Result<Payment, Error>) -> News<'a> {
    let created = match reply {
        Ok(created) => created,
        Err(error) => return of_failed_creation(error),
    };
    let known = updated(&attempt.known(facts.provider), created.clone());
    let payment = match known.and_then(|payment| check_payable(facts, payment)) {
        Ok(payment) => payment,
        // It exists, and is not what was asked for: never show it.
        Err(error) => return News::fact(Fact::Unanswered).and_finding(Why::Mismatch, error),
    };
    if payment.sandbox == Some(true) && facts.mode == Mode::Live {
        return News::said(Fact::Over(Ending::Failed), payment).and_finding(Why::TestMode, Doubt::TestMode);
    }
    let ending = Ending::of_status(&created.status);
    match &created.status {
        _ if is_unpayable(attempt, facts, &payment) => News::said(Fact::Unseen, payment),
        PaymentStatus::Pending => News::said(Fact::Pending, payment),
        _ if facts.can.status => News { next: Next::Doubtful, ..News::said(Fact::Pending, pending(payment)) },
        _ => match ending {
            Some(ending) => News::said(Fact::Over(ending), payment),
            None => News::said(Fact::Pending, pending(payment)),
        },
    }
}

/// What a customer is asked for must be the price and what the gateway may add to it.
fn check_payable(facts: &Facts, payment: Payment) -> Result<Payment, Error> {
    if let Some(payable) = payment.payable {
        check::payable(facts.provider, &facts.can, payment.amount, payable)?;
    }
    Ok(payment)
}

fn pending(mut payment: Payment) -> Payment {
    payment.status = PaymentStatus::Pending;
    payment
}

/// Whether a payment was found again without anything to pay with, where a customer needs that.
fn is_unpayable(attempt: &Attempt, facts: &Facts, found: &Payment) -> bool {
    attempt.state == State::Uncertain
        && found.status == PaymentStatus::Pending
        && found.pay_with.is_empty()
        && facts.is_unseen_without_reply(attempt.request.method.as_ref())
}

fn of_failed_creation(error: &Error) -> News<'_> {
    let fact = match (error.delivery(), error.kind()) {
        // What the values hold is never sent, now or later.
        (Delivery::NotSent, Kind::InvalidRequest | Kind::Unsupported | Kind::Gone) => Fact::Refused,
        (Delivery::NotSent, _) => Fact::NotSent,
        // The gateway knows the reference: an earlier request of the same attempt may have made it.
        (Delivery::Answered, Kind::AlreadyDone) => Fact::Unanswered,
        (Delivery::Answered, _) => Fact::Refused,
        _ => Fact::Unanswered,
    };
    News { next: Next::Failed(error), ..News::fact(fact) }
}

/// What a gateway's answer to a question means.
pub(crate) fn of_answer(attempt: &Attempt, facts: &Facts, answer: &Payment) -> News<'static> {
    let expected = attempt.expected(facts);
    let doubt = match judge_money(&expected, answer) {
        Ok((proof, receipt)) => return News::paid(&proof, receipt),
        Err(doubt) => doubt,
    };
    let Doubt::NotPaid(status) = doubt else { return of_doubt(&doubt) };
    let known = updated(expected.payment(), answer.clone());
    let payment = match known.and_then(|payment| check_payable(facts, payment)) {
        Ok(payment) => payment,
        Err(error) => return News::finding(Why::Mismatch, error),
    };
    if let Some(ending) = Ending::of_status(&status) {
        return News::said(Fact::Over(ending), payment);
    }
    if is_unpayable(attempt, facts, &payment) {
        return News::said(Fact::Unseen, payment);
    }
    match (&status, attempt.state) {
        (PaymentStatus::Pending, State::Open) if is_overdue(attempt) => News::said(Fact::Overdue, payment),
        // It may mean "paid".
        (PaymentStatus::Unknown(_), _) if is_overdue(attempt) => News::said(Fact::Pending, payment)
            .and_finding(Why::UnknownStatus, "the gateway uses a word that is not known"),
        _ => News::said(Fact::Pending, payment),
    }
}

/// Whether the expiry and the grace are over. Where the gateway states no expiry, a day is the time to pay.
pub(crate) fn is_overdue(attempt: &Attempt) -> bool {
    attempt.now > expiry(attempt) + millis(GRACE)
}

/// Until when the payment can be paid, in milliseconds.
pub(crate) fn expiry(attempt: &Attempt) -> i64 {
    attempt.expires_at.unwrap_or_else(|| attempt.sent_at.unwrap_or(attempt.created_at) + millis(LIFETIME))
}

fn millis(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// What it means that a question was not answered.
pub(crate) fn of_failed_question<'a>(attempt: &Attempt, facts: &Facts, error: &'a Error) -> News<'a> {
    let is_lost = attempt.state == State::Uncertain && attempt.gateway_id.is_none();
    if is_lost && error.kind() == Kind::NotFound && attempt.age() > lookout(&facts.can) {
        return absent(facts);
    }
    if pace::may_pass(error, attempt.failures + 1) {
        let news = News::nothing(Next::Failed(error));
        // Neither an order nor the word that money went back must wait for ever without anybody who knows.
        return if is_given_up(attempt) {
            news.and_finding(Why::NoAnswer, "the gateway gives no answer")
        } else {
            news
        };
    }
    News::finding(Why::Contradicted, format_args!("the gateway's answers lead nowhere: {}", error.kind()))
}

fn is_given_up(attempt: &Attempt) -> bool {
    let waits = attempt.state.blocks_others() || attempt.state == State::Paid;
    waits && attempt.now > expiry(attempt) + millis(GRACE) && attempt.failures >= 8
}

/// No request can be under way any more, and nothing was found. Who cannot look for it needs a person.
pub(crate) fn absent(facts: &Facts) -> News<'static> {
    let news = News::fact(Fact::Absent);
    if facts.can.find_by_reference {
        return news;
    }
    news.and_finding(Why::CreationLost, "the reply to the creation was lost and the payment cannot be looked for")
}

/// What a payment of another id than the attempt's own is to the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    /// Another payment of the same reference, by which so many rupiah came in.
    Paid(Rupiah),
    /// Another payment of the same reference.
    Unpaid,
    /// It has nothing to do with it.
    None,
}

/// What a payment of another id than the attempt's own is to the attempt.
pub(crate) fn kinship(attempt: &Attempt, facts: &Facts, answer: &Payment) -> Kinship {
    let mut other = attempt.request.unanswered(facts.provider);
    other.request_id = None;
    let expected = Expected::new(other).account(&facts.account);
    let expected = if facts.mode == Mode::Test { expected.accept_test_mode() } else { expected };
    match judge_money(&expected, answer) {
        Ok((_, receipt)) => Kinship::Paid(receipt.amount),
        Err(Doubt::NotPaid(_)) => Kinship::Unpaid,
        Err(_) => Kinship::None,
    }
}

/// A proof of what an answer says, also where another amount came in than was expected.
fn judge_money(expected: &Expected, answer: &Payment) -> Result<(Proof, Receipt), Doubt> {
    match judge_answer(expected, answer) {
        Ok(proof) => {
            let receipt = receipt(How::Answer, Weight::Exact, &proof, answer.payable);
            Ok((proof, receipt))
        }
        Err(doubt @ Doubt::Mismatch(Mismatch::Amount { .. })) if answer.status == PaymentStatus::Paid => {
            let known = expected.payment();
            let weight = weigh(known, Some(answer.amount), answer.payable);
            let mut same = answer.clone();
            (same.amount, same.payable) = (known.amount, known.payable);
            match judge_answer(expected, &same) {
                Ok(proof) if weight != Weight::Exact => {
                    let amount = answer.payable.unwrap_or(answer.amount);
                    let receipt = receipt(How::Answer, weight, &proof, Some(amount));
                    Ok((proof, receipt))
                }
                _ => Err(doubt),
            }
        }
        Err(doubt) => Err(doubt),
    }
}

pub(crate) fn receipt(how: How, weight: Weight, proof: &Proof, amount: Option<Rupiah>) -> Receipt {
    let payment = proof.payment();
    let amount = amount.or(payment.payable).unwrap_or(payment.amount);
    Receipt { how, weight, amount, is_late: proof.is_late() }
}

pub(crate) fn of_doubt(doubt: &Doubt) -> News<'static> {
    match doubt {
        Doubt::Contradicted(error) => News::finding(Why::Contradicted, error.kind()),
        _ => News::finding(why(doubt), doubt),
    }
}

pub(crate) fn why(doubt: &Doubt) -> Why {
    match doubt {
        Doubt::TestMode => Why::TestMode,
        Doubt::NoProof => Why::NoProof,
        Doubt::Contradicted(_) => Why::Contradicted,
        _ => Why::Mismatch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::sample;
    use gerbang_core::{Capabilities, Trust};

    const DAY: i64 = 24 * 3_600_000;

    fn facts(trust: Trust) -> Facts {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.notifications) = (true, trust);
        Facts { account: "a".into(), provider: "x", can, mode: Mode::Live }
    }

    fn answer(status: PaymentStatus) -> Payment {
        let mut answer = Payment::new("x", Rupiah::new(10_000), status);
        (answer.id, answer.reference) = (Some("PG-1".into()), Some("O".into()));
        answer
    }

    fn error(kind: Kind, delivery: Delivery) -> Error {
        Error::new(kind, delivery, "x")
    }

    #[test]
    fn only_a_proof_lets_a_creation_be_sent_again() {
        use Delivery::{Answered, MaybeSent, NotSent};
        for (kind, delivery, fact) in [
            (Kind::Connect, NotSent, Fact::NotSent),
            (Kind::Configuration, NotSent, Fact::NotSent),
            (Kind::InvalidRequest, NotSent, Fact::Refused),
            (Kind::Unsupported, NotSent, Fact::Refused),
            (Kind::Gone, NotSent, Fact::Refused),
            (Kind::Rejected, Answered, Fact::Refused),
            (Kind::RateLimited, Answered, Fact::Refused),
            (Kind::AlreadyDone, Answered, Fact::Unanswered),
            (Kind::Timeout, MaybeSent, Fact::Unanswered),
            (Kind::Rejected, MaybeSent, Fact::Unanswered),
            (Kind::EchoMismatch, MaybeSent, Fact::Unanswered),
        ] {
            let reply = Err(error(kind, delivery));
            let news = of_reply(&sample(State::Sending, None, 0), &facts(Trust::None), &reply);
            assert_eq!(news.fact, Some(fact), "{kind} {delivery}");
            assert!(news.receipt.is_none());
        }
    }

    #[test]
    fn answer_about_another_payment_is_a_case_and_no_fact() {
        let attempt = sample(State::Open, Some("PG-1"), 0);
        for change in [
            (|answer: &mut Payment| answer.id = Some("PG-2".into())) as fn(&mut Payment),
            |answer| answer.reference = Some("P".into()),
            |answer| answer.provider = "y".into(),
        ] {
            let mut other = answer(PaymentStatus::Paid);
            change(&mut other);
            let news = of_answer(&attempt, &facts(Trust::None), &other);
            assert!(news.fact.is_none() && news.receipt.is_none() && news.payment.is_none());
            assert_eq!(news.finding.unwrap().why, Why::Mismatch);
        }
    }

    #[test]
    fn unknown_word_never_closes_and_needs_a_person_after_the_end() {
        let said = answer(PaymentStatus::Unknown("odd".into()));
        for (now, needs_a_person) in [(0, false), (DAY + 60_001, true)] {
            let news = of_answer(&sample(State::Open, Some("PG-1"), now), &facts(Trust::None), &said);
            assert_eq!((news.fact, news.finding.is_some()), (Some(Fact::Pending), needs_a_person));
        }
        let pending = answer(PaymentStatus::Pending);
        for (now, fact) in [(DAY + 60_000, Fact::Pending), (DAY + 60_001, Fact::Overdue)] {
            let news = of_answer(&sample(State::Open, Some("PG-1"), now), &facts(Trust::None), &pending);
            assert_eq!(news.fact, Some(fact));
        }
    }

    #[test]
    fn not_found_means_absent_for_lost_creations_after_the_horizon() {
        let not_found = error(Kind::NotFound, Delivery::Answered);
        let horizon = millis(crate::schedule::HORIZON);
        let fact = |state, id, now| of_failed_question(&sample(state, id, now), &facts(Trust::None), &not_found).fact;
        assert_eq!(fact(State::Uncertain, None, horizon), None);
        assert_eq!(fact(State::Uncertain, None, horizon + 1), Some(Fact::Absent));
        assert_eq!(fact(State::Uncertain, Some("PG-1"), DAY), None);
        assert_eq!(fact(State::Open, None, DAY), None);
        let other = error(Kind::Unavailable, Delivery::MaybeSent);
        let news = of_failed_question(&sample(State::Uncertain, None, DAY), &facts(Trust::None), &other);
        assert_eq!(news.fact, None);
    }

    #[test]
    fn question_that_is_refused_for_good_needs_a_person() {
        let refused = error(Kind::EchoMismatch, Delivery::MaybeSent);
        let news = of_failed_question(&sample(State::Open, Some("PG-1"), 0), &facts(Trust::None), &refused);
        assert_eq!(news.finding.unwrap().why, Why::Contradicted);
    }
}
