//! `gerbang status`.

use clap::Args;
use gerbang::{Lookup, Payment};

use crate::args::Which;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::view;

/// `gerbang status`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    gerbang status kropay:10000:10020:1780129800:ORDER-1:PG-1\n  \
    gerbang status --provider kazukipay --reference ORDER-1 --amount 10000")]
pub struct Status {
    #[command(flatten)]
    pub which: Which,
}

/// Asks what became of a payment.
///
/// # Errors
///
/// [`Failure`] of the settings or of the call.
pub async fn run(status: &Status, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let payment = find(&status.which, settings).await?;
    output.result(&view::json(&payment), || view::text(&payment))?;
    Ok(Exit::of(&payment.status))
}

/// The payment as the gateway knows it now.
///
/// # Errors
///
/// As [`run`].
pub async fn find(which: &Which, settings: &Settings) -> Result<Payment, Failure> {
    if let Some(named) = &which.payment {
        let payment = named.payment()?;
        let gateway = Provider::named(&payment.provider)?.gateway(settings)?;
        return Ok(gateway.payment(Lookup::Payment(&payment)).await?);
    }
    match (which.provider, &which.reference, which.amount) {
        (Some(provider), Some(reference), Some(amount)) => {
            Ok(provider.gateway(settings)?.payment(Lookup::Reference { reference, amount }).await?)
        }
        _ => Err(Failure::usage("tell the payment, or --provider, --reference and --amount")),
    }
}
