//! A gateway that answers at once, signs its notifications, and counts what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gerbang_core::{
    Answer, Capabilities, Error, Lookup, NewPayment, Notification, Payable, Payment, PaymentGateway, PaymentStatus,
    Rupiah, Trust,
};
use http::HeaderMap;

#[derive(Clone, Default)]
pub struct Gateway {
    asked: Arc<AtomicU64>,
}

impl Gateway {
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

fn payment(reference: &str) -> Payment {
    let mut payment = Payment::new("bench", Rupiah::new(10_000), PaymentStatus::Pending);
    (payment.id, payment.reference) = (Some(format!("PG-{reference}")), Some(reference.to_owned()));
    payment.payable = Some(payment.amount);
    payment.pay_with = vec![Payable::Qris("000201010212".repeat(16))];
    payment
}

impl PaymentGateway for Gateway {
    fn provider(&self) -> &'static str {
        "bench"
    }

    fn capabilities(&self) -> Capabilities {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.notifications) = (true, Trust::Signed);
        can
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async move { Ok(payment(&new.reference)) })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let Lookup::Payment(known) = lookup else { unreachable!("it finds payments by its ids only") };
            Ok(payment(known.reference.as_deref().unwrap_or_default()))
        })
    }

    /// The body is the merchant's reference.
    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let reference = String::from_utf8_lossy(body).into_owned();
        let mut said = Notification::new("bench", Trust::Signed, PaymentStatus::Paid);
        (said.id, said.reference) = (Some(format!("PG-{reference}")), Some(reference));
        said.payable = Some(Rupiah::new(10_000));
        Ok(said)
    }

    fn acceptance(&self) -> &'static str {
        "OK"
    }
}
