//! The judgement of a reply: did the call succeed, and if not, what happened and may it have taken effect.
//!
//! The HTTP status and the provider's own flag are judged independently; either one saying "failed" is a failure. Whatever
//! cannot be understood is never a success.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use gerbang_core::operation::{Failure, Idempotency, Operation, Sign};
use gerbang_core::wire::json_text;
use gerbang_core::{Delivery, Error, Kind, Secret, refusal};
use http::{HeaderMap, StatusCode, header};
use serde_json::value::RawValue;

use crate::envelope::{Flag, Members, unquote_json};
use crate::media;
use crate::redact::{redact, redact_cut};

/// How much of a body an error keeps, in bytes.
const BODY_IN_ERROR: usize = 4096;

/// How long a message of several texts may be, in bytes.
const MESSAGE_OF_LIST: usize = 512;

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
        if let Ok(members) = Members::read(&text) {
            return self.judge(&text, &members, read);
        }
        let text = match serde_json::from_str::<&RawValue>(&text) {
            Ok(_) => text,
            Err(error) => match unquote_json(&text, self.operation) {
                Some(repaired) => Cow::Owned(repaired),
                None => return Err(self.not_json(&text, &error)),
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
        if flag == Flag::Missing && self.status.is_success() && self.is_list_of_php(members) {
            return self.decode(text, read);
        }
        if !self.status.is_success() || flag == Flag::Failure {
            return Err(self.failed(members, flag));
        }
        if flag != Flag::Success {
            let error = self.not_understood("the reply does not say whether the call succeeded");
            return Err(self.with_message(error, members));
        }
        match members.payload(text, envelope) {
            Some(payload) => self.decode(&payload, read),
            None => {
                let what = format!("the reply lacks its `{}`", envelope.data.unwrap_or_default());
                Err(self.with_message(self.not_understood(what), members))
            }
        }
    }

    /// Whether the whole payload is a list that PHP wrote as an object.
    fn is_list_of_php(&self, members: &Members<'_>) -> bool {
        self.operation.list && self.operation.envelope.data.is_none() && members.is_list()
    }

    /// The bytes of a reply of another media type.
    pub(crate) fn media(&self) -> Result<Bytes, Error> {
        self.refuse_redirect()?;
        let accept = self.operation.accept;
        let is_named = self.media_type().eq_ignore_ascii_case(accept);
        let is_plain = compression(self.headers, self.body).is_none();
        if self.status.is_success() && is_named && is_plain && media::is_of_type(self.body, accept) {
            return Ok(self.body.clone());
        }
        let text = self.text()?;
        let members = Members::read(&text).ok();
        if self.status.is_success() {
            // The provider may tell its failure whatever it names as the type.
            if let Some(members) = members.filter(|members| members.flag(&self.operation.envelope) == Flag::Failure) {
                return Err(self.failed(&members, Flag::Failure));
            }
            let (kind, what) = match (self.is_html() || media::is_web_page(self.body), is_named) {
                (is_html, false) => {
                    let kind = if is_html { Kind::Html } else { Kind::UnexpectedReply };
                    (kind, format!("the reply is not {accept}, but {}", self.described_media_type()))
                }
                (true, true) => (Kind::Html, format!("a web page came instead of {accept}")),
                (false, true) if text.trim().is_empty() => (Kind::UnexpectedReply, "the reply is empty".to_owned()),
                (false, true) => (Kind::UnexpectedReply, format!("the reply says that it is {accept}, but is not")),
            };
            return Err(self.error(kind, Delivery::MaybeSent, what));
        }
        Err(match members {
            Some(members) => self.failed(&members, Flag::Failure),
            None => self.refused_by_status(),
        })
    }

    fn decode(&self, payload: &str, read: &mut Read<'_>) -> Result<(), Error> {
        // serde would read a list into an object's members, one after the other.
        if !self.operation.list && payload.trim_start().starts_with('[') {
            return Err(self.not_understood("the payload is a list, not an object"));
        }
        // A reply that says nothing but that it is a success is no empty list.
        let is_object = self.operation.list && payload.trim_start().starts_with('{');
        let is_whole = self.operation.envelope.data.is_none();
        if is_object && is_whole && !Members::read(payload).is_ok_and(|members| members.is_list()) {
            return Err(self.not_understood("the payload is an object, not a list"));
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
        let (texts, code) = (self.texts(members), members.text(envelope.code));
        let message = (!texts.is_empty()).then(|| texts.join("; "));
        let listed = envelope.failures.iter().find(|failure| match failure.sign {
            Sign::Code(wanted) => code.as_deref() == Some(wanted),
            Sign::MessageContains(part) => {
                message.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
            }
        });
        let is_about = |failure: &Failure| match failure.sign {
            Sign::Code(_) => true,
            Sign::MessageContains(part) => message.as_deref().is_some_and(|text| refusal::is_about(text, part)),
        };
        let speaks_of_a_fault = message.as_deref().is_some_and(refusal::speaks_of_a_fault);
        let code = code.map(|code| redact(&code, self.secrets));
        let kind = match (self.kind_of_status(), listed) {
            // Where HTTP itself says it, no text says otherwise.
            (kind @ (Kind::Authentication | Kind::RateLimited | Kind::Gone), _) => kind,
            (_, Some(failure)) => failure.kind,
            (Kind::Rejected, None) if speaks_of_a_fault && self.status.is_success() => Kind::Unavailable,
            (kind, None) => kind,
        };
        let what =
            if flag == Flag::Success && listed.is_none() { "the HTTP status tells a failure" } else { described(kind) };
        let is_conclusive = match kind {
            _ if self.may_have_failed_halfway() => false,
            // A limit on requests is found before the work.
            Kind::RateLimited if self.status == StatusCode::TOO_MANY_REQUESTS => true,
            _ if listed.is_some_and(|failure| failure.conclusive && is_about(failure)) => !speaks_of_a_fault,
            _ if self.status.is_success() || message.as_deref().is_some_and(refusal::proves_nothing) => false,
            // A filter in front answers 403, in JSON too.
            _ if self.status == StatusCode::FORBIDDEN && flag != Flag::Failure => false,
            // The documented form: the flag says no, or, where there need be none, a text does.
            _ => {
                let is_told = flag == Flag::Failure || (self.needs_no_flag(members) && message.is_some());
                envelope.status_is_conclusive && is_told
            }
        };
        let delivery = match kind {
            // A provider that could not serve may have broken halfway, whatever status it says so with.
            Kind::Unavailable | Kind::Timeout => Delivery::MaybeSent,
            _ => self.delivery(is_conclusive),
        };
        let error = self.error(kind, delivery, what);
        // Whatever the reply to a failed login holds may be the token of a session that is open.
        if self.operation.secret_reply { error } else { error.with_code(code).with_provider_message(self.shown(texts)) }
    }

    /// Whether a failure of this provider has no flag, and neither has this reply.
    fn needs_no_flag(&self, members: &Members<'_>) -> bool {
        let envelope = &self.operation.envelope;
        (envelope.flag.is_empty() || envelope.flag_optional) && !members.has_any(envelope.flag)
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

    /// Adds the provider's text, but for that of a reply that may hold a token.
    fn with_message(&self, error: Error, members: &Members<'_>) -> Error {
        if self.operation.secret_reply { error } else { error.with_provider_message(self.message(members)) }
    }

    fn message(&self, members: &Members<'_>) -> Option<String> {
        self.shown(self.texts(members))
    }

    /// The provider's texts as they came.
    fn texts(&self, members: &Members<'_>) -> Vec<String> {
        let names = self.operation.envelope.message;
        let mut texts: Vec<_> = members.text(names).into_iter().collect();
        if texts.is_empty() {
            texts = members.texts(names);
        }
        for text in members.texts(&["errors"]) {
            if !texts.iter().any(|known| known.contains(&text)) {
                texts.push(text);
            }
        }
        texts
    }

    /// The provider's texts as an error shows them.
    fn shown(&self, texts: Vec<String>) -> Option<String> {
        if texts.is_empty() {
            return None;
        }
        let message = redact(&texts.join("; "), self.secrets);
        Some(if texts.len() == 1 { message } else { shorten(message, MESSAGE_OF_LIST) })
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

    fn text(&self) -> Result<Cow<'_, str>, Error> {
        // What begins as JSON is not compressed, whatever its header says; nearly every reply does.
        let compressed = match self.body.first() {
            Some(b'{' | b'[') => None,
            _ => compression(self.headers, self.body),
        };
        match compressed {
            Some(name) => {
                Err(self.not_understood(format!("the reply is compressed ({name}), which was not asked for")))
            }
            None => Ok(json_text(self.body)),
        }
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
        body.starts_with(b"<") && !self.media_type().eq_ignore_ascii_case(media::SVG)
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
    shorten(redact(&String::from_utf8_lossy(body), secrets), BODY_IN_ERROR)
}

/// As [`excerpt`], for a body of which only the start came.
pub(crate) fn excerpt_cut(start: &[u8], secrets: &[&Secret]) -> String {
    shorten(redact_cut(&String::from_utf8_lossy(start), secrets), BODY_IN_ERROR)
}

fn shorten(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// How a body is compressed: by its header, or by how it begins. Nobody asks for that, and nothing here can undo it.
fn compression<'a>(headers: &'a HeaderMap, body: &[u8]) -> Option<Cow<'a, str>> {
    let named = headers.get_all(header::CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut named = named.filter(|name| !matches!(name.trim().to_ascii_lowercase().as_str(), "" | "identity"));
    if body.is_empty() {
        return None;
    }
    named.next().map(|name| name.chars().take(20).collect::<String>().into()).or_else(|| {
        Some(Cow::Borrowed(match body {
            [0x1f, 0x8b, ..] => "gzip",
            [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
            [0x78, 0x9c | 0xda, ..] => "zlib",
            _ => return None,
        }))
    })
}

/// `Retry-After` in seconds, whole or not, or in any of the three forms of an HTTP date (RFC 9110, 5.6.7); a date that is
/// past means now.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    // RFC 9110 knows no fraction, servers do.
    if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds = value.parse::<f64>().ok()?.ceil();
        return (seconds <= u32::MAX.into()).then(|| Duration::from_secs(seconds as u64));
    }
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::operation::{Envelope, FlagValue};

    const BASE: Operation = Operation {
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
                conclusive: true,
            }],
            ..Envelope::BASE
        },
        ..Operation::BASE
    };
    static CREATE: Operation = BASE;

    /// The same as a question.
    static STATUS: Operation = Operation { id: "payment_status", idempotency: Idempotency::Safe, ..CREATE };

    fn judge_reply(operation: &'static Operation, status: u16, body: &str) -> Result<serde_json::Value, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "7".parse().unwrap());
        judged(operation, status, &headers, &Bytes::copy_from_slice(body.as_bytes()))
    }

    fn downloaded(status: u16, media: &str, headers: &HeaderMap, body: &Bytes) -> Result<Bytes, Error> {
        static PICTURE: Operation = Operation { accept: media::SVG, ..BASE };
        let mut headers = headers.clone();
        headers.insert(header::CONTENT_TYPE, media.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        Reply { operation: &PICTURE, status, headers: &headers, body, secrets: &[] }.media()
    }

    fn judged(
        operation: &'static Operation,
        status: u16,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<serde_json::Value, Error> {
        let secret = Secret::from("CANARY");
        let status = StatusCode::from_u16(status).unwrap();
        let reply = Reply { operation, status, headers, body, secrets: &[&secret] };
        let mut payload = None;
        reply.json(&mut |json| {
            payload = Some(serde_json::from_str(json)?);
            Ok(())
        })?;
        Ok(payload.unwrap())
    }

    fn judge(status: u16, body: &str) -> Result<serde_json::Value, Error> {
        judge_reply(&CREATE, status, body)
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
        fails(200, r#"{"success":false}"#, Kind::Rejected, Delivery::MaybeSent);
        fails(400, r#"{"success":true}"#, Kind::Rejected, Delivery::MaybeSent);
        fails(500, r#"{"success":true}"#, Kind::Unavailable, Delivery::MaybeSent);
        fails(200, r#"{"a":1}"#, Kind::UnexpectedReply, Delivery::MaybeSent);
        fails(200, r#"{"success":"pending"}"#, Kind::UnexpectedReply, Delivery::MaybeSent);
    }

    #[test]
    fn status_tells_the_kind_and_only_the_documented_form_is_conclusive() {
        let documented = r#"{"success":false,"message":"no"}"#;
        for (status, kind, conclusive) in [
            (400, Kind::Rejected, true),
            (401, Kind::Authentication, true),
            (403, Kind::Authentication, true),
            (404, Kind::NotFound, true),
            (408, Kind::Timeout, false),
            (410, Kind::Gone, true),
            (422, Kind::Rejected, true),
            (429, Kind::RateLimited, true),
            (500, Kind::Unavailable, false),
            (503, Kind::Unavailable, false),
            (504, Kind::Timeout, false),
        ] {
            let delivery = if conclusive { Delivery::Answered } else { Delivery::MaybeSent };
            let error = fails(status, documented, kind, delivery);
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
            // A question has no effect, so that a refusal answers it in any form.
            for body in [documented, "{}", "no", "", "[]"] {
                let delivery = judge_reply(&STATUS, status, body).unwrap_err().delivery();
                assert_eq!(delivery == Delivery::Answered, !matches!(status, 408 | 500..), "{status} {body}");
            }
        }
        for (status, body) in [
            (400, "{}"),
            (401, "{}"),
            (403, "no"),
            (404, ""),
            (422, "[]"),
            (400, r#"{"a":1}"#),
            // Not in the documented form, or a success that a filter has turned.
            (409, r#"{"message":"Conflict"}"#),
            (403, r#"{"message":"Forbidden"}"#),
            (400, r#"{"success":true,"message":"QRIS created"}"#),
        ] {
            assert_eq!(judge(status, body).unwrap_err().delivery(), Delivery::MaybeSent, "{status} {body}");
        }
        fails(307, r#"{"success":true}"#, Kind::UnexpectedReply, Delivery::MaybeSent);
    }

    #[test]
    fn where_the_flag_is_optional_a_text_is_the_documented_form() {
        static OPTIONAL: Operation = Operation { envelope: Envelope { flag_optional: true, ..BASE.envelope }, ..BASE };
        static MOVES: Operation =
            Operation { envelope: Envelope { status_is_conclusive: false, ..BASE.envelope }, ..BASE };
        let delivery = |operation, status, body: &str| judge_reply(operation, status, body).unwrap_err().delivery();
        for (status, body, wanted) in [
            (401, r#"{"message":"Unauthorized"}"#, Delivery::Answered),
            (404, r#"{"message":"Not found"}"#, Delivery::Answered),
            // What a filter writes.
            (403, r#"{"message":"Forbidden"}"#, Delivery::MaybeSent),
            (403, r#"{"success":false,"message":"Forbidden"}"#, Delivery::Answered),
            (400, r#"{"success":true,"message":"Created"}"#, Delivery::MaybeSent),
        ] {
            assert_eq!(delivery(&OPTIONAL, status, body), wanted, "{status} {body}");
        }
        // An API that moves money: only what is listed proves anything.
        assert_eq!(delivery(&MOVES, 400, r#"{"success":false,"message":"no"}"#), Delivery::MaybeSent);
        assert_eq!(delivery(&MOVES, 400, r#"{"success":false,"message":"already there"}"#), Delivery::Answered);
    }

    #[test]
    fn refusal_of_a_creation_is_conclusive_only_where_it_comes_before_the_work() {
        let says = |status, message: &str| judge(status, &format!(r#"{{"success":false,"message":"{message}"}}"#));
        for (status, message, kind, delivery) in [
            // Listed by the spec as made before the work.
            (200, "order already exists", Kind::AlreadyDone, Delivery::Answered),
            // Not listed: it may have been said after the work.
            (200, "QRIS image missing", Kind::Rejected, Delivery::MaybeSent),
            (200, "Lost connection to MySQL server during query", Kind::Unavailable, Delivery::MaybeSent),
            (200, "Too many requests, slow down", Kind::Unavailable, Delivery::MaybeSent),
            (422, "amount is required", Kind::Rejected, Delivery::Answered),
            (422, "Deadlock found", Kind::Rejected, Delivery::MaybeSent),
            (400, "deadline exceeded", Kind::Rejected, Delivery::MaybeSent),
            (400, "Terjadi kesalahan pada sistem", Kind::Rejected, Delivery::MaybeSent),
            (422, "Saldo terpotong, bukti gagal dibuat", Kind::Rejected, Delivery::MaybeSent),
            // The sign is not what the text is about.
            (200, "QRIS saved, order already exists", Kind::AlreadyDone, Delivery::MaybeSent),
            (401, "session storage: SQLSTATE 08006", Kind::Authentication, Delivery::MaybeSent),
            (429, "Too many requests", Kind::RateLimited, Delivery::Answered),
            // A database speaks, whatever the spec lists.
            (200, "SQLSTATE[23000]: order already exists", Kind::AlreadyDone, Delivery::MaybeSent),
        ] {
            let error = says(status, message).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{status} {message}: {error}");
            let body = format!(r#"{{"success":false,"message":"{message}"}}"#);
            assert_eq!(judge_reply(&STATUS, status, &body).unwrap_err().kind(), kind);
        }
    }

    #[test]
    fn pages_have_the_kind_of_their_status_where_it_tells_more_and_are_never_conclusive() {
        let page = " <!DOCTYPE html>CANARY";
        for (status, kind) in [
            (200, Kind::Html),
            (400, Kind::Html),
            (401, Kind::Authentication),
            (403, Kind::Html),
            (404, Kind::NotFound),
            (410, Kind::Gone),
            (429, Kind::RateLimited),
            (503, Kind::Html),
        ] {
            let error = fails(status, page, kind, Delivery::MaybeSent);
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)), "{status}");
            assert_eq!(judge_reply(&STATUS, status, page).unwrap_err().kind(), kind);
        }
    }

    #[test]
    fn tells_broken_json_apart() {
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
    fn error_about_a_member_quotes_no_value() {
        #[derive(Debug, serde::Deserialize)]
        struct Payload {
            #[serde(rename = "amount")]
            _amount: gerbang_core::Rupiah,
            #[serde(rename = "name")]
            _name: String,
        }
        let told = |json: &str| without_values(&serde_json::from_str::<Payload>(json).unwrap_err());
        assert_eq!(told(r#"{"amount":1}"#), "missing field `name` at line 1, column 12");
        assert_eq!(
            told(r#"{"amount":1,"name":4242}"#),
            "a member is of another type, expected a string, at line 1, column 23"
        );
        assert_eq!(
            told(r#"{"amount":7.5}"#),
            "an amount of rupiah is not whole; it is written without dots and commas, such as 10000 at line 1, column 14"
        );
        assert!(!told(r#"{"amount":["CANARY, expected CANARY"]}"#).contains("CANARY"));
        for hostile in [r#"{"amount":"CANARY"}"#, r#"{"name":{"CANARY":1}}"#, r#"{"amount":1,"amount":2}"#] {
            assert!(!told(hostile).contains("CANARY"), "{hostile}");
        }
    }

    #[test]
    fn failed_login_shows_nothing_of_the_reply() {
        static LOGIN: Operation = Operation { id: "login", secret_reply: true, ..CREATE };
        for (status, body) in [
            (200, r#"{"success":false,"message":"session exists: TOKEN","code":"TOKEN"}"#),
            (403, r#"{"success":false,"message":"session exists: TOKEN","code":"TOKEN"}"#),
            (200, r#"{"message":"TOKEN"}"#),
            (200, r#"{"success":true,"a":"TOKEN"#),
            (500, "<html>TOKEN"),
        ] {
            let error = judge_reply(&LOGIN, status, body).unwrap_err();
            assert_eq!((error.provider_message(), error.code(), error.body()), (None, None, None), "{body}");
            assert!(!format!("{error}{error:?}{error:#?}").contains("TOKEN"), "{body}");
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
    fn a_message_of_several_texts_is_shown() {
        for (body, message) in [
            (r#"{"success":false,"message":{"amount":["Jumlah minimal 1000"]}}"#, "Jumlah minimal 1000"),
            (r#"{"success":false,"message":["a",{"x":["b","CANARY"]},7,""]}"#, "a; b; [redacted]"),
            (r#"{"success":false,"errors":{"amount":["a"],"email":["b"]}}"#, "a; b"),
            (r#"{"success":false,"message":"wrong: a","errors":{"amount":["a"],"email":["b"]}}"#, "wrong: a; b"),
        ] {
            let error = fails(200, body, Kind::Rejected, Delivery::MaybeSent);
            assert_eq!(error.provider_message(), Some(message), "{body}");
        }
        let many = serde_json::json!({"success": false, "message": vec!["x".repeat(300); 100_000]});
        let error = fails(200, &many.to_string(), Kind::Rejected, Delivery::MaybeSent);
        assert_eq!(error.provider_message().unwrap().len(), MESSAGE_OF_LIST);
        for body in [r#"{"success":false,"message":{}}"#, r#"{"success":false,"errors":[]}"#] {
            assert_eq!(fails(200, body, Kind::Rejected, Delivery::MaybeSent).provider_message(), None);
        }
    }

    #[test]
    fn damaged_text_does_not_hide_a_reply() {
        assert_eq!(judge(200, r#"{"success":true,"a":"Budi \ud83d"}"#).unwrap()["a"], "Budi \u{fffd}");
        let (latin, headers) = (Bytes::from_static(b"{\"success\":true,\"a\":\"Caf\xE9\"}"), HeaderMap::new());
        assert_eq!(judged(&CREATE, 200, &headers, &latin).unwrap()["a"], "Caf\u{fffd}");
    }

    #[test]
    fn compression_is_named() {
        let headers = |name: &str| HeaderMap::from_iter([(header::CONTENT_ENCODING, name.parse().unwrap())]);
        let gzip = Bytes::from_static(b"\x1f\x8b\x08\x00");
        for (headers, body, name) in [
            (headers("br"), &Bytes::from_static(b"x"), "(br)"),
            (headers("GZIP"), &gzip, "(GZIP)"),
            (HeaderMap::new(), &gzip, "(gzip)"),
            (HeaderMap::new(), &Bytes::from_static(b"\x28\xb5\x2f\xfd"), "(zstd)"),
            (headers("identity"), &Bytes::from_static(b"\x78\x9c"), "(zlib)"),
        ] {
            let error = judged(&CREATE, 200, &headers, body).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            assert_eq!((error.kind(), error.delivery()), (Kind::UnexpectedReply, Delivery::MaybeSent));
            assert_eq!(judged(&CREATE, 503, &headers, body).unwrap_err().kind(), Kind::Unavailable);
            let error = downloaded(200, "image/svg+xml", &headers, body).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
        let plain = Bytes::from_static(b"{\"success\":true}");
        assert!(judged(&CREATE, 200, &headers("identity"), &plain).is_ok());
    }

    #[test]
    fn a_picture_must_be_one() {
        let none = HeaderMap::new();
        for media in ["image/svg+xml", "image/SVG+XML; charset=utf-8"] {
            assert!(downloaded(200, media, &none, &Bytes::from_static(b"<?xml version=\"1.0\"?><svg/>")).is_ok());
        }
        for (media, body, kind, what) in [
            ("image/svg+xml", "", Kind::UnexpectedReply, "is empty"),
            ("image/svg+xml", "<br />Notice<svg/>", Kind::Html, "a web page"),
            ("image/svg+xml", "<!DOCTYPE html>", Kind::Html, "a web page"),
            ("image/svg+xml", "Notice: <svg/>", Kind::UnexpectedReply, "but is not"),
            ("image/svg+xml", r#"{"success":true}"#, Kind::UnexpectedReply, "but is not"),
            ("image/svg+xml", r#"{"success":false}"#, Kind::Rejected, "refused"),
            ("application/json", r#"{"success":false}"#, Kind::Rejected, "refused"),
            ("text/html", "<html>", Kind::Html, "but text/html"),
            ("image/png", "x", Kind::UnexpectedReply, "but image/png"),
        ] {
            let error = downloaded(200, media, &none, &Bytes::from_static(body.as_bytes())).expect_err(body);
            assert_eq!(error.kind(), kind, "{body}: {error}");
            assert!(error.to_string().contains(what), "{body}: {error}");
        }
    }

    #[test]
    fn a_list_is_read_as_php_writes_it() {
        static LIST: Operation = Operation { list: true, ..BASE };
        static INSIDE: Operation =
            Operation { list: true, envelope: Envelope { data: Some("data"), ..BASE.envelope }, ..BASE };
        let none = HeaderMap::new();
        let read = |operation, body: &'static str| judged(operation, 200, &none, &Bytes::from_static(body.as_bytes()));
        for body in ["[1]", "[]", r#"{"1":2,"10":3}"#] {
            assert_eq!(read(&LIST, body).unwrap(), serde_json::from_str::<serde_json::Value>(body).unwrap());
        }
        for body in ["{}", "null", r#"{"a":1}"#, r#"{"1":1,"":1}"#, "7", r#""[]""#] {
            assert_eq!(read(&LIST, body).unwrap_err().kind(), Kind::UnexpectedReply, "{body}");
        }
        assert!(read(&LIST, r#"{"success":true}"#).is_err());
        assert_eq!(read(&LIST, r#"{"success":true,"5":6}"#).unwrap()["5"], 6);
        assert_eq!(read(&LIST, r#"{"success":false}"#).unwrap_err().kind(), Kind::Rejected);
        assert!(read(&INSIDE, r#"{"success":true,"data":null}"#).is_err());
        assert_eq!(read(&INSIDE, r#"{"success":true,"data":{"1":2}}"#).unwrap()["1"], 2);
        assert!(read(&INSIDE, r#"{"success":true}"#).is_err() && read(&INSIDE, "{}").is_err());
        assert!(read(&CREATE, "{}").is_err() && read(&CREATE, "null").is_err());
    }

    #[test]
    fn the_excerpt_is_cut_after_the_credentials_are_removed() {
        let body = format!("{}CANARY{}", "ä".repeat(2047), "x".repeat(9999));
        let text = excerpt(body.as_bytes(), &[&Secret::from("CANARY")]);
        assert!(text.len() <= BODY_IN_ERROR && !text.contains("CAN"), "{}", text.len());
    }

    #[test]
    fn reads_retry_after_in_every_form() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
        };
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("Sunday, 06-Nov-94 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun Nov  6 08:49:37 1994"), Some(Duration::from_secs(10)));
        // Two digits of a year are of the century that is near.
        assert_eq!(read("Saturday, 06-Nov-99 08:49:37 GMT").map(|wait| wait.as_secs() / 86_400 / 365), Some(5));
        assert_eq!(read("1.5"), Some(Duration::from_secs(2)));
        assert_eq!(read("0.0"), Some(Duration::ZERO));
        assert_eq!(read("99999999999"), None);
        for odd in ["1.2.3", ".", "1,5", "NaN", "inf", "1e3", ""] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(read("-1"), None);
        assert_eq!(read("soon"), None);
    }
}
