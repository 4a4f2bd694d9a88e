use gerbang_core::check;
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Method, NewPayment, Notification, Payable, Payment, PaymentGateway,
    PaymentStatus,
};
use http::HeaderMap;

use super::{capabilities, request};
use crate::operations::CREATE_PAYMENT;
use crate::webhook::{ACCEPTANCE, WebhookKeys, read_notification};
use crate::{Client, PROVIDER, types};

/// K-Link's payments by virtual account, card and manual transfer as a [`PaymentGateway`].
///
/// It is one bank's product: its codes are `bank_code` and `product_code` of an entry of [`Client::list_banks`].
///
/// K-Link requires the customer's name, e-mail address and telephone number. It reports no status and cannot cancel: what
/// became of a payment, also of one whose reply was lost, only its signed notification says. The reply to a creation does
/// not repeat the merchant's reference, so that it cannot be compared; the price is where the reply has it, and so is the way
/// to pay where [`NewPayment::method`] asks for one.
///
/// The id of a payment is that of the request, `rq_uuid` ([`NewPayment::sent_request_id`]): it is known without the reply, and
/// the settlement repeats it. A notification does not say whether it is of development or production: see [`WebhookKeys`].
#[derive(Debug, Clone)]
pub struct VaGateway {
    client: Client,
    bank_code: String,
    product_code: String,
    keys: WebhookKeys,
}

impl VaGateway {
    /// A gateway that asks through this client for one bank's product.
    pub fn new(
        client: Client,
        bank_code: impl Into<String>,
        product_code: impl Into<String>,
        keys: WebhookKeys,
    ) -> Self {
        Self { client, bank_code: bank_code.into(), product_code: product_code.into(), keys }
    }

    /// A gateway whose client and key are set by environment variables.
    ///
    /// # Errors
    ///
    /// See [`Client::from_env`] and [`WebhookKeys::from_env`].
    pub fn from_env(bank_code: impl Into<String>, product_code: impl Into<String>) -> Result<Self, Error> {
        Ok(Self::new(Client::from_env()?, bank_code, product_code, WebhookKeys::from_env()?))
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        match &new.method {
            None | Some(Method::Card) => {}
            Some(Method::VirtualAccount(bank)) if *bank == self.bank_code => {}
            Some(Method::VirtualAccount(_)) => {
                return Err(unsupported(PROVIDER, &format!("use another bank than its own, {:?}", self.bank_code)));
            }
            Some(_) => return Err(unsupported(PROVIDER, "take any payment but by virtual account, card or transfer")),
        }
        let request = request(PROVIDER, new, &self.bank_code, &self.product_code)?;
        self.read(new, self.client.create_payment(&request).await?)
    }

    fn read(&self, new: &NewPayment, reply: types::PaymentInstruction) -> Result<Payment, Error> {
        if reply.koneksi.is_some_and(|connected| !connected.is_set()) {
            return Err(failure(Kind::Unavailable, "K-Link says that the connection to the bank failed"));
        }
        if let Some(price) = &reply.total_belanja {
            check::amount(PROVIDER, "price", new.amount, *price)?;
        }
        if let Some(payable) = reply.total_bayar {
            check::payable(PROVIDER, &capabilities(), new.amount, payable)?;
        }
        let page = reply.url_pay.filter(|url| check::is_safe_address(url));
        let (number, code) = (reply.va_number, reply.kd_pay);
        if page.is_none() && number.is_none() && code.is_none() {
            let what =
                "the reply has nothing to pay with: no `va_number`, no `kd_pay`, no `url_pay` that is safe to open";
            return Err(failure(Kind::UnexpectedReply, what));
        }
        let is_va = reply.is_va.map(|is_va| is_va.is_set());
        let is_as_asked = match &new.method {
            Some(Method::VirtualAccount(_)) => is_va != Some(false) && (number.is_some() || code.is_some()),
            Some(Method::Card) => is_va != Some(true) && number.is_none() && page.is_some(),
            _ => true,
        };
        if !is_as_asked {
            let what = "K-Link answers with another way to pay than was asked for (virtual account, or card page)";
            return Err(failure(Kind::EchoMismatch, what));
        }
        let mut payment = Payment::new(PROVIDER, new.amount, PaymentStatus::Pending);
        // What names the payment in its settlement too, whether this reply comes or is lost. `kd_ref` does not come back.
        payment.id = Some(new.sent_request_id());
        payment.request_id = Some(new.sent_request_id());
        payment.reference = Some(new.reference.clone());
        payment.payable = reply.total_bayar;
        payment.pay_with.extend(
            number.map(|number| Payable::VirtualAccount { bank: self.bank_code.clone(), number: number.to_string() }),
        );
        payment.pay_with.extend(page.map(Payable::Page));
        payment.pay_with.extend(code.map(|code| Payable::Code(code.to_string())));
        Ok(payment)
    }
}

fn failure(kind: Kind, what: &str) -> Error {
    Error::new(kind, Delivery::MaybeSent, what).with_operation(&CREATE_PAYMENT)
}

/// What it can do, which needs no account to be known.
pub(crate) fn va_capabilities() -> Capabilities {
    let mut capabilities = capabilities();
    // A number, a code or a page, all of which come with the reply.
    capabilities.pays_by_reply_only = true;
    capabilities
}

impl PaymentGateway for VaGateway {
    fn provider(&self) -> &'static str {
        PROVIDER
    }

    fn capabilities(&self) -> Capabilities {
        va_capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        traced(&CREATE_PAYMENT, Some(&new.reference), self.create(new))
    }

    /// Reads GoPay notifications too, which come to the same address: see [`read_notification`].
    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(&self.keys, headers, body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
