//! What goes wrong at a provider, as faults of the sandbox.

use std::fmt::Display;

use gerbang::Kind;
use gerbang_sandbox::Effect;
use gerbang_tests::apis::{Member, Wire};

use crate::case::PRICE;
use crate::qris::write_qris;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderFault {
    /// Replies are about a payment of another price; all that they say fits that price.
    OtherAmount,
    /// Replies name other references than the book.
    OtherReference,
    /// Replies name other references of the provider's own than the book.
    OtherId,
    /// The customer is asked for less than the price.
    TooLittlePayable,
    /// QRIS payloads ask for another amount.
    OtherQrisAmount,
    /// QRIS payloads ask for no amount.
    NoQrisAmount,
    /// QRIS payloads have a wrong checksum.
    BrokenQris,
    /// Replies have this word for every state.
    Word(&'static str),
    /// Calls are carried out, but an error page comes back.
    LostReply,
    /// Calls are carried out, but the reply is not whole JSON.
    CutReply,
    /// Calls are carried out, but the connection is closed within the reply.
    HalfReply,
    /// Calls are carried out, but the connection is closed instead of a reply.
    NoReply,
    /// Calls are not carried out, and an error page comes back.
    Unreachable,
    /// Calls are not carried out, and the page of a firewall comes back.
    Challenge,
    /// Calls are not carried out, and the connection is closed.
    LostCall,
    /// Calls are not carried out, because there are too many.
    TooManyCalls,
}

/// What happens to the reply of a call that is carried out, and the kind of the error.
pub const LOST_REPLIES: [(ProviderFault, Kind); 4] = [
    (ProviderFault::LostReply, Kind::Html),
    (ProviderFault::CutReply, Kind::UnexpectedReply),
    (ProviderFault::HalfReply, Kind::Disconnected),
    (ProviderFault::NoReply, Kind::Disconnected),
];

/// The price in replies whose price is not that of the book.
const OTHER_AMOUNT: u64 = PRICE.get() + 1_000;

/// What is in error pages and in those of firewalls.
const PAGE: &str = "<!DOCTYPE html><title>Just a moment...</title>";

impl ProviderFault {
    /// What happens to the calls.
    pub fn effects(self, wire: &Wire) -> Vec<Effect> {
        match self {
            Self::OtherAmount => {
                [rewrite(wire.amount, OTHER_AMOUNT), payable(wire, OTHER_AMOUNT + 500, Some(OTHER_AMOUNT + 500))]
                    .concat()
            }
            Self::OtherReference => rewrite(wire.reference, "ORDER-OTHER"),
            // Some are numbers.
            Self::OtherId => rewrite(wire.id, 999_999),
            Self::TooLittlePayable => payable(wire, PRICE.get() - 1_000, Some(PRICE.get() - 1_000)),
            Self::OtherQrisAmount => payable(wire, PRICE.get(), Some(PRICE.get() + 1)),
            Self::NoQrisAmount => payable(wire, PRICE.get(), None),
            Self::BrokenQris => {
                let mut payload = write_qris(Some(PRICE.get()));
                let last = payload.pop().expect("a payload is not empty");
                payload.push(if last == '0' { '1' } else { '0' });
                [rewrite(wire.payable, PRICE.get()), rewrite(wire.qris, payload)].concat()
            }
            Self::Word(word) => {
                let state = |word: &str| format!(r#""{}":"{word}""#, wire.state);
                wire.words.iter().map(|known| replace(state(known), state(word))).collect()
            }
            Self::LostReply => vec![page(500, true)],
            Self::CutReply => vec![reply(200, "application/json", r#"{"status": "succ"#, true)],
            Self::HalfReply => vec![Effect::Truncate],
            Self::NoReply => vec![Effect::Close { carried_out: true }],
            Self::Unreachable => vec![page(503, false)],
            Self::Challenge => vec![page(200, false)],
            Self::LostCall => vec![Effect::Close { carried_out: false }],
            Self::TooManyCalls => vec![Effect::Reply {
                status: 429,
                content_type: "application/json".to_owned(),
                body: r#"{"message":"Too many requests"}"#.to_owned(),
                headers: [("Retry-After".to_owned(), "7".to_owned())].into(),
                carried_out: false,
            }],
        }
    }
}

/// A reply that comes instead of the provider's.
pub fn reply(status: u16, content_type: &str, body: &str, carried_out: bool) -> Effect {
    let (content_type, body) = (content_type.to_owned(), body.to_owned());
    Effect::Reply { status, content_type, body, headers: Default::default(), carried_out }
}

fn page(status: u16, carried_out: bool) -> Effect {
    reply(status, "text/html; charset=UTF-8", PAGE, carried_out)
}

/// The customer is asked for one amount by the reply and for another by its QRIS payload.
fn payable(wire: &Wire, amount: u64, in_payload: Option<u64>) -> Vec<Effect> {
    [rewrite(wire.payable, amount), rewrite(wire.qris, write_qris(in_payload))].concat()
}

/// Replies have this value of these members; theirs is beside it, under a name that nobody reads.
fn rewrite(members: &[Member], value: impl Display) -> Vec<Effect> {
    let rewritten = |member: &Member| {
        let (name, value) = (member.name, member.value(&value));
        replace(format!(r#""{name}":"#), format!(r#""{name}":{value},"{name} before":"#))
    };
    members.iter().map(rewritten).collect()
}

fn replace(from: String, to: String) -> Effect {
    Effect::Replace { from, to }
}
