//! Sending a notification until it is acknowledged or given up.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::LOCATION;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use url::Url;

use super::log::{Log, Outcome};
use super::{Webhook, WebhookAttempt, address};
use crate::Provider;
use crate::server::{App, lock};

/// How many attempts are made at one time.
const MAX_AT_ONCE: usize = 16;

/// How many calls to send something again are under way at most.
const MAX_RESENDING: usize = 100;

/// How many bytes of an answer are read.
const MAX_ANSWER: usize = 4 * 1024;

/// How often a notification is sent that nobody acknowledges.
const TRIES: u32 = 3;

/// How often Kropay sends a notification that nobody acknowledges. The document sets no end.
const KROPAY_TRIES: u32 = 50;

/// The longest delay between two attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(300);

/// What is shared by all notifications.
pub(crate) struct Sender {
    client: reqwest::Client,
    log: Mutex<Log>,
    at_once: Semaphore,
    resending: Arc<Semaphore>,
    /// Counts how often everything was forgotten. It changes while the state is locked.
    generation: watch::Sender<u64>,
}

/// The log holds secrets.
impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
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
            at_once: Semaphore::new(MAX_AT_ONCE),
            resending: Arc::new(Semaphore::new(MAX_RESENDING)),
            generation: watch::Sender::new(0),
        })
    }

    pub(crate) fn attempts(&self) -> Vec<WebhookAttempt> {
        lock(&self.log).attempts()
    }

    /// Gives up what is being sent, and forgets what was. The caller holds the lock of the state.
    pub(crate) fn reset(&self) {
        self.generation.send_modify(|generation| *generation += 1);
        lock(&self.log).clear();
    }

    /// Logs a notification that is not sent because there are too many.
    pub(super) fn give_up(&self, webhook: &Webhook) {
        lock(&self.log).give_up(webhook, "too many notifications are owed");
    }

    /// A notification of which there was an attempt. The caller holds the lock of the state.
    pub(super) fn sent(&self, number: u64) -> Option<Trial> {
        lock(&self.log).sent(number).map(|webhook| self.trial(webhook, 0, true))
    }

    /// The right to send something again.
    pub(super) fn resending(&self) -> Option<OwnedSemaphorePermit> {
        self.resending.clone().try_acquire_owned().ok()
    }

    fn trial(&self, webhook: &Webhook, before: u32, resent: bool) -> Trial {
        Trial { webhook: webhook.clone(), before, resent, generation: *self.generation.borrow() }
    }
}

/// An attempt that is to be made.
#[derive(Clone)]
pub(super) struct Trial {
    webhook: Webhook,
    /// How many attempts there were at least.
    before: u32,
    resent: bool,
    generation: u64,
}

/// Sends a notification until it is acknowledged or given up.
pub(crate) fn send(app: &App, number: u64) {
    let sender = app.clone();
    spawn(app, async move { deliver(&sender, number, Duration::ZERO).await });
}

/// Sends notifications one after the other, each after the answer to the one before. Those that are not acknowledged are
/// sent again later, as always.
pub(super) fn send_in_order(app: &App, numbers: Vec<u64>) {
    let sender = app.clone();
    spawn(app, async move {
        for number in numbers {
            if let Some(delay) = try_once(&sender, number).await {
                let retrying = sender.clone();
                spawn(&sender, async move { deliver(&retrying, number, delay).await });
            }
        }
    });
}

/// Runs a task until it ends, the sandbox ends or everything is forgotten.
pub(crate) fn spawn(app: &App, task: impl Future<Output = ()> + Send + 'static) {
    let mut generation = app.sender().generation.subscribe();
    app.spawn(async move {
        tokio::select! {
            () = task => {}
            _ = generation.changed() => {}
        }
    });
}

async fn deliver(app: &App, number: u64, mut delay: Duration) {
    loop {
        tokio::time::sleep(delay).await;
        match try_once(app, number).await {
            Some(next) => delay = next,
            None => return,
        }
    }
}

/// Sends a notification once, if it is still to be sent. Gives the delay before the next attempt, if there is to be one.
async fn try_once(app: &App, number: u64) -> Option<Duration> {
    // Nobody learns of what might be lost.
    while app.save().await.is_err() {
        tokio::time::sleep(app.settings().webhook_retry.max(Duration::from_millis(100))).await;
    }
    let trial = app.change(|world| {
        let owed = world.webhooks().due(number)?;
        Some(app.sender().trial(&owed.webhook, owed.attempts, false))
    })?;
    attempt(app, &trial).await;
    let failed = app.change(|world| {
        let tries = if trial.webhook.provider == Provider::Kropay { KROPAY_TRIES } else { TRIES };
        let failed = world.webhooks().due(number)?.attempts;
        if failed >= tries {
            world.webhooks_mut().remove(number);
            return None;
        }
        Some(failed)
    });
    // If this fails, the next change is saved with it; if there is none, the notification is sent once more.
    let _ = app.save().await;
    let doublings = failed?.saturating_sub(1).min(31);
    Some(app.settings().webhook_retry.saturating_mul(1 << doublings).min(LONGEST_DELAY))
}

/// Sends a notification and logs what came of it, unless everything was forgotten meanwhile.
pub(super) async fn attempt(app: &App, trial: &Trial) {
    let (sender, webhook) = (app.sender(), &trial.webhook);
    let mut outcome = Outcome { resent: trial.resent, status: None, answer: None, error: None, acknowledged: false };
    {
        let _permit = sender.at_once.acquire().await;
        match tokio::time::timeout(app.settings().webhook_timeout, post(&sender.client, webhook)).await {
            Ok(Ok(answer)) => {
                outcome.acknowledged = is_acknowledged(webhook.provider, answer.status, &answer.body);
                outcome.error = answer.redirect.map(|to| format!("redirect to {to}, not followed"));
                outcome.status = Some(answer.status);
                outcome.answer = Some(answer.body);
            }
            Ok(Err(error)) => outcome.error = Some(with_causes(&error.without_url())),
            Err(_) => outcome.error = Some("no answer in time".into()),
        }
    }
    app.change(|world| {
        if *sender.generation.borrow() != trial.generation {
            return;
        }
        if outcome.acknowledged {
            world.webhooks_mut().remove(webhook.number);
        } else if !trial.resent {
            world.webhooks_mut().failed(webhook.number);
        }
        let settings = app.settings();
        let secrets = [settings.klink_webhook_key.as_str(), settings.pakasir_webhook_secret.as_str()];
        lock(&sender.log).add(webhook, trial.before, outcome, &secrets);
    });
}

struct Answer {
    status: u16,
    body: String,
    /// Where it leads, if it is a redirect.
    redirect: Option<String>,
}

async fn post(client: &reqwest::Client, webhook: &Webhook) -> Result<Answer, reqwest::Error> {
    let mut request = client.post(&webhook.url).body(webhook.bytes());
    for (name, value) in &webhook.headers {
        request = request.header(name, value);
    }
    let mut response = request.send().await?;
    let redirect = response.status().is_redirection().then(|| {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| Url::parse(&webhook.url).ok()?.join(to).ok());
        to.map_or_else(|| "nowhere".to_owned(), |to| address(to.as_str()))
    });
    let mut body = Vec::new();
    while body.len() < MAX_ANSWER {
        let Some(piece) = response.chunk().await? else { break };
        body.extend_from_slice(&piece);
    }
    body.truncate(MAX_ANSWER);
    Ok(Answer { status: response.status().as_u16(), body: String::from_utf8_lossy(&body).into_owned(), redirect })
}

/// An error in words, with what caused it.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
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
    fn kropay_wants_exactly_its_answer() {
        assert!(is_acknowledged(Provider::Kropay, 200, "{\"success\": true}"));
        for (status, answer) in [(201, "{\"success\":true}"), (200, "{\"success\":\"true\"}"), (200, "OK"), (200, "")] {
            assert!(!is_acknowledged(Provider::Kropay, status, answer), "{status} {answer}");
        }
        assert!(is_acknowledged(Provider::Kazukipay, 204, ""));
        assert!(!is_acknowledged(Provider::Kazukipay, 302, ""));
    }
}
