//! The problems in English.

use gerbang::Kind;

use super::code::Code;
use super::said::{Detail, Form, Next, Thing};

pub fn title(code: Code) -> &'static str {
    match code {
        Code::InvalidRequest => "A value cannot be",
        Code::NotFound => "There is no such thing",
        Code::MethodNotAllowed => "The method is not allowed",
        Code::Unauthorized => "No valid token",
        Code::WrongScope => "The token's scope is too narrow",
        Code::UnsupportedMediaType => "The body is of another type",
        Code::TooLarge => "The body is too large",
        Code::SlowBody => "The body came too slowly",
        Code::UnknownHost => "The daemon is not known by this name",
        Code::CrossSite => "Another site makes the call",
        Code::TooManyCalls => "Too many calls",
        Code::Timeout => "The call took too long",
        Code::Busy => "The daemon is busy",
        Code::DatabaseAway => "The database is away",
        Code::Internal => "The daemon failed",
        Code::IdempotencyKeyReused => "The Idempotency-Key was used before",
        Code::OrderConflict => "The order has another content",
        Code::OpenAtAnotherPrice => "Open at another price",
        Code::AwaitsPerson => "A person must look first",
        Code::UnknownAccount => "The account is not known",
        Code::Unanswered => "The gateway's answer is not known yet",
        Code::Paid => "The order is paid",
        Code::Open => "A payment is open",
        Code::CaseSettled => "The case is settled",
        Code::SurplusRefunded => "The money was given back",
        Code::NoWebhook => "There is no webhook",
        Code::NotificationDeleted => "The notification's body is deleted",
        Code::NotificationRefused => "The notification proves nothing",
        Code::Gateway(Kind::Rejected) => "The gateway refused it",
        Code::Gateway(_) => "It was not done at the gateway",
    }
}

pub fn detail(detail: &Detail) -> String {
    let fixed = match detail {
        Detail::MustBe(name, form) => return format!("{name} must be {}", self::form(*form)),
        Detail::Missing(name) => return format!("{name} is missing"),
        Detail::UnknownMember(name, known) => return format!("{name} is not known; there are {known}"),
        Detail::UnknownParameter(known) => return format!("a parameter is not known; there are {known}"),
        Detail::Twice(name) => return format!("the parameter {name} comes twice"),
        Detail::NotJson(line, column) => return format!("the body is no JSON (line {line}, column {column})"),
        Detail::Refused(what) | Detail::ProvesNothing(what) | Detail::Gateway(_, what) => return what.clone(),
        Detail::NoSuch(thing) => return format!("there is no such {}", self::thing(*thing)),
        Detail::WrongScope(scope) => return format!("the token is not of scope {scope}"),
        Detail::TooLarge(bytes) => return format!("the body has more than {bytes} bytes"),
        Detail::SlowBody(seconds) => return format!("the body took more than {seconds} seconds to arrive"),
        Detail::NoDefaultAccount => "account is missing: the daemon has several, and none is the default",
        Detail::NotAnObject => "the body must be a JSON object",
        Detail::MemberTwice => "the body has a member twice in one object",
        Detail::OnlyNoted => "the case decides about no payment: it can only be noted",
        Detail::NoSuchMethod => "the path does not have this method",
        Detail::NoToken => "a token is missing",
        Detail::UnknownToken => "the token is not known",
        Detail::NotJsonType => "the body must be application/json",
        Detail::TooLong => "the call took too long",
        Detail::TooManyCalls => "too many calls at a time",
        Detail::TooManySoon => "too many calls in a short time",
        Detail::NoHost => "the header Host must be there once, and name a host",
        Detail::UnknownHost => "the daemon is not known by the name in the header Host",
        Detail::CrossSite => "a page of another site makes the call",
        Detail::TooManyStreams => "too many streams at a time",
        Detail::TooManyNotifications => "too many notifications of the payment wait for a question",
        Detail::DatabaseAway => "the database is away",
        Detail::DatabaseAwayBefore => "the database is away; nothing was sent",
        Detail::DatabaseSilent => "the database does not answer",
        Detail::Failed => "the daemon failed",
        Detail::KeyReused => "the Idempotency-Key came with another request before",
        Detail::OtherContent => "the order was placed with another content",
        Detail::OpenAtAnotherPrice => "a payment of the order is open at another price",
        Detail::AwaitsPerson => "too little came in, or what came in is doubtful: a person must look first",
        Detail::UnknownAccount => "the account is not among the daemon's",
        Detail::Unanswered => "whether the gateway has made the payment is not known yet",
        Detail::Paid => "the order is paid",
        Detail::Open => "a payment of the order is open, or may be",
        Detail::Settled => "the case is settled",
        Detail::Refunded => "it is written down already that the money was given back",
        Detail::NoWebhook => "the daemon delivers no events",
        Detail::BodyDeleted => {
            "the body of the notification is deleted, as its time is over: it cannot be judged again"
        }
    };
    fixed.to_owned()
}

/// What happened at a gateway or on the way to it.
pub fn happened(kind: Kind) -> &'static str {
    match kind {
        Kind::Configuration => "the account's credentials or settings cannot be used",
        Kind::InvalidRequest => "a value is beyond the gateway's limits",
        Kind::Connect => "the gateway could not be reached",
        Kind::Tls => "no safe connection to the gateway could be made",
        Kind::Timeout => "the gateway did not answer in time",
        Kind::Disconnected => "the connection to the gateway broke",
        Kind::Authentication => "the gateway does not accept the account's credentials",
        Kind::NotFound => "the gateway does not know the payment or the address",
        Kind::Gone => "the gateway has ended this service",
        Kind::AlreadyDone => "the gateway did it before",
        Kind::RateLimited => "too many requests to the gateway",
        Kind::Rejected => "the gateway refused it",
        Kind::Unavailable => "the gateway cannot serve now",
        Kind::Html => "the gateway answered with a web page",
        Kind::UnexpectedReply => "the gateway's answer cannot be understood",
        Kind::ReplyTooLarge => "the gateway's answer is too large",
        Kind::InvalidNotification => "a notification cannot be understood",
        Kind::Unsupported => "the gateway cannot do it",
        Kind::EchoMismatch => "the gateway's answer is about another payment or amount",
        _ => "it was not done at the gateway",
    }
}

fn form(form: Form) -> String {
    let fixed = match form {
        Form::Text(longest) => return format!("a text of 1 to {longest} characters without control characters"),
        Form::Rupiah(most) => return format!("whole rupiah, written as a whole number from 1 to {most}"),
        Form::Seconds(most) => return format!("seconds, written as a whole number from 1 to {most}"),
        Form::ObjectOf(longest) => return format!("an object of at most {longest} bytes of JSON"),
        Form::Wait(most) => return format!("a whole number of seconds from 1 to {most}"),
        Form::Limit(most) => return format!("a whole number from 1 to {most}"),
        Form::Object => "an object",
        Form::Order => {
            "1 to 44 characters of A-Z a-z 0-9 . _ / -, and must not read as a number with leading zeros or an exponent"
        }
        Form::Account => "one of those that GET /v1/accounts lists",
        Form::Method => "qris, virtual_account:BANK, card, gopay, paypal or pay_page",
        Form::WebAddress => "an http or https address",
        Form::Resolution => "noted, paid or unpaid",
        Form::IdempotencyKey => "one header of 1 to 255 visible ASCII characters",
        Form::Status => "pending, paid, closed or attention",
        Form::Outcome => "waiting, learnt, paid, not_paid, second_payment or unknown_payment",
        Form::TrueOnly => "true, or left out",
        Form::NextOfAPage => "the next of another page",
        Form::CaseId => "the id of a case",
        Form::SurplusId => "the id of a surplus",
        Form::EventId => "the id of an event",
        Form::NotificationId => "the id of a notification",
    };
    fixed.to_owned()
}

fn thing(thing: Thing) -> &'static str {
    match thing {
        Thing::Path => "path",
        Thing::Payment => "payment",
        Thing::Case => "case",
        Thing::Surplus => "surplus",
        Thing::Event => "event",
        Thing::Notification => "notification",
        Thing::Known => "payment, case or event, or it is settled already",
    }
}

pub fn next(next: Next) -> &'static str {
    match next {
        Next::CorrectTheRequest => "correct the request; nothing was sent",
        Next::CheckTheAddress => "check the address",
        Next::ReadTheDescription => "GET /openapi.json describes the calls",
        Next::SendAToken => "send the header Authorization: Bearer TOKEN",
        Next::MakeAToken => "make one: gerbang serve token new",
        Next::SetTheType => "set the header Content-Type; nothing was sent",
        Next::SendLess => "send less; nothing was sent to a gateway",
        Next::SendTheSame => "send the same request again; nothing was sent to a gateway",
        Next::UseAKnownHost => "use the address of public_url, or add the name to the setting hosts; nothing was sent",
        Next::CallFromAServer => "call from a server, or from a page of the daemon's own address; nothing was sent",
        Next::WaitAndSendTheSame => {
            "send the same request again after the seconds of Retry-After; nothing was sent to a gateway"
        }
        Next::TryLater => "try again later",
        Next::SendTheSameLater => "send the same request again later: nothing is created twice",
        Next::LookIntoTheLog => "look into the daemon's log; the same request may be sent again",
        Next::UseAnotherKey => "use another key for another request; nothing was sent",
        Next::UseAnotherOrder => "use another order, or ask for the payment that is there",
        Next::CancelFirst => "cancel it first: POST /v1/payments/{id}/cancel",
        Next::ResolveTheCase => "resolve the case: GET /v1/cases, POST /v1/cases/{id}/resolve",
        Next::KeepTheAccount => "GET /v1/accounts lists them; an account with payments must stay in the settings",
        Next::Ship => "ship it; nothing more is to be paid",
        Next::LookAtTheCases => "GET /v1/cases shows how",
        Next::LookAtTheSurplus => "do not give it back again: GET /v1/surplus shows who did, and when",
        Next::LookAtThePayment => "look at the payment on the gateway's own pages",
        Next::SetAWebhook => "set webhook_url and webhook_secret, or read GET /v1/events",
        Next::UseOtherValues => "nothing was created: place the order again with other values or another account",
        Next::AskForThePayment => {
            "the payment may exist: ask for it with GET /v1/payments/{id}, or send the same request again; nothing is created \
             twice"
        }
        Next::WaitForTheDaemon => {
            "nothing was sent; the daemon tries again for an hour, and sooner when the same request comes again"
        }
        Next::SendAgain => "nothing was created: send the same request again later",
    }
}
