//! K-Link's login: a token for one session, fetched when it is first needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gerbang_core::operation::Operation;
use gerbang_core::{Delivery, Error, Kind, Retry, Secret};
use gerbang_transport::{Request, Transport};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::operations::LOGIN;
use crate::types;

/// The name that the operation table gives to the session's token.
const TOKEN: &str = "session_token";

/// A transport that logs in by itself. Clones share the session.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    transport: Transport,
    state: Arc<Mutex<State>>,
    /// How many logins were begun; read before waiting for one.
    logins: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    /// Why the last login failed, for those who waited for it.
    failure: Option<Failure>,
}

/// A token and the number of the login that gave it, which tells a stale token from a new one.
#[derive(Clone, Debug)]
struct Token {
    value: Secret,
    login: u64,
}

#[derive(Clone, Debug)]
struct Failure {
    login: u64,
    kind: Kind,
    provider_message: Option<String>,
    retry_after: Option<Duration>,
}

impl Session {
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport, state: Arc::default(), logins: Arc::default() }
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
    /// one: a call that was refused for its token was not carried out. One deadline covers it all, logins too.
    pub(crate) async fn call<T: DeserializeOwned + Send>(&self, request: Request) -> Result<T, Error> {
        let operation = request.operation();
        if !needs_token(operation) {
            return self.transport.call(request).await;
        }
        let deadline = Instant::now() + self.transport.timeout();
        let left = || deadline.saturating_duration_since(Instant::now());
        let token = self.token(operation, None, deadline).await?;
        let result = self.transport.call(request.clone().session(token.value).within(left())).await;
        match result {
            Err(error) if is_refused_token(&error) => {
                let token = self.token(operation, Some(token.login), deadline).await?;
                let again = self.transport.call(request.session(token.value).within(left())).await;
                again.map_err(|last: Error| {
                    let attempts = error.attempts().saturating_add(last.attempts());
                    last.with_attempts(attempts)
                })
            }
            result => result,
        }
    }

    /// The current token; a new one when there is none or when the login numbered `refused` gave one that is not accepted.
    /// Concurrent callers wait for one login and share its token; those who waited for a login that failed share its failure.
    async fn token(
        &self,
        operation: &'static Operation,
        refused: Option<u64>,
        deadline: Instant,
    ) -> Result<Token, Error> {
        let begun = self.logins.load(Ordering::SeqCst);
        let late = |_| failed(Kind::Timeout, "the login before it did not end in time").with_operation(operation);
        let mut state = timeout_at(deadline, self.state.lock()).await.map_err(late)?;
        if let Some(token) = &state.token
            && refused != Some(token.login)
        {
            return Ok(token.clone());
        }
        if let Some(failure) = &state.failure
            && failure.login > begun
        {
            return Err(failure.error(operation));
        }
        *state = State::default();
        let login = self.logins.fetch_add(1, Ordering::SeqCst) + 1;
        match self.login(deadline).await {
            Ok(value) => {
                let token = Token { value, login };
                state.token = Some(token.clone());
                Ok(token)
            }
            Err(error) => {
                let failure = Failure {
                    login,
                    kind: error.kind(),
                    provider_message: error.provider_message().map(str::to_owned),
                    retry_after: error.retry_after(),
                };
                let told = failure.error(operation).with_source(error);
                state.failure = Some(failure);
                Err(told)
            }
        }
    }

    async fn login(&self, deadline: Instant) -> Result<Secret, Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        let session: types::Session = self.transport.call(Request::new(&LOGIN).within(left)).await?;
        match is_usable(&session.authorization) {
            true => Ok(session.authorization),
            false => Err(failed(Kind::UnexpectedReply, "the login gave a token that cannot be sent")),
        }
    }
}

impl Failure {
    /// A failed login means that the call itself was never sent.
    fn error(&self, operation: &'static Operation) -> Error {
        failed(self.kind, "the login before it failed")
            .with_operation(operation)
            .with_retry_after(self.retry_after)
            .with_provider_message(self.provider_message.clone())
    }
}

fn failed(kind: Kind, what: &str) -> Error {
    Error::new(kind, Delivery::NotSent, what)
}

fn needs_token(operation: &Operation) -> bool {
    operation.credentials.iter().any(|placed| placed.credential == TOKEN)
}

/// Whether a call was refused for its token, as far as can be told: by HTTP, or by a text of its own. A failure code is
/// about the payment (401 is Midtrans refusing K-Link), and a 403 about a right that a new token would not have either.
fn is_refused_token(error: &Error) -> bool {
    let by_http = error.status() == Some(401);
    let by_text = error.kind() == Kind::Authentication && error.status() == Some(200) && error.code().is_none();
    error.delivery() == Delivery::Answered && (by_http || by_text)
}

/// Whether a header can hold the token.
fn is_usable(token: &Secret) -> bool {
    !token.is_empty() && token.expose().bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}
