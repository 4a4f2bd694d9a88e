//! Creating payments: written down, sent once, stored.

use std::time::Duration;

use gerbang_core::{Delivery, Kind, Payment};
use tokio::time::{Instant, sleep};
use tracing::Instrument;

use crate::Error;
use crate::account::Account;
use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::machine::{Ending, Fact, State};
use crate::news::{News, of_reply};
use crate::order::Order;
use crate::schedule::{LATEST_SEND, LEASE};
use crate::store::{Answers, Intent, Learning};

/// How long to wait for somebody else who is sending the same attempt.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the reply to a creation is kept in memory while the database is away. Others take it for lost after the lease.
const KEEP_REPLY: Duration = LEASE;

/// How many attempts one call sends, where replies are lost with all that a customer could pay with.
const MOST_SENDS: u32 = 2;

impl Ledger {
    /// The payment of an order: created with this account, or the one that is open, with whichever account, or the one that
    /// has paid the order; see its status. Called again, at the same time or after a crash, nothing is created twice.
    ///
    /// It goes on when its caller is dropped.
    ///
    /// # Errors
    ///
    /// - [`Error::Gateway`]: the gateway refused, or could not be reached. Another call is another try, with another account
    ///   too.
    /// - [`Error::Unanswered`]: the reply was lost. The worker finds out; call again later.
    /// - [`Error::OpenAtAnotherPrice`]: cancel that one first.
    /// - [`Error::AwaitsPerson`]: too little came in already.
    /// - [`Error::UnknownAccount`], [`Error::AccountChanged`], [`Error::Invalid`] for values that cannot be.
    /// - [`Error::Store`]: nothing was sent, or the database was away for two minutes after the reply and what was sent is found out
    ///   by the worker.
    pub async fn pay(&self, order: &Order, account: &str) -> Result<Payment, Error> {
        order.check()?;
        let account = self.find_account(account)?.clone();
        let (ledger, order, reference) = (self.clone(), order.clone(), order.id().to_owned());
        let paying = tokio::spawn(async move { ledger.pay_now(&order, &account, None).await }.in_current_span());
        // A gateway that panicked leaves the attempt as one whose reply was lost.
        paying.await.unwrap_or(Err(Error::Unanswered { reference }))
    }

    /// The payment of an order, of which this process may have taken an attempt at some time.
    pub(crate) async fn pay_now(
        &self,
        order: &Order,
        account: &Account,
        mut taken: Option<(Attempt, Instant)>,
    ) -> Result<Payment, Error> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(20);
        let mut sent = 0;
        loop {
            let (attempt, taken_at) = match taken.take() {
                Some(taken) => taken,
                None => {
                    let asked_at = Instant::now();
                    match self.store.take_intent(order, &account.facts()).await? {
                        Intent::Taken(attempt) => (attempt, asked_at),
                        Intent::Paid(attempt) => return self.show(&attempt, true),
                        Intent::Attempt(attempt) if attempt.state == State::Open => return self.show(&attempt, false),
                        // Somebody else is sending it, or finding out what became of it.
                        Intent::Attempt(attempt)
                            if started.elapsed() > PATIENCE || attempt.state == State::Uncertain =>
                        {
                            return Err(Error::Unanswered { reference: attempt.reference });
                        }
                        Intent::Attempt(_) => {
                            sleep(pause).await;
                            pause = (pause * 2).min(Duration::from_millis(500));
                            continue;
                        }
                    }
                }
            };
            sent += 1;
            let (after, error) = self.send(attempt, account, taken_at).await?;
            match (after.state, error) {
                (State::Open, _) => return self.show(&after, false),
                // Whether that pays the order is in the book.
                (State::Paid, _) => {}
                (State::Closed, error) if is_unseen(&after) && sent < MOST_SENDS => drop(error),
                (_, Some(error)) if after.state != State::Uncertain => return Err(Error::Gateway(error)),
                (State::Closed, None) => return Err(Error::Gateway(closed_at_once(&after))),
                _ => return Err(Error::Unanswered { reference: after.reference }),
            }
        }
    }

    /// Sends an attempt that this process has the lease of, once, and learns what the reply says.
    pub(crate) async fn send(
        &self,
        attempt: Attempt,
        account: &Account,
        taken_at: Instant,
    ) -> Result<(Attempt, Option<gerbang_core::Error>), Error> {
        let facts = account.facts();
        let learning = Learning { facts: &facts, ends_lease: true, answers: Answers::None };
        if taken_at.elapsed() > LATEST_SEND {
            // The lease may be over for others, who take it that the request is under way: it must not be begun any more.
            let after = self.store.learn(&attempt, learning, |_| News::fact(Fact::NotSent)).await?;
            return Ok((after, None));
        }
        let reply = account.gateway().create_payment(&attempt.sent()).await;
        if let Err(error) = &reply {
            tracing::warn!(
                gerbang.account = account.name(),
                gerbang.reference = attempt.reference,
                "a creation failed: {error}"
            );
        }
        let after = self.learn_reply(&attempt, learning, &reply).await?;
        self.wake.events.send_replace(());
        Ok((after, reply.err()))
    }

    /// Writes what the reply says, and again for a while when the database is away: nothing else may show what the customer pays
    /// with.
    async fn learn_reply(
        &self,
        attempt: &Attempt,
        learning: Learning<'_>,
        reply: &Result<Payment, gerbang_core::Error>,
    ) -> Result<Attempt, Error> {
        let came_at = Instant::now();
        let mut pause = Duration::from_millis(100);
        loop {
            let error = match self.store.learn(attempt, learning, |now| of_reply(now, learning.facts, reply)).await {
                Err(Error::Store(error)) => error,
                done => return done,
            };
            let id = reply.as_ref().ok().and_then(|created| created.id.as_deref());
            if came_at.elapsed() > KEEP_REPLY {
                tracing::error!(
                    gerbang.account = attempt.account,
                    gerbang.reference = attempt.reference,
                    gerbang.id = id,
                    "the reply to a creation is lost, as it could not be written: {error}"
                );
                return Err(Error::Store(error));
            }
            tracing::warn!(gerbang.reference = attempt.reference, "a reply waits for the database: {error}");
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    fn show(&self, attempt: &Attempt, is_order_paid: bool) -> Result<Payment, Error> {
        Ok(attempt.shown(self.find_account(&attempt.account)?.gateway().provider(), is_order_paid))
    }
}

fn closed_at_once(attempt: &Attempt) -> gerbang_core::Error {
    let what = format!("the payment {} was over as soon as it was created", attempt.reference);
    gerbang_core::Error::new(Kind::Rejected, Delivery::Answered, what)
}

/// Whether nobody can pay the attempt because its reply was lost: another can be sent at once.
fn is_unseen(after: &Attempt) -> bool {
    after.ending == Some(Ending::Unseen)
}
