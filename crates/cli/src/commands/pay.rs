//! `gerbang pay`.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use clap::Args;
use gerbang::{
    Delivery, Error, Kind, Method, NewPayment, Payment, PaymentGateway, PaymentStatus, Rupiah, Trust, check,
};
use jiff::Timestamp;
use serde_json::json;

use crate::args::{Global, rupiah, time};
use crate::failure::{Exit, Failure};
use crate::follow::{Follow, Pace, check_reports_status};
use crate::handle::Handle;
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::next;
use crate::output::Output;
use crate::printable::printable;
use crate::provider::Provider;
use crate::qr::{self, Background};
use crate::settings::{Settings, variable};
use crate::verdict::Verdict;
use crate::view;

/// `gerbang pay`.
#[derive(Args, Debug)]
#[command(after_help = "Exit code 0 says that the payment was created; with --watch, or where the\n\
    gateway had one of this reference that has ended, that it is paid.\n\n\
    Examples:\n  \
    gerbang pay --provider kropay --amount 10000 --watch\n  \
    gerbang pay --provider pakasir-v2 --amount 10000 --method va:bri")]
pub struct Pay {
    /// The gateway; GERBANG_PROVIDER unless given
    #[arg(short, long, value_name = "NAME", hide_possible_values = true)]
    provider: Option<Provider>,
    /// The price in rupiah, to which the gateway may add
    #[arg(short, long, value_name = "RUPIAH", value_parser = rupiah)]
    amount: Rupiah,
    /// Your own name of it, never used before
    #[arg(short, long, value_name = "TEXT")]
    reference: Option<String>,
    /// qris, va:BANK, card, gopay, paypal or page
    #[arg(short, long, value_name = "METHOD", value_parser = method)]
    method: Option<Method>,
    /// The time that the customer has, such as 15m
    #[arg(long, value_name = "TIME", value_parser = time)]
    expires: Option<Duration>,
    /// The customer's name
    #[arg(long, value_name = "TEXT")]
    customer_name: Option<String>,
    /// The customer's e-mail address
    #[arg(long, value_name = "TEXT")]
    customer_email: Option<String>,
    /// The customer's telephone number
    #[arg(long, value_name = "TEXT")]
    customer_phone: Option<String>,
    /// What is paid for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Where the customer goes after paying
    #[arg(long, value_name = "URL")]
    return_url: Option<String>,
    /// Draw the QR code on any output
    #[arg(long, value_name = "dark|light", num_args = 0..=1, require_equals = true, default_missing_value = "dark",
        hide_possible_values = true)]
    qr: Option<Background>,
    /// Wait until the payment is paid or closed
    #[arg(short, long)]
    watch: bool,
    #[command(flatten)]
    pace: Pace,
}

/// Creates a payment and shows how it is paid.
///
/// # Errors
///
/// [`Failure`] of the settings or of the call. Where the payment may exist all the same, it says how to find out. One that
/// was found and is paid in the test mode, which is not accepted, is a failure too.
pub async fn run(pay: &Pay, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let provider = pay.provider()?;
    provider.warn(output);
    let gateway = provider.gateway(settings)?;
    if pay.watch {
        check_reports_status(&*gateway)?;
    }
    let new = pay.order();
    check::request(gateway.provider(), &gateway.capabilities(), &new)?;
    let mut interrupt = Interrupt::listen();
    announce(provider, &new, output);
    let lost = |may_repeat| {
        find_out(&*gateway, &new, may_repeat, || {
            next::find(global, provider, &new.reference, new.amount, pay.pace.test_mode)
        })
    };
    let payment = tokio::select! {
        created = gateway.create_payment(&new) => created.map_err(|error| failure(error, lost))?,
        () = interrupt.pressed() => {
            let what = "interrupted before the reply came; the payment may have been created";
            return Err(Failure::interrupted(what).advise(lost(true)));
        }
    };
    let reports_status = gateway.capabilities().status;
    let go_on = if reports_status {
        next::watch(global, &payment, &pay.pace.options())
    } else {
        format!("{} reports no status; its notification says when it is paid", gateway.provider())
    };
    let is_over = payment.status == PaymentStatus::Paid || payment.status.is_closed();
    let verdict = Verdict::new(&pay.pace.test_mode.expected(new.unanswered(gateway.provider())), payment);
    let payment = &settings.shown(provider.section(), &verdict.payment);
    let shown = output.needed(&view::json(payment), || show(payment, pay, &tr(&go_on)));
    let handle = Handle::from(payment);
    let unread =
        |failure: Failure| failure.after_effect().advise(format!("the payment was created: {handle}: {go_on}"));
    shown.map_err(unread)?;
    if is_over {
        output.note(&json!({"found": payment.status}), || {
            let (name, status) = (gateway.provider(), &payment.status);
            tr(&format!("{name} had a payment of this reference already; it is {status}"))
        });
        verdict.print_late(output);
        return verdict.end();
    }
    if !pay.watch {
        return Ok(Exit::Done);
    }
    let follow = Follow {
        gateway: &*gateway,
        which: None,
        pace: &pay.pace,
        settings,
        section: provider.section(),
        global,
        output,
        last: verdict.payment,
    };
    follow.run(interrupt).await
}

/// Says what is created before anything is sent: if the reply is lost, this is what is left.
fn announce(provider: Provider, new: &NewPayment, output: Output) {
    let name = provider.name();
    output.note(&json!({"creating": {"provider": name, "reference": new.reference, "amount": new.amount}}), || {
        tr(&format!("creating {} at {name}", printable(&new.reference)))
    });
}

impl Pay {
    fn provider(&self) -> Result<Provider, Failure> {
        match (self.provider, variable("GERBANG_PROVIDER")) {
            (Some(provider), _) => Ok(provider),
            (None, Some(name)) => Provider::named(&name.to_string_lossy()),
            (None, None) => Err(Failure::usage("name the gateway by --provider, or by GERBANG_PROVIDER")),
        }
    }

    fn order(&self) -> NewPayment {
        let mut new = NewPayment::new(self.reference.clone().unwrap_or_else(unique), self.amount);
        new.method = self.method.clone();
        new.expires_in = self.expires;
        new.customer_name = self.customer_name.clone();
        new.customer_email = self.customer_email.clone();
        new.customer_phone = self.customer_phone.clone();
        new.description = self.description.clone();
        new.return_url = self.return_url.clone();
        new
    }
}

/// The payment for people, with the QR code where it can be scanned.
fn show(payment: &Payment, pay: &Pay, go_on: &str) -> String {
    let payload = payment.qris().filter(|_| payment.status == PaymentStatus::Pending);
    let below = format!("{}\n{go_on}", view::text_below_code(payment));
    // The line of the countdown, and the one where the cursor or the prompt is.
    let besides = below.lines().count() + usize::from(pay.watch) + 1;
    match payload.map(|payload| qr::draw(payload, pay.qr, besides)) {
        Some(Ok(Some(code))) => format!("{code}{below}"),
        Some(Err(reason)) => {
            let advice = tr("Enlarge it, or draw it with `gerbang qris render --png FILE PAYLOAD`.");
            format!("{}\n{}\n{advice}\n{go_on}", view::text(payment), tr(&reason))
        }
        Some(Ok(None)) | None => format!("{}\n{go_on}", view::text(payment)),
    }
}

/// The failure of a creation, and what to do where the payment may exist all the same.
fn failure(error: Error, lost: impl Fn(bool) -> String) -> Failure {
    if error.delivery() != Delivery::MaybeSent {
        return error.into();
    }
    // The same command would meet the other payment again.
    let may_repeat = error.kind() != Kind::EchoMismatch;
    // What is said instead names the payment.
    let how = error.operation().and_then(|operation| operation.lost_reply).map(|how| format!(": {how}"));
    Failure::from(error).without(how.as_deref().unwrap_or_default()).advise(lost(may_repeat))
}

/// How to find out whether a payment exists whose reply was lost; by the same command, where that is of use.
fn find_out(gateway: &dyn PaymentGateway, new: &NewPayment, may_repeat: bool, find: impl FnOnce() -> String) -> String {
    let can = gateway.capabilities();
    if can.idempotent_create && may_repeat {
        let reference = next::option("reference", &new.reference);
        return format!("the same command with {reference} finds the payment if it was created");
    }
    if can.find_by_reference {
        return format!("ask what became of it before you pay again: {}", find());
    }
    let payment = format!("{} ({})", printable(&new.reference), view::rupiah(new.amount));
    match can.notifications {
        Trust::None => format!("look for {payment} in the provider's dashboard before you pay again"),
        _ => format!(
            "look for {payment} in the provider's dashboard, or wait for its notification, before you pay again"
        ),
    }
}

/// A reference that was never used before: a date for people, and chance.
fn unique() -> String {
    let date = Timestamp::now().strftime("%Y%m%d");
    format!("GB-{date}-{:016x}", RandomState::new().build_hasher().finish())
}

/// `qris`, `va:bri`, …
fn method(text: &str) -> Result<Method, String> {
    match text.split_once(':') {
        Some(("va", bank)) if !bank.is_empty() => return Ok(Method::VirtualAccount(bank.to_owned())),
        _ => {}
    }
    match text {
        "qris" => Ok(Method::Qris),
        "card" => Ok(Method::Card),
        "gopay" => Ok(Method::Gopay),
        "paypal" => Ok(Method::Paypal),
        "page" => Ok(Method::PayPage),
        _ => Err("a method is qris, va:BANK, card, gopay, paypal or page".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_words() {
        assert_eq!(method("va:bri"), Ok(Method::VirtualAccount("bri".into())));
        assert_eq!(method("page"), Ok(Method::PayPage));
        for text in ["", "va", "va:", "QRIS", "qris:x", "bri"] {
            assert!(method(text).is_err(), "{text}");
        }
    }

    #[test]
    fn references_that_are_made_differ() {
        let references: std::collections::BTreeSet<_> = (0..1_000).map(|_| unique()).collect();
        assert_eq!(references.len(), 1_000);
    }
}
