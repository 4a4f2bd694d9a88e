//! Kazukipay as a payment gateway.

use gerbang_core::gateway::{check_amount, check_echo, check_gateway, check_payable_covers, invalid, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Identifier, JakartaTime, Kind, Lookup, Method, NewPayment, Notification,
    Payable, Payment, PaymentGateway, PaymentStatus, Rupiah, Trust,
};
use http::HeaderMap;

use crate::status::status;
use crate::webhook::{ACCEPTANCE, read_notification};
use crate::{Client, PROVIDER, operations, types};

/// Kazukipay as a [`PaymentGateway`].
///
/// The merchant's reference is Kazukipay's `custom_id`, by which every payment is found again. The customer pays
/// [`Payment::payable`] to the rupiah, by a picture of the QR code: Kazukipay returns no QRIS payload, so what the picture
/// asks for cannot be checked.
///
/// Kazukipay has no place for the customer's name, e-mail address and telephone number nor for a description; they are left
/// out. An expiry or a return address is refused. The account statement and the check without a key are asked by the
/// [`Client`]: both may change payments.
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
        if !matches!(new.method, None | Some(Method::Qris)) {
            return Err(unsupported(PROVIDER, "take any payment but QRIS"));
        }
        if new.expires_in.is_some() {
            return Err(unsupported(PROVIDER, "limit the time"));
        }
        if new.return_url.is_some() {
            return Err(unsupported(PROVIDER, "lead the customer back"));
        }
        let body = types::NewPayment { amount: new.amount, custom_id: new.reference.clone() };
        let created = self.client.create_payment(&body).await?;
        check_echo(PROVIDER, "reference", new.reference.as_str(), created.custom_id.as_str())?;
        check_amount(PROVIDER, "amount", new.amount, created.amount)?;
        check_payable_covers(PROVIDER, created.amount, created.unique_amount)?;
        if created.qris_url.trim().is_empty() {
            let what = format!("{PROVIDER} returned no address of the QR code");
            return Err(Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, what));
        }
        let mut payment = Payment::new(PROVIDER, created.amount, PaymentStatus::Pending);
        payment.id = Some(created.transaction_id.into());
        payment.reference = Some(created.custom_id.into());
        payment.payable = Some(created.unique_amount);
        payment.expires_at = created.expired_at.as_ref().and_then(read_time);
        payment.pay_with.push(Payable::QrImage(created.qris_url));
        Ok(payment)
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let mut payment = match lookup {
            Lookup::Payment(known) => known.clone(),
            Lookup::Reference { reference, amount } => {
                let mut sought = Payment::new(PROVIDER, amount, PaymentStatus::Pending);
                sought.reference = Some(reference.to_owned());
                sought
            }
            _ => return Err(unsupported(PROVIDER, "find a payment in this way")),
        };
        let custom_id = custom_id(&payment)?.to_owned();
        let now = self.client.payment_status(&types::PaymentQuery { custom_id }).await?;
        check_payment(&payment, &now.custom_id, &now.transaction_id)?;
        check_amount(PROVIDER, "amount", payment.amount, now.amount)?;
        match &payment.payable {
            Some(payable) => check_amount(PROVIDER, "payable amount", *payable, now.unique_amount)?,
            None => check_payable_covers(PROVIDER, now.amount, now.unique_amount)?,
        }
        payment.id = Some(now.transaction_id.into());
        payment.payable = Some(now.unique_amount);
        payment.net = now.net_amount.or(payment.net);
        payment.status = status(&now.status);
        payment.expires_at = now.expired_at.as_ref().and_then(read_time).or(payment.expires_at);
        if let Some(url) = now.qris_url.filter(|url| !url.trim().is_empty()) {
            payment.pay_with = vec![Payable::QrImage(url)];
        }
        Ok(payment)
    }

    async fn cancel(&self, known: &Payment) -> Result<Payment, Error> {
        let custom_id = custom_id(known)?.to_owned();
        let cancelled = self.client.cancel_payment(&types::Cancellation { custom_id }).await?;
        check_payment(known, &cancelled.custom_id, &cancelled.transaction_id)?;
        let mut payment = known.clone();
        payment.id = Some(cancelled.transaction_id.into());
        payment.status = status(&cancelled.status);
        Ok(payment)
    }
}

/// The merchant's reference of a payment of this gateway's.
fn custom_id(payment: &Payment) -> Result<&str, Error> {
    check_gateway(PROVIDER, payment)?;
    payment.reference.as_deref().ok_or_else(|| invalid(PROVIDER, "the payment has no reference of the merchant's"))
}

/// Checks that a reply is about this payment.
fn check_payment(payment: &Payment, custom_id: &Identifier, transaction_id: &Identifier) -> Result<(), Error> {
    if let Some(reference) = &payment.reference {
        check_echo(PROVIDER, "reference", reference.as_str(), custom_id.as_str())?;
    }
    if let Some(id) = &payment.id {
        check_echo(PROVIDER, "payment", id.as_str(), transaction_id.as_str())?;
    }
    Ok(())
}

/// A time that cannot be read must not hide a payment.
fn read_time(time: &JakartaTime) -> Option<jiff::Timestamp> {
    time.timestamp().ok()
}

impl PaymentGateway for Gateway {
    fn provider(&self) -> &'static str {
        PROVIDER
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::new(Rupiah::new(1_000));
        capabilities.status = true;
        capabilities.find_by_reference = true;
        capabilities.cancel = true;
        capabilities.notifications = Trust::Unsigned;
        capabilities
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async move { self.create(new).await.map_err(|error| error.or_operation(&operations::CREATE_PAYMENT)) })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        Box::pin(
            async move { self.status(lookup).await.map_err(|error| error.or_operation(&operations::PAYMENT_STATUS)) },
        )
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        Box::pin(
            async move { self.cancel(payment).await.map_err(|error| error.or_operation(&operations::CANCEL_PAYMENT)) },
        )
    }

    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
