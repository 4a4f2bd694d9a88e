//! Events that are to be delivered: each after those of its order that came first.

use std::collections::BTreeMap;
use std::time::Duration;

use gerbang::ledger::{Error, Event, EventKind, Handled, Ledger, Row, Tx, Why};
use tokio::time::Instant;

/// How long somebody may deliver before others take it that it has crashed, in milliseconds: until it begins, and until the shop has
/// answered, both at the latest.
const LEASE: i64 = 30_000;

/// Who took an event longer ago than this does not send it any more: its lease may be over before the shop has answered.
pub const LATEST_SEND: Duration = Duration::from_secs(10);

/// How long an event is tried, in milliseconds: three days.
const TRIED_FOR: i64 = 3 * 24 * 3600 * 1000;

/// The longest pause, in milliseconds: eight hours.
const LONGEST: i64 = 8 * 3600 * 1000;

/// What is planned, as the database has it.
#[derive(Clone)]
pub struct Outbox(Ledger);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    Due,
    Delivered,
    GivenUp,
}

/// An event that this process delivers.
pub struct Claimed {
    pub event: Event,
    /// The database's time, in seconds since 1970.
    pub now: i64,
    /// Before it was taken, by this process's clock.
    pub at: Instant,
    tries: i64,
    is_last: bool,
}

/// What became of an event that was claimed.
pub enum Outcome {
    /// The shop has it.
    Taken,
    /// It has not, or has not said so.
    NotTaken,
}

/// Plans the delivery of an event, at once, in the transaction that marks it as handled.
pub async fn plan(tx: &mut Tx, event: &Event) -> Handled {
    let due = event.at.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_delivery (event, order_id, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, [event.seq.into(), event.order.clone().into(), due.into()]).await?;
    Ok(())
}

/// Plans the delivery of an event once more, from the first try on; false where there is no such event.
pub async fn again(ledger: &Ledger, seq: i64) -> Result<Option<Event>, Error> {
    let Some(event) = ledger.event(seq).await? else { return Ok(None) };
    let mut tx = ledger.begin().await?;
    let now = tx.now().await?.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_delivery (event, order_id, due_at) VALUES ($1, $2, $3) \
               ON CONFLICT (event) DO UPDATE SET outcome = NULL, tries = 0, first_at = NULL, due_at = excluded.due_at";
    tx.execute(sql, [seq.into(), event.order.clone().into(), now.into()]).await?;
    tx.commit().await?;
    Ok(Some(event))
}

/// What became of the deliveries of these events; of those that are in it.
pub async fn became(ledger: &Ledger, events: &[Event]) -> Result<BTreeMap<i64, Became>, Error> {
    let mut tx = ledger.read().await?;
    let mut found = BTreeMap::new();
    for event in events {
        let sql = "SELECT outcome FROM gerbang_serve_delivery WHERE event = $1";
        if let Some(row) = tx.fetch(sql, [event.seq.into()]).await?.first() {
            let became = match row.maybe_text("outcome")?.as_deref() {
                Some("delivered") => Became::Delivered,
                Some(_) => Became::GivenUp,
                None => Became::Due,
            };
            found.insert(event.seq, became);
        }
    }
    Ok(found)
}

impl Outbox {
    pub fn new(ledger: Ledger) -> Self {
        Self(ledger)
    }

    /// Writes down what became of events, and takes those that are due for longest, at most so many: all in one transaction. Where
    /// there is nothing to write it takes no lock, so that an idle daemon is in nobody's way.
    pub async fn turn(&self, sent: &[(Claimed, Outcome)], most: usize) -> Result<Vec<Claimed>, Error> {
        let at = Instant::now();
        if sent.is_empty() {
            if most == 0 {
                return Ok(Vec::new());
            }
            let mut tx = self.0.read().await?;
            let now = tx.now().await?.as_millisecond();
            if due(&mut tx, now, most).await?.is_empty() {
                return Ok(Vec::new());
            }
        }
        let mut tx = self.0.begin().await?;
        for (claimed, outcome) in sent {
            match outcome {
                Outcome::Taken => drop(end(&mut tx, claimed, "delivered").await?),
                Outcome::NotTaken => self.not_taken(&mut tx, claimed).await?,
            }
        }
        let now = tx.now().await?.as_millisecond();
        let mut taken = Vec::new();
        for due in due(&mut tx, now, most).await? {
            if take(&mut tx, &due, now).await? {
                taken.push(due);
            }
        }
        tx.commit().await?;
        let mut claimed = Vec::with_capacity(taken.len());
        for Due { seq, tries, first_at } in taken {
            let is_last = now - first_at >= TRIED_FOR;
            let event = self.0.event(seq).await?;
            claimed.extend(event.map(|event| Claimed { event, now: now / 1000, at, tries: tries + 1, is_last }));
        }
        Ok(claimed)
    }

    /// Plans an event again that was not taken, later each time; after three days it is given up, with a case for a person.
    async fn not_taken(&self, tx: &mut Tx, claimed: &Claimed) -> Result<(), Error> {
        if claimed.is_last {
            // Where the case's own event is not taken either, no further case says so.
            let is_about_itself = claimed.event.kind == EventKind::CaseOpened
                && claimed.event.why.as_deref() == Some(Why::Undelivered.as_str());
            if end(tx, claimed, "given_up").await? && !is_about_itself {
                self.0.undelivered(tx, &claimed.event).await?;
            }
            return Ok(());
        }
        let due = tx.now().await?.as_millisecond() + pause(claimed.tries).as_millis() as i64;
        let sql = "UPDATE gerbang_serve_delivery SET due_at = $2, lease_until = 0 WHERE event = $1 AND outcome IS NULL AND tries = $3";
        tx.execute(sql, [claimed.event.seq.into(), due.into(), claimed.tries.into()]).await?;
        Ok(())
    }
}

/// An event that is to be delivered now.
struct Due {
    seq: i64,
    tries: i64,
    first_at: i64,
}

/// The events that are due for longest, each the first of its order.
async fn due(tx: &mut Tx, now: i64, most: usize) -> Result<Vec<Due>, Error> {
    let sql = "SELECT d.event, d.tries, d.first_at FROM gerbang_serve_delivery d WHERE d.outcome IS NULL \
               AND (d.due_at <= $1 OR d.due_at > $1 + $2) AND (d.lease_until <= $1 OR d.lease_until > $1 + $3) \
               AND NOT EXISTS (SELECT 1 FROM gerbang_serve_delivery p \
                               WHERE p.order_id = d.order_id AND p.event < d.event AND p.outcome IS NULL) \
               ORDER BY d.event LIMIT $4";
    // What is planned for later than any pause was written before the clock was set back.
    let rows = tx.fetch(sql, [now.into(), (2 * LONGEST).into(), LEASE.into(), (most as i64).into()]).await?;
    let due = |row: &Row| {
        let first_at = row.maybe_int("first_at")?.unwrap_or(now);
        Ok(Due { seq: row.int("event")?, tries: row.int("tries")?, first_at })
    };
    rows.iter().map(due).collect()
}

/// Takes the lease of an event; false where another daemon was faster.
async fn take(tx: &mut Tx, due: &Due, now: i64) -> Result<bool, Error> {
    let sql = "UPDATE gerbang_serve_delivery SET lease_until = $2 + $3, tries = tries + 1, \
               first_at = COALESCE(first_at, $2) WHERE event = $1 AND outcome IS NULL AND tries = $4 \
               AND (lease_until <= $2 OR lease_until > $2 + $3)";
    Ok(tx.execute(sql, [due.seq.into(), now.into(), LEASE.into(), due.tries.into()]).await? == 1)
}

async fn end(tx: &mut Tx, claimed: &Claimed, outcome: &'static str) -> Result<bool, Error> {
    // Another try, of a redelivery that was asked for meanwhile, is still to come.
    let sql = "UPDATE gerbang_serve_delivery SET outcome = $2, lease_until = 0 WHERE event = $1 AND outcome IS NULL AND tries = $3";
    Ok(tx.execute(sql, [claimed.event.seq.into(), outcome.into(), claimed.tries.into()]).await? == 1)
}

/// The pause after so many tries: five seconds, and three times as long each time, up to eight hours.
fn pause(tries: i64) -> Duration {
    let exponent = u32::try_from(tries - 1).unwrap_or(0).min(9);
    let longest = Duration::from_millis(LONGEST.unsigned_abs());
    Duration::from_secs(5 * 3_u64.pow(exponent)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_eight_hours() {
        let pauses = [1, 2, 3, 4, 8, 9, 100].map(|tries| pause(tries).as_secs());
        assert_eq!(pauses, [5, 15, 45, 135, 10_935, 28_800, 28_800]);
        assert!(pause(9).as_millis() * 2 < TRIED_FOR.unsigned_abs().into());
    }
}
