//! What became of a notification, how it is printed, and how it is answered.

use std::fmt::Write;

use bytes::Bytes;
use gerbang::{Doubt, Notification, NotificationFailure, PaymentStatus, Proof, Trust, answer};
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use super::super::render;
use super::event;
use crate::args::{Global, TestMode};
use crate::failure::Exit;
use crate::lang::tr;
use crate::output::{BAD, GOOD, OPEN};
use crate::printable::printable;
use crate::verdict::LATE;

/// What became of a notification that can be read.
pub enum Outcome {
    /// Nobody wanted to know more.
    Read,
    /// It is about an expected payment, which is paid.
    Confirmed(Box<Proof>),
    /// As one of the others, of a payment that was confirmed and acknowledged before; without a proof as [`Outcome::Signed`].
    Replay(Option<Box<Proof>>),
    /// Nobody expects the payment, but the gateway says that it is paid.
    Paid(Box<Proof>),
    /// Nobody expects the payment and the notification names no amount, but its signature says that it is paid.
    Signed,
    /// It is not confirmed.
    Not(NotificationFailure),
}

impl Outcome {
    /// A word for scripts, a line for people, and the exit code.
    pub fn render(&self, notification: &Notification, global: &Global, mode: TestMode) -> (&'static str, String, Exit) {
        match self {
            Self::Read => {
                let next =
                    render::next(global, notification, mode).map(|next| format!("\n  {next}")).unwrap_or_default();
                ("read", next, render::exit(notification))
            }
            Self::Confirmed(proof) => {
                let (style, what, means) = match is_test_mode(proof) {
                    true => (OPEN, "confirmed in test mode", "no money was paid"),
                    false => (GOOD, "confirmed", "it is paid, as expected"),
                };
                let line = format!("\n  {style}{}{style:#}: {}{}", tr(what), tr(means), late(proof));
                ("confirmed", line, Exit::Done)
            }
            Self::Replay(_) => {
                let line = format!("\n  {OPEN}{}{OPEN:#}: {}", tr("replay"), tr(REPLAY));
                ("replay", line, Exit::Done)
            }
            Self::Paid(proof) => {
                let what = match is_test_mode(proof) {
                    true => "the gateway says that it is paid in test mode, without money",
                    false => "the gateway says that it is paid",
                };
                let advice = tr("compare the order and the amount");
                ("paid", format!("\n  {OPEN}{}{OPEN:#}; {advice}{}", tr(what), late(proof)), Exit::Done)
            }
            Self::Signed => {
                let what = "its signature says that it is paid; it names no amount: compare the order";
                ("paid", format!("\n  {OPEN}{}{OPEN:#}", tr(what)), Exit::Done)
            }
            Self::Not(failure) => {
                let why = printable(&tr(&failure.to_string()));
                let mut line = format!("\n  {BAD}{}{BAD:#}: {why}", tr("not confirmed"));
                if needs_a_person(failure) {
                    let (what, reason) = (tr("a person must look"), tr("money may have come in"));
                    _ = write!(line, "\n  {BAD}{what}{BAD:#}: {reason}");
                }
                ("not_confirmed", line, exit_of(failure))
            }
        }
    }

    /// Why it is not forwarded, or not confirmed.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Replay(_) => Some(REPLAY.to_owned()),
            Self::Not(failure) => Some(failure.to_string()),
            _ => None,
        }
    }

    /// What proves that it is paid.
    pub fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Confirmed(proof) | Self::Paid(proof) => Some(proof),
            Self::Replay(proof) => proof.as_deref(),
            Self::Read | Self::Signed | Self::Not(_) => None,
        }
    }

    /// What to remember the payment by; none where nobody confirmed it.
    pub fn key(&self, notification: &Notification) -> Option<String> {
        match self {
            Self::Signed => Some(event::key(notification)),
            other => other.proof().map(Proof::key),
        }
    }

    /// The event of it; none where nobody confirmed it.
    pub fn event(&self, notification: &Notification) -> Option<Value> {
        match self {
            Self::Signed => Some(event::signed(notification)),
            other => other.proof().map(event::proven),
        }
    }

    /// The same payment again.
    pub fn replay(self) -> Self {
        match self {
            Self::Confirmed(proof) | Self::Paid(proof) => Self::Replay(Some(proof)),
            Self::Signed => Self::Replay(None),
            other => other,
        }
    }

    /// Who confirmed it, as it is forwarded: its signature, the gateway that was asked, or nobody.
    pub fn verified(&self, trust: Trust) -> &'static str {
        match self {
            Self::Signed => "signature",
            _ if self.proof().is_none() => "no",
            _ if trust == Trust::Signed => "signature",
            _ => "gateway",
        }
    }

    /// Whether a person must look: money may have come in.
    pub fn needs_a_person(&self) -> bool {
        matches!(self, Self::Not(failure) if needs_a_person(failure))
    }

    /// The answer to the gateway, where nobody else gives it.
    pub fn answer(&self, acceptance: &'static str) -> Response<Bytes> {
        match self {
            Self::Confirmed(proof) | Self::Paid(proof) | Self::Replay(Some(proof)) => {
                answer(acceptance, Ok(proof)).map(Bytes::from)
            }
            Self::Not(failure) => answer(acceptance, Err(failure)).map(Bytes::from),
            // Nobody wants to know more of it: as an accepted one.
            Self::Read | Self::Signed | Self::Replay(None) => {
                let mut response = Response::new(Bytes::from_static(acceptance.as_bytes()));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
        }
    }
}

/// Why a repeated notification is not forwarded.
const REPLAY: &str = "already processed: this payment was confirmed before";

/// That the money came late, where it did.
fn late(proof: &Proof) -> String {
    if proof.is_late() { format!("\n  {OPEN}{}{OPEN:#}", tr(LATE)) } else { String::new() }
}

/// Whether a payment is of the test mode, which was accepted then.
fn is_test_mode(proof: &Proof) -> bool {
    proof.payment().sandbox == Some(true)
}

fn needs_a_person(failure: &NotificationFailure) -> bool {
    matches!(failure, NotificationFailure::Doubted(doubt) if doubt.needs_a_person())
}

/// The exit code of what is not confirmed.
fn exit_of(failure: &NotificationFailure) -> Exit {
    let NotificationFailure::Doubted(doubt) = failure else { return Exit::Failed };
    match doubt {
        // Paid would have been confirmed.
        Doubt::NotPaid(PaymentStatus::Paid) | Doubt::OtherClaim(PaymentStatus::Paid) => Exit::Unknown,
        Doubt::NotPaid(status) | Doubt::OtherClaim(status) => Exit::of_status(status),
        Doubt::NotAnswered(_) => Exit::Unreachable,
        Doubt::NoProof | Doubt::Contradicted(_) => Exit::Unknown,
        _ => Exit::Failed,
    }
}
