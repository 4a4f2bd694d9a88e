//! A payment is cancelled before the customer has paid, and never afterwards.

use anyhow::{Result, ensure};
use gerbang::{Delivery, Kind, Payment, PaymentStatus};
use gerbang_sandbox::PaymentStatus as State;

use crate::case::{Case, fails, fails_with, same};
use crate::provider_fault::ProviderFault;
use crate::suite::{Outcome, Verdict, scenarios};

scenarios! {
    a_cancelled_payment_is_cancelled,
    a_paid_payment_is_not_cancelled,
    a_cancellation_that_was_not_carried_out_is_not_taken_for_one,
    a_payment_that_the_provider_does_not_know_is_not_cancelled,
    a_wrong_key_cancels_nothing,
    a_lost_reply_may_have_cancelled_the_payment,
}

/// A payment in this state; the verdict where the gateway cannot cancel it.
async fn payment(case: &Case, state: State) -> Result<Result<Payment, Verdict>> {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(state)?;
    if case.can().cancel {
        return Ok(Ok(payment));
    }
    let before = case.requests();
    let verdict = case.unsupported(before, case.cancel(&payment).await)?;
    same("the state in the provider's book", case.newest()?.status, state)?;
    Ok(Err(verdict))
}

async fn a_cancelled_payment_is_cancelled(case: &Case) -> Outcome {
    let payment = match payment(case, State::Pending).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    let cancelled = case.cancel(&payment).await?;
    same("the status", &cancelled.status, &PaymentStatus::Cancelled)?;
    same("the reference", &cancelled.reference, &payment.reference)?;
    same("the price", cancelled.amount, payment.amount)?;
    same("the state in the provider's book", case.newest()?.status, State::Cancelled)?;
    if case.can().status {
        same("the status that is reported", case.ask(&payment).await?.status, PaymentStatus::Cancelled)?;
    }
    Ok(Verdict::Ok)
}

async fn a_paid_payment_is_not_cancelled(case: &Case) -> Outcome {
    let payment = match payment(case, State::Paid).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    let error = fails(case.cancel(&payment).await)?;
    same("the kind of the error", error.kind(), Kind::Rejected)?;
    same("the delivery", error.delivery(), Delivery::Answered)?;
    same("the status that is reported", case.ask(&payment).await?.status, PaymentStatus::Paid)?;
    Ok(Verdict::Ok)
}

async fn a_cancellation_that_was_not_carried_out_is_not_taken_for_one(case: &Case) -> Outcome {
    let payment = match payment(case, State::Pending).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    case.idle_cancellations_of(&payment)?;
    fails_with(case.cancel(&payment).await, Kind::Rejected, Delivery::MaybeSent)?;
    Ok(Verdict::Ok)
}

async fn a_payment_that_the_provider_does_not_know_is_not_cancelled(case: &Case) -> Outcome {
    let payment = match payment(case, State::Pending).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    case.sandbox.reset();
    let error = fails(case.cancel(&payment).await)?;
    ensure!(matches!(error.kind(), Kind::NotFound | Kind::Rejected), "{error}");
    Ok(Verdict::Ok)
}

async fn a_wrong_key_cancels_nothing(case: &Case) -> Outcome {
    let payment = match payment(case, State::Pending).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    let error = fails(case.with_bad_key().cancel_payment(&payment).await)?;
    ensure!(matches!(error.kind(), Kind::Authentication | Kind::Rejected), "{error}");
    // Kazukipay's account statement is asked for before.
    ensure!(error.delivery() != Delivery::MaybeSent, "{error}");
    same("the state in the provider's book", case.newest()?.status, State::Pending)?;
    Ok(Verdict::Ok)
}

async fn a_lost_reply_may_have_cancelled_the_payment(case: &Case) -> Outcome {
    let payment = match payment(case, State::Pending).await? {
        Ok(payment) => payment,
        Err(verdict) => return Ok(verdict),
    };
    case.inject(ProviderFault::LostReply)?;
    let error = fails(case.cancel(&payment).await)?;
    same("the delivery", error.delivery(), Delivery::MaybeSent)?;
    case.inject(None)?;
    same("the status that is reported", case.ask(&payment).await?.status, PaymentStatus::Cancelled)?;
    Ok(Verdict::Ok)
}
