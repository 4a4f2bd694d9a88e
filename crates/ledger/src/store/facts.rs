//! What was learnt of an attempt, written in one transaction: the state, the receipt, the order, the events, the cases.

use std::time::Duration;

use gerbang_core::Rupiah;

use super::conn::values;
use super::rows::to_json;
use super::{Conn, Store, transact};
use crate::account::Facts;
use crate::attempt::Attempt;
use crate::event::{Body, EventKind};
use crate::machine::{Ending, Fact, State, next};
use crate::money::{Settlement, settle};
use crate::news::{Finding, How, News, Next, Receipt, expiry};
use crate::order::Order;
use crate::person::Why;
use crate::schedule::{After, Outcome, SEND_AGAIN, next_step, sends_again};
use crate::{Error, chance};

/// The case of a receipt and a surplus that are of the attempt's own payment: none.
pub(super) const OWN: i64 = 0;

/// Instead of the version of an attempt whose row is locked. No row has it, so that one whose version is not known is not taken for it.
const ANY_VERSION: i64 = -1;

/// How many attempts of an order in a row may end unseen before the merchant must ask for another.
const MOST_UNSEEN: i64 = 3;

/// Who learns, and of which account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Learning<'a> {
    pub facts: &'a Facts,
    /// Whether the lease of this process ends with it.
    pub ends_lease: bool,
    /// Which of the notifications that wait for a question it answers.
    pub answers: Answers,
}

/// Which of the notifications that wait for a question are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    None,
    /// Those that came before the question, by the database's clock.
    Before(i64),
    /// All: nothing else will be said.
    All,
}

impl Store {
    /// Judges and writes what was learnt of an attempt that was seen, as it is by now. Returns the attempt as it is then.
    pub async fn learn<'n>(
        &self,
        seen: &Attempt,
        learning: Learning<'_>,
        judge: impl Fn(&Attempt) -> News<'n> + Send + Sync,
    ) -> Result<Attempt, Error> {
        transact!(self, self.one_statement(), conn => {
            let before = conn.locked(seen).await?;
            let news = judge(&before);
            conn.apply(self, &before, news, learning).await?
        })
    }
}

impl Conn {
    pub(super) async fn apply(
        &mut self,
        store: &Store,
        before: &Attempt,
        news: News<'_>,
        learning: Learning<'_>,
    ) -> Result<Attempt, Error> {
        let mut news = news;
        if news.fact == Some(Fact::NotSent) && !before.is_leased_by(&store.holder) {
            // Whoever has the lease now has written what is known.
            news.fact = None;
        }
        let mut after = changed(before, &news, learning.facts);
        if !self.update(store, before, &mut after, &news, learning).await? {
            news = self.doubled_id(before, &after).await?;
            after = changed(before, &news, learning.facts);
            if !self.update(store, before, &mut after, &news, learning).await? {
                return Err(Error::Store(sqlx::Error::RowNotFound));
            }
        }
        if let Some(receipt) = &news.receipt {
            self.receive(before, &after, receipt).await?;
        }
        self.add_events(before, &after).await?;
        if let Some(finding) = &news.finding
            && (finding.why != Why::Reversed || self.is_proven(&after).await?)
        {
            self.open_case(&after, finding).await?;
        }
        self.answer_inbox(before, &after, learning, &news).await?;
        let is_closed_now = before.state != State::Closed && after.state == State::Closed;
        let is_unseen = is_closed_now && after.ending == Some(Ending::Unseen);
        if is_unseen {
            self.add_spare(&after).await?;
        }
        Ok(after)
    }

    /// An id that the gateway gave to another payment of the account proves nothing of this one.
    async fn doubled_id(&mut self, before: &Attempt, after: &Attempt) -> Result<News<'static>, Error> {
        let sql = "SELECT id FROM gerbang_attempt WHERE gateway_id = $1 AND account = $2 AND id <> $3";
        let values = values![after.gateway_id.as_deref(), before.account.as_str(), before.id];
        if self.first(sql, values).await?.is_none() {
            return Err(Error::Store(sqlx::Error::RowNotFound));
        }
        let fact = (before.state == State::Sending).then_some(Fact::Unanswered);
        let what = "the gateway gave the id of another payment to this one";
        Ok(News { fact, ..News::finding(Why::DoubledId, what) })
    }

    /// Writes an attempt. False, and nothing is written, where another one of the account has its id.
    async fn update(
        &mut self,
        store: &Store,
        before: &Attempt,
        after: &mut Attempt,
        news: &News<'_>,
        learning: Learning<'_>,
    ) -> Result<bool, Error> {
        if after.state == State::Closed {
            // The tail begins once: with the end, or with an expiry that becomes known later.
            let from = if before.state == State::Closed { expiry(after) } else { expiry(after).max(after.now) };
            after.watch_until = Some(after.watch_until.unwrap_or(0).max(from + store.tail));
        }
        let is_planned = matches!(news.next, Next::AsPlanned) && after.state == before.state;
        let due = if is_planned { None } else { due_in(after, learning.facts, &news.next) };
        let lease_ends = i64::from(learning.ends_lease && before.lease_by.as_deref() == Some(&store.holder));
        let version = if self.is_one_statement() { before.version } else { ANY_VERSION };
        // The rank is guarded although the row is locked: no update lowers it, but the one by who holds the lease.
        let sql = "UPDATE gerbang_attempt SET state = $2, rank = $3, ending = $4, gateway_id = $5, payment = $6, \
                   expires_at = $7, watch_until = $8, failures = $9, \
                   due_at = CASE WHEN $10 = 1 THEN due_at ELSE {now} + $11 END, \
                   lease_until = CASE WHEN $12 = 1 THEN 0 ELSE lease_until END \
                   WHERE id = $1 AND state = $13 AND (rank <= $3 OR (state = 'sending' AND $2 = 'intended')) \
                   AND ($15 = -1 OR {version} = $15) \
                   AND NOT EXISTS (SELECT 1 FROM gerbang_attempt d WHERE d.gateway_id = $5 AND d.account = $14 AND d.id <> $1)";
        let payment = after.payment.as_ref().map(to_json).transpose()?;
        let values = values![
            before.id,
            after.state.as_str(),
            after.state.rank(),
            after.ending.map(Ending::as_str),
            after.gateway_id.clone(),
            payment,
            after.expires_at,
            after.watch_until,
            i64::from(after.failures),
            i64::from(is_planned),
            due,
            lease_ends,
            before.state.as_str(),
            before.account.as_str(),
            version,
        ];
        Ok(self.expect(1, sql, values).await? == 1)
    }

    /// Writes a receipt, once for an attempt, and what it means for the order.
    async fn receive(&mut self, before: &Attempt, attempt: &Attempt, receipt: &Receipt) -> Result<(), Error> {
        let sql = "INSERT INTO gerbang_receipt (attempt, amount, how, late, at) VALUES ($1, $2, $3, $4, {now}) \
                   ON CONFLICT DO NOTHING";
        let late = receipt.is_late;
        let values = values![attempt.id, receipt.amount, receipt.how.as_str(), i64::from(late)];
        if self.expect(1, sql, values).await? == 0 {
            return Ok(());
        }
        let (cost, is_paid) = match self.is_one_statement() {
            // As nearly always; `pay_order` changes nothing where it is not so.
            true => (attempt.amount, false),
            false => self.locked_order(&attempt.order).await?,
        };
        match settle(is_paid, cost, attempt.amount, receipt.weight) {
            Settlement::Pays { excess } => {
                if !before.state.blocks_others() {
                    self.withdraw_others(attempt).await?;
                }
                self.pay_order(attempt, cost, receipt.amount, late).await?;
                if excess > Rupiah::new(0) {
                    self.add_surplus(attempt, OWN, excess, "excess").await?;
                }
                Ok(())
            }
            Settlement::Surplus => self.add_surplus(attempt, OWN, receipt.amount, "second").await,
            Settlement::Short => {
                let detail = format!("{} rupiah came in, which is less than the order costs", receipt.amount);
                let finding = Finding { amount: Some(receipt.amount), ..Finding::new(Why::Short, detail) };
                self.open_case(attempt, &finding).await
            }
        }
    }

    /// Whether the gateway has said that an attempt is paid. Where a person has, the gateway's other words are no news.
    async fn is_proven(&mut self, attempt: &Attempt) -> Result<bool, Error> {
        let sql = "SELECT attempt FROM gerbang_receipt WHERE attempt = $1 AND case_id = 0 AND how <> $2";
        Ok(self.first(sql, values![attempt.id, How::Person.as_str()]).await?.is_some())
    }

    /// Marks an order of this price as paid, and writes the event that it ships by.
    pub(super) async fn pay_order(
        &mut self,
        attempt: &Attempt,
        price: Rupiah,
        amount: Rupiah,
        late: bool,
    ) -> Result<(), Error> {
        let sql =
            "UPDATE gerbang_order SET state = 'paid', paid_by = $2 WHERE id = $1 AND state = 'unpaid' AND price = $3";
        if self.expect(1, sql, values![attempt.order.as_str(), attempt.id, price]).await? != 1 {
            return Err(Error::Store(sqlx::Error::RowNotFound));
        }
        let body = Body { amount: Some(amount), late, ..body(attempt) };
        self.add_event(EventKind::PaymentPaid, attempt.id, Some(&attempt.order), &body).await
    }

    /// Closes the other attempt of an order that is paid, where nothing was sent for it.
    pub(super) async fn withdraw_others(&mut self, attempt: &Attempt) -> Result<(), Error> {
        let sql = "UPDATE gerbang_attempt SET state = 'closed', rank = 4, ending = $2, due_at = NULL \
                   WHERE order_id = $1 AND state = 'intended'";
        self.execute(sql, values![attempt.order.as_str(), Ending::Withdrawn.as_str()]).await?;
        Ok(())
    }

    /// Writes that money is due back: of the attempt's own payment, or of the one that a person has counted by a case.
    pub(super) async fn add_surplus(
        &mut self,
        attempt: &Attempt,
        case: i64,
        amount: Rupiah,
        why: &str,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO gerbang_surplus (attempt, case_id, amount, why, at) VALUES ($1, $2, $3, $4, {now}) \
                   ON CONFLICT DO NOTHING RETURNING id";
        let Some(row) = self.first(sql, values![attempt.id, case, amount, why]).await? else { return Ok(()) };
        let body = Body { amount: Some(amount), why: Some(why.to_owned()), ..body(attempt) };
        self.add_event(EventKind::PaymentSurplus, row.int("id")?, Some(&attempt.order), &body).await
    }

    async fn add_events(&mut self, before: &Attempt, after: &Attempt) -> Result<(), Error> {
        let order = Some(after.order.as_str());
        if after.state == State::Open && before.state != State::Open {
            let amount = after.payment.as_ref().and_then(|payment| payment.payable).unwrap_or(after.amount);
            let body = Body { amount: Some(amount), ..body(after) };
            self.add_event(EventKind::PaymentCreated, after.id, order, &body).await?;
        }
        if after.state == State::Closed && before.state != State::Closed {
            let why = after.ending.map(|ending| ending.as_str().to_owned());
            let body = Body { amount: Some(after.amount), why, ..body(after) };
            self.add_event(EventKind::PaymentClosed, after.id, order, &body).await?;
        }
        Ok(())
    }

    /// Opens a case of an attempt, unless there is or was the same.
    pub(super) async fn open_case(&mut self, attempt: &Attempt, finding: &Finding) -> Result<(), Error> {
        let subject = (attempt.reference.as_str(), Some(attempt.id), Some(attempt.order.as_str()));
        self.open_case_of(&attempt.account, subject, finding).await
    }

    /// Opens a case of a subject: the attempt's reference, or the hash of a notification that belongs to none.
    pub(crate) async fn open_case_of(
        &mut self,
        account: &str,
        (subject, attempt, order): (&str, Option<i64>, Option<&str>),
        finding: &Finding,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO gerbang_case (account, attempt, subject, why, detail, amount, at) \
                   VALUES ($1, $2, $3, $4, $5, $6, {now}) ON CONFLICT DO NOTHING RETURNING id";
        let values = values![account, attempt, subject, finding.why.as_str(), finding.detail.as_str(), finding.amount];
        let Some(row) = self.first(sql, values).await? else { return Ok(()) };
        tracing::error!(
            gerbang.account = account,
            gerbang.reference = attempt.map(|_| subject),
            "a person must look: {}",
            finding.why
        );
        let reference = attempt.map(|_| subject.to_owned());
        let why = Some(finding.why.as_str().to_owned());
        let body = Body { account: account.to_owned(), reference, amount: finding.amount, why, ..Body::default() };
        self.add_event(EventKind::CaseOpened, row.int("id")?, order, &body).await
    }

    /// Writes down the order's next attempt, after one that nobody can pay.
    async fn add_spare(&mut self, unseen: &Attempt) -> Result<(), Error> {
        let (cost, is_paid) = self.locked_order(&unseen.order).await?;
        let sql = "SELECT count(*) AS n FROM gerbang_attempt WHERE order_id = $1 AND ending = 'unseen'";
        let unseen_ones = self.first(sql, values![unseen.order.as_str()]).await?.map_or(Ok(0), |row| row.int("n"))?;
        if is_paid || cost != unseen.amount || unseen_ones >= MOST_UNSEEN {
            return Ok(());
        }
        let mut again = unseen.request.clone();
        again.reference.clone_from(&unseen.order);
        let order = Order::from(again);
        self.add_next_attempt(&order, &unseen.account, None).await.map(drop)
    }
}

fn body(attempt: &Attempt) -> Body {
    Body { account: attempt.account.clone(), reference: Some(attempt.reference.clone()), ..Body::default() }
}

/// The attempt as the news leave it.
fn changed(before: &Attempt, news: &News<'_>, facts: &Facts) -> Attempt {
    let mut after = before.clone();
    let step = |after: &mut Attempt, fact| {
        if let Some((state, ending)) = next(after.state, fact) {
            (after.state, after.ending) = (state, ending.or(after.ending));
        }
    };
    if let Some(fact) = news.fact {
        step(&mut after, fact);
    }
    let is_lost = news.fact == Some(Fact::Unanswered) && !facts.finds_lost_replies();
    if is_lost && facts.is_unseen_without_reply(before.request.method.as_ref()) {
        step(&mut after, Fact::Unseen);
    }
    if let Some(payment) = &news.payment {
        after.gateway_id = before.gateway_id.clone().or_else(|| payment.id.clone());
        after.expires_at = before.expires_at.or(payment.expires_at.map(|at| at.as_millisecond()));
        let mut payment = payment.clone();
        payment.id.clone_from(&after.gateway_id);
        after.payment = Some(payment);
    }
    after.failures = match news.next {
        Next::Answered | Next::Doubtful => 0,
        Next::Failed(_) => before.failures.saturating_add(1),
        Next::Hopeless | Next::AsPlanned => before.failures,
    };
    after
}

/// How long from now the next step is due, in milliseconds; none where no step is left.
pub(super) fn due_in(after: &Attempt, facts: &Facts, why: &Next<'_>) -> Option<i64> {
    let can = &facts.can;
    let can_be_found = after.state == State::Uncertain && sends_again(can) && after.age() < SEND_AGAIN;
    let outcome = match why {
        Next::Answered | Next::AsPlanned => Outcome::Answered,
        Next::Doubtful => Outcome::Doubtful,
        Next::Failed(error) => Outcome::Failed(error, after.failures),
        Next::Hopeless => Outcome::Hopeless,
    };
    let after = After {
        state: after.state,
        can,
        can_be_asked: can.status && (after.gateway_id.is_some() || can.find_by_reference) || can_be_found,
        age: after.age(),
        time_left: expiry(after) - after.now,
        watch_left: after.watch_until.unwrap_or(0) - after.now,
    };
    next_step(&after, &outcome, chance::number()).map(millis)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
