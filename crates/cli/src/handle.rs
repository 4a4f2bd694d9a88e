//! A payment as one word that can be typed, copied and kept: what `pay` prints, and `status`, `watch` and `cancel` read.
//!
//! `kropay:10000:10020:1780129800:ORDER-1:PG-1`: gateway, price, payable amount, expiry in seconds since 1970, merchant's
//! reference, provider's id. What is not known is empty, or left out at the end. A last part `sandbox` marks a payment of the
//! gateway's test mode.
//! It holds no secret. `-` means the JSON that `pay --json` printed, on the standard input.

use std::fmt;
use std::io;
use std::str::FromStr;

use gerbang::{Payment, PaymentStatus};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::args::rupiah;
use crate::failure::{Exit, Failure};
use crate::file;

/// What a reference keeps as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/');

/// A payment as one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(Payment);

impl Handle {
    /// The payment, as far as the handle describes it; its status is not in it.
    pub fn payment(&self) -> &Payment {
        &self.0
    }
}

impl From<&Payment> for Handle {
    fn from(payment: &Payment) -> Self {
        let mut known = Payment::new(payment.provider.as_str(), payment.amount, PaymentStatus::Pending);
        known.payable = payment.payable;
        // Whole seconds, as the word has them.
        known.expires_at = payment.expires_at.and_then(|at| Timestamp::from_second(at.as_second()).ok());
        known.reference = payment.reference.clone();
        known.id = payment.id.clone();
        known.sandbox = payment.sandbox.filter(|sandbox| *sandbox);
        Self(known)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Payment { provider, amount, payable, expires_at, reference, id, sandbox, .. } = &self.0;
        write!(f, "{provider}:{amount}:")?;
        if let Some(payable) = payable {
            write!(f, "{payable}")?;
        }
        f.write_str(":")?;
        if let Some(at) = expires_at {
            write!(f, "{}", at.as_second())?;
        }
        let write = |f: &mut fmt::Formatter<'_>, name: &Option<String>| {
            write!(f, ":{}", utf8_percent_encode(name.as_deref().unwrap_or_default(), PLAIN))
        };
        write(f, reference)?;
        // At the end, what is not known is left out.
        if id.is_some() || *sandbox == Some(true) {
            write(f, id)?;
        }
        if *sandbox == Some(true) {
            f.write_str(":sandbox")?;
        }
        Ok(())
    }
}

impl FromStr for Handle {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(':').collect();
        let (known, is_sandbox) = match parts.as_slice() {
            [known @ .., "sandbox"] if known.len() == 6 => (known, true),
            known => (known, false),
        };
        let (provider, amount, payable, expires_at, reference, id) = match known {
            [provider, amount, payable, expires_at, reference] => {
                (provider, amount, payable, expires_at, reference, &"")
            }
            [provider, amount, payable, expires_at, reference, id] => {
                (provider, amount, payable, expires_at, reference, id)
            }
            _ => {
                let like = "kropay:10000:10020:1780129800:ORDER-1:PG-1";
                return Err(format!("it is not what `gerbang pay` printed, such as {like}"));
            }
        };
        let rupiah = |text: &str| rupiah(text).map_err(|error| format!("{text:?}: {error}"));
        let name = |text: &&str| match percent_decode_str(text).decode_utf8() {
            Ok(name) if name.is_empty() => Ok(None),
            Ok(name) => Ok(Some(name.into_owned())),
            Err(_) => Err(format!("{text:?} is not UTF-8")),
        };
        let mut payment = Payment::new(*provider, rupiah(amount)?, PaymentStatus::Pending);
        payment.payable = (!payable.is_empty()).then(|| rupiah(payable)).transpose()?;
        payment.reference = name(reference)?;
        payment.id = name(id)?;
        payment.sandbox = is_sandbox.then_some(true);
        if !expires_at.is_empty() {
            let at = expires_at.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
            payment.expires_at = Some(at.ok_or_else(|| format!("{expires_at:?} is no time"))?);
        }
        if payment.reference.is_none() && payment.id.is_none() {
            return Err("it names neither the merchant's reference nor the provider's id".into());
        }
        Ok(Self(payment))
    }
}

/// A payment as the command line names it.
#[derive(Clone, Debug)]
pub enum Named {
    /// By its word.
    Word(Box<Handle>),
    /// By JSON on the standard input.
    Input,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" { Ok(Self::Input) } else { text.parse().map(Box::new).map(Self::Word) }
    }
}

impl Named {
    /// The payment, as far as the handle describes it; its status is not in it. The standard input is read to its end.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the standard input has no payment; nothing is known then of what the command before did, where it
    /// printed nothing.
    pub fn payment(&self) -> Result<Payment, Failure> {
        match self {
            Self::Word(handle) => Ok(handle.payment().clone()),
            Self::Input => {
                let json = file::all(io::stdin(), MAX_INPUT);
                stored(&json.map_err(|error| Failure::usage(format!("the standard input cannot be read: {error}")))?)
            }
        }
    }
}

/// The most that is read from the standard input, in bytes. A payment has about a thousand.
const MAX_INPUT: u64 = 1 << 20;

/// The last payment of those that `--json` printed. What it says of its state counts for nothing: the gateway is asked.
fn stored(json: &[u8]) -> Result<Payment, Failure> {
    let wrong =
        |what: &str| Failure::usage(format!("the standard input {what}; it takes what `gerbang pay --json` printed"));
    // Such as `gerbang pay --json | gerbang watch -` after a creation that failed, or whose reply was lost.
    let none = |what: &str| {
        Failure::new(
            Exit::Unknown,
            format!("the standard input {what}: the command before printed no payment; see its error"),
        )
    };
    let last = serde_json::Deserializer::from_slice(json).into_iter::<Value>().last();
    let last = last.ok_or_else(|| none("is empty"))?.map_err(|_| wrong("is no payment"))?;
    if last.get("error").is_some() {
        return Err(none("ends with an error"));
    }
    let mut payment: Payment = serde_json::from_value(last).map_err(|_| wrong("is no payment"))?;
    payment.status = PaymentStatus::Pending;
    (payment.paid_at, payment.net) = (None, None);
    Ok(payment)
}

#[cfg(test)]
mod tests {
    use gerbang::Rupiah;

    use super::*;

    #[test]
    fn a_stored_payment_is_taken_but_not_its_state() {
        let mut payment = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        payment.id = Some("PG-1".into());
        let first = serde_json::to_string(&payment).unwrap();
        payment.payable = Some(Rupiah::new(10_020));
        let mut paid = payment.clone();
        paid.status = PaymentStatus::Paid;
        paid.paid_at = Timestamp::from_second(1_780_129_800).ok();
        let input = format!("{first}\n{}\n", serde_json::to_string(&paid).unwrap());
        assert_eq!(stored(input.as_bytes()).unwrap(), payment);
        let failed = format!("{first}\n{{\"error\":{{\"message\":\"CANARY\"}}}}");
        for input in ["", "{}", "[]", "x", &failed, &format!("{first} CANARY")] {
            let failure = stored(input.as_bytes()).unwrap_err();
            assert!(!failure.to_string().contains("CANARY"), "{input}: {failure}");
            assert_eq!(failure.exit() == Exit::Unknown, input.is_empty() || input == failed, "{input}");
        }
    }

    #[test]
    fn a_payment_comes_back() {
        let mut payment = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        payment.payable = Some(Rupiah::new(10_020));
        payment.expires_at = Timestamp::from_second(1_780_129_800).ok();
        payment.reference = Some("ORDER/1:ä b".into());
        payment.id = Some("PG-1".into());
        let word = Handle::from(&payment).to_string();
        assert_eq!(word, "kropay:10000:10020:1780129800:ORDER/1%3A%C3%A4%20b:PG-1");
        assert_eq!(word.parse::<Handle>().unwrap().payment(), &payment);
    }

    #[test]
    fn what_is_not_known_is_empty_and_the_test_mode_is_named() {
        let mut payment = Payment::new("pakasir-v1", Rupiah::new(500), PaymentStatus::Pending);
        payment.reference = Some("sandbox".into());
        payment.sandbox = Some(true);
        let word = Handle::from(&payment).to_string();
        assert_eq!(word, "pakasir-v1:500:::sandbox::sandbox");
        assert_eq!(word.parse::<Handle>().unwrap().payment(), &payment);
        payment.sandbox = None;
        let word = Handle::from(&payment).to_string();
        assert_eq!(word, "pakasir-v1:500:::sandbox");
        for word in [word, "pakasir-v1:500:::sandbox:".into()] {
            assert_eq!(word.parse::<Handle>().unwrap().payment(), &payment);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for word in
            ["", "ORDER-1", "kropay:x:::A:", "kropay:1:1:::", "kropay:1::never:A:", "kropay:1:::%FF:", "a:1:::b:c:d"]
        {
            assert!(word.parse::<Handle>().is_err(), "{word}");
        }
    }
}
