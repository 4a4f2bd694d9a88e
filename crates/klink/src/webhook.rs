//! K-Link's notifications as those of any gateway, and the signature that makes them believable.

use std::fmt;

use gerbang_core::signature::Digits;
use gerbang_core::{
    Delivery, DottedRupiah, Error, Identifier, Kind, MAX_NOTIFICATION, Notification, NotificationProof, PaymentStatus,
    Rupiah, Secret, Trust, credentials,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::members::{Members, Name};
use crate::notifications::SETTLEMENT_NOTIFICATION_PROOF;
use crate::status::notified;
use crate::{GOPAY_PROVIDER, PROVIDER, near_miss};

/// What proves a notification. GoPay's are taken to be signed as the others are, see the document's 3.d.
pub(crate) const PROOF: NotificationProof = SETTLEMENT_NOTIFICATION_PROOF;

/// The header in which K-Link signs a notification.
pub const SIGNATURE_HEADER: &str = PROOF.header().expect("K-Link signs in a header");

/// The answer with which a notification is accepted.
///
/// A guess: the answer that K-Link wants is a picture in its document, and no text describes it. This is the form of
/// K-Link's own replies.
pub const ACCEPTANCE: &str = r#"{"status":"success","message":"OK"}"#;

/// The variable that holds the key, as [`crate::Credentials::from_env`] reads it.
pub(crate) const KEY_VARIABLE: &str = "GERBANG_KLINK_WEBHOOK_KEY";

/// The keys with which K-Link may have signed a notification. Debug shows none of them.
///
/// There are several while a key is changed: a signature of any of them is accepted.
///
/// **Development needs another key than production.** K-Link has one address for both, and nothing in a notification says
/// which of them it is of: where both sign with one key, a test payment proves a live order paid. Ask K-Link for a key of its
/// own for each, and never give a production program the other one.
///
/// ```
/// use gerbang_klink::WebhookKeys;
///
/// let keys = WebhookKeys::new("the-new-key")?.or("the-old-key")?;
/// # Ok::<(), gerbang_core::Error>(())
/// ```
#[derive(Clone)]
pub struct WebhookKeys {
    keys: Vec<Secret>,
    unsigned_gopay: bool,
}

impl fmt::Debug for WebhookKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookKeys").field("unsigned_gopay", &self.unsigned_gopay).finish_non_exhaustive()
    }
}

impl WebhookKeys {
    /// One key.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when the key is blank: everybody could sign with it.
    pub fn new(key: impl Into<Secret>) -> Result<Self, Error> {
        Self::from_keys([key])
    }

    /// All of these keys.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when there is none or one is blank.
    pub fn from_keys<K: Into<Secret>>(keys: impl IntoIterator<Item = K>) -> Result<Self, Error> {
        let keys: Vec<Secret> = keys.into_iter().map(Into::into).collect();
        if keys.is_empty() {
            return Err(unusable("there is no webhook key"));
        }
        if keys.iter().any(|key| key.expose().trim().is_empty()) {
            return Err(unusable("a webhook key is empty"));
        }
        Ok(Self { keys, unsigned_gopay: false })
    }

    /// The key in the environment variable `GERBANG_KLINK_WEBHOOK_KEY`.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when the variable is not set, empty or not UTF-8.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(credentials::required::<Secret>(credentials::environment, KEY_VARIABLE)?)
    }

    /// Another key beside these, such as the one that was replaced.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when the key is blank.
    pub fn or(self, key: impl Into<Secret>) -> Result<Self, Error> {
        let Self { mut keys, unsigned_gopay } = self;
        keys.extend(Self::new(key)?.keys);
        Ok(Self { keys, unsigned_gopay })
    }

    /// Reads GoPay notifications without a signature too. They prove nothing: their trust is [`Trust::Unsigned`], and
    /// [`gerbang_core::confirm`] refuses them, because K-Link cannot be asked. Somebody must look at Midtrans' or K-Link's
    /// own pages before anything is shipped.
    ///
    /// K-Link's document shows no signature of GoPay notifications, but an answer for when it is wrong; one is required
    /// unless this is called. A signature that is there must be right all the same, and settlements are always signed.
    #[must_use]
    pub fn accept_unsigned_gopay(mut self) -> Self {
        self.unsigned_gopay = true;
        self
    }

    /// Whether [`accept_unsigned_gopay`](Self::accept_unsigned_gopay) was called.
    pub fn accepts_unsigned_gopay(&self) -> bool {
        self.unsigned_gopay
    }

    /// Checks the signature of a notification over the bytes of its body, which must be those that came: JSON that was read
    /// and written again has another signature. Signatures are compared in constant time.
    ///
    /// The signature is taken as K-Link's document writes it: upper-case hexadecimal over the raw body. Where it is refused, the
    /// error says whether it would be that of the body in lower case or base64, or over the same JSON written again, so that
    /// whoever sees the first notifications knows what K-Link signs. No such signature is accepted.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidNotification`] when the body is larger than [`MAX_NOTIFICATION`], which is not even hashed then;
    /// [`Kind::Authentication`] when the header is missing, is there twice, is no signature or is not that of the body. No
    /// error shows a key or the signature that would be right.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
        PROOF.check(&self.keys, headers, body).map_err(|error| match error.kind() {
            Kind::Authentication => self.near_miss(headers, body).map_or(error, refused),
            _ => error,
        })
    }

    /// What a refused signature would be, were it taken otherwise. Compared in constant time as well: whoever could learn such a
    /// signature bit by bit would know the right one.
    fn near_miss(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        let mut given = headers.get_all(SIGNATURE_HEADER).iter();
        let (Some(given), None) = (given.next(), given.next()) else { return None };
        let (signature, writing) = near_miss::read(given.as_bytes())?;
        let as_documented = HeaderValue::from_str(&Digits::Upper.write(&signature)).ok()?;
        let headers = HeaderMap::from_iter([(HeaderName::from_static(SIGNATURE_HEADER), as_documented)]);
        let is_of = |body: &[u8]| PROOF.check(&self.keys, &headers, body).is_ok();
        let (what, _) = near_miss::bodies(body).find(|(_, body)| is_of(body))?;
        let why = match writing {
            near_miss::UPPER => "is not that of the body",
            near_miss::LOWER => "is written in lower case; K-Link writes it in upper case",
            _ => "is not hexadecimal",
        };
        Some(format!("{why}; it would be right as {writing} of {what}"))
    }
}

/// Reads a notification about a payment by virtual account, card or transfer, or about a GoPay payment, and checks its
/// signature first.
///
/// Which of the two it is, its member `transaction` says; [`Notification::provider`] is then [`PROVIDER`] or
/// [`GOPAY_PROVIDER`]. Without it, what has an `id_trans` and neither `rq_uuid` nor `kd_pay` is about GoPay.
///
/// A settlement repeats the `rq_uuid` of the request, which is its `request_id`, and the `kd_pay`, which is its
/// `code`: both are compared with the payment that was created. A notification about GoPay repeats the merchant's reference
/// only, so that its `id` is none. `nonce` is the `rq_uuid` of a settlement and the `id_trans` of a GoPay payment. `payable` is
/// given by some settlements only.
///
/// Only the merchant's reference or the request's id must be there: nobody else reports the payment, so that nothing else
/// may hide it. What cannot be read is none; a status that is missing or cannot be read is an unknown one, for which
/// [`gerbang_core::answer`] wants the notification again. An amount that cannot be read proves nothing ([`Notification::has_unreadable_amount`]): a person must
/// look.
///
/// That the word `success` means that the customer has paid, and that GoPay's notifications are signed at all, are guesses:
/// the document describes the word as the result of the call. Compare the first ones with K-Link's own pages.
///
/// A signature proves who wrote a notification, not when: the same one may come again, from K-Link or from whoever has seen
/// it. Store [`gerbang_core::Proof::key`] under a unique index. Nor does it prove that money was paid rather than play money of
/// the development side: see [`WebhookKeys`].
///
/// # Errors
///
/// As [`WebhookKeys::verify`], and [`Kind::InvalidNotification`] when the body is no JSON object with an `order_id` or
/// `rq_uuid`.
pub fn read_notification(keys: &WebhookKeys, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
    let trust = if keys.unsigned_gopay && !headers.contains_key(SIGNATURE_HEADER) {
        check_size(body)?;
        Trust::Unsigned
    } else {
        keys.verify(headers, body)?;
        Trust::Signed
    };
    let mut members: Members = gerbang_core::read_notification(body)?;
    let order = members.identifier(Name::OrderId).or_else(|| members.identifier(Name::IdOrder));
    let request = members.identifier(Name::RqUuid);
    let id_trans = members.identifier(Name::IdTrans);
    let code = members.identifier(Name::KdPay);
    let is_gopay = match members.product().as_str() {
        "gopay" | "go_pay" => true,
        // The codes of its product, which a settlement of another wallet may have too.
        "e_money" | "e_wallet" | "e_wallets" => id_trans.is_some() || request.is_none(),
        "" => id_trans.is_some() && request.is_none() && code.is_none(),
        _ => false,
    };
    if trust == Trust::Unsigned && !is_gopay {
        return Err(missing());
    }
    let request = request.filter(|_| !is_gopay);
    if order.is_none() && request.is_none() {
        let what = "the notification names no order: neither `order_id` nor `rq_uuid` can be read";
        return Err(Error::new(Kind::InvalidNotification, Delivery::NotSent, what));
    }
    let provider = if is_gopay { GOPAY_PROVIDER } else { PROVIDER };
    let mut notification = Notification::new(provider, trust, members.claimed());
    notification.reference = order;
    if is_gopay {
        notification.nonce = id_trans;
    } else {
        notification.request_id.clone_from(&request);
        notification.nonce = request;
        notification.code = code;
        (notification.payable, notification.has_unreadable_amount) = members.amount(Name::TotBayar);
    }
    Ok(notification)
}

impl Members {
    /// An identifier without white space around it, which no reference has; none when it is blank.
    fn identifier(&mut self, name: Name) -> Option<String> {
        let identifier: Identifier = self.take(name).read()?;
        let identifier = String::from(identifier);
        let trimmed = identifier.trim();
        Some(if trimmed.len() == identifier.len() { identifier } else { trimmed.to_owned() })
    }

    /// An amount, and whether there is one that cannot be read. Dots between thousands are read: were they a fraction, the
    /// amount would be another than the expected one.
    fn amount(&mut self, name: Name) -> (Option<Rupiah>, bool) {
        let member = self.take(name);
        let dotted = || member.clone().read::<DottedRupiah>().map(Rupiah::from);
        let amount = member.clone().read::<Rupiah>().or_else(dotted);
        (amount, amount.is_none() && member.is_given())
    }

    fn claimed(&mut self) -> PaymentStatus {
        match self.take(Name::Status).read::<String>() {
            Some(word) => notified(&word.as_str().into()),
            None => PaymentStatus::Unknown("no readable status".to_owned()),
        }
    }

    /// The word for what the notification is about, in one spelling.
    fn product(&mut self) -> String {
        self.take(Name::Transaction).read::<String>().unwrap_or_default().trim().to_lowercase().replace('-', "_")
    }
}

fn check_size(body: &[u8]) -> Result<(), Error> {
    if body.len() <= MAX_NOTIFICATION {
        return Ok(());
    }
    let what = format!("the notification has {} bytes, more than {MAX_NOTIFICATION}", body.len());
    Err(Error::new(Kind::InvalidNotification, Delivery::NotSent, what))
}

fn missing() -> Error {
    refused("is missing")
}

fn refused(why: impl fmt::Display) -> Error {
    let what = format!("the notification's signature in the header {SIGNATURE_HEADER} {why}");
    Error::new(Kind::Authentication, Delivery::NotSent, what)
}

fn unusable(what: &str) -> Error {
    Error::new(Kind::Configuration, Delivery::NotSent, format!("{PROVIDER}: {what}"))
}
