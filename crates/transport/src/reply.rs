//! The judgement of a reply: did the call succeed, and if not, what happened and may it have taken effect.
//!
//! The HTTP status and the provider's own flag are judged independently; either one saying "failed" is a failure. Whatever
//! cannot be understood is never a success.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use gerbang_core::operation::{Idempotency, Operation, Sign};
use gerbang_core::{Delivery, Error, Kind, Secret, refusal};
use http::{HeaderMap, StatusCode, header};
use serde_json::value::RawValue;

use crate::envelope::{Flag, Members, unquote_json};
use crate::redact::{redact, redact_cut};

/// How much of a body an error keeps, in bytes.
const BODY_IN_ERROR: usize = 4096;

/// A complete reply.
pub(crate) struct Reply<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) secrets: &'a [&'a Secret],
}

/// Reads the JSON of a payload. What became of it is the caller's, so that the judgement is compiled once and not for each type
/// of payload.
pub(crate) type Read<'a> = dyn FnMut(&str) -> serde_json::Result<()> + Send + 'a;

impl Reply<'_> {
    /// Reads the payload of a JSON reply, which is done for each reply that tells success, and for no other.
    pub(crate) fn json(&self, read: &mut Read<'_>) -> Result<(), Error> {
        self.refuse_redirect()?;
        let envelope = &self.operation.envelope;
        let text = self.text()?;
        if text.trim().is_empty() {
            if self.status.is_success() && envelope.empty {
                return self.decode("{}", read);
            }
            return Err(self.not_understood("the reply is empty"));
        }
        // An object, as nearly every reply is, is checked and taken apart in one pass.
        if let Ok(members) = Members::read(text) {
            return self.judge(text, &members, read);
        }
        let text = match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Cow::Borrowed(text),
            Err(error) => match unquote_json(text, self.operation) {
                Some(repaired) => Cow::Owned(repaired),
                None => return Err(self.not_json(text, &error)),
            },
        };
        let is_list = text.trim_start().starts_with('[');
        if is_list && self.status.is_success() && self.operation.list && envelope.data.is_none() {
            return self.decode(&text, read);
        }
        if !text.trim_start().starts_with('{') {
            return Err(self.not_understood("the reply is not a JSON object"));
        }
        let members = Members::read(&text)
            .map_err(|_| self.not_understood("the reply has a member that stands twice, so it cannot be trusted"))?;
        self.judge(&text, &members, read)
    }

    /// Reads the payload of an object, where status and flag say that the call succeeded.
    fn judge(&self, text: &str, members: &Members<'_>, read: &mut Read<'_>) -> Result<(), Error> {
        let envelope = &self.operation.envelope;
        let flag = members.flag(envelope);
        if !self.status.is_success() || flag == Flag::Failure {
            return Err(self.failed(members, flag));
        }
        if flag != Flag::Success {
            let error = self.not_understood("the reply does not say whether the call succeeded");
            return Err(error.with_provider_message(self.message(members)));
        }
        match members.payload(text, envelope) {
            Some(payload) => self.decode(&payload, read),
            None => {
                let what = format!("the reply lacks its `{}`", envelope.data.unwrap_or_default());
                Err(self.not_understood(what).with_provider_message(self.message(members)))
            }
        }
    }

    /// The bytes of a reply of another media type.
    pub(crate) fn media(&self) -> Result<Bytes, Error> {
        self.refuse_redirect()?;
        if self.status.is_success() && self.media_type() == self.operation.accept {
            return Ok(self.body.clone());
        }
        if self.status.is_success() {
            let what = format!("the reply is not {}, but {}", self.operation.accept, self.described_media_type());
            let kind = if self.is_html() { Kind::Html } else { Kind::UnexpectedReply };
            return Err(self.error(kind, Delivery::MaybeSent, what));
        }
        Err(match self.text().ok().and_then(|text| Members::read(text).ok()) {
            Some(members) => self.failed(&members, Flag::Failure),
            None => self.refused_by_status(),
        })
    }

    fn decode(&self, payload: &str, read: &mut Read<'_>) -> Result<(), Error> {
        // serde would read a list into an object's members, one after the other.
        if payload.trim_start().starts_with(if self.operation.list { '{' } else { '[' }) {
            let what = if self.operation.list { "an object, not a list" } else { "a list, not an object" };
            return Err(self.not_understood(format!("the payload is {what}")));
        }
        read(payload).map_err(|error| {
            let cause = if self.operation.secret_reply { A_MEMBER } else { &without_values(&error) };
            self.not_understood(format!("the reply differs from the document: {cause}"))
        })
    }

    /// A failure that the provider tells in JSON.
    fn failed(&self, members: &Members<'_>, flag: Flag) -> Error {
        let envelope = &self.operation.envelope;
        // What it means is told by the texts as they came: a credential may be a word of them.
        let (message, code) = (members.text(envelope.message), members.text(envelope.code));
        let listed = envelope.failures.iter().find(|failure| match failure.sign {
            Sign::Code(wanted) => code.as_deref() == Some(wanted),
            Sign::MessageContains(part) => {
                message.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
            }
        });
        let speaks_of_a_fault = message.as_deref().is_some_and(refusal::speaks_of_a_fault);
        let message = message.map(|message| redact(&message, self.secrets));
        let code = code.map(|code| redact(&code, self.secrets));
        let kind = match (self.kind_of_status(), listed) {
            // Where HTTP itself says it, no text says otherwise.
            (kind @ (Kind::Authentication | Kind::RateLimited | Kind::Gone), _) => kind,
            (_, Some(failure)) => failure.kind,
            (Kind::Rejected, None) if speaks_of_a_fault => Kind::Unavailable,
            (kind, None) => kind,
        };
        let what = if flag == Flag::Success { "the HTTP status tells a failure" } else { described(kind) };
        let is_conclusive = match kind {
            // A provider that could not serve may have broken halfway, whatever status it says so with.
            Kind::Unavailable | Kind::Timeout => false,
            _ if self.may_have_failed_halfway() => false,
            // A limit on requests is found before the work.
            Kind::RateLimited if self.status == StatusCode::TOO_MANY_REQUESTS => true,
            _ if speaks_of_a_fault => false,
            _ if listed.is_some_and(|failure| failure.conclusive) => true,
            // A status of its own in the documented form: 4xx.
            _ => !self.status.is_success() && (flag == Flag::Failure || message.is_some()),
        };
        let error = self.error(kind, self.delivery(is_conclusive), what);
        // Whatever the reply to a failed login holds may be the token of a session that is open.
        if self.operation.secret_reply { error } else { error.with_code(code).with_provider_message(message) }
    }

    fn refused_by_status(&self) -> Error {
        let kind = self.kind_of_status();
        let (kind, what) = match kind {
            Kind::NotFound | Kind::Gone | Kind::RateLimited => (kind, described(kind)),
            Kind::Authentication if self.status == StatusCode::UNAUTHORIZED => (kind, described(kind)),
            _ if self.is_html() => (Kind::Html, "a web page came instead of an answer"),
            kind => (kind, described(kind)),
        };
        // Not in the documented form: a filter in front may have made it of a reply to work that was done.
        self.error(kind, self.delivery(false), what)
    }

    fn not_json(&self, text: &str, error: &serde_json::Error) -> Error {
        if !self.status.is_success() {
            return self.refused_by_status();
        }
        if self.is_html() {
            let what = "a web page came instead of an answer (a challenge, a maintenance or an error page)";
            return self.error(Kind::Html, Delivery::MaybeSent, what);
        }
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the reply is cut short".to_owned(),
            _ if text.trim_start().starts_with(['{', '[']) => {
                format!("the reply is broken JSON at line {}, column {}", error.line(), error.column())
            }
            _ => "the reply is text, not JSON".to_owned(),
        };
        self.not_understood(what)
    }

    /// A redirect is never followed: it could carry the key to another host or send the request twice.
    fn refuse_redirect(&self) -> Result<(), Error> {
        if self.status.is_redirection() || self.status.is_informational() {
            let what = "the provider redirects to another address, which is not followed; check the base URL";
            return Err(self.error(Kind::UnexpectedReply, Delivery::MaybeSent, what));
        }
        Ok(())
    }

    fn not_understood(&self, what: impl Into<String>) -> Error {
        if self.status.is_success() {
            self.error(Kind::UnexpectedReply, Delivery::MaybeSent, what)
        } else {
            self.refused_by_status()
        }
    }

    fn error(&self, kind: Kind, delivery: Delivery, what: impl Into<String>) -> Error {
        let error = Error::new(kind, delivery, what)
            .with_operation(self.operation)
            .with_status(self.status.as_u16())
            .with_retry_after(retry_after(self.headers, SystemTime::now()));
        match self.operation.secret_reply {
            true => error,
            false => error.with_body(excerpt(self.body, self.secrets)),
        }
    }

    fn message(&self, members: &Members<'_>) -> Option<String> {
        members.text(self.operation.envelope.message).map(|message| redact(&message, self.secrets))
    }

    fn kind_of_status(&self) -> Kind {
        match self.status.as_u16() {
            401 | 403 => Kind::Authentication,
            404 => Kind::NotFound,
            408 | 504 => Kind::Timeout,
            410 => Kind::Gone,
            429 => Kind::RateLimited,
            500.. => Kind::Unavailable,
            _ => Kind::Rejected,
        }
    }

    /// From 500 on the provider may have broken halfway, and a time that ran out tells nothing.
    fn may_have_failed_halfway(&self) -> bool {
        matches!(self.status.as_u16(), 408 | 500..)
    }

    /// Whether the call may have taken effect, after a refusal that proves that nothing was done or does not. A question has
    /// no effect: what was refused was answered.
    fn delivery(&self, is_conclusive: bool) -> Delivery {
        let is_question = self.operation.idempotency == Idempotency::Safe;
        match is_conclusive || is_question && !self.may_have_failed_halfway() {
            true => Delivery::Answered,
            false => Delivery::MaybeSent,
        }
    }

    fn text(&self) -> Result<&str, Error> {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(self.body);
        std::str::from_utf8(body).map_err(|_| self.not_understood("the reply is not UTF-8"))
    }

    fn media_type(&self) -> &str {
        let value = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    fn described_media_type(&self) -> String {
        match self.media_type() {
            "" => "of an unnamed type".to_owned(),
            other => other.chars().take(60).collect(),
        }
    }

    fn is_html(&self) -> bool {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(self.body).trim_ascii_start();
        body.starts_with(b"<") && self.media_type() != "image/svg+xml"
    }
}

/// What is said of a member that cannot be read where nothing more may be said.
const A_MEMBER: &str = "a member is missing or of another type";

/// Why JSON could not be read, without the provider's own texts and numbers, which `serde_json` quotes.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!("line {}, column {}", error.line(), error.column());
    // Names of members are the document's. So is what was expected, which ends the sentence.
    let told = text.strip_suffix(&format!(" at {}", place.replace(", column", " column"))).unwrap_or(&text);
    if told.starts_with("missing field") || told.starts_with("an amount of rupiah") {
        format!("{told} at {place}")
    } else if let Some((_, expected)) = told.rsplit_once(", expected ") {
        format!("a member is of another type, expected {expected}, at {place}")
    } else {
        format!("{A_MEMBER} at {place}")
    }
}

fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Authentication => "the provider does not accept the credentials",
        Kind::NotFound => "the provider does not know it",
        Kind::Gone => "the provider says that it does not exist any more, such as an API that has ended",
        Kind::AlreadyDone => "this was done before",
        Kind::RateLimited => "too many requests",
        Kind::Unavailable => "the provider cannot serve now",
        Kind::Timeout => "the provider says that time ran out",
        _ => "the provider refused it",
    }
}

/// The beginning of a body, credentials removed.
pub(crate) fn excerpt(body: &[u8], secrets: &[&Secret]) -> String {
    shorten(redact(&String::from_utf8_lossy(body), secrets))
}

/// As [`excerpt`], for a body of which only the start came.
pub(crate) fn excerpt_cut(start: &[u8], secrets: &[&Secret]) -> String {
    shorten(redact_cut(&String::from_utf8_lossy(start), secrets))
}

fn shorten(mut text: String) -> String {
    if text.len() > BODY_IN_ERROR {
        let end = (0..=BODY_IN_ERROR).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// `Retry-After` in seconds or as an HTTP date; a date that is past means now.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let then = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(SystemTime::from(then).duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::operation::{Envelope, FlagValue};

    static CREATE: Operation = Operation {
        provider: "kropay",
        id: "create_payment",
        method: "POST",
        envelope: Envelope {
            flag: &["success"],
            success: &[FlagValue::Bool(true)],
            failure: &[FlagValue::Bool(false)],
            message: &["message"],
            code: &["code"],
            failures: &[gerbang_core::operation::Failure {
                sign: Sign::MessageContains("Already"),
                kind: Kind::AlreadyDone,
            }],
            ..Envelope::BASE
        },
        ..Operation::BASE
    };

    fn judge(status: u16, body: &str) -> Result<serde_json::Value, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "7".parse().unwrap());
        let secret = Secret::from("CANARY");
        let reply = Reply {
            operation: &CREATE,
            status: StatusCode::from_u16(status).unwrap(),
            headers: &headers,
            body: &Bytes::copy_from_slice(body.as_bytes()),
            secrets: &[&secret],
        };
        let mut payload = None;
        reply.json(&mut |json| {
            payload = Some(serde_json::from_str(json)?);
            Ok(())
        })?;
        Ok(payload.unwrap())
    }

    #[track_caller]
    fn fails(status: u16, body: &str, kind: Kind, delivery: Delivery) -> Error {
        let error = judge(status, body).expect_err(body);
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, delivery, Some(status)), "{error}");
        assert!(!format!("{error}{error:?}{}", error.body().unwrap()).contains("CANARY"));
        error
    }

    #[test]
    fn succeeds_only_when_status_and_flag_agree() {
        assert_eq!(judge(201, r#"{"success":true,"a":1}"#).unwrap()["a"], 1);
        assert_eq!(judge(200, "\u{feff}{\"success\":true,\"a\":1}").unwrap()["a"], 1);
        fails(200, r#"{"success":false}"#, Kind::Rejected, Delivery::Answered);
        fails(400, r#"{"success":true}"#, Kind::Rejected, Delivery::Answered);
        fails(500, r#"{"success":true}"#, Kind::Unavailable, Delivery::MaybeSent);
        fails(200, r#"{"a":1}"#, Kind::UnexpectedReply, Delivery::MaybeSent);
        fails(200, r#"{"success":"pending"}"#, Kind::UnexpectedReply, Delivery::MaybeSent);
    }

    #[test]
    fn tells_what_the_status_means() {
        fails(401, "{}", Kind::Authentication, Delivery::Answered);
        fails(403, "no", Kind::Authentication, Delivery::Answered);
        fails(404, "", Kind::NotFound, Delivery::Answered);
        fails(408, "", Kind::Timeout, Delivery::MaybeSent);
        fails(422, "[]", Kind::Rejected, Delivery::Answered);
        let error = fails(429, "{}", Kind::RateLimited, Delivery::Answered);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        fails(503, "{", Kind::Unavailable, Delivery::MaybeSent);
        fails(307, r#"{"success":true}"#, Kind::UnexpectedReply, Delivery::MaybeSent);
    }

    #[test]
    fn tells_web_pages_and_broken_json_apart() {
        fails(200, " <!DOCTYPE html>CANARY", Kind::Html, Delivery::MaybeSent);
        fails(403, "<html>", Kind::Html, Delivery::Answered);
        fails(503, "<html>", Kind::Html, Delivery::MaybeSent);
        for (body, what) in [
            ("", "is empty"),
            (r#"{"success":true,"a""#, "cut short"),
            (r#"{"success":true} x"#, "broken JSON"),
            ("Notice: Undefined {\"success\":true}", "text, not JSON"),
            ("[1]", "not a JSON object"),
            ("null", "not a JSON object"),
            (r#"{"success":false,"success":true}"#, "stands twice"),
        ] {
            let error = fails(200, body, Kind::UnexpectedReply, Delivery::MaybeSent);
            assert!(error.to_string().contains(what), "{body}: {error}");
        }
    }

    #[test]
    fn keeps_what_the_provider_says_without_credentials() {
        let error = fails(
            200,
            r#"{"success":false,"message":"already used: CANARY","code":5}"#,
            Kind::AlreadyDone,
            Delivery::Answered,
        );
        assert_eq!(error.provider_message(), Some("already used: [redacted]"));
        assert_eq!(error.code(), Some("5"));
    }

    #[test]
    fn the_excerpt_is_cut_after_the_credentials_are_removed() {
        let body = format!("{}CANARY{}", "ä".repeat(2047), "x".repeat(9999));
        let text = excerpt(body.as_bytes(), &[&Secret::from("CANARY")]);
        assert!(text.len() <= BODY_IN_ERROR && !text.contains("CAN"), "{}", text.len());
    }

    #[test]
    fn reads_retry_after_in_both_forms() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
        };
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("-1"), None);
        assert_eq!(read("soon"), None);
    }
}
