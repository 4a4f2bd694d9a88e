//! Lumbung as a payment gateway.

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, Method, NewPayment, Notification, Payable, Payment,
    PaymentGateway, Rupiah, Secret, Surcharge, Trust, believed_state, updated,
};
use http::HeaderMap;

use crate::status::status;
use crate::webhook::{ACCEPTANCE, read_notification};
use crate::{Client, Credentials, PROVIDER, operations, types};

/// Lumbung as a [`PaymentGateway`].
///
/// It finds a payment only by its own id: when the reply to a creation is lost, only the notification reports the payment.
/// The customer's name, e-mail address and telephone number and a description have no place and are left out; a return
/// address is refused.
#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
    webhook_secret: Option<Secret>,
}

impl Gateway {
    /// A gateway that asks through this client. Without the webhook secret it reads no notifications.
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
        let can = capabilities();
        check::request(PROVIDER, &can, new)?;
        if !matches!(new.method, None | Some(Method::Qris)) {
            return Err(unsupported(PROVIDER, "take any payment but QRIS"));
        }
        let mut body = types::CreatePayment::new(&new.reference, new.amount);
        if let Some(time) = new.expires_in {
            let seconds = u32::try_from(time.as_secs()).map_err(|_| invalid(PROVIDER, "the expiry is too long"))?;
            body.expires_in = Some(seconds);
        }
        let created = self.client.create_payment(&body).await?;
        check::reference_echo(PROVIDER, &new.reference, created.reference.as_str())?;
        check::amount(PROVIDER, "amount", new.amount, created.amount)?;
        check::payable(PROVIDER, &can, created.amount, created.total)?;
        gerbang_qris::check_payable(PROVIDER, &created.qris, created.total)?;
        let mut payment = Payment::new(PROVIDER, created.amount, status(&created.status));
        payment.id = Some(created.id.into());
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.total);
        payment.expires_at = check::expiry(PROVIDER, created.expires_at.as_ref(), new);
        payment.pay_with.push(Payable::Qris(created.qris));
        believed_state(self, payment).await
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let known = check::known(PROVIDER, lookup)?;
        let now = self.client.payment_status(id(known)?).await?;
        updated(known, said(known, now)?)
    }

    async fn cancel(&self, known: &Payment) -> Result<Payment, Error> {
        check::gateway(PROVIDER, known)?;
        let now = self.client.cancel_payment(id(known)?).await?;
        check::cancelled(updated(known, said(known, now)?)?)
    }
}

/// What a reply says of a payment.
fn said(known: &Payment, now: types::PaymentDetail) -> Result<Payment, Error> {
    if known.payable.is_none() {
        check::payable(PROVIDER, &capabilities(), now.amount, now.total)?;
    }
    let mut said = Payment::new(PROVIDER, now.amount, status(&now.status));
    said.id = Some(now.id.into());
    said.reference = Some(now.reference.into());
    said.payable = Some(now.total);
    said.paid_at = now.paid_at.as_ref().and_then(|time| time.timestamp().ok());
    Ok(said)
}

/// Lumbung's id of a payment.
fn id(payment: &Payment) -> Result<&str, Error> {
    payment.id.as_deref().ok_or_else(|| invalid(PROVIDER, "the payment has no id of Lumbung's"))
}

/// What is added to the price: a code of at most 999 rupiah, as the document says.
const SURCHARGE: Surcharge = Surcharge { per_mille: 0, fixed: Rupiah::new(999) };

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::CreatePayment::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.cancel = true;
    capabilities.qris_payload = true;
    capabilities.expiry = true;
    capabilities.notifications = Trust::SharedSecret;
    capabilities.surcharge = Some(SURCHARGE);
    capabilities.pays_by_reply_only = true;
    capabilities
}

/// The error of a notification that cannot be checked.
fn no_secret() -> Error {
    let what = format!("{PROVIDER}: the webhook secret was not given, so no notification can be checked");
    Error::new(Kind::Configuration, Delivery::NotSent, what)
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

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        traced(&operations::CANCEL_PAYMENT, payment.reference.as_deref(), self.cancel(payment))
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let secret = self.webhook_secret.as_ref().ok_or_else(no_secret)?;
        read_notification(secret, headers, body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
