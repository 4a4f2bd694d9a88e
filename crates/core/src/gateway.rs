//! What every gateway can be asked, so that changing the gateway changes one line of a program.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tracing::Instrument;

use crate::notification::Notification;
pub use crate::notification::Trust;
use crate::operation::Operation;
use crate::payment::{NewPayment, Payment};
use crate::refund::{NewRefund, Refund};
use crate::{Delivery, Error, Kind, Rupiah};

/// An answer to come.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A payment gateway. Each provider's crate has a type that implements it; `dyn PaymentGateway` works.
///
/// [`PaymentGateway::capabilities`] says what a gateway can do. Asked for anything else, it answers
/// [`Kind::Unsupported`] and sends nothing; that is what the provided methods do.
pub trait PaymentGateway: Send + Sync {
    /// The gateway's name, which is also that of its payments: `kropay`, `pakasir-v1`.
    fn provider(&self) -> &'static str;

    /// What the gateway can do.
    fn capabilities(&self) -> Capabilities;

    /// Creates a payment.
    ///
    /// A reply whose reference or amount differs from what was asked for, and a QRIS payload for another amount than the
    /// payable one, are [`Kind::EchoMismatch`]; a broken QRIS payload is
    /// [`Kind::UnexpectedReply`]. None of them is ever returned as a payment. A reply that says
    /// at once that the payment is paid is not believed before the gateway was asked.
    ///
    /// **Do not drop the future.** A future that is dropped, by a time-out around it or by a web framework whose client has
    /// gone, reports no error, and the payment may exist. Store the [`NewPayment`] first, and create in a task of its own
    /// (`tokio::spawn`) that outlives the request; what was dropped all the same is found by [`crate::recover`], as after
    /// [`Delivery::MaybeSent`]. The client has a deadline of its own.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidRequest`] and [`Delivery::NotSent`] when a value
    /// breaks a limit that the provider states, or when the reference is one that a gateway may change, see
    /// [`crate::check::reference`]. After [`Delivery::MaybeSent`] the payment may exist: find it
    /// with [`crate::recover`].
    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment>;

    /// Asks for a payment as it is now.
    ///
    /// # Errors
    ///
    /// [`Kind::EchoMismatch`] when the reply is about another payment;
    /// [`Kind::NotFound`] where the gateway says so, which does not prove that it will stay so.
    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        let _ = lookup;
        Box::pin(async { Err(unsupported(self.provider(), "report the status of a payment")) })
    }

    /// Cancels a payment that is not paid yet, and returns it as it is then: closed, or paid, where the customer was faster.
    /// Closed is not final, see [`PaymentStatus::is_closed`](crate::PaymentStatus::is_closed).
    ///
    /// # Errors
    ///
    /// [`Kind::Rejected`] when the gateway refuses, such as after the customer has paid, and, as
    /// [`Delivery::MaybeSent`], when it accepts and the payment is open all the same.
    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        let _ = payment;
        Box::pin(async { Err(unsupported(self.provider(), "cancel a payment")) })
    }

    /// Gives money of a paid payment back to the customer.
    ///
    /// However often the same refund is sent, the money goes back once, within the time that the gateway remembers it, which its
    /// own documentation says. As with a creation, store the [`NewRefund`] first and do not drop the future.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidRequest`] and [`Delivery::NotSent`] when more than the customer paid is to go back, or the reference is
    /// one that a gateway may change; [`Kind::Rejected`] when the gateway refuses, such as for a payment that is not paid or for
    /// more than is left of it; [`Kind::EchoMismatch`] when the reply is about another refund.
    ///
    /// After [`Delivery::MaybeSent`] the money may have gone back: never send another refund then. Without an answer, send the
    /// **same** one again, with the same reference and amount; after a refusal look at the payment, or on the gateway's
    /// dashboard, as a refused repetition says nothing of the first.
    fn refund_payment<'a>(&'a self, payment: &'a Payment, refund: &'a NewRefund) -> Answer<'a, Refund> {
        let _ = (payment, refund);
        Box::pin(async { Err(unsupported(self.provider(), "give money back")) })
    }

    /// Reads a notification and checks the proof that the provider puts into it. That proves no payment yet: see
    /// [`crate::confirm`].
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidNotification`] when it is not the provider's notification;
    /// [`Kind::Authentication`] when its signature or secret is missing or wrong.
    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let _ = (headers, body);
        Err(unsupported(self.provider(), "send notifications"))
    }

    /// The body with which the provider wants a notification to be accepted; empty where it sends none. The status is always
    /// 200.
    fn acceptance(&self) -> &'static str {
        ""
    }
}

/// The error of a gateway that is asked for what it cannot do: "`provider` cannot `what`".
pub fn unsupported(provider: &str, what: &str) -> Error {
    Error::new(Kind::Unsupported, Delivery::NotSent, format!("{provider} cannot {what}"))
}

/// The answer of an operation: in a `tracing` span with the merchant's reference, and with the operation named in its error. For
/// those who implement [`PaymentGateway`].
pub fn traced<'a, T: 'a>(
    operation: &'static Operation,
    reference: Option<&'a str>,
    work: impl Future<Output = Result<T, Error>> + Send + 'a,
) -> Answer<'a, T> {
    let span = tracing::debug_span!(
        "gerbang.payment",
        gerbang.provider = operation.provider,
        gerbang.operation = operation.id,
        gerbang.reference = reference,
    );
    // The work is large, and an async block has room twice for what it captures and waits for.
    let work = Box::pin(work.instrument(span));
    Box::pin(async move { work.await.map_err(|error| error.or_operation(operation)) })
}

/// A gateway that several tasks share.
impl<G: PaymentGateway + ?Sized> PaymentGateway for Arc<G> {
    fn provider(&self) -> &'static str {
        (**self).provider()
    }

    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        (**self).create_payment(new)
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        (**self).payment(lookup)
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        (**self).cancel_payment(payment)
    }

    fn refund_payment<'a>(&'a self, payment: &'a Payment, refund: &'a NewRefund) -> Answer<'a, Refund> {
        (**self).refund_payment(payment, refund)
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        (**self).parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        (**self).acceptance()
    }
}

/// One gateway of several.
impl<G: PaymentGateway + ?Sized> PaymentGateway for Box<G> {
    fn provider(&self) -> &'static str {
        (**self).provider()
    }

    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        (**self).create_payment(new)
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        (**self).payment(lookup)
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        (**self).cancel_payment(payment)
    }

    fn refund_payment<'a>(&'a self, payment: &'a Payment, refund: &'a NewRefund) -> Answer<'a, Refund> {
        (**self).refund_payment(payment, refund)
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        (**self).parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        (**self).acceptance()
    }
}

/// Which payment is meant.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Lookup<'a> {
    /// One that was created or found before.
    Payment(&'a Payment),
    /// The one that the merchant calls by this reference; for gateways that can find it, see
    /// [`Capabilities::find_by_reference`].
    Reference {
        /// The merchant's reference.
        reference: &'a str,
        /// The price in rupiah, as it was asked for.
        amount: Rupiah,
    },
}

impl<'a> Lookup<'a> {
    /// The merchant's reference, where it is known.
    pub fn reference(self) -> Option<&'a str> {
        match self {
            Self::Payment(payment) => payment.reference.as_deref(),
            Self::Reference { reference, .. } => Some(reference),
        }
    }
}

impl<'a> From<&'a Payment> for Lookup<'a> {
    fn from(payment: &'a Payment) -> Self {
        Self::Payment(payment)
    }
}

/// What a gateway can do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// It reports the status of a payment.
    pub status: bool,
    /// It finds a payment by the merchant's reference, so that one whose reply was lost can be found again.
    pub find_by_reference: bool,
    /// Creating a payment again with the same values finds the one that is there.
    pub idempotent_create: bool,
    /// It cancels payments.
    pub cancel: bool,
    /// It gives money back, for the ways of paying that its own documentation names.
    pub refund: bool,
    /// It returns a QRIS payload, not only a picture of it.
    pub qris_payload: bool,
    /// It takes the time after which a payment expires.
    pub expiry: bool,
    /// It takes the address to which the customer returns.
    pub return_url: bool,
    /// What its notifications prove.
    pub notifications: Trust,
    /// The least price in rupiah.
    pub least_amount: Rupiah,
    /// What the customer may have to pay above the price at most; none where nothing is known of it.
    pub surcharge: Option<Surcharge>,
    /// The shortest time between two questions about the same payment.
    pub poll_interval: Duration,
    /// The customer can pay only with what the reply to the creation shows, such as a QR code or an account number: a payment
    /// whose reply was lost and that cannot be found cannot be paid. False where the gateway asks the customer itself, as for
    /// the debit of a wallet, and where that is not known.
    pub pays_by_reply_only: bool,
}

impl Capabilities {
    /// A gateway that can create payments from `least_amount` rupiah on and nothing else; for those who implement
    /// [`PaymentGateway`].
    pub fn new(least_amount: Rupiah) -> Self {
        Self {
            status: false,
            find_by_reference: false,
            idempotent_create: false,
            cancel: false,
            refund: false,
            qris_payload: false,
            expiry: false,
            return_url: false,
            notifications: Trust::None,
            least_amount,
            surcharge: None,
            poll_interval: Duration::from_secs(2),
            pays_by_reply_only: false,
        }
    }
}

/// What a gateway adds to the price at most: its fee and the code that distinguishes payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Surcharge {
    /// The part that grows with the price, in thousandths of it.
    pub per_mille: u32,
    /// The part that does not, in rupiah.
    pub fixed: Rupiah,
}

impl Surcharge {
    /// The most that a customer may have to pay for a price, in rupiah. A fraction of a rupiah counts as one.
    pub fn most(self, amount: Rupiah) -> Rupiah {
        let share = (u128::from(amount.get()) * u128::from(self.per_mille)).div_ceil(1000);
        let share = u64::try_from(share).map_or(Rupiah::MAX, Rupiah::new);
        let sum = amount.checked_add(share).and_then(|sum| sum.checked_add(self.fixed));
        sum.unwrap_or(Rupiah::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surcharge_rounds_up_and_never_overflows() {
        let surcharge = Surcharge { per_mille: 10, fixed: Rupiah::new(310) };
        assert_eq!(surcharge.most(Rupiah::new(10_000)), Rupiah::new(10_410));
        assert_eq!(surcharge.most(Rupiah::new(10_001)), Rupiah::new(10_001 + 101 + 310));
        assert_eq!(surcharge.most(Rupiah::MAX), Rupiah::MAX);
    }

    #[test]
    fn pointers_to_gateways_are_gateways() {
        fn assert<G: PaymentGateway>() {}
        assert::<Arc<dyn PaymentGateway>>();
        assert::<Box<dyn PaymentGateway>>();
    }
}
