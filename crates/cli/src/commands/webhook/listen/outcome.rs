//! What became of a notification, how it is printed, and how it is answered.

use std::fmt::Write;

use bytes::Bytes;
use gerbang::{Doubt, Notification, NotificationFailure, PaymentStatus, Proof, answer};
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};

use super::super::render;
use crate::args::{Global, TestMode};
use crate::failure::Exit;
use crate::output::{BAD, GOOD, OPEN};
use crate::printable::printable;
use crate::verdict::LATE;

/// What became of a notification that can be read.
pub enum Outcome {
    /// Nobody wanted to know more.
    Read,
    /// It is about an expected payment, which is paid.
    Confirmed(Box<Proof>),
    /// As [`Outcome::Confirmed`], of a payment that was confirmed and accepted before.
    Replay(Box<Proof>),
    /// Nobody expects the payment, but the gateway says that it is paid.
    Paid(Box<Proof>),
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
                let mut line = match is_test_mode(proof) {
                    true => format!("\n  {OPEN}confirmed in test mode{OPEN:#}: no money was paid"),
                    false => format!("\n  {GOOD}confirmed{GOOD:#}: it is paid, as expected"),
                };
                line.push_str(&late(proof));
                ("confirmed", line, Exit::Done)
            }
            Self::Replay(_) => {
                let line = format!("\n  {OPEN}replay{OPEN:#}: {REPLAY}");
                ("replay", line, Exit::Done)
            }
            Self::Paid(proof) => {
                let what = if is_test_mode(proof) { "paid in test mode, without money" } else { "paid" };
                let mut line =
                    format!("\n  {OPEN}the gateway says that it is {what}{OPEN:#}; compare the order and the amount");
                line.push_str(&late(proof));
                ("paid", line, Exit::Done)
            }
            Self::Not(failure) => {
                let mut line = format!("\n  {BAD}not confirmed{BAD:#}: {}", printable(&failure.to_string()));
                if needs_a_person(failure) {
                    _ = write!(line, "\n  {BAD}a person must look{BAD:#}: money may have come in");
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
            Self::Confirmed(proof) | Self::Replay(proof) | Self::Paid(proof) => Some(proof),
            Self::Read | Self::Not(_) => None,
        }
    }

    /// Whether a person must look: money may have come in.
    pub fn needs_a_person(&self) -> bool {
        matches!(self, Self::Not(failure) if needs_a_person(failure))
    }

    /// The answer to the gateway, where nobody else gives it.
    pub fn answer(&self, acceptance: &'static str) -> Response<Bytes> {
        match self {
            Self::Confirmed(proof) | Self::Replay(proof) | Self::Paid(proof) => {
                answer(acceptance, Ok(proof)).map(Bytes::from)
            }
            Self::Not(failure) => answer(acceptance, Err(failure)).map(Bytes::from),
            // Nobody wants to know more of it: as an accepted one.
            Self::Read => {
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
    if proof.is_late() { format!("\n  {OPEN}{LATE}{OPEN:#}") } else { String::new() }
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
