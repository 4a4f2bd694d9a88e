//! A reply that reports a failure: its kind, its texts, and whether it proves that nothing was done.

use gerbang_core::operation::{Failure, Idempotency, Sign};
use gerbang_core::{Delivery, Error, Kind, refusal};

use http::StatusCode;

use super::Reply;
use crate::envelope::{Flag, Members};
use crate::excerpt::shorten;
use crate::redact::redact;

/// How long a message of several texts may be, in bytes.
const MESSAGE_OF_LIST: usize = 512;

impl Reply<'_> {
    /// A failure that the provider reports in JSON.
    pub(super) fn failed(&self, members: &Members<'_>, flag: Flag) -> Error {
        let envelope = &self.operation.envelope;
        // Its meaning is in the texts as they came: a credential may be a word of them.
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
        let code = code.map(|code| redact(&code, &self.sent.secrets()));
        let kind = match (self.kind_of_status(), listed) {
            // Where HTTP itself says it, no text says otherwise.
            (kind @ (Kind::Authentication | Kind::RateLimited | Kind::Gone), _) => kind,
            (_, Some(failure)) => failure.kind,
            (Kind::Rejected, None) if speaks_of_a_fault && self.status.is_success() => Kind::Unavailable,
            (kind, None) => kind,
        };
        let what = if flag == Flag::Success && listed.is_none() {
            "the HTTP status reports a failure"
        } else {
            described(kind)
        };
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
                let is_documented = flag == Flag::Failure || (self.needs_no_flag(members) && message.is_some());
                envelope.status_is_conclusive && is_documented
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

    pub(super) fn refused_by_status(&self) -> Error {
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

    /// The provider's texts as they came.
    pub(super) fn texts(&self, members: &Members<'_>) -> Vec<String> {
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
    pub(super) fn shown(&self, texts: Vec<String>) -> Option<String> {
        if texts.is_empty() {
            return None;
        }
        let message = redact(&texts.join("; "), &self.sent.secrets());
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

    /// From 500 on the provider may have broken halfway, and a time that ran out proves nothing.
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gerbang_core::operation::{Envelope, Operation};

    use super::*;
    use crate::reply::tests::{BASE, CREATE, STATUS, fails, judge, judge_reply};

    #[test]
    fn kind_is_by_status_and_only_documented_form_is_conclusive() {
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
    fn creation_refusal_is_conclusive_only_before_the_work() {
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
    fn web_page_has_the_kind_of_its_status_and_is_not_conclusive() {
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
}
