//! `gerbang status`.

use clap::Args;
use gerbang::{Delivery, Error, Kind, Lookup, Payment};

use crate::args::{TestMode, Which};
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
    #[command(flatten)]
    pub test_mode: TestMode,
}

/// Asks what became of a payment.
///
/// # Errors
///
/// [`Failure`] of the settings or of the call, and when the payment is paid in the test mode, which is not wanted.
pub async fn run(status: &Status, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let payment = find(&status.which, settings).await?;
    output.result(&view::json(&payment), || view::text(&payment))?;
    Exit::of(&payment, status.test_mode.test_mode)
}

/// The payment as the gateway knows it now.
///
/// # Errors
///
/// [`Failure`] of the settings or of the call. That a gateway knows no payment of a reference does not prove that there is
/// none: its creation may be under way.
pub async fn find(which: &Which, settings: &Settings) -> Result<Payment, Failure> {
    if let Some(named) = &which.payment {
        let payment = named.payment()?;
        let gateway = Provider::named(&payment.provider)?.gateway(settings)?;
        return Ok(gateway.payment(Lookup::Payment(&payment)).await?);
    }
    match (which.provider, &which.reference, which.amount) {
        (Some(provider), Some(reference), Some(amount)) => {
            let found = provider.gateway(settings)?.payment(Lookup::Reference { reference, amount }).await;
            Ok(found.map_err(|error| not_known_now(provider, error))?)
        }
        _ => Err(Failure::usage("tell the payment, or --provider, --reference and --amount")),
    }
}

/// The error of a question by the reference, as [`gerbang::recover`] judges it: it asks the same, but would create the payment
/// at a gateway that finds it so. An answer that tells of no payment proves nothing.
fn not_known_now(provider: Provider, error: Error) -> Error {
    let name = provider.name();
    let what = match error.kind() {
        Kind::NotFound => format!("{name} does not know the payment now, which does not prove that it was not made"),
        // Kazukipay tells only by its text that it does not know one.
        Kind::Rejected => format!("whether {name} has made the payment could not be found out"),
        _ => return error,
    };
    Error::new(error.kind(), Delivery::MaybeSent, what)
        .with_provider_message(error.provider_message().map(str::to_owned))
        .with_source(error)
}
