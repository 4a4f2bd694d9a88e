//! `gerbang sandbox wait`: until a payment has come to its end, or its notification has arrived.

use std::time::Duration;

use clap::Args;
use gerbang::reqwest::Method;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::control::text;
use super::running::{Found, Named, Place, Running};
use crate::args::time;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::Output;
use crate::printable::printable;

/// How often the sandbox is asked.
const INTERVAL: Duration = Duration::from_millis(200);

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

/// What is known when the time is over.
struct Seen {
    /// What has happened, with the exit code that it means.
    outcome: Option<(Value, String, Exit)>,
    /// What is missing.
    missing: String,
}

/// Waits.
///
/// # Errors
///
/// [`Failure`] when the sandbox does not answer, several payments have the name, or the time is over.
pub async fn run(wait: &Wait, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    let running = wait.place.running()?;
    let end = Instant::now() + wait.at_most.unwrap_or(USUAL);
    loop {
        let seen = tokio::select! {
            seen = look(wait, &running) => seen?,
            () = interrupt.pressed() => return Err(interrupted()),
        };
        if let Some((value, text, exit)) = seen.outcome {
            output.result(&value, || text)?;
            return Ok(exit);
        }
        if Instant::now() >= end {
            return Err(Failure::new(Exit::Unknown, format!("the time is over: {}", seen.missing)));
        }
        tokio::select! {
            () = sleep(INTERVAL) => {}
            () = interrupt.pressed() => return Err(interrupted()),
        }
    }
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted; nothing was changed")
}

async fn look(wait: &Wait, running: &Running) -> Result<Seen, Failure> {
    let Some((found, payment)) = running.one_named(&wait.named).await? else {
        let missing = format!("there is no payment {} at {}", printable(&wait.named.reference), running.url());
        return Ok(Seen { outcome: None, missing });
    };
    match wait.notified {
        true => notified(running, &found).await,
        false => Ok(ended(&found, payment)),
    }
}

fn ended(found: &Found, payment: Value) -> Seen {
    let exit = match found.status.as_str() {
        "paid" => Exit::Done,
        "expired" | "cancelled" => Exit::NotPaid,
        _ => return Seen { outcome: None, missing: format!("the payment is {}", printable(&found.status)) },
    };
    let text = text(&payment);
    Seen { outcome: Some((payment, text, exit)), missing: String::new() }
}

async fn notified(running: &Running, found: &Found) -> Result<Seen, Failure> {
    let listed = running.call(Method::GET, "webhooks", None).await?;
    let of_it = listed["webhooks"].as_array().into_iter().flatten();
    let mut attempts = of_it.filter(|attempt| attempt["payment"] == found.id.as_str()).rev();
    let Some(last) = attempts.next() else {
        return Ok(Seen { outcome: None, missing: "no notification of the payment was sent".to_owned() });
    };
    let acknowledged = std::iter::once(last).chain(attempts).find(|attempt| attempt["acknowledged"] == true);
    let about = |attempt: &Value| {
        let status = attempt["status"].as_u64().map_or_else(|| tr("not delivered"), |status| status.to_string());
        let cause = attempt["error"].as_str().map(|error| format!(": {}", printable(&tr(error)))).unwrap_or_default();
        let what = tr(&format!("notification {}, attempt {}", attempt["number"], attempt["attempt"]));
        format!("{what}: {status}{cause}")
    };
    Ok(match acknowledged {
        Some(attempt) => Seen { outcome: Some((attempt.clone(), about(attempt), Exit::Done)), missing: String::new() },
        None => Seen { outcome: None, missing: format!("no notification was acknowledged; {}", about(last)) },
    })
}
