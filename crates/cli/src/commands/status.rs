//! `gerbang status`.

use clap::Args;
use gerbang::{Delivery, Error, Kind, Lookup, NewPayment, Payment, PaymentGateway};

use crate::args::{TestMode, Which};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::verdict::Verdict;
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
/// [`Failure`] of the settings or of the call, when the payment is paid in the test mode, which is not accepted, and when the
/// answer is not about the payment that is expected.
pub async fn run(status: &Status, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let known = known(&status.which)?;
    let provider = Provider::named(&known.provider)?;
    provider.warn(output);
    let answer = ask(&*provider.gateway(settings)?, &status.which, &known).await?;
    let verdict = Verdict::new(&status.test_mode.expected(known), answer);
    output.result(&view::json(&verdict.payment), || view::text(&verdict.payment))?;
    verdict.tell_late(output);
    verdict.end()
}

/// The payment that is meant, as far as the command line tells. The standard input is read where it stands there.
///
/// # Errors
///
/// [`Failure`] when it is not told.
pub fn known(which: &Which) -> Result<Payment, Failure> {
    match (&which.payment, which.provider, &which.reference, which.amount) {
        (Some(named), ..) => named.payment(),
        (None, Some(provider), Some(reference), Some(amount)) => {
            let mut payment = NewPayment::new(reference, amount).unanswered(provider.name());
            // Whoever created it may have chosen another.
            payment.request_id = None;
            Ok(payment)
        }
        _ => Err(Failure::usage("tell the payment, or --provider, --reference and --amount")),
    }
}

/// The payment as the gateway knows it now.
///
/// # Errors
///
/// Those of the call. That a gateway knows no payment of a reference does not prove that there is none: its creation may be
/// under way.
pub async fn ask(gateway: &dyn PaymentGateway, which: &Which, known: &Payment) -> Result<Payment, Error> {
    match (&which.reference, which.amount) {
        (Some(reference), Some(amount)) => {
            let found = gateway.payment(Lookup::Reference { reference, amount }).await;
            found.map_err(|error| not_known_now(gateway.provider(), error))
        }
        _ => gateway.payment(Lookup::Payment(known)).await,
    }
}

/// The error of a question by the reference, as [`gerbang::recover`] judges it: it asks the same, but would create the payment
/// at a gateway that finds it so. An answer that tells of no payment proves nothing.
pub fn not_known_now(name: &str, error: Error) -> Error {
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
