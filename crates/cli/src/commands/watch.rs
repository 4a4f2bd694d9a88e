//! `gerbang watch`, and the watching of `gerbang pay --watch`.

use std::pin::pin;
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use gerbang::{Payment, PaymentGateway, PaymentStatus, Poll, WaitError, WaitReason};

use super::status::find;
use crate::args::{Global, Which, time};
use crate::countdown::Countdown;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::next;
use crate::output::Output;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::view;

/// `gerbang watch`.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 paid, 3 expired, cancelled or failed, 5 still pending or not known, 130 Ctrl-C.\n\n\
    Examples:\n  \
    gerbang watch kropay:10000:10020:1780129800:ORDER-1:PG-1 --for 10m\n  \
    gerbang pay --provider kropay --amount 10000 --json | gerbang watch -"
)]
pub struct Watch {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub pace: Pace,
}

/// How a payment is watched.
#[derive(Args, Debug)]
pub struct Pace {
    /// Stop after this time, such as 10m
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    at_most: Option<Duration>,
    /// Ask at this interval; 3s or more by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    interval: Option<Duration>,
}

impl Pace {
    fn poll(&self) -> Poll {
        let poll = self.interval.map_or_else(Poll::default, Poll::every);
        match self.at_most {
            Some(time) => poll.for_at_most(time),
            None => poll,
        }
    }
}

/// Prints each change of a payment until a final one.
///
/// # Errors
///
/// [`Failure`] of the settings or of a call, when the time is up, and on Ctrl-C.
pub async fn run(watch: &Watch, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let payment = match &watch.which.payment {
        Some(named) => named.payment()?,
        None => {
            let payment = find(&watch.which, settings).await?;
            print(&payment, output)?;
            payment
        }
    };
    let gateway = Provider::named(&payment.provider)?.gateway(settings)?;
    check_tells(&*gateway)?;
    follow(&*gateway, &payment, &watch.pace, Interrupt::listen(), global, output).await
}

/// Checks that a gateway tells what becomes of its payments.
///
/// # Errors
///
/// [`Failure`] that says who tells it.
pub fn check_tells(gateway: &dyn PaymentGateway) -> Result<(), Failure> {
    if gateway.capabilities().status {
        return Ok(());
    }
    let what = format!("{} tells no status, so that its payments cannot be watched", gateway.provider());
    Err(Failure::usage(what).advise("its notification tells it, see `gerbang webhook --help`"))
}

/// Prints the changes of a payment that was printed already.
///
/// # Errors
///
/// As [`run`].
pub async fn follow(
    gateway: &dyn PaymentGateway,
    payment: &Payment,
    pace: &Pace,
    mut interrupt: Interrupt,
    global: &Global,
    output: Output,
) -> Result<Exit, Failure> {
    let mut last = payment.clone();
    let mut changes = pin!(gerbang::watch(gateway, payment, pace.poll()));
    let mut countdown = Countdown::new(output);
    let ended = loop {
        tokio::select! {
            change = changes.next() => match change {
                Some(Ok(now)) => {
                    last = now;
                    countdown.clear();
                    print(&last, output)?;
                }
                Some(Err(end)) => break Err(failure(end)),
                None => break Ok(Exit::of(&last.status)),
            },
            () = interrupt.pressed() => {
                break Err(Failure::new(Exit::Interrupted, "stopped watching; the payment goes on"));
            }
            () = countdown.step() => countdown.draw(&last),
        }
    };
    drop(countdown);
    ended.map_err(|failure| failure.advise(format!("to watch it again: {}", next::watch(global, &last))))
}

fn failure(end: WaitError) -> Failure {
    match end.reason {
        WaitReason::Failed(error) => error.into(),
        // It was asked for as a payment of real money.
        WaitReason::Sandbox => Failure::failed(end.to_string()),
        _ => Failure::new(Exit::of(&PaymentStatus::Pending), end.to_string()),
    }
}

fn print(payment: &Payment, output: Output) -> Result<(), Failure> {
    output.result(&view::json(payment), || view::line(payment))
}
