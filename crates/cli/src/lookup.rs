//! Which payment is meant, and the question what became of it.

use clap::Args;
use gerbang::{Delivery, Error, Kind, Lookup, NewPayment, Payment, PaymentGateway, Rupiah};

use crate::args::rupiah;
use crate::failure::Failure;
use crate::handle::Named;
use crate::provider::Provider;

/// Which payment is meant.
#[derive(Args, Debug)]
#[group(skip)]
pub struct Which {
    /// The payment, as `gerbang pay` printed it; `-` reads what `pay --json` printed
    #[arg(required_unless_present = "reference", conflicts_with_all = ["provider", "reference", "amount"])]
    pub payment: Option<Named>,
    /// The gateway
    #[arg(short, long, requires = "reference", value_name = "NAME", hide_possible_values = true)]
    pub provider: Option<Provider>,
    /// The merchant's reference, where the gateway can find a payment by it
    #[arg(short, long, requires = "provider", requires = "amount", value_name = "TEXT")]
    pub reference: Option<String>,
    /// The price in rupiah
    #[arg(short, long, requires = "reference", value_name = "RUPIAH", value_parser = rupiah)]
    pub amount: Option<Rupiah>,
}

/// The payment that the command line names, with what is known of it. For `-` the standard input is read.
///
/// # Errors
///
/// [`Failure`] when no payment is named.
pub fn known(which: &Which) -> Result<Payment, Failure> {
    match (&which.payment, which.provider, &which.reference, which.amount) {
        (Some(named), ..) => named.payment(),
        (None, Some(provider), Some(reference), Some(amount)) => {
            let mut payment = NewPayment::new(reference, amount).unanswered(provider.name());
            // Whoever created it may have chosen another.
            payment.request_id = None;
            Ok(payment)
        }
        _ => Err(Failure::usage("name the payment, or --provider, --reference and --amount")),
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
/// at a gateway that finds it so. "Not found" proves nothing.
pub fn not_known_now(name: &str, error: Error) -> Error {
    let what = match error.kind() {
        Kind::NotFound => format!("{name} does not know the payment now, which does not prove that it was not made"),
        // Kazukipay rejects a payment that it does not know; only the text says why.
        Kind::Rejected => format!("whether {name} has made the payment could not be found out"),
        _ => return error,
    };
    error.restated(what).with_delivery(Delivery::MaybeSent)
}
