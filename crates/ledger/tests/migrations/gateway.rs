//! The gateways of the books: by now everything that they know is paid.

use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus,
    Rupiah, Trust,
};

/// The ids and references of what a gateway has made.
const KNOWN: [(&str, &str); 8] = [
    ("F-1", "EXPIRED"),
    ("F-2", "CANCELLED"),
    ("F-3", "FAILED"),
    ("F-8", "OPEN"),
    ("F-9", "UNCERTAIN"),
    ("F-10", "SENDING"),
    ("Q-3", "UNSEEN-2"),
    ("Q-4", "NOTIFIED"),
];

pub struct Gateway(Capabilities);

impl Gateway {
    fn new(change: impl FnOnce(&mut Capabilities)) -> Self {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.notifications, can.expiry) = (true, Trust::Unsigned, true);
        change(&mut can);
        Self(can)
    }

    pub fn finds() -> Self {
        Self::new(|can| can.find_by_reference = true)
    }

    pub fn qr() -> Self {
        Self::new(|can| can.pays_by_reply_only = true)
    }

    pub fn wallet() -> Self {
        Self::new(|can| (can.status, can.notifications) = (false, Trust::Signed))
    }
}

fn payment(id: &str, reference: &str, status: PaymentStatus) -> Payment {
    let mut payment = Payment::new("fake", Rupiah::new(10_000), status);
    (payment.id, payment.reference) = (Some(id.into()), Some(reference.into()));
    payment.payable = Some(payment.amount);
    payment.pay_with = vec![Payable::Qris("000201".into())];
    payment
}

impl PaymentGateway for Gateway {
    fn provider(&self) -> &'static str {
        "fake"
    }

    fn capabilities(&self) -> Capabilities {
        self.0.clone()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async move { Ok(payment(&format!("N-{}", new.reference), &new.reference, PaymentStatus::Pending)) })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        Box::pin(async move {
            let found = KNOWN.into_iter().find(|(id, reference)| match lookup {
                Lookup::Payment(payment) => payment.id.as_deref() == Some(id),
                Lookup::Reference { reference: wanted, .. } => wanted == *reference,
                _ => false,
            });
            let (id, reference) = found.ok_or_else(|| Error::new(Kind::NotFound, Delivery::Answered, "not known"))?;
            Ok(payment(id, reference, PaymentStatus::Paid))
        })
    }
}
