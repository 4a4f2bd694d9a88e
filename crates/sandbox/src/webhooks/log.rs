//! The log of attempts, and what it shows of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use url::Url;

use super::notification::SECRET_HEADER;
use crate::Provider;
use crate::state::Webhook;

/// How many attempts, and how many notifications to be sent again, the log keeps.
const MAX_LOGGED: usize = 1_000;

/// What is shown in the place of a secret.
const MASK: &str = "***";

/// An attempt to send a notification. The sandbox's own keys are `***` in it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// The number of the notification, which all of its attempts have and no other notification.
    pub number: u64,
    /// The provider.
    pub provider: Provider,
    /// The payment, by [`Payment::id`](crate::Payment::id).
    pub payment: String,
    /// The merchant's name of the payment, as [`Payment::order`](crate::Payment::order).
    pub order: String,
    /// Which attempt for this notification it was, from 1 and also counted over restarts.
    pub attempt: u32,
    /// Whether it was asked for by [`Sandbox::resend_webhook`](crate::Sandbox::resend_webhook).
    pub resent: bool,
    /// When it ended, by the clock of the machine.
    pub at: Timestamp,
    /// Where it was sent. In JSON it is without what may be secret: the user, the password, the query.
    #[serde(serialize_with = "masked_address")]
    pub url: String,
    /// The headers that the provider sends.
    pub headers: Vec<(String, String)>,
    /// What was sent, as text: its bytes are in UTF-8, or in Latin-1 with [`Spelling::Latin1`](crate::Spelling::Latin1).
    pub body: String,
    /// What was signed: for K-Link and Tripay the bytes of the body, for Midtrans order, code, amount and the key, which is `***`;
    /// nothing for the others.
    pub signature_base: Option<String>,
    /// The status code of the answer.
    pub status: Option<u16>,
    /// The beginning of the answer, up to 4 KiB.
    pub answer: Option<String>,
    /// Why the notification was not acknowledged: why there was no answer, or which answer acknowledges one.
    pub error: Option<String>,
    /// Whether the answer was what the provider wants, so that it does not send the notification again.
    pub acknowledged: bool,
}

/// What has come of an attempt.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) resent: bool,
    pub(crate) status: Option<u16>,
    pub(crate) answer: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) acknowledged: bool,
}

#[derive(Default)]
pub(super) struct Log {
    attempts: VecDeque<WebhookAttempt>,
    /// What was sent, by number.
    sent: BTreeMap<u64, Sent>,
}

struct Sent {
    webhook: Webhook,
    /// How many attempts there were.
    attempts: u32,
}

impl Log {
    pub(super) fn attempts(&self) -> Vec<WebhookAttempt> {
        self.attempts.iter().cloned().collect()
    }

    pub(super) fn attempts_of(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<WebhookAttempt> {
        self.attempts.iter().filter(|attempt| is_wanted(&attempt.payment)).cloned().collect()
    }

    /// A notification of which there was an attempt.
    pub(super) fn sent(&self, number: u64) -> Option<&Webhook> {
        self.sent.get(&number).map(|sent| &sent.webhook)
    }

    /// Logs an attempt; `before` is how many there were at least.
    pub(super) fn add(&mut self, webhook: &Webhook, before: u32, outcome: Outcome, secrets: &[&str]) -> WebhookAttempt {
        let sent = self.sent.entry(webhook.number).or_insert_with(|| Sent { webhook: webhook.clone(), attempts: 0 });
        sent.attempts = sent.attempts.max(before) + 1;
        let attempt = sent.attempts;
        if self.sent.len() > MAX_LOGGED {
            self.sent.pop_first();
        }
        let attempt = shown(webhook, attempt, outcome, secrets);
        self.push(attempt.clone());
        attempt
    }

    /// Forgets the notifications of payments.
    pub(super) fn forget(&mut self, payments: &BTreeSet<String>) {
        self.attempts.retain(|attempt| !payments.contains(&attempt.payment));
        self.sent.retain(|_, sent| !payments.contains(&sent.webhook.payment));
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn push(&mut self, attempt: WebhookAttempt) {
        if self.attempts.len() >= MAX_LOGGED {
            self.attempts.pop_front();
        }
        self.attempts.push_back(attempt);
    }
}

/// What everybody may know of an attempt.
fn shown(webhook: &Webhook, attempt: u32, outcome: Outcome, secrets: &[&str]) -> WebhookAttempt {
    let is_secret = |name: &str| name.eq_ignore_ascii_case(SECRET_HEADER);
    let sent = webhook.headers.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.as_str());
    let secrets: Vec<&str> = secrets.iter().copied().chain(sent).filter(|secret| !secret.is_empty()).collect();
    // An answer may repeat what it was asked with.
    let masked = |text: String| secrets.iter().fold(text, |text, secret| text.replace(secret, MASK));
    let header = |(name, value): &(String, String)| {
        let value = if is_secret(name) { MASK } else { value };
        (name.clone(), value.to_owned())
    };
    WebhookAttempt {
        number: webhook.number,
        provider: webhook.provider,
        payment: webhook.payment.clone(),
        order: webhook.order.clone(),
        attempt,
        resent: outcome.resent,
        at: Timestamp::now(),
        url: webhook.url.clone(),
        headers: webhook.headers.iter().map(header).collect(),
        body: webhook.body.clone(),
        signature_base: webhook.signature_base(),
        status: outcome.status,
        answer: outcome.answer.map(masked),
        error: outcome.error.map(masked),
        acknowledged: outcome.acknowledged,
    }
}

/// An address without what may be secret in it: the user, the password, the query.
pub(crate) fn address(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return MASK.to_owned() };
    let Some(host) = url.host_str() else { return MASK.to_owned() };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = if url.query().is_some() { format!("?{MASK}") } else { String::new() };
    format!("{}://{host}{port}{}{query}", url.scheme(), url.path())
}

/// Writes an address as [`address`] shows it.
pub(crate) fn masked_address<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&address(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_what_may_be_secret() {
        for (url, shown) in [
            ("http://user:password@shop.example:8080/hook?token=t#f", "http://shop.example:8080/hook?***"),
            ("http://127.0.0.1/hook", "http://127.0.0.1/hook"),
            ("data:text", "***"),
            ("token", "***"),
        ] {
            assert_eq!(address(url), shown);
        }
    }
}
