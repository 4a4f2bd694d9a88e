//! What every gateway can be asked, so that changing the gateway changes one line of a program.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use http::HeaderMap;

use crate::notification::Notification;
use crate::payment::{NewPayment, Payment};
use crate::{Delivery, Error, Kind, Rupiah};

/// An answer to come.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A payment gateway. Each provider's crate has a type that implements it; `dyn PaymentGateway` works.
///
/// What a gateway cannot do is told by [`PaymentGateway::capabilities`]. Asked all the same, it answers
/// [`Kind::Unsupported`] and sends nothing.
pub trait PaymentGateway: Send + Sync {
    /// The gateway's name, which is also that of its payments: `kropay`, `pakasir-v1`.
    fn provider(&self) -> &'static str;

    /// What the gateway can do.
    fn capabilities(&self) -> Capabilities;

    /// Creates a payment.
    ///
    /// A reply whose reference or amount differs from what was asked for, and a QRIS payload for another amount than the
    /// payable one, are [`Kind::EchoMismatch`]; a broken QRIS payload is [`Kind::UnexpectedReply`]. None of them is ever
    /// returned as a payment.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidRequest`] and [`Delivery::NotSent`] when a value breaks a limit that the provider states. After
    /// [`Delivery::MaybeSent`] the payment may exist: find it with [`crate::recover`].
    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment>;

    /// Asks for a payment as it is now.
    ///
    /// # Errors
    ///
    /// [`Kind::EchoMismatch`] when the reply is about another payment; [`Kind::NotFound`] where the gateway says so.
    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment>;

    /// Cancels a payment that is not paid yet, and returns it as it is then.
    ///
    /// # Errors
    ///
    /// [`Kind::Rejected`] when the gateway refuses, such as after the customer has paid.
    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment>;

    /// Reads a notification and checks the proof that the provider puts into it. It is not believed yet: see
    /// [`crate::confirm`].
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidNotification`] when it is not the provider's notification; [`Kind::Authentication`] when its signature
    /// or secret is missing or wrong.
    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error>;

    /// The body with which the provider wants a notification to be accepted. The status is always 200.
    fn acceptance(&self) -> &'static str;
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

impl<'a> From<&'a Payment> for Lookup<'a> {
    fn from(payment: &'a Payment) -> Self {
        Self::Payment(payment)
    }
}

/// What a gateway can do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// It tells the status of a payment.
    pub status: bool,
    /// It finds a payment by the merchant's reference, so that one whose reply was lost can be found again.
    pub find_by_reference: bool,
    /// Creating a payment again with the same values finds the one that is there.
    pub idempotent_create: bool,
    /// It cancels payments.
    pub cancel: bool,
    /// It returns a QRIS payload, not only a picture of it.
    pub qris_payload: bool,
    /// It takes the time after which a payment expires.
    pub expiry: bool,
    /// What its notifications prove.
    pub notifications: Trust,
    /// The least price in rupiah.
    pub least_amount: Rupiah,
    /// The shortest time between two questions about the same payment.
    pub poll_interval: Duration,
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
            qris_payload: false,
            expiry: false,
            notifications: Trust::None,
            least_amount,
            poll_interval: Duration::from_secs(2),
        }
    }
}

/// What a notification proves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trust {
    /// The gateway sends none.
    None,
    /// Nothing: anybody can send one. The gateway must be asked.
    Unsigned,
    /// The sender knows a shared secret, which everybody who ever saw a notification knows too. The gateway must be asked.
    SharedSecret,
    /// The gateway signed it.
    Signed,
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Unsigned => "unsigned",
            Self::SharedSecret => "shared secret",
            Self::Signed => "signed",
        })
    }
}

/// The error of a gateway that is asked for what it cannot do.
pub fn unsupported(provider: &str, what: &str) -> Error {
    Error::new(Kind::Unsupported, Delivery::NotSent, format!("{provider} cannot {what}"))
}

/// The error of a value that breaks a rule of the gateway's, before anything is sent.
pub fn invalid(provider: &str, what: impl fmt::Display) -> Error {
    Error::new(Kind::InvalidRequest, Delivery::NotSent, format!("{provider}: {what}"))
}

/// Checks that a payment is one of this gateway's.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it is another's; nothing was sent.
pub fn check_gateway(provider: &str, payment: &Payment) -> Result<(), Error> {
    match payment.provider == provider {
        true => Ok(()),
        false => Err(invalid(provider, format_args!("the payment is of the gateway {}", payment.provider))),
    }
}

/// Checks that a reply names what was asked for. What it names instead is not shown: it is the sender's text.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when `got` is not `asked`. The request was carried out, but not as asked.
pub fn check_echo(provider: &str, what: &str, asked: &str, got: &str) -> Result<(), Error> {
    match asked == got {
        true => Ok(()),
        false => Err(mismatch(format!("{provider} answers about another {what} than \"{asked}\""))),
    }
}

/// Checks that a reply names the amount that was asked for.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when `got` is not `asked`.
pub fn check_amount(provider: &str, what: &str, asked: Rupiah, got: Rupiah) -> Result<(), Error> {
    match asked == got {
        true => Ok(()),
        false => Err(mismatch(format!("{provider} answers with another {what}: {got} rupiah instead of {asked}"))),
    }
}

/// Checks that the customer pays the price at least: unique codes and fees are added to it, never taken from it.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when `payable` is less than `amount`.
pub fn check_payable_covers(provider: &str, amount: Rupiah, payable: Rupiah) -> Result<(), Error> {
    match payable >= amount {
        true => Ok(()),
        false => {
            Err(mismatch(format!("{provider} asks the customer for {payable} rupiah, less than the price of {amount}")))
        }
    }
}

fn mismatch(what: String) -> Error {
    Error::new(Kind::EchoMismatch, Delivery::MaybeSent, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PaymentStatus;

    #[test]
    fn a_reply_about_something_else_is_told_and_not_repeated() {
        assert!(check_echo("kropay", "reference", "A", "A").is_ok());
        let error = check_echo("kropay", "reference", "A", "CANARY").unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::EchoMismatch, Delivery::MaybeSent));
        assert!(error.to_string().contains("\"A\"") && !error.to_string().contains("CANARY"), "{error}");
        let (asked, other) = (Rupiah::new(10_000), Rupiah::new(9_999));
        assert!(check_amount("kropay", "amount", asked, asked).is_ok());
        assert_eq!(check_amount("kropay", "amount", asked, other).unwrap_err().kind(), Kind::EchoMismatch);
        assert!(check_payable_covers("kropay", asked, asked).is_ok());
        assert_eq!(check_payable_covers("kropay", asked, other).unwrap_err().kind(), Kind::EchoMismatch);
    }

    #[test]
    fn a_payment_of_another_gateway_is_refused_before_anything_is_sent() {
        let payment = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        assert!(check_gateway("kropay", &payment).is_ok());
        let error = check_gateway("paydigital", &payment).unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::InvalidRequest, Delivery::NotSent));
    }
}
