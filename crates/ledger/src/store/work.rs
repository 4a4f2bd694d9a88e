//! Taking work: which attempt is due, at the account's pace, for one worker of all machines.

use std::time::Duration;

use super::clock::TOLERANCE;
use super::conn::values;
use super::rows::{returning_attempt, select_attempt, to_attempt};
use super::{Conn, Store, transact};
use crate::Error;
use crate::account::Facts;
use crate::attempt::Attempt;
use crate::ledger::millis;
use crate::machine::State;
use crate::schedule::LEASE;
use crate::task::{Notified, Task, task};

/// An attempt that this process has the lease of, and what to do about it.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub attempt: Attempt,
    pub task: Task,
}

impl Store {
    /// Takes the attempt of an account that is due for longest. None where nothing is due, or the account's budget of questions
    /// is used up for now.
    pub async fn claim(&self, facts: &Facts, pace: Duration, chance: u32) -> Result<Option<Claimed>, Error> {
        if !self.is_anything_due(facts).await? {
            return Ok(None);
        }
        transact!(self, conn => conn.claim(facts, pace, &self.holder, chance).await?)
    }

    /// Looks without a lock, so that idle workers are in nobody's way.
    async fn is_anything_due(&self, facts: &Facts) -> Result<bool, Error> {
        let sql = "SELECT {now} AS now, (SELECT id FROM gerbang_attempt \
                   WHERE account = $1 AND due_at <= {start} AND lease_until <= {start} LIMIT 1) AS id";
        let rows = self.look(sql, values![facts.account.as_str()]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        self.note_time(row.int("now")?).await?;
        Ok(row.maybe_int("id")?.is_some())
    }
}

impl Conn {
    async fn claim(
        &mut self,
        facts: &Facts,
        pace: Duration,
        holder: &str,
        chance: u32,
    ) -> Result<Option<Claimed>, Error> {
        let sql = select_attempt!(
            "WHERE account = $1 AND due_at <= {start} AND lease_until <= {start} ORDER BY due_at LIMIT 1 {skip}"
        );
        let Some((mut attempt, mut task)) = self.due(sql, facts, chance).await? else { return Ok(None) };
        if task.asks() && !self.take_budget(facts, pace).await? {
            // What asks nothing does not wait for the budget.
            let sql = select_attempt!(
                "WHERE account = $1 AND due_at <= {start} AND lease_until <= {start} \
                 AND state IN ('intended', 'sending') ORDER BY due_at LIMIT 1 {skip}"
            );
            let Some(unsent) = self.due(sql, facts, chance).await? else { return Ok(None) };
            (attempt, task) = unsent;
        }
        let lease = millis(LEASE);
        let asks = i64::from(task.asks());
        let sql = returning_attempt!(
            "UPDATE gerbang_attempt SET lease_until = {now} + $3, lease_by = $2, \
             asked_at = CASE WHEN $4 = 1 THEN {now} ELSE asked_at END WHERE id = $1"
        );
        let row = self.first(sql, values![attempt.id, holder, lease, asks]).await?;
        Ok(row.map(|row| to_attempt(&row)).transpose()?.map(|attempt| Claimed { attempt, task }))
    }

    /// The first attempt of a query, locked, and what is to be done about it.
    async fn due(&mut self, sql: &'static str, facts: &Facts, chance: u32) -> Result<Option<(Attempt, Task)>, Error> {
        let Some(row) = self.first(sql, values![facts.account.as_str()]).await? else { return Ok(None) };
        let attempt = to_attempt(&row)?;
        let other = self.notified_id(&attempt).await?;
        let doubts = attempt.state == State::Paid && self.is_doubted(&attempt).await?;
        let task = task(&attempt, facts, Notified { doubts, other }, chance);
        Ok(Some((attempt, task)))
    }

    /// The gateway's id that the waiting notification names that was tried least, where it is not the attempt's own.
    async fn notified_id(&mut self, attempt: &Attempt) -> Result<Option<String>, Error> {
        let sql = "SELECT gateway_id FROM gerbang_inbox WHERE attempt = $1 AND outcome IS NULL AND gateway_id IS NOT NULL \
                   AND ($2 IS NULL OR gateway_id <> $2) ORDER BY tries, id LIMIT 1";
        match self.first(sql, values![attempt.id, attempt.gateway_id.as_deref()]).await? {
            Some(row) => Ok(row.maybe_text("gateway_id")?),
            None => Ok(None),
        }
    }

    /// Whether a notification of the attempt's own payment waits for a question.
    async fn is_doubted(&mut self, attempt: &Attempt) -> Result<bool, Error> {
        let sql = "SELECT id FROM gerbang_inbox WHERE attempt = $1 AND outcome IS NULL \
                   AND (gateway_id IS NULL OR gateway_id = $2) LIMIT 1";
        Ok(self.first(sql, values![attempt.id, attempt.gateway_id.as_deref()]).await?.is_some())
    }

    /// Takes one question of the account's budget, which all machines share.
    async fn take_budget(&mut self, facts: &Facts, pace: Duration) -> Result<bool, Error> {
        let pace = millis(pace);
        // What is used up for longer than any pace was written before the clock was set back.
        let sql = "UPDATE gerbang_account SET budget_at = {now} + $2 \
                   WHERE name = $1 AND (budget_at <= {now} OR budget_at > {now} + $3)";
        Ok(self.execute(sql, values![facts.account.as_str(), pace, pace.max(TOLERANCE)]).await? == 1)
    }

    /// Ends this process's lease of an attempt.
    pub(super) async fn release(&mut self, store: &Store, attempt: &Attempt) -> Result<(), Error> {
        let sql = "UPDATE gerbang_attempt SET lease_until = 0 WHERE id = $1 AND lease_by = $2 AND state <> 'sending'";
        self.execute(sql, values![attempt.id, store.holder.as_str()]).await?;
        Ok(())
    }
}
