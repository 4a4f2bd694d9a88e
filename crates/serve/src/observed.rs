//! An account's gateway, observed: when it last answered and when it last failed, and no customer's data in its errors.

use std::sync::{Mutex, PoisonError};

use gerbang::jiff::Timestamp;
use gerbang::{
    Answer, Capabilities, Error, Kind, Lookup, NewPayment, NewRefund, Notification, Payment, PaymentGateway, Refund,
};
use http::HeaderMap;
use std::sync::Arc;

/// When an account's gateway last answered and failed, in this process.
#[derive(Debug, Default)]
pub struct Health(Mutex<Marks>);

#[derive(Debug, Default)]
struct Marks {
    success: Option<Timestamp>,
    failure: Option<(Timestamp, Kind)>,
}

impl Health {
    pub fn last_success(&self) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).success
    }

    pub fn last_failure(&self) -> Option<(Timestamp, Kind)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failure
    }

    fn note<T>(&self, answer: &Result<T, Error>) {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Ok(_) => marks.success = Some(Timestamp::now()),
            // The order's fault.
            Err(error) if matches!(error.kind(), Kind::InvalidRequest | Kind::Unsupported) => {}
            Err(error) => marks.failure = Some((Timestamp::now(), error.kind())),
        }
    }
}

/// A gateway that is observed.
pub struct Observed {
    inner: Box<dyn PaymentGateway>,
    health: Arc<Health>,
}

impl Observed {
    pub fn new(inner: Box<dyn PaymentGateway>, health: Arc<Health>) -> Self {
        Self { inner, health }
    }

    fn noted<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async move {
            let answer = answer.await;
            self.health.note(&answer);
            answer
        })
    }
}

impl PaymentGateway for Observed {
    fn provider(&self) -> &'static str {
        self.inner.provider()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        let answer = self.noted(self.inner.create_payment(new));
        Box::pin(async move { answer.await.map_err(|error| without_customer(error, new)) })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        self.noted(self.inner.payment(lookup))
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.noted(self.inner.cancel_payment(payment))
    }

    fn refund_payment<'a>(&'a self, payment: &'a Payment, refund: &'a NewRefund) -> Answer<'a, Refund> {
        self.noted(self.inner.refund_payment(payment, refund))
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        self.inner.parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        self.inner.acceptance()
    }
}

/// An error is logged and shown: what repeats the customer's data gives way to its kind.
fn without_customer(error: Error, new: &NewPayment) -> Error {
    let shown = error.to_string().to_lowercase();
    let customer = [&new.customer_name, &new.customer_email, &new.customer_phone, &new.description];
    let repeats = customer.into_iter().flatten().any(|text| shown.contains(&text.to_lowercase()));
    if !repeats {
        return error;
    }
    let what = format!("{}, and what was said repeats the customer's data and is left out", error.kind());
    Error::new(error.kind(), error.delivery(), what).with_retry_after(error.retry_after())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang::{Delivery, Rupiah};

    #[test]
    fn error_that_repeats_the_customer_is_cut() {
        let new = NewPayment::new("A", Rupiah::new(1)).customer_name("Krisdi").customer_phone("0857");
        for text in ["no such KRISDI", "krisdi", "0857 is no number"] {
            let error =
                Error::new(Kind::Rejected, Delivery::Answered, "refused").with_provider_message(Some(text.into()));
            let cut = without_customer(error, &new);
            let shown = format!("{cut} {cut:?}").to_lowercase();
            assert!(!shown.contains("krisdi") && !shown.contains("0857"), "{shown}");
            assert_eq!((cut.kind(), cut.delivery()), (Kind::Rejected, Delivery::Answered));
        }
        let error = Error::new(Kind::Rejected, Delivery::Answered, "too little");
        assert!(without_customer(error, &new).to_string().contains("too little"));
    }

    #[test]
    fn order_at_fault_is_no_failure_of_the_account() {
        let health = Health::default();
        let error = |kind| Err::<(), _>(Error::new(kind, Delivery::NotSent, "x"));
        health.note(&error(Kind::InvalidRequest));
        assert!(health.last_failure().is_none() && health.last_success().is_none());
        health.note(&error(Kind::Connect));
        assert_eq!(health.last_failure().unwrap().1, Kind::Connect);
        health.note(&Ok(()));
        assert!(health.last_success().is_some());
    }
}
