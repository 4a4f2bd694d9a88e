//! The customer's page: what is to be paid and how, and whether it is paid. Whoever has its address sees it, and nothing else.
//!
//! It is whole without scripts. With them it changes by itself. [`operator`] is the page of who runs the daemon.

mod asset;
mod format;
mod head;
pub mod operator;
mod render;
mod words;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use gerbang::jiff::Timestamp;
use gerbang::ledger::Error;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use maud::Markup;

use crate::app::App;
use crate::lang::Lang;
use crate::problem::{Problem, Thing};
use crate::query::Name;
use crate::streams;

use render::Said;

/// Nothing but the daemon's own script, style and stream.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// `GET /pay/{token}`
pub async fn page(
    State(app): State<App>,
    token: Result<Path<String>, axum::extract::rejection::PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = Lang::of_page(query.as_deref(), &headers);
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let Some(order) = app.addresses().order(&token) else { return unknown(lang) };
    match look(&app, &order, &token, lang).await {
        Ok(Some(markup)) => html(StatusCode::OK, lang, markup),
        Ok(None) => unknown(lang),
        Err(error) => {
            tracing::error!("the database failed: {error}");
            let mut response =
                html(StatusCode::SERVICE_UNAVAILABLE, lang, render::notice(lang, &lang.words().away, true));
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}

async fn look(app: &App, order: &str, token: &str, lang: Lang) -> Result<Option<Markup>, Error> {
    let Some(record) = app.ledger().record(order).await? else { return Ok(None) };
    let request = app.ledger().last_request(order).await?;
    // Of what was sent only these two: the customer's data stays where it is.
    let said = request.map_or_else(Said::default, |request| Said {
        description: request.description,
        return_url: request.return_url,
    });
    Ok(Some(render::payment(&record, &said, token, lang, Timestamp::now())))
}

fn unknown(lang: Lang) -> Response {
    html(StatusCode::NOT_FOUND, lang, render::notice(lang, &lang.words().unknown, false))
}

/// `GET /pay/{token}/events`
pub async fn events(State(app): State<App>, Name(token): Name) -> Result<Response, Problem> {
    let order = app.addresses().order(&token).ok_or_else(|| Problem::not_found(Thing::Path))?;
    streams::status(&app, order)
}

/// `GET /assets/{name}`
pub async fn asset(Name(name): Name) -> Result<Response, Problem> {
    let asset = asset::named(&name).ok_or_else(|| Problem::not_found(Thing::Path))?;
    let mut response = asset.text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    // Another text has another name.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

fn html(status: StatusCode, lang: Lang, markup: Markup) -> Response {
    let mut response = (status, markup.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // The address is what opens the page.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    headers.insert(VARY, HeaderValue::from_static("accept-language"));
    response
}
