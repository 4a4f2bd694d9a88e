//! `gerbang sandbox wait`: until a payment has come to its end, or its notification has arrived.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::control::text;
use super::running::{Found, Named, Place, Running};
use crate::args::time;
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::Output;
use crate::printable::printable;

/// How long it is waited, unless it is said.
const USUAL: Duration = Duration::from_secs(60);

/// `gerbang sandbox wait`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 paid, 3 expired or cancelled, 5 neither in time. With --notified: 0 when\n\
    a notification was acknowledged, 5 if none was in time. The payment need not be\n\
    there yet.\n\n\
    Example: gerbang sandbox wait ORDER-1 --for 2m")]
pub struct Wait {
    #[command(flatten)]
    named: Named,
    /// Wait until a notification of the payment was acknowledged
    #[arg(long)]
    notified: bool,
    /// Wait no longer than this; 60s unless given
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    at_most: Option<Duration>,
    #[command(flatten)]
    place: Place,
}

/// What ends the wait: what is printed, and the exit code that it means.
type Ended = (Value, String, Exit);

/// Waits, by calls that the sandbox answers when it is so.
///
/// # Errors
///
/// [`Failure`] when the sandbox does not answer, several payments have the name, the time is over, or on Ctrl-C.
pub async fn run(wait: &Wait, output: Output) -> Result<Exit, Failure> {
    let mut running = wait.place.running()?;
    let end = Instant::now() + wait.at_most.unwrap_or(USUAL);
    let Some((found, payment)) = running.awaited(&wait.named, end).await? else {
        return Err(over(&format!("there is no payment {} at {}", printable(&wait.named.reference), running.url())));
    };
    let (value, text, exit) = match wait.notified {
        true => notified(&mut running, &found, end).await?,
        false => ended(&mut running, found, payment, end).await?,
    };
    output.result(&value, || text)?;
    Ok(exit)
}

fn over(missing: &str) -> Failure {
    Failure::new(Exit::Unknown, format!("the time is over: {missing}"))
}

async fn ended(running: &mut Running, found: Found, payment: Value, end: Instant) -> Result<Ended, Failure> {
    let mut last = (found, payment);
    if last.0.status == "pending" {
        let itself = Named { reference: last.0.id, provider: Some(last.0.provider) };
        let ended = running.ended(&itself, end).await?;
        last = ended.ok_or_else(|| over("the payment is pending"))?;
    }
    let (found, payment) = last;
    let exit = if found.status == "paid" { Exit::Done } else { Exit::NotPaid };
    let text = text(&payment);
    Ok((payment, text, exit))
}

async fn notified(running: &mut Running, found: &Found, end: Instant) -> Result<Ended, Failure> {
    let mut filter = json!({"payment": found.id, "provider": found.provider});
    let all = filter.clone();
    filter["acknowledged"] = true.into();
    if let Some(listed) = running.until("webhooks/wait", &filter, end).await? {
        let attempt = last(&listed).cloned().unwrap_or_default();
        let text = about(&attempt);
        return Ok((attempt, text, Exit::Done));
    }
    let tried = running.until("webhooks/wait", &all, Instant::now()).await?;
    Err(over(&match tried.as_ref().and_then(last) {
        Some(attempt) => format!("no notification was acknowledged; {}", about(attempt)),
        None => "no notification of the payment was sent".to_owned(),
    }))
}

/// The newest attempt of a list.
fn last(listed: &Value) -> Option<&Value> {
    listed["webhooks"].as_array()?.last()
}

/// An attempt in a line.
fn about(attempt: &Value) -> String {
    let status = attempt["status"].as_u64().map_or_else(|| tr("not delivered"), |status| status.to_string());
    let cause = attempt["error"].as_str().map(|error| format!(": {}", printable(&tr(error)))).unwrap_or_default();
    let what = tr(&format!("notification {}, attempt {}", attempt["number"], attempt["attempt"]));
    format!("{what}: {status}{cause}")
}
