//! A notification is a claim, and goods are handed out only for what is certain.

use anyhow::{Result, bail, ensure};
use gerbang::{
    Doubt, Expected, Kind, Mismatch, NotificationFailure, Payment, PaymentStatus, Proof, Seen, Trust, answer, confirm,
};
use gerbang_sandbox::PaymentStatus as State;
use gerbang_tests::apis::ProofPlace;
use serde_json::Value;

use crate::case::{Case, PRICE, order, same};
use crate::message::{Claim, Message};
use crate::provider_fault::{LOST_REPLIES, ProviderFault};
use crate::subjects;
use crate::suite::{Outcome, Verdict, scenarios};

scenarios! {
    a_true_notification_confirms_the_payment,
    payment_after_a_lost_reply_is_confirmed_by_notification,
    a_notification_is_accepted_as_the_provider_wants_it,
    a_claim_without_money_is_not_confirmed,
    a_claim_is_not_confirmed_while_the_status_is_not_understood,
    a_forged_notification_is_refused,
    what_is_no_notification_is_refused,
    a_repeated_notification_is_known,
    an_old_claim_after_the_money_changes_nothing,
    a_notification_of_another_amount_is_not_confirmed,
    a_notification_of_another_payment_is_not_confirmed,
    a_notification_of_another_gateway_is_not_confirmed,
    a_notification_of_the_test_mode_does_not_count,
    a_gateway_that_is_down_is_asked_later,
    a_reply_about_another_payment_confirms_nothing,
}

type Received = Result<Proof, NotificationFailure>;

/// Why a notification was not confirmed.
fn doubted(received: Received) -> Result<Doubt> {
    match received {
        Err(NotificationFailure::Doubted(doubt)) => Ok(doubt),
        Err(failure) => bail!("it was not even read: {failure}"),
        Ok(proof) => bail!("it was confirmed: {:?}", proof.payment()),
    }
}

/// Checks the answer to a notification, and that it says nothing but whether it was accepted.
fn answered(case: &Case, outcome: Result<&Proof, &NotificationFailure>, status: u16) -> Result<()> {
    let response = answer(case.gateway.acceptance(), outcome);
    same("the status of the answer", response.status().as_u16(), status)?;
    let refusal: &[u8] = br#"{"success":false}"#;
    let wanted = if status == 200 { case.gateway.acceptance().as_bytes() } else { refusal };
    same("the body of the answer", response.body().as_slice(), wanted)?;
    let json = response.headers().get("content-type").is_some_and(|value| value == "application/json");
    ensure!(json, "the answer is not said to be JSON");
    Ok(())
}

/// Receives a notification that must not be confirmed, and checks the answer to it.
async fn not_confirmed(case: &Case, message: &Message, expected: &Payment, status: u16) -> Result<Doubt> {
    let received = case.receive(message, expected).await;
    answered(case, received.as_ref(), status)?;
    doubted(received)
}

/// Receives a notification that must be confirmed.
async fn confirmed(case: &Case, message: &Message, expected: &Payment) -> Result<Proof> {
    let proof = case.receive(message, expected).await?;
    let payment = proof.payment();
    same("the status", &payment.status, &PaymentStatus::Paid)?;
    same("the price", payment.amount, expected.amount)?;
    same("the reference", &payment.reference, &expected.reference)?;
    Ok(proof)
}

async fn a_true_notification_confirms_the_payment(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create(case.odd_reference()).await?;
    let message = case.paid().await?;
    let before = case.requests();
    confirmed(case, &message, &payment).await?;
    let asked = case.requests() - before;
    same("the number of questions", asked, if case.is_signed() { 0 } else { 1 })?;
    Ok(Verdict::Ok)
}

async fn payment_after_a_lost_reply_is_confirmed_by_notification(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    case.inject(ProviderFault::LostReply)?;
    ensure!(case.try_create(&order("ORDER-1")).await.is_err(), "the reply was lost");
    case.inject(None)?;
    let expected = order("ORDER-1").unanswered(case.gateway.provider());
    confirmed(case, &case.paid().await?, &expected).await?;
    Ok(Verdict::Ok)
}

async fn a_notification_is_accepted_as_the_provider_wants_it(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let received = case.receive(&case.paid().await?, &payment).await;
    answered(case, received.as_ref(), 200)?;
    let body: Value = serde_json::from_str(case.gateway.acceptance())?;
    if let Some(wanted) = case.facts().acceptance {
        same("the acceptance", body, serde_json::from_str(wanted)?)?;
    }
    Ok(Verdict::Ok)
}

async fn a_claim_without_money_is_not_confirmed(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    case.create("ORDER-1").await?;
    let genuine = case.paid().await?;
    if case.is_signed() {
        // Who has the key is believed.
        let payment = case.create("ORDER-2").await?;
        let message = case.claim(&genuine, &Claim::about(&payment));
        confirmed(case, &message, &payment).await?;
        return Ok(Verdict::Unsupported);
    }
    for state in [State::Pending, State::Expired, State::Cancelled] {
        let payment = case.create(&format!("ORDER-{state}")).await?;
        case.newest_becomes(state)?;
        claim_without_money(case, &genuine, &payment).await?;
    }
    let payment = case.create("ORDER-3").await?;
    // No payment fails in the sandbox.
    case.inject(ProviderFault::Word(case.wire().failed))?;
    let message = claim_without_money(case, &genuine, &payment).await?;
    // The claim was ahead of the money: sent again, it is true.
    case.inject(None)?;
    case.newest_becomes(State::Paid)?;
    confirmed(case, &message, &payment).await?;
    Ok(Verdict::Ok)
}

/// Claims that this payment is paid, which is not so.
async fn claim_without_money(case: &Case, genuine: &Message, payment: &Payment) -> Result<Message> {
    let message = case.claim(genuine, &Claim::about(payment));
    match not_confirmed(case, &message, payment, 503).await? {
        Doubt::NotPaid(status) => same("the status", status, case.ask(payment).await?.status)?,
        other => bail!("it was not confirmed for another reason: {other}"),
    }
    Ok(message)
}

async fn a_claim_is_not_confirmed_while_the_status_is_not_understood(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let message = case.paid().await?;
    if case.is_signed() {
        return Ok(Verdict::Unsupported);
    }
    case.inject(ProviderFault::Word("on_hold"))?;
    let reason = not_confirmed(case, &message, &payment, 503).await?;
    ensure!(matches!(reason, Doubt::NotPaid(PaymentStatus::Unknown(_))), "the reason is: {reason}");
    Ok(Verdict::Ok)
}

async fn a_forged_notification_is_refused(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let Some(proof) = case.facts().proof else {
        // There is no proof to be forged: what matters is that the claim is not believed, which another scenario checks.
        return Ok(Verdict::Unsupported);
    };
    let payment = case.create("ORDER-1").await?;
    let genuine = case.paid().await?;
    let mut forgeries = vec![
        genuine.without_proof(proof),
        genuine.with_proof(proof, |_| String::new()),
        genuine.with_proof(proof, |proof| proof.chars().rev().collect()),
        genuine.with_proof(proof, |proof| proof[1..].to_owned()),
        genuine.with_proof(proof, |proof| format!("{proof}0")),
    ];
    if case.is_signed() {
        let body = [&genuine.body[..], b" "].concat();
        forgeries.push(Message { body, ..genuine.clone() });
    }
    let before = case.requests();
    for forgery in forgeries {
        let received = case.receive(&forgery, &payment).await;
        answered(case, received.as_ref(), 401)?;
        match received {
            Err(NotificationFailure::Refused(error)) => same("the kind", error.kind(), Kind::Authentication)?,
            other => bail!("{forgery:?} was not refused: {other:?}"),
        }
    }
    case.sent_nothing_since(before)?;
    confirmed(case, &genuine, &payment).await?;
    Ok(Verdict::Ok)
}

async fn what_is_no_notification_is_refused(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let genuine = case.paid().await?;
    let huge = vec![b' '; 1024 * 1024];
    let cut = &genuine.body[..genuine.body.len() - 1];
    let covers_body = case.is_signed() || matches!(case.facts().proof, Some(ProofPlace::Member(_)));
    let before = case.requests();
    for body in [&b""[..], b"{}", b"[]", b"null", b"<html>", b"\xFF\xFE", cut, &huge] {
        let message = Message { body: body.to_vec(), ..genuine.clone() };
        let received = case.receive(&message, &payment).await;
        // A body that was changed has another signature, or none.
        let (kind, status) = match &received {
            Err(NotificationFailure::Refused(error)) if covers_body && error.kind() == Kind::Authentication => {
                (Kind::Authentication, 401)
            }
            _ => (Kind::InvalidNotification, 400),
        };
        answered(case, received.as_ref(), status)?;
        match received {
            Err(NotificationFailure::Refused(error)) => same("the kind", error.kind(), kind)?,
            other => bail!("{:?} was not refused: {other:?}", String::from_utf8_lossy(body)),
        }
    }
    case.sent_nothing_since(before)?;
    Ok(Verdict::Ok)
}

async fn a_repeated_notification_is_known(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let (message, seen) = (case.paid().await?, Seen::default());
    let first = confirmed(case, &message, &payment).await?;
    ensure!(seen.remember(&first.key()), "the first proof is not new");
    // The same payment is proven again, by the same key, and accepted, so that it is not sent for ever.
    let received = case.receive(&message, &payment).await;
    answered(case, received.as_ref(), 200)?;
    ensure!(!seen.remember(&received?.key()), "the replay is not known");
    // As a program sees it that has stored the payment as paid.
    let again = confirmed(case, &message, first.payment()).await?;
    same("the key", again.key(), first.key())?;

    let other = case.create("ORDER-2").await?;
    let proof = confirmed(case, &case.paid().await?, &other).await?;
    ensure!(seen.remember(&proof.key()), "another payment is taken for a replay");
    Ok(Verdict::Ok)
}

async fn an_old_claim_after_the_money_changes_nothing(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let message = case.paid().await?;
    let old = |status: &&'static str| case.claim(&message, &Claim { status: Some(status), ..Claim::default() });
    let old: Vec<_> = case.wire().unpaid.iter().map(old).collect();
    let mut known = Vec::new();
    for message in old {
        let claimed = case.parse(&message)?.claimed;
        ensure!(claimed != PaymentStatus::Paid, "an old claim claims that it is paid");
        // A word that is not known may mean "paid": the gateway is asked, and reports the money.
        if !matches!(claimed, PaymentStatus::Unknown(_)) {
            known.push(message);
        }
    }
    for message in &known {
        let reason = doubted(case.receive(message, &payment).await)?;
        ensure!(matches!(&reason, Doubt::OtherClaim(status) if *status != PaymentStatus::Paid), "{reason}");
    }
    let first = confirmed(case, &message, &payment).await?;
    for message in &known {
        doubted(case.receive(message, &payment).await)?;
    }
    if case.can().status {
        same("the status", case.ask(first.payment()).await?.status, PaymentStatus::Paid)?;
    }
    Ok(Verdict::Ok)
}

async fn a_notification_of_another_amount_is_not_confirmed(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    case.create("ORDER-0").await?;
    let genuine = case.paid().await?;
    if !case.facts().notifies_amount {
        same("the amount", case.parse(&genuine)?.amount, None)?;
        return Ok(Verdict::Unsupported);
    }
    let payment = case.create("ORDER-1").await?;
    let added = case.newest()?.payable.get() - PRICE.get();
    let about = Claim::about(&payment);
    for amount in [1, PRICE.get() - 1, PRICE.get() + 1_000_000] {
        let claim = Claim { amount: Some(amount), payable: Some(amount + added), ..about.clone() };
        let reason = not_confirmed(case, &case.claim(&genuine, &claim), &payment, 503).await?;
        ensure!(matches!(reason, Doubt::Mismatch(Mismatch::Amount { .. })), "{amount} rupiah: {reason}");
    }
    confirmed(case, &case.paid().await?, &payment).await?;
    if !case.is_signed() {
        // The gateway's own answer counts, whatever a notification says of amounts.
        let claim = Claim { amount: Some(1), payable: Some(1), ..about };
        confirmed(case, &case.claim(&genuine, &claim), &payment).await?;
    }
    Ok(Verdict::Ok)
}

async fn a_notification_of_another_payment_is_not_confirmed(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let paid = case.create("ORDER-1").await?;
    let message = case.paid().await?;
    let other = case.create("ORDER-2").await?;
    let reason = not_confirmed(case, &message, &other, 400).await?;
    ensure!(matches!(reason, Doubt::OtherPayment), "the reason is: {reason}");
    confirmed(case, &message, &paid).await?;
    Ok(Verdict::Ok)
}

async fn a_notification_of_another_gateway_is_not_confirmed(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let own = case.paid().await?;
    for subject in subjects::all().into_iter().filter(|subject| subject.name != case.gateway.provider()) {
        let other = Case::start(subject).await;
        if other.can().notifications == Trust::None {
            continue;
        }
        let theirs = other.create("ELSEWHERE-1").await?;
        let message = other.paid().await?;
        match case.receive(&message, &payment).await {
            Err(NotificationFailure::Refused(_) | NotificationFailure::Doubted(Doubt::OtherPayment)) => {}
            received => bail!("a notification of {}: {received:?}", subject.name),
        }
        // Nor is one about an order of the same name.
        let message = other.claim(&message, &Claim { id: theirs.id.clone(), ..Claim::about(&payment) });
        let notification = other.parse(&message)?;
        let reason = confirm(&*case.gateway, &notification, &Expected::new(payment.clone())).await;
        let is_refused = match &reason {
            Err(Doubt::OtherPayment) => true,
            // K-Link signs for both of its gateways with one key.
            Err(Doubt::Mismatch(Mismatch::Gateway)) => notification.trust == Trust::Signed,
            _ => false,
        };
        ensure!(is_refused, "as {} reads it: {reason:?}", subject.name);
        // Nor does it confirm a payment that was created elsewhere.
        let reason = doubted(case.receive(&own, &theirs).await)?;
        ensure!(matches!(reason, Doubt::OtherPayment), "a payment of {}: {reason}", subject.name);
    }
    Ok(Verdict::Ok)
}

async fn a_notification_of_the_test_mode_does_not_count(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    if !case.facts().notifies_sandbox {
        return Ok(Verdict::Unsupported);
    }
    let payment = case.create("ORDER-1").await?;
    let claim = Claim { sandbox: Some(true), ..Claim::default() };
    let message = case.claim(&case.paid().await?, &claim);
    let before = case.requests();
    // A payment that was created as a live one should have no test notification at all: a person must look.
    let was_live = payment.sandbox == Some(false);
    let reason = not_confirmed(case, &message, &payment, if was_live { 503 } else { 400 }).await?;
    let is_right = match &reason {
        Doubt::Mismatch(Mismatch::Mode) => was_live,
        reason => !was_live && matches!(reason, Doubt::TestMode),
    };
    ensure!(is_right, "the reason is: {reason}");
    case.sent_nothing_since(before)?;
    Ok(Verdict::Ok)
}

async fn a_gateway_that_is_down_is_asked_later(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let message = case.paid().await?;
    case.inject(ProviderFault::Unreachable)?;
    if case.is_signed() {
        confirmed(case, &message, &payment).await?;
        return Ok(Verdict::Unsupported);
    }
    for fault in LOST_REPLIES.map(|(fault, _)| fault).into_iter().chain([ProviderFault::Unreachable]) {
        case.inject(fault)?;
        let reason = not_confirmed(case, &message, &payment, 503).await?;
        ensure!(matches!(reason, Doubt::NotAnswered(_)) && reason.may_pass(), "{fault:?}: {reason}");
    }
    case.inject(None)?;
    confirmed(case, &message, &payment).await?;
    Ok(Verdict::Ok)
}

async fn a_reply_about_another_payment_confirms_nothing(case: &Case) -> Outcome {
    if let Some(verdict) = case.without_notifications() {
        return verdict;
    }
    let payment = case.create("ORDER-1").await?;
    let message = case.paid().await?;
    if case.is_signed() {
        return Ok(Verdict::Unsupported);
    }
    for fault in [ProviderFault::OtherAmount, ProviderFault::OtherReference] {
        case.inject(fault)?;
        let reason = not_confirmed(case, &message, &payment, 503).await?;
        ensure!(matches!(reason, Doubt::Contradicted(_)) && reason.needs_a_person(), "{fault:?}: {reason}");
    }
    Ok(Verdict::Ok)
}
