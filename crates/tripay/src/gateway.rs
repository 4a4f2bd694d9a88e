//! Tripay as a payment gateway.

use gerbang_core::check::{self, invalid};
use gerbang_core::gateway::{traced, unsupported};
use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, Method, NewPayment, Notification, Open, Payable, Payment,
    PaymentGateway, PaymentStatus, Rupiah, Secret, Surcharge, Trust, Word as _, believed_state, credentials, updated,
};
use http::HeaderMap;

use crate::status::status;
use crate::types::ChannelCode as Channel;
use crate::webhook::{ACCEPTANCE, of_test_mode, read_notification};
use crate::{Client, Credentials, PROVIDER, operations, types};

/// Tripay as a [`PaymentGateway`].
///
/// It takes QRIS, which is the usual way, by the merchant's channel for it, and virtual accounts at the banks of
/// [`types::ChannelCode`], named as `BRI` or `BRIVA`. Channels have limits and lifetimes of their own:
/// [`Client::payment_channels`] lists them. It cannot cancel.
///
/// Tripay requires the customer's name and e-mail address. The payment has one item, which is called as the description, or
/// as the reference where there is none.
///
/// Where the merchant lets the customer pay the fee, [`Payment::payable`] is more than the price. A payment is found by the
/// merchant's reference in the list of payments; where the list has none or several of it, it is not guessed which one is
/// meant. In the test mode a QRIS payload cannot be paid, so none is returned: the payment has its page only.
#[derive(Debug, Clone)]
pub struct Gateway {
    client: Client,
    private_key: Secret,
    qris: Channel,
}

impl Gateway {
    /// A gateway that asks through this client, and checks callbacks with the merchant's private key.
    pub fn new(client: Client, private_key: Secret) -> Self {
        Self { client, private_key, qris: Channel::Qris2 }
    }

    /// Takes QRIS payments by another channel than `QRIS2`, as the merchant's account has it. With a channel that is none for
    /// QRIS, a creation is [`Kind::Configuration`].
    #[must_use]
    pub fn qris_channel(mut self, channel: Channel) -> Self {
        self.qris = channel;
        self
    }

    /// A gateway whose client, key and QRIS channel are set by environment variables. The channel's is
    /// `GERBANG_TRIPAY_QRIS_CHANNEL`.
    ///
    /// # Errors
    ///
    /// See [`Client::from_env`]; [`Kind::Configuration`] when the channel is none for QRIS.
    pub fn from_env() -> Result<Self, Error> {
        let credentials = Credentials::from_env()?;
        let key = credentials.private_key().clone();
        let channel = qris_channel(credentials::environment)?;
        let client = Client::builder(credentials).base_url_from_env()?.build()?;
        Ok(Self::new(client, key).qris_channel(channel))
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        let can = capabilities();
        let channel = match &new.method {
            None | Some(Method::Qris) if is_qris(self.qris) => self.qris,
            None | Some(Method::Qris) => return Err(no_qris(self.qris.as_str())),
            Some(Method::VirtualAccount(bank)) => virtual_account(bank)?,
            Some(_) => return Err(unsupported(PROVIDER, "take any payment but QRIS and virtual accounts")),
        };
        check::request(PROVIDER, &can, new)?;
        let created = self.client.create_transaction(&order(channel, new)?).await?;
        check::reference_echo(PROVIDER, &new.reference, created.merchant_ref.as_str())?;
        check::echo(PROVIDER, "channel", channel.as_str(), created.payment_method.as_str())?;
        check::amount(PROVIDER, "amount", new.amount, price(created.amount, created.fee_customer)?)?;
        check::payable(PROVIDER, &can, new.amount, created.amount)?;
        let mut payment = Payment::new(PROVIDER, new.amount, status(&created.status));
        payment.reference = Some(new.reference.clone());
        payment.payable = Some(created.amount);
        payment.fee = created.total_fee;
        payment.net = created.amount_received;
        payment.expires_at = check::expiry(PROVIDER, created.expired_time.as_ref(), new);
        payment.sandbox = test_mode(created.reference.as_str(), created.qr_string.as_deref());
        payment.pay_with = pay_with(channel, &created)?;
        payment.id = Some(created.reference.into());
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
        check::gateway(PROVIDER, &known)?;
        let id = match (&known.id, &known.reference) {
            (Some(id), _) => id.clone(),
            (None, Some(reference)) => self.find(reference).await?,
            (None, None) => {
                return Err(invalid(PROVIDER, "the payment has neither Tripay's reference nor the merchant's"));
            }
        };
        let now = self.client.transaction_detail(&id).await?;
        let mut said = Payment::new(PROVIDER, price(now.amount, now.fee_customer)?, status(&now.status));
        said.payable = Some(now.amount);
        said.fee = now.total_fee;
        said.net = now.amount_received;
        said.expires_at = now.expired_time.as_ref().and_then(|time| time.timestamp().ok());
        said.paid_at = now.paid_at.as_ref().and_then(|time| time.timestamp().ok());
        said.sandbox = of_test_mode(now.reference.as_str());
        if known.pay_with.is_empty() {
            said.pay_with.extend(now.checkout_url.filter(|url| check::is_safe_address(url)).map(Payable::Page));
        }
        said.reference = Some(now.merchant_ref.into());
        said.id = Some(now.reference.into());
        updated(&known, said)
    }

    /// Tripay's reference of the only payment with this reference of the merchant's.
    async fn find(&self, reference: &str) -> Result<String, Error> {
        let options = types::ListTransactionsOptions::new().merchant_ref(reference);
        let listed = self.client.list_transactions_with(&options).await?;
        if listed.unreadable() > 0 {
            let what = format!("{PROVIDER} lists a payment that cannot be read: it may be the one that is meant");
            return Err(Error::new(Kind::UnexpectedReply, Delivery::Answered, what));
        }
        let (found, others): (Vec<_>, Vec<_>) =
            listed.into_iter().partition(|payment| payment.merchant_ref.as_str().eq_ignore_ascii_case(reference));
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(payment), None) => Ok(payment.reference.into()),
            // It may be on another page of a list that was not cut down to the reference.
            (None, _) if !others.is_empty() => {
                let what = format!("{PROVIDER} lists other payments than those with the merchant's reference");
                Err(Error::new(Kind::UnexpectedReply, Delivery::Answered, what))
            }
            (None, _) => {
                let what = format!("{PROVIDER} lists no payment with the merchant's reference");
                Err(Error::new(Kind::NotFound, Delivery::Answered, what))
            }
            (Some(_), Some(_)) => {
                let what =
                    format!("{PROVIDER} lists several payments with the merchant's reference: look which one is meant");
                Err(Error::new(Kind::EchoMismatch, Delivery::Answered, what))
            }
        }
    }
}

/// The variable with the channel of QRIS payments.
pub(crate) const QRIS_CHANNEL: &str = "GERBANG_TRIPAY_QRIS_CHANNEL";

/// The channel of QRIS payments, `QRIS2` unless it is set.
pub(crate) fn qris_channel(read: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Channel, Error> {
    let Some(code) = credentials::optional::<String>(read, QRIS_CHANNEL)? else { return Ok(Channel::Qris2) };
    Open::<Channel>::from(code).known().filter(|channel| is_qris(*channel)).ok_or_else(|| no_qris(QRIS_CHANNEL))
}

fn is_qris(channel: Channel) -> bool {
    channel.as_str().starts_with("QRIS")
}

fn no_qris(name: &str) -> Error {
    let what = format!("{name} is no channel for QRIS; the operation `payment_channels` lists the merchant's");
    Error::new(Kind::Configuration, Delivery::NotSent, what)
}

/// How the codes of virtual accounts end.
const VA: &str = "VA";

/// The bank of a virtual account's channel; none for other channels.
fn bank(channel: Channel) -> Option<&'static str> {
    channel.as_str().strip_suffix(VA)
}

/// The channel of virtual accounts at a bank, which is named with or without the ending of the codes.
fn virtual_account(name: &str) -> Result<Channel, Error> {
    let spellings = [name.to_owned(), format!("{name}{VA}")];
    let known = spellings.into_iter().filter_map(|spelling| Open::<Channel>::from(spelling).known());
    known.into_iter().find(|channel| bank(*channel).is_some()).ok_or_else(|| {
        let banks: Vec<_> = Channel::ALL.iter().filter_map(|channel| bank(*channel)).collect();
        unsupported(PROVIDER, &format!("make a virtual account at \"{name}\", only at {}", banks.join(", ")))
    })
}

/// The payment as Tripay wants it.
fn order(channel: Channel, new: &NewPayment) -> Result<types::CreateTransaction, Error> {
    let called = new.description.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or(&new.reference);
    let mut body = types::CreateTransaction::new(types::CreateTransactionRequired {
        method: channel.into(),
        merchant_ref: new.reference.clone(),
        amount: new.amount,
        customer_name: required(new.customer_name.as_deref(), "name (customer_name)")?,
        customer_email: required(new.customer_email.as_deref(), "e-mail address (customer_email)")?,
        order_items: vec![types::OrderItem::new(called, new.amount, 1)],
    });
    body.customer_phone = new.customer_phone.clone();
    body.return_url = new.return_url.clone();
    if let Some(time) = new.expires_in {
        let until = new.sent_time().as_second().checked_add_unsigned(time.as_secs());
        let until = until.and_then(|until| u64::try_from(until).ok());
        body.expired_time = Some(until.ok_or_else(|| invalid(PROVIDER, "the expiry is too long"))?);
    }
    Ok(body)
}

fn required(value: Option<&str>, name: &str) -> Result<String, Error> {
    let value = value.filter(|value| !value.trim().is_empty()).map(str::to_owned);
    value.ok_or_else(|| invalid(PROVIDER, format_args!("the customer's {name} is missing, which Tripay requires")))
}

/// The price, of what the customer pays and the part of the fee in it.
fn price(amount: Rupiah, fee_customer: Rupiah) -> Result<Rupiah, Error> {
    amount.checked_sub(fee_customer).ok_or_else(|| {
        let what = format!("{PROVIDER} answers with a fee of {fee_customer} rupiah in an amount of {amount}");
        Error::new(Kind::EchoMismatch, Delivery::MaybeSent, what)
    })
}

/// The text in the place of a QRIS payload in the test mode.
const TEST_MODE_PAYLOAD: &str = "SANDBOX MODE";

/// Whether a new payment is of the test mode, as far as its reply says.
fn test_mode(reference: &str, payload: Option<&str>) -> Option<bool> {
    if payload == Some(TEST_MODE_PAYLOAD) { Some(true) } else { of_test_mode(reference) }
}

/// What the customer pays with: the code or the account first, the page last.
fn pay_with(channel: Channel, created: &types::CreatedTransaction) -> Result<Vec<Payable>, Error> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let address = |text: &Option<String>| text.clone().filter(|url| check::is_safe_address(url));
    let mut all = Vec::new();
    match bank(channel) {
        Some(bank) => {
            let number = created.pay_code.clone().ok_or_else(|| missing("the account number"))?;
            all.push(Payable::VirtualAccount { bank: bank.to_owned(), number: number.into() });
        }
        None if created.qr_string.as_deref() == Some(TEST_MODE_PAYLOAD) => {}
        None => {
            let payload = text(&created.qr_string).ok_or_else(|| missing("the QRIS payload"))?;
            gerbang_qris::check_payable(PROVIDER, &payload, created.amount)?;
            all.push(Payable::Qris(payload));
            all.extend(address(&created.qr_url).map(Payable::QrImage));
        }
    }
    all.extend(address(&created.checkout_url).map(Payable::Page));
    Ok(all)
}

/// The error of a created payment without what the customer needs to pay it.
fn missing(what: &str) -> Error {
    let what = format!("{PROVIDER} created a payment but did not return {what}");
    Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, what)
}

/// What is added to the price where the customer pays the fee: up to 3 % by the document's channels, and their fixed parts.
const SURCHARGE: Surcharge = Surcharge { per_mille: 30, fixed: Rupiah::new(10_000) };

/// What it can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(types::CreateTransaction::LEAST_AMOUNT);
    capabilities.status = true;
    capabilities.find_by_reference = true;
    capabilities.qris_payload = true;
    capabilities.expiry = true;
    capabilities.return_url = true;
    capabilities.notifications = Trust::Signed;
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
        traced(&operations::CREATE_TRANSACTION, Some(&new.reference), self.create(new))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        traced(&operations::TRANSACTION_DETAIL, lookup.reference(), self.status(lookup))
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        read_notification(&self.private_key, headers, body)
    }

    fn acceptance(&self) -> &'static str {
        ACCEPTANCE
    }
}
