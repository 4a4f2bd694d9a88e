//! The worker: takes up everything that is due, after a restart too.

use std::future::Future;
use std::time::Duration;

use gerbang_core::{Error as GatewayError, Kind, Lookup, Payment};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::account::{Account, Facts};
use crate::attempt::Attempt;
use crate::event::Event;
use crate::ledger::{Handler, Ledger, millis};
use crate::machine::State;
use crate::news::{Finding, Kinship, News, absent, kinship, of_answer, of_failed_question, of_reply};
use crate::reversal::of_answer_after_payment;
use crate::schedule::LATEST_SEND;
use crate::store::{Answers, Claimed, Learning, OtherId};
use crate::task::Task;
use crate::tx::Tx;
use crate::{Error, chance};

/// How long an idle worker sleeps, unless something happens in this process.
const IDLE: Duration = Duration::from_secs(1);

/// How long it sleeps at least.
const BRIEF: Duration = Duration::from_millis(20);

/// How often old bodies are deleted.
const CLEANING: Duration = Duration::from_secs(3600);

/// How many events are handled in one transaction at most.
const MOST_EVENTS: u32 = 64;

/// How many attempts of an account are worked on at a time, by each process.
const AT_A_TIME: usize = 4;

/// How many steps one call of [`Ledger::work_once`] takes for an account, so that it ends.
const MOST_STEPS: u32 = 10_000;

/// What [`Ledger::work_once`] has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Work {
    /// How many attempts were sent, asked about or concluded.
    pub steps: u32,
    /// How many events were handled.
    pub events: u32,
    /// How many events could not be handled, and come again.
    pub failed_events: u32,
}

impl Ledger {
    /// Works until the shutdown: sends what is intended, asks about what is due at each account's pace, closes what is over,
    /// handles events, deletes old bodies. Any number of processes can work on one book. What was begun is ended before it
    /// returns; dropped instead, it leaves that as a crash does.
    ///
    /// Only what belongs to the accounts of this ledger is worked on.
    ///
    /// # Errors
    ///
    /// [`Error::AccountChanged`] at once. A database that is away is waited for.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        self.know_accounts().await?;
        let mut workers = JoinSet::new();
        let (stop, stopped) = watch::channel(false);
        for account in self.all_accounts() {
            let (ledger, account, stopped) = (self.clone(), account.clone(), stopped.clone());
            workers.spawn(async move { ledger.work_for(&account, stopped).await });
        }
        let ledger = self.clone();
        workers.spawn(async move { ledger.work_on_events(stopped).await });
        shutdown.await;
        stop.send_replace(true);
        self.wake.attempts.send_replace(());
        self.wake.events.send_replace(());
        while workers.join_next().await.is_some() {}
        Ok(())
    }

    /// Does all that is due now, once, as far as the accounts' pace allows: one question for each account. For cron and for tests.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::AccountChanged`]; what was done before stays done.
    pub async fn work_once(&self) -> Result<Work, Error> {
        self.know_accounts().await?;
        let mut work = Work::default();
        for account in self.all_accounts() {
            for _ in 0..MOST_STEPS {
                match self.step(account).await? {
                    true => work.steps += 1,
                    false => break,
                }
            }
        }
        self.work_events(&mut work).await?;
        self.store.delete_bodies(millis(self.keep_bodies)).await?;
        Ok(work)
    }

    async fn know_accounts(&self) -> Result<(), Error> {
        for account in self.all_accounts() {
            self.store.know(&account.facts()).await?;
        }
        Ok(())
    }

    async fn work_for(&self, account: &Account, stopped: watch::Receiver<bool>) {
        let mut steps = JoinSet::new();
        let mut woken = self.wake.attempts.subscribe();
        let pause = account.shortest_pause().clamp(BRIEF, IDLE);
        while !*stopped.borrow() {
            let claimed = match steps.len() < AT_A_TIME {
                true => self.claim(account).await,
                false => Ok(None),
            };
            match claimed {
                Ok(Some((claimed, at))) => {
                    let (ledger, account) = (self.clone(), account.clone());
                    steps.spawn(async move {
                        if let Err(error) = ledger.carry_out(claimed, &account, at).await {
                            tracing::error!(gerbang.account = account.name(), "a step failed: {error}");
                        }
                    });
                }
                Ok(None) if steps.is_empty() => rest(pause, &mut woken).await,
                Ok(None) => {
                    let _ = timeout(pause, steps.join_next()).await;
                }
                Err(error) => {
                    tracing::error!(gerbang.account = account.name(), "the worker waits: {error}");
                    rest(IDLE, &mut woken).await;
                }
            }
        }
        while steps.join_next().await.is_some() {}
    }

    async fn work_on_events(&self, stopped: watch::Receiver<bool>) {
        let mut clean_at = Instant::now();
        let mut woken = self.wake.events.subscribe();
        while !*stopped.borrow() {
            let mut worked = self.work_events(&mut Work::default()).await;
            if worked.is_ok() && clean_at <= Instant::now() {
                clean_at = Instant::now() + CLEANING;
                worked = self.store.delete_bodies(millis(self.keep_bodies)).await;
            }
            if let Err(error) = worked {
                tracing::error!("the worker waits: {error}");
            }
            rest(IDLE, &mut woken).await;
        }
    }

    /// Takes one step for an account; false when nothing is due.
    async fn step(&self, account: &Account) -> Result<bool, Error> {
        match self.claim(account).await? {
            Some((claimed, at)) => self.carry_out(claimed, account, at).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn claim(&self, account: &Account) -> Result<Option<(Claimed, Instant)>, Error> {
        let at = Instant::now();
        let claimed = self.store.claim(&account.facts(), account.shortest_pause(), chance::number()).await?;
        Ok(claimed.map(|claimed| (claimed, at)))
    }

    async fn carry_out(&self, claimed: Claimed, account: &Account, claimed_at: Instant) -> Result<(), Error> {
        let facts = account.facts();
        let answers = match claimed.task {
            Task::Ask | Task::Find => Answers::Before(claimed.attempt.asked_at),
            // Time answers for those who cannot be asked any more.
            Task::Conclude(_) | Task::GiveUpLooking => Answers::All,
            Task::Send | Task::CreateAgain | Task::AskAbout(_) | Task::Nothing => Answers::None,
        };
        let learning = Learning { facts: &facts, ends_lease: true, answers };
        let (attempt, gateway) = (claimed.attempt, account.gateway());
        match claimed.task {
            Task::Send => {
                if let Some(taken) = self.store.take(attempt.id).await? {
                    self.send(taken, account, claimed_at).await?;
                }
                return Ok(());
            }
            Task::Ask => {
                let known = attempt.known(facts.provider);
                let answer = gateway.payment(Lookup::Payment(&known)).await;
                self.answered(&attempt, learning, &answer).await?;
            }
            Task::Find => {
                let lookup = Lookup::Reference { reference: &attempt.reference, amount: attempt.amount };
                let answer = gateway.payment(lookup).await;
                self.answered(&attempt, learning, &answer).await?;
            }
            // It must not be begun any more, see [`LATEST_SEND`].
            Task::CreateAgain if claimed_at.elapsed() > LATEST_SEND => {
                self.store.learn(&attempt, learning, |_| News::nothing_new()).await.map(drop)?;
            }
            Task::CreateAgain => {
                let reply = gateway.create_payment(&attempt.sent()).await;
                let judge = |now: &Attempt| match &reply {
                    Ok(_) => of_reply(now, &facts, &reply),
                    // It says nothing of the first request, which may be under way.
                    Err(error) => of_failed_question(&now.as_of(&attempt), &facts, error),
                };
                self.store.learn(&attempt, learning, judge).await.map(drop)?;
            }
            Task::AskAbout(id) => self.ask_about(&attempt, account, &facts, &id).await?,
            Task::Conclude(fact) => {
                self.store.learn(&attempt, learning, |_| News::fact(fact)).await.map(drop)?;
            }
            Task::GiveUpLooking => {
                self.store.learn(&attempt, learning, |_| absent(&facts)).await.map(drop)?;
            }
            Task::Nothing => {
                self.store.learn(&attempt, learning, |_| News::nothing_new()).await.map(drop)?;
            }
        }
        self.wake.events.send_replace(());
        Ok(())
    }

    async fn answered(
        &self,
        attempt: &Attempt,
        learning: Learning<'_>,
        answer: &Result<Payment, GatewayError>,
    ) -> Result<(), Error> {
        let judge = |now: &Attempt| match answer {
            // Not by what is known now: a payment that was paid since the question began may have been answered as it was before.
            Ok(answer) if attempt.state == State::Paid => of_answer_after_payment(now, learning.facts, answer),
            Ok(answer) => of_answer(&now.as_of(attempt), learning.facts, answer),
            Err(error) => of_failed_question(&now.as_of(attempt), learning.facts, error),
        };
        self.store.learn(attempt, learning, judge).await.map(drop)
    }

    /// Asks for the payment that a notification names, whose id is not the attempt's own, or may be it after a lost reply.
    async fn ask_about(&self, attempt: &Attempt, account: &Account, facts: &Facts, id: &str) -> Result<(), Error> {
        let mut other = attempt.request.unanswered(facts.provider);
        other.id = Some(id.to_owned());
        let answer = account.gateway().payment(Lookup::Payment(&other)).await;
        let kin = answer.as_ref().map(|answer| (answer, kinship(attempt, facts, answer)));
        let other = match kin {
            Ok((answer, Kinship::Paid(_) | Kinship::Unpaid)) if attempt.gateway_id.is_none() => {
                let answers = Answers::Before(attempt.asked_at);
                let learning = Learning { facts, ends_lease: true, answers };
                self.store.learn(attempt, learning, |now| of_answer(&now.as_of(attempt), facts, answer)).await?;
                OtherId::Settled("answered", None)
            }
            Ok((_, Kinship::Paid(amount))) => {
                OtherId::Settled("second payment", Some(Finding::second_payment(id, Some(amount))))
            }
            Ok((_, Kinship::None)) => OtherId::Foreign,
            Err(error) if error.kind() == Kind::EchoMismatch => OtherId::Foreign,
            // The gateway may know it, or call it paid, a little later.
            Ok((_, Kinship::Unpaid)) | Err(_) => OtherId::Later,
        };
        self.store.settle_other_id(facts, attempt.id, id, &other).await
    }

    async fn work_events(&self, work: &mut Work) -> Result<(), Error> {
        let Some(handler) = &self.handler else { return Ok(()) };
        let mut most = MOST_EVENTS;
        while self.store.is_event_due().await? {
            match self.handle_events(&**handler, most).await? {
                Handled::All(0) => break,
                Handled::All(events) => (work.events, most) = (work.events + events, MOST_EVENTS),
                Handled::FailedAfter(0) => (work.failed_events, most) = (work.failed_events + 1, MOST_EVENTS),
                // Those before the one that failed again, without it.
                Handled::FailedAfter(events) => most = events,
            }
        }
        Ok(())
    }

    /// Handles what is due in one transaction, which ends after so many events or a short time. One that fails takes back the
    /// others; it is planned again only where it is the first, as what is done about it must not be done to those.
    async fn handle_events(&self, handler: &Handler, most: u32) -> Result<Handled, Error> {
        let (started, tx) = (Instant::now(), self.begin().await?);
        let events = tx.conn().await?.due_events(most).await?;
        let mut handled = 0;
        for event in events {
            if handled > 0 && started.elapsed() > BRIEF {
                break;
            }
            let seq = event.seq;
            tx.handles(seq);
            match self.handle_event(handler, &tx, event).await {
                Ok(Ended::No) => handled += 1,
                Ok(Ended::ByHandler) => return Ok(Handled::All(handled + 1)),
                Err(failure) => {
                    tracing::error!(gerbang.event = seq, "{failure}");
                    tx.rollback().await;
                    if handled == 0 {
                        self.store.postpone(seq).await?;
                    }
                    return Ok(Handled::FailedAfter(handled));
                }
            }
        }
        tx.commit().await?;
        Ok(Handled::All(handled))
    }

    /// Handles an event that this transaction has locked.
    async fn handle_event(&self, handler: &Handler, tx: &Tx, event: Event) -> Result<Ended, String> {
        let uses = tx.uses();
        let mut handling = tokio::spawn(handler(tx.shared(), event));
        match timeout(self.handler_limit, &mut handling).await {
            Ok(Ok(Ok(()))) if tx.uses() == uses => Ok(Ended::No),
            // Where a statement of the handler's has failed, PostgreSQL would commit nothing and not say so.
            Ok(Ok(Ok(()))) => match tx.check().await {
                Ok(()) => Ok(Ended::No),
                Err(Error::WrongTransaction) => Ok(Ended::ByHandler),
                Err(error) => Err(format!("an event could not be marked as handled: {error}")),
            },
            Ok(Ok(Err(error))) => Err(format!("the handler of an event failed: {error}")),
            Ok(Err(_)) => Err("the handler of an event panicked".to_owned()),
            Err(_) => {
                handling.abort();
                Err(format!("the handler of an event took longer than {:?}", self.handler_limit))
            }
        }
    }
}

/// Sleeps, or until something happens in this process.
async fn rest(time: Duration, woken: &mut watch::Receiver<()>) {
    let _ = timeout(time, woken.changed()).await;
}

/// What became of the events that one transaction took.
enum Handled {
    /// So many are handled, and that is committed.
    All(u32),
    /// One failed after so many others; nothing is committed.
    FailedAfter(u32),
}

/// Whether a transaction has ended.
enum Ended {
    No,
    /// The handler has committed it: its effect and the mark went together.
    ByHandler,
}
