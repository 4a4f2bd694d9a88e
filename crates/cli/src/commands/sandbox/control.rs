//! `gerbang sandbox pay`, `expire` and `cancel`: what becomes of a payment.

use clap::Args;
use gerbang::Rupiah;
use gerbang::reqwest::Method;
use serde_json::{Value, json};

use super::running::{Found, Named, Place, segment};
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::Output;
use crate::printable::printable;

/// `gerbang sandbox pay`.
#[derive(Args, Debug)]
#[command(after_help = "It is what the page's button does: the gateway takes note and notifies.\n\n\
    Example: gerbang sandbox pay ORDER-1")]
pub struct Pay {
    #[command(flatten)]
    named: Named,
    /// Pay what has expired or was cancelled
    #[arg(long)]
    late: bool,
    /// Pay only this, in rupiah: less than is to be paid, so that the payment stays pending
    #[arg(long, value_name = "RUPIAH", conflicts_with = "late", value_parser = clap::value_parser!(u64).range(1..))]
    only: Option<u64>,
    #[command(flatten)]
    place: Place,
}

/// `gerbang sandbox expire`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang sandbox expire ORDER-1 --provider kropay")]
pub struct Expire {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    place: Place,
}

/// `gerbang sandbox cancel`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang sandbox cancel ORDER-1")]
pub struct Cancel {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    place: Place,
}

/// The customer pays.
///
/// # Errors
///
/// [`Failure`] when the sandbox does not answer, or has no such payment that can be paid.
pub async fn pay(pay: &Pay, output: Output) -> Result<Exit, Failure> {
    let (action, body) = match (pay.late, pay.only) {
        (_, Some(amount)) => ("underpay", Some(json!({"amount": amount}))),
        (true, None) => ("pay_late", None),
        (false, None) => ("pay", None),
    };
    act(&pay.place, &pay.named, action, body, output).await
}

/// The payment expires.
///
/// # Errors
///
/// As [`pay`].
pub async fn expire(expire: &Expire, output: Output) -> Result<Exit, Failure> {
    act(&expire.place, &expire.named, "expire", None, output).await
}

/// The gateway cancels the payment.
///
/// # Errors
///
/// As [`pay`].
pub async fn cancel(cancel: &Cancel, output: Output) -> Result<Exit, Failure> {
    act(&cancel.place, &cancel.named, "cancel", None, output).await
}

async fn act(place: &Place, named: &Named, action: &str, body: Option<Value>, output: Output) -> Result<Exit, Failure> {
    let mut running = place.running()?;
    // A payment that has come to its end may have the name of one that is pending: late payments are of the former.
    let found = match action {
        "pay_late" => running.all_named(named).await?.into_iter().find(|(found, _)| is_over(found)),
        _ => None,
    };
    let (found, _) = match found {
        Some(found) => found,
        None => running.existing(named).await?,
    };
    let path = format!("payments/{}/{}/{action}", found.provider, segment(&found.id));
    let payment = running.change(Method::POST, &path, body).await?;
    output.result(&payment, || text(&payment))?;
    Ok(Exit::Done)
}

fn is_over(found: &Found) -> bool {
    ["expired", "cancelled"].contains(&found.status.as_str())
}

/// A payment of the sandbox in a line.
pub fn text(payment: &Value) -> String {
    let word = |name: &str| printable(payment[name].as_str().unwrap_or_default());
    let amount = |name: &str| payment[name].as_u64().map(|amount| format!("Rp{}", Rupiah::new(amount).to_dotted()));
    let received = amount("received").map(|amount| format!(", {} {amount}", tr("received"))).unwrap_or_default();
    format!(
        "{}  {}  {}  {}  {} {}{received}",
        tr(&word("status")),
        word("provider"),
        word("order"),
        word("id"),
        tr("to pay"),
        amount("payable").unwrap_or_default()
    )
}
