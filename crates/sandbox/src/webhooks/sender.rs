//! What all attempts to send notifications share: the HTTP client, the log, and how many there may be at one time.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use gerbang_transport::Network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, watch};

use super::lanes::Lanes;
use super::log::{Log, Outcome};
use super::{Keys, WebhookAttempt};
use crate::lock::lock;
use crate::state::{Pending, Webhook};

/// How many attempts are made at one time, at all addresses.
const MAX_AT_ONCE: usize = 256;

/// How many calls to send something again are under way at most.
const MAX_RESENDING: usize = 100;

/// What is shared by all notifications.
pub(crate) struct Sender {
    client: reqwest::Client,
    log: Mutex<Log>,
    at_once: Semaphore,
    lanes: Lanes,
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
    pub(crate) fn new() -> io::Result<Self> {
        let client = Network::new().no_proxy().http_client().map_err(io::Error::other)?;
        let client = client.redirect(reqwest::redirect::Policy::none()).pool_max_idle_per_host(0).build();
        Ok(Self {
            client: client.map_err(io::Error::other)?,
            log: Mutex::default(),
            at_once: Semaphore::new(MAX_AT_ONCE),
            lanes: Lanes::default(),
            resending: Arc::new(Semaphore::new(MAX_RESENDING)),
            generation: watch::Sender::new(0),
        })
    }

    pub(crate) fn attempts(&self) -> Vec<WebhookAttempt> {
        lock(&self.log).attempts()
    }

    /// The attempts for payments whose names a condition holds for, oldest first.
    pub(crate) fn attempts_of(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<WebhookAttempt> {
        lock(&self.log).attempts_of(is_wanted)
    }

    /// Gives up what is being sent, and forgets what was. The caller holds the lock of the state.
    pub(crate) fn reset(&self) {
        self.generation.send_modify(|generation| *generation += 1);
        self.lanes.clear();
        lock(&self.log).clear();
    }

    /// Forgets the notifications of payments.
    pub(crate) fn forget(&self, payments: &BTreeSet<String>) {
        lock(&self.log).forget(payments);
    }

    /// Whose turn it is.
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// A notification of which there was an attempt. The caller holds the lock of the state.
    pub(crate) fn sent(&self, number: u64) -> Option<Attempt> {
        lock(&self.log).sent(number).map(|webhook| self.attempt(webhook, 0, true))
    }

    /// The right to send something again.
    pub(crate) fn resending(&self) -> Option<OwnedSemaphorePermit> {
        self.resending.clone().try_acquire_owned().ok()
    }

    /// The next attempt for a notification that is to be sent. The caller holds the lock of the state.
    pub(crate) fn next(&self, pending: &Pending) -> Attempt {
        self.attempt(&pending.webhook, pending.attempts, false)
    }

    /// The client, and the right to use it for one attempt.
    pub(crate) async fn client(&self) -> (&reqwest::Client, Option<SemaphorePermit<'_>>) {
        // The semaphore is never closed.
        (&self.client, self.at_once.acquire().await.ok())
    }

    /// Whether nothing was forgotten since an attempt was planned. The caller holds the lock of the state.
    pub(crate) fn is_current(&self, attempt: &Attempt) -> bool {
        *self.generation.borrow() == attempt.generation
    }

    /// Logs what came of an attempt, without the keys, and gives what the log says.
    pub(crate) fn log(&self, attempt: &Attempt, outcome: Outcome, keys: &Keys) -> WebhookAttempt {
        lock(&self.log).add(&attempt.webhook, attempt.before, outcome, &keys.all())
    }

    /// What changes when everything is forgotten.
    pub(crate) fn resets(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    fn attempt(&self, webhook: &Webhook, before: u32, resent: bool) -> Attempt {
        Attempt { webhook: webhook.clone(), before, resent, generation: *self.generation.borrow() }
    }
}

/// An attempt that is to be made.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) webhook: Webhook,
    /// How many attempts there were at least.
    before: u32,
    /// Whether the sandbox's user asked for it.
    pub(crate) resent: bool,
    generation: u64,
}
