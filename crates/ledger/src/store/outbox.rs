//! Events: written with what they speak of, handled once, in order for each order.

use super::conn::{Row, values};
use super::rows::{json, timestamp, to_json, unreadable};
use super::{Conn, Store, transact};
use crate::Error;
use crate::event::{Body, Event, EventKind};

/// The longest pause after a handler failed, in milliseconds.
const SLOWEST: i64 = 60_000;

impl Store {
    /// Whether an event is due, looked at without a lock.
    pub async fn is_event_due(&self) -> Result<bool, Error> {
        let mut conn = self.read().await?;
        // What is planned for later than any pause was written before the clock was set back.
        let sql = "SELECT seq FROM gerbang_event \
                   WHERE done_at IS NULL AND (due_at <= {start} OR due_at > {start} + $1) LIMIT 1";
        Ok(conn.first(sql, values![SLOWEST]).await?.is_some())
    }

    /// Plans an event again that could not be handled, later each time.
    pub async fn postpone(&self, seq: i64) -> Result<(), Error> {
        transact!(self, conn => {
            let sql = "UPDATE gerbang_event SET tries = tries + 1, due_at = {now} + \
                       CASE WHEN tries < 6 THEN 1000 * (tries + 1) * (tries + 1) ELSE $2 END \
                       WHERE seq = $1 AND done_at IS NULL";
            conn.execute(sql, values![seq, SLOWEST]).await.map(drop)?
        })
    }

    /// The events after a number, the oldest first.
    pub async fn events(&self, after: i64, most: i64) -> Result<Vec<Event>, Error> {
        let mut conn = self.read().await?;
        let sql = "SELECT seq, kind, order_id, body, at FROM gerbang_event WHERE seq > $1 ORDER BY seq LIMIT $2";
        conn.fetch(sql, values![after, most]).await?.iter().map(event).collect()
    }
}

impl Conn {
    /// The event that is due next, locked. None of an order is handled before those of the same order that came first.
    pub(crate) async fn due_event(&mut self) -> Result<Option<Event>, Error> {
        let sql = "SELECT seq, kind, order_id, body, at FROM gerbang_event e \
                   WHERE done_at IS NULL AND (due_at <= {start} OR due_at > {start} + $1) AND NOT EXISTS (SELECT 1 FROM gerbang_event p \
                                   WHERE p.order_id = e.order_id AND p.seq < e.seq AND p.done_at IS NULL) \
                   ORDER BY seq LIMIT 1 {skip}";
        match self.first(sql, values![SLOWEST]).await? {
            Some(row) => event(&row).map(Some),
            None => Ok(None),
        }
    }

    /// Marks an event as handled, in the handler's own transaction; false when somebody else has.
    pub(crate) async fn mark_handled(&mut self, seq: i64) -> Result<bool, Error> {
        let sql = "UPDATE gerbang_event SET done_at = {now} WHERE seq = $1 AND done_at IS NULL";
        Ok(self.execute(sql, values![seq]).await? == 1)
    }

    pub(super) async fn add_event(
        &mut self,
        kind: EventKind,
        subject: i64,
        order: Option<&str>,
        body: &Body,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO gerbang_event (kind, subject, order_id, body, at, due_at) VALUES ($1, $2, $3, $4, {now}, {now}) \
                   ON CONFLICT (kind, subject) DO NOTHING";
        self.lock_events().await?;
        self.execute(sql, values![kind.as_str(), subject, order, to_json(body)?]).await?;
        Ok(())
    }
}

fn event(row: &Row) -> Result<Event, Error> {
    let body: Body = json(&row.text("body")?)?;
    Ok(Event {
        seq: row.int("seq")?,
        kind: EventKind::parse(&row.text("kind")?).ok_or_else(|| unreadable("a kind of event"))?,
        order: row.maybe_text("order_id")?,
        account: body.account,
        reference: body.reference,
        amount: body.amount,
        late: body.late,
        why: body.why,
        at: timestamp(row.int("at")?)?,
    })
}
