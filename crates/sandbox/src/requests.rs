//! Requests to the providers' APIs: faults act on them, and the log keeps them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use crate::call::MAX_BODY;
use crate::server::{App, lock};
use crate::{Provider, operations, reply};

/// How many requests the log keeps.
const MAX_LOGGED: usize = 1_000;

/// How many characters of a method and of a path the log keeps.
const MAX_SHOWN: usize = 512;

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
pub(crate) async fn answer(State((app, provider)): State<(App, Provider)>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().as_str(), request.uri());
    let operation = operations::of(provider, method, uri.path(), uri.query());
    let (method, path) = (shown(method), shown(uri.path()));
    let acting = app.faults().acting_on(provider, operation);
    let faults = acting.iter().map(|(number, _)| *number).collect();

    let mut response = if acting.iter().all(|(_, effect)| effect.is_carried_out()) {
        next.run(request).await
    } else {
        // The client may not read a reply before it has sent everything.
        let _ = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
        reply::lost()
    };
    for (_, effect) in acting {
        response = effect.act(response).await;
    }

    let status = (!reply::is_lost(&response)).then(|| response.status().as_u16());
    let at = Timestamp::now();
    app.requests().add(SandboxRequest { provider, operation, method, path, status, at, faults });
    response
}

fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}
