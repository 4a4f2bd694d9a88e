//! Asking the gateway: about a notification, and about the state in the reply to a creation.

mod scripted;

use std::error::Error as _;

use gerbang_core::{
    Delivery, Doubt, Error, Expected, Kind, Mismatch, Notification, NotificationFailure, Payable, Payment,
    PaymentStatus, Proof, Rupiah, Trust, believed_state, confirm,
};

use scripted::{Scripted, now};

const PRICE: Rupiah = Rupiah::new(10_000);

fn payment(status: PaymentStatus) -> Payment {
    let mut payment = Payment::new("scripted", PRICE, status);
    payment.reference = Some("ORDER-1".to_owned());
    payment
}

/// A notification that proves nothing by itself.
fn notification() -> Notification {
    let mut notification = Notification::new("scripted", Trust::Unsigned, PaymentStatus::Paid);
    (notification.reference, notification.id) = (Some("ORDER-1".to_owned()), Some("TX-1".to_owned()));
    notification
}

fn answers(answer: Result<Payment, Error>) -> Scripted {
    Scripted::new(|can| can.status = true, answer)
}

fn failure(kind: Kind, delivery: Delivery) -> Error {
    Error::new(kind, delivery, "it failed")
}

fn confirmed(gateway: &Scripted, notification: &Notification) -> Result<Proof, Doubt> {
    now(confirm(gateway, notification, &Expected::new(payment(PaymentStatus::Pending))))
}

#[test]
fn status_by_the_notified_id_is_the_proof() {
    let gateway = answers(Ok(payment(PaymentStatus::Paid)));
    assert_eq!(confirmed(&gateway, &notification()).unwrap().payment().reference.as_deref(), Some("ORDER-1"));
    assert_eq!(gateway.asked(), ["status of TX-1"]);
}

#[test]
fn gateway_without_status_cannot_confirm() {
    let gateway = Scripted::new(|_| (), Ok(payment(PaymentStatus::Paid)));
    assert!(matches!(confirmed(&gateway, &notification()), Err(Doubt::NoProof)));
    assert!(gateway.asked().is_empty());
}

#[test]
fn notification_of_another_gateway_causes_no_question() {
    let gateway = answers(Ok(payment(PaymentStatus::Paid)));
    let mut other = notification();
    other.provider = "another";
    assert!(matches!(confirmed(&gateway, &other), Err(Doubt::OtherPayment)));
    assert!(gateway.asked().is_empty());
}

#[test]
fn failed_question_may_pass_or_needs_a_person() {
    let gateway = answers(Err(failure(Kind::Timeout, Delivery::MaybeSent)));
    let doubt = confirmed(&gateway, &notification()).unwrap_err();
    assert!(matches!(doubt, Doubt::NotAnswered(_)) && doubt.may_pass(), "{doubt}");
    let gateway = answers(Err(failure(Kind::EchoMismatch, Delivery::MaybeSent)));
    let doubt = confirmed(&gateway, &notification()).unwrap_err();
    assert!(matches!(doubt, Doubt::Contradicted(_)) && doubt.needs_a_person(), "{doubt}");
}

#[test]
fn difference_counts_where_the_gateway_says_unpaid() {
    let pending = || answers(Ok(payment(PaymentStatus::Pending)));
    let doubt = confirmed(&pending(), &notification()).unwrap_err();
    assert!(matches!(doubt, Doubt::NotPaid(PaymentStatus::Pending)), "{doubt}");
    let mut other = notification();
    other.amount = Some(Rupiah::new(9_999));
    let doubt = confirmed(&pending(), &other).unwrap_err();
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Amount { .. })), "{doubt}");
    // The gateway's own word counts more than what anybody may have sent.
    assert!(confirmed(&answers(Ok(payment(PaymentStatus::Paid))), &other).is_ok());
}

#[test]
fn failures_show_their_cause() {
    let cause = || failure(Kind::Timeout, Delivery::MaybeSent).with_source("the network is down");
    let doubt = Doubt::NotAnswered(cause());
    assert!(doubt.source().unwrap().to_string().contains("it failed"), "{doubt}");
    assert!(Doubt::Contradicted(cause()).source().is_some());
    assert!(Doubt::NoProof.source().is_none());
    let refused = NotificationFailure::from(cause());
    assert_eq!(refused.to_string(), cause().to_string());
    assert_eq!(refused.source().unwrap().to_string(), "the network is down");
    let doubted = NotificationFailure::from(doubt);
    assert!(doubted.to_string().contains("it cannot be judged now"), "{doubted}");
    assert!(doubted.source().unwrap().to_string().contains("it failed"));
}

/// The believed state after a creation, and what was asked.
fn created(gateway: &Scripted, status: PaymentStatus, has_page: bool) -> (Result<PaymentStatus, Kind>, Vec<String>) {
    let mut created = payment(status);
    created.id = Some("TX-1".to_owned());
    if has_page {
        created.pay_with = vec![Payable::Page("https://pay.example".to_owned())];
    }
    let believed = now(believed_state(gateway, created));
    (believed.map(|payment| payment.status).map_err(|error| error.kind()), gateway.asked())
}

#[test]
fn new_pending_payment_is_not_asked_about() {
    let gateway = answers(Ok(payment(PaymentStatus::Paid)));
    assert_eq!(created(&gateway, PaymentStatus::Pending, true), (Ok(PaymentStatus::Pending), vec![]));
}

#[test]
fn final_state_after_a_creation_is_asked_about_once() {
    for status in [PaymentStatus::Paid, PaymentStatus::Failed] {
        let gateway = answers(Ok(payment(PaymentStatus::Expired)));
        let (believed, asked) = created(&gateway, status, true);
        assert_eq!((believed, asked), (Ok(PaymentStatus::Expired), vec!["status of TX-1".to_owned()]));
    }
}

#[test]
fn new_payment_is_not_paid_without_an_answer() {
    for has_page in [true, false] {
        let gateway = answers(Err(failure(Kind::Timeout, Delivery::MaybeSent)));
        assert_eq!(created(&gateway, PaymentStatus::Paid, has_page).0, Ok(PaymentStatus::Pending));
    }
    let cannot_be_asked = Scripted::new(|_| (), Ok(payment(PaymentStatus::Paid)));
    assert_eq!(created(&cannot_be_asked, PaymentStatus::Paid, true), (Ok(PaymentStatus::Pending), vec![]));
}

#[test]
fn new_closed_payment_stays_closed_with_nothing_to_pay() {
    let unanswered = || answers(Err(failure(Kind::Timeout, Delivery::MaybeSent)));
    assert_eq!(created(&unanswered(), PaymentStatus::Failed, false).0, Ok(PaymentStatus::Failed));
    assert_eq!(created(&unanswered(), PaymentStatus::Failed, true).0, Ok(PaymentStatus::Pending));
    let cannot_be_asked = Scripted::new(|_| (), Ok(payment(PaymentStatus::Paid)));
    assert_eq!(created(&cannot_be_asked, PaymentStatus::Failed, true), (Ok(PaymentStatus::Failed), vec![]));
}

#[test]
fn answer_about_another_payment_fails_the_creation() {
    let gateway = answers(Err(failure(Kind::EchoMismatch, Delivery::MaybeSent)));
    assert_eq!(created(&gateway, PaymentStatus::Failed, false).0, Err(Kind::EchoMismatch));
}
