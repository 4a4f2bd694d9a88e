//! Waiting for a payment: one loop for all gateways. What passes and how fast to ask is decided in [`gerbang_core::pace`],
//! what is paid in [`gerbang_core::judge_answer`].

use std::fmt;
use std::time::Duration;

use futures_util::Stream;
use gerbang_core::{Doubt, Error, Expected, Lookup, Payment, PaymentGateway, PaymentStatus, Proof, judge_answer, pace};
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

    /// How long to go on after the payment has expired, or after the gateway has first called it expired: a payment made in
    /// the last second may take a while to be reported. Default: a minute.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Ends after this time in any case. Without it, waiting for a payment that states no expiry, or at a gateway that never
    /// answers, ends only with the payment.
    pub fn for_at_most(mut self, time: Duration) -> Self {
        self.at_most = Some(time);
        self
    }
}

/// Why waiting ended without a proof that the payment is paid.
#[derive(Debug)]
pub struct WaitError {
    /// The payment as it was last known. It is not known to be unpaid for good: money can still come.
    pub last: Box<Payment>,
    /// Why.
    pub reason: WaitReason,
}

/// Why waiting ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitReason {
    /// The gateway says that the payment is expired, cancelled or failed: [`WaitError::last`] has the state. Not the end for
    /// the merchant's books: QRIS money arrives late. Ask again later, and take its notification.
    Closed,
    /// The payment expired, the grace is over, and the gateway says that it is still open.
    Expired,
    /// The time that the caller allowed is over.
    TimeIsUp,
    /// The gateway's answer is not one about the expected payment, or is about the gateway's test mode: see [`Doubt`].
    Doubted(Doubt),
    /// The gateway gave an answer that asking again will not change.
    Failed(Error),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = &self.last.status;
        match &self.reason {
            WaitReason::Closed => write!(f, "the gateway says that the payment is {status}; ask again later"),
            WaitReason::Expired => write!(f, "the payment's time is over and it is still {status}; ask again later"),
            WaitReason::TimeIsUp => write!(f, "the time for waiting is over and the payment is still {status}"),
            WaitReason::Doubted(doubt) => write!(f, "the gateway's answer proves no payment: {doubt}"),
            WaitReason::Failed(error) => write!(f, "waiting ended: {error}"),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            WaitReason::Doubted(doubt) => Some(doubt),
            WaitReason::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// What became of a payment while it was watched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Watched {
    /// Its state is another one, and it is not paid.
    Changed(Box<Payment>),
    /// It is paid.
    Paid(Proof),
}

/// Waits until a payment is paid, and returns the proof, as [`judge_answer`] gives it.
///
/// Failures that may pass (no connection, a time-out, too many requests, an error page, a payment that the gateway does not
/// know yet) are followed by another question with exponential backoff; as long as the provider asks, but 10 minutes at most.
/// What looks like an answer, such as a refused key, ends the waiting after eight in a row. The expiry ends it only with an
/// answer that came after expiry and grace: an outage is no answer. An expiry that is past when the waiting begins may be a
/// server's mistake about its zone: the grace then counts from the beginning. The clock is tokio's, so that a test can pause
/// it.
///
/// # Errors
///
/// [`WaitError`] holds the payment as it was last known, with which a program can go on waiting later.
pub async fn wait(gateway: &dyn PaymentGateway, expected: &Expected, poll: Poll) -> Result<Proof, WaitError> {
    let mut watch = Watch::new(gateway, expected, poll);
    loop {
        if let Watched::Paid(proof) = watch.next().await? {
            return Ok(proof);
        }
    }
}

/// Each change of a payment's state, as a stream that ends with the proof that it is paid, or with an error as [`wait`].
pub fn watch<'a>(
    gateway: &'a dyn PaymentGateway,
    expected: &Expected,
    poll: Poll,
) -> impl Stream<Item = Result<Watched, WaitError>> + Send + 'a {
    let watch = Some(Watch::new(gateway, expected, poll));
    futures_util::stream::unfold(watch, |watch| async {
        let mut watch = watch?;
        let next = watch.next().await;
        let goes_on = matches!(next, Ok(Watched::Changed(_)));
        Some((next, goes_on.then_some(watch)))
    })
}

struct Watch<'a> {
    gateway: &'a dyn PaymentGateway,
    /// The payment as it was last known.
    expected: Expected,
    interval: Duration,
    grace: Duration,
    next: Instant,
    failures: u32,
    /// When the payment's own time, with the grace, is over.
    expiry: Option<Instant>,
    /// When the caller's time is over.
    deadline: Option<Instant>,
}

impl<'a> Watch<'a> {
    fn new(gateway: &'a dyn PaymentGateway, expected: &Expected, poll: Poll) -> Self {
        let now = Instant::now();
        let interval = poll.interval.max(gateway.capabilities().poll_interval);
        let until_expiry = expected.payment().expires_at.map(|at| {
            let left = at.duration_since(jiff::Timestamp::now());
            Duration::try_from(left).unwrap_or_default().saturating_add(poll.grace)
        });
        let mut watch = Self {
            gateway,
            expected: expected.clone(),
            interval,
            grace: poll.grace,
            next: now,
            failures: 0,
            expiry: until_expiry.and_then(|time| now.checked_add(time)),
            deadline: poll.at_most.and_then(|time| now.checked_add(time)),
        };
        watch.pause();
        if let Some(time) = poll.at_most {
            // A caller with little time gets one answer at least.
            watch.next = watch.next.min(now + time / 2);
        }
        watch
    }

    /// Asks again after the interval, and when the expiry and its grace are over, whichever is sooner.
    fn pause(&mut self) {
        let now = Instant::now();
        self.next = now + pace::after_answer(self.interval, chance::random());
        let soonest = now + self.gateway.capabilities().poll_interval;
        if let Some(expiry) = self.expiry {
            self.next = self.next.min(expiry.max(soonest));
        }
    }

    /// The next change.
    async fn next(&mut self) -> Result<Watched, WaitError> {
        loop {
            let Some(answer) = self.ask().await else { return Err(self.end(WaitReason::TimeIsUp)) };
            match answer {
                Ok(now) => {
                    self.failures = 0;
                    let change = self.answered(now)?;
                    self.pause();
                    if let Some(change) = change {
                        return Ok(change);
                    }
                }
                Err(error) => {
                    self.failures = self.failures.saturating_add(1);
                    if !pace::may_pass(&error, self.failures) {
                        return Err(self.end(WaitReason::Failed(error)));
                    }
                    let pause = pace::after_failure(self.interval, self.failures, &error, chance::random());
                    self.next = Instant::now() + pause;
                }
            }
        }
    }

    /// What an answer means; none when nothing has changed.
    fn answered(&mut self, now: Payment) -> Result<Option<Watched>, WaitError> {
        let status = match judge_answer(&self.expected, &now) {
            Ok(proof) => return Ok(Some(Watched::Paid(proof))),
            Err(Doubt::NotPaid(status)) => status,
            Err(doubt) => return Err(self.end(WaitReason::Doubted(doubt))),
        };
        let has_changed = status != self.expected.payment().status;
        if let Err(error) = self.expected.update(now) {
            return Err(self.end(WaitReason::Failed(error)));
        }
        match status {
            PaymentStatus::Cancelled | PaymentStatus::Failed => return Err(self.end(WaitReason::Closed)),
            // Money that was sent in the last second arrives within the grace.
            PaymentStatus::Expired => {
                let over = Instant::now().checked_add(self.grace);
                self.expiry = self.expiry.into_iter().chain(over).min();
            }
            _ => {}
        }
        if self.expiry.is_some_and(|expiry| expiry <= Instant::now()) {
            let is_closed = status == PaymentStatus::Expired;
            return Err(self.end(if is_closed { WaitReason::Closed } else { WaitReason::Expired }));
        }
        Ok(has_changed.then(|| Watched::Changed(Box::new(self.expected.payment().clone()))))
    }

    /// Asks when it is time to; none when the caller's time is over before the answer.
    async fn ask(&self) -> Option<Result<Payment, Error>> {
        let question = async {
            sleep_until(self.next).await;
            self.gateway.payment(Lookup::Payment(self.expected.payment())).await
        };
        match self.deadline {
            Some(deadline) => timeout_at(deadline, question).await.ok(),
            None => Some(question.await),
        }
    }

    fn end(&self, reason: WaitReason) -> WaitError {
        WaitError { last: Box::new(self.expected.payment().clone()), reason }
    }
}
