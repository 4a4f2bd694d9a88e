//! K-Link's login: a token for one session, fetched when it is first needed and shared by whoever shares a store.

mod kept;
mod meaning;

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gerbang_core::operation::{Idempotency, Operation};
use gerbang_core::{Delivery, Error, Kind, Retry, Secret};
use gerbang_transport::{Request, Transport};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

use self::kept::{Kept, Token, Value, is_usable};
use self::meaning::{Meaning, meaning};
use crate::operations::LOGIN;
use crate::receipt::{Checked, check_of};
use crate::store::{MemorySessionStore, SessionStore, StoredSession};
use crate::{Client, types};

/// The name that the operation table gives to the session's token.
const TOKEN: &str = "session_token";

/// After this time a token is renewed before it is refused. The document does not say how long one is valid.
const LONGEST_AGE: Duration = Duration::from_secs(6 * 3600);

/// How long the login of another process is waited for before it is taken for lost.
const LOST_LOGIN: Duration = Duration::from_secs(30);

/// How often a question is sent with one token after another.
const MOST_SENT: u32 = 3;

/// How often the store is asked while another process logs in.
const PAUSE: Duration = Duration::from_millis(100);

impl Client {
    /// The same client with a session that is kept in this store, and shared with all clients that have the same store.
    ///
    /// K-Link's token is "for one session": where a login ends the session before it, processes with a store each keep ending
    /// each other's sessions. All processes of one account need one store. Set it before the first call.
    #[must_use]
    pub fn with_session_store(&self, store: Arc<dyn SessionStore>) -> Self {
        let Session { transport, longest_age, .. } = self.transport.clone();
        Self { transport: Session { longest_age, ..Session::with_store(transport, store) } }
    }

    /// The same client with another time after which a token is renewed although it was not refused. Default: 6 hours. Both
    /// share their session.
    #[must_use]
    pub fn with_session_age(&self, longest: Duration) -> Self {
        Self { transport: Session { longest_age: longest, ..self.transport.clone() } }
    }

    /// Forgets the session's token, here and in the store: the next call logs in again. K-Link has no call that ends a session,
    /// and nothing is sent. Another process that shares the store goes on with the token that it has until that is refused or
    /// old, and takes the new one then.
    ///
    /// # Errors
    ///
    /// When the [`SessionStore`] fails.
    pub async fn logout(&self) -> Result<(), Error> {
        self.transport.logout().await
    }
}

/// A transport that logs in by itself. Clones share the session.
#[derive(Clone)]
pub(crate) struct Session {
    transport: Transport,
    store: Arc<dyn SessionStore>,
    /// What this process knows; held while it logs in, so that its callers wait for one login.
    state: Arc<Mutex<State>>,
    /// How many logins were begun here; read before waiting for one.
    logins: Arc<AtomicU64>,
    longest_age: Duration,
    /// What distinguishes the logins of this session from those of other processes.
    owner: u64,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    /// The version of a token that may have expired, as the refusal of a call may mean that is not sent again.
    suspect: Option<u64>,
    /// The version of a token that was fetched because of HTTP 403: when it is refused likewise, it is not the token's fault.
    after_forbidden: Option<u64>,
    /// Why the last login failed, for those who waited for it.
    failure: Option<Failure>,
    /// Another process's login, and since when it is seen.
    awaited: Option<(u64, Instant)>,
}

#[derive(Clone, Debug)]
struct Failure {
    login: u64,
    kind: Kind,
    retry_after: Option<Duration>,
}

/// How a token is got.
enum Claim {
    /// The store has one.
    Found(Token),
    /// By a login of this session, which the store announces under this version.
    Own(u64),
}

/// Why a token is renewed.
#[derive(Clone, Copy, Debug)]
struct Refused {
    version: u64,
    is_forbidden: bool,
}

impl Session {
    pub(crate) fn new(transport: Transport) -> Self {
        Self::with_store(transport, Arc::new(MemorySessionStore::default()))
    }

    fn with_store(transport: Transport, store: Arc<dyn SessionStore>) -> Self {
        Self {
            transport,
            store,
            state: Arc::default(),
            logins: Arc::default(),
            longest_age: LONGEST_AGE,
            owner: RandomState::new().build_hasher().finish(),
        }
    }

    /// The address of the server that is asked.
    pub(crate) fn base_url(&self) -> &str {
        self.transport.base_url()
    }

    /// The same session with another time for a whole call.
    pub(crate) fn with_timeout(&self, timeout: Duration) -> Self {
        Self { transport: self.transport.with_timeout(timeout), ..self.clone() }
    }

    /// The same session with other rules for sending again.
    pub(crate) fn with_retry(&self, retry: Retry) -> Self {
        Self { transport: self.transport.with_retry(retry), ..self.clone() }
    }

    /// Sends a call with the session's token. When K-Link no longer accepts the token, the call is sent once more with a new
    /// one, where it certainly was not carried out. One deadline covers it all, logins too.
    pub(crate) async fn call<T: DeserializeOwned + Send>(&self, request: Request) -> Result<T, Error> {
        let operation = request.operation();
        if !needs_token(operation) {
            return self.transport.call(request).await;
        }
        let deadline = Instant::now() + self.transport.timeout();
        let mut refused: Option<Refused> = None;
        let mut earlier: Option<Error> = None;
        let mut sent = 0;
        loop {
            let token = match self.token(operation, refused, deadline).await {
                Ok(token) => token,
                Err(error) => return Err(after(earlier, error)),
            };
            sent += 1;
            let error = match self.send(request.clone(), &token, deadline).await {
                Ok(payload) => return Ok(payload),
                Err(error) => error,
            };
            let meaning = meaning(operation, &error, token.age());
            let is_forbidden = error.status() == Some(403);
            let error = after(earlier, error);
            if meaning == Meaning::Suspect {
                self.suspect(token.version, deadline).await;
            }
            // A token that another process has left in the store may have ended too; one of this call's own login has not.
            let may_be_stale = !token.is_own && operation.idempotency == Idempotency::Safe;
            let is_last = refused.is_some() && (!may_be_stale || sent == MOST_SENT);
            let may_login = !is_forbidden || !self.is_after_forbidden(token.version).await;
            if meaning != Meaning::SendAgain || is_last || !may_login {
                return Err(error);
            }
            refused = Some(Refused { version: token.version, is_forbidden });
            earlier = Some(error);
        }
    }

    /// Sends a call once with this token, and looks at the reply again where its form proves too little.
    async fn send<T: DeserializeOwned + Send>(
        &self,
        request: Request,
        token: &Token,
        deadline: Instant,
    ) -> Result<T, Error> {
        let operation = request.operation();
        let request = request.session(token.value.clone()).within(left(deadline));
        let Some(check) = check_of(operation) else { return self.transport.call(request).await };
        let sent = request.json_body().map(<[u8]>::to_vec);
        let Checked { payload, text } = self.transport.call::<Checked<T>>(request).await?;
        match check(sent.as_deref(), &text) {
            Ok(()) => Ok(payload),
            Err(error) => Err(error.with_operation(operation).with_attempts(1)),
        }
    }

    /// The current token; a new one when there is none, when it is old, or when it was refused. Concurrent callers wait for
    /// one login and share its token; those who waited for a login that failed share its failure.
    async fn token(
        &self,
        operation: &'static Operation,
        refused: Option<Refused>,
        deadline: Instant,
    ) -> Result<Token, Error> {
        let begun = self.logins.load(Ordering::SeqCst);
        let mut state = timeout_at(deadline, self.state.lock()).await.map_err(|_| late(operation))?;
        if let Some(token) = &state.token
            && self.is_good(&state, token, refused)
        {
            return Ok(token.clone());
        }
        if let Some(failure) = &state.failure
            && failure.login > begun
        {
            return Err(failure.error(operation));
        }
        state.token = None;
        state.failure = None;
        let token = match self.claim(&mut state, operation, refused, deadline).await? {
            Claim::Found(token) => token,
            Claim::Own(version) => self.renew(&mut state, version, operation, refused, deadline).await?,
        };
        state.token = Some(token.clone());
        Ok(token)
    }

    /// Waits until the store has a token that is good, or until this session may log in.
    async fn claim(
        &self,
        state: &mut State,
        operation: &'static Operation,
        refused: Option<Refused>,
        deadline: Instant,
    ) -> Result<Claim, Error> {
        loop {
            let kept = self.load(operation, deadline).await?;
            if let Some(token) = kept.token()
                && self.is_good(state, &token, refused)
            {
                return Ok(Claim::Found(token));
            }
            if !kept.is_login_of_another(self.owner) || state.is_lost(kept.version()) {
                let claim = kept.next(&Value { owner: Some(self.owner), ..Value::default() });
                if self.replace(kept.seen, &claim, operation, deadline).await? {
                    state.awaited = None;
                    return Ok(Claim::Own(claim.version()));
                }
            }
            timeout_at(deadline, sleep(PAUSE)).await.map_err(|_| late(operation))?;
        }
    }

    /// Logs in under a claim, which is a version of the store, and stores the token there, or that there is none.
    async fn renew(
        &self,
        state: &mut State,
        claim: u64,
        operation: &'static Operation,
        refused: Option<Refused>,
        deadline: Instant,
    ) -> Result<Token, Error> {
        let login = self.logins.fetch_add(1, Ordering::SeqCst) + 1;
        let (value, result) = match self.login(deadline).await {
            Ok(token) => (Value { token: Some(token.clone()), since: Some(Timestamp::now()), owner: None }, Ok(token)),
            Err(error) => (Value::default(), Err(error)),
        };
        let new = Kept { seen: Some(claim), value: Value::default() }.next(&value);
        // Whoever took this login for lost has logged in since. What it has kept is found when this token is refused.
        let kept = self.replace(Some(claim), &new, operation, with_grace(deadline, Instant::now())).await;
        let value = result.map_err(|error| {
            let failure = Failure { login, kind: error.kind(), retry_after: error.retry_after() };
            let failed = failure.error(operation).with_source(error);
            state.failure = Some(failure);
            failed
        })?;
        kept?;
        let token = Token { value, version: new.version(), since: Timestamp::now(), is_own: true };
        state.after_forbidden = refused.filter(|refused| refused.is_forbidden).map(|_| token.version);
        Ok(token)
    }

    fn is_good(&self, state: &State, token: &Token, refused: Option<Refused>) -> bool {
        let is_refused = refused.is_some_and(|refused| refused.version == token.version);
        !is_refused && state.suspect != Some(token.version) && token.age() < self.longest_age
    }

    async fn is_after_forbidden(&self, version: u64) -> bool {
        self.state.lock().await.after_forbidden == Some(version)
    }

    /// Lets the next call log in, unless another one has done so.
    async fn suspect(&self, version: u64, deadline: Instant) {
        if let Ok(mut state) = timeout_at(deadline, self.state.lock()).await {
            state.suspect = Some(version);
        }
    }

    async fn logout(&self) -> Result<(), Error> {
        let deadline = Instant::now() + self.transport.timeout();
        let mut state = timeout_at(deadline, self.state.lock()).await.map_err(|_| late(&LOGIN))?;
        state.token = None;
        loop {
            let kept = self.load(&LOGIN, deadline).await?;
            // A login that is under way gives a new token anyway.
            if kept.value.token.is_none()
                || self.replace(kept.seen, &kept.next(&Value::default()), &LOGIN, deadline).await?
            {
                return Ok(());
            }
            timeout_at(deadline, sleep(PAUSE)).await.map_err(|_| late(&LOGIN))?;
        }
    }

    async fn login(&self, deadline: Instant) -> Result<Secret, Error> {
        let session: types::Session = self.transport.call(Request::new(&LOGIN).within(left(deadline))).await?;
        match is_usable(&session.authorization) {
            true => Ok(session.authorization),
            false => Err(failed(Kind::UnexpectedReply, "the login gave a token that cannot be sent")),
        }
    }

    async fn load(&self, operation: &'static Operation, deadline: Instant) -> Result<Kept, Error> {
        let stored = timeout_at(deadline, self.store.load()).await.map_err(|_| late(operation))?;
        let stored = stored.map_err(|error| store_failed(error, operation))?;
        Ok(Kept {
            seen: stored.as_ref().map(StoredSession::version),
            value: stored.and_then(|stored| serde_json::from_str(stored.value().expose()).ok()).unwrap_or_default(),
        })
    }

    async fn replace(
        &self,
        seen: Option<u64>,
        new: &StoredSession,
        operation: &'static Operation,
        deadline: Instant,
    ) -> Result<bool, Error> {
        let replaced = timeout_at(deadline, self.store.replace(seen, new)).await.map_err(|_| late(operation))?;
        replaced.map_err(|error| store_failed(error, operation))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("transport", &self.transport).finish_non_exhaustive()
    }
}

impl State {
    /// Whether another process's login is under way for so long that it has ended with its process. Measured by this
    /// machine's clock alone.
    fn is_lost(&mut self, login: u64) -> bool {
        match self.awaited {
            Some((awaited, since)) if awaited == login => since.elapsed() >= LOST_LOGIN,
            _ => {
                self.awaited = Some((login, Instant::now()));
                false
            }
        }
    }
}

impl Failure {
    /// A failed login means that the call itself was never sent.
    fn error(&self, operation: &'static Operation) -> Error {
        failed(self.kind, "the login before it failed").with_operation(operation).with_retry_after(self.retry_after)
    }
}

fn failed(kind: Kind, what: &str) -> Error {
    Error::new(kind, Delivery::NotSent, what)
}

fn late(operation: &'static Operation) -> Error {
    failed(Kind::Timeout, "the login before it did not end in time").with_operation(operation)
}

fn store_failed(error: Error, operation: &'static Operation) -> Error {
    error.restated("the session store failed").with_delivery(Delivery::NotSent).with_operation(operation)
}

/// The error of an attempt after a refused one: if that may have taken effect, so may the call.
fn after(earlier: Option<Error>, error: Error) -> Error {
    let Some(earlier) = earlier else { return error };
    let attempts = earlier.attempts().saturating_add(error.attempts());
    let error = error.with_attempts(attempts);
    match earlier.delivery() {
        Delivery::MaybeSent => error.with_delivery(Delivery::MaybeSent),
        // It was sent, and not carried out.
        Delivery::NotSent | Delivery::Answered => error,
    }
}

/// Until when it may take to store what a login gave: also one that took all the time must not be lost.
fn with_grace(deadline: Instant, now: Instant) -> Instant {
    deadline.max(now + PAUSE)
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn needs_token(operation: &Operation) -> bool {
    operation.credentials.iter().any(|placed| placed.credential == TOKEN)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn login_of_another_process_is_lost_after_half_a_minute() {
        let mut state = State::default();
        assert!(!state.is_lost(7));
        advance(Duration::from_secs(29)).await;
        assert!(!state.is_lost(7));
        advance(Duration::from_secs(1)).await;
        assert!(state.is_lost(7));
        // Another one has begun.
        assert!(!state.is_lost(8));
        advance(Duration::from_secs(30)).await;
        assert!(state.is_lost(8));
    }

    #[test]
    fn token_of_a_login_that_took_all_the_time_is_stored() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        assert_eq!(with_grace(now - second, now), now + PAUSE);
        assert_eq!(with_grace(now + second, now), now + second);
    }
}
