//! Kazukipay as a payment gateway.

use std::time::Duration;

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, Method, NewPayment, Notification, Payable, Payment,
    PaymentGateway, PaymentStatus, Rupiah, Surcharge, Trust, updated,
};
use http::HeaderMap;

use crate::status::status;
use crate::webhook::{ACCEPTANCE, read_notification};
use crate::{Client, PROVIDER, operations, types};

/// Kazukipay as a [`PaymentGateway`].
///
/// The merchant's reference is Kazukipay's `custom_id`, by which every payment is found again. The customer pays
/// [`Payment::payable`] to the rupiah, by a picture of the QR code: Kazukipay returns no QRIS payload. With the feature `qris-scan`
/// a new payment's picture is fetched and read where it is on the gateway's own server, or on a host that is named by
/// `pictures_from`: the payload is then a [`Payable::Qris`] beside the picture, and what it asks for is checked. Where the picture
/// cannot be fetched within five seconds or read, and without the feature, what it asks for is not checked.
///
/// Kazukipay takes a payment for paid only once it has matched the money with it. A question about a pending payment
/// therefore triggers the check that needs no key ([`Client::public_check`]) and asks again when that has found something;
/// what the check itself says is never believed. Money is matched only while the payment is pending: what is first asked about
/// after the expiry may be in the statement and in no payment, also money that came in time. A person finds it there
/// ([`Client::check_mutations`]). This is a guess, after the sandbox; the document does not say it. Before a payment is cancelled, the account statement is looked at
/// ([`Client::check_mutations`]): money that has come in is matched instead, and the payment is returned as paid.
///
/// Kazukipay has no place for the customer's name, e-mail address and telephone number nor for a description; they are left
/// out. An expiry or a return address is refused.
#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
    #[cfg(feature = "qris-scan")]
    pictures: crate::picture::Pictures,
}

impl Gateway {
    /// A gateway that asks through this client.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            #[cfg(feature = "qris-scan")]
            pictures: crate::picture::Pictures::default(),
        }
    }

    /// Fetches pictures from these hosts too, such as `img2.example`, by `https` at its usual port. Name none of which you do not
    /// know that it is Kazukipay's: whoever writes the picture says what is paid to whom.
    #[cfg(feature = "qris-scan")]
    #[must_use]
    pub fn pictures_from(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.pictures.hosts = hosts.into_iter().map(Into::into).collect();
        self
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
        let body = types::CreatePayment::new(new.amount, &new.reference);
        let created = self.client.create_payment(&body).await?;
        check::reference_echo(PROVIDER, &new.reference, created.custom_id.as_str())?;
        check::amount(PROVIDER, "amount", new.amount, created.amount)?;
        check::payable(PROVIDER, &can, created.amount, created.unique_amount)?;
        if !check::is_safe_address(&created.qris_url) {
            let what = format!("{PROVIDER} returned no address of the QR code that begins with https:");
            return Err(Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, what));
        }
        let mut payment = Payment::new(PROVIDER, created.amount, PaymentStatus::Pending);
        payment.id = Some(created.transaction_id.into());
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.unique_amount);
        payment.expires_at = check::expiry(PROVIDER, created.expired_at.as_ref(), new);
        #[cfg(feature = "qris-scan")]
        {
            let (transport, pictures) = (&self.client.transport, &self.pictures);
            let payload = pictures.payload(transport, &created.qris_url, created.unique_amount).await?;
            payment.pay_with.extend(payload.map(Payable::Qris));
        }
        payment.pay_with.push(Payable::QrImage(created.qris_url));
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
        let custom_id = custom_id(&known)?;
        let said = self.ask(custom_id).await?;
        let may_be_paid = matches!(said.status, PaymentStatus::Pending | PaymentStatus::Expired);
        if may_be_paid && self.found_money(custom_id, &said.status).await {
            return updated(&known, self.ask(custom_id).await?);
        }
        updated(&known, said)
    }

    /// What Kazukipay says of a payment now.
    async fn ask(&self, custom_id: &str) -> Result<Payment, Error> {
        let now = self.client.payment_status(&types::PaymentQuery::new(custom_id.to_owned())).await?;
        check::payable(PROVIDER, &capabilities(), now.amount, now.unique_amount)?;
        let mut said = Payment::new(PROVIDER, now.amount, status(&now.status));
        said.id = Some(now.transaction_id.into());
        said.reference = Some(now.custom_id.into());
        said.payable = Some(now.unique_amount);
        said.net = now.net_amount;
        said.expires_at = now.expired_at.as_ref().and_then(|time| time.timestamp().ok());
        said.pay_with.extend(now.qris_url.filter(|url| check::is_safe_address(url)).map(Payable::QrImage));
        Ok(said)
    }

    /// Makes Kazukipay look for the money of a payment; returns whether it may have found some. The check takes no key and may
    /// be about another merchant's payment: only the status that is asked for afterwards counts.
    async fn found_money(&self, custom_id: &str, known: &PaymentStatus) -> bool {
        let quick = self.client.with_timeout(TRIGGER).with_retry(gerbang_core::Retry::none());
        quick.public_check(custom_id).await.is_ok_and(|check| status(&check.status) != *known)
    }

    async fn cancel(&self, known: &Payment) -> Result<Payment, Error> {
        let custom_id = custom_id(known)?;
        let statement = self.client.check_mutations().await.map_err(not_cancelled)?;
        let pending = &statement.pending_transactions;
        // A row that cannot be read may be that of this payment, and case does not count in a reference.
        let has_money = pending.unreadable() > 0
            || pending
                .iter()
                .any(|row| row.custom_id.as_str().eq_ignore_ascii_case(custom_id) && row.mutasi_found != Some(false));
        if has_money {
            self.found_money(custom_id, &PaymentStatus::Pending).await;
            let now = self.ask(custom_id).await.and_then(|now| updated(known, now)).map_err(not_cancelled)?;
            if now.status == PaymentStatus::Paid {
                return Ok(now);
            }
            let what = "nothing was cancelled, as the account statement shows the payment's money, or does not say; ask again \
                        later";
            return Err(Error::new(Kind::Rejected, Delivery::NotSent, what));
        }
        let cancelled = self.client.cancel_payment(&types::Cancellation::new(custom_id.to_owned())).await?;
        let mut said = Payment::new(PROVIDER, known.amount, status(&cancelled.status));
        said.id = Some(cancelled.transaction_id.into());
        said.reference = Some(cancelled.custom_id.into());
        check::cancelled(updated(known, said)?)
    }
}

/// The time for the check that only triggers something: a slow one must not hold up the question.
const TRIGGER: Duration = Duration::from_secs(5);

/// What is added to the price. Kazukipay's fee is taken from what the merchant gets. How large the code is that distinguishes
/// payments is not documented; those of the samples have three digits.
const SURCHARGE: Surcharge = Surcharge { per_mille: 10, fixed: Rupiah::new(9_999) };

/// The failure of a question that comes before a cancellation.
fn not_cancelled(error: Error) -> Error {
    error
        .restated("nothing was cancelled, as it could not be found out whether the money has come in")
        .with_delivery(Delivery::NotSent)
        .with_operation(&operations::CANCEL_PAYMENT)
}

/// The merchant's reference of a payment of this gateway's.
fn custom_id(payment: &Payment) -> Result<&str, Error> {
    check::gateway(PROVIDER, payment)?;
    payment.reference.as_deref().ok_or_else(|| invalid(PROVIDER, "the payment has no reference of the merchant's"))
}

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::CreatePayment::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.find_by_reference = true;
    capabilities.cancel = true;
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

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        traced(&operations::CANCEL_PAYMENT, payment.reference.as_deref(), self.cancel(payment))
    }

    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
