//! A payment is created, once, as it was asked for, or not at all.

use std::time::Duration;

use anyhow::{Context, ensure};
use gerbang::{Delivery, Kind, Method, NewPayment, Payable, Payment, PaymentStatus, Rupiah, Trust};
use gerbang_sandbox::PaymentStatus as State;
use gerbang_tests::apis::SameReference;

use crate::case::{BAD_KEY, Case, PRICE, fails, fails_with, order, same};
use crate::provider_fault::{LOST_REPLIES, ProviderFault};
use crate::qris::{QrisFacts, read_qris};
use crate::suite::{Outcome, Verdict, scenarios};

scenarios! {
    a_new_payment_is_pending_and_can_be_paid,
    a_qris_payload_asks_for_the_payable_amount,
    the_least_price_is_taken,
    a_lower_price_is_refused_before_it_is_sent,
    method_that_is_not_offered_is_refused_before_sending,
    the_expiry_is_passed_on,
    return_address_is_passed_on_or_refused,
    a_reference_does_not_lead_to_two_payments,
    a_reply_about_another_amount_is_no_payment,
    a_reply_about_another_reference_is_no_payment,
    a_reply_that_asks_for_less_than_the_price_is_no_payment,
    a_broken_qris_payload_is_no_payment,
    a_qris_payload_for_another_amount_is_no_payment,
    a_qris_payload_without_an_amount_is_no_payment,
    a_wrong_key_creates_nothing,
    outage_during_create_is_maybe_sent,
    a_gateway_that_is_asked_too_often_creates_nothing,
    a_lost_reply_may_have_created_a_payment,
    a_payment_whose_reply_was_lost_is_found_again,
    a_payment_that_is_not_found_is_not_said_to_be_missing,
    a_creation_whose_reply_was_lost_says_what_to_do,
    a_stored_payment_is_as_good_as_a_new_one,
}

async fn a_new_payment_is_pending_and_can_be_paid(case: &Case) -> Outcome {
    let payment = case.create(case.odd_reference()).await?;
    let kept = case.newest()?;
    same("the provider", payment.provider.as_str(), case.gateway.provider())?;
    same("the status", payment.status, PaymentStatus::Pending)?;
    same("the reference", payment.reference.as_deref(), Some(case.odd_reference()))?;
    if case.facts().same_reference != SameReference::NotTaken {
        same("the reference in the provider's book", kept.order.as_str(), case.odd_reference())?;
    }
    same("the price", payment.amount, PRICE)?;
    same("the price in the provider's book", kept.amount, PRICE)?;
    same("the payable amount", payment.payable, Some(kept.payable))?;
    ensure!(payment.payable >= Some(PRICE), "the payable amount is below the price");
    ensure!(!payment.pay_with.is_empty(), "there is nothing to pay with");
    Ok(Verdict::Ok)
}

async fn a_qris_payload_asks_for_the_payable_amount(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    let payable = case.newest()?.payable;
    if !case.can().qris_payload {
        same("the QRIS payload", payment.qris(), None)?;
        return Ok(Verdict::Unsupported);
    }
    let payload = payment.qris().context("there is no QRIS payload")?;
    let wanted = QrisFacts { amount: Some(payable.to_string()), whole: true };
    same("the QRIS payload", read_qris(payload), Some(wanted))?;
    Ok(Verdict::Ok)
}

async fn the_least_price_is_taken(case: &Case) -> Outcome {
    let least = case.can().least_amount;
    let payment = case.try_create(&priced("CHEAP-1", least)).await?;
    same("the price", payment.amount, least)?;
    Ok(Verdict::Ok)
}

async fn a_lower_price_is_refused_before_it_is_sent(case: &Case) -> Outcome {
    let least = case.can().least_amount.get();
    for amount in [least - 1, 0] {
        let result = case.try_create(&priced("CHEAP-2", Rupiah::new(amount))).await;
        fails_with(result, Kind::InvalidRequest, Delivery::NotSent).with_context(|| format!("{amount} rupiah"))?;
    }
    case.sent_nothing_since(0)?;
    Ok(Verdict::Ok)
}

async fn method_that_is_not_offered_is_refused_before_sending(case: &Case) -> Outcome {
    let methods = [
        Method::Qris,
        Method::VirtualAccount("014".into()),
        Method::VirtualAccount("bri".into()),
        Method::VirtualAccount("no such bank".into()),
        Method::Card,
        Method::Gopay,
        Method::Paypal,
        Method::PayPage,
    ];
    let mut refused = 0;
    for (number, method) in methods.into_iter().enumerate() {
        let before = case.requests();
        let result = case.try_create(&order(&format!("ORDER-{number}")).method(method.clone())).await;
        match result {
            Ok(payment) => ensure!(is_paid_by(&payment, &method), "for {method:?} it is paid by {payment:?}"),
            // K-Link's product decides; what was not asked for is not shown.
            Err(error) if case.gateway.provider() == "klink" && error.kind() == Kind::EchoMismatch => refused += 1,
            Err(error) => {
                case.unsupported::<Payment>(before, Err(error)).with_context(|| format!("{method:?}"))?;
                refused += 1;
            }
        }
    }
    ensure!((1..8).contains(&refused), "{refused} of 8 ways to pay are refused");
    Ok(Verdict::Ok)
}

/// Whether what the customer is shown is what was chosen.
fn is_paid_by(payment: &Payment, method: &Method) -> bool {
    let shows = |wanted: fn(&Payable) -> bool| payment.pay_with.iter().any(wanted);
    match method {
        Method::Qris => shows(|payable| matches!(payable, Payable::Qris(_) | Payable::QrImage(_))),
        Method::VirtualAccount(bank) => {
            bank != "no such bank"
                && shows(|payable| matches!(payable, Payable::VirtualAccount { .. } | Payable::Code(_)))
        }
        Method::Card => shows(|payable| matches!(payable, Payable::Page(_) | Payable::Code(_))),
        Method::Gopay => shows(|payable| matches!(payable, Payable::DeepLink(_))),
        _ => shows(|payable| matches!(payable, Payable::Page(_))),
    }
}

async fn the_expiry_is_passed_on(case: &Case) -> Outcome {
    let new = order("ORDER-1").expires_in(Duration::from_secs(900));
    let before = case.requests();
    let result = case.try_create(&new).await;
    if !case.can().expiry {
        return case.unsupported(before, result);
    }
    let payment = result?;
    let kept = case.newest()?;
    // Some gateways are told a time instead of a duration: it was made some moments before the payment.
    let asked_for = kept.expires_at.duration_since(kept.created_at).as_secs();
    ensure!((870..=900).contains(&asked_for), "the time that was asked for is {asked_for} seconds");
    let expiry = payment.expires_at.context("the payment does not say until when it can be paid")?;
    same("the second of the expiry", expiry.as_second(), kept.expires_at.as_second())?;
    Ok(Verdict::Ok)
}

async fn return_address_is_passed_on_or_refused(case: &Case) -> Outcome {
    let before = case.requests();
    let address = "https://shop.example.com/thanks";
    let result = case.try_create(&order("ORDER-1").return_url(address)).await;
    if !case.can().return_url {
        return case.unsupported(before, result);
    }
    result?;
    ensure!(case.was_sent(address), "the gateway is not told the address");
    Ok(Verdict::Ok)
}

async fn a_reference_does_not_lead_to_two_payments(case: &Case) -> Outcome {
    let first = case.create("ORDER-1").await?;
    let again = case.try_create(&order("ORDER-1")).await;
    match case.facts().same_reference {
        SameReference::NotTaken => {
            ensure!(again?.id != first.id, "two payments have one id");
            return Ok(Verdict::Unsupported);
        }
        SameReference::Found => same("the payment that is found", again?, first)?,
        SameReference::Refused => {
            let error = fails(again)?;
            same("the error", (error.kind(), error.delivery()), (Kind::AlreadyDone, Delivery::Answered))?;
        }
    }
    same("the number of payments", case.payments(), 1)?;
    Ok(Verdict::Ok)
}

async fn a_reply_about_another_amount_is_no_payment(case: &Case) -> Outcome {
    refused_as_a_mismatch(case, ProviderFault::OtherAmount).await
}

async fn a_reply_about_another_reference_is_no_payment(case: &Case) -> Outcome {
    if !case.facts().echoes_reference {
        return Ok(Verdict::Unsupported);
    }
    refused_as_a_mismatch(case, ProviderFault::OtherReference).await
}

async fn a_reply_that_asks_for_less_than_the_price_is_no_payment(case: &Case) -> Outcome {
    refused_as_a_mismatch(case, ProviderFault::TooLittlePayable).await
}

async fn refused_as_a_mismatch(case: &Case, fault: ProviderFault) -> Outcome {
    case.inject(fault)?;
    let result = case.try_create(&order("ORDER-1")).await;
    same("the number of payments", case.payments(), 1)?;
    fails_with(result, Kind::EchoMismatch, Delivery::MaybeSent)?;
    Ok(Verdict::Ok)
}

async fn a_broken_qris_payload_is_no_payment(case: &Case) -> Outcome {
    refused_with_qris(case, ProviderFault::BrokenQris, Kind::UnexpectedReply).await
}

async fn a_qris_payload_for_another_amount_is_no_payment(case: &Case) -> Outcome {
    refused_with_qris(case, ProviderFault::OtherQrisAmount, Kind::EchoMismatch).await
}

async fn a_qris_payload_without_an_amount_is_no_payment(case: &Case) -> Outcome {
    refused_with_qris(case, ProviderFault::NoQrisAmount, Kind::EchoMismatch).await
}

async fn refused_with_qris(case: &Case, fault: ProviderFault, kind: Kind) -> Outcome {
    if !case.can().qris_payload {
        return Ok(Verdict::Unsupported);
    }
    case.inject(fault)?;
    let result = case.try_create(&order("ORDER-1")).await;
    same("the number of payments", case.payments(), 1)?;
    fails_with(result, kind, Delivery::MaybeSent)?;
    Ok(Verdict::Ok)
}

async fn a_wrong_key_creates_nothing(case: &Case) -> Outcome {
    let error = fails(case.with_bad_key().create_payment(&order("ORDER-1")).await)?;
    ensure!(matches!(error.kind(), Kind::Authentication | Kind::Rejected), "{error}");
    // A login that fails keeps the call from being sent.
    let wanted = if case.facts().login { Delivery::NotSent } else { Delivery::Answered };
    same("the delivery", error.delivery(), wanted)?;
    let shown = format!("{error} {error:?}");
    let mut words = shown.split(|character: char| !character.is_alphanumeric());
    ensure!(words.all(|word| word != BAD_KEY), "the key is shown: {shown}");
    same("the number of payments", case.payments(), 0)?;
    Ok(Verdict::Ok)
}

async fn outage_during_create_is_maybe_sent(case: &Case) -> Outcome {
    for fault in [ProviderFault::Unreachable, ProviderFault::Challenge, ProviderFault::LostCall] {
        case.inject(fault)?;
        let error = fails(case.try_create(&order("ORDER-1")).await)?;
        same("the delivery", error.delivery(), Delivery::MaybeSent).with_context(|| format!("{fault:?}"))?;
        same("the number of payments", case.payments(), 0)?;
    }
    case.inject(None)?;
    case.create("ORDER-1").await?;
    Ok(Verdict::Ok)
}

async fn a_gateway_that_is_asked_too_often_creates_nothing(case: &Case) -> Outcome {
    case.inject(ProviderFault::TooManyCalls)?;
    let error = fails(case.try_create(&order("ORDER-1")).await)?;
    same("the error", (error.kind(), error.delivery()), (Kind::RateLimited, Delivery::Answered))?;
    same("the time to wait", error.retry_after(), Some(Duration::from_secs(7)))?;
    same("the number of payments", case.payments(), 0)?;
    case.inject(None)?;
    case.create("ORDER-1").await?;
    Ok(Verdict::Ok)
}

async fn a_lost_reply_may_have_created_a_payment(case: &Case) -> Outcome {
    for (fault, kind) in LOST_REPLIES {
        case.inject(fault)?;
        let before = case.payments();
        let result = case.try_create(&order(&format!("{fault:?}"))).await;
        fails_with(result, kind, Delivery::MaybeSent).with_context(|| format!("{fault:?}"))?;
        same("the number of new payments", case.payments() - before, 1)?;
    }
    Ok(Verdict::Ok)
}

async fn a_payment_whose_reply_was_lost_is_found_again(case: &Case) -> Outcome {
    case.inject(ProviderFault::LostReply)?;
    fails(case.try_create(&order("ORDER-1")).await)?;
    case.inject(None)?;
    let (before, lost) = (case.requests(), case.newest()?);
    let found = case.recover(&order("ORDER-1")).await;
    if !case.can().find_by_reference && !case.can().idempotent_create {
        // The error is about the creation, not about the question.
        fails_with(found, Kind::Unsupported, Delivery::MaybeSent)?;
        case.sent_nothing_since(before)?;
        return Ok(Verdict::Unsupported);
    }
    let found = found?;
    same("the number of payments", case.payments(), 1)?;
    same("the status", &found.status, &PaymentStatus::Pending)?;
    same("the reference", found.reference.as_deref(), Some("ORDER-1"))?;
    same("the price", found.amount, PRICE)?;
    if let Some(payable) = found.payable {
        same("the payable amount", payable, lost.payable)?;
    }
    case.newest_becomes(State::Paid)?;
    same("the status", case.ask(&found).await?.status, PaymentStatus::Paid)?;
    Ok(Verdict::Ok)
}

async fn a_payment_that_is_not_found_is_not_said_to_be_missing(case: &Case) -> Outcome {
    if !case.can().find_by_reference {
        return Ok(Verdict::Unsupported);
    }
    case.inject(ProviderFault::LostCall)?;
    fails(case.try_create(&order("ORDER-1")).await)?;
    case.inject(None)?;
    let error = fails(case.recover(&order("ORDER-1")).await)?;
    same("the delivery", error.delivery(), Delivery::MaybeSent)?;
    same("the number of payments", case.payments(), 0)?;
    Ok(Verdict::Ok)
}

async fn a_creation_whose_reply_was_lost_says_what_to_do(case: &Case) -> Outcome {
    if case.can().idempotent_create {
        return Ok(Verdict::Unsupported);
    }
    case.inject(ProviderFault::LostReply)?;
    let error = fails(case.try_create(&order("ORDER-1")).await)?;
    let how = error.operation().and_then(|operation| operation.lost_reply).context("the spec does not say")?;
    ensure!(error.to_string().ends_with(how), "{error}");
    Ok(Verdict::Ok)
}

async fn a_stored_payment_is_as_good_as_a_new_one(case: &Case) -> Outcome {
    let payment = case.create("ORDER-1").await?;
    let stored = serde_json::to_string(&payment)?;
    let restored: Payment = serde_json::from_str(&stored)?;
    same("the restored payment", &restored, &payment)?;
    if case.can().notifications == Trust::None {
        case.newest_becomes(State::Paid)?;
    } else {
        let confirmed = case.receive(&case.paid().await?, &restored).await?;
        same("the status", &confirmed.payment().status, &PaymentStatus::Paid)?;
    }
    if case.can().status {
        same("the status", case.ask(&restored).await?.status, PaymentStatus::Paid)?;
    }
    Ok(Verdict::Ok)
}

fn priced(reference: &str, amount: Rupiah) -> NewPayment {
    let mut new = order(reference);
    new.amount = amount;
    new
}
