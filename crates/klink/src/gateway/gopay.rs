use gerbang_core::check;
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Method, NewPayment, Notification, Payable, Payment, PaymentGateway,
    PaymentStatus, Rupiah, believed_state,
};
use http::HeaderMap;

use super::{capabilities, request};
use crate::operations::CREATE_GOPAY_PAYMENT;
use crate::status::{after_fraud_check, gopay};
use crate::types::{GopayActionName, GopayPayment};
use crate::webhook::{ACCEPTANCE, WebhookKeys, read_notification};
use crate::{Client, GOPAY_PROVIDER};

/// K-Link's GoPay payments, which Midtrans takes, as a [`PaymentGateway`].
///
/// K-Link requires the customer's name, e-mail address and telephone number. It reports no status and cannot cancel: what
/// became of a payment, also of one whose reply was lost, only its signed notification says. The addresses of Midtrans
/// for both, which a reply carries, need K-Link's own key and are not used.
///
/// A notification does not say whether it is of development or production: see [`WebhookKeys`].
#[derive(Debug, Clone)]
pub struct GopayGateway {
    client: Client,
    product_code: String,
    keys: WebhookKeys,
}

impl GopayGateway {
    /// The bank code of GoPay.
    const BANK_CODE: &str = "gopay";

    /// A gateway that asks through this client.
    pub fn new(client: Client, keys: WebhookKeys) -> Self {
        Self { client, product_code: "e_wallets".to_owned(), keys }
    }

    /// A gateway whose client and key are set by environment variables.
    ///
    /// # Errors
    ///
    /// See [`Client::from_env`] and [`WebhookKeys::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::new(Client::from_env()?, WebhookKeys::from_env()?))
    }

    /// Sends another product code than `e_wallets`, which K-Link's sample of a payment has. Its sample of
    /// [`Client::list_gopay_banks`] has `e_money`.
    #[must_use]
    pub fn product_code(mut self, product_code: impl Into<String>) -> Self {
        self.product_code = product_code.into();
        self
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        if !matches!(new.method, None | Some(Method::Gopay)) {
            return Err(unsupported(GOPAY_PROVIDER, "take any payment but GoPay"));
        }
        let request = request(GOPAY_PROVIDER, new, Self::BANK_CODE, &self.product_code)?;
        let created = read(new, self.client.create_gopay_payment(&request).await?.data)?;
        believed_state(self, created).await
    }
}

fn read(new: &NewPayment, reply: GopayPayment) -> Result<Payment, Error> {
    // The code first: a refusal has none of the members that a payment has.
    let status = after_fraud_check(status(&reply)?, reply.fraud_status.as_ref());
    let (Some(order_id), Some(gross_amount), Some(transaction_id)) =
        (reply.order_id, reply.gross_amount, reply.transaction_id)
    else {
        let what = "the reply is without one of `order_id`, `gross_amount`, `transaction_id`";
        return Err(failure(Kind::UnexpectedReply, Delivery::MaybeSent, what));
    };
    check::reference_echo(GOPAY_PROVIDER, &new.reference, order_id.as_str())?;
    check::amount(GOPAY_PROVIDER, "amount", new.amount, gross_amount)?;
    if let (Some(price), Some(shipping)) = (reply.nominal, reply.pay_ship) {
        let sum = price.checked_add(shipping).unwrap_or(Rupiah::MAX);
        check::amount(GOPAY_PROVIDER, "sum of price and shipping", new.amount, sum)?;
    }
    let mut payment = Payment::new(GOPAY_PROVIDER, new.amount, status);
    payment.id = Some(transaction_id.to_string());
    payment.reference = Some(new.reference.clone());
    payment.request_id = Some(new.sent_request_id());
    payment.payable = Some(gross_amount);
    payment.pay_with = reply
        .actions
        .into_iter()
        .filter_map(|action| match action.name.known()? {
            GopayActionName::GenerateQrCode => {
                check::is_safe_address(&action.url).then_some(Payable::QrImage(action.url))
            }
            GopayActionName::DeeplinkRedirect => is_safe_link(&action.url).then_some(Payable::DeepLink(action.url)),
            GopayActionName::GetStatus | GopayActionName::Cancel => None,
        })
        .collect();
    if payment.status == PaymentStatus::Pending && payment.pay_with.is_empty() {
        let what = "the reply has nothing to pay with: no QR code, no link into the app";
        return Err(failure(Kind::UnexpectedReply, Delivery::MaybeSent, what));
    }
    Ok(payment)
}

/// Whether a link can be shown to a customer: a safe address, or one that opens the app. Any other scheme may run a script.
fn is_safe_link(link: &str) -> bool {
    check::is_safe_address(link) || ["gojek://", "gopay://"].iter().any(|app| link.starts_with(app))
}

/// How the request ended, by the code inside the reply, which as a whole says `success` all the same, and by the state. A
/// payment that waits by its code and has ended by its state has ended.
fn status(reply: &GopayPayment) -> Result<PaymentStatus, Error> {
    let (kind, delivery, what) = match reply.status_code.as_str().trim() {
        "401" => (Kind::Authentication, Delivery::Answered, "Midtrans does not accept K-Link's keys for this merchant"),
        "406" => (
            Kind::AlreadyDone,
            Delivery::Answered,
            "the order was paid before; another payment needs another reference",
        ),
        "503" => (Kind::Unavailable, Delivery::MaybeSent, "the bank or partner has a connection problem"),
        "900" => (Kind::Unavailable, Delivery::MaybeSent, "the service has a general error"),
        "05" => (Kind::Rejected, Delivery::Answered, "the payment was refused"),
        code => {
            return match (code, reply.transaction_status.as_ref().map(gopay)) {
                ("201", Some(state)) if state == PaymentStatus::Paid || state.is_closed() => Ok(state),
                ("201", _) => Ok(PaymentStatus::Pending),
                (_, Some(state)) => Ok(state),
                (_, None) => {
                    let what = "the reply is without its `transaction_status`";
                    Err(failure(Kind::UnexpectedReply, Delivery::MaybeSent, what))
                }
            };
        }
    };
    Err(failure(kind, delivery, what).with_code(Some(reply.status_code.as_str().trim().to_owned())))
}

fn failure(kind: Kind, delivery: Delivery, what: &str) -> Error {
    Error::new(kind, delivery, what).with_operation(&CREATE_GOPAY_PAYMENT)
}

impl PaymentGateway for GopayGateway {
    fn provider(&self) -> &'static str {
        GOPAY_PROVIDER
    }

    fn capabilities(&self) -> Capabilities {
        capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        traced(&CREATE_GOPAY_PAYMENT, Some(&new.reference), self.create(new))
    }

    /// Reads settlements too, which come to the same address: see [`read_notification`].
    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(&self.keys, headers, body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
