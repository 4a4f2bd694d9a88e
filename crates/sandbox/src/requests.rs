//! Requests to the providers' APIs: faults act on them, and the log keeps them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::call::{KeptAsFailed, MAX_BODY};
use crate::faults::Effect;
use crate::server::{App, lock};
use crate::spelling::{Fractions, Spell};
use crate::{Provider, operations, reply, webhooks};

/// How many requests the log keeps.
const MAX_LOGGED: usize = 1_000;

/// How many characters of a method and of a path the log keeps.
const MAX_SHOWN: usize = 512;

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
    fn permit(&self) -> Option<OwnedSemaphorePermit> {
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

    fn add(&self, request: SandboxRequest) {
        let mut logged = lock(&self.0);
        *logged.counts.entry(request.provider).or_default() += 1;
        if logged.requests.len() >= MAX_LOGGED {
            logged.requests.pop_front();
        }
        logged.requests.push_back(request);
    }
}

/// Answers a request to a provider: lets the faults act on it, and logs it.
pub(crate) async fn answer(
    State((app, provider)): State<(App, Provider)>,
    mut request: Request,
    next: Next,
) -> Response {
    let (method, uri) = (request.method().as_str(), request.uri());
    let operation = operations::of(provider, method, uri.path(), uri.query());
    let (method, path) = (shown(method), shown(uri.path()));
    let acting = app.faults().acting_on(provider, operation);
    let faults = acting.iter().map(|(number, _)| *number).collect();

    let spells: Vec<Spell> = acting.iter().filter_map(|(_, effect)| effect.spell()).collect();
    request.extensions_mut().insert(Fractions::of(&spells));
    let is_carried_out = acting.iter().all(|(_, effect)| effect.is_carried_out());
    let after = acting.iter().map(|(_, effect)| effect.postpones()).sum::<Duration>();
    let keeps_failed = || {
        let refuses = acting.iter().any(|(_, effect)| matches!(effect, Effect::Refuse { .. }));
        refuses && operation.is_some_and(|operation| operations::keeps_failed(provider, operation))
    };
    let mut response = if is_carried_out && !after.is_zero() {
        let is_awaited = !acting.last().is_some_and(|(_, effect)| effect.takes_its_place());
        postpone(&app, request, next, after, is_awaited).await
    } else if is_carried_out {
        next.run(request).await
    } else if keeps_failed() {
        request.extensions_mut().insert(KeptAsFailed);
        next.run(request).await
    } else {
        // The client may not read a reply before it has sent everything.
        let _ = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
        reply::lost()
    };
    if !spells.is_empty() {
        response = reply::spelled(response, &spells).await;
    }
    for (_, effect) in acting {
        response = effect.act(provider, operation, response).await;
    }

    let status = (!reply::is_lost(&response)).then(|| response.status().as_u16());
    let at = Timestamp::now();
    app.requests().add(SandboxRequest { provider, operation, method, path, status, at, faults });
    response
}

/// Carries a call out later, whether or not the client is still there. Gives the reply, or nothing at once if it is not
/// awaited.
async fn postpone(app: &App, request: Request, next: Next, after: Duration, is_awaited: bool) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return reply::text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or was cut off.\n");
    };
    let Some(permit) = app.postponed().permit() else {
        return reply::text(StatusCode::SERVICE_UNAVAILABLE, "Too many calls wait to be carried out later.\n");
    };
    let (made, awaited) = oneshot::channel();
    let on_time = app.clone();
    webhooks::spawn(app, async move {
        tokio::time::sleep(after).await;
        let response = next.run(Request::from_parts(head, Body::from(body))).await;
        // If this fails, the next change is saved with it.
        let _ = on_time.save().await;
        drop(permit);
        let _ = made.send(response);
    });
    if is_awaited { awaited.await.unwrap_or_else(|_| reply::lost()) } else { reply::lost() }
}

fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}
