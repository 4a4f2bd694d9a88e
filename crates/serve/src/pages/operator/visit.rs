//! Who looks at a page: an operator who has signed in.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use http::header::{SET_COOKIE, VARY};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use maud::Markup;

use super::session::{Session, cookie};
use super::words::{Words, words};
use crate::app::App;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::query::Query;

/// Nothing but the daemon's own style, and forms to the daemon itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";

/// The name of the cookie with the language that was asked for.
const LANGUAGE: &str = "gerbang_lang";

/// What a page depends on, whoever looks.
#[derive(Clone)]
pub struct Place {
    pub lang: Lang,
    /// The way back to `/`, relative, for a proxy that serves the daemon below a path.
    pub root: String,
    query: String,
}

impl Place {
    pub fn of(parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let chosen = || Lang::of_tag(cookie(&parts.headers, LANGUAGE)?);
        let lang = Lang::asked(Some(&query)).or_else(chosen).unwrap_or_else(|| Lang::of_page(None, &parts.headers));
        let depth = parts.uri.path().matches('/').count().saturating_sub(1);
        Self { lang, root: "../".repeat(depth), query }
    }

    pub fn words(&self) -> &'static Words {
        words(self.lang)
    }

    /// The address of `/`.
    pub fn home(&self) -> &str {
        if self.root.is_empty() { "./" } else { &self.root }
    }

    /// The query of this page in the other language.
    pub fn other_language(&self) -> String {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes()).filter(|(name, _)| name != "lang");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs).append_pair("lang", self.lang.other().tag());
        format!("?{}", query.finish())
    }

    /// A page, which nobody else's page may hold.
    pub fn page(&self, status: StatusCode, markup: Markup) -> Response {
        let mut response = (status, markup.into_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        // Without the origin no form would be taken for the page's own.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.lang.tag()));
        headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
        if let Some(lang) = Lang::asked(Some(&self.query)) {
            let text = format!("{LANGUAGE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict", lang.tag());
            headers.extend(HeaderValue::try_from(text).map(|value| (SET_COOKIE, value)));
        }
        response
    }

    /// Leads on to a page below `/`.
    pub fn lead_to(&self, path: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let to = if path.is_empty() { self.home().to_owned() } else { format!("{}{path}", self.root) };
        response.headers_mut().extend(HeaderValue::try_from(to).map(|to| (LOCATION, to)));
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// An operator who has signed in, at a page.
pub struct Visit {
    pub app: App,
    pub place: Place,
    pub session: Session,
    query: String,
}

impl Visit {
    pub fn new(app: App, place: Place, session: Session, query: Option<&str>) -> Self {
        Self { app, place, session, query: query.unwrap_or_default().to_owned() }
    }

    /// The parameters of the page.
    pub fn query(&self, known: &[&str]) -> Result<Query, Problem> {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes()).filter(|(name, _)| name != "lang");
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Query::read(Some(&query), known).map(Query::without_blanks)
    }
}
