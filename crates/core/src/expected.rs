//! What a merchant expects to be paid, and what it knows of it after the gateway has said more.

use crate::Error;
use crate::compare::{Said, compare};
use crate::payment::Payment;

/// What a merchant expects to be paid: the payment as it was created, and the account that it was created with.
///
/// After a creation whose reply was lost, [`NewPayment::unanswered`](crate::NewPayment::unanswered) makes the payment.
///
/// ```
/// use gerbang_core::{Expected, NewPayment, Rupiah};
///
/// let new = NewPayment::new("ORDER-12345", Rupiah::new(10_000));
/// let expected = Expected::new(new.unanswered("kropay")).account("kropay-jakarta");
/// assert_eq!(expected.payment().reference.as_deref(), Some("ORDER-12345"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub(crate) account: String,
    pub(crate) payment: Payment,
    pub(crate) test_mode: bool,
    /// Whether the payment was ever known to be closed.
    pub(crate) was_closed: bool,
}

impl Expected {
    /// Expects this payment, of the one account that the merchant has at its gateway.
    pub fn new(payment: Payment) -> Self {
        let was_closed = payment.status.is_closed();
        Self { account: payment.provider.clone(), payment, test_mode: false, was_closed }
    }

    /// Names the account, for merchants who have several at one gateway: each has references and payments of its own.
    /// Default: the gateway's name.
    #[must_use]
    pub fn account(self, name: impl Into<String>) -> Self {
        Self { account: name.into(), ..self }
    }

    /// Takes a payment of the gateway's test mode for paid. Never in production: no money is paid in test mode.
    ///
    /// Without this, what is of the test mode is [`Doubt::TestMode`](crate::Doubt::TestMode), also where the payment was created in test mode: one
    /// wrong setting must not give goods away. A gateway that does not report its mode, such as Pakasir API v1, cannot be held
    /// to it.
    #[must_use]
    pub fn accept_test_mode(self) -> Self {
        Self { test_mode: true, ..self }
    }

    /// The payment.
    pub fn payment(&self) -> &Payment {
        &self.payment
    }

    /// Takes note of what the gateway has answered, as [`updated`] does: money that comes after "expired" is then late.
    ///
    /// # Errors
    ///
    /// As [`updated`]; nothing is noted then.
    pub fn update(&mut self, answer: Payment) -> Result<(), Error> {
        self.payment = updated(&self.payment, answer)?;
        self.was_closed |= self.payment.status.is_closed();
        Ok(())
    }
}

impl From<Payment> for Expected {
    fn from(payment: Payment) -> Self {
        Self::new(payment)
    }
}

/// What is known of a payment after the gateway has said more: its state is the one that was said, and what was said fills in
/// what was unknown. For those who implement [`PaymentGateway`](crate::PaymentGateway).
///
/// # Errors
///
/// [`Kind::EchoMismatch`](crate::Kind::EchoMismatch) when an identifier or an amount differs that both sides know.
pub fn updated(known: &Payment, said: Payment) -> Result<Payment, Error> {
    match compare(known, &Said::of_payment(&said)) {
        Ok(()) => Ok(filled_in(known, said)),
        Err(doubt) => Err(crate::check::mismatch(format!("{} answers about another payment: {doubt}", known.provider))),
    }
}

pub(crate) fn filled_in(known: &Payment, said: Payment) -> Payment {
    let known = known.clone();
    // Who knows the gateway's id has read the creation's reply: an expiry of it that was not believed must not come back with the
    // status.
    let expires_at = if known.id.is_some() { known.expires_at } else { known.expires_at.or(said.expires_at) };
    Payment {
        provider: known.provider,
        id: known.id.or(said.id),
        reference: known.reference.or(said.reference),
        request_id: known.request_id.or(said.request_id),
        amount: known.amount,
        payable: known.payable.or(said.payable),
        fee: said.fee.or(known.fee),
        net: said.net.or(known.net),
        // Also where "paid" was known: what the gateway says now must never become a proof by what it said before.
        status: said.status,
        expires_at,
        paid_at: said.paid_at.or(known.paid_at),
        pay_with: if said.pay_with.is_empty() { known.pay_with } else { said.pay_with },
        // What was of the test mode once never counts as live.
        sandbox: if known.sandbox == Some(true) { known.sandbox } else { said.sandbox.or(known.sandbox) },
    }
}
