//! The judgement of a reply: did the call succeed, and if not, what happened and may it have taken effect.
//!
//! The HTTP status and the provider's own flag are judged independently; either one saying "failed" is a failure. Whatever
//! cannot be understood is never a success.

use std::borrow::Cow;
use std::time::SystemTime;

use bytes::Bytes;
use gerbang_core::operation::Operation;
use gerbang_core::wire::json_text;
use gerbang_core::{Delivery, Error, Kind};
use http::{HeaderMap, StatusCode, header};
use serde_json::value::RawValue;

use crate::envelope::{Flag, Members, unquote_json};
use crate::excerpt::excerpt;
use crate::media::{self, compression};
use crate::payload::Payload;
use crate::redact::Sent;
use crate::retry_after::retry_after;

mod refusal;

/// A complete reply.
pub(crate) struct Reply<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) sent: &'a Sent<'a>,
}

impl Reply<'_> {
    /// Reads the payload of a JSON reply, which is done for each successful reply, and for no other.
    pub(crate) fn json(&self, place: &mut dyn Payload) -> Result<(), Error> {
        self.refuse_redirect()?;
        let envelope = &self.operation.envelope;
        let text = self.text()?;
        if text.trim().is_empty() {
            if self.status.is_success() && envelope.empty {
                return self.decode("{}", place);
            }
            return Err(self.not_understood("the reply is empty"));
        }
        if self.succeeds_in_one_pass(&text, place) {
            return Ok(());
        }
        if let Ok(members) = Members::read(&text) {
            return self.judge(&text, &members, place);
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
            return self.decode(&text, place);
        }
        if !text.trim_start().starts_with('{') {
            return Err(self.not_understood("the reply is not a JSON object"));
        }
        let members = Members::read(&text)
            .map_err(|_| self.not_understood("the reply has a member twice, so it cannot be trusted"))?;
        self.judge(&text, &members, place)
    }

    /// Whether the reply is what nearly every one is: a success, with the payload as one of its members. It is then read already.
    fn succeeds_in_one_pass(&self, text: &str, place: &mut dyn Payload) -> bool {
        let envelope = &self.operation.envelope;
        let Some(data) = envelope.data.filter(|_| self.status.is_success() && !self.operation.list) else {
            return false;
        };
        // A payload that is a flag too must be judged as one.
        if envelope.flag.contains(&data) || envelope.error.contains(&data) {
            return false;
        }
        place.read_in(text, data).is_some_and(|members| members.flag(envelope) == Flag::Success)
    }

    /// Reads the payload of an object, where status and flag say that the call succeeded.
    fn judge(&self, text: &str, members: &Members<'_>, place: &mut dyn Payload) -> Result<(), Error> {
        let envelope = &self.operation.envelope;
        let flag = members.flag(envelope);
        if flag == Flag::Missing && self.status.is_success() && self.is_list_of_php(members) {
            return self.decode(text, place);
        }
        if !self.status.is_success() || flag == Flag::Failure {
            return Err(self.failed(members, flag));
        }
        if flag != Flag::Success {
            let error = self.not_understood("the reply does not say whether the call succeeded");
            return Err(self.with_message(error, members));
        }
        match members.payload(text, envelope) {
            Some(payload) => self.decode(&payload, place),
            None => {
                let what = format!("the reply does not have its `{}`", envelope.data.unwrap_or_default());
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
            // The provider may report its failure whatever it names as the type.
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

    fn decode(&self, payload: &str, place: &mut dyn Payload) -> Result<(), Error> {
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
        place.read(payload).map_err(|error| {
            let cause = if self.operation.secret_reply { A_MEMBER } else { &without_values(&error) };
            self.not_understood(format!("the reply differs from the document: {cause}"))
        })
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
            false => error.with_body(excerpt(self.body, &self.sent.secrets())),
        }
    }

    /// Adds the provider's text, but for that of a reply that may hold a token.
    fn with_message(&self, error: Error, members: &Members<'_>) -> Error {
        if self.operation.secret_reply { error } else { error.with_provider_message(self.message(members)) }
    }

    fn message(&self, members: &Members<'_>) -> Option<String> {
        self.shown(self.texts(members))
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
    let said = text.strip_suffix(&format!(" at {}", place.replace(", column", " column"))).unwrap_or(&text);
    if said.starts_with("missing field") || said.starts_with("an amount of rupiah") {
        format!("{said} at {place}")
    } else if let Some((_, expected)) = said.rsplit_once(", expected ") {
        format!("a member is of another type, expected {expected}, at {place}")
    } else {
        format!("{A_MEMBER} at {place}")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use gerbang_core::operation::{Envelope, FlagValue, Idempotency, Sign};
    use gerbang_core::{Credential, Credentials, Secret};

    pub(crate) const BASE: Operation = Operation {
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
    pub(crate) static CREATE: Operation = BASE;

    /// The same as a question.
    pub(crate) static STATUS: Operation = Operation { id: "payment_status", idempotency: Idempotency::Safe, ..CREATE };

    pub(crate) fn judge_reply(
        operation: &'static Operation,
        status: u16,
        body: &str,
    ) -> Result<serde_json::Value, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "7".parse().unwrap());
        judged(operation, status, &headers, &Bytes::copy_from_slice(body.as_bytes()))
    }

    struct NoCredentials;

    impl Credentials for NoCredentials {
        fn get(&self, _: &str) -> Option<Credential<'_>> {
            None
        }

        fn secrets(&self) -> Vec<&Secret> {
            Vec::new()
        }
    }

    fn sent(session: Option<&Secret>) -> Sent<'_> {
        Sent { credentials: &NoCredentials, session, basic: None }
    }

    fn downloaded(status: u16, media: &str, headers: &HeaderMap, body: &Bytes) -> Result<Bytes, Error> {
        static PICTURE: Operation = Operation { accept: media::SVG, ..BASE };
        let mut headers = headers.clone();
        headers.insert(header::CONTENT_TYPE, media.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        Reply { operation: &PICTURE, status, headers: &headers, body, sent: &sent(None) }.media()
    }

    fn judged(
        operation: &'static Operation,
        status: u16,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<serde_json::Value, Error> {
        let secret = Secret::from("CANARY");
        let status = StatusCode::from_u16(status).unwrap();
        let reply = Reply { operation, status, headers, body, sent: &sent(Some(&secret)) };
        let mut payload = None::<serde_json::Value>;
        reply.json(&mut payload)?;
        Ok(payload.unwrap())
    }

    pub(crate) fn judge(status: u16, body: &str) -> Result<serde_json::Value, Error> {
        judge_reply(&CREATE, status, body)
    }

    #[track_caller]
    pub(crate) fn fails(status: u16, body: &str, kind: Kind, delivery: Delivery) -> Error {
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
    fn each_kind_of_broken_json_is_named() {
        for (body, what) in [
            ("", "is empty"),
            (r#"{"success":true,"a""#, "cut short"),
            (r#"{"success":true} x"#, "broken JSON"),
            ("Notice: Undefined {\"success\":true}", "text, not JSON"),
            ("[1]", "not a JSON object"),
            ("null", "not a JSON object"),
            (r#"{"success":false,"success":true}"#, "has a member twice"),
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
        let cause = |json: &str| without_values(&serde_json::from_str::<Payload>(json).unwrap_err());
        assert_eq!(cause(r#"{"amount":1}"#), "missing field `name` at line 1, column 12");
        assert_eq!(
            cause(r#"{"amount":1,"name":4242}"#),
            "a member is of another type, expected a string, at line 1, column 23"
        );
        assert_eq!(
            cause(r#"{"amount":7.5}"#),
            "an amount of rupiah is not whole; it is written without dots and commas, such as 10000 at line 1, column 14"
        );
        assert!(!cause(r#"{"amount":["CANARY, expected CANARY"]}"#).contains("CANARY"));
        for hostile in [r#"{"amount":"CANARY"}"#, r#"{"name":{"CANARY":1}}"#, r#"{"amount":1,"amount":2}"#] {
            assert!(!cause(hostile).contains("CANARY"), "{hostile}");
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
}
