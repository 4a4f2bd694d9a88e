//! Pakasir API v1 as a payment gateway.

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Error, Lookup, Method, NewPayment, Notification, Payable, Payment, PaymentGateway,
    PaymentStatus, Trust, Word as _, updated,
};
use http::HeaderMap;

use super::status::status;
use super::webhook::{ACCEPTANCE, read_notification};
use super::{Client, PROVIDER, operations, types};
use crate::common;

/// Pakasir API v1 as a [`PaymentGateway`]. It is discontinued: its end was announced for 20 October
/// 2026. Take [`v2`](crate::v2).
///
/// A payment is named by the merchant's reference and its price together; Pakasir has no reference of its own. Both find a
/// payment again, one that was made on a [`PayPage`](crate::PayPage) too, but not what the customer pays with:
/// [`Payment::payable`] and [`Payment::pay_with`] are then unknown. The status does not say whether a payment is of
/// a project in sandbox mode; only a notification may.
///
/// It takes QRIS, which is the usual way, and virtual accounts at the banks of [`types::PaymentMethod`], named as `bri` or
/// `bri_va`. [`Method::PayPage`] and [`Method::Paypal`] need no call and are refused: [`PayPage`](crate::PayPage) makes the
/// addresses.
///
/// Pakasir has no place for the customer's name, e-mail address and telephone number nor for a description; they are left
/// out. An expiry or a return address is refused. The document names no least price.
#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
}

impl Gateway {
    /// A gateway that asks through this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// A gateway whose client is set by environment variables.
    ///
    /// # Errors
    ///
    /// See [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Client::from_env().map(Self::new)
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        let method = match &new.method {
            None | Some(Method::Qris) => types::PaymentMethod::Qris,
            Some(Method::VirtualAccount(bank)) => common::virtual_account(PROVIDER, bank)?,
            Some(Method::PayPage | Method::Paypal) => {
                return Err(unsupported(
                    PROVIDER,
                    "make a page by a call: the address of its page is made without one, and PayPal is paid there",
                ));
            }
            Some(_) => return Err(unsupported(PROVIDER, "take any payment but QRIS and virtual accounts")),
        };
        let can = capabilities();
        check::request(PROVIDER, &can, new)?;
        let body = types::NewTransaction::new(&new.reference, new.amount);
        let created = self.client.create_transaction(method, &body).await?;
        check::reference_echo(PROVIDER, &new.reference, created.order_id.as_str())?;
        check::amount(PROVIDER, "amount", new.amount, created.amount)?;
        check::echo(PROVIDER, "method", method.as_str(), created.payment_method.as_str())?;
        check::payable(PROVIDER, &can, created.amount, created.total_payment)?;
        let number = String::from(created.payment_number);
        let payable = match common::bank(method) {
            None => {
                gerbang_qris::check_payable(PROVIDER, &number, created.total_payment)?;
                Payable::Qris(number)
            }
            Some(bank) => Payable::VirtualAccount { bank: bank.to_owned(), number },
        };
        let mut payment = Payment::new(PROVIDER, created.amount, PaymentStatus::Pending);
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.total_payment);
        payment.fee = created.fee;
        payment.net = created.received;
        payment.expires_at = check::expiry(PROVIDER, created.expired_at.as_ref(), new);
        payment.pay_with.push(payable);
        Ok(payment)
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let known = match lookup {
            Lookup::Payment(known) => known.clone(),
            Lookup::Reference { reference, amount } => {
                let mut sought = Payment::new(PROVIDER, amount, PaymentStatus::Pending);
                sought.reference = Some(reference.to_owned());
                sought
            }
            _ => return Err(unsupported(PROVIDER, "find a payment in this way")),
        };
        let now = self.client.transaction_detail(known.amount, order_id(&known)?).await?;
        let mut said = Payment::new(PROVIDER, now.amount, status(&now.status));
        said.reference = Some(now.order_id.into());
        said.paid_at = now.completed_at.as_ref().and_then(common::read_time);
        updated(&known, said)
    }

    async fn cancel(&self, known: &Payment) -> Result<Payment, Error> {
        let order_id = order_id(known)?;
        self.client.cancel_transaction(&types::TransactionRef::new(order_id, known.amount)).await?;
        let now = self.status(Lookup::Payment(known)).await;
        check::cancelled(now.map_err(|error| common::cancelled_but(&operations::CANCEL_TRANSACTION, error))?)
    }
}

/// The merchant's reference of a payment of this gateway's.
fn order_id(payment: &Payment) -> Result<&str, Error> {
    check::gateway(PROVIDER, payment)?;
    payment.reference.as_deref().ok_or_else(|| invalid(PROVIDER, "the payment has no reference of the merchant's"))
}

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::NewTransaction::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.find_by_reference = true;
    capabilities.cancel = true;
    capabilities.qris_payload = true;
    capabilities.notifications = Trust::Unsigned;
    capabilities.surcharge = Some(common::SURCHARGE);
    capabilities.pays_by_reply_only = true;
    capabilities
}

impl PaymentGateway for Gateway {
    fn provider(&self) -> &'static str {
        PROVIDER
    }

    fn capabilities(&self) -> Capabilities {
        capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        traced(&operations::CREATE_TRANSACTION, Some(&new.reference), self.create(new))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        traced(&operations::TRANSACTION_DETAIL, lookup.reference(), self.status(lookup))
    }

    /// Cancels a payment and asks for it, as the answer to a cancellation has no status. When the second call fails, the
    /// error says that the cancellation was accepted: ask for the payment, do not cancel it again.
    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        traced(&operations::CANCEL_TRANSACTION, payment.reference.as_deref(), self.cancel(payment))
    }

    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
