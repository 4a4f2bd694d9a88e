//! Notifications: reading is not believing. Only [`confirm`] makes a [`Confirmed`] payment.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use serde::de::DeserializeOwned;

use crate::gateway::{Lookup, PaymentGateway, Trust};
use crate::payment::{Payment, PaymentStatus};
use crate::wire::json_text;
use crate::{Delivery, Error, Kind, Rupiah};

/// The largest notification body that is read, in bytes. The documented ones have a few hundred.
pub const MAX_NOTIFICATION: usize = 64 * 1024;

/// Reads the JSON body of a notification, mended as [`json_text`] says.
///
/// # Errors
///
/// [`Kind::InvalidNotification`] when the body is larger than [`MAX_NOTIFICATION`] or is not the JSON that the provider
/// documents.
pub fn read_notification<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let invalid = |what: String| Error::new(Kind::InvalidNotification, Delivery::NotSent, what);
    if body.len() > MAX_NOTIFICATION {
        return Err(invalid(format!("the notification has {} bytes, more than {MAX_NOTIFICATION}", body.len())));
    }
    let body = json_text(body);
    // serde would read a list into an object's members, one after the other.
    if body.trim_ascii_start().starts_with('[') {
        return Err(invalid("the notification is not the documented JSON: a list is not an object".to_owned()));
    }
    serde_json::from_str(&body).map_err(|error| {
        invalid(format!(
            "the notification is not the documented JSON: {} at line {}, column {}",
            category(&error),
            error.line(),
            error.column()
        ))
    })
}

/// What is wrong, without the text that a sender may have chosen.
fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "a member is missing or of another type",
        serde_json::error::Category::Eof => "it is cut short",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    }
}

/// What somebody says about a payment. It is not a payment, and there is no way from here to a paid one but [`confirm`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The gateway whose form it has.
    pub provider: &'static str,
    /// What it proves by itself. [`Trust::Signed`] and [`Trust::SharedSecret`] were checked.
    pub trust: Trust,
    /// The gateway's reference.
    pub id: Option<String>,
    /// The merchant's reference.
    pub reference: Option<String>,
    /// The price in rupiah, where it is told.
    pub amount: Option<Rupiah>,
    /// What was paid in rupiah, where it is told.
    pub payable: Option<Rupiah>,
    /// The state that it claims.
    pub claimed: PaymentStatus,
    /// Whether it is of a gateway's test mode, where it is told.
    pub sandbox: Option<bool>,
    /// What tells it from another notification about the same order, where the provider gives one.
    pub nonce: Option<String>,
}

impl Notification {
    /// A notification of which only the claim is known. For those who implement [`PaymentGateway`].
    pub fn new(provider: &'static str, trust: Trust, claimed: PaymentStatus) -> Self {
        Self {
            provider,
            trust,
            id: None,
            reference: None,
            amount: None,
            payable: None,
            claimed,
            sandbox: None,
            nonce: None,
        }
    }
}

/// A payment that is paid beyond the word of a notification. Only [`confirm`] and [`confirm_signed`] make one.
///
/// The same payment may be confirmed more than once, by notifications that come at the same time or again: mark the order as
/// paid, and remember [`Confirmed::key`], in one transaction that succeeds once.
///
/// ```compile_fail
/// # use gerbang_core::{Confirmed, Notification};
/// fn ship(paid: &Confirmed) {}
/// fn handle(notification: &Notification) {
///     ship(notification); // a notification is not a confirmed payment
/// }
/// ```
///
/// ```compile_fail
/// # use gerbang_core::{Confirmed, Payment};
/// fn forge(payment: Payment) -> Confirmed {
///     Confirmed { payment, key: String::new() } // nobody else can make one
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    payment: Payment,
    key: String,
}

impl Confirmed {
    /// The payment, whose status is [`PaymentStatus::Paid`].
    pub fn payment(&self) -> &Payment {
        &self.payment
    }

    /// What to remember with [`Seen::remember`] once the order is marked as paid.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Why a notification was not confirmed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unconfirmed {
    /// It is about another payment than the expected one, or of another gateway.
    ReferenceMismatch,
    /// It names another amount than the expected one.
    AmountMismatch {
        /// The amount that was expected, in rupiah.
        expected: Rupiah,
        /// The amount that it names, in rupiah.
        got: Rupiah,
    },
    /// It is of the gateway's test mode, and the expected payment is not known to be.
    Sandbox,
    /// The notification itself claims another state than paid.
    OtherClaim(PaymentStatus),
    /// The notification claims that the payment is paid, but the gateway says that it is not, or not yet.
    NotPaid(PaymentStatus),
    /// It was dealt with before.
    Replay,
    /// The gateway, or the memory of what was dealt with, could not be asked. Answer with a failure, so that it is sent again,
    /// or ask later.
    TryLater(Error),
    /// The gateway cannot be asked and the notification proves nothing.
    NoProof,
}

impl fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReferenceMismatch => f.write_str("the notification is about another payment"),
            Self::AmountMismatch { expected, got } => {
                write!(f, "the notification names {got} rupiah, but {expected} are expected")
            }
            Self::Sandbox => f.write_str("the notification is of the gateway's test mode"),
            Self::OtherClaim(status) => {
                write!(f, "the notification does not claim that the payment is paid, but {status}")
            }
            Self::NotPaid(status) => write!(f, "the gateway says that the payment is not paid but {status}"),
            Self::Replay => f.write_str("the notification was dealt with before"),
            Self::TryLater(error) => write!(f, "it cannot be judged now: {error}"),
            Self::NoProof => f.write_str("the notification proves nothing and the gateway cannot be asked"),
        }
    }
}

impl std::error::Error for Unconfirmed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TryLater(error) => Some(error),
            _ => None,
        }
    }
}

/// Which payments were dealt with. A program with several instances keeps them in its database.
pub trait Seen: Send + Sync {
    /// Whether this key was remembered.
    ///
    /// # Errors
    ///
    /// When that cannot be told now. The notification is then to be sent again, see [`Unconfirmed::TryLater`].
    fn contains(&self, key: &str) -> Result<bool, SeenError>;

    /// Remembers a key; true when it was new. Call it together with marking the order as paid, not before: a crash in between
    /// must not lose the payment.
    ///
    /// # Errors
    ///
    /// When it cannot be remembered; the order is then not to be marked either.
    fn remember(&self, key: &str) -> Result<bool, SeenError>;
}

/// Why a [`Seen`] cannot tell or remember.
pub type SeenError = Box<dyn std::error::Error + Send + Sync>;

/// The last keys, in memory. It forgets the oldest when it is full; the order's own state must then tell that it is paid.
#[derive(Debug)]
pub struct SeenInMemory {
    most: usize,
    keys: Mutex<VecDeque<String>>,
}

impl SeenInMemory {
    /// Remembers at most this many keys.
    pub fn new(most: usize) -> Self {
        Self { most, keys: Mutex::default() }
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// At most 10 000 keys.
impl Default for SeenInMemory {
    fn default() -> Self {
        Self::new(10_000)
    }
}

impl Seen for SeenInMemory {
    fn contains(&self, key: &str) -> Result<bool, SeenError> {
        Ok(self.keys().iter().any(|seen| seen == key))
    }

    fn remember(&self, key: &str) -> Result<bool, SeenError> {
        let mut keys = self.keys();
        if keys.iter().any(|seen| seen == key) {
            return Ok(false);
        }
        if keys.len() >= self.most {
            keys.pop_front();
        }
        if self.most > 0 {
            keys.push_back(key.to_owned());
        }
        Ok(true)
    }
}

/// Finds out whether the payment that a notification speaks of is paid.
///
/// `expected` is the payment as the merchant created it; after a creation whose reply was lost, [`NewPayment::unanswered`]
/// makes it. The notification must be about it and, where it names amounts, name its amounts: GoPay's notifications and some
/// settlements of K-Link's name none, so that a reference must never be used for another price. A signed one is then
/// believed; of any other the gateway is asked. Whatever is not certain is not paid.
///
/// # Errors
///
/// See [`Unconfirmed`]: each reason is its own.
///
/// [`NewPayment::unanswered`]: crate::NewPayment::unanswered
pub async fn confirm(
    gateway: &dyn PaymentGateway,
    notification: &Notification,
    expected: &Payment,
    seen: &dyn Seen,
) -> Result<Confirmed, Unconfirmed> {
    // Which gateway read it does not matter then: K-Link sends two kinds to one address.
    if notification.trust == Trust::Signed {
        return confirm_signed(notification, expected, seen);
    }
    if notification.provider != gateway.provider() {
        return Err(Unconfirmed::ReferenceMismatch);
    }
    let key = check(notification, expected, seen)?;
    if !gateway.capabilities().status {
        return Err(Unconfirmed::NoProof);
    }
    let mut asked = expected.clone();
    // After a lost reply the notification alone knows how the gateway calls the payment; the answer must be about the
    // expected reference and amount all the same.
    asked.id = asked.id.or_else(|| notification.id.clone());
    let payment = gateway.payment(Lookup::Payment(&asked)).await.map_err(Unconfirmed::TryLater)?;
    if payment.sandbox == Some(true) && expected.sandbox != Some(true) {
        return Err(Unconfirmed::Sandbox);
    }
    match payment.status {
        PaymentStatus::Paid => Ok(Confirmed { payment, key }),
        status => Err(Unconfirmed::NotPaid(status)),
    }
}

/// As [`confirm`], for a signed notification, about which no gateway need be asked: a program that only receives
/// notifications needs no client.
///
/// # Errors
///
/// See [`Unconfirmed`]; [`Unconfirmed::NoProof`] when the notification is not signed.
pub fn confirm_signed(
    notification: &Notification,
    expected: &Payment,
    seen: &dyn Seen,
) -> Result<Confirmed, Unconfirmed> {
    let key = check(notification, expected, seen)?;
    if notification.trust != Trust::Signed {
        return Err(Unconfirmed::NoProof);
    }
    let mut payment = expected.clone();
    payment.status = PaymentStatus::Paid;
    payment.payable = payment.payable.or(notification.payable);
    Ok(Confirmed { payment, key })
}

/// All that can be checked without asking: the payment, the amounts, the claim, the repetition. Returns the key.
fn check(notification: &Notification, expected: &Payment, seen: &dyn Seen) -> Result<String, Unconfirmed> {
    check_reference(notification, expected)?;
    check_amounts(notification, expected)?;
    if notification.sandbox == Some(true) && expected.sandbox != Some(true) {
        return Err(Unconfirmed::Sandbox);
    }
    if notification.claimed != PaymentStatus::Paid {
        return Err(Unconfirmed::OtherClaim(notification.claimed.clone()));
    }
    let key = key(expected);
    match seen.contains(&key) {
        Ok(false) => Ok(key),
        Ok(true) => Err(Unconfirmed::Replay),
        Err(cause) => {
            let what = "it cannot be told whether the payment was dealt with";
            Err(Unconfirmed::TryLater(Error::new(Kind::Unavailable, Delivery::NotSent, what).with_source(cause)))
        }
    }
}

/// What a payment is remembered by: who the merchant expects to pay, not what a sender writes.
fn key(expected: &Payment) -> String {
    let name = expected.reference.as_ref().or(expected.id.as_ref());
    // JSON quotes, so that no two different payments have the same key.
    serde_json::json!([expected.provider, name, "paid"]).to_string()
}

fn check_reference(notification: &Notification, expected: &Payment) -> Result<(), Unconfirmed> {
    let same_gateway = notification.provider == expected.provider;
    let compare = |told: &Option<String>, expected: &Option<String>| match (told, expected) {
        (Some(told), Some(expected)) => Some(told == expected),
        _ => None,
    };
    let references = [compare(&notification.reference, &expected.reference), compare(&notification.id, &expected.id)];
    // One must be the same, and none may differ.
    match same_gateway && references.contains(&Some(true)) && !references.contains(&Some(false)) {
        true => Ok(()),
        false => Err(Unconfirmed::ReferenceMismatch),
    }
}

fn check_amounts(notification: &Notification, expected: &Payment) -> Result<(), Unconfirmed> {
    let mismatch = |expected, got| Err(Unconfirmed::AmountMismatch { expected, got });
    if let Some(got) = notification.amount
        && got != expected.amount
    {
        return mismatch(expected.amount, got);
    }
    match (notification.payable, expected.payable) {
        (Some(got), Some(payable)) if got != payable => mismatch(payable, got),
        // What is to be paid is not known after a lost reply, but it is never less than the price.
        (Some(got), None) if got < expected.amount => mismatch(expected.amount, got),
        _ => Ok(()),
    }
}

/// The answer to a notification, after it was dealt with. `acceptance` is [`PaymentGateway::acceptance`].
///
/// - 200, in the way that the provider wants: confirmed, known already, or a claim of another state, of which no more is to
///   be heard.
/// - 503, so that it is sent again where the provider does that: the gateway could not be asked or says that the payment is
///   not paid yet, the claim is not understood, or the merchant's own settings are wrong.
/// - 401 and 400: forged, or about something else. The bodies say nothing that a forger could use.
pub fn answer(acceptance: &str, outcome: Result<&Confirmed, &NotificationFailure>) -> http::Response<Vec<u8>> {
    use NotificationFailure::{Refused, Unconfirmed as Not};
    let status = match outcome {
        Ok(_) | Err(Not(Unconfirmed::Replay)) => 200,
        Err(Not(Unconfirmed::OtherClaim(PaymentStatus::Unknown(_)))) => 503,
        Err(Not(Unconfirmed::OtherClaim(_))) => 200,
        Err(Not(Unconfirmed::TryLater(_) | Unconfirmed::NotPaid(_))) => 503,
        Err(Refused(error)) if error.kind() == Kind::Configuration => 503,
        Err(Refused(error)) if error.kind() == Kind::Authentication => 401,
        Err(_) => 400,
    };
    let body = if status == 200 { acceptance.as_bytes() } else { br#"{"success":false}"# };
    let mut response = http::Response::new(body.to_vec());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

/// Why a notification did not lead to a confirmed payment.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotificationFailure {
    /// It was refused before it was believed at all, see [`PaymentGateway::parse_notification`].
    Refused(Error),
    /// It was read, but not confirmed.
    Unconfirmed(Unconfirmed),
}

impl From<Error> for NotificationFailure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Unconfirmed> for NotificationFailure {
    fn from(reason: Unconfirmed) -> Self {
        Self::Unconfirmed(reason)
    }
}

impl fmt::Display for NotificationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Unconfirmed(reason) => reason.fmt(f),
        }
    }
}

impl std::error::Error for NotificationFailure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_cannot_read_without_showing_it() {
        let huge = vec![b' '; MAX_NOTIFICATION + 1];
        for body in [&b""[..], b"{", b"CANARY", b"\"CANARY\"", b"\xFF\xFE", b"[7]", &huge] {
            let error = read_notification::<u64>(body).unwrap_err();
            assert_eq!(error.kind(), Kind::InvalidNotification);
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
        assert_eq!(read_notification::<u64>(b"\xEF\xBB\xBF 7").unwrap(), 7);
    }

    #[test]
    fn the_memory_is_bounded_and_keys_are_remembered_once() {
        let seen = SeenInMemory::new(2);
        let new = ["a", "b", "b", "c"].map(|key| seen.remember(key).unwrap());
        assert_eq!(new, [true, true, false, true]);
        assert_eq!(["a", "b", "c"].map(|key| seen.contains(key).unwrap()), [false, true, true]);
        assert!(SeenInMemory::new(0).remember("a").unwrap());
    }

    fn expected() -> Payment {
        let mut payment = Payment::new("klink", Rupiah::new(10_000), PaymentStatus::Pending);
        (payment.reference, payment.payable) = (Some("ORD-1".into()), Some(Rupiah::new(10_765)));
        payment
    }

    fn signed() -> Notification {
        let mut notification = Notification::new("klink", Trust::Signed, PaymentStatus::Paid);
        notification.reference = Some("ORD-1".into());
        notification
    }

    fn refused(change: impl FnOnce(&mut Notification, &mut Payment)) -> Unconfirmed {
        let (mut notification, mut expected) = (signed(), expected());
        change(&mut notification, &mut expected);
        confirm_signed(&notification, &expected, &SeenInMemory::default()).unwrap_err()
    }

    #[test]
    fn a_signed_notification_of_the_expected_payment_is_believed_until_it_is_remembered() {
        let seen = SeenInMemory::default();
        let confirmed = confirm_signed(&signed(), &expected(), &seen).unwrap();
        assert_eq!(confirmed.payment().status, PaymentStatus::Paid);
        assert!(seen.remember(confirmed.key()).unwrap());
        let mut again = signed();
        (again.nonce, again.id) = (Some("another".into()), Some("another".into()));
        assert!(matches!(confirm_signed(&again, &expected(), &seen), Err(Unconfirmed::Replay)));
    }

    #[test]
    fn nothing_is_confirmed_while_the_memory_cannot_be_asked() {
        struct Broken;
        impl Seen for Broken {
            fn contains(&self, _: &str) -> Result<bool, SeenError> {
                Err("the database is away".into())
            }
            fn remember(&self, _: &str) -> Result<bool, SeenError> {
                Err("the database is away".into())
            }
        }
        let reason = confirm_signed(&signed(), &expected(), &Broken).unwrap_err();
        assert!(matches!(&reason, Unconfirmed::TryLater(_)), "{reason}");
        assert_eq!(answer("OK", Err(&reason.into())).status().as_u16(), 503);
    }

    #[test]
    fn each_doubt_has_its_reason() {
        assert!(matches!(refused(|told, _| told.trust = Trust::Unsigned), Unconfirmed::NoProof));
        assert!(matches!(refused(|told, _| told.provider = "kropay"), Unconfirmed::ReferenceMismatch));
        assert!(matches!(refused(|told, _| told.reference = None), Unconfirmed::ReferenceMismatch));
        assert!(matches!(refused(|told, _| told.reference = Some("ORD-2".into())), Unconfirmed::ReferenceMismatch));
        let other_id = |told: &mut Notification, expected: &mut Payment| {
            (told.id, expected.id) = (Some("1".into()), Some("2".into()));
        };
        assert!(matches!(refused(other_id), Unconfirmed::ReferenceMismatch));
        assert!(matches!(refused(|told, _| told.sandbox = Some(true)), Unconfirmed::Sandbox));
        let failed = refused(|told, _| told.claimed = PaymentStatus::Failed);
        assert!(matches!(failed, Unconfirmed::OtherClaim(PaymentStatus::Failed)));
    }

    #[test]
    fn amounts_must_be_the_expected_ones_where_they_are_told() {
        let is_mismatch = |reason| matches!(reason, Unconfirmed::AmountMismatch { .. });
        assert!(is_mismatch(refused(|told, _| told.amount = Some(Rupiah::new(9_999)))));
        assert!(is_mismatch(refused(|told, _| told.payable = Some(Rupiah::new(10_000)))));
        let lost = |told: &mut Notification, expected: &mut Payment| {
            (told.payable, expected.payable) = (Some(Rupiah::new(9_999)), None);
        };
        assert!(is_mismatch(refused(lost)));
        let (mut told, mut after_lost_reply) = (signed(), expected());
        (told.payable, after_lost_reply.payable) = (Some(Rupiah::new(10_765)), None);
        let confirmed = confirm_signed(&told, &after_lost_reply, &SeenInMemory::default()).unwrap();
        assert_eq!(confirmed.payment().payable, Some(Rupiah::new(10_765)));
    }

    #[test]
    fn the_answer_makes_the_provider_send_again_only_what_may_change() {
        let status = |failure: NotificationFailure| answer("OK", Err(&failure)).status().as_u16();
        let error = |kind| Error::new(kind, Delivery::NotSent, "x");
        assert_eq!(status(Unconfirmed::Replay.into()), 200);
        assert_eq!(status(Unconfirmed::OtherClaim(PaymentStatus::Expired).into()), 200);
        assert_eq!(status(Unconfirmed::OtherClaim(PaymentStatus::Unknown("odd".into())).into()), 503);
        assert_eq!(status(Unconfirmed::NotPaid(PaymentStatus::Pending).into()), 503);
        assert_eq!(status(Unconfirmed::TryLater(error(Kind::Connect)).into()), 503);
        assert_eq!(status(error(Kind::Configuration).into()), 503);
        assert_eq!(status(error(Kind::Authentication).into()), 401);
        for reason in [Unconfirmed::ReferenceMismatch, Unconfirmed::Sandbox, Unconfirmed::NoProof] {
            assert_eq!(status(reason.into()), 400);
        }
        let confirmed = confirm_signed(&signed(), &expected(), &SeenInMemory::default()).unwrap();
        let accepted = answer("OK", Ok(&confirmed));
        assert_eq!((accepted.status().as_u16(), accepted.body().as_slice()), (200, b"OK".as_slice()));
    }
}
