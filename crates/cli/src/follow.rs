//! Watching a payment until it is paid or closed: how often the gateway is asked, and what is printed.

use std::io;
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use gerbang::{Doubt, Error, Expected, Payment, PaymentGateway, PaymentStatus, Poll, WaitReason, Watched, pace};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::args::{Global, TestMode, time};
use crate::countdown::Countdown;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::lookup::{Which, ask, not_known_now};
use crate::next;
use crate::output::Output;
use crate::printable::printable;
use crate::reader;
use crate::settings::Settings;
use crate::verdict::{self, Verdict};
use crate::view;

/// How a payment is watched.
#[derive(Args, Debug)]
pub struct Pace {
    /// Stop after this time, such as 10m
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    at_most: Option<Duration>,
    /// Ask at this interval; 3s or more by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    interval: Option<Duration>,
    /// Go on after the expiry for this time; 1m unless given
    #[arg(long, value_name = "TIME", value_parser = time)]
    grace: Option<Duration>,
    #[command(flatten)]
    pub test_mode: TestMode,
}

/// How long a payment that has expired is watched on: one that was made in the last second may take a while to be reported.
const GRACE: Duration = Duration::from_secs(60);

impl Pace {
    /// When the time that the caller allows is over.
    fn deadline(&self) -> Option<Instant> {
        self.at_most.and_then(|time| Instant::now().checked_add(time))
    }

    /// Its options as a command line has them.
    pub fn options(&self) -> String {
        let times = [("for", self.at_most), ("interval", self.interval), ("grace", self.grace)];
        let times = times.into_iter().filter_map(|(name, time)| Some((name, next::time(time?))));
        let times: String = times.map(|(name, time)| format!(" {}", next::option(name, &time))).collect();
        times + self.test_mode.option()
    }

    fn grace(&self) -> Duration {
        self.grace.unwrap_or(GRACE)
    }

    fn poll(&self, deadline: Option<Instant>) -> Poll {
        let poll = self.interval.map_or_else(Poll::default, Poll::every).grace(self.grace());
        match deadline {
            Some(deadline) => poll.for_at_most(deadline.saturating_duration_since(Instant::now())),
            None => poll,
        }
    }

    /// Whether an expiry and its grace are over.
    fn is_over(&self, expires_at: Option<Timestamp>) -> bool {
        let over = expires_at.and_then(|at| at.checked_add(self.grace()).ok());
        over.is_some_and(|over| over <= Timestamp::now())
    }
}

/// Checks that a gateway reports the status of its payments.
///
/// # Errors
///
/// [`Failure`] that says what reports it instead.
pub fn check_reports_status(gateway: &dyn PaymentGateway) -> Result<(), Failure> {
    if gateway.capabilities().status {
        return Ok(());
    }
    let what = format!("{} reports no status, so that its payments cannot be watched", gateway.provider());
    Err(Failure::usage(what).advise("its notification reports it, see `gerbang webhook --help`"))
}

/// A payment that is watched.
pub struct Follow<'a> {
    /// The gateway that is asked.
    pub gateway: &'a dyn PaymentGateway,
    /// How it was named; none where it was created by this command and is printed already.
    pub which: Option<&'a Which>,
    /// How it is watched.
    pub pace: &'a Pace,
    /// With the secrets that are not shown, in this section.
    pub settings: &'a Settings,
    pub section: &'static str,
    /// What the command to go on needs.
    pub global: &'a Global,
    /// Where its changes go.
    pub output: Output,
    /// The payment as it was last known.
    pub last: Payment,
}

impl Follow<'_> {
    /// Prints the changes of the payment, until it is paid or closed.
    ///
    /// # Errors
    ///
    /// [`Failure`] of a question, when the time is up, on Ctrl-C, and where nobody reads the changes any more.
    pub async fn run(mut self, mut interrupt: Interrupt) -> Result<Exit, Failure> {
        let failure = tokio::select! {
            ended = self.changes() => return ended,
            () = interrupt.pressed() => Failure::new(Exit::Interrupted, "stopped watching; the payment goes on"),
            () = reader::gone() => Failure::output(&io::ErrorKind::BrokenPipe.into()),
        };
        Err(self.again(failure))
    }

    async fn changes(&mut self) -> Result<Exit, Failure> {
        let deadline = self.pace.deadline();
        match self.which {
            Some(which) => {
                if let Some(exit) = self.ask_at_once(which, deadline).await? {
                    return Ok(exit);
                }
            }
            // No question changes what the creation has said.
            None if self.last.sandbox == Some(true) && !self.pace.test_mode.test_mode => {
                return Err(Failure::test_mode());
            }
            None => {}
        }
        let expected = self.expected();
        let mut changes = pin!(gerbang::watch(self.gateway, &expected, self.pace.poll(deadline)));
        let mut countdown = Countdown::new(self.output);
        let end = loop {
            let change = tokio::select! {
                change = changes.next() => change,
                () = countdown.step() => {
                    countdown.draw(&self.last);
                    continue;
                }
            };
            countdown.clear();
            match change {
                Some(Ok(Watched::Changed(now))) => self.print(*now)?,
                Some(Ok(Watched::Paid(proof))) => {
                    self.print(proof.payment().clone())?;
                    if proof.is_late() {
                        verdict::print_late(self.output);
                    }
                    return Ok(Exit::Done);
                }
                Some(Err(end)) => break end,
                Some(Ok(_)) => {}
                None => return Err(self.again(Failure::new(Exit::Unknown, "the gateway is not asked any more"))),
            }
        };
        let what = end.to_string();
        match end.reason {
            WaitReason::Closed => {
                if end.last.status != self.last.status {
                    self.print(*end.last)?;
                }
                Ok(Exit::NotPaid)
            }
            WaitReason::TimeIsUp if self.last.status == not_asked() => Err(self.again(time_is_up())),
            WaitReason::TimeIsUp if self.last.status.is_closed() => Ok(Exit::NotPaid),
            WaitReason::Doubted(doubt) => Err(verdict::failure(&doubt)),
            WaitReason::Failed(error) => Err(self.again(self.not_known(error).into())),
            _ => Err(self.again(Failure::new(Exit::Unknown, what))),
        }
    }

    /// Asks without waiting for the interval, and prints the answer. The exit code where nothing more is to be waited for;
    /// none where the payment is open, or the gateway gave no answer and may give one later.
    async fn ask_at_once(&mut self, which: &Which, deadline: Option<Instant>) -> Result<Option<Exit>, Failure> {
        let question = ask(self.gateway, which, &self.last);
        let answer = match deadline {
            Some(deadline) => timeout_at(deadline, question).await,
            None => Ok(question.await),
        };
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if pace::may_pass(&error, 1) => {
                self.output.note(&json!({"asking_again": error.to_string()}), || {
                    printable(&tr(&format!("no answer yet, asking again: {error}")))
                });
                return Ok(None);
            }
            Ok(Err(error)) => return Err(self.again(error.into())),
            Err(_) => return Err(self.again(time_is_up())),
        };
        let verdict = Verdict::new(&self.expected(), answer);
        self.print(verdict.payment.clone())?;
        verdict.print_late(self.output);
        match &verdict.doubt {
            Some(Doubt::NotPaid(PaymentStatus::Expired)) if !self.pace.is_over(self.last.expires_at) => Ok(None),
            Some(Doubt::NotPaid(status)) if !status.is_closed() => Ok(None),
            // An open one of the test mode is not waited for: no money will come.
            Some(Doubt::TestMode) if !self.last.status.is_closed() => Err(Failure::test_mode()),
            _ => verdict.end().map(Some),
        }
    }

    fn expected(&self) -> Expected {
        self.pace.test_mode.expected(self.last.clone())
    }

    fn print(&mut self, now: Payment) -> Result<(), Failure> {
        self.last = now;
        let shown = self.settings.shown(self.section, &self.last);
        let printed = self.output.needed(&view::json(&shown), || view::line(&shown));
        printed.map_err(|failure| self.again(failure))
    }

    /// The error of a question about a payment about which the gateway has not answered yet.
    fn not_known(&self, error: Error) -> Error {
        let by_reference = self.which.is_some_and(|which| which.payment.is_none());
        if by_reference && self.last.status == not_asked() {
            not_known_now(self.gateway.provider(), error)
        } else {
            error
        }
    }

    fn again(&self, failure: Failure) -> Failure {
        failure.advise(format!("to watch it again: {}", next::watch(self.global, &self.last, &self.pace.options())))
    }
}

/// The state of a payment about which the gateway has not answered yet.
pub fn not_asked() -> PaymentStatus {
    PaymentStatus::Unknown("no answer yet".to_owned())
}

/// The failure of a payment about which the gateway has not answered in time.
fn time_is_up() -> Failure {
    let what =
        "the time for waiting is over before the gateway answered anything; what became of the payment is not known";
    Failure::new(Exit::Unknown, what)
}
