//! K-Link's login: a token for one session, fetched when it is first needed.

use std::sync::Arc;

use gerbang_core::operation::Operation;
use gerbang_core::{Delivery, Error, Kind, Secret};
use gerbang_transport::{Request, Transport};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::operations::LOGIN;
use crate::types;

/// The name that the operation table gives to the session's token.
const TOKEN: &str = "session_token";

/// A transport that logs in by itself. Clones share the session.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    transport: Transport,
    current: Arc<Mutex<Option<Token>>>,
}

/// A token and how many logins there were before it, which tells a stale token from a new one.
#[derive(Clone, Debug)]
struct Token {
    value: Secret,
    login: u64,
}

impl Session {
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport, current: Arc::default() }
    }

    /// Sends a call with the session's token. When K-Link no longer accepts the token, the call is sent once more with a new
    /// one: a call that was refused for its token was not carried out.
    pub(crate) async fn call<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let operation = request.operation();
        if !needs_token(operation) {
            return self.transport.call(request).await;
        }
        let token = self.token(operation, None).await?;
        let result = self.transport.call(request.clone().session(token.value)).await;
        match result {
            Err(error) if is_refused_token(&error) => {
                let token = self.token(operation, Some(token.login)).await?;
                self.transport.call(request.session(token.value)).await
            }
            result => result,
        }
    }

    /// The current token; a new one when there is none or when the login numbered `refused` gave one that is not accepted.
    /// Concurrent callers wait for one login.
    async fn token(&self, operation: &'static Operation, refused: Option<u64>) -> Result<Token, Error> {
        let mut current = self.current.lock().await;
        if let Some(token) = &*current
            && refused != Some(token.login)
        {
            return Ok(token.clone());
        }
        let session: types::Session =
            self.transport.call(Request::new(&LOGIN)).await.map_err(|error| not_sent(error, operation))?;
        if !is_usable(&session.authorization) {
            let what = "the login before it gave a token that cannot be sent";
            return Err(Error::new(Kind::UnexpectedReply, Delivery::NotSent, what).with_operation(operation));
        }
        let token = Token { value: session.authorization, login: refused.map_or(0, |login| login + 1) };
        *current = Some(token.clone());
        Ok(token)
    }
}

fn needs_token(operation: &Operation) -> bool {
    operation.credentials.iter().any(|placed| placed.credential == TOKEN)
}

fn is_refused_token(error: &Error) -> bool {
    error.kind() == Kind::Authentication && error.delivery() == Delivery::Answered
}

/// Whether a header can hold the token.
fn is_usable(token: &Secret) -> bool {
    !token.is_empty() && token.expose().bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// A failed login means that the call itself was never sent.
fn not_sent(login: Error, operation: &'static Operation) -> Error {
    Error::new(login.kind(), Delivery::NotSent, "the login before it failed")
        .with_operation(operation)
        .with_retry_after(login.retry_after())
        .with_provider_message(login.provider_message().map(str::to_owned))
        .with_source(login)
}
