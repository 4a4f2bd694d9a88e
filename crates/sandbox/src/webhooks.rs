//! Notifications to the merchant: sent, sent again, and logged.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::Semaphore;

use crate::Provider;
use crate::providers::{self, Notification, Proof};
use crate::server::{App, lock};
use crate::state::Record;

/// How many notifications are under way at most. Others are not sent, which the log tells.
const MAX_UNDER_WAY: usize = 1_000;

/// How many attempts are made at one time.
const MAX_AT_ONCE: usize = 16;

/// How many attempts the log keeps.
const MAX_LOGGED: usize = 1_000;

/// How many bytes of an answer are read.
const MAX_ANSWER: usize = 4 * 1024;

/// How often a notification is sent that nobody acknowledges.
const TRIES: u32 = 3;

/// How often Kropay sends a notification that nobody acknowledges. The document sets no end.
const KROPAY_TRIES: u32 = 50;

/// The longest delay between two attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(300);

/// An attempt to send a notification.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// The provider.
    pub provider: Provider,
    /// The payment, by [`Payment::id`](crate::Payment::id).
    pub payment: String,
    /// Which attempt for this payment it was, from 1; 0 for a notification that was given up without one.
    pub attempt: u32,
    /// When it ended, by the clock of the machine.
    pub at: Timestamp,
    /// Where it was sent.
    pub url: String,
    /// The headers that prove where it came from.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: String,
    /// The status code of the answer.
    pub status: Option<u16>,
    /// The beginning of the answer, up to 4 KiB.
    pub answer: Option<String>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// Whether the answer was what the provider wants, so that it does not send the notification again.
    pub acknowledged: bool,
}

/// What is shared by all notifications.
#[derive(Debug)]
pub(crate) struct Sender {
    client: reqwest::Client,
    log: Mutex<VecDeque<WebhookAttempt>>,
    under_way: Arc<Semaphore>,
    at_once: Semaphore,
    /// Notifications of an older generation are given up.
    generation: AtomicU64,
}

impl Sender {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()?,
            log: Mutex::default(),
            under_way: Arc::new(Semaphore::new(MAX_UNDER_WAY)),
            at_once: Semaphore::new(MAX_AT_ONCE),
            generation: AtomicU64::new(0),
        })
    }

    pub(crate) fn attempts(&self) -> Vec<WebhookAttempt> {
        lock(&self.log).iter().cloned().collect()
    }

    pub(crate) fn reset(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        lock(&self.log).clear();
    }

    /// Logs an attempt, unless everything was forgotten since it began.
    fn log(&self, attempt: WebhookAttempt, generation: u64) {
        let mut log = lock(&self.log);
        if self.generation.load(Ordering::SeqCst) != generation {
            return;
        }
        if log.len() >= MAX_LOGGED {
            log.pop_front();
        }
        log.push_back(attempt);
    }
}

/// Sends the notification of a payment that was paid, if the provider sends any and there is where to.
pub(crate) fn send(app: &App, record: &Record) {
    let Some(url) = app.webhook(record.provider) else { return };
    let Some(notification) = providers::notification(record) else { return };
    let generation = app.sender().generation.load(Ordering::SeqCst);
    let headers = proof(app, &notification);
    let attempt = WebhookAttempt {
        provider: record.provider,
        payment: record.id(),
        attempt: 0,
        at: Timestamp::now(),
        url,
        headers,
        body: notification.body,
        status: None,
        answer: None,
        error: None,
        acknowledged: false,
    };
    match app.sender().under_way.clone().try_acquire_owned() {
        Ok(permit) => {
            let sending = app.clone();
            app.spawn(async move {
                deliver(&sending, attempt, generation).await;
                drop(permit);
            });
        }
        Err(_) => {
            let error = Some("too many notifications are under way".into());
            app.sender().log(WebhookAttempt { error, ..attempt }, generation);
        }
    }
}

/// The header that proves a notification.
fn proof(app: &App, notification: &Notification) -> Vec<(String, String)> {
    match notification.proof {
        Proof::None => Vec::new(),
        Proof::Signature => {
            let signature = sign(&app.settings().klink_webhook_key, notification.body.as_bytes());
            vec![("x-servicepayment".into(), signature)]
        }
        Proof::Secret => vec![("X-Secret".into(), app.settings().pakasir_webhook_secret.clone())],
    }
}

/// HMAC-SHA256 in upper-case hexadecimal digits.
fn sign(key: &str, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

async fn deliver(app: &App, notification: WebhookAttempt, generation: u64) {
    let sender = app.sender();
    let tries = if notification.provider == Provider::Kropay { KROPAY_TRIES } else { TRIES };
    let mut delay = app.settings().webhook_retry;
    for number in 1..=tries {
        if sender.generation.load(Ordering::SeqCst) != generation {
            return;
        }
        let mut attempt = WebhookAttempt { attempt: number, ..notification.clone() };
        {
            let _permit = sender.at_once.acquire().await;
            match tokio::time::timeout(app.settings().webhook_timeout, post(&sender.client, &notification)).await {
                Ok(Ok((status, answer))) => {
                    attempt.acknowledged = is_acknowledged(notification.provider, status, &answer);
                    attempt.status = Some(status);
                    attempt.answer = Some(answer);
                }
                Ok(Err(error)) => attempt.error = Some(error.to_string()),
                Err(_) => attempt.error = Some("no answer in time".into()),
            }
        }
        attempt.at = Timestamp::now();
        let acknowledged = attempt.acknowledged;
        sender.log(attempt, generation);
        if acknowledged || number == tries {
            return;
        }
        tokio::time::sleep(delay).await;
        delay = delay.saturating_mul(2).min(LONGEST_DELAY);
    }
}

async fn post(client: &reqwest::Client, notification: &WebhookAttempt) -> Result<(u16, String), reqwest::Error> {
    let mut request =
        client.post(&notification.url).header("content-type", "application/json").body(notification.body.clone());
    for (name, value) in &notification.headers {
        request = request.header(name, value);
    }
    let mut response = request.send().await?;
    let mut answer = Vec::new();
    while answer.len() < MAX_ANSWER {
        let Some(piece) = response.chunk().await? else { break };
        answer.extend_from_slice(&piece);
    }
    answer.truncate(MAX_ANSWER);
    Ok((response.status().as_u16(), String::from_utf8_lossy(&answer).into_owned()))
}

/// Kropay wants 200 and `{"success": true}`; for the others, whose documents do not say, any 2xx will do.
fn is_acknowledged(provider: Provider, status: u16, answer: &str) -> bool {
    if provider != Provider::Kropay {
        return (200..300).contains(&status);
    }
    let success =
        || serde_json::from_str::<Value>(answer).is_ok_and(|answer| answer.get("success") == Some(&true.into()));
    status == 200 && success()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_upper_case_hexadecimal() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
        );
    }

    #[test]
    fn kropay_wants_exactly_its_answer() {
        assert!(is_acknowledged(Provider::Kropay, 200, "{\"success\": true}"));
        for (status, answer) in [(201, "{\"success\":true}"), (200, "{\"success\":\"true\"}"), (200, "OK"), (200, "")] {
            assert!(!is_acknowledged(Provider::Kropay, status, answer), "{status} {answer}");
        }
        assert!(is_acknowledged(Provider::Kazukipay, 204, ""));
        assert!(!is_acknowledged(Provider::Kazukipay, 302, ""));
    }
}
