//! Midtrans as a payment gateway.

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Lookup, NewPayment, NewRefund, Notification, Payment, PaymentGateway,
    PaymentStatus, Refund, Rupiah, Secret, Surcharge, Trust, Word as _, believed_state, updated,
};
use http::HeaderMap;

use crate::payable::{pay_with, repeated};
use crate::request::{Way, charge};
use crate::status::status;
use crate::webhook::{ACCEPTANCE, read_notification, test_mode};
use crate::{Client, Credentials, PROVIDER, operations, types};

/// Midtrans as a [`PaymentGateway`].
///
/// It takes QRIS, which is the default, GoPay, and bank transfers at the banks of [`Bank`](crate::types::Bank) and at `mandiri`.
/// A virtual account is shown as [`Payable::VirtualAccount`](gerbang_core::Payable::VirtualAccount). Mandiri has a bill instead,
/// shown as [`Payable::Code`](gerbang_core::Payable::Code): the biller's code, a space and the bill's key, both of which the
/// customer enters. A QRIS payment has a payload, a picture or both.
///
/// References are at most 50 letters, digits, `-`, `_` and `.`; a `/` is refused. Each is taken once. Midtrans has no place for a
/// description but on Mandiri's bill. A payment that the fraud check neither accepts nor denies has an unknown state.
///
/// The customer pays the price and nothing else. Limits in rupiah, of which only the least ones are checked: QRIS up to
/// 10 000 000, GoPay up to 20 000 000; BCA and Seabank from 10 000 on, BSI from 1 000 on.
///
/// Which mode a call is of, its address and its key say: those of the test mode are `https://api.sandbox.midtrans.com` and
/// `SB-Mid-server-…`.
#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
    server_key: Secret,
}

impl Gateway {
    /// A gateway that asks through this client, and checks notifications with the merchant's server key.
    pub fn new(client: Client, server_key: Secret) -> Self {
        Self { client, server_key }
    }

    /// A gateway whose client and key are set by environment variables.
    ///
    /// # Errors
    ///
    /// See [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        let credentials = Credentials::from_env()?;
        let key = credentials.server_key().clone();
        Ok(Self::new(Client::builder(credentials).base_url_from_env()?.build()?, key))
    }

    /// Whether its payments are of the test mode, as far as address and key say.
    fn sandbox(&self) -> Option<bool> {
        test_mode(&self.server_key, Some(self.client.base_url()))
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        let way = Way::of(new.method.as_ref())?;
        check::request(PROVIDER, &capabilities(), new)?;
        let created = self.client.charge(&charge(way, new)?).await?;
        check::reference_echo(PROVIDER, &new.reference, created.order_id.as_str())?;
        check::echo(PROVIDER, "method", way.payment_type().as_str(), created.payment_type.as_str())?;
        check::amount(PROVIDER, "amount", new.amount, created.gross_amount)?;
        let said = status(&created.status_code, &created.transaction_status, created.fraud_status.as_deref());
        let mut payment = Payment::new(PROVIDER, new.amount, said);
        payment.id = Some(created.transaction_id.to_string());
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.gross_amount);
        payment.expires_at = check::expiry(PROVIDER, created.expiry_time.as_ref(), new);
        payment.sandbox = self.sandbox();
        // A refused payment has nothing to pay with.
        if !payment.status.is_closed() {
            payment.pay_with = pay_with(way, &created)?;
        }
        believed_state(self, payment).await
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
        let now = self.client.transaction_status(name(&known)?).await?;
        let said = status(&now.status_code, &now.transaction_status, now.fraud_status.as_deref());
        let mut said = Payment::new(PROVIDER, now.gross_amount, said);
        said.payable = Some(now.gross_amount);
        said.paid_at = now.settlement_time.as_ref().and_then(|time| time.timestamp().ok());
        said.expires_at = now.expiry_time.as_ref().and_then(|time| time.timestamp().ok());
        said.sandbox = self.sandbox();
        if known.pay_with.is_empty() && said.status == PaymentStatus::Pending {
            said.pay_with = repeated(&now);
        }
        said.reference = Some(now.order_id.into());
        said.id = Some(now.transaction_id.into());
        updated(&known, said)
    }

    async fn cancel(&self, known: &Payment) -> Result<Payment, Error> {
        self.client.cancel_transaction(name(known)?).await?;
        let now = self.status(Lookup::Payment(known)).await;
        check::cancelled(now.map_err(cancelled_but)?)
    }

    async fn refund(&self, payment: &Payment, new: &NewRefund) -> Result<Refund, Error> {
        check::refund(PROVIDER, payment, new)?;
        let mut asked = types::RefundRequest::new(new.reference.clone()).amount(new.amount);
        asked.reason = new.reason.clone();
        let reply = self.client.refund_transaction(name(payment)?, &asked).await?;
        if let Some(reference) = &payment.reference {
            check::reference_echo(PROVIDER, reference, reply.order_id.as_str())?;
        }
        if let Some(id) = &payment.id {
            check::echo(PROVIDER, "id", id, reply.transaction_id.as_str())?;
        }
        check::echo(PROVIDER, "refund", &new.reference, reply.refund_key.as_str())?;
        check::amount(PROVIDER, "amount", payment.amount, reply.gross_amount)?;
        let mut refund = check::refunded(PROVIDER, payment, new, reply.refund_amount)?;
        refund.id = reply.refund_chargeback_id.map(Into::into);
        Ok(refund)
    }
}

/// The error of a cancellation that was accepted, after which the status could not be had.
fn cancelled_but(error: Error) -> Error {
    let what = "the cancellation was accepted, but the status that the payment has now could not be had";
    let error = error.restated(what).with_delivery(Delivery::MaybeSent);
    // The attempts were those of the question.
    error.with_operation(&operations::CANCEL_TRANSACTION).with_attempts(0)
}

/// The name by which Midtrans is asked about a payment of this gateway's: its own, or the merchant's.
fn name(payment: &Payment) -> Result<&str, Error> {
    check::gateway(PROVIDER, payment)?;
    if let Some(id) = &payment.id {
        return Ok(id);
    }
    let reference = payment.reference.as_deref();
    let reference = reference
        .ok_or_else(|| invalid(PROVIDER, "the payment has neither Midtrans' id nor the merchant's reference"))?;
    crate::request::reference(reference)?;
    Ok(reference)
}

/// The least price: Midtrans states one rupiah for QRIS, GoPay and most banks.
const LEAST: Rupiah = Rupiah::new(1);

/// Nothing is added to the price.
const SURCHARGE: Surcharge = Surcharge { per_mille: 0, fixed: Rupiah::ZERO };

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(LEAST);
    capabilities.status = true;
    capabilities.find_by_reference = true;
    capabilities.cancel = true;
    capabilities.refund = true;
    capabilities.qris_payload = true;
    capabilities.expiry = true;
    // The signature does not cover the state: see `read_notification`.
    capabilities.notifications = Trust::SharedSecret;
    capabilities.surcharge = Some(SURCHARGE);
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
        traced(&operations::CHARGE, Some(&new.reference), self.create(new))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        traced(&operations::TRANSACTION_STATUS, lookup.reference(), self.status(lookup))
    }

    /// Cancels a payment and asks for its status, which is what counts. When the second call fails, the error says that the
    /// cancellation was accepted: ask for the payment later.
    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        traced(&operations::CANCEL_TRANSACTION, payment.reference.as_deref(), self.cancel(payment))
    }

    /// Gives money back: of QRIS payments from another app than GoPay for 7 days, from GoPay and of GoPay payments for 45, of
    /// bank transfers not at all. Midtrans remembers a refund's reference for 7 days: after that the same refund sent again may
    /// be another one. Its pages contradict one another on whether a reference may be sent again at all.
    fn refund_payment<'a>(&'a self, payment: &'a Payment, refund: &'a NewRefund) -> Answer<'a, Refund> {
        traced(&operations::REFUND_TRANSACTION, payment.reference.as_deref(), self.refund(payment, refund))
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let mut notification = read_notification(&self.server_key, headers, body)?;
        notification.sandbox = self.sandbox();
        Ok(notification)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
