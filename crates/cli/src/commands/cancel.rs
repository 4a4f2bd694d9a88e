//! `gerbang cancel`.

use clap::Args;
use gerbang::{Expected, PaymentStatus};

use crate::args::{Global, TestMode};
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lookup::{Which, ask, known};
use crate::next;
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::view;

/// `gerbang cancel`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang cancel pakasir-v2:10000:10003::ORDER-1:txn00000001")]
pub struct Cancel {
    #[command(flatten)]
    pub which: Which,
}

/// Cancels a payment.
///
/// # Errors
///
/// [`Failure`] of the settings or of the call, also where the gateway accepts and the payment is open all the same.
pub async fn run(cancel: &Cancel, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut payment = known(&cancel.which)?;
    let provider = Provider::named(&payment.provider)?;
    provider.warn(output);
    let gateway = provider.gateway(settings)?;
    let mut interrupt = Interrupt::listen();
    if cancel.which.payment.is_none() {
        let interrupted = || Failure::new(Exit::Interrupted, "interrupted; nothing was cancelled");
        let asked = async { Ok(ask(&*gateway, &cancel.which, &payment).await?) };
        payment = interrupt.unless_pressed(asked, interrupted).await?;
        if interrupt.was_pressed() {
            return Err(interrupted());
        }
    }
    let find_out = || match gateway.capabilities().status {
        true => format!("ask what became of it: {}", next::status(global, &payment, TestMode { test_mode: false })),
        false => "look at the provider's dashboard".to_owned(),
    };
    let cancelling = async { Ok(gateway.cancel_payment(&payment).await?) };
    let may_have = || {
        let what = "interrupted before the reply came; the payment may have been cancelled";
        Failure::interrupted(what).advise(find_out())
    };
    let now = interrupt.unless_pressed(cancelling, may_have).await?;
    let status = now.status.clone();
    let verdict = Verdict::new(&Expected::new(payment.clone()), now);
    let shown = settings.shown(provider.section(), &verdict.payment);
    let printed = output.needed(&view::json(&shown), || view::text(&shown));
    printed.map_err(|failure| failure.after_effect().advise(format!("the payment is {status} now; {}", find_out())))?;
    verdict.print_late(output);
    Ok(match status {
        // A payment that came before the cancellation is no success of it.
        PaymentStatus::Paid => Exit::Refused,
        status if status.is_closed() => Exit::Done,
        _ => Exit::Unknown,
    })
}
