//! Prints a notification and how it was verified.

use std::fmt::Write;

use gerbang::{Notification, Payment, PaymentStatus, Trust};
use serde_json::{Value, json};

use crate::args::{Global, TestMode};
use crate::failure::Exit;
use crate::lang::tr;
use crate::next;
use crate::output::{BAD, DIM, GOOD, OPEN};
use crate::printable::printable;
use crate::provider::Provider;
use crate::view::rupiah;

/// What a script may conclude from the notification alone: that a payment is paid, only if it is signed and says so, and is not
/// of the test mode.
pub fn exit(notification: &Notification) -> Exit {
    match notification.trust {
        Trust::Signed if notification.sandbox == Some(true) => Exit::Failed,
        Trust::Signed => Exit::of_status(&notification.claimed),
        _ => Exit::Unknown,
    }
}

/// As `--json` prints it.
pub fn json(notification: &Notification) -> Value {
    let Notification { provider, trust, id, reference, amount, payable, claimed, sandbox, nonce, .. } = notification;
    json!({
        "provider": provider,
        "trust": trust.as_str(),
        "claimed": claimed,
        "reference": reference,
        "id": id,
        "amount": amount,
        "payable": payable,
        "sandbox": sandbox,
        "nonce": nonce,
    })
}

/// In two lines: what it says, and what that is worth.
pub fn text(notification: &Notification) -> String {
    let Notification { provider, trust, id, reference, amount, payable, claimed, sandbox, .. } = notification;
    let style = if *trust == Trust::Signed { GOOD } else { OPEN };
    let (proof, says, claimed) = (tr(&trust.to_string()), tr("says:"), printable(&tr(&claimed.to_string())));
    let mut text = format!("{style}{proof}{style:#}  {provider} {says} {claimed}");
    for name in [reference, id].into_iter().flatten() {
        _ = write!(text, "  {}", printable(name));
    }
    for (what, amount) in [("price", amount), ("payable", payable)] {
        if let Some(amount) = amount {
            _ = write!(text, "  {DIM}{}{DIM:#} {}", tr(what), rupiah(*amount));
        }
    }
    if *sandbox == Some(true) {
        _ = write!(text, "  {OPEN}{}{OPEN:#}", tr("test mode: no money"));
    }
    _ = write!(text, "\n  {}", tr(worth(notification)));
    text
}

/// What a proof is worth, in a sentence.
fn worth(notification: &Notification) -> &'static str {
    match notification.trust {
        Trust::Signed => {
            "The signature holds: the provider wrote it. It may come again; compare the order and the amount, and act once."
        }
        Trust::SharedSecret if is_signed(notification.provider) => {
            "The signature holds, but it does not cover the state: whoever saw a notification can send it with another. Ask \
             the gateway."
        }
        Trust::SharedSecret => {
            "The secret is right, but it proves nothing about the body: whoever saw a notification knows it. Ask the gateway."
        }
        _ => "It proves nothing: anybody can send it. Ask the gateway.",
    }
}

/// Whether a gateway's notifications have a signature, whatever it covers.
fn is_signed(provider: &str) -> bool {
    let proof = Provider::named(provider).ok().and_then(|provider| provider.notifications().ok()?.proof);
    proof.is_some_and(|proof| proof.proof.signature.is_some())
}

/// The command that asks the gateway about the payment; none where the gateway cannot be asked, or the notification says too
/// little.
pub fn next(global: &Global, notification: &Notification, test_mode: TestMode) -> Option<String> {
    let can_be_asked = Provider::named(notification.provider).ok()?.capabilities().status;
    let payment = claimed_payment(notification)?;
    can_be_asked.then(|| next::status(global, &payment, test_mode))
}

/// The payment that a notification is about, as far as it describes it; none where it names no price. Whether it is of the
/// test mode is not taken over: anybody could have a payment without money expected so.
pub fn claimed_payment(notification: &Notification) -> Option<Payment> {
    let mut payment = Payment::new(notification.provider, notification.amount?, PaymentStatus::Pending);
    payment.id = notification.id.clone();
    payment.reference = notification.reference.clone();
    payment.payable = notification.payable;
    Some(payment)
}

/// The heading of what is refused.
pub fn refused(provider: Provider, why: &impl std::fmt::Display) -> String {
    format!("{BAD}{}{BAD:#}  {}\n  {}", tr("refused"), provider.name(), printable(&tr(&why.to_string())))
}
