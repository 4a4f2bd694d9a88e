//! What a person sees and settles. Nothing is deleted.

use gerbang_core::Rupiah;

use super::conn::{Row, values};
use super::facts::{Answers, Learning, OWN};
use super::rows::{rupiah, timestamp, unreadable};
use super::{Conn, Store, transact};
use crate::Error;
use crate::account::Facts;
use crate::attempt::Attempt;
use crate::machine::{Ending, Fact};
use crate::news::{How, News};
use crate::person::{Case, Resolution, Why};

impl Store {
    /// The cases that nobody has resolved, the oldest first.
    pub async fn cases(&self) -> Result<Vec<Case>, Error> {
        let sql = "SELECT c.id, c.account, c.why, c.detail, c.at, a.order_id, a.reference FROM gerbang_case c \
                   LEFT JOIN gerbang_attempt a ON a.id = c.attempt WHERE c.resolved_at IS NULL ORDER BY c.id";
        self.look(sql, values![]).await?.iter().map(case).collect()
    }

    /// Marks a surplus as refunded.
    pub async fn refunded(&self, id: i64, person: &str, note: &str) -> Result<(), Error> {
        transact!(self, conn => {
            let sql = "UPDATE gerbang_surplus SET person = $2, note = $3, refunded_at = {now} \
                       WHERE id = $1 AND refunded_at IS NULL";
            if conn.execute(sql, values![id, person, note]).await? != 1 {
                Err(Error::NotFound(format!("surplus {id}")))?;
            }
        })
    }

    /// The attempt that a case decides about and its account; none where it is about no payment of the book, or about money that
    /// went back.
    pub async fn attempt_of_case(&self, id: i64) -> Result<Option<(i64, String)>, Error> {
        let sql =
            "SELECT CASE WHEN why = $2 THEN NULL ELSE attempt END AS attempt, account FROM gerbang_case WHERE id = $1";
        let rows = self.look(sql, values![id, Why::Reversed.as_str()]).await?;
        let row = rows.first().ok_or_else(|| Error::NotFound(format!("case {id}")))?;
        let account = row.text("account")?;
        Ok(row.maybe_int("attempt")?.map(|attempt| (attempt, account)))
    }

    /// Resolves a case, with what follows for its attempt.
    pub async fn resolve(
        &self,
        id: i64,
        resolution: Resolution,
        (person, note): (&str, &str),
        attempt: Option<(i64, &Facts)>,
    ) -> Result<(), Error> {
        transact!(self, conn => {
            let locked = match attempt {
                Some((attempt, facts)) => Some((conn.locked_attempt(attempt).await?, facts)),
                None => None,
            };
            let sql = "UPDATE gerbang_case SET resolution = $2, person = $3, note = $4, resolved_at = {now} \
                       WHERE id = $1 AND resolved_at IS NULL";
            if conn.execute(sql, values![id, resolution.as_str(), person, note]).await? != 1 {
                Err(Error::NotFound(format!("case {id}")))?;
            }
            let sql = "SELECT amount FROM gerbang_case WHERE id = $1 AND why = $2";
            let second = conn.first(sql, values![id, Why::SecondPayment.as_str()]).await?;
            match (resolution, locked, second) {
                (Resolution::Paid, Some((attempt, _)), Some(second)) => {
                    let amount = second.maybe_int("amount")?.map(rupiah).transpose()?;
                    conn.pay_by_second(&attempt, id, amount).await?
                }
                (Resolution::Paid, Some((attempt, facts)), None) => conn.pay_by_person(self, &attempt, facts).await?,
                (Resolution::Unpaid, Some((attempt, facts)), None) => {
                    let learning = Learning { facts, ends_lease: false, answers: Answers::None };
                    conn.apply(self, &attempt, News::fact(Fact::Over(Ending::Failed)), learning).await?;
                    conn.give_back(&attempt).await?
                }
                _ => {}
            }
        })
    }
}

impl Conn {
    /// What came in for an attempt that a person calls unpaid is due back, unless it pays the order.
    async fn give_back(&mut self, attempt: &Attempt) -> Result<(), Error> {
        let sql = "SELECT r.amount FROM gerbang_receipt r WHERE r.attempt = $1 AND r.case_id = 0 \
                   AND NOT EXISTS (SELECT 1 FROM gerbang_order o WHERE o.paid_by = r.attempt)";
        match self.first(sql, values![attempt.id]).await? {
            Some(row) => self.add_surplus(attempt, OWN, rupiah(row.int("amount")?)?, "excess").await,
            None => Ok(()),
        }
    }

    /// A person has seen the money of this attempt: it counts once, whatever was written of it before.
    async fn pay_by_person(&mut self, store: &Store, attempt: &Attempt, facts: &Facts) -> Result<(), Error> {
        let learning = Learning { facts, ends_lease: false, answers: Answers::None };
        let attempt = self.apply(store, attempt, News::fact(Fact::Paid), learning).await?;
        let payable = payable(&attempt);
        let sql = "INSERT INTO gerbang_receipt (attempt, amount, how, late, at) VALUES ($1, $2, $3, 0, {now}) \
                   ON CONFLICT DO NOTHING";
        self.execute(sql, values![attempt.id, payable, How::Person.as_str()]).await?;
        let sql = "SELECT amount FROM gerbang_receipt WHERE attempt = $1 AND case_id = 0";
        let row = self.first(sql, values![attempt.id]).await?;
        let amount = rupiah(row.ok_or_else(|| unreadable("a receipt"))?.int("amount")?)?;
        let (price, is_paid) = self.locked_order(&attempt.order).await?;
        if !is_paid {
            self.withdraw_others(&attempt).await?;
            return self.pay_order(&attempt, price, amount, false).await;
        }
        let sql = "SELECT id FROM gerbang_order WHERE id = $1 AND paid_by = $2";
        match self.first(sql, values![attempt.order.as_str(), attempt.id]).await? {
            Some(_) => Ok(()),
            None => self.add_surplus(&attempt, OWN, amount, "second").await,
        }
    }

    /// A person has seen the money of another payment of the attempt's reference. It is a receipt of its own; the attempt's own
    /// payment, which may be open, stays what it is and counts when it is paid.
    async fn pay_by_second(&mut self, attempt: &Attempt, case: i64, amount: Option<Rupiah>) -> Result<(), Error> {
        let amount = amount.unwrap_or_else(|| payable(attempt));
        let sql =
            "INSERT INTO gerbang_receipt (attempt, case_id, amount, how, late, at) VALUES ($1, $2, $3, $4, 0, {now})";
        self.execute(sql, values![attempt.id, case, amount, How::Person.as_str()]).await?;
        match self.locked_order(&attempt.order).await? {
            (_, true) => self.add_surplus(attempt, case, amount, "second").await,
            (price, false) => {
                self.withdraw_others(attempt).await?;
                self.pay_order(attempt, price, amount, false).await
            }
        }
    }
}

fn payable(attempt: &Attempt) -> Rupiah {
    attempt.payment.as_ref().and_then(|payment| payment.payable).unwrap_or(attempt.amount)
}

pub(super) fn case(row: &Row) -> Result<Case, Error> {
    Ok(Case {
        id: row.int("id")?,
        account: row.text("account")?,
        order: row.maybe_text("order_id")?,
        reference: row.maybe_text("reference")?,
        why: Why::parse(&row.text("why")?).ok_or_else(|| unreadable("a reason of a case"))?,
        detail: row.text("detail")?,
        at: timestamp(row.int("at")?)?,
    })
}
