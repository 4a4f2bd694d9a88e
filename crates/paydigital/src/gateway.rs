//! PayDigital as a payment gateway.

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Error, Lookup, Method, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus, Rupiah,
    Surcharge, updated,
};

use crate::status::status;
use crate::{Client, PROVIDER, operations, types};

/// PayDigital as a [`PaymentGateway`].
///
/// PayDigital does not know the merchant's reference: [`Payment::reference`] is kept here and never sent, and a payment is
/// found only by PayDigital's invoice, its [`Payment::id`]. A payment whose creation was answered by a reply that was lost
/// cannot be found at all. There are no notifications and no way to cancel: ask for the payment, also after it has expired.
///
/// The invoice is a time to the second, so that two payments of one second may get the same one: keep (account, id) unique in
/// the shop's books, or one payment pays two orders.
///
/// The customer pays by the QRIS payload alone. PayDigital's `qr_url` is left out because it hands the payload to an image
/// service of a third party, and `payment_url` because it is `http:`, where anybody on the way can put another QR code into
/// the page; draw the payload with [`gerbang_qris`].
///
/// The customer's name and the description are sent; e-mail address and telephone number have no place and are left out. An
/// expiry or a return address is refused.
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
        let can = capabilities();
        check::request(PROVIDER, &can, new)?;
        if !matches!(new.method, None | Some(Method::Qris)) {
            return Err(unsupported(PROVIDER, "take any payment but QRIS"));
        }
        let mut body = types::CreatePayment::new(new.amount);
        body.customer_name = new.customer_name.clone();
        body.description = new.description.clone();
        let created = self.client.create_payment(&body).await?;
        check::amount(PROVIDER, "amount", new.amount, created.amount)?;
        check::payable(PROVIDER, &can, created.amount, created.total_amount)?;
        gerbang_qris::check_payable(PROVIDER, &created.qr_content, created.total_amount)?;
        let mut payment = Payment::new(PROVIDER, created.amount, PaymentStatus::Pending);
        payment.id = Some(created.invoice.into());
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.total_amount);
        payment.expires_at = check::expiry(PROVIDER, created.expired_at.as_ref(), new);
        payment.pay_with.push(Payable::Qris(created.qr_content));
        Ok(payment)
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let known = check::known(PROVIDER, lookup)?;
        let Some(invoice) = &known.id else { return Err(invalid(PROVIDER, "the payment has no invoice")) };
        let now = self.client.payment_status(invoice).await?;
        if known.payable.is_none() {
            check::payable(PROVIDER, &capabilities(), now.amount, now.total_amount)?;
        }
        let mut said = Payment::new(PROVIDER, now.amount, status(&now.status));
        said.id = Some(now.invoice.into());
        said.payable = Some(now.total_amount);
        said.paid_at = now.paid_at.as_ref().and_then(|time| time.timestamp().ok());
        updated(known, said)
    }
}

/// What is added to the price: the code that distinguishes payments. How large it can be is not documented; that of the sample
/// has three digits.
const SURCHARGE: Surcharge = Surcharge { per_mille: 10, fixed: Rupiah::new(9_999) };

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::CreatePayment::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.qris_payload = true;
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
        traced(&operations::CREATE_PAYMENT, Some(&new.reference), self.create(new))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        traced(&operations::PAYMENT_STATUS, lookup.reference(), self.status(lookup))
    }
}
