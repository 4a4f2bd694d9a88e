//! Notifications as they were sent. Reading one does not prove a payment: only [`crate::judge`] and [`crate::confirm`] do.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::body::{json_text, read_json};
use crate::payment::PaymentStatus;
use crate::{Delivery, Error, Kind, Rupiah};

/// The largest notification body that is read, in bytes. The documented ones have a few hundred.
pub const MAX_NOTIFICATION: usize = 64 * 1024;

/// Reads the JSON body of a notification, repaired as [`json_text`] says.
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
    read_json(&body).map_err(|error| {
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

/// What a notification proves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trust {
    /// The gateway sends none.
    None,
    /// Nothing: anybody can send one. The gateway must be asked.
    Unsigned,
    /// The sender knows a shared secret, which everybody who ever saw a notification knows too, or has signed all but the state,
    /// so that one that was seen can come again with another. The gateway must be asked.
    SharedSecret,
    /// The gateway signed it.
    Signed,
}

impl Trust {
    /// The name in snake case, as serde writes it: `shared_secret`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unsigned => "unsigned",
            Self::SharedSecret => "shared_secret",
            Self::Signed => "signed",
        }
    }
}

/// The name in words, such as `shared secret`.
impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SharedSecret => "shared secret",
            other => other.as_str(),
        })
    }
}

/// What somebody says about a payment. It proves nothing by itself: see [`crate::judge`] and [`crate::confirm`].
///
/// It can be stored with serde, and judged later without the headers that proved it. The gateway's name is not stored: whoever
/// restores one sets [`Notification::provider`], which is empty until then and matches no payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Notification {
    /// The gateway whose form it has.
    #[serde(skip)]
    pub provider: &'static str,
    /// What it proves by itself. [`Trust::Signed`] and [`Trust::SharedSecret`] were checked.
    pub trust: Trust,
    /// The gateway's reference.
    pub id: Option<String>,
    /// The merchant's reference.
    pub reference: Option<String>,
    /// The price in rupiah, where the notification has it.
    pub amount: Option<Rupiah>,
    /// What was paid in rupiah, where the notification has it.
    pub payable: Option<Rupiah>,
    /// Whether there is an amount that cannot be read. Nothing is proven by such a notification: a person must look.
    pub has_unreadable_amount: bool,
    /// The state that it claims.
    pub claimed: PaymentStatus,
    /// The id of the request that created the payment, where the gateway repeats it; see [`crate::NewPayment::request_id`].
    pub request_id: Option<String>,
    /// The code that was paid with, where the notification has it; see [`crate::Payable::Code`].
    pub code: Option<String>,
    /// Whether it is of a gateway's test mode, where it says so.
    pub sandbox: Option<bool>,
    /// What distinguishes it from another notification about the same order, where the provider gives one.
    pub nonce: Option<String>,
}

impl Notification {
    /// A notification of which only the claim is known. For those who implement
    /// [`PaymentGateway`](crate::PaymentGateway).
    pub fn new(provider: &'static str, trust: Trust, claimed: PaymentStatus) -> Self {
        Self {
            provider,
            trust,
            id: None,
            reference: None,
            amount: None,
            payable: None,
            has_unreadable_amount: false,
            claimed,
            request_id: None,
            code: None,
            sandbox: None,
            nonce: None,
        }
    }
}

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
    fn serde_writes_the_name_that_as_str_gives() {
        for trust in [Trust::None, Trust::Unsigned, Trust::SharedSecret, Trust::Signed] {
            assert_eq!(serde_json::to_value(trust).unwrap(), trust.as_str());
        }
    }

    #[test]
    fn stored_notification_is_restored_without_its_gateway() {
        let mut said = Notification::new("kropay", Trust::Unsigned, PaymentStatus::Paid);
        (said.id, said.amount) = (Some("PG-1".into()), Some(Rupiah::new(10_000)));
        let mut restored: Notification = serde_json::from_str(&serde_json::to_string(&said).unwrap()).unwrap();
        assert_eq!(restored.provider, "");
        restored.provider = "kropay";
        assert_eq!(restored, said);
    }
}
