//! A payment in the words that all gateways share.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Rupiah;

/// A payment that a merchant wants to create.
///
/// ```
/// use std::time::Duration;
/// use gerbang_core::{NewPayment, Rupiah};
///
/// let new = NewPayment::new("ORDER-12345", Rupiah::new(10_000))
///     .expires_in(Duration::from_secs(900))
///     .customer_name("Krisdi");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewPayment {
    /// The merchant's own reference, unique in the account for ever and without regard to case. It names this payment, not the
    /// order: another price or another attempt needs another reference.
    ///
    /// What gateways may trim, fold, take for a number or cut is refused before anything is sent: 1 to 50 characters of
    /// `A-Z a-z 0-9 . _ / -`, see [`crate::check::reference`].
    pub reference: String,
    /// The price in rupiah. The customer may have to pay more, see [`Payment::payable`].
    pub amount: Rupiah,
    /// How it is to be paid; the gateway's usual way when absent.
    #[serde(default)]
    pub method: Option<Method>,
    /// How long the customer has; the gateway's usual time when absent.
    #[serde(default)]
    pub expires_in: Option<Duration>,
    /// The customer's name.
    #[serde(default)]
    pub customer_name: Option<String>,
    /// The customer's e-mail address.
    #[serde(default)]
    pub customer_email: Option<String>,
    /// The customer's telephone number.
    #[serde(default)]
    pub customer_phone: Option<String>,
    /// What is paid for, for people.
    #[serde(default)]
    pub description: Option<String>,
    /// Where the customer goes after paying on the gateway's page.
    #[serde(default)]
    pub return_url: Option<String>,
    /// The id of the request, for gateways that repeat it in their notifications (K-Link's `rq_uuid`); made of reference and
    /// price when absent, so that it is known after a lost reply too and differs for two prices of one reference.
    #[serde(default)]
    pub request_id: Option<String>,
    /// When it is sent, by a clock that is right where this process's may not be, such as a database's; this process's time when
    /// absent. An expiry in the reply is compared with it, see [`crate::check::expiry`]. It is not stored with the rest.
    #[serde(skip)]
    pub sent_at: Option<Timestamp>,
}

impl NewPayment {
    /// A payment of `amount` rupiah for the order that the merchant calls `reference`.
    pub fn new(reference: impl Into<String>, amount: Rupiah) -> Self {
        Self {
            reference: reference.into(),
            amount,
            method: None,
            expires_in: None,
            customer_name: None,
            customer_email: None,
            customer_phone: None,
            description: None,
            return_url: None,
            request_id: None,
            sent_at: None,
        }
    }

    /// The id of the request that is sent: [`NewPayment::request_id`], or one made of reference and price.
    pub fn sent_request_id(&self) -> String {
        self.request_id.clone().unwrap_or_else(|| {
            let id = format!("{}-{}", self.reference, self.amount);
            match id.char_indices().nth(LONGEST_ID - HASH) {
                Some((end, _)) if id.len() > LONGEST_ID => format!("{}-{:016x}", &id[..end], fnv_1a(id.as_bytes())),
                _ => id,
            }
        })
    }

    /// When it is sent: [`NewPayment::sent_at`], or this process's time.
    pub fn sent_time(&self) -> Timestamp {
        self.sent_at.unwrap_or_else(Timestamp::now)
    }

    /// The payment that a gateway may have made although its reply was lost: what [`crate::confirm`] compares a notification
    /// with then. What the customer must pay is not known.
    pub fn unanswered(&self, provider: impl Into<String>) -> Payment {
        let mut payment = Payment::new(provider, self.amount, PaymentStatus::Pending);
        payment.reference = Some(self.reference.clone());
        payment.request_id = Some(self.sent_request_id());
        payment
    }

    /// Chooses how it is to be paid.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Limits the time that the customer has. Gateways count whole seconds.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    /// Names the customer.
    #[must_use]
    pub fn customer_name(mut self, name: impl Into<String>) -> Self {
        self.customer_name = Some(name.into());
        self
    }

    /// Gives the customer's e-mail address.
    #[must_use]
    pub fn customer_email(mut self, email: impl Into<String>) -> Self {
        self.customer_email = Some(email.into());
        self
    }

    /// Gives the customer's telephone number.
    #[must_use]
    pub fn customer_phone(mut self, phone: impl Into<String>) -> Self {
        self.customer_phone = Some(phone.into());
        self
    }

    /// Says what is paid for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Says where the customer goes after paying.
    #[must_use]
    pub fn return_url(mut self, url: impl Into<String>) -> Self {
        self.return_url = Some(url.into());
        self
    }

    /// Gives the request an id of the merchant's own.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Says when it is sent, by a better clock than this process's.
    #[must_use]
    pub fn sent_at(mut self, time: Timestamp) -> Self {
        self.sent_at = Some(time);
        self
    }
}

/// The longest id that is made: as long as a UUID, which every database has room for.
const LONGEST_ID: usize = 36;

/// The length of a hash and the dash before it.
const HASH: usize = 17;

/// The hash FNV-1a of 64 bits, which stays the same for ever.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// A QRIS code.
    Qris,
    /// A virtual account at this bank, as the gateway calls it: `bri` with Pakasir, `014` with K-Link.
    VirtualAccount(String),
    /// A credit or debit card, on a page of the gateway's.
    Card,
    /// GoPay.
    Gopay,
    /// PayPal.
    Paypal,
    /// A page of the gateway's where the customer chooses.
    PayPage,
}

/// A payment as a gateway knows it.
///
/// It can be stored with serde and restored later, by a later version of this library too: members are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Payment {
    /// The gateway, see [`crate::PaymentGateway::provider`].
    pub provider: String,
    /// The gateway's own reference.
    pub id: Option<String>,
    /// The merchant's reference; none where the gateway does not know it and the payment was not created here.
    pub reference: Option<String>,
    /// The id of the request that created it, where the gateway repeats it in notifications; see [`NewPayment::request_id`].
    #[serde(default)]
    pub request_id: Option<String>,
    /// The price in rupiah, as the merchant asked for it.
    pub amount: Rupiah,
    /// What the customer must pay in rupiah, unique code and fee included.
    pub payable: Option<Rupiah>,
    /// The gateway's fee in rupiah.
    #[serde(default)]
    pub fee: Option<Rupiah>,
    /// What the merchant receives in rupiah.
    #[serde(default)]
    pub net: Option<Rupiah>,
    /// Its state.
    pub status: PaymentStatus,
    /// Until when it can be paid, as the gateway says; none where it does not say, or says a time that cannot be.
    #[serde(default)]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<String>"))]
    pub expires_at: Option<Timestamp>,
    /// When it was paid.
    #[serde(default)]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<String>"))]
    pub paid_at: Option<Timestamp>,
    /// What the customer can pay with.
    #[serde(default)]
    pub pay_with: Vec<Payable>,
    /// Whether it is of a gateway's test mode; none where the gateway does not say.
    #[serde(default)]
    pub sandbox: Option<bool>,
}

impl Payment {
    /// A payment of which only the essentials are known. For those who implement [`crate::PaymentGateway`].
    pub fn new(provider: impl Into<String>, amount: Rupiah, status: PaymentStatus) -> Self {
        Self {
            provider: provider.into(),
            id: None,
            reference: None,
            request_id: None,
            amount,
            payable: None,
            fee: None,
            net: None,
            status,
            expires_at: None,
            paid_at: None,
            pay_with: Vec::new(),
            sandbox: None,
        }
    }

    /// The QRIS payload, where it is paid by QRIS.
    pub fn qris(&self) -> Option<&str> {
        self.pay_with.iter().find_map(|payable| match payable {
            Payable::Qris(payload) => Some(payload.as_str()),
            _ => None,
        })
    }
}

/// What a customer can pay with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Payable {
    /// A QRIS payload, to be shown as a QR code.
    Qris(String),
    /// The address of a picture of the QR code.
    QrImage(String),
    /// A virtual account.
    VirtualAccount {
        /// The bank, as the gateway calls it.
        bank: String,
        /// The account number.
        number: String,
    },
    /// A page of the gateway's.
    Page(String),
    /// A link that opens an app.
    DeepLink(String),
    /// A payment code, such as K-Link's `kd_pay`.
    Code(String),
}

/// The state of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentStatus {
    /// It waits for the customer.
    Pending,
    /// It is paid.
    Paid,
    /// The time was up.
    Expired,
    /// It was cancelled.
    Cancelled,
    /// It failed.
    Failed,
    /// The gateway used a word that this library does not know. It is neither paid nor known to be pending.
    Unknown(String),
}

impl PaymentStatus {
    /// Whether the gateway takes the payment for over without money: expired, cancelled or failed.
    ///
    /// Closed is not final: QRIS money arrives late, and a closed payment can turn out to be paid. Only [`Self::Paid`] stays.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Expired | Self::Cancelled | Self::Failed)
    }
}

/// How many characters of an unknown word are shown: it is the sender's.
const LONGEST_WORD: usize = 40;

impl fmt::Display for PaymentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("pending"),
            Self::Paid => f.write_str("paid"),
            Self::Expired => f.write_str("expired"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Failed => f.write_str("failed"),
            Self::Unknown(word) => {
                let end = word.char_indices().nth(LONGEST_WORD);
                let (shown, rest) = word.split_at(end.map_or(word.len(), |(end, _)| end));
                write!(f, "unknown ({}{})", shown.escape_debug(), if rest.is_empty() { "" } else { "…" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stored form, which must never change for members that it has.
    const STORED: &str = r#"{
        "provider": "kropay", "id": "PG-1", "reference": "ORDER-1", "request_id": null, "amount": 10000, "payable": 10020, "fee": 20, "net": null,
        "status": "pending", "expires_at": "2026-05-30T08:30:00Z", "paid_at": null,
        "pay_with": [{"qris": "000201"}, {"virtual_account": {"bank": "bri", "number": "77"}}], "sandbox": null
    }"#;

    #[test]
    fn the_stored_form_is_stable() {
        let mut payment = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        (payment.id, payment.reference) = (Some("PG-1".into()), Some("ORDER-1".into()));
        (payment.payable, payment.fee) = (Some(Rupiah::new(10_020)), Some(Rupiah::new(20)));
        payment.expires_at = Some("2026-05-30T08:30:00Z".parse().unwrap());
        let account = Payable::VirtualAccount { bank: "bri".into(), number: "77".into() };
        payment.pay_with = vec![Payable::Qris("000201".into()), account];
        let stored: serde_json::Value = serde_json::from_str(STORED).unwrap();
        assert_eq!(serde_json::to_value(&payment).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Payment>(STORED).unwrap(), payment);
    }

    #[test]
    fn an_older_and_a_newer_form_are_restored() {
        let old = r#"{"provider":"x","id":null,"reference":null,"amount":1,"payable":null,"status":{"unknown":"odd"}}"#;
        let payment: Payment = serde_json::from_str(old).unwrap();
        assert_eq!(payment.status, PaymentStatus::Unknown("odd".into()));
        let newer = old.replacen('{', r#"{"a_later_member":[1],"#, 1);
        assert_eq!(serde_json::from_str::<Payment>(&newer).unwrap(), payment);
    }

    #[test]
    fn three_states_are_closed() {
        use PaymentStatus::*;
        assert!([Expired, Cancelled, Failed].iter().all(PaymentStatus::is_closed));
        assert!(![Pending, Paid, Unknown("EXPIRED".into())].iter().any(PaymentStatus::is_closed));
    }

    #[test]
    fn unknown_word_is_cut_where_it_is_shown() {
        assert_eq!(PaymentStatus::Unknown("on\nhold".into()).to_string(), "unknown (on\\nhold)");
        let shown = PaymentStatus::Unknown("\u{e9}".repeat(50_000)).to_string();
        assert_eq!(shown.chars().count(), "unknown (…)".chars().count() + LONGEST_WORD);
    }

    #[test]
    fn new_payment_is_stored_and_restored() {
        let new =
            NewPayment::new("ORDER-1", Rupiah::new(10_000)).expires_in(Duration::from_secs(900)).method(Method::Qris);
        let stored = serde_json::to_string(&new).unwrap();
        assert_eq!(serde_json::from_str::<NewPayment>(&stored).unwrap(), new);
        // When it is sent is another time with each request.
        assert_eq!(serde_json::to_string(&new.sent_at(Timestamp::UNIX_EPOCH)).unwrap(), stored);
        let least = r#"{"reference":"ORDER-1","amount":10000}"#;
        assert_eq!(serde_json::from_str::<NewPayment>(least).unwrap(), NewPayment::new("ORDER-1", Rupiah::new(10_000)));
    }

    #[test]
    fn request_id_differs_for_two_prices_of_one_reference() {
        let id = |amount| NewPayment::new("ORDER-1", Rupiah::new(amount)).sent_request_id();
        assert_eq!((id(1_000).as_str(), id(2_000).as_str()), ("ORDER-1-1000", "ORDER-1-2000"));
        let long = |amount| NewPayment::new("R".repeat(50), Rupiah::new(amount)).sent_request_id();
        assert_eq!((long(1_000).len(), long(1_000) == long(1_000), long(1_000) == long(1_001)), (36, true, false));
        assert_eq!(
            long(1_000),
            format!("{}-{:016x}", "R".repeat(19), fnv_1a(format!("{}-1000", "R".repeat(50)).as_bytes()))
        );
        // The published values of the hash.
        assert_eq!((fnv_1a(b""), fnv_1a(b"foobar")), (0xcbf2_9ce4_8422_2325, 0x8594_4171_f739_67e8));
        let own = NewPayment::new("ORDER-1", Rupiah::new(1_000)).request_id("RQ-7");
        assert_eq!(own.unanswered("klink").request_id.as_deref(), Some("RQ-7"));
    }
}
