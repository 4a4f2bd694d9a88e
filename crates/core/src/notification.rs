//! Notifications: reading is not believing. Only [`confirm`] makes a [`Confirmed`] payment.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use serde::de::DeserializeOwned;

use crate::gateway::{Lookup, PaymentGateway, Trust};
use crate::payment::{Payment, PaymentStatus};
use crate::{Delivery, Error, Kind, Rupiah};

/// The largest notification body that is read, in bytes. The documented ones have a few hundred.
pub const MAX_NOTIFICATION: usize = 64 * 1024;

/// Reads the JSON body of a notification.
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
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    // serde would read a list into an object's members, one after the other.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(invalid("the notification is not the documented JSON: a list is not an object".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| {
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
    /// What makes it the same notification when it is sent again, beside the references and the state.
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

    /// What makes it the same notification when it is sent again.
    pub fn key(&self) -> String {
        let Self { provider, id, reference, claimed, nonce, .. } = self;
        // The debug form quotes, so that no two different notifications have the same key.
        format!("{:?}", (provider, id, reference, claimed.to_string(), nonce))
    }
}

/// A payment that is paid beyond the word of a notification. Only [`confirm`] makes one.
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
    /// The payment is not paid: by the notification's own claim, or by the gateway's answer.
    NotPaid(PaymentStatus),
    /// It was dealt with before.
    Replay,
    /// The gateway could not be asked. Answer with a failure, so that it is sent again, or ask later.
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
            Self::NotPaid(status) => write!(f, "the payment is not paid but {status}"),
            Self::Replay => f.write_str("the notification was dealt with before"),
            Self::TryLater(error) => write!(f, "the gateway could not be asked: {error}"),
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

/// Which notifications were dealt with. A program with several instances keeps them in its database.
pub trait Seen: Send + Sync {
    /// Whether this key was remembered.
    fn contains(&self, key: &str) -> bool;

    /// Remembers a key. Call it once the order is marked as paid, not before: a crash in between must not lose the payment.
    fn remember(&self, key: &str);
}

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
    fn contains(&self, key: &str) -> bool {
        self.keys().iter().any(|seen| seen == key)
    }

    fn remember(&self, key: &str) {
        let mut keys = self.keys();
        if self.most == 0 || keys.iter().any(|seen| seen == key) {
            return;
        }
        if keys.len() == self.most {
            keys.pop_front();
        }
        keys.push_back(key.to_owned());
    }
}

/// Finds out whether the payment that a notification speaks of is paid.
///
/// `expected` is the payment as the merchant created it. The notification must be about it and, where it names amounts, name
/// its amounts. A signed one is then believed; of any other the gateway is asked. Whatever is not certain is not paid.
///
/// # Errors
///
/// See [`Unconfirmed`]: each reason is its own.
pub async fn confirm(
    gateway: &dyn PaymentGateway,
    notification: &Notification,
    expected: &Payment,
    seen: &dyn Seen,
) -> Result<Confirmed, Unconfirmed> {
    check_reference(gateway, notification, expected)?;
    check_amounts(notification, expected)?;
    if notification.sandbox == Some(true) && expected.sandbox != Some(true) {
        return Err(Unconfirmed::Sandbox);
    }
    if notification.claimed != PaymentStatus::Paid {
        return Err(Unconfirmed::NotPaid(notification.claimed.clone()));
    }
    let key = notification.key();
    if seen.contains(&key) {
        return Err(Unconfirmed::Replay);
    }
    if notification.trust == Trust::Signed {
        let payment = Payment { status: PaymentStatus::Paid, ..expected.clone() };
        return Ok(Confirmed { payment, key });
    }
    if !gateway.capabilities().status {
        return Err(Unconfirmed::NoProof);
    }
    let payment = gateway.payment(Lookup::Payment(expected)).await.map_err(Unconfirmed::TryLater)?;
    if payment.sandbox == Some(true) && expected.sandbox != Some(true) {
        return Err(Unconfirmed::Sandbox);
    }
    match payment.status {
        PaymentStatus::Paid => Ok(Confirmed { payment, key }),
        status => Err(Unconfirmed::NotPaid(status)),
    }
}

fn check_reference(
    gateway: &dyn PaymentGateway,
    notification: &Notification,
    expected: &Payment,
) -> Result<(), Unconfirmed> {
    let same_gateway = notification.provider == gateway.provider() && notification.provider == expected.provider;
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
    let pairs = [(notification.amount, Some(expected.amount)), (notification.payable, expected.payable)];
    for (told, expected) in pairs {
        if let (Some(got), Some(expected)) = (told, expected)
            && got != expected
        {
            return Err(Unconfirmed::AmountMismatch { expected, got });
        }
    }
    Ok(())
}

/// The answer to a notification, after it was dealt with.
///
/// Confirmed and repeated ones are accepted in the way that the provider wants. One that cannot be judged now is answered
/// with 503, so that it is sent again where the provider does that; one that is forged or about something else with 400 or
/// 401. The bodies say nothing that a forger could use.
pub fn answer(
    gateway: &dyn PaymentGateway,
    outcome: Result<&Confirmed, &NotificationFailure>,
) -> http::Response<Vec<u8>> {
    let status = match outcome {
        Ok(_) | Err(NotificationFailure::Unconfirmed(Unconfirmed::Replay)) => 200,
        Err(NotificationFailure::Unconfirmed(Unconfirmed::TryLater(_) | Unconfirmed::NotPaid(_))) => 503,
        Err(NotificationFailure::Refused(error)) if error.kind() == Kind::Authentication => 401,
        Err(_) => 400,
    };
    let body = if status == 200 { gateway.acceptance().as_bytes() } else { br#"{"success":false}"# };
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
        for key in ["a", "b", "b", "c"] {
            seen.remember(key);
        }
        assert!(!seen.contains("a") && seen.contains("b") && seen.contains("c"));
    }

    #[test]
    fn parts_of_a_key_cannot_be_shifted() {
        let mut one = Notification::new("kropay", Trust::Unsigned, PaymentStatus::Paid);
        let mut other = one.clone();
        (one.id, one.reference) = (Some("a".into()), Some("b\", Some(\"c".into()));
        (other.id, other.reference) = (Some("a\", Some(\"b".into()), Some("c".into()));
        assert_ne!(one.key(), other.key());
    }
}
