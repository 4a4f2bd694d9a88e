//! What a notification means for its attempt. Pure: core judges it.

use gerbang_core::{Doubt, Expected, Judged, Mismatch, Notification, PaymentStatus, Trust, judge};

use crate::account::Facts;
use crate::attempt::Attempt;
use crate::machine::{Ending, Fact, State};
use crate::money::{Weight, weigh};
use crate::news::{Finding, How, News, Next, receipt, why};
use crate::person::Why;
use crate::reversal::reversed;

/// What is to be done about a notification of this attempt.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It proves what it says.
    Learn(Box<News<'static>>),
    /// The gateway is to be asked.
    Ask,
    /// It proves nothing, and says what is known: nobody is asked.
    Known,
    /// It is refused.
    Refuse(Doubt),
}

impl Verdict {
    pub fn learn(news: News<'static>) -> Self {
        Self::Learn(Box::new(news))
    }
}

/// What a notification means.
pub(crate) fn of_notification(attempt: &Attempt, facts: &Facts, said: &Notification) -> Verdict {
    let trust = facts.can.notifications;
    let is_signed = said.trust == Trust::Signed && trust == Trust::Signed;
    let expected = attempt.expected(facts);
    match judge(said, &expected, trust) {
        Judged::Believed(proof) => {
            let receipt = receipt(How::Notification, Weight::Exact, &proof, said.payable);
            Verdict::learn(News::paid(&proof, receipt))
        }
        Judged::Refused(doubt @ (Doubt::TestMode | Doubt::OtherPayment)) => Verdict::Refuse(doubt),
        Judged::Refused(Doubt::Mismatch(Mismatch::Amount { .. })) if is_signed => {
            of_signed_amount(attempt, facts, &expected, said)
        }
        Judged::Refused(Doubt::OtherClaim(status)) if is_signed => of_signed_claim(attempt, facts, &status),
        // Of another request, or of another id: money beside that of the attempt.
        Judged::Refused(Doubt::Mismatch(Mismatch::Id | Mismatch::RequestId)) if is_signed && is_claim(said) => {
            let finding = Finding::second_payment(name(said), said.payable.or(said.amount));
            Verdict::learn(News { next: Next::AsPlanned, ..News::found(finding) })
        }
        Judged::Refused(doubt) if is_signed => {
            // Which payment it is about, a person must know; it is the gateway's word, not anybody's.
            Verdict::learn(News {
                next: Next::AsPlanned,
                ..News::finding(why(&doubt), format_args!("{doubt} (id {})", name(said)))
            })
        }
        _ if !facts.can.status => {
            let news = News::finding(Why::NoProof, Doubt::NoProof);
            Verdict::learn(News { next: Next::AsPlanned, ..news })
        }
        _ if is_known(attempt, said) => Verdict::Known,
        _ => Verdict::Ask,
    }
}

/// Whether it claims that the payment is paid.
fn is_claim(said: &Notification) -> bool {
    said.claimed == PaymentStatus::Paid
}

fn name(said: &Notification) -> &str {
    said.id.as_deref().or(said.request_id.as_deref()).unwrap_or("none")
}

/// A signed notification of another amount: how much came in decides.
fn of_signed_amount(attempt: &Attempt, facts: &Facts, expected: &Expected, said: &Notification) -> Verdict {
    let mut same = said.clone();
    (same.amount, same.payable) = (None, None);
    let weight = weigh(expected.payment(), said.amount, said.payable);
    match judge(&same, expected, facts.can.notifications) {
        Judged::Believed(proof) if weight != Weight::Exact => {
            let amount = said.payable.or(said.amount);
            Verdict::learn(News::paid(&proof, receipt(How::Notification, weight, &proof, amount)))
        }
        // It may name what went back.
        Judged::Refused(Doubt::OtherClaim(status)) if attempt.state == State::Paid => {
            of_signed_word(attempt, facts, &status)
        }
        _ => {
            let news = News::finding(Why::Mismatch, "a signed notification names another amount than is expected");
            Verdict::learn(News { next: Next::AsPlanned, ..news })
        }
    }
}

fn of_signed_claim(attempt: &Attempt, facts: &Facts, status: &PaymentStatus) -> Verdict {
    if attempt.state == State::Paid {
        return of_signed_word(attempt, facts, status);
    }
    match (Ending::of_status(status), status) {
        (Some(ending), _) => Verdict::learn(News::fact(Fact::Over(ending))),
        // It shows nothing to pay with.
        (None, PaymentStatus::Pending) => Verdict::learn(News::nothing(Next::AsPlanned)),
        _ if facts.can.status => Verdict::Ask,
        _ => {
            let news = News::finding(Why::UnknownStatus, "a signed notification uses a word that is not known");
            Verdict::learn(News { next: Next::AsPlanned, ..news })
        }
    }
}

/// What a signed word means that is not "paid", of a payment that is. A signature does not say when.
fn of_signed_word(attempt: &Attempt, facts: &Facts, status: &PaymentStatus) -> Verdict {
    let ending = Ending::of_status(status);
    match status {
        PaymentStatus::Pending | PaymentStatus::Paid => Verdict::learn(News::nothing(Next::AsPlanned)),
        // It was said before the money came, and comes again.
        _ if ending.is_some() && ending == attempt.ending => Verdict::learn(News::nothing(Next::AsPlanned)),
        // It may have been overtaken by the money: the gateway knows.
        _ if ending.is_some() && facts.can.status => Verdict::Ask,
        _ => Verdict::learn(News { next: Next::AsPlanned, ..News::found(reversed(status)) }),
    }
}

/// Whether a notification, which proves nothing, says of a paid payment what is known: then nobody needs to be asked.
fn is_known(attempt: &Attempt, said: &Notification) -> bool {
    attempt.state == State::Paid
        && matches!(said.claimed, PaymentStatus::Paid | PaymentStatus::Pending)
        && (said.id.is_none() || said.id == attempt.gateway_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Mode;
    use crate::attempt::sample;
    use gerbang_core::{Capabilities, Rupiah};

    fn facts(trust: Trust) -> Facts {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.notifications) = (true, trust);
        Facts { account: "a".into(), provider: "x", can, mode: Mode::Live }
    }

    /// A word, an amount or an id that anybody can have sent changes nothing: the gateway is asked.
    #[test]
    fn nothing_is_learnt_from_what_only_says_that_it_is_signed() {
        for change in [
            (|said: &mut Notification| said.claimed = PaymentStatus::Expired) as fn(&mut Notification),
            |said| said.amount = Some(Rupiah::new(1)),
            |said| said.id = Some("PG-2".into()),
        ] {
            let mut said = Notification::new("x", Trust::Signed, PaymentStatus::Paid);
            said.reference = Some("O".into());
            change(&mut said);
            let verdict = |trust| of_notification(&sample(State::Open, Some("PG-1"), 0), &facts(trust), &said);
            assert!(matches!(verdict(Trust::Unsigned), Verdict::Ask), "{said:?}");
            assert!(matches!(verdict(Trust::Signed), Verdict::Learn(_)), "{said:?}");
        }
    }

    #[test]
    fn signature_counts_only_where_the_gateway_signs() {
        let mut said = Notification::new("x", Trust::Signed, PaymentStatus::Paid);
        said.reference = Some("O".into());
        let verdict = |trust| of_notification(&sample(State::Open, Some("PG-1"), 0), &facts(trust), &said);
        assert!(matches!(verdict(Trust::Signed), Verdict::Learn(news) if news.fact == Some(Fact::Paid)));
        for trust in [Trust::None, Trust::Unsigned, Trust::SharedSecret] {
            assert!(matches!(verdict(trust), Verdict::Ask), "{trust}");
        }
        said.has_unreadable_amount = true;
        let verdict = of_notification(&sample(State::Open, Some("PG-1"), 0), &facts(Trust::Signed), &said);
        assert!(matches!(verdict, Verdict::Learn(news) if news.fact.is_none() && news.finding.is_some()));
    }

    #[test]
    fn signed_ending_is_asked_about_and_any_other_word_is_believed() {
        let asking = |can_ask| {
            let mut facts = facts(Trust::Signed);
            facts.can.status = can_ask;
            facts
        };
        let why = |ending, can_ask, status: &PaymentStatus| {
            let mut attempt = sample(State::Paid, Some("PG-1"), 0);
            attempt.ending = ending;
            match of_signed_word(&attempt, &asking(can_ask), status) {
                Verdict::Ask => "ask",
                Verdict::Learn(news) => news.finding.map_or("nothing", |finding| finding.why.as_str()),
                other => panic!("{other:?}"),
            }
        };
        for can_ask in [true, false] {
            assert_eq!(why(None, can_ask, &PaymentStatus::Pending), "nothing");
            assert_eq!(why(None, can_ask, &PaymentStatus::Unknown("chargeback".into())), "reversed");
            assert_eq!(why(Some(Ending::Expired), can_ask, &PaymentStatus::Expired), "nothing");
            let other = if can_ask { "ask" } else { "reversed" };
            assert_eq!(why(None, can_ask, &PaymentStatus::Expired), other);
            assert_eq!(why(Some(Ending::Expired), can_ask, &PaymentStatus::Failed), other);
        }
    }

    #[test]
    fn only_a_claim_of_the_own_payment_is_known() {
        let known = |state, id: Option<&str>, claimed| {
            let mut said = Notification::new("x", Trust::Unsigned, claimed);
            said.id = id.map(str::to_owned);
            is_known(&sample(state, Some("PG-1"), 0), &said)
        };
        for id in [None, Some("PG-1")] {
            assert!(known(State::Paid, id, PaymentStatus::Paid) && known(State::Paid, id, PaymentStatus::Pending));
            assert!(!known(State::Open, id, PaymentStatus::Paid));
            assert!(
                !known(State::Paid, id, PaymentStatus::Failed)
                    && !known(State::Paid, id, PaymentStatus::Unknown("refund".into()))
            );
        }
        assert!(!known(State::Paid, Some("PG-2"), PaymentStatus::Paid));
    }
}
