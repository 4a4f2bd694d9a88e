//! A payment is what its provider says that it is, and nothing that is not understood is taken for paid.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gerbang::{Delivery, Kind, Payment, PaymentStatus, Rupiah};
use gerbang_sandbox::PaymentStatus as State;

use crate::case::{Case, PRICE, fails, fails_with, same};
use crate::provider_fault::{LOST_REPLIES, ProviderFault};
use crate::suite::{Outcome, Verdict, scenarios};

scenarios! {
    a_payment_is_pending_until_the_money_comes,
    a_paid_payment_is_paid,
    a_payment_that_is_paid_too_little_is_not_paid,
    an_expired_payment_is_expired,
    a_payment_whose_time_is_up_is_never_paid,
    a_payment_that_the_provider_ends_is_neither_pending_nor_paid,
    an_unknown_word_is_neither_pending_nor_paid,
    a_payment_that_the_provider_does_not_know_is_an_error,
    a_reference_that_was_never_used_is_not_found,
    a_payment_is_found_by_its_reference,
    a_payment_is_not_found_at_another_price,
    a_status_of_another_amount_is_not_believed,
    a_status_of_another_payment_is_not_believed,
    a_payment_of_another_gateway_is_not_asked_for,
    a_wrong_key_learns_nothing,
    a_lost_status_leaves_the_payment_as_it_is,
}

/// The payment as the gateway reports it when it has come to this; the verdict where the gateway has no status.
async fn reported(case: &Case, state: State) -> Result<Result<Payment, Verdict>> {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(state)?;
    let before = case.requests();
    let now = case.ask(&payment).await;
    if !case.can().status {
        return Ok(Err(case.unsupported(before, now)?));
    }
    let now = now?;
    same("the gateway", &now.provider, &payment.provider)?;
    same("the price", now.amount, payment.amount)?;
    same("the payable amount", now.payable, payment.payable)?;
    same("the reference", &now.reference, &payment.reference)?;
    same("the id", &now.id, &payment.id)?;
    Ok(Ok(now))
}

async fn reports(case: &Case, state: State, status: PaymentStatus) -> Outcome {
    match reported(case, state).await? {
        Ok(now) => same("the status", now.status, status).map(|()| Verdict::Ok),
        Err(verdict) => Ok(verdict),
    }
}

async fn a_payment_is_pending_until_the_money_comes(case: &Case) -> Outcome {
    reports(case, State::Pending, PaymentStatus::Pending).await
}

async fn a_paid_payment_is_paid(case: &Case) -> Outcome {
    reports(case, State::Paid, PaymentStatus::Paid).await
}

async fn a_payment_that_is_paid_too_little_is_not_paid(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    let kept = case.newest()?;
    case.sandbox.underpay(kept.provider, &kept.id, kept.payable.get() - 1)?;
    let before = case.requests();
    let now = case.ask(&payment).await;
    if !case.can().status {
        return case.unsupported(before, now);
    }
    same("the status", now?.status, PaymentStatus::Pending)?;
    Ok(Verdict::Ok)
}

async fn an_expired_payment_is_expired(case: &Case) -> Outcome {
    if case.facts().names_expiry || !case.can().status {
        return reports(case, State::Expired, PaymentStatus::Expired).await;
    }
    // The provider has no word of its own for it.
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(State::Expired)?;
    let status = case.ask(&payment).await?.status;
    ensure!(status.is_closed(), "it is reported as {status}");
    Ok(Verdict::Unsupported)
}

async fn a_payment_whose_time_is_up_is_never_paid(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.sandbox.advance(Duration::from_secs(3 * 24 * 3600));
    same("the state in the provider's book", case.newest()?.status, State::Expired)?;
    ensure!(case.newest_becomes(State::Paid).is_err(), "the customer can still pay");
    let before = case.requests();
    let now = case.ask(&payment).await;
    if !case.can().status {
        return case.unsupported(before, now);
    }
    let status = now?.status;
    ensure!(!matches!(status, PaymentStatus::Pending | PaymentStatus::Paid), "it is reported as {status}");
    Ok(Verdict::Ok)
}

async fn a_payment_that_the_provider_ends_is_neither_pending_nor_paid(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(State::Cancelled)?;
    let before = case.requests();
    let now = case.ask(&payment).await;
    if !case.can().status {
        return case.unsupported(before, now);
    }
    let cancelled = now?.status;
    // No payment fails in the sandbox.
    case.inject(ProviderFault::Word(case.wire().failed))?;
    let failed = case.ask(&payment).await?.status;
    for status in [cancelled, failed] {
        ensure!(!matches!(status, PaymentStatus::Pending | PaymentStatus::Paid), "it is reported as {status}");
    }
    Ok(Verdict::Ok)
}

async fn an_unknown_word_is_neither_pending_nor_paid(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.inject(ProviderFault::Word("on_hold"))?;
    let before = case.requests();
    let now = case.ask(&payment).await;
    if !case.can().status {
        return case.unsupported(before, now);
    }
    same("the status", now?.status, PaymentStatus::Unknown("on_hold".into()))?;
    Ok(Verdict::Ok)
}

async fn a_payment_that_the_provider_does_not_know_is_an_error(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.sandbox.reset();
    let before = case.requests();
    let result = case.ask(&payment).await;
    if !case.can().status {
        return case.unsupported(before, result);
    }
    let error = fails(result)?;
    ensure!(matches!(error.kind(), Kind::NotFound | Kind::Rejected), "{error}");
    same("the delivery", error.delivery(), Delivery::Answered)?;
    Ok(Verdict::Ok)
}

async fn a_reference_that_was_never_used_is_not_found(case: &Case) -> Outcome {
    let before = case.requests();
    let result = case.find("NEVER-USED", PRICE).await;
    if !case.can().find_by_reference {
        return case.unsupported(before, result);
    }
    let error = fails(result)?;
    ensure!(matches!(error.kind(), Kind::NotFound | Kind::Rejected), "{error}");
    same("the number of payments", case.payments(), 0)?;
    Ok(Verdict::Ok)
}

async fn a_payment_is_found_by_its_reference(case: &Case) -> Outcome {
    case.create(case.odd_reference()).await?;
    case.newest_becomes(State::Paid)?;
    case.create("ORDER-2").await?;
    let before = case.requests();
    let result = case.find(case.odd_reference(), PRICE).await;
    if !case.can().find_by_reference {
        return case.unsupported(before, result);
    }
    let found = result?;
    same("the status", &found.status, &PaymentStatus::Paid)?;
    same("the reference", found.reference.as_deref(), Some(case.odd_reference()))?;
    same("the price", found.amount, PRICE)?;
    same("the status of the other", case.find("ORDER-2", PRICE).await?.status, PaymentStatus::Pending)?;
    Ok(Verdict::Ok)
}

async fn a_payment_is_not_found_at_another_price(case: &Case) -> Outcome {
    case.create("ORDER-1").await?;
    case.newest_becomes(State::Paid)?;
    let before = case.requests();
    let result = case.find("ORDER-1", Rupiah::new(PRICE.get() + 1)).await;
    if !case.can().find_by_reference {
        return case.unsupported(before, result);
    }
    let error = fails(result)?;
    ensure!(matches!(error.kind(), Kind::NotFound | Kind::Rejected | Kind::EchoMismatch), "{error}");
    Ok(Verdict::Ok)
}

async fn a_status_of_another_amount_is_not_believed(case: &Case) -> Outcome {
    not_believed(case, &[ProviderFault::OtherAmount]).await
}

async fn a_status_of_another_payment_is_not_believed(case: &Case) -> Outcome {
    not_believed(case, &[ProviderFault::OtherReference, ProviderFault::OtherId]).await
}

/// The provider answers about another payment than the one that it was asked for; one of these faults at least must show
/// in its reply, and none may be taken for the payment.
async fn not_believed(case: &Case, faults: &[ProviderFault]) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(State::Paid)?;
    let truth = case.ask(&payment).await.ok();
    let mut noticed = 0;
    for fault in faults {
        case.inject(*fault)?;
        let before = case.requests();
        let result = case.ask(&payment).await;
        if !case.can().status {
            return case.unsupported(before, result);
        }
        match result {
            // The reply does not name it.
            Ok(now) => same("what is reported", Some(now), truth.clone()).with_context(|| format!("{fault:?}"))?,
            Err(error) => {
                same("the kind of the error", error.kind(), Kind::EchoMismatch)?;
                noticed += 1;
            }
        }
    }
    ensure!(noticed > 0, "it was not noticed");
    Ok(Verdict::Ok)
}

async fn a_payment_of_another_gateway_is_not_asked_for(case: &Case) -> Outcome {
    let mut payment = case.create("ORDER-1").await?;
    payment.provider = "another".into();
    let before = case.requests();
    let asked = case.ask(&payment).await;
    let cancelled = case.cancel(&payment).await;
    let error = fails(asked)?;
    same("the delivery when it is asked for", error.delivery(), Delivery::NotSent)?;
    let error = fails(cancelled)?;
    same("the delivery when it is cancelled", error.delivery(), Delivery::NotSent)?;
    case.sent_nothing_since(before)?;
    Ok(if case.can().status { Verdict::Ok } else { Verdict::Unsupported })
}

async fn a_wrong_key_learns_nothing(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(State::Paid)?;
    let before = case.requests();
    let result = case.with_bad_key().payment((&payment).into()).await;
    if !case.can().status {
        return case.unsupported(before, result);
    }
    let error = fails(result)?;
    ensure!(matches!(error.kind(), Kind::Authentication | Kind::Rejected), "{error}");
    ensure!(error.delivery() != Delivery::NotSent, "{error:?}");
    Ok(Verdict::Ok)
}

async fn a_lost_status_leaves_the_payment_as_it_is(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    case.newest_becomes(State::Paid)?;
    for (fault, kind) in LOST_REPLIES.into_iter().chain([(ProviderFault::Unreachable, Kind::Html)]) {
        case.inject(fault)?;
        let before = case.requests();
        let result = case.ask(&payment).await;
        if !case.can().status {
            return case.unsupported(before, result);
        }
        fails_with(result, kind, Delivery::MaybeSent).with_context(|| format!("{fault:?}"))?;
    }
    case.inject(None)?;
    same("the status", case.ask(&payment).await?.status, PaymentStatus::Paid)?;
    Ok(Verdict::Ok)
}
