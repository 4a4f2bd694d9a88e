//! Pakasir API v2 as a payment gateway.

use std::time::Duration;

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Lookup, Method, NewPayment, Notification, Payable, Payment, PaymentGateway,
    PaymentStatus, Retry, Secret, Trust, Word as _, believed_state, updated,
};
use http::HeaderMap;

use super::status::status;
use super::types::PaymentMethod as Word;
use super::webhook::{ACCEPTANCE, no_secret, read_notification};
use super::{Client, Credentials, PROVIDER, operations, types};
use crate::common;

/// Pakasir API v2 as a [`PaymentGateway`].
///
/// Creating a payment again with the same values finds the one that is there: that is how [`gerbang_core::recover`] finds
/// one whose reply was lost, and why the client may send a creation again. It is a guess that integrations rely on and no
/// document promises. It is not done by [`Lookup::Reference`], which must never create a payment. A found payment that
/// is final has nothing to pay with.
///
/// It takes QRIS, which is the usual way, virtual accounts at the banks of [`types::PaymentMethod`], named as `bri` or
/// `bri_va`, and [`Method::PayPage`], where the customer chooses: only the page's address comes then, and
/// [`Payment::payable`] is unknown. Whether the API takes PayPal is not known, so it is refused;
/// [`PayPage`](crate::PayPage) makes the address of a page for it.
///
/// Limits in rupiah: QRIS 500 to 10 000 000, virtual accounts 10 000 to 50 000 000, the page 500 to 50 000 000. The status
/// of a payment is given once in 4 seconds; sooner it is [`gerbang_core::Kind::RateLimited`].
///
/// Pakasir has no place for the customer's name, e-mail address and telephone number nor for a description; they are left
/// out. An expiry or a return address is refused.
#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
    webhook_secret: Option<Secret>,
}

impl Gateway {
    /// A gateway that asks through this client. Without the project's webhook secret it reads no notifications.
    pub fn new(client: Client, webhook_secret: Option<Secret>) -> Self {
        Self { client, webhook_secret }
    }

    /// A gateway whose client and webhook secret are set by environment variables.
    ///
    /// # Errors
    ///
    /// See [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        let credentials = Credentials::from_env()?;
        let webhook_secret = credentials.webhook_secret().cloned();
        let client = Client::builder(credentials).base_url_from_env()?.build()?;
        Ok(Self::new(client, webhook_secret))
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        let method = match &new.method {
            None | Some(Method::Qris) => Word::Qris,
            Some(Method::VirtualAccount(bank)) => common::virtual_account(PROVIDER, bank)?,
            Some(Method::PayPage) => Word::PaymentLink,
            Some(Method::Paypal) => {
                return Err(unsupported(PROVIDER, "take PayPal by a call: choose the page, where it is paid"));
            }
            Some(_) => {
                return Err(unsupported(PROVIDER, "take any payment but QRIS, virtual accounts and its page"));
            }
        };
        let can = capabilities();
        check::request(PROVIDER, &can, new)?;
        let body = types::NewTransaction::new(method, new.amount);
        let created = self.client.create_transaction(&new.reference, &body).await?;
        check_created(&can, new, method, &created)?;
        // A payment that was just created has no status.
        let status = created.status.as_ref().map_or(PaymentStatus::Pending, status);
        let mut payment = Payment::new(PROVIDER, new.amount, status);
        payment.id = Some(created.txn_id.to_string());
        payment.reference = Some(new.reference.clone());
        payment.payable = created.total_payment;
        payment.fee = created.fee;
        // One that was found may have expired.
        payment.expires_at = created.expired_at.as_ref().and_then(common::read_time);
        payment.paid_at = created.completed_at.as_ref().and_then(common::read_time);
        payment.sandbox = created.is_sandbox;
        let is_said = created.order_id.is_some() && created.amount.is_some();
        if !payment.status.is_closed() && payment.status != PaymentStatus::Paid {
            payment.pay_with.push(payable(method, created)?);
        }
        match is_said {
            true => believed_state(self, payment).await,
            // It may be one that was found: whether it is this order at this price the reply does not say, the status does.
            false => self.status(Lookup::Payment(&payment)).await.map_err(unsure),
        }
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let known = match lookup {
            Lookup::Payment(payment) => payment,
            _ => return Err(unsupported(PROVIDER, "find a payment by the merchant's reference; create it again")),
        };
        let id = txn_id(known)?;
        // Pakasir gives it once in four seconds: a second attempt within a call would only be refused.
        let now = self.client.with_retry(Retry::none()).transaction_status(id).await?;
        let mut said = Payment::new(PROVIDER, now.amount, status(&now.status));
        said.id = Some(now.txn_id.into());
        said.reference = Some(now.order_id.into());
        said.paid_at = now.completed_at.as_ref().and_then(common::read_time);
        said.sandbox = now.is_sandbox;
        updated(known, said)
    }

    async fn cancel(&self, known: &Payment) -> Result<Payment, Error> {
        self.client.cancel_transaction(txn_id(known)?).await?;
        let now = self.status(Lookup::Payment(known)).await;
        check::cancelled(now.map_err(|error| common::cancelled_but(&operations::CANCEL_TRANSACTION, error))?)
    }
}

/// The error of a created or found payment of which it could not be asked whether it is the one that was wanted.
fn unsure(error: Error) -> Error {
    let what = "a payment was created or found, but whether it is of this order and price could not be had";
    error.restated(what).with_delivery(Delivery::MaybeSent).with_operation(&operations::CREATE_TRANSACTION)
}

/// Checks that a created payment is the one that was asked for, as far as the reply says.
fn check_created(
    can: &Capabilities,
    new: &NewPayment,
    method: Word,
    created: &types::CreatedTransaction,
) -> Result<(), Error> {
    if let Some(order_id) = &created.order_id {
        check::reference_echo(PROVIDER, &new.reference, order_id.as_str())?;
    }
    if let Some(amount) = &created.amount {
        check::amount(PROVIDER, "amount", new.amount, *amount)?;
    }
    // On the page the customer chooses another one.
    if let Some(got) = created.payment_method.as_ref().filter(|_| method != Word::PaymentLink) {
        check::echo(PROVIDER, "method", method.as_str(), got.as_str())?;
    }
    created.total_payment.map_or(Ok(()), |total| check::payable(PROVIDER, can, new.amount, total))
}

/// What the customer pays with.
fn payable(method: Word, created: types::CreatedTransaction) -> Result<Payable, Error> {
    let some = |text: Option<String>, what| {
        text.filter(|text| !text.trim().is_empty()).ok_or_else(|| common::missing(PROVIDER, what))
    };
    if method == Word::PaymentLink {
        let page = created.payment_link.filter(|url| check::is_safe_address(url));
        return some(page, "an address of the page that begins with https:").map(Payable::Page);
    }
    let total = created.total_payment.ok_or_else(|| common::missing(PROVIDER, "what the customer must pay"))?;
    match common::bank(method) {
        Some(bank) => {
            let number = some(created.va_number.map(String::from), "the account number")?;
            Ok(Payable::VirtualAccount { bank: bank.to_owned(), number })
        }
        None => {
            let payload = some(created.qr_string, "the QRIS payload")?;
            gerbang_qris::check_payable(PROVIDER, &payload, total)?;
            Ok(Payable::Qris(payload))
        }
    }
}

/// Pakasir's id of a payment of this gateway's.
fn txn_id(payment: &Payment) -> Result<&str, Error> {
    check::gateway(PROVIDER, payment)?;
    payment.id.as_deref().ok_or_else(|| invalid(PROVIDER, "the payment has no id of Pakasir's"))
}

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::NewTransaction::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.idempotent_create = true;
    capabilities.cancel = true;
    capabilities.qris_payload = true;
    capabilities.notifications = Trust::SharedSecret;
    capabilities.surcharge = Some(common::SURCHARGE);
    capabilities.pays_by_reply_only = true;
    capabilities.poll_interval = Duration::from_secs(4);
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
        traced(&operations::TRANSACTION_STATUS, lookup.reference(), self.status(lookup))
    }

    /// Cancels a payment and asks for its status, as the answer to a cancellation has none. When the second call fails,
    /// as it does within 4 seconds after the status was asked for, the error says that the cancellation was accepted: ask
    /// for the payment later, do not cancel it again.
    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        traced(&operations::CANCEL_TRANSACTION, payment.reference.as_deref(), self.cancel(payment))
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let secret = self.webhook_secret.as_ref().ok_or_else(no_secret)?;
        read_notification(secret, headers, body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
