//! A gateway at its provider, and the steps of which scenarios are made.

use std::fmt::Debug;

use anyhow::{Context, Result, anyhow, bail, ensure};
use gerbang::{
    Answer, Capabilities, Confirmed, Delivery, Error, Kind, Lookup, NewPayment, Notification, NotificationFailure,
    Payment, PaymentGateway, Rupiah, Seen, Trust, confirm,
};

use crate::fakes::{Entry, Fake, GOOD_KEY, Message, State};
use crate::subjects::Subject;
use crate::suite::{Outcome, Verdict};

/// The price of the orders.
pub const PRICE: Rupiah = Rupiah::new(25_000);

/// A gateway whose provider has an empty book.
pub struct Case {
    subject: Subject,
    pub gateway: Box<dyn PaymentGateway>,
    pub fake: Fake,
}

/// An order of this name, with all that any gateway wants to know of the customer.
pub fn order(reference: &str) -> NewPayment {
    NewPayment::new(reference, PRICE)
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900")
}

impl Case {
    /// A case with a key that the provider accepts.
    pub async fn start(subject: Subject) -> Self {
        let fake = Fake::start((subject.provider)()).await;
        let gateway = (subject.gateway)(&fake.url(), GOOD_KEY).expect("the gateway can be made");
        Self { subject, gateway, fake }
    }

    /// The same gateway with a key that the provider refuses.
    pub fn with_bad_key(&self) -> Box<dyn PaymentGateway> {
        (self.subject.gateway)(&self.fake.url(), "bad-key").expect("the gateway can be made")
    }

    pub fn can(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    /// Creates the payment of an order, which must succeed.
    pub async fn create(&self, reference: &str) -> Result<Payment> {
        self.gateway.create_payment(&order(reference)).await.context("a good order is refused")
    }

    /// Asks for a payment.
    pub fn ask<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.gateway.payment(Lookup::Payment(payment))
    }

    /// Looks for a payment by its order.
    pub fn find<'a>(&'a self, reference: &'a str, amount: Rupiah) -> Answer<'a, Payment> {
        self.gateway.payment(Lookup::Reference { reference, amount })
    }

    /// The newest payment in the provider's book.
    pub fn newest(&self) -> Result<Entry> {
        self.fake.book().entries().last().cloned().ok_or_else(|| anyhow!("the provider's book is empty"))
    }

    /// The newest payment in the provider's book becomes this.
    pub fn newest_becomes(&self, state: State) -> Result<()> {
        let newest = self.newest()?;
        self.fake.book().set(&newest.id, state);
        Ok(())
    }

    /// What the provider sends when the newest payment has come to this.
    pub fn message(&self, state: State) -> Result<Message> {
        self.message_of(&Entry { state, ..self.newest()? })
    }

    /// What the provider sends about such a payment.
    pub fn message_of(&self, claim: &Entry) -> Result<Message> {
        self.fake.notification(claim).context("the gateway reads notifications of a provider that sends none")
    }

    /// Reads a message.
    pub fn parse(&self, message: &Message) -> Result<Notification, Error> {
        let header = |(name, value): &(String, String)| {
            (name.parse().expect("a header's name"), value.parse().expect("a header's value"))
        };
        let headers = message.headers.iter().map(header).collect();
        self.gateway.parse_notification(&headers, &message.body)
    }

    /// Reads a message and finds out whether it is true.
    pub async fn receive(
        &self,
        message: &Message,
        expected: &Payment,
        seen: &dyn Seen,
    ) -> Result<Confirmed, NotificationFailure> {
        let notification = self.parse(message)?;
        Ok(confirm(&*self.gateway, &notification, expected, seen).await?)
    }

    /// Whether the gateway is believed at its notifications' word.
    pub fn is_signed(&self) -> bool {
        self.can().notifications == Trust::Signed
    }

    /// The verdict where the gateway has no notifications; none where it has.
    pub fn without_notifications(&self) -> Option<Outcome> {
        let message = Message { headers: Vec::new(), body: b"{}".to_vec() };
        (self.can().notifications == Trust::None).then(|| self.lacks(self.fake.requests(), self.parse(&message)))
    }

    /// The verdict where the gateway lacks what it was asked for: it must say so and send nothing. `before` is how many
    /// requests there were before.
    pub fn lacks<T: Debug>(&self, before: usize, result: Result<T, Error>) -> Outcome {
        fails_with(result, Kind::Unsupported, Delivery::NotSent)?;
        self.sent_nothing_since(before)?;
        Ok(Verdict::Lacks)
    }

    /// Fails when the provider was asked.
    pub fn sent_nothing_since(&self, before: usize) -> Result<()> {
        let sent = self.fake.requests() - before;
        ensure!(sent == 0, "{sent} requests were sent");
        Ok(())
    }
}

/// The error of a call that must fail.
pub fn fails<T: Debug>(result: Result<T, Error>) -> Result<Error> {
    match result {
        Ok(value) => bail!("it succeeded: {value:?}"),
        Err(error) => Ok(error),
    }
}

/// Checks the error of a call that must fail.
pub fn fails_with<T: Debug>(result: Result<T, Error>, kind: Kind, delivery: Delivery) -> Result<()> {
    let error = fails(result)?;
    let got = (error.kind(), error.delivery());
    ensure!(got == (kind, delivery), "the error is {got:?}, not {:?}: {error}", (kind, delivery));
    Ok(())
}

/// Compares.
#[track_caller]
pub fn same<T: PartialEq + Debug>(what: &str, got: T, expected: T) -> Result<()> {
    ensure!(got == expected, "{what} is {got:?}, not {expected:?}");
    Ok(())
}
