//! `gerbang cancel`.

use clap::Args;
use gerbang::{Expected, PaymentStatus};

use crate::failure::{Exit, Failure};
use crate::lookup::{Which, ask, known};
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
pub async fn run(cancel: &Cancel, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut payment = known(&cancel.which)?;
    let provider = Provider::named(&payment.provider)?;
    provider.warn(output);
    let gateway = provider.gateway(settings)?;
    if cancel.which.payment.is_none() {
        payment = ask(&*gateway, &cancel.which, &payment).await?;
    }
    let now = gateway.cancel_payment(&payment).await?;
    let status = now.status.clone();
    let verdict = Verdict::new(&Expected::new(payment), now);
    output.result(&view::json(&verdict.payment), || view::text(&verdict.payment))?;
    verdict.print_late(output);
    Ok(match status {
        // A payment that came before the cancellation is no success of it.
        PaymentStatus::Paid => Exit::Refused,
        status if status.is_closed() => Exit::Done,
        _ => Exit::Unknown,
    })
}
