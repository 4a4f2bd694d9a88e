//! Errors, as RFC 9457 has them: what is wrong, whether a gateway may have been told anything, and what to do next, in the language
//! that the client asks for. Codes and names of members are the same in both.

mod code;
mod english;
mod indonesian;
mod said;

use std::fmt;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next as Inner;
use axum::response::{IntoResponse, Response};
use gerbang::ledger;
use gerbang::{Delivery, Kind};
use http::header::{CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::lang::Lang;

pub use code::Code;
pub use said::{Detail, Form, Next, Thing};

/// An error of a call.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: Code,
    detail: Detail,
    next: Next,
    delivery: Delivery,
    retry_after: Option<u64>,
}

impl Problem {
    /// An error before anything was sent to a gateway. The detail may not hold a value of the request's.
    pub fn new(code: Code, detail: Detail, next: Next) -> Self {
        Self { status: code.status(), code, detail, next, delivery: Delivery::NotSent, retry_after: None }
    }

    /// The request cannot be.
    pub fn invalid(detail: Detail) -> Self {
        Self::new(Code::InvalidRequest, detail, Next::CorrectTheRequest)
    }

    /// A value of the request cannot be.
    pub fn must_be(name: impl Into<String>, form: Form) -> Self {
        Self::invalid(Detail::MustBe(name.into(), form))
    }

    /// There is no such thing.
    pub fn not_found(thing: Thing) -> Self {
        Self::new(Code::NotFound, Detail::NoSuch(thing), Next::CheckTheAddress)
    }

    /// The daemon cannot serve now.
    pub fn busy(code: Code, detail: Detail, delivery: Delivery) -> Self {
        let next = match delivery {
            Delivery::NotSent => Next::TryLater,
            _ => Next::SendTheSameLater,
        };
        Self { delivery, retry_after: Some(2), ..Self::new(code, detail, next) }
    }

    /// What nobody should see; the log has it.
    pub fn internal() -> Self {
        Self { delivery: Delivery::MaybeSent, ..Self::new(Code::Internal, Detail::Failed, Next::LookIntoTheLog) }
    }

    /// An error of a creation at a gateway.
    fn of_gateway(error: &gerbang::Error) -> Self {
        let (delivery, kind) = (error.delivery(), error.kind());
        let is_the_values = match delivery {
            Delivery::NotSent => matches!(kind, Kind::InvalidRequest | Kind::Unsupported | Kind::Gone),
            Delivery::Answered => matches!(kind, Kind::Rejected | Kind::NotFound | Kind::Gone),
            Delivery::MaybeSent => false,
        };
        let (status, next) = match delivery {
            _ if is_the_values => (StatusCode::UNPROCESSABLE_ENTITY, Next::UseOtherValues),
            Delivery::MaybeSent => (StatusCode::BAD_GATEWAY, Next::AskForThePayment),
            Delivery::NotSent => (StatusCode::BAD_GATEWAY, Next::WaitForTheDaemon),
            Delivery::Answered => (StatusCode::BAD_GATEWAY, Next::SendAgain),
        };
        let retry_after = error.retry_after().map(|time| time.as_secs().max(1));
        let problem = Self::new(Code::Gateway(kind), Detail::Gateway(kind, error.to_string()), next);
        Self { status, delivery, retry_after, ..problem }
    }

    /// With how many seconds the caller is to wait.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What kind of problem it is, in a few words.
    pub fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::English => english::title(self.code),
            Lang::Indonesian => indonesian::title(self.code),
        }
    }

    /// What is wrong.
    pub fn detail(&self, lang: Lang) -> String {
        match lang {
            Lang::English => english::detail(&self.detail),
            Lang::Indonesian => indonesian::detail(&self.detail),
        }
    }

    fn next(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::English => english::next(self.next),
            Lang::Indonesian => indonesian::next(self.next),
        }
    }

    fn json(&self, lang: Lang) -> Value {
        json!({
            "type": format!("urn:gerbang:problem:{}", self.code.name()),
            "title": self.title(lang),
            "status": self.status.as_u16(),
            "code": self.code.name(),
            "detail": self.detail(lang),
            "delivery": self.delivery.as_str(),
            "next": self.next(lang),
        })
    }

    /// The bodies of the reply.
    fn bodies(&self) -> Bodies {
        Bodies { en: self.json(Lang::English), id: self.json(Lang::Indonesian) }
    }

    /// All that [`kept`] needs.
    pub fn to_keep(&self) -> String {
        json!(self.bodies()).to_string()
    }
}

/// The body of the reply in English.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json(Lang::English).fmt(f)
    }
}

/// What happened at a gateway or on the way to it, in a few words.
pub fn happened(kind: Kind, lang: Lang) -> &'static str {
    match lang {
        Lang::English => english::happened(kind),
        Lang::Indonesian => indonesian::happened(kind),
    }
}

/// The bodies of a reply, by language.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Bodies {
    en: Value,
    id: Value,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = reply(self.status, self.bodies());
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The reply of a problem that was kept, see [`Problem::to_keep`].
pub fn kept(status: StatusCode, text: &str) -> Response {
    match serde_json::from_str(text) {
        Ok(bodies) => reply(status, bodies),
        // An older daemon kept the English body.
        Err(_) => {
            let body = serde_json::from_str(text).unwrap_or(Value::Null);
            reply(status, Bodies { en: body.clone(), id: body })
        }
    }
}

fn reply(status: StatusCode, bodies: Bodies) -> Response {
    let mut response = (status, bodies.en.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(Lang::English.tag()));
    headers.insert(VARY, HeaderValue::from_static("accept-language"));
    response.extensions_mut().insert(bodies);
    response
}

/// Gives problems in the language that the client likes most; in English unless it says so.
pub async fn in_language(request: Request, next: Inner) -> Response {
    let lang = Lang::accepted(request.headers()).unwrap_or(Lang::English);
    let mut response = next.run(request).await;
    if lang == Lang::Indonesian
        && let Some(bodies) = response.extensions_mut().remove::<Bodies>()
    {
        *response.body_mut() = Body::from(bodies.id.to_string());
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    }
    response
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Self {
        use ledger::Error::*;
        match error {
            Gateway(error) => Self::of_gateway(&error),
            Store(error) => {
                tracing::error!("the database failed: {error}");
                Self::busy(Code::DatabaseAway, Detail::DatabaseAway, Delivery::MaybeSent)
            }
            Invalid(what) => Self::invalid(Detail::Refused(what)),
            OtherContent(_) => Self::new(Code::OrderConflict, Detail::OtherContent, Next::UseAnotherOrder),
            OpenAtAnotherPrice { .. } => {
                Self::new(Code::OpenAtAnotherPrice, Detail::OpenAtAnotherPrice, Next::CancelFirst)
            }
            AwaitsPerson { .. } => awaits_person(),
            UnknownAccount(_) => Self::new(Code::UnknownAccount, Detail::UnknownAccount, Next::KeepTheAccount),
            Unanswered { .. } => Self::busy(Code::Unanswered, Detail::Unanswered, Delivery::MaybeSent),
            BodyDeleted(_) => Self::new(Code::NotificationDeleted, Detail::BodyDeleted, Next::LookAtThePayment),
            Doubted(doubt) => {
                let detail = Detail::ProvesNothing(doubt.to_string());
                Self::new(Code::NotificationRefused, detail, Next::LookAtThePayment)
            }
            TooManyWait => Self::busy(Code::Busy, Detail::TooManyNotifications, Delivery::NotSent),
            NotFound(_) => Self::not_found(Thing::Known),
            error => {
                tracing::error!("the ledger failed: {error}");
                Self::internal()
            }
        }
    }
}

/// Too little came in.
pub fn awaits_person() -> Problem {
    Problem::new(Code::AwaitsPerson, Detail::AwaitsPerson, Next::ResolveTheCase)
}

/// An error of a step that comes before anything is sent.
pub fn before_sending(error: ledger::Error) -> Problem {
    match error {
        ledger::Error::Store(error) => {
            tracing::error!("the database failed: {error}");
            Problem::busy(Code::DatabaseAway, Detail::DatabaseAwayBefore, Delivery::NotSent)
        }
        ledger::Error::Gateway(_) => Problem::must_be("order", Form::Order),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_said_in_both_languages() {
        let kinds = Kind::ALL.iter().copied();
        let gateways = kinds.map(|kind| Problem::of_gateway(&gerbang::Error::new(kind, Delivery::MaybeSent, "x")));
        let own = Code::OWN.map(|code| Problem::new(code, Detail::Failed, Next::TryLater));
        let mut names = Vec::new();
        for problem in gateways.chain(own) {
            let (english, indonesian) = (problem.json(Lang::English), problem.json(Lang::Indonesian));
            for member in ["type", "code", "status", "delivery"] {
                assert_eq!(english[member], indonesian[member], "{english}");
            }
            for member in ["title", "detail", "next"] {
                let (english, indonesian) = (english[member].as_str().unwrap(), indonesian[member].as_str().unwrap());
                assert!(!english.is_empty() && !indonesian.is_empty() && english != indonesian, "{english}");
            }
            names.push(problem.code.name());
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len() + Code::OWN.len());
    }

    #[test]
    fn problem_that_was_kept_is_the_same_problem() {
        let problem = Problem::must_be("amount", Form::Rupiah(9));
        for (text, id) in
            [(problem.to_keep(), problem.json(Lang::Indonesian)), (problem.to_string(), problem.json(Lang::English))]
        {
            let reply = kept(problem.status(), &text);
            let bodies = reply.extensions().get::<Bodies>().unwrap();
            assert_eq!((&bodies.en, &bodies.id), (&problem.json(Lang::English), &id));
        }
    }
}
