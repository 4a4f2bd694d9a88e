//! Looking through the book. One statement a page, so that what it shows belongs together.

use jiff::Timestamp;

use gerbang_core::NewPayment;

use super::conn::{Row, values};
use super::people::case;
use super::rows::{json, rupiah, timestamp, to_attempt, unreadable};
use super::{Conn, Store};
use crate::Error;
use crate::attempt::Attempt;
use crate::browse::{AttemptRecord, CaseRecord, Filter, OrderRecord, Settled, Standing};
use crate::machine::State;
use crate::person::{Refund, Resolution, Surplus};

/// How an order `o` stands. An open case counts only while it is not paid.
macro_rules! standing {
    () => {
        "CASE WHEN o.state = 'paid' THEN 'paid' \
         WHEN EXISTS (SELECT 1 FROM gerbang_attempt x JOIN gerbang_case c ON c.attempt = x.id \
                      WHERE x.order_id = o.id AND c.resolved_at IS NULL) THEN 'attention' \
         WHEN EXISTS (SELECT 1 FROM gerbang_attempt x WHERE x.order_id = o.id \
                      AND x.state IN ('intended', 'sending', 'uncertain', 'open')) THEN 'pending' \
         ELSE 'closed' END"
    };
}

/// The orders of a page with their attempts, a row for each attempt.
macro_rules! records {
    ($page:expr) => {
        concat!(
            "SELECT a.id, a.order_id, a.account, a.reference, a.amount, a.state, a.ending, a.gateway_id, a.payment, \
             CAST(NULL AS TEXT) AS request, a.lease_until, a.lease_by, a.watch_until, a.sent_at, a.asked_at, a.expires_at, \
             a.failures, a.created_at, {now} AS now, CAST(0 AS BIGINT) AS version, o.price, o.paid_by, o.metadata, o.created_at AS order_created_at, ",
            standing!(),
            " AS standing, (SELECT CAST(COALESCE(sum(s.amount), 0) AS BIGINT) FROM gerbang_surplus s \
               JOIN gerbang_attempt x ON x.id = s.attempt WHERE x.order_id = o.id AND s.refunded_at IS NULL) AS surplus, \
             (SELECT min(r.at) FROM gerbang_receipt r WHERE r.attempt = a.id) AS receipt_at, \
             (SELECT min(r.late) FROM gerbang_receipt r WHERE r.attempt = a.id) AS receipt_late \
             FROM (",
            $page,
            ") o JOIN gerbang_attempt a ON a.order_id = o.id ORDER BY o.created_at DESC, o.id DESC, a.number"
        )
    };
}

impl Store {
    /// What the book has of an order.
    pub async fn record(&self, order: &str) -> Result<Option<OrderRecord>, Error> {
        let sql = records!("SELECT * FROM gerbang_order WHERE id = $1");
        let rows = self.look(sql, values![order]).await?;
        Ok(orders(&rows)?.pop())
    }

    /// The newest orders of a kind.
    pub async fn records(&self, filter: &Filter, most: u32) -> Result<Vec<OrderRecord>, Error> {
        let sql = records!(concat!(
            "SELECT o.* FROM gerbang_order o WHERE ($1 IS NULL OR o.created_at < $1 OR (o.created_at = $1 AND o.id < $2)) \
             AND ($3 IS NULL OR EXISTS (SELECT 1 FROM gerbang_attempt x WHERE x.order_id = o.id AND x.account = $3)) \
             AND ($4 IS NULL OR $4 = ",
            standing!(),
            ") ORDER BY o.created_at DESC, o.id DESC LIMIT $5"
        ));
        let after = filter.after.as_ref();
        let values = values![
            after.map(|(at, _)| at.as_millisecond()),
            after.map(|(_, order)| order.as_str()),
            filter.account.as_deref(),
            filter.standing.map(Standing::as_str),
            i64::from(most),
        ];
        orders(&self.look(sql, values).await?)
    }

    /// The orders that a name leads to.
    pub async fn search(&self, name: &str, most: u32) -> Result<Vec<OrderRecord>, Error> {
        let sql = records!(
            "SELECT o.* FROM gerbang_order o WHERE o.id IN (SELECT CAST($1 AS TEXT) \
             UNION SELECT order_id FROM gerbang_attempt WHERE lower(reference) = lower($1) \
             UNION SELECT order_id FROM gerbang_attempt WHERE gateway_id = $1) \
             ORDER BY o.created_at DESC, o.id DESC LIMIT $2"
        );
        orders(&self.look(sql, values![name, i64::from(most)]).await?)
    }

    /// What was sent, or is to be sent, for the last attempt of an order.
    pub async fn last_request(&self, order: &str) -> Result<Option<NewPayment>, Error> {
        let sql =
            "SELECT reference, amount, request FROM gerbang_attempt WHERE order_id = $1 ORDER BY number DESC LIMIT 1";
        let rows = self.look(sql, values![order]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        match row.maybe_text("request")? {
            Some(text) => json(&text).map(Some),
            None => Ok(Some(NewPayment::new(row.text("reference")?, rupiah(row.int("amount")?)?))),
        }
    }

    /// The cases after a number, the oldest first.
    pub async fn case_records(&self, only_open: bool, after: i64, most: u32) -> Result<Vec<CaseRecord>, Error> {
        let sql = "SELECT c.id, c.account, c.why, c.detail, c.at, c.amount, c.resolution, c.person, c.note, c.resolved_at, \
                   a.order_id, a.reference FROM gerbang_case c LEFT JOIN gerbang_attempt a ON a.id = c.attempt \
                   WHERE c.id > $1 AND ($2 = 0 OR c.resolved_at IS NULL) ORDER BY c.id LIMIT $3";
        let values = values![after, i64::from(only_open), i64::from(most)];
        self.look(sql, values).await?.iter().map(case_record).collect()
    }

    /// The surpluses after a number, the oldest first.
    pub async fn surplus_records(&self, only_due: bool, after: i64, most: u32) -> Result<Vec<Surplus>, Error> {
        let sql = "SELECT s.id, s.amount, s.why, s.at, s.person, s.note, s.refunded_at, a.order_id, a.account, a.reference, \
                   a.gateway_id FROM gerbang_surplus s JOIN gerbang_attempt a ON a.id = s.attempt \
                   WHERE s.id > $1 AND ($2 = 0 OR s.refunded_at IS NULL) ORDER BY s.id LIMIT $3";
        let values = values![after, i64::from(only_due), i64::from(most)];
        self.look(sql, values).await?.iter().map(surplus).collect()
    }
}

impl Conn {
    /// The time of the database's clock.
    pub(crate) async fn now(&mut self) -> Result<Timestamp, Error> {
        let row = self.first("SELECT {now} AS now", values![]).await?;
        timestamp(row.ok_or_else(|| unreadable("no time"))?.int("now")?)
    }
}

/// The orders of rows that follow each other.
fn orders(rows: &[Row]) -> Result<Vec<OrderRecord>, Error> {
    rows.chunk_by(same_order).map(order).collect()
}

fn same_order(one: &Row, next: &Row) -> bool {
    matches!((one.text("order_id"), next.text("order_id")), (Ok(one), Ok(next)) if one == next)
}

fn order(rows: &[Row]) -> Result<OrderRecord, Error> {
    let row = rows.first().ok_or_else(|| unreadable("an order"))?;
    let paid_by = row.maybe_int("paid_by")?;
    let mut current = rows.len() - 1;
    let mut attempts = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let attempt = to_attempt(row)?;
        let has_paid = paid_by == Some(attempt.id);
        if has_paid || (paid_by.is_none() && attempt.state.blocks_others()) {
            current = place;
        }
        attempts.push(record(attempt, has_paid, row)?);
    }
    let standing = row.text("standing")?;
    Ok(OrderRecord {
        order: row.text("order_id")?,
        amount: rupiah(row.int("price")?)?,
        standing: Standing::parse(&standing).ok_or_else(|| unreadable("a standing"))?,
        metadata: row.maybe_text("metadata")?,
        surplus: rupiah(row.int("surplus")?)?,
        created_at: timestamp(row.int("order_created_at")?)?,
        attempts,
        current,
    })
}

fn record(attempt: Attempt, has_paid: bool, row: &Row) -> Result<AttemptRecord, Error> {
    let shown = attempt.shown("", has_paid);
    let receipt_at = row.maybe_int("receipt_at")?.map(timestamp).transpose()?;
    Ok(AttemptRecord {
        payable: shown.payable,
        pay_with: if attempt.state == State::Open { shown.pay_with } else { Vec::new() },
        // Only where the book has the money: a gateway's word is no proof.
        paid_at: receipt_at.map(|at| shown.paid_at.unwrap_or(at)),
        late: row.maybe_int("receipt_late")? == Some(1),
        expires_at: attempt.expires_at.map(timestamp).transpose()?,
        created_at: timestamp(attempt.created_at)?,
        state: attempt.state.as_str(),
        ending: attempt.ending,
        reference: attempt.reference,
        account: attempt.account,
        gateway_id: attempt.gateway_id,
        amount: attempt.amount,
    })
}

fn case_record(row: &Row) -> Result<CaseRecord, Error> {
    let settled = match (row.maybe_int("resolved_at")?, row.maybe_text("resolution")?) {
        (Some(at), Some(resolution)) => Some(Settled {
            resolution: Resolution::parse(&resolution).ok_or_else(|| unreadable("a resolution"))?,
            person: row.maybe_text("person")?.unwrap_or_default(),
            note: row.maybe_text("note")?.unwrap_or_default(),
            at: timestamp(at)?,
        }),
        _ => None,
    };
    Ok(CaseRecord { case: case(row)?, amount: row.maybe_int("amount")?.map(rupiah).transpose()?, settled })
}

fn surplus(row: &Row) -> Result<Surplus, Error> {
    let refund = match row.maybe_int("refunded_at")? {
        Some(at) => Some(Refund {
            person: row.maybe_text("person")?.unwrap_or_default(),
            note: row.maybe_text("note")?.unwrap_or_default(),
            at: timestamp(at)?,
        }),
        None => None,
    };
    Ok(Surplus {
        id: row.int("id")?,
        order: row.text("order_id")?,
        account: row.text("account")?,
        reference: row.text("reference")?,
        gateway_id: row.maybe_text("gateway_id")?,
        amount: rupiah(row.int("amount")?)?,
        is_second_payment: row.text("why")? == "second",
        at: timestamp(row.int("at")?)?,
        refund,
    })
}
