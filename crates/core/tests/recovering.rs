//! Recovering a payment, with a scripted gateway.

mod scripted;

use gerbang_core::{Capabilities, Delivery, Error, Kind, NewPayment, Payment, PaymentStatus, Rupiah, Trust, recover};

use scripted::{Scripted, now};

const PRICE: Rupiah = Rupiah::new(10_000);

/// What recovering an order gives and what was asked for it.
fn recovered(gateway: &Scripted) -> (Result<Payment, Error>, Vec<String>) {
    let result = now(recover(gateway, &NewPayment::new("ORDER-1", PRICE)));
    (result, gateway.asked())
}

fn payment() -> Payment {
    let mut payment = Payment::new("scripted", PRICE, PaymentStatus::Paid);
    payment.reference = Some("ORDER-1".to_owned());
    payment
}

fn finds(can: &mut Capabilities) {
    can.find_by_reference = true;
}

fn creates_once(can: &mut Capabilities) {
    can.idempotent_create = true;
}

#[test]
fn asks_by_reference_where_the_gateway_can() {
    let (found, asked) = recovered(&Scripted::new(finds, Ok(payment())));
    assert_eq!((found.unwrap(), asked), (payment(), vec!["find ORDER-1 10000".to_owned()]));
}

#[test]
fn creates_again_only_where_that_finds_what_is_there() {
    let (found, asked) = recovered(&Scripted::new(creates_once, Ok(payment())));
    assert_eq!((found.unwrap(), asked), (payment(), vec!["create ORDER-1 10000".to_owned()]));
    let both = |can: &mut Capabilities| (can.find_by_reference, can.idempotent_create) = (true, true);
    assert_eq!(recovered(&Scripted::new(both, Ok(payment()))).1, ["find ORDER-1 10000"]);
}

#[test]
fn payment_of_another_order_or_price_is_not_what_was_sought() {
    let changes: [fn(&mut Payment); 4] = [
        |found| found.provider = "another".to_owned(),
        |found| found.reference = Some("ORDER-2".to_owned()),
        |found| found.amount = Rupiah::new(9_999),
        |found| found.payable = Some(Rupiah::new(9_999)),
    ];
    for change in changes {
        for can in [finds, creates_once] {
            let mut found = payment();
            change(&mut found);
            let error = recovered(&Scripted::new(can, Ok(found))).0.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::EchoMismatch, Delivery::MaybeSent), "{error}");
        }
    }
}

#[test]
fn no_failure_says_that_there_is_no_payment() {
    for (kind, delivery) in [
        (Kind::NotFound, Delivery::Answered),
        (Kind::Rejected, Delivery::Answered),
        (Kind::Connect, Delivery::NotSent),
        (Kind::Timeout, Delivery::MaybeSent),
        (Kind::EchoMismatch, Delivery::MaybeSent),
    ] {
        for can in [finds, creates_once] {
            let error = recovered(&Scripted::new(can, Err(Error::new(kind, delivery, "it failed")))).0.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeSent), "{error}");
            assert!(!error.to_string().contains("did not carry it out"), "{error}");
        }
    }
}

#[test]
fn failed_question_says_what_is_known_of_the_payment() {
    for (kind, known) in [
        (Kind::NotFound, "does not prove that it will not be made"),
        (Kind::EchoMismatch, "knows another payment of this reference"),
        (Kind::Timeout, "could not be found out"),
    ] {
        let failed = Err(Error::new(kind, Delivery::MaybeSent, "it failed"));
        let error = recovered(&Scripted::new(finds, failed)).0.unwrap_err();
        assert!(error.to_string().contains(known), "{error}");
    }
}

#[test]
fn a_gateway_without_lookup_is_not_asked_and_the_error_advises() {
    for (trust, instead) in [(Trust::None, "look at its dashboard"), (Trust::Unsigned, "wait for its notification")] {
        let (result, asked) = recovered(&Scripted::new(|can| can.notifications = trust, Ok(payment())));
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Unsupported, Delivery::MaybeSent));
        assert!(error.to_string().contains(instead), "{error}");
        assert!(error.to_string().contains("do not create the payment again"), "{error}");
        assert_eq!(asked, Vec::<String>::new());
    }
}
