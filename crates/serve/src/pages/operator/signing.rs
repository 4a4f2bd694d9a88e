//! Signing in and out. The token is looked at once: it is in no cookie and in no page.

use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};

use super::entry;
use super::layout;
use super::session::{self, Session};
use super::visit::{Place, Visit};
use crate::app::App;
use crate::tokens::{Scope, TokenHash};

/// `POST /operator/sign-in`
pub async fn sign_in(State(app): State<App>, place: Place, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let fields = match entry::form(&place, &parts.headers, body, &["token"]).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let words = place.words();
    let token = TokenHash::of(fields.get("token").unwrap_or_default().trim());
    match app.tokens().scope(&token).await {
        Ok(Some(Scope::Admin)) => begin(&app, &place, &token).await,
        Ok(Some(_)) => again(&place, StatusCode::FORBIDDEN, words.shop_token),
        Ok(None) => again(&place, StatusCode::FORBIDDEN, words.wrong_token),
        Err(error) => place.away(&error),
    }
}

async fn begin(app: &App, place: &Place, token: &TokenHash) -> Response {
    match Session::begin(app.ledger(), token).await {
        Ok(session) => with_cookie(place.lead_to(""), session.cookie(is_secure(app))),
        Err(error) => place.away(&error),
    }
}

fn again(place: &Place, status: StatusCode, what: &str) -> Response {
    place.page(status, layout::sign_in(place, Some(what)))
}

/// `POST /operator/sign-out`
pub async fn sign_out(visit: Visit, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refused) = entry::own_form(&visit, &parts.headers, body, &[]).await {
        return refused;
    }
    match visit.session.end(visit.app.ledger()).await {
        Ok(()) => with_cookie(visit.place.lead_to(""), session::no_cookie(is_secure(&visit.app))),
        Err(error) => visit.place.away(&error),
    }
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    response
}

/// Whether the page is reached by TLS.
fn is_secure(app: &App) -> bool {
    app.public_url().is_some_and(|url| url.starts_with("https:"))
}
