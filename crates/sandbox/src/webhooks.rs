//! Notifications to the merchant: sent, sent again, and logged.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Provider;
use crate::providers::{self, Notification, Proof};
use crate::server::{App, lock};
use crate::state::{Record, World};

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
    /// Which attempt for this payment it was, from 1 and also counted over restarts; 0 for a notification that was given up without one.
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

/// A notification that is still to be sent or sent again, as it was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Owed {
    number: u64,
    provider: Provider,
    payment: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// How many attempts have ended.
    attempts: u32,
}

impl Owed {
    /// An attempt of which nothing is known yet.
    fn attempt(&self, number: u32) -> WebhookAttempt {
        WebhookAttempt {
            provider: self.provider,
            payment: self.payment.clone(),
            attempt: number,
            at: Timestamp::now(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            status: None,
            answer: None,
            error: None,
            acknowledged: false,
        }
    }
}

/// A notification that may be sent.
pub(crate) struct Sending {
    owed: Owed,
    permit: OwnedSemaphorePermit,
    generation: u64,
}

/// Makes the notification of a payment that was paid, if the provider sends any and there is where to.
pub(crate) fn owe(app: &App, world: &mut World, record: &Record) -> Option<Sending> {
    let url = app.webhook(record.provider)?;
    let notification = providers::notification(record)?;
    let owed = Owed {
        number: record.number,
        provider: record.provider,
        payment: record.id(),
        url,
        headers: proof(app, &notification),
        body: notification.body,
        attempts: 0,
    };
    let sending = permitted(app, owed)?;
    world.owed().insert(sending.owed.number, sending.owed.clone());
    Some(sending)
}

/// What is still to be sent after a restart. The caller holds the lock of the state.
pub(crate) fn resume(app: &App, world: &mut World) -> Vec<Sending> {
    let all = std::mem::take(world.owed());
    let sendings: Vec<Sending> = all.into_values().filter_map(|owed| permitted(app, owed)).collect();
    *world.owed() = sendings.iter().map(|sending| (sending.owed.number, sending.owed.clone())).collect();
    sendings
}

/// Counts a notification as under way. One too many is given up.
fn permitted(app: &App, owed: Owed) -> Option<Sending> {
    let generation = app.sender().generation.load(Ordering::SeqCst);
    match app.sender().under_way.clone().try_acquire_owned() {
        Ok(permit) => Some(Sending { owed, permit, generation }),
        Err(_) => {
            let error = Some("too many notifications are under way".into());
            app.sender().log(WebhookAttempt { error, ..owed.attempt(0) }, generation);
            None
        }
    }
}

/// Sends a notification until it is acknowledged or given up.
pub(crate) fn send(app: &App, sending: Sending) {
    let sender = app.clone();
    app.spawn(async move {
        deliver(&sender, sending.owed, sending.generation).await;
        drop(sending.permit);
    });
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

async fn deliver(app: &App, owed: Owed, generation: u64) {
    let sender = app.sender();
    let tries = if owed.provider == Provider::Kropay { KROPAY_TRIES } else { TRIES };
    let mut delay = app.settings().webhook_retry;
    for _ in 0..owed.attempts {
        delay = doubled(delay);
    }
    for number in owed.attempts + 1..=tries {
        // Nobody learns of what might be lost.
        while app.save().await.is_err() {
            tokio::time::sleep(delay.max(Duration::from_millis(100))).await;
        }
        if sender.generation.load(Ordering::SeqCst) != generation {
            return;
        }
        let mut attempt = owed.attempt(number);
        {
            let _permit = sender.at_once.acquire().await;
            match tokio::time::timeout(app.settings().webhook_timeout, post(&sender.client, &owed)).await {
                Ok(Ok((status, answer))) => {
                    attempt.acknowledged = is_acknowledged(owed.provider, status, &answer);
                    attempt.status = Some(status);
                    attempt.answer = Some(answer);
                }
                Ok(Err(error)) => attempt.error = Some(error.to_string()),
                Err(_) => attempt.error = Some("no answer in time".into()),
            }
        }
        attempt.at = Timestamp::now();
        let ended = attempt.acknowledged || number == tries;
        app.change(|world| {
            if ended {
                world.owed().remove(&owed.number);
            } else if let Some(owed) = world.owed().get_mut(&owed.number) {
                owed.attempts = number;
            }
        });
        sender.log(attempt, generation);
        // If this fails, the next change is saved with it; if there is none, the notification is sent once more.
        let _ = app.save().await;
        if ended {
            return;
        }
        tokio::time::sleep(delay).await;
        delay = doubled(delay);
    }
}

fn doubled(delay: Duration) -> Duration {
    delay.saturating_mul(2).min(LONGEST_DELAY)
}

async fn post(client: &reqwest::Client, notification: &Owed) -> Result<(u16, String), reqwest::Error> {
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
