//! What a failure means for the session's token.

use std::time::Duration;

use gerbang_core::operation::{Idempotency, Operation, Sign};
use gerbang_core::{Error, Kind};

use crate::operations::{ACCEPT_REFUND, PAY_FROM_WALLET, RECONCILE, REDEEM_VOUCHER, TRANSFER};

/// From this age on a refusal without a known reason may be about the token.
const DOUBTED_AGE: Duration = Duration::from_secs(5 * 60);

/// The operations that move money. None is ever sent again because of a text.
static MOVEMENTS: [&Operation; 5] = [&TRANSFER, &REDEEM_VOUCHER, &PAY_FROM_WALLET, &ACCEPT_REFUND, &RECONCILE];

/// What a failure means for the token that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The token is not accepted, and nothing was done: the call is sent again with a new one.
    SendAgain,
    /// The token may have expired: the next call logs in.
    Suspect,
    Nothing,
}

/// What a failure means for a token of this age.
///
/// No text that K-Link has for an expired token is documented, so that none may be missed. A question is asked again after
/// every refusal that may be one. What creates something is sent again only after a text that is nothing but one of the spec's;
/// what moves money only where HTTP 401 comes with such a text: `Transfer saved, notification unauthorized` is no reason to
/// transfer again.
pub(super) fn meaning(operation: &Operation, error: &Error, age: Duration) -> Meaning {
    if !may_be_expired(error, age) {
        return Meaning::Nothing;
    }
    let is_movement = MOVEMENTS.iter().any(|movement| movement.id == operation.id);
    match operation.idempotency {
        Idempotency::Safe => Meaning::SendAgain,
        _ if error.status() == Some(401) && is_token_text(operation, error) => Meaning::SendAgain,
        _ if !is_movement && error.status() == Some(200) && is_token_text(operation, error) => Meaning::SendAgain,
        _ => Meaning::Suspect,
    }
}

/// Whether a failure may be that of a token that is not accepted any more. A failure code is about the payment: 401 is Midtrans
/// refusing K-Link.
fn may_be_expired(error: &Error, age: Duration) -> bool {
    let is_by_http = matches!(error.status(), Some(401 | 403));
    let is_said = match error.status() {
        Some(200) => true,
        Some(400..=499) => error.provider_message().is_some(),
        _ => false,
    };
    let may_be_about_it = match error.kind() {
        Kind::Authentication => true,
        Kind::Rejected | Kind::NotFound | Kind::Unavailable => age >= DOUBTED_AGE || speaks_of_a_session(error),
        _ => false,
    };
    is_by_http || (is_said && may_be_about_it && error.code().is_none())
}

/// Whether a text may be about the session, whatever its wording is.
fn speaks_of_a_session(error: &Error) -> bool {
    let text = error.provider_message().unwrap_or_default().to_lowercase();
    ["token", "session", "sesi", "login", "log in"].iter().any(|word| text.contains(word))
}

/// Whether the whole text, but for case and final punctuation, is one that the spec has for a token that is not accepted.
fn is_token_text(operation: &Operation, error: &Error) -> bool {
    let text = error.provider_message().unwrap_or_default().to_lowercase();
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    let is_listed = operation.envelope.failures.iter().any(|failure| {
        failure.kind == Kind::Authentication && matches!(failure.sign, Sign::MessageContains(listed) if listed == text)
    });
    is_listed && error.code().is_none()
}
