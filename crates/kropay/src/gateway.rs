//! Kropay as a payment gateway.

use gerbang_core::gateway::{check_amount, check_echo, check_gateway, check_payable_covers, invalid, unsupported};
use gerbang_core::{
    Answer, Capabilities, Error, JakartaTime, Lookup, Method, NewPayment, Notification, Payable, Payment,
    PaymentGateway, Rupiah, Trust,
};
use http::HeaderMap;

use crate::status::status;
use crate::webhook::{ACCEPTANCE, read_notification};
use crate::{Client, PROVIDER, operations, types};

/// Kropay as a [`PaymentGateway`].
///
/// It cannot cancel, and finds a payment only by its own reference: when the reply to a creation is lost, only the
/// notification tells of the payment. A description and the customer's telephone number have no place and are left out; a
/// return address is refused.
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
        if new.return_url.is_some() {
            return Err(unsupported(PROVIDER, "lead the customer back"));
        }
        let expired_in = match new.expires_in {
            None => None,
            Some(time) => Some(u32::try_from(time.as_secs()).map_err(|_| invalid(PROVIDER, "the expiry is too long"))?),
        };
        let created = self
            .client
            .create_payment(&types::NewPayment {
                merchant_ref: new.reference.clone(),
                amount: new.amount,
                customer_name: new.customer_name.clone(),
                customer_email: new.customer_email.clone(),
                expired_in,
            })
            .await?;
        check_echo(PROVIDER, "reference", new.reference.as_str(), created.merchant_ref.as_str())?;
        check_amount(PROVIDER, "amount", new.amount, created.amount)?;
        check_payable_covers(PROVIDER, created.amount, created.total_amount)?;
        gerbang_qris::check_payable(PROVIDER, &created.qris_string, created.total_amount)?;
        let mut payment = Payment::new(PROVIDER, created.amount, status(&created.status));
        payment.id = Some(created.reference.into());
        payment.reference = Some(created.merchant_ref.into());
        payment.payable = Some(created.total_amount);
        payment.fee = created.fee;
        payment.expires_at = created.expired_at.as_ref().and_then(read_time);
        payment.pay_with.push(Payable::Qris(created.qris_string));
        payment.pay_with.extend(created.qris_image.map(Payable::QrImage));
        Ok(payment)
    }

    async fn status(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let known = match lookup {
            Lookup::Payment(payment) => payment,
            _ => return Err(unsupported(PROVIDER, "find a payment by the merchant's reference")),
        };
        check_gateway(PROVIDER, known)?;
        let Some(id) = &known.id else { return Err(invalid(PROVIDER, "the payment has no reference of Kropay's")) };
        let now = self.client.payment_status(id).await?;
        check_echo(PROVIDER, "payment", id.as_str(), now.reference.as_str())?;
        if let Some(reference) = &known.reference {
            check_echo(PROVIDER, "reference", reference.as_str(), now.merchant_ref.as_str())?;
        }
        check_amount(PROVIDER, "amount", known.amount, now.amount)?;
        match known.payable {
            Some(payable) => check_amount(PROVIDER, "payable amount", payable, now.total_amount)?,
            None => check_payable_covers(PROVIDER, now.amount, now.total_amount)?,
        }
        let mut payment = known.clone();
        payment.status = status(&now.status);
        payment.reference = Some(now.merchant_ref.into());
        payment.payable = Some(now.total_amount);
        payment.fee = now.fee.or(known.fee);
        payment.net = now.net_amount.or(known.net);
        payment.paid_at = now.paid_at.as_ref().and_then(read_time).or(known.paid_at);
        Ok(payment)
    }
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
        capabilities.qris_payload = true;
        capabilities.expiry = true;
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

    fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> {
        Box::pin(async { Err(unsupported(PROVIDER, "cancel a payment")) })
    }

    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
