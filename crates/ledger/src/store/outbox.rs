//! Events: written with what they speak of, handled once, in order for each order.

use super::conn::{Row, values};
use super::rows::{json, timestamp, to_json, unreadable};
use super::{Conn, Store, transact};
use crate::Error;
use crate::event::{Body, Event, EventKind};
use crate::value::Value;

/// The longest pause after a handler failed, in milliseconds.
const SLOWEST: i64 = 60_000;

/// The lock by which who reads events in the order of their numbers waits for those that are being added, on PostgreSQL: they
/// share it. The number is any that nobody else uses.
#[cfg(feature = "postgres")]
const WAIT_FOR_ADDED: &str = "SELECT pg_advisory_xact_lock(7205759403792793600)";

impl Store {
    /// Whether an event is due, looked at without a lock.
    pub async fn is_event_due(&self) -> Result<bool, Error> {
        // What is planned for later than any pause was written before the clock was set back.
        let sql = "SELECT seq FROM gerbang_event \
                   WHERE done_at IS NULL AND (due_at <= {start} OR due_at > {start} + $1) LIMIT 1";
        Ok(!self.look(sql, values![SLOWEST]).await?.is_empty())
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

    /// The events after a number, the oldest first. None becomes visible later whose number is lower than one of these.
    pub async fn events(&self, after: i64, most: i64) -> Result<Vec<Event>, Error> {
        if self.look("SELECT seq FROM gerbang_event WHERE seq > $1 LIMIT 1", values![after]).await?.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT seq, kind, order_id, body, at FROM gerbang_event WHERE seq > $1 ORDER BY seq LIMIT $2";
        let mut conn = self.read().await?;
        conn.wait_for_added().await?;
        conn.fetch(sql, values![after, most]).await?.iter().map(event).collect()
    }

    /// The number of the latest event, or 0. None becomes visible later whose number is lower.
    pub async fn last_event(&self) -> Result<i64, Error> {
        let mut conn = self.read().await?;
        conn.wait_for_added().await?;
        let row = conn.first("SELECT COALESCE(max(seq), 0) AS seq FROM gerbang_event", values![]).await?;
        Ok(row.map_or(Ok(0), |row| row.int("seq"))?)
    }

    /// The events of these numbers, the oldest first.
    pub async fn events_numbered(&self, numbers: &[i64]) -> Result<Vec<Event>, Error> {
        let Some((list, values)) = list(numbers) else { return Ok(Vec::new()) };
        let sql = format!("SELECT seq, kind, order_id, body, at FROM gerbang_event WHERE seq IN ({list}) ORDER BY seq");
        self.look(&sql, values).await?.iter().map(event).collect()
    }

    /// The newest events before a number.
    pub async fn newest_events(&self, before: Option<i64>, most: i64) -> Result<Vec<Event>, Error> {
        let sql = "SELECT seq, kind, order_id, body, at FROM gerbang_event WHERE ($1 IS NULL OR seq < $1) \
                   ORDER BY seq DESC LIMIT $2";
        self.look(sql, values![before, most]).await?.iter().map(event).collect()
    }

    /// The events of an order after a number, the oldest first. They are added one after the other.
    pub async fn order_events(&self, order: &str, after: i64, most: i64) -> Result<Vec<Event>, Error> {
        let sql = "SELECT seq, kind, order_id, body, at FROM gerbang_event WHERE order_id = $1 AND seq > $2 \
                   ORDER BY seq LIMIT $3";
        self.look(sql, values![order, after, most]).await?.iter().map(event).collect()
    }
}

impl Conn {
    /// Waits for those who are adding events, on PostgreSQL.
    async fn wait_for_added(&mut self) -> Result<(), Error> {
        #[cfg(feature = "postgres")]
        if self.postgres().is_some() {
            self.execute(WAIT_FOR_ADDED, values![]).await?;
        }
        Ok(())
    }

    /// Events that are due, the oldest first, locked: one of each order, which comes before the others of the same order.
    pub(crate) async fn due_events(&mut self, most: u32) -> Result<Vec<Event>, Error> {
        let sql = "SELECT seq, kind, order_id, body, at FROM gerbang_event e \
                   WHERE done_at IS NULL AND (due_at <= {start} OR due_at > {start} + $1) AND (order_id IS NULL OR \
                   seq = (SELECT min(p.seq) FROM gerbang_event p WHERE p.order_id = e.order_id AND p.done_at IS NULL)) \
                   ORDER BY seq LIMIT $2 {skip}";
        self.fetch(sql, values![SLOWEST, i64::from(most)]).await?.iter().map(event).collect()
    }

    /// Marks events as handled, in the handlers' own transaction.
    pub(crate) async fn mark_handled(&mut self, events: &[i64]) -> Result<(), Error> {
        let Some((list, values)) = list(events) else { return Ok(()) };
        let sql = format!("UPDATE gerbang_event SET done_at = {{now}} WHERE seq IN ({list})");
        self.run(self.dialect().render(&sql), values).await?;
        Ok(())
    }

    /// Whether the transaction can still be committed: PostgreSQL refuses everything after a statement that failed.
    pub(crate) async fn check(&mut self) -> Result<(), Error> {
        match self.is_doubtful() {
            true => Ok(self.execute("SELECT 1", values![]).await.map(drop)?),
            false => Ok(()),
        }
    }

    pub(super) async fn add_event(
        &mut self,
        kind: EventKind,
        subject: i64,
        order: Option<&str>,
        body: &Body,
    ) -> Result<(), Error> {
        // On PostgreSQL the locks are taken before the number: events are visible to who waits for them in the order of their
        // numbers, and those of one order to everybody. SQLite has one writer.
        let sql = "INSERT INTO gerbang_event (kind, subject, order_id, body, at, due_at) \
                   SELECT $1, $2, $3, $4, {now}, {now} {events} WHERE true ON CONFLICT (kind, subject) DO NOTHING";
        self.expect(1, sql, values![kind.as_str(), subject, order, to_json(body)?]).await?;
        Ok(())
    }
}

/// The parameters that a list of numbers is given by, and their values; none for an empty list.
fn list(numbers: &[i64]) -> Option<(String, Vec<Value>)> {
    let last = numbers.last()?;
    // Few lengths, so that few statements are prepared.
    let length = numbers.len().next_power_of_two();
    let list = (1..=length).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
    let padded = numbers.iter().chain(std::iter::repeat(last)).take(length);
    Some((list, padded.map(|number| Value::from(*number)).collect()))
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
