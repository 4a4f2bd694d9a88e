//! The log of requests to the providers' APIs, and the calls among them that wait to be carried out later.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Provider;
use crate::lock::lock;

/// How many requests the log keeps.
const MAX_LOGGED: usize = 1_000;

/// How many calls wait to be carried out later at most.
const MAX_POSTPONED: usize = 1_000;

/// A request to a provider's API, and what became of it. Its query, headers and body are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SandboxRequest {
    /// The provider.
    pub provider: Provider,
    /// The operation, as [`Fault::operation`](crate::Fault::operation) names it; none for pages and unknown paths.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: String,
    /// The path after the provider's address, without the query; its first 512 characters.
    pub path: String,
    /// The status code of the reply; none if the connection was closed instead.
    pub status: Option<u16>,
    /// When it was answered, by the clock of the machine.
    pub at: Timestamp,
    /// The numbers of the faults that acted on it.
    pub faults: Vec<u64>,
}

/// The requests of late, oldest first, and how many there were of each provider.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Logged>);

/// The calls that wait to be carried out later.
#[derive(Debug)]
pub(crate) struct Postponed(Arc<Semaphore>);

impl Default for Postponed {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_POSTPONED)))
    }
}

impl Postponed {
    /// The right of a call to wait.
    pub(crate) fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().ok()
    }
}

#[derive(Debug, Default)]
struct Logged {
    requests: VecDeque<SandboxRequest>,
    counts: BTreeMap<Provider, u64>,
}

impl RequestLog {
    pub(crate) fn all(&self) -> Vec<SandboxRequest> {
        lock(&self.0).requests.iter().cloned().collect()
    }

    /// How many requests each provider has had that has had any.
    pub(crate) fn counts(&self) -> BTreeMap<Provider, u64> {
        lock(&self.0).counts.clone()
    }

    pub(crate) fn clear(&self) {
        *lock(&self.0) = Logged::default();
    }

    pub(crate) fn add(&self, request: SandboxRequest) {
        let mut logged = lock(&self.0);
        *logged.counts.entry(request.provider).or_default() += 1;
        if logged.requests.len() >= MAX_LOGGED {
            logged.requests.pop_front();
        }
        logged.requests.push_back(request);
    }
}
