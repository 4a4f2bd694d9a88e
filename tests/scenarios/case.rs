//! A gateway at its provider, and the steps of which scenarios are made.

use std::fmt::Debug;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use gerbang::{
    Answer, Capabilities, Delivery, Error, Expected, Kind, Lookup, NewPayment, NewRefund, Notification,
    NotificationFailure, Payment, PaymentGateway, Proof, Refund, Rupiah, Trust, confirm, recover,
};
use gerbang_sandbox::{Effect, Fault, Payment as Entry, PaymentStatus as State, Sandbox};
use gerbang_tests::apis::{Facts, Wire};
use gerbang_tests::gateways::{self, Effort, WEBHOOK_KEY};

use crate::message::{Claim, Message, Receiver};
use crate::provider_fault::{self, ProviderFault};
use crate::subjects::Subject;
use crate::suite::{Outcome, Verdict};

/// The price of the orders.
pub const PRICE: Rupiah = Rupiah::new(25_000);

/// A key that the providers accept.
pub const GOOD_KEY: &str = "good-key";

/// The key that they refuse.
pub const BAD_KEY: &str = "refuse";

/// A gateway at a provider of its own, whose book is empty, and the merchant's server for notifications.
pub struct Case {
    subject: Subject,
    pub gateway: Box<dyn PaymentGateway>,
    pub sandbox: Sandbox,
    receiver: Receiver,
}

/// An order of this name, with all that any gateway wants to know of the customer.
pub fn order(reference: &str) -> NewPayment {
    NewPayment::new(reference, PRICE)
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900")
}

/// A sandbox whose notifications the gateways can verify.
pub async fn start_sandbox() -> Sandbox {
    Sandbox::builder()
        .keys(WEBHOOK_KEY)
        // On a slow machine nothing is sent twice.
        .webhook_timeout(Duration::from_secs(20))
        .start()
        .await
        .expect("the sandbox starts")
}

impl Case {
    /// A case with a key that the provider accepts.
    pub async fn start(subject: Subject) -> Self {
        let sandbox = start_sandbox().await;
        let gateway = gateways::make(subject.gateway, &sandbox.url(subject.provider), GOOD_KEY, Effort::ONCE)
            .expect("the gateway can be made");
        let receiver = Receiver::start(gateway.acceptance()).await.expect("the merchant's server starts");
        sandbox.set_webhook(subject.provider, Some(receiver.url()));
        Self { subject, gateway, sandbox, receiver }
    }

    /// The same gateway with a key that the provider refuses.
    pub fn with_bad_key(&self) -> Box<dyn PaymentGateway> {
        let url = self.sandbox.url(self.subject.provider);
        gateways::make(self.subject.gateway, &url, BAD_KEY, Effort::ONCE).expect("the gateway can be made")
    }

    pub fn can(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    /// What the provider's document says.
    pub fn facts(&self) -> &Facts {
        &self.subject.facts
    }

    /// A reference with every sign that the provider takes and the library lets through.
    pub fn odd_reference(&self) -> &'static str {
        if self.facts().takes_slash { "ORDER/1.a_b" } else { "ORDER-1.a_b" }
    }

    /// How the provider writes.
    pub fn wire(&self) -> &Wire {
        &self.subject.wire
    }

    /// Lets as much time pass as the provider wants between two calls.
    fn pause(&self) {
        self.sandbox.advance(self.can().poll_interval);
    }

    /// Creates the payment of an order, which must succeed.
    pub async fn create(&self, reference: &str) -> Result<Payment> {
        self.try_create(&order(reference)).await.context("a good order is refused")
    }

    /// Creates the payment of an order.
    pub async fn try_create(&self, new: &NewPayment) -> Result<Payment, Error> {
        self.pause();
        self.gateway.create_payment(new).await
    }

    /// Asks for a payment.
    pub fn ask<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.pause();
        self.gateway.payment(Lookup::Payment(payment))
    }

    /// Looks for a payment by its order.
    pub fn find<'a>(&'a self, reference: &'a str, amount: Rupiah) -> Answer<'a, Payment> {
        self.pause();
        self.gateway.payment(Lookup::Reference { reference, amount })
    }

    /// Cancels a payment.
    pub fn cancel<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.pause();
        self.gateway.cancel_payment(payment)
    }

    /// Gives money back.
    pub fn refund<'a>(&'a self, payment: &'a Payment, refund: &'a NewRefund) -> Answer<'a, Refund> {
        self.pause();
        self.gateway.refund_payment(payment, refund)
    }

    /// How many payments are in the provider's book.
    pub fn payments(&self) -> usize {
        self.sandbox.payments().len()
    }

    /// Finds the payment of a creation whose reply was lost.
    pub async fn recover(&self, new: &NewPayment) -> Result<Payment, Error> {
        self.pause();
        recover(&*self.gateway, new).await
    }

    /// The newest payment in the provider's book.
    pub fn newest(&self) -> Result<Entry> {
        self.sandbox.payments().pop().ok_or_else(|| anyhow!("the provider's book is empty"))
    }

    /// The newest payment in the provider's book, which is pending, becomes this.
    pub fn newest_becomes(&self, state: State) -> Result<()> {
        let (provider, id) = (self.subject.provider, self.newest()?.id);
        let entry = match state {
            State::Pending => self.sandbox.payment(provider, &id),
            State::Paid => self.sandbox.pay(provider, &id),
            State::Cancelled => self.sandbox.cancel(provider, &id),
            State::Expired => self.sandbox.expire(provider, &id),
            other => bail!("a payment cannot be made {other}"),
        }?;
        same("the state in the provider's book", entry.status, state)
    }

    /// From now on every call but a login meets this fault alone, or none.
    pub fn inject(&self, fault: impl Into<Option<ProviderFault>>) -> Result<()> {
        self.sandbox.clear_faults();
        let Wire { create, status, cancel, refund, .. } = *self.wire();
        let operations = [Some(create), status, cancel.map(|cancel| cancel.operation), refund];
        for effect in fault.into().map(|fault| fault.effects(self.wire())).unwrap_or_default() {
            for operation in operations.into_iter().flatten() {
                self.fault(operation, effect.clone())?;
            }
        }
        Ok(())
    }

    /// Cancellations are acknowledged, but not done.
    pub fn idle_cancellations_of(&self, payment: &Payment) -> Result<()> {
        let cancel = self.wire().cancel.context("the provider cancels nothing")?;
        let or_empty = |name: &Option<String>| name.clone().unwrap_or_default();
        let body = [
            ("{id}", or_empty(&payment.id)),
            ("{reference}", or_empty(&payment.reference)),
            ("{amount}", payment.amount.to_string()),
            ("{payable}", payment.payable.unwrap_or(payment.amount).to_string()),
        ];
        let body = body.iter().fold(cancel.idle.to_owned(), |body, (name, value)| body.replace(name, value));
        self.fault(cancel.operation, provider_fault::reply(200, "application/json", &body, false))
    }

    fn fault(&self, operation: &str, effect: Effect) -> Result<()> {
        self.sandbox.add_fault(Fault::new(self.subject.provider, effect).operation(operation))?;
        Ok(())
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.sandbox.requests().len()
    }

    /// Whether a request had this text in its body.
    pub fn was_sent(&self, text: &str) -> bool {
        self.sandbox.requests().iter().any(|request| request.body.contains(text))
    }

    /// The customer pays the newest payment; this is what the provider sends.
    pub async fn paid(&self) -> Result<Message> {
        self.newest_becomes(State::Paid)?;
        self.receiver.next().await
    }

    /// What would be sent if this were true, made from a true notification.
    pub fn claim(&self, message: &Message, claim: &Claim) -> Message {
        message.claiming(self.wire(), claim)
    }

    /// Reads a message.
    pub fn parse(&self, message: &Message) -> Result<Notification, Error> {
        self.gateway.parse_notification(&message.headers, &message.body)
    }

    /// Reads a message and finds out whether it is true.
    pub async fn receive(&self, message: &Message, expected: &Payment) -> Result<Proof, NotificationFailure> {
        let notification = self.parse(message)?;
        self.pause();
        Ok(confirm(&*self.gateway, &notification, &Expected::new(expected.clone())).await?)
    }

    /// Whether the gateway is believed at its notifications' word.
    pub fn is_signed(&self) -> bool {
        self.can().notifications == Trust::Signed
    }

    /// The verdict where the gateway has no notifications; none where it has.
    pub fn without_notifications(&self) -> Option<Outcome> {
        let message = Message::unsigned(b"{}");
        (self.can().notifications == Trust::None).then(|| self.unsupported(self.requests(), self.parse(&message)))
    }

    /// The verdict where the gateway does not support what it was asked for: it must say so and send nothing. `before` is how many
    /// requests there were before.
    pub fn unsupported<T: Debug>(&self, before: usize, result: Result<T, Error>) -> Outcome {
        fails_with(result, Kind::Unsupported, Delivery::NotSent)?;
        self.sent_nothing_since(before)?;
        Ok(Verdict::Unsupported)
    }

    /// Fails when the provider was asked.
    pub fn sent_nothing_since(&self, before: usize) -> Result<()> {
        let sent = self.requests() - before;
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
