//! `gerbang cancel`.

use clap::Args;
use gerbang::PaymentStatus;

use super::status::find;
use crate::args::Which;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;
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
/// [`Failure`] of the settings or of the call.
pub async fn run(cancel: &Cancel, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let payment = match &cancel.which.payment {
        Some(named) => named.payment()?,
        None => find(&cancel.which, settings).await?,
    };
    let gateway = Provider::named(&payment.provider)?.gateway(settings)?;
    let now = gateway.cancel_payment(&payment).await?;
    output.result(&view::json(&now), || view::text(&now))?;
    Ok(match now.status {
        PaymentStatus::Cancelled => Exit::Done,
        // A payment that came before the cancellation is no success of it.
        PaymentStatus::Paid => Exit::Refused,
        status if status.is_final() => Exit::Done,
        _ => Exit::Unknown,
    })
}
