//! Notifications: what proves something is learnt, what does not leads to a question, and both are kept before the sender is
//! answered.

use gerbang_core::{Doubt, Notification, PaymentStatus, Trust};

use super::conn::values;
use super::facts::{Answers, Learning, due_in};
use super::rows::{select_attempt, to_attempt, to_json};
use super::{Conn, Store, transact};
use crate::Error;
use crate::account::Facts;
use crate::attempt::Attempt;
use crate::inbox::Said;
use crate::machine::State;
use crate::news::{Finding, News, Next};
use crate::person::Why;
use crate::schedule::interval;
use crate::value::Value;
use crate::verdict::{Verdict, of_notification};

/// How many notifications of an attempt that name other ids than its own may wait for a question. More are not kept: whoever
/// sends them knows a reference, and nothing else.
const MOST_OTHER_IDS: i64 = 20;

/// How many notifications are kept of a payment that is paid, of those that prove nothing.
const MOST_DOUBTS: i64 = 5;

/// How long notifications are asked about whose id the gateway does not confirm, in milliseconds.
const LATEST_OTHER_ID: i64 = 6 * 3_600_000;

/// How long a closed payment is watched after a notification, in milliseconds.
const WATCHED_AGAIN: i64 = 24 * 3_600_000;

/// The attempt that a notification is about, by the gateway's id or the merchant's reference, with the values of [`addressee`].
const ADDRESSEE: &str = select_attempt!(
    "WHERE id = COALESCE((SELECT id FROM gerbang_attempt WHERE gateway_id = $2 AND account = $1), \
                         (SELECT id FROM gerbang_attempt WHERE lower(reference) = lower($3) AND account = $1))"
);

/// The same, locked.
const ADDRESSEE_LOCKED: &str = select_attempt!(
    "WHERE id = COALESCE((SELECT id FROM gerbang_attempt WHERE gateway_id = $2 AND account = $1), \
                         (SELECT id FROM gerbang_attempt WHERE lower(reference) = lower($3) AND account = $1)) {lock}"
);

/// A notification that came in.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    pub said: &'a Notification,
    /// Of headers and body.
    pub hash: &'a str,
    /// Without secrets.
    pub headers: &'a str,
    pub body: &'a [u8],
}

/// What became of a notification.
#[derive(Debug)]
pub(crate) enum Received {
    /// It is kept, and what it proves is learnt, or a person looks at it.
    Learnt,
    /// It is kept, and the gateway is asked.
    Kept,
    /// It is not kept: too many wait.
    TooMany,
    /// It proves nothing, and is about another payment or the test mode.
    Refused(Doubt),
    /// It is about no payment of the book.
    Unknown,
}

/// What became of notifications that name another id than the attempt's own.
#[derive(Debug)]
pub(crate) enum OtherId {
    /// The gateway has decided: in which way, and what a person must know.
    Settled(&'static str, Option<Finding>),
    /// It has nothing to do with the attempt: nothing of it is kept.
    Foreign,
    /// It may say otherwise later.
    Later,
}

impl Store {
    /// Keeps a notification and learns what it proves.
    pub async fn receive(&self, facts: &Facts, incoming: &Incoming<'_>) -> Result<Received, Error> {
        let (is_signed, one_statement) = (is_signed(facts, incoming.said), self.one_statement());
        let mut seen = None;
        if !is_signed || one_statement.is_some() {
            let rows = self.look(ADDRESSEE, addressee(facts, incoming.said)).await?;
            seen = rows.first().map(to_attempt).transpose()?;
        }
        // Who cannot sign can send as many as he likes, and must be in nobody's way.
        if !is_signed && let Some(received) = self.receive_without_writing(facts, seen.as_ref(), incoming.said).await? {
            return Ok(received);
        }
        transact!(self, one_statement.filter(|_| seen.is_some()), conn => {
            // What is judged for another mode or gateway than the book's is not believed.
            conn.know_account(self, facts).await?;
            let attempt = match &seen {
                Some(seen) if conn.is_one_statement() => Some(seen.aged()),
                _ => {
                    let row = conn.first(ADDRESSEE_LOCKED, addressee(facts, incoming.said)).await?;
                    row.as_ref().map(to_attempt).transpose()?
                }
            };
            match attempt {
                Some(attempt) => conn.receive_for(self, &attempt, facts, incoming).await?,
                None => conn.receive_for_nobody(facts, incoming).await?,
            }
        })
    }

    /// What becomes of a notification for which nothing is to be written.
    async fn receive_without_writing(
        &self,
        facts: &Facts,
        seen: Option<&Attempt>,
        said: &Notification,
    ) -> Result<Option<Received>, Error> {
        if !self.knows(facts) && self.read().await?.is_known(facts).await? {
            self.remember(facts);
        }
        let Some(attempt) = seen else { return Ok(Some(Received::Unknown)) };
        match of_notification(attempt, facts, said) {
            Verdict::Learn(_) => Ok(None),
            Verdict::Refuse(doubt) => Ok(Some(Received::Refused(doubt))),
            Verdict::Ask => self.read().await?.receive_again(attempt, said).await,
            Verdict::Known => {
                let is_kept = self.read().await?.claims(attempt, said).await? > 0;
                Ok(is_kept.then_some(Received::Kept))
            }
        }
    }

    /// Writes what became of the notifications of an attempt that name another id than its own, once that was asked about.
    pub async fn settle_other_id(&self, facts: &Facts, attempt: i64, id: &str, other: &OtherId) -> Result<(), Error> {
        transact!(self, conn => {
            let attempt = conn.locked_attempt(attempt).await?;
            match other {
                OtherId::Later => conn.try_other_id_later(&attempt, id).await?,
                OtherId::Foreign => {
                    let sql = "DELETE FROM gerbang_inbox WHERE attempt = $1 AND gateway_id = $2 AND outcome IS NULL";
                    conn.execute(sql, values![attempt.id, id]).await?;
                }
                OtherId::Settled(outcome, finding) => {
                    let sql = "UPDATE gerbang_inbox SET outcome = $3 \
                               WHERE attempt = $1 AND gateway_id = $2 AND outcome IS NULL";
                    conn.execute(sql, values![attempt.id, id, *outcome]).await?;
                    if let Some(finding) = finding {
                        conn.open_case(&attempt, finding).await?;
                    }
                }
            }
            conn.release(self, &attempt).await?;
            let waiting = conn.waiting(&attempt).await?;
            conn.plan_by_waiting(&attempt, facts, waiting).await?
        })
    }

    /// Deletes what holds customers' data and is older than this, in milliseconds: the bodies and headers of notifications that
    /// are settled, and what was sent for attempts that are not sent again.
    pub async fn delete_bodies(&self, older_than: i64) -> Result<(), Error> {
        transact!(self, conn => {
            let sql = "UPDATE gerbang_inbox SET body = NULL, headers = NULL \
                       WHERE body IS NOT NULL AND at < {start} - $1 AND outcome IS NOT NULL";
            conn.execute(sql, values![older_than]).await?;
            let sql = "UPDATE gerbang_attempt SET request = NULL \
                       WHERE request IS NOT NULL AND created_at < {start} - $1 AND state IN ('open', 'closed', 'paid')";
            conn.execute(sql, values![older_than]).await?;
        })
    }
}

impl Conn {
    async fn receive_for(
        &mut self,
        store: &Store,
        attempt: &Attempt,
        facts: &Facts,
        incoming: &Incoming<'_>,
    ) -> Result<Received, Error> {
        match of_notification(attempt, facts, incoming.said) {
            Verdict::Refuse(doubt) => {
                // Nothing that is written would tell that the attempt has changed since it was seen.
                self.refuse_to_read()?;
                Ok(Received::Refused(doubt))
            }
            Verdict::Learn(news) => {
                let learning = Learning { facts, ends_lease: false, answers: Answers::None };
                self.apply(store, attempt, *news, learning).await?;
                self.keep(Some(attempt.id), facts, incoming, Some("learnt")).await?;
                Ok(Received::Learnt)
            }
            Verdict::Ask => {
                if let Some(received) = self.receive_again(attempt, incoming.said).await? {
                    return Ok(received);
                }
                self.ask_now(attempt, facts).await?;
                self.keep_claim(attempt, facts, incoming).await?;
                Ok(Received::Kept)
            }
            Verdict::Known => {
                self.keep(Some(attempt.id), facts, incoming, Some("paid")).await?;
                Ok(Received::Kept)
            }
        }
    }

    /// What becomes of a notification that leads to no other question than those that wait: the same was said since the last
    /// question began, or too many name other payments.
    async fn receive_again(&mut self, attempt: &Attempt, said: &Notification) -> Result<Option<Received>, Error> {
        let sql = "SELECT count(CASE WHEN gateway_id <> $2 THEN 1 END) AS others, \
                   count(CASE WHEN gateway_id IS NOT DISTINCT FROM $3 AND at > $4 THEN 1 END) AS same \
                   FROM gerbang_inbox WHERE attempt = $1 AND outcome IS NULL";
        let own = attempt.gateway_id.as_deref().unwrap_or_default();
        let values = values![attempt.id, own, said.id.as_deref(), attempt.asked_at];
        let Some(row) = self.first(sql, values).await? else { return Ok(None) };
        let is_of_another = said.id.as_deref().is_some_and(|id| id != own);
        Ok(match (row.int("same")?, row.int("others")?) {
            (1.., _) => Some(Received::Kept),
            (0, MOST_OTHER_IDS..) if is_of_another => Some(Received::TooMany),
            _ => None,
        })
    }

    /// How many notifications of an attempt are kept that name this payment.
    async fn claims(&mut self, attempt: &Attempt, said: &Notification) -> Result<i64, Error> {
        let sql = "SELECT count(*) AS n FROM gerbang_inbox WHERE attempt = $1 AND gateway_id IS NOT DISTINCT FROM $2";
        let row = self.first(sql, values![attempt.id, said.id.as_deref()]).await?;
        Ok(row.map_or(Ok(0), |row| row.int("n"))?)
    }

    /// Keeps a notification that leads to a question: one for each payment that is named, however many come, and some more of a paid
    /// one, so that a person can see what was said of it.
    async fn keep_claim(&mut self, attempt: &Attempt, facts: &Facts, incoming: &Incoming<'_>) -> Result<(), Error> {
        if attempt.state == State::Paid && self.claims(attempt, incoming.said).await? < MOST_DOUBTS {
            return self.keep(Some(attempt.id), facts, incoming, None).await;
        }
        let sql = "UPDATE gerbang_inbox SET at = {now}, tries = 0, outcome = NULL \
                   WHERE attempt = $1 AND gateway_id IS NOT DISTINCT FROM $2 AND outcome IS DISTINCT FROM 'learnt'";
        if self.execute(sql, values![attempt.id, incoming.said.id.as_deref()]).await? > 0 {
            return Ok(());
        }
        self.keep(Some(attempt.id), facts, incoming, None).await
    }

    /// A signed claim of money for which there is no payment in the book is a person's matter; any other is anybody's word.
    async fn receive_for_nobody(&mut self, facts: &Facts, incoming: &Incoming<'_>) -> Result<Received, Error> {
        let said = incoming.said;
        if !is_signed_claim(facts, said) {
            return Ok(Received::Unknown);
        }
        self.keep(None, facts, incoming, Some("unknown")).await?;
        let name = said.reference.as_deref().or(said.id.as_deref()).unwrap_or("none");
        let detail =
            format!("a signed notification claims that a payment is paid which is not in the book (reference {name})");
        let finding = Finding { amount: said.payable.or(said.amount), ..Finding::new(Why::UnknownPayment, detail) };
        self.open_case_of(&facts.account, (incoming.hash, None, None), &finding).await?;
        Ok(Received::Learnt)
    }

    async fn keep(
        &mut self,
        attempt: Option<i64>,
        facts: &Facts,
        incoming: &Incoming<'_>,
        outcome: Option<&str>,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO gerbang_inbox (account, hash, attempt, gateway_id, headers, body, notification, outcome, at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {now}) ON CONFLICT (account, hash) DO UPDATE \
                   SET attempt = COALESCE(gerbang_inbox.attempt, excluded.attempt), \
                   outcome = CASE WHEN excluded.outcome IS NULL OR gerbang_inbox.outcome = 'unknown' \
                             THEN excluded.outcome ELSE gerbang_inbox.outcome END, \
                   at = CASE WHEN excluded.outcome IS NULL THEN excluded.at ELSE gerbang_inbox.at END, tries = 0";
        let values = values![
            facts.account.as_str(),
            incoming.hash,
            attempt,
            incoming.said.id.as_deref(),
            incoming.headers,
            incoming.body,
            to_json(&Said::new(incoming.said))?,
            outcome,
        ];
        self.expect(1, sql, values).await?;
        Ok(())
    }

    /// Brings the next question forward, but keeps the interval: however many notifications come, one question is asked.
    async fn ask_now(&mut self, attempt: &Attempt, facts: &Facts) -> Result<(), Error> {
        // Also where it is due already: who has seen the attempt before must see that there is something to ask about.
        let sql = "UPDATE gerbang_attempt SET due_at = CASE WHEN due_at < $2 THEN due_at ELSE $2 END WHERE id = $1";
        self.execute(sql, values![attempt.id, soonest(attempt, facts)]).await?;
        // The gateway may know of the money a little later than it notifies, also after the tail.
        let sql = "UPDATE gerbang_attempt SET watch_until = {now} + $2 WHERE id = $1 AND watch_until < {now} + $2";
        self.execute(sql, values![attempt.id, WATCHED_AGAIN]).await?;
        Ok(())
    }

    /// A notification of an id that the gateway does not confirm waits its turn behind others, for some hours, and is forgotten
    /// then.
    async fn try_other_id_later(&mut self, attempt: &Attempt, id: &str) -> Result<(), Error> {
        let sql =
            "UPDATE gerbang_inbox SET tries = tries + 1 WHERE attempt = $1 AND gateway_id = $2 AND outcome IS NULL";
        self.execute(sql, values![attempt.id, id]).await?;
        let sql = "DELETE FROM gerbang_inbox WHERE attempt = $1 AND outcome IS NULL AND at < {now} - $3 AND tries > 0 \
                   AND gateway_id IS NOT NULL AND gateway_id IS DISTINCT FROM $2";
        self.execute(sql, values![attempt.id, attempt.gateway_id.as_deref(), LATEST_OTHER_ID]).await?;
        Ok(())
    }

    /// When the oldest of the notifications came that wait for a question, and how often the one was asked about that was asked about
    /// least.
    async fn waiting(&mut self, attempt: &Attempt) -> Result<Option<(i64, i64)>, Error> {
        let sql = "SELECT min(at) AS oldest, min(tries) AS tries FROM gerbang_inbox \
                   WHERE attempt = $1 AND outcome IS NULL";
        match self.first(sql, values![attempt.id]).await? {
            Some(row) => Ok(row.maybe_int("oldest")?.zip(row.maybe_int("tries")?)),
            None => Ok(None),
        }
    }

    /// Plans the attempt's next step by what waits: the attempt's own question must not wait for those about another id.
    async fn plan_by_waiting(
        &mut self,
        attempt: &Attempt,
        facts: &Facts,
        waiting: Option<(i64, i64)>,
    ) -> Result<(), Error> {
        let planned = due_in(attempt, facts, &Next::Answered).map(|pause| attempt.now + pause);
        let shortest = i64::try_from(interval(&facts.can).as_millis()).unwrap_or(i64::MAX);
        let next = match waiting {
            None => planned,
            // Those that were never asked about come at the interval, the others ever more slowly.
            Some((_, 0)) => Some(attempt.now + shortest),
            Some((oldest, _)) => {
                let again = attempt.now + shortest.max((attempt.now - oldest) / 10);
                Some(planned.map_or(again, |planned| planned.min(again)))
            }
        };
        self.execute("UPDATE gerbang_attempt SET due_at = $2 WHERE id = $1", values![attempt.id, next]).await?;
        Ok(())
    }

    /// An answer about the attempt answers the notifications that came before the question and name no other payment. For the
    /// others the next question is planned.
    pub(super) async fn answer_inbox(
        &mut self,
        before: &Attempt,
        attempt: &Attempt,
        learning: Learning<'_>,
        news: &News<'_>,
    ) -> Result<(), Error> {
        let (is_paid, was_paid) = (attempt.state == State::Paid, before.state == State::Paid);
        let has_failed = matches!(news.next, Next::Failed(_));
        let until = match learning.answers {
            _ if has_failed => None,
            // What comes after the question may be that the money went back.
            Answers::Before(asked_at) => Some(asked_at),
            // Without a question, only that it is paid answers those that came before it was.
            Answers::None => (is_paid && !was_paid).then_some(i64::MAX),
            Answers::All => (!was_paid).then_some(i64::MAX),
        };
        if until.is_none() && !is_paid {
            return Ok(());
        }
        let sql = "SELECT id FROM gerbang_inbox WHERE attempt = $1 AND outcome IS NULL LIMIT 1";
        if self.finds_nothing(sql, values![attempt.id]).await? {
            return Ok(());
        }
        let id = attempt.gateway_id.as_deref();
        match until {
            Some(until) => {
                let is_reversed = news.finding.as_ref().is_some_and(|finding| finding.why == Why::Reversed);
                let outcome = if is_reversed { "reversed" } else { attempt.state.as_str() };
                let sql = "UPDATE gerbang_inbox SET outcome = $3 WHERE attempt = $1 AND outcome IS NULL AND at <= $4 \
                           AND (gateway_id IS NULL OR gateway_id = $2)";
                self.execute(sql, values![attempt.id, id, outcome, until]).await?;
            }
            None if has_failed => {
                let sql = "UPDATE gerbang_inbox SET tries = tries + 1 WHERE attempt = $1 AND outcome IS NULL \
                           AND (gateway_id IS NULL OR gateway_id = $2)";
                self.execute(sql, values![attempt.id, id]).await?;
            }
            None => {}
        }
        if is_paid {
            // Nothing else would be planned for those that name another payment, or say that the money went back.
            if !learning.facts.can.status {
                return Ok(());
            }
            return match self.waiting(attempt).await? {
                // What is due next was written with the payment.
                None if !matches!(news.next, Next::AsPlanned) => Ok(()),
                waiting => self.plan_by_waiting(attempt, learning.facts, waiting).await,
            };
        }
        let sql = "UPDATE gerbang_attempt SET due_at = $2 WHERE id = $1 AND (due_at IS NULL OR due_at > $2) \
                   AND EXISTS (SELECT 1 FROM gerbang_inbox \
                               WHERE attempt = $1 AND outcome IS NULL AND (gateway_id IS NULL OR gateway_id = $3))";
        self.execute(sql, values![attempt.id, soonest(attempt, learning.facts), id]).await?;
        Ok(())
    }
}

/// Whether it proves by itself that it is the gateway's.
fn is_signed(facts: &Facts, said: &Notification) -> bool {
    said.trust == Trust::Signed && facts.can.notifications == Trust::Signed
}

/// Whether it proves by itself that it is the gateway's, and may mean "paid".
fn is_signed_claim(facts: &Facts, said: &Notification) -> bool {
    is_signed(facts, said) && said.claimed != PaymentStatus::Pending && !said.claimed.is_closed()
}

fn addressee(facts: &Facts, said: &Notification) -> Vec<Value> {
    values![facts.account.as_str(), said.id.as_deref(), said.reference.as_deref()]
}

/// When the gateway may be asked about an attempt again.
fn soonest(attempt: &Attempt, facts: &Facts) -> i64 {
    let interval = i64::try_from(interval(&facts.can).as_millis()).unwrap_or(i64::MAX);
    attempt.asked_at.saturating_add(interval).max(attempt.now)
}
