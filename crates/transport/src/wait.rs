//! Waiting for a payment: one loop for all gateways.

use std::fmt;
use std::time::Duration;

use futures_util::Stream;
use gerbang_core::{Error, Kind, Lookup, Payment, PaymentGateway};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::chance;

/// How to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Poll {
    interval: Duration,
    grace: Duration,
    at_most: Option<Duration>,
}

/// The longest interval.
const SLOWEST: Duration = Duration::from_secs(24 * 3600);

/// The longest time that a provider can make a waiter wait.
const MOST_PATIENT: Duration = Duration::from_secs(600);

/// Every 3 seconds, until a minute after the payment expires.
impl Default for Poll {
    fn default() -> Self {
        Self::every(Duration::from_secs(3))
    }
}

impl Poll {
    /// Asks at this interval, or at the gateway's own shortest one where that is longer. Up to a quarter is added by chance,
    /// so that many waiters do not ask at once. More than a day is taken for a day.
    pub fn every(interval: Duration) -> Self {
        Self { interval: interval.min(SLOWEST), grace: Duration::from_secs(60), at_most: None }
    }

    /// How long to go on after the payment has expired: a payment made in the last second may take a while to be told.
    /// Default: a minute.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Ends after this time in any case. Without it, waiting for a payment that states no expiry ends only with the payment.
    pub fn for_at_most(mut self, time: Duration) -> Self {
        self.at_most = Some(time);
        self
    }
}

/// Why waiting ended without a final status.
#[derive(Debug)]
pub struct WaitError {
    /// The payment as it was last known. It is not known to be unpaid.
    pub last: Payment,
    /// Why.
    pub reason: WaitReason,
}

/// Why waiting ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitReason {
    /// The payment expired, the grace is over, and the gateway still does not call it final.
    Expired,
    /// The time that the caller allowed is over.
    TimeIsUp,
    /// The payment is of the gateway's test mode, which it was not known to be: no money was paid, whatever it says.
    Sandbox,
    /// The gateway gave an answer that asking again will not change.
    Failed(Error),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = &self.last.status;
        match &self.reason {
            WaitReason::Expired => write!(f, "the payment's time is over and it is still {status}; ask again later"),
            WaitReason::TimeIsUp => write!(f, "the time for waiting is over and the payment is still {status}"),
            WaitReason::Sandbox => f.write_str("the payment is of the gateway's test mode; no money was paid"),
            WaitReason::Failed(error) => write!(f, "waiting ended: {error}"),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            WaitReason::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// Waits until a payment is paid, expired, cancelled or failed, and returns it.
///
/// Failures that may pass (no connection, a time-out, too many requests, an error page) are ridden out, more slowly each
/// time; as long as the provider asks, but 10 minutes at most. The clock is tokio's, so that a test can pause it.
///
/// # Errors
///
/// [`WaitError`] holds the payment as it was last known, with which a program can go on waiting later.
pub async fn wait(gateway: &dyn PaymentGateway, payment: &Payment, poll: Poll) -> Result<Payment, WaitError> {
    let mut watch = Watch::new(gateway, payment, poll);
    let mut last = payment.clone();
    while let Some(change) = watch.next().await {
        last = change?;
    }
    Ok(last)
}

/// Each change of a payment's state, as a stream that ends with a final one or with an error.
pub fn watch<'a>(
    gateway: &'a dyn PaymentGateway,
    payment: &Payment,
    poll: Poll,
) -> impl Stream<Item = Result<Payment, WaitError>> + Send + 'a {
    let watch = Watch::new(gateway, payment, poll);
    futures_util::stream::unfold(watch, |mut watch| async { watch.next().await.map(|change| (change, watch)) })
}

struct Watch<'a> {
    gateway: &'a dyn PaymentGateway,
    known: Payment,
    interval: Duration,
    next: Instant,
    failures: u32,
    /// Whether the payment was known to be of the test mode from the beginning.
    is_sandbox: bool,
    /// When the payment's own time, with the grace, is over.
    expiry: Option<Instant>,
    /// When the caller's time is over.
    deadline: Option<Instant>,
    over: bool,
}

impl<'a> Watch<'a> {
    fn new(gateway: &'a dyn PaymentGateway, payment: &Payment, poll: Poll) -> Self {
        let now = Instant::now();
        let interval = poll.interval.max(gateway.capabilities().poll_interval);
        let until_expiry = payment.expires_at.map(|at| {
            let left = at.duration_since(jiff::Timestamp::now());
            Duration::try_from(left).unwrap_or_default().saturating_add(poll.grace)
        });
        Self {
            gateway,
            known: payment.clone(),
            interval,
            next: now + with_jitter(interval),
            failures: 0,
            is_sandbox: payment.sandbox == Some(true),
            expiry: until_expiry.and_then(|time| now.checked_add(time)),
            deadline: poll.at_most.and_then(|time| now.checked_add(time)),
            over: payment.status.is_final(),
        }
    }

    /// The next change; none after a final state or an error.
    async fn next(&mut self) -> Option<Result<Payment, WaitError>> {
        while !self.over {
            let Some(answer) = self.ask().await else { return self.end(WaitReason::TimeIsUp) };
            self.next = Instant::now() + self.pause(&answer);
            match answer {
                Ok(now) if now.sandbox == Some(true) && !self.is_sandbox => return self.end(WaitReason::Sandbox),
                Ok(now) => {
                    self.failures = 0;
                    let changed = now.status != self.known.status;
                    self.known = now;
                    self.over = self.known.status.is_final();
                    if changed {
                        return Some(Ok(self.known.clone()));
                    }
                }
                Err(error) if may_pass(&error) => self.failures += 1,
                Err(error) => return self.end(WaitReason::Failed(error)),
            }
            if !self.over && self.expiry.is_some_and(|expiry| expiry <= Instant::now()) {
                return self.end(WaitReason::Expired);
            }
        }
        None
    }

    /// Asks when it is time to; none when the caller's time is over before the answer.
    async fn ask(&self) -> Option<Result<Payment, Error>> {
        let question = async {
            sleep_until(self.next).await;
            self.gateway.payment(Lookup::Payment(&self.known)).await
        };
        match self.deadline {
            Some(deadline) => timeout_at(deadline, question).await.ok(),
            None => Some(question.await),
        }
    }

    fn end(&mut self, reason: WaitReason) -> Option<Result<Payment, WaitError>> {
        self.over = true;
        Some(Err(WaitError { last: self.known.clone(), reason }))
    }

    /// How long to wait after an answer: longer after each failure, and as long as the provider asks.
    fn pause(&self, answer: &Result<Payment, Error>) -> Duration {
        const LONGEST: Duration = Duration::from_secs(60);
        let Err(error) = answer else { return with_jitter(self.interval) };
        let slower = self.interval.saturating_mul(2_u32.saturating_pow(self.failures.min(6)));
        let slower = slower.min(LONGEST).max(self.interval);
        let asked = error.retry_after().unwrap_or_default().min(MOST_PATIENT);
        with_jitter(slower.max(asked))
    }
}

/// Whether asking again may give another answer.
fn may_pass(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::Connect
            | Kind::Timeout
            | Kind::Disconnected
            | Kind::RateLimited
            | Kind::Unavailable
            | Kind::Html
            | Kind::UnexpectedReply
            | Kind::ReplyTooLarge
    )
}

/// Up to a quarter more, never less.
fn with_jitter(time: Duration) -> Duration {
    time.saturating_add((time / 4).mul_f64(f64::from(chance::random()) / f64::from(u32::MAX)))
}
