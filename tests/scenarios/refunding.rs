//! Money of a paid payment goes back to the customer, once for each refund.

use anyhow::{Result, ensure};
use gerbang::{Delivery, Kind, NewRefund, Payment, Rupiah};
use gerbang_sandbox::PaymentStatus as State;

use crate::case::{Case, PRICE, fails, fails_with, same};
use crate::provider_fault::ProviderFault;
use crate::suite::{Outcome, Verdict, scenarios};

scenarios! {
    a_refund_that_comes_again_goes_back_once,
    no_more_goes_back_than_was_paid,
    what_is_not_paid_does_not_go_back,
    a_wrong_key_gives_nothing_back,
    a_refund_whose_reply_was_lost_can_be_sent_again,
    a_refund_that_is_another_one_is_no_success,
}

/// What goes back at first.
const PART: Rupiah = Rupiah::new(5_000);

/// What goes back by this reference.
fn of(reference: &str, amount: Rupiah) -> NewRefund {
    NewRefund::new(reference, amount).reason("The shirt was sold out.")
}

/// A payment in this state; the verdict where the gateway gives nothing back.
async fn payment(case: &Case, state: State) -> Result<Result<Payment, Verdict>> {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(state)?;
    if case.can().refund {
        return Ok(Ok(payment));
    }
    let before = case.requests();
    case.unsupported(before, case.refund(&payment, &of("REFUND-1", PART)).await).map(Err)
}

async fn a_refund_that_comes_again_goes_back_once(case: &Case) -> Outcome {
    let payment = match payment(case, State::Paid).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    let first = case.refund(&payment, &of("REFUND-1", PART)).await?;
    same("the reference", first.reference.as_str(), "REFUND-1")?;
    same("the amount", first.amount, PART)?;
    same("all that went back", first.total, PART)?;
    same("the same again", case.refund(&payment, &of("REFUND-1", PART)).await?, first)?;
    let second = case.refund(&payment, &of("REFUND-2", PART)).await?;
    same("all that went back then", second.total, Rupiah::new(10_000))?;
    ensure!(!case.ask(&payment).await?.status.is_closed(), "the payment is over");
    Ok(Verdict::Ok)
}

async fn no_more_goes_back_than_was_paid(case: &Case) -> Outcome {
    let payment = match payment(case, State::Paid).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    case.refund(&payment, &of("REFUND-1", PART)).await?;
    // It may be one that was sent before: that it is refused proves nothing.
    fails_with(case.refund(&payment, &of("REFUND-2", PRICE)).await, Kind::Rejected, Delivery::MaybeSent)?;
    let before = case.requests();
    let too_much = of("REFUND-3", Rupiah::new(PRICE.get() + 1));
    fails_with(case.refund(&payment, &too_much).await, Kind::InvalidRequest, Delivery::NotSent)?;
    case.sent_nothing_since(before)?;
    let rest = Rupiah::new(PRICE.get() - PART.get());
    same("all that went back", case.refund(&payment, &of("REFUND-4", rest)).await?.total, PRICE)?;
    Ok(Verdict::Ok)
}

async fn what_is_not_paid_does_not_go_back(case: &Case) -> Outcome {
    let payment = match payment(case, State::Pending).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    fails_with(case.refund(&payment, &of("REFUND-1", PART)).await, Kind::Rejected, Delivery::MaybeSent)?;
    case.newest_becomes(State::Paid)?;
    same("what goes back then", case.refund(&payment, &of("REFUND-2", PRICE)).await?.total, PRICE)?;
    Ok(Verdict::Ok)
}

async fn a_wrong_key_gives_nothing_back(case: &Case) -> Outcome {
    let payment = match payment(case, State::Paid).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    let error = fails(case.with_bad_key().refund_payment(&payment, &of("REFUND-1", PART)).await)?;
    same("the kind of the error", error.kind(), Kind::Authentication)?;
    same("what goes back then", case.refund(&payment, &of("REFUND-2", PRICE)).await?.total, PRICE)?;
    Ok(Verdict::Ok)
}

async fn a_refund_whose_reply_was_lost_can_be_sent_again(case: &Case) -> Outcome {
    let payment = match payment(case, State::Paid).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    case.inject(ProviderFault::LostReply)?;
    let error = fails(case.refund(&payment, &of("REFUND-1", PART)).await)?;
    same("the delivery", error.delivery(), Delivery::MaybeSent)?;
    case.inject(None)?;
    same("all that went back", case.refund(&payment, &of("REFUND-1", PART)).await?.total, PART)?;
    Ok(Verdict::Ok)
}

async fn a_refund_that_is_another_one_is_no_success(case: &Case) -> Outcome {
    let payment = match payment(case, State::Paid).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    for fault in [ProviderFault::OtherReference, ProviderFault::OtherAmount] {
        case.inject(fault)?;
        let refund = case.refund(&payment, &of("REFUND-1", PART)).await;
        fails_with(refund, Kind::EchoMismatch, Delivery::MaybeSent)?;
    }
    Ok(Verdict::Ok)
}
