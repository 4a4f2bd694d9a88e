//! Who may see a page, whose forms are taken, and what the others see.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::header::ORIGIN;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::layout;
use super::session::Session;
use super::visit::{Place, Visit};
use crate::app::App;
use crate::limits;
use crate::problem::{Detail, Form, Problem};
use crate::query::Query;

impl Place {
    /// A problem, as a page of its own.
    pub fn problem(&self, problem: &Problem) -> Response {
        let notice = layout::notice(self, problem.title(self.lang), &[&problem.detail(self.lang)]);
        self.page(problem.status(), notice)
    }

    /// The database is away.
    pub fn away(&self, error: &gerbang::ledger::Error) -> Response {
        tracing::error!("the database failed: {error}");
        let words = self.words();
        let notice = layout::notice(self, words.database_away, &[words.database_away_advice]);
        self.page(StatusCode::SERVICE_UNAVAILABLE, notice)
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let place = Place::of(parts);
        match Session::of(app, &parts.headers).await {
            Ok(Some(session)) => Ok(Self::new(app.clone(), place, session, parts.uri.query())),
            Ok(None) if parts.uri.path() == "/" => Err(place.page(StatusCode::OK, layout::sign_in(&place, None))),
            Ok(None) => Err(place.lead_to("")),
            Err(error) => Err(place.away(&error)),
        }
    }
}

/// The fields of a form that was sent from the page's own site. From where is looked at for all calls, see [`crate::hosts`], as far as
/// it is said; every browser says it of a form that is posted.
pub async fn form(place: &Place, headers: &HeaderMap, body: Body, known: &[&str]) -> Result<Query, Response> {
    if !headers.contains_key("sec-fetch-site") && !headers.contains_key(ORIGIN) {
        return Err(foreign(place));
    }
    let read = async {
        let body = limits::read(body).await?;
        Query::read(Some(&String::from_utf8_lossy(&body)), known)
    };
    read.await.map_err(|problem| place.problem(&problem))
}

/// The fields of a form of one of the visit's pages.
pub async fn own_form(visit: &Visit, headers: &HeaderMap, body: Body, known: &[&str]) -> Result<Query, Response> {
    let known: Vec<_> = known.iter().copied().chain(["form"]).collect();
    let fields = form(&visit.place, headers, body, &known).await?;
    match fields.get("form") {
        Some(key) if visit.session.is_own(key) => Ok(fields),
        _ => Err(foreign(&visit.place)),
    }
}

/// Who settles something, and the note: texts in which the ends of lines are blanks.
pub fn signature(fields: &Query) -> Result<(String, String), Problem> {
    let by = fields.read_as("by", Form::Text(100), |text| plain(text, 100))?.ok_or_else(|| missing("by"))?;
    let note = fields.read_as("note", Form::Text(1000), |text| plain(text, 1000))?.unwrap_or_default();
    Ok((by, note))
}

/// A field is missing.
pub fn missing(name: &str) -> Problem {
    Problem::invalid(Detail::Missing(name.to_owned()))
}

fn plain(text: &str, longest: usize) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (text.chars().count() <= longest && !text.chars().any(char::is_control)).then_some(text)
}

fn foreign(place: &Place) -> Response {
    let words = place.words();
    place.page(StatusCode::FORBIDDEN, layout::notice(place, words.foreign_form, &[words.foreign_form_advice]))
}
