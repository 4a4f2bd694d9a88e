//! `gerbang watch`, and the watching of `gerbang pay --watch`.

use std::pin::pin;
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use gerbang::{Kind, Lookup, Payment, PaymentGateway, PaymentStatus, Poll, WaitReason};
use tokio::time::{Instant, timeout_at};

use super::status::find;
use crate::args::{Global, TestMode, Which, time};
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
#[command(after_help = "Exit codes: 0 paid, 1 of the test mode, 3 expired, cancelled or failed,\n\
    5 still pending or not known, 130 Ctrl-C.\n\n\
    Examples:\n  \
    gerbang watch kropay:10000:10020:1780129800:ORDER-1:PG-1 --for 10m\n  \
    gerbang pay --provider kropay --amount 10000 --json | gerbang watch -")]
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
    #[command(flatten)]
    pub test_mode: TestMode,
}

impl Pace {
    /// When the time that the caller allows is over.
    fn deadline(&self) -> Option<Instant> {
        self.at_most.and_then(|time| Instant::now().checked_add(time))
    }

    fn poll(&self, deadline: Option<Instant>) -> Poll {
        let poll = self.interval.map_or_else(Poll::default, Poll::every);
        match deadline {
            Some(deadline) => poll.for_at_most(deadline.saturating_duration_since(Instant::now())),
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
        Some(named) => {
            let mut payment = named.payment()?;
            payment.status = not_asked();
            payment
        }
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

/// Prints the changes of a payment that was printed already, or all where the gateway was not asked yet.
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
    let ended = tokio::select! {
        ended = changes(gateway, &mut last, pace, output) => ended,
        () = interrupt.pressed() => Err(Failure::new(Exit::Interrupted, "stopped watching; the payment goes on")),
    };
    ended.map_err(|failure| match failure.exit() {
        // It has ended.
        Exit::Failed => failure,
        _ => failure.advise(format!("to watch it again: {}", next::watch(global, &last))),
    })
}

async fn changes(
    gateway: &dyn PaymentGateway,
    last: &mut Payment,
    pace: &Pace,
    output: Output,
) -> Result<Exit, Failure> {
    let deadline = pace.deadline();
    if last.status == not_asked()
        && let Some(now) = ask(gateway, last, deadline).await?
    {
        *last = now;
        print(last, output)?;
    }
    let mut countdown = Countdown::new(output);
    loop {
        let known = last.clone();
        let mut changes = pin!(gerbang::watch(gateway, &known, pace.poll(deadline)));
        let end = loop {
            tokio::select! {
                change = changes.next() => match change {
                    Some(Ok(now)) => {
                        *last = now;
                        countdown.clear();
                        print(last, output)?;
                    }
                    Some(Err(end)) => break end,
                    None => return Exit::of(last, pace.test_mode.test_mode),
                },
                () = countdown.step() => countdown.draw(last),
            }
        };
        match end.reason {
            WaitReason::Failed(error) => return Err(error.into()),
            // Known as one of the test mode it is watched on; what it is worth is decided when it has ended.
            WaitReason::Sandbox => last.sandbox = Some(true),
            _ if end.last.status == not_asked() => return Err(time_is_up()),
            _ => return Err(Failure::new(Exit::Unknown, end.to_string())),
        }
    }
}

/// The payment as the gateway knows it now; none where it cannot tell, but may a little later.
async fn ask(
    gateway: &dyn PaymentGateway,
    payment: &Payment,
    deadline: Option<Instant>,
) -> Result<Option<Payment>, Failure> {
    let question = gateway.payment(Lookup::Payment(payment));
    let answer = match deadline {
        Some(deadline) => timeout_at(deadline, question).await.map_err(|_| time_is_up())?,
        None => question.await,
    };
    match answer {
        Ok(now) => Ok(Some(now)),
        Err(error) if error.kind() == Kind::EchoMismatch => Err(error.into()),
        Err(error) => match Failure::from(error) {
            failure if matches!(failure.exit(), Exit::Unreachable | Exit::Unknown) => Ok(None),
            failure => Err(failure),
        },
    }
}

/// The state of a payment of which the gateway has not told anything yet.
fn not_asked() -> PaymentStatus {
    PaymentStatus::Unknown("no answer yet".to_owned())
}

/// The failure of a payment of which the gateway has told nothing in time.
fn time_is_up() -> Failure {
    let what =
        "the time for waiting is over before the gateway could be asked; what became of the payment is not known";
    Failure::new(Exit::Unknown, what)
}

fn print(payment: &Payment, output: Output) -> Result<(), Failure> {
    output.result(&view::json(payment), || view::line(payment))
}
