//! Kropay as a payment gateway.

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Error, Lookup, Method, NewPayment, Notification, Payable, Payment, PaymentGateway, Rupiah,
    Surcharge, Trust, believed_state, updated,
};
use http::HeaderMap;

use crate::status::status;
use crate::webhook::{ACCEPTANCE, read_notification};
use crate::{Client, PROVIDER, operations, types};

/// Kropay as a [`PaymentGateway`].
///
/// It cannot cancel, and finds a payment only by its own reference: when the reply to a creation is lost, only the
/// notification reports the payment. A description and the customer's telephone number have no place and are left out; a
/// return address is refused.
///
/// The document names no time zone: Jakarta time is assumed. An expiry that is past when the payment is created, or more than
/// an hour off what was asked for, is taken for unknown.
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
        let expired_in = match new.expires_in {
            None => None,
            Some(time) => Some(u32::try_from(time.as_secs()).map_err(|_| invalid(PROVIDER, "the expiry is too long"))?),
        };
        let mut body = types::CreatePayment::new(&new.reference, new.amount);
        body.customer_name = new.customer_name.clone();
        body.customer_email = new.customer_email.clone();
        body.expired_in = expired_in;
        let created = self.client.create_payment(&body).await?;
        check::reference_echo(PROVIDER, &new.reference, created.merchant_ref.as_str())?;
        check::amount(PROVIDER, "amount", new.amount, created.amount)?;
        check::payable(PROVIDER, &can, created.amount, created.total_amount)?;
        gerbang_qris::check_payable(PROVIDER, &created.qris_string, created.total_amount)?;
        let mut payment = Payment::new(PROVIDER, created.amount, status(&created.status));
        payment.id = Some(created.reference.into());
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.total_amount);
        payment.fee = created.fee;
        payment.expires_at = check::expiry(PROVIDER, created.expired_at.as_ref(), new);
        payment.pay_with.push(Payable::Qris(created.qris_string));
        let picture = created.qris_image.filter(|url| check::is_safe_address(url));
        payment.pay_with.extend(picture.map(Payable::QrImage));
        // Kropay's word for a paid payment, `success`, is also what a call is said to be.
        believed_state(self, payment).await
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let known = check::known(PROVIDER, lookup)?;
        let Some(id) = &known.id else { return Err(invalid(PROVIDER, "the payment has no reference of Kropay's")) };
        let now = self.client.payment_status(id).await?;
        if known.payable.is_none() {
            check::payable(PROVIDER, &capabilities(), now.amount, now.total_amount)?;
        }
        let mut said = Payment::new(PROVIDER, now.amount, status(&now.status));
        said.id = Some(now.reference.into());
        said.reference = Some(now.merchant_ref.into());
        said.payable = Some(now.total_amount);
        said.fee = now.fee;
        said.net = now.net_amount;
        said.paid_at = now.paid_at.as_ref().and_then(|time| time.timestamp().ok());
        updated(known, said)
    }
}

/// What is added to the price: the code that distinguishes payments, of 0.2 % by the document's comments. How large it can be is
/// not documented.
const SURCHARGE: Surcharge = Surcharge { per_mille: 10, fixed: Rupiah::new(9_999) };

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::CreatePayment::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.qris_payload = true;
    capabilities.expiry = true;
    capabilities.notifications = Trust::Unsigned;
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

    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
