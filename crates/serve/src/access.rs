//! Who may call what.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;

use crate::app::App;
use crate::problem::{Code, Detail, Next as What, Problem, before_sending};
use crate::tokens::Scope;

/// Lets a call through that has a token of the scope, or of a wider one.
pub async fn check(State((app, needed)): State<(App, Scope)>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else { return unknown(Detail::NoToken).into_response() };
    match app.tokens().scope(token.trim()).await {
        Ok(Some(scope)) if scope >= needed => next.run(request).await,
        Ok(Some(_)) => {
            Problem::new(Code::WrongScope, Detail::WrongScope(needed.as_str()), What::MakeAToken).into_response()
        }
        Ok(None) => unknown(Detail::UnknownToken).into_response(),
        Err(error) => before_sending(error).into_response(),
    }
}

fn unknown(what: Detail) -> Problem {
    Problem::new(Code::Unauthorized, what, What::SendAToken)
}
