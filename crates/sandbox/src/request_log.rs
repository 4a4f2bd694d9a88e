//! The log of requests to the providers' APIs, and the calls among them that wait to be carried out later.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use gerbang_core::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::call::Call;
use crate::lock::lock;
use crate::{Provider, accounts, masking};

/// How many requests the log keeps, unless another number is set.
pub(crate) const LOGGED: usize = 1_000;

/// How many bytes of headers, query and body together are kept as they came; of more only what is shown.
const MAX_KEPT: usize = 8 * 1024;

/// How many calls wait to be carried out later at most.
const MAX_POSTPONED: usize = 1_000;

/// A request to a provider's API, and what became of it. What is secret in it is `***`: headers, fields and members whose names
/// say so, such as `Authorization`, `api_key` or `password`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SandboxRequest {
    /// Its number. Those of later requests are higher.
    pub number: u64,
    /// The provider.
    pub provider: Provider,
    /// The operation, as [`Fault::operation`](crate::Fault::operation) names it; none for pages and unknown paths.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: String,
    /// The path after the provider's address, without the query; its first 512 characters. A part that is a key of the request, or
    /// is named as one, is `***`.
    pub path: String,
    /// The query, if there is one; its first 4 096 characters.
    pub query: Option<String>,
    /// The first 32 headers, and of each name and each value the first 512 characters; of all together the first 8 192.
    pub headers: Vec<(String, String)>,
    /// The body as text; its first 4 096 characters. JSON that has something secret is written anew.
    pub body: String,
    /// The status code of the reply; none if the connection was closed instead.
    pub status: Option<u16>,
    /// When it was answered, by the clock of the machine.
    pub at: Timestamp,
    /// The numbers of the faults that acted on it.
    pub faults: Vec<u64>,
    /// The magic price that acted on it, and what that does, in words.
    pub magic: Option<&'static str>,
    /// Whose it is.
    #[serde(skip)]
    pub(crate) account: Owner,
}

/// The account that a request has the credential of.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Owner(pub(crate) Option<String>);

/// Credentials are not for everybody's eyes.
impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner")
    }
}

/// Which requests of the log are meant: those that are as everything that is set.
///
/// ```
/// use gerbang_sandbox::{Provider, RequestFilter, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let sandbox = Sandbox::start().await;
/// let creations = RequestFilter::new(Provider::Kropay).operation("create_payment").credential("my-key");
/// assert_eq!(sandbox.requests_like(&creations).len(), 0);
/// # }
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct RequestFilter {
    /// The provider.
    pub provider: Option<Provider>,
    /// The operation.
    pub operation: Option<String>,
    /// The credential, of any provider that can have it unless one is named.
    pub credential: Option<Secret>,
    /// The method.
    pub method: Option<String>,
    /// The whole path after the provider's address.
    pub path: Option<String>,
    /// The status code of the reply.
    pub status: Option<u16>,
    /// A text that the query or the body has, as the log shows them.
    pub contains: Option<String>,
    /// Only requests with higher numbers.
    pub after: Option<u64>,
}

impl RequestFilter {
    /// All requests to a provider.
    #[must_use]
    pub fn new(provider: Provider) -> Self {
        Self { provider: Some(provider), ..Self::default() }
    }

    /// Sets [`RequestFilter::operation`].
    #[must_use]
    pub fn operation(self, id: impl Into<String>) -> Self {
        Self { operation: Some(id.into()), ..self }
    }

    /// Sets [`RequestFilter::credential`].
    #[must_use]
    pub fn credential(self, credential: impl Into<Secret>) -> Self {
        Self { credential: Some(credential.into()), ..self }
    }

    /// Sets [`RequestFilter::contains`].
    #[must_use]
    pub fn contains(self, text: impl Into<String>) -> Self {
        Self { contains: Some(text.into()), ..self }
    }

    /// Sets [`RequestFilter::status`].
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Sets [`RequestFilter::after`].
    #[must_use]
    pub fn after(self, number: u64) -> Self {
        Self { after: Some(number), ..self }
    }

    /// Whether everything is so but the text.
    fn is_of(&self, request: &SandboxRequest) -> bool {
        let is_of = |credential: &Secret| {
            let accounts = accounts::of(request.provider, credential.expose()).unwrap_or_default();
            request.account.0.as_ref().is_some_and(|account| accounts.contains(account))
        };
        self.provider.is_none_or(|provider| provider == request.provider)
            && self.operation.as_deref().is_none_or(|operation| request.operation == Some(operation))
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.path.as_ref().is_none_or(|path| *path == request.path)
            && self.status.is_none_or(|status| request.status == Some(status))
            && self.after.is_none_or(|number| request.number > number)
            && self.credential.as_ref().is_none_or(is_of)
    }

    /// Whether the text is there, as a request is shown.
    fn has_text(&self, request: &SandboxRequest) -> bool {
        let has = |text: &String| {
            request.body.contains(text.as_str()) || request.query.as_ref().is_some_and(|query| query.contains(text))
        };
        self.contains.as_ref().is_none_or(has)
    }
}

/// The requests of late, oldest first, and how many there were of each provider.
#[derive(Debug)]
pub(crate) struct RequestLog {
    most: usize,
    logged: Mutex<Logged>,
}

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

#[derive(Default)]
struct Logged {
    last: u64,
    requests: VecDeque<Entry>,
    counts: BTreeMap<Provider, u64>,
}

/// Secrets are in what was sent.
impl fmt::Debug for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Logged")
    }
}

/// A request, and what it brought, which is shown only when somebody asks: most are never asked for.
struct Entry {
    request: SandboxRequest,
    call: Option<Call>,
}

impl Entry {
    /// The request with what it brought, as it is shown.
    fn shown(&self) -> SandboxRequest {
        let mut request = self.request.clone();
        let Some(call) = &self.call else {
            request.path = masking::path(&request.path, &[]);
            return request;
        };
        let is_login = request.provider == Provider::Klink && request.operation == Some("login");
        let masking::Brought { path, query, headers, body } = masking::brought(call, &request.path, is_login);
        SandboxRequest { path, query, headers, body, ..request }
    }
}

impl RequestLog {
    /// A log that keeps so many.
    pub(crate) fn of_up_to(most: usize) -> Self {
        Self { most, logged: Mutex::default() }
    }

    /// Those that a filter means.
    pub(crate) fn like(&self, filter: &RequestFilter) -> Vec<SandboxRequest> {
        let logged = lock(&self.logged);
        let found = logged.requests.iter().filter(|entry| filter.is_of(&entry.request)).map(Entry::shown);
        found.filter(|request| filter.has_text(request)).collect()
    }

    /// How many that a filter means came after one, and the number of the newest of all. A wait counts each request once,
    /// however often it looks.
    pub(crate) fn count_after(&self, filter: &RequestFilter, number: u64) -> (usize, u64) {
        let logged = lock(&self.logged);
        let first = logged.requests.partition_point(|entry| entry.request.number <= number);
        let is_meant = |entry: &&Entry| {
            filter.is_of(&entry.request) && (filter.contains.is_none() || filter.has_text(&entry.shown()))
        };
        (logged.requests.range(first..).filter(is_meant).count(), logged.last)
    }

    /// How many requests each provider has had that has had any.
    pub(crate) fn counts(&self) -> BTreeMap<Provider, u64> {
        lock(&self.logged).counts.clone()
    }

    /// Forgets all. Numbers go on.
    pub(crate) fn clear(&self) {
        let mut logged = lock(&self.logged);
        *logged = Logged { last: logged.last, ..Logged::default() };
    }

    /// Forgets those of an account.
    pub(crate) fn forget(&self, provider: Provider, account: &str) {
        let is_of = |Entry { request, .. }: &Entry| {
            request.provider == provider && request.account.0.as_deref() == Some(account)
        };
        lock(&self.logged).requests.retain(|entry| !is_of(entry));
    }

    /// Adds a request, which gets its number here, and what it brought.
    pub(crate) fn add(&self, mut request: SandboxRequest, call: Option<Call>) {
        let mut logged = lock(&self.logged);
        logged.last += 1;
        request.number = logged.last;
        *logged.counts.entry(request.provider).or_default() += 1;
        if logged.requests.len() >= self.most {
            logged.requests.pop_front();
        }
        if self.most > 0 {
            let mut entry = Entry { request, call };
            if entry.call.as_ref().is_some_and(|call| call.size() > MAX_KEPT) {
                entry = Entry { request: entry.shown(), call: None };
            }
            logged.requests.push_back(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str) -> SandboxRequest {
        SandboxRequest {
            number: 0,
            provider: Provider::Kropay,
            operation: None,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers: Vec::new(),
            body: body.to_owned(),
            status: None,
            at: Timestamp::UNIX_EPOCH,
            faults: Vec::new(),
            magic: None,
            account: Owner(None),
        }
    }

    #[tokio::test]
    async fn what_is_large_is_kept_as_it_is_shown_only() {
        let log = RequestLog::of_up_to(4);
        let long = "x".repeat(MAX_KEPT + 1);
        let long = long.as_str();
        for (query, header, body) in [("", "", ""), (long, "", ""), ("", long, ""), ("", "", long)] {
            let sent = axum::http::Request::builder().uri(format!("/?{query}")).header("x-long", header);
            let sent = sent.body(axum::body::Body::from(body.to_owned())).unwrap();
            let (_, call) = crate::call::read_before(sent).await.unwrap();
            log.add(request(""), Some(call));
        }
        let logged = lock(&log.logged);
        assert!(logged.requests.iter().map(|entry| entry.call.is_some()).eq([true, false, false, false]));
        let sizes = logged.requests.iter().map(|entry| {
            let SandboxRequest { query, headers, body, .. } = entry.shown();
            let headers: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
            (query.unwrap_or_default().len(), headers, body.len())
        });
        assert!(sizes.eq([(0, 6, 0), (4_096, 6, 0), (0, 518, 0), (0, 6, 4_096)]));
    }

    #[test]
    fn what_was_counted_is_not_looked_at_again() {
        let log = RequestLog::of_up_to(3);
        ["a", "b", "a"].into_iter().for_each(|body| log.add(request(body), None));
        let filter = RequestFilter::new(Provider::Kropay).contains("a");
        assert_eq!(log.count_after(&filter, 0), (2, 3));
        assert_eq!(log.count_after(&filter, 3), (0, 3));
        // The first gives way.
        log.add(request("a"), None);
        assert_eq!(log.count_after(&filter, 3), (1, 4));
        assert_eq!(log.count_after(&RequestFilter::new(Provider::Kropay), 0), (3, 4));
        log.clear();
        assert_eq!(log.count_after(&filter, 0), (0, 4));
    }
}
