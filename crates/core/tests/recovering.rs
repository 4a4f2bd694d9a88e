//! Recovering a payment, with a gateway that answers as it is told.

use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, NewPayment, Notification, Payment, PaymentGateway,
    PaymentStatus, Rupiah, Trust, recover,
};
use http::HeaderMap;

const PRICE: Rupiah = Rupiah::new(10_000);

/// A gateway that can do this, answers one question and notes which it was.
struct Scripted {
    can: Capabilities,
    answer: Mutex<Option<Result<Payment, Error>>>,
    asked: Mutex<Vec<String>>,
}

impl Scripted {
    fn new(change: impl FnOnce(&mut Capabilities), answer: Result<Payment, Error>) -> Self {
        let mut can = Capabilities::new(Rupiah::ZERO);
        change(&mut can);
        Self { can, answer: Mutex::new(Some(answer)), asked: Mutex::default() }
    }

    fn answer(&self, question: String) -> Answer<'_, Payment> {
        self.asked.lock().unwrap().push(question);
        let answer = self.answer.lock().unwrap().take().expect("one question");
        Box::pin(async { answer })
    }

    /// What recovering an order gives and what was asked for it.
    fn recover(&self) -> (Result<Payment, Error>, Vec<String>) {
        let new = NewPayment::new("ORDER-1", PRICE);
        let recovery = std::pin::pin!(recover(self, &new));
        match Future::poll(recovery, &mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => (result, self.asked.lock().unwrap().clone()),
            Poll::Pending => panic!("nothing in here waits"),
        }
    }
}

impl PaymentGateway for Scripted {
    fn provider(&self) -> &'static str {
        "scripted"
    }

    fn capabilities(&self) -> Capabilities {
        self.can.clone()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        self.answer(format!("create {} {}", new.reference, new.amount))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        match lookup {
            Lookup::Reference { reference, amount } => self.answer(format!("find {reference} {amount}")),
            _ => panic!("nothing is known of the payment"),
        }
    }

    fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> {
        panic!("nobody wants to cancel")
    }

    fn parse_notification(&self, _: &HeaderMap, _: &[u8]) -> Result<Notification, Error> {
        panic!("there is no notification")
    }

    fn acceptance(&self) -> &'static str {
        ""
    }
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
    let (found, asked) = Scripted::new(finds, Ok(payment())).recover();
    assert_eq!((found.unwrap(), asked), (payment(), vec!["find ORDER-1 10000".to_owned()]));
}

#[test]
fn creates_again_only_where_that_finds_what_is_there() {
    let (found, asked) = Scripted::new(creates_once, Ok(payment())).recover();
    assert_eq!((found.unwrap(), asked), (payment(), vec!["create ORDER-1 10000".to_owned()]));
    let both = |can: &mut Capabilities| (can.find_by_reference, can.idempotent_create) = (true, true);
    assert_eq!(Scripted::new(both, Ok(payment())).recover().1, ["find ORDER-1 10000"]);
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
            let error = Scripted::new(can, Ok(found)).recover().0.unwrap_err();
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
            let error = Scripted::new(can, Err(Error::new(kind, delivery, "it failed"))).recover().0.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeSent), "{error}");
            assert!(!error.to_string().contains("did not carry it out"), "{error}");
        }
    }
}

#[test]
fn a_gateway_without_lookup_is_not_asked_and_the_error_advises() {
    for (trust, instead) in [(Trust::None, "look at its dashboard"), (Trust::Unsigned, "wait for its notification")] {
        let (result, asked) = Scripted::new(|can| can.notifications = trust, Ok(payment())).recover();
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Unsupported, Delivery::MaybeSent));
        assert!(error.to_string().contains(instead), "{error}");
        assert!(error.to_string().contains("do not create the payment again"), "{error}");
        assert_eq!(asked, Vec::<String>::new());
    }
}
