//! A gateway that answers as scripted.

use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use gerbang_core::{Answer, Capabilities, Error, Lookup, NewPayment, Notification, Payment, PaymentGateway, Rupiah};
use http::HeaderMap;

/// A gateway that answers one question and records which it was.
pub struct Scripted {
    can: Capabilities,
    answer: Mutex<Option<Result<Payment, Error>>>,
    asked: Mutex<Vec<String>>,
}

impl Scripted {
    pub fn new(change: impl FnOnce(&mut Capabilities), answer: Result<Payment, Error>) -> Self {
        let mut can = Capabilities::new(Rupiah::ZERO);
        change(&mut can);
        Self { can, answer: Mutex::new(Some(answer)), asked: Mutex::default() }
    }

    /// The questions so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, question: String) -> Answer<'_, Payment> {
        self.asked.lock().unwrap().push(question);
        let answer = self.answer.lock().unwrap().take().expect("one question");
        Box::pin(async { answer })
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
            Lookup::Payment(payment) => self.answer(format!("status of {}", payment.id.as_deref().unwrap_or("no id"))),
            _ => panic!("an unknown question"),
        }
    }

    fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> {
        panic!("nobody cancels")
    }

    fn parse_notification(&self, _: &HeaderMap, _: &[u8]) -> Result<Notification, Error> {
        panic!("there is no notification")
    }

    fn acceptance(&self) -> &'static str {
        ""
    }
}

/// The result of a future that waits for nothing.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("nothing here waits"),
    }
}
