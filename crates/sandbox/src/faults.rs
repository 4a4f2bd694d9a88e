//! Faults that the sandbox's user sets: calls to a provider that go wrong in a known way.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header};
use gerbang_core::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::call::MAX_BODY;
use crate::lock::lock;
use crate::spelling::{Spell, Spelling};
use crate::{Provider, accounts, operations};

/// How many faults there are at most.
const MAX_FAULTS: usize = 100;

/// How many headers a reply of a fault has at most.
const MAX_HEADERS: usize = 32;

/// How many names [`Effect::Spell`] has at most.
const MAX_MEMBERS: usize = 32;

/// The name of notifications among the operations.
const NOTIFICATION: &str = "notification";

/// The longest text that [`Effect::Replace`] and [`Effect::Spell`] take, in bytes.
const MAX_TEXT: usize = 4 * 1024;

/// The longest delay of one fault, in milliseconds.
const MAX_DELAY: u64 = 60_000;

/// Calls to a provider that go wrong: which, how often, and how.
///
/// ```
/// use gerbang_sandbox::{Effect, Fault, Provider, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await;
/// let lost = Fault::new(Provider::Kropay, Effect::Close { carried_out: true });
/// sandbox.add_fault(lost.operation("create_payment").times(1))?;
///
/// let client = gerbang_transport::Network::new().http_client()?.build()?;
/// let create = client
///     .post(format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay)))
///     .header("X-API-KEY", "any key")
///     .header("Content-Type", "application/json")
///     .body(r#"{"merchant_ref": "ORDER-12345", "amount": 10000}"#);
/// assert!(create.send().await.is_err());
/// assert_eq!(sandbox.payments().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fault {
    /// The provider whose calls go wrong.
    pub provider: Provider,
    /// The only operation that goes wrong; every call to the provider if there is none.
    #[serde(default)]
    pub operation: Option<String>,
    /// How many calls go wrong; all if there is no number.
    #[serde(default)]
    pub times: Option<u32>,
    /// The only credential whose calls go wrong. It is not shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credential: Option<Masked>,
    /// What happens.
    #[serde(flatten)]
    pub effect: Effect,
}

/// A credential that is not shown again.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
struct Masked(Secret);

impl PartialEq for Masked {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose() == other.0.expose()
    }
}

impl Eq for Masked {}

impl Serialize for Masked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

impl Fault {
    /// Every call to a provider goes wrong, until the fault is removed.
    pub fn new(provider: Provider, effect: Effect) -> Self {
        Self { provider, operation: None, times: None, credential: None, effect }
    }

    /// Only the calls of one operation go wrong: an `operationId` of the provider's OpenAPI spec, such as
    /// `create_payment`. Those of Pakasir begin with the API, as in `v1/create_transaction` and `v2/create_transaction`;
    /// those of Kazukipay's account statement are `check_mutations` and `run_mutations`. With [`Effect::Spell`] also
    /// `notification`, which is no call: only notifications are written oddly then.
    #[must_use]
    pub fn operation(self, id: impl Into<String>) -> Self {
        Self { operation: Some(id.into()), ..self }
    }

    /// Only so many calls go wrong.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Only the calls with one credential go wrong, or with [`Effect::Spell`] the notifications of its payments: the API key,
    /// for Pakasir the project and the key as `PROJECT:KEY`, for K-Link the e-mail address. So tests that run at the same time,
    /// each with a credential of its own, share a sandbox.
    #[must_use]
    pub fn credential(self, credential: impl Into<Secret>) -> Self {
        Self { credential: Some(Masked(credential.into())), ..self }
    }

    /// The accounts of the credential, if it is for one.
    fn accounts(&self) -> Option<Vec<String>> {
        let Masked(credential) = self.credential.as_ref()?;
        Some(accounts::of(self.provider, credential.expose()).unwrap_or_default())
    }

    fn matches(&self, provider: Provider, operation: Option<&str>, account: Option<&str>) -> bool {
        let is_of = |accounts: Vec<String>| accounts.iter().any(|found| account == Some(found));
        self.provider == provider
            && self.operation.as_deref().is_none_or(|wanted| operation == Some(wanted))
            && self.accounts().is_none_or(is_of)
    }

    fn check(&self) -> Result<(), FaultError> {
        let is_known = |id: &str| {
            let is_notification = id == NOTIFICATION && matches!(self.effect, Effect::Spell { .. });
            operations::all(self.provider).contains(&id) || is_notification && self.provider.facts().notifies
        };
        if !self.operation.as_deref().is_none_or(is_known) {
            return Err(FaultError::Operation(self.provider));
        }
        if self.times == Some(0) {
            return Err(FaultError::Times);
        }
        if self.accounts().is_some_and(|accounts| accounts.is_empty()) {
            return Err(FaultError::Credential);
        }
        self.effect.check()
    }
}

/// What happens to a call that goes wrong.
///
/// A call that is carried out has its effect at the provider, whatever of the reply arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Effect {
    /// The connection is closed instead of a reply.
    Close {
        /// Whether the call is carried out before.
        carried_out: bool,
    },
    /// This reply comes instead of the provider's.
    Reply {
        /// The status code, from 200 to 599.
        status: u16,
        /// The value of `Content-Type`, which is left out if this is empty.
        #[serde(default)]
        content_type: String,
        /// The body, up to 64 KiB; empty with status 204 and 304.
        #[serde(default)]
        body: String,
        /// Other headers, up to 32. Those that frame the reply cannot be set.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// Whether the call is carried out before.
        carried_out: bool,
    },
    /// The call is carried out, half of the reply's body arrives, and then the connection is closed.
    #[serde(deserialize_with = "nothing_more")]
    Truncate,
    /// The call is carried out at once, but the reply comes later. Several delays add up.
    Delay {
        /// How much later, up to a minute.
        milliseconds: u64,
    },
    /// The call is carried out only later, also if the client has given up by then: a request that is stuck at the provider.
    ///
    /// A client that waits gets the reply then, if it waits no longer than 30 seconds, when the connection is closed. With
    /// [`Effect::Close`], [`Effect::Reply`] or [`Effect::Refuse`] after this it gets that at once. What is not carried out
    /// yet when the sandbox ends or is reset never is; 1 000 calls can wait at one time, and others are answered 503.
    Later {
        /// How much later, up to a minute. Several add up.
        milliseconds: u64,
    },
    /// The provider refuses, in its own form: `{"status": false, "message": "…", "data": null}` at Kazukipay, for instance.
    ///
    /// If K-Link refuses the payment of an order from a wallet without having carried it out, a reconciliation of the order
    /// carries it out.
    Refuse {
        /// What it says: a text, or anything else that is to be there, up to 4 KiB of JSON.
        message: Value,
        /// Whether the call is carried out before.
        carried_out: bool,
    },
    /// The provider writes the JSON of its reply, if it is JSON, and of its notifications in an odd way. Signatures are over
    /// what is sent. Nothing else of the call changes.
    ///
    /// All of these that match act before other faults do, in the order in which they were added.
    Spell {
        /// In which way.
        spelling: Spelling,
        /// The names of up to 32 members that are written so wherever they are, if their value can be. If there are none,
        /// those to which the spelling applies by itself: members that only inform, and with [`Spelling::Decimals`],
        /// [`Spelling::HalfEmoji`] and [`Spelling::Latin1`] also amounts and texts that clients need.
        #[serde(default)]
        members: Vec<String>,
    },
    /// The call is carried out, and every occurrence of a text in the reply's body is replaced. If that makes more than
    /// 16 MiB, the connection is closed.
    Replace {
        /// The text, up to 4 KiB and not empty.
        from: String,
        /// What takes its place, up to 4 KiB.
        to: String,
    },
}

/// A variant without members allows none.
fn nothing_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    Nothing::deserialize(deserializer).map(|Nothing {}| ())
}

impl Effect {
    /// Whether a call on which this acts has its effect at the provider.
    pub(crate) fn is_carried_out(&self) -> bool {
        match self {
            Self::Close { carried_out } | Self::Reply { carried_out, .. } | Self::Refuse { carried_out, .. } => {
                *carried_out
            }
            Self::Truncate | Self::Delay { .. } | Self::Later { .. } | Self::Replace { .. } | Self::Spell { .. } => {
                true
            }
        }
    }

    /// How much later a call is carried out on which this acts.
    pub(crate) fn postpones(&self) -> Duration {
        match self {
            Self::Later { milliseconds } => Duration::from_millis(*milliseconds),
            _ => Duration::ZERO,
        }
    }

    /// Whether the client gets something that does not depend on the provider's reply.
    pub(crate) fn takes_its_place(&self) -> bool {
        matches!(self, Self::Close { .. } | Self::Reply { .. } | Self::Refuse { .. })
    }

    /// The odd way of writing that this is.
    pub(crate) fn spell(&self, provider: Provider) -> Option<Spell> {
        match self {
            Self::Spell { spelling, members } => {
                Some(Spell { provider, spelling: spelling.clone(), members: members.clone() })
            }
            _ => None,
        }
    }

    /// Whether nothing is left on which another fault could act.
    fn is_last(&self) -> bool {
        self.takes_its_place() || matches!(self, Self::Truncate)
    }

    fn check(&self) -> Result<(), FaultError> {
        match self {
            Self::Close { .. } | Self::Truncate => Ok(()),
            Self::Reply { status, content_type, body, headers, .. } => {
                let bodiless = [204, 304].contains(status) && !body.is_empty();
                if !(200..=599).contains(status) || bodiless {
                    return Err(FaultError::Status);
                }
                if body.len() > MAX_BODY || headers.len() > MAX_HEADERS {
                    return Err(FaultError::Size);
                }
                if HeaderValue::try_from(content_type).is_err() {
                    return Err(FaultError::Header(header::CONTENT_TYPE.to_string()));
                }
                headers.iter().try_for_each(|(name, value)| parsed_header(name, value).map(|_| ()))
            }
            Self::Delay { milliseconds } | Self::Later { milliseconds } => {
                if (1..=MAX_DELAY).contains(milliseconds) {
                    Ok(())
                } else {
                    Err(FaultError::Delay)
                }
            }
            Self::Refuse { message, .. } => check_size(message),
            Self::Spell { spelling, members } => {
                if members.len() > MAX_MEMBERS || members.iter().any(|name| name.len() > MAX_TEXT) {
                    return Err(FaultError::Size);
                }
                if let Spelling::Value(value) = spelling { check_size(value) } else { Ok(()) }
            }
            Self::Replace { from, .. } if from.is_empty() => Err(FaultError::Nothing),
            Self::Replace { from, to } if from.len().max(to.len()) > MAX_TEXT => Err(FaultError::Size),
            Self::Replace { .. } => Ok(()),
        }
    }
}

fn check_size(value: &Value) -> Result<(), FaultError> {
    if value.to_string().len() > MAX_TEXT { Err(FaultError::Size) } else { Ok(()) }
}

/// A header that a reply may have.
pub(crate) fn parsed_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), FaultError> {
    let framing =
        [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::TRANSFER_ENCODING, header::CONNECTION, header::UPGRADE];
    let error = || FaultError::Header(name.to_owned());
    let parsed = HeaderName::try_from(name).map_err(|_| error())?;
    if framing.contains(&parsed) || value.len() > MAX_TEXT {
        return Err(error());
    }
    Ok((parsed, HeaderValue::try_from(value).map_err(|_| error())?))
}

/// Why a fault cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultError {
    /// The provider has no operation of this name.
    Operation(Provider),
    /// It would never act.
    Times,
    /// This cannot be a credential of the provider.
    Credential,
    /// The status code is out of range, or has no body and was given one.
    Status,
    /// This header cannot be sent, or frames the reply.
    Header(String),
    /// The delay is zero or too long.
    Delay,
    /// The text to be replaced is empty.
    Nothing,
    /// A text or a value is too long, or there are too many headers or names.
    Size,
    /// There are too many faults.
    TooMany,
}

/// Says what is allowed.
impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(provider) => {
                write!(f, "{provider} has no such operation, but {}", operations::all(*provider).join(", "))
            }
            Self::Times => f.write_str("times must be at least 1"),
            Self::Credential => f.write_str("this cannot be a credential of the provider; Pakasir's is PROJECT:KEY"),
            Self::Status => f.write_str("status must be from 200 to 599; with 204 and 304 the body must be empty"),
            Self::Header(name) => write!(
                f,
                "the header {name} is not allowed: names and values must be valid and values up to {MAX_TEXT} bytes, \
                 Content-Type is content_type, and the sandbox sets those that frame the reply"
            ),
            Self::Delay => write!(f, "milliseconds must be from 1 to {MAX_DELAY}"),
            Self::Nothing => f.write_str("from must not be empty"),
            Self::Size => write!(
                f,
                "too large: body may have {MAX_BODY} bytes, from, to, message, value and each name {MAX_TEXT} bytes, headers \
                 {MAX_HEADERS} members and members {MAX_MEMBERS} names"
            ),
            Self::TooMany => write!(f, "there are {MAX_FAULTS} faults already: remove some"),
        }
    }
}

impl std::error::Error for FaultError {}

/// A fault that was set. It stays known when it has acted as often as it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActiveFault {
    /// Its number. No other fault ever has it.
    pub number: u64,
    /// What it is.
    pub fault: Fault,
    /// How many calls it has acted on.
    pub acted: u64,
    /// How many calls it will still act on; without an end if there is no number.
    pub left: Option<u32>,
}

impl ActiveFault {
    /// Whether this acts on a call, which is counted then.
    fn acts(&mut self, provider: Provider, operation: Option<&str>, account: Option<&str>) -> bool {
        if self.left == Some(0) || !self.fault.matches(provider, operation, account) {
            return false;
        }
        self.left = self.left.map(|left| left - 1);
        self.acted += 1;
        true
    }
}

/// The faults that are set, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    last: u64,
    all: Vec<ActiveFault>,
}

impl Faults {
    /// Sets a fault, and gives its number.
    pub(crate) fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        fault.check()?;
        let mut known = lock(&self.0);
        if known.all.len() >= MAX_FAULTS {
            known.all.retain(|fault| fault.left != Some(0));
        }
        if known.all.len() >= MAX_FAULTS {
            return Err(FaultError::TooMany);
        }
        known.last += 1;
        let number = known.last;
        known.all.push(ActiveFault { number, left: fault.times, fault, acted: 0 });
        Ok(number)
    }

    pub(crate) fn all(&self) -> Vec<ActiveFault> {
        lock(&self.0).all.clone()
    }

    /// Removes a fault. Returns whether there was one.
    pub(crate) fn remove(&self, number: u64) -> bool {
        let mut known = lock(&self.0);
        let before = known.all.len();
        known.all.retain(|fault| fault.number != number);
        known.all.len() < before
    }

    /// Removes all faults, and returns how many there were.
    pub(crate) fn clear(&self) -> usize {
        lock(&self.0).all.drain(..).count()
    }

    /// The faults that act on a call, which are counted: those that match, up to the first that leaves nothing.
    pub(crate) fn acting_on(
        &self,
        provider: Provider,
        operation: Option<&str>,
        account: Option<&str>,
    ) -> Vec<(u64, Effect)> {
        let mut acting = Vec::new();
        for active in &mut lock(&self.0).all {
            if !active.acts(provider, operation, account) {
                continue;
            }
            acting.push((active.number, active.fault.effect.clone()));
            if active.fault.effect.is_last() {
                break;
            }
        }
        acting
    }

    /// Removes the faults of an account alone.
    pub(crate) fn forget(&self, provider: Provider, account: &str) {
        let is_of = |fault: &Fault| {
            fault.provider == provider
                && fault.accounts().is_some_and(|accounts| accounts.iter().any(|of| of == account))
        };
        lock(&self.0).all.retain(|active| !is_of(&active.fault));
    }

    /// How a notification of an account's payment is written, which is counted.
    pub(crate) fn spelling_of_notification(&self, provider: Provider, account: &str) -> Vec<Spell> {
        let mut known = lock(&self.0);
        let spells = known.all.iter_mut().filter_map(|active| {
            let spell = active.fault.effect.spell(provider)?;
            active.acts(provider, Some(NOTIFICATION), Some(account)).then_some(spell)
        });
        spells.collect()
    }
}
