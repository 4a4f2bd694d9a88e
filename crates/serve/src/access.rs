//! Who may call what, and how often.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::app::App;
use crate::client;
use crate::problem::{Code, Detail, Next as What, Problem, before_sending};
use crate::rates::Buckets;
use crate::tokens::Scope;

/// Lets a call through that has a token of the scope, or of a wider one, and not too many of them.
pub async fn check(State((app, needed)): State<(App, Scope)>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match allowed(&app, needed, &parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn allowed(app: &App, needed: Scope, request: &Parts) -> Result<(), Problem> {
    let Some(token) = token(&request.headers) else { return Err(unknown(app, request, Detail::NoToken)) };
    let Some(caller) = app.tokens().caller(token).await.map_err(before_sending)? else {
        return Err(unknown(app, request, Detail::UnknownToken));
    };
    app.rates().tokens.take(caller.id())?;
    if caller.scope >= needed {
        return Ok(());
    }
    Err(Problem::new(Code::WrongScope, Detail::WrongScope(needed.as_str()), What::MakeAToken))
}

/// The one token that a request has.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Who guesses tokens is slowed down.
fn unknown(app: &App, request: &Parts, what: Detail) -> Problem {
    let address = client::network(app.proxies().client(&request.extensions, &request.headers));
    match app.rates().strangers.take(address) {
        Ok(()) => Problem::new(Code::Unauthorized, what, What::SendAToken),
        Err(problem) => problem,
    }
}

/// Lets a notification through unless its address sends too many.
pub async fn of_hooks(State(app): State<App>, request: Request, next: Next) -> Response {
    of_address(&app.rates().hooks, &app, request, next).await
}

/// Lets a call of a customer's page through unless its address makes too many.
pub async fn of_pages(State(app): State<App>, request: Request, next: Next) -> Response {
    of_address(&app.rates().pages, &app, request, next).await
}

async fn of_address(buckets: &Buckets, app: &App, request: Request, next: Next) -> Response {
    match buckets.take(client::network(app.proxies().client(request.extensions(), request.headers()))) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
