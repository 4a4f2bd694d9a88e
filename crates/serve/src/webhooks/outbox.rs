//! Events that are to be delivered: each after those of its order that came first.

use std::collections::BTreeMap;
use std::time::Duration;

use gerbang::ledger::{Error, Event, EventKind, Handled, Ledger, Row, Tx, Value, Why};
use tokio::time::Instant;

/// How long somebody may deliver before others take it that it has crashed, in milliseconds: until it begins, and until the shop has
/// answered, both at the latest.
const LEASE: i64 = 30_000;

/// Who took an event longer ago than this does not send it any more: its lease may be over before the shop has answered.
pub const LATEST_SEND: Duration = Duration::from_secs(10);

/// How long an event is tried, in milliseconds: three days.
const TRIED_FOR: i64 = 3 * 24 * 3600 * 1000;

/// How many events one statement marks as delivered.
const AT_ONCE: usize = 4;

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

/// The numbers of the events that are due for longest, each the first of its order, with the values of [`due_values`].
macro_rules! due {
    () => {
        "SELECT d.event FROM gerbang_serve_delivery d WHERE d.outcome IS NULL \
         AND (d.due_at <= $1 OR d.due_at > $1 + $2) AND (d.lease_until <= $1 OR d.lease_until > $1 + 2 * $3) \
         AND NOT EXISTS (SELECT 1 FROM gerbang_serve_delivery p \
                         WHERE p.order_id = d.order_id AND p.event < d.event AND p.outcome IS NULL) \
         ORDER BY d.event LIMIT $4"
    };
}

/// Takes the leases of events that are due. What follows passes over those that another daemon has locked.
macro_rules! take {
    ($skip:literal) => {
        concat!(
            "UPDATE gerbang_serve_delivery SET lease_until = $1 + $3, tries = tries + 1, first_at = COALESCE(first_at, $1) \
             WHERE event IN (",
            due!(),
            $skip,
            ") RETURNING event, tries, first_at"
        )
    };
}

/// Plans the delivery of an event, at once, in the transaction that marks it as handled.
pub async fn plan(tx: &mut Tx, event: &Event) -> Handled {
    let due = event.at.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_delivery (event, order_id, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, [event.seq.into(), event.order.clone().into(), due.into()]).await?;
    Ok(())
}

/// Plans the delivery of an event once more, from the first try on; none where there is no such event.
pub async fn again(ledger: &Ledger, seq: i64) -> Result<Option<Event>, Error> {
    let Some(event) = ledger.events_numbered(&[seq]).await?.pop() else { return Ok(None) };
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
        if sent.is_empty() && (most == 0 || !self.is_due().await?) {
            return Ok(Vec::new());
        }
        let mut tx = self.0.begin().await?;
        let delivered: Vec<_> = sent.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Taken)).collect();
        for claimed in delivered.chunks(AT_ONCE) {
            end_delivered(&mut tx, claimed).await?;
        }
        for (claimed, outcome) in sent {
            if let Outcome::NotTaken = outcome {
                self.not_taken(&mut tx, claimed).await?;
            }
        }
        let now = tx.now().await?.as_millisecond();
        let taken = take(&mut tx, now, most).await?;
        tx.commit().await?;
        let events = self.0.events_numbered(&taken.iter().map(|taken| taken.seq).collect::<Vec<_>>()).await?;
        let claimed = events.into_iter().filter_map(|event| {
            let Taken { tries, first_at, .. } = taken.iter().find(|taken| taken.seq == event.seq)?;
            Some(Claimed { event, now: now / 1000, at, tries: *tries, is_last: now - first_at >= TRIED_FOR })
        });
        Ok(claimed.collect())
    }

    /// Whether an event may be due, looked at without a lock.
    async fn is_due(&self) -> Result<bool, Error> {
        let mut tx = self.0.read().await?;
        let now = tx.now().await?.as_millisecond();
        Ok(!tx.fetch(due!(), due_values(now, 1)).await?.is_empty())
    }

    /// Plans an event again that was not taken, later each time; after three days it is given up, with a case for a person.
    async fn not_taken(&self, tx: &mut Tx, claimed: &Claimed) -> Result<(), Error> {
        if claimed.is_last {
            // Where the case's own event is not taken either, no further case says so.
            let is_about_itself = claimed.event.kind == EventKind::CaseOpened
                && claimed.event.why.as_deref() == Some(Why::Undelivered.as_str());
            if give_up(tx, claimed).await? && !is_about_itself {
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

fn due_values(now: i64, most: usize) -> [Value; 4] {
    // What is planned for later than any pause, and leased for longer than any lease, was written before the clock was set back. Twice as
    // long: another daemon's transaction may have a somewhat later time.
    [now.into(), (2 * LONGEST).into(), LEASE.into(), (most as i64).into()]
}

/// An event whose lease was taken.
struct Taken {
    seq: i64,
    /// With the one that comes now.
    tries: i64,
    first_at: i64,
}

/// Takes the leases of events that are due. Those that another daemon takes at the same time are left to it.
async fn take(tx: &mut Tx, now: i64, most: usize) -> Result<Vec<Taken>, Error> {
    // SQLite has one writer.
    let sql = if tx.postgres().await.is_ok() { take!(" FOR UPDATE OF d SKIP LOCKED") } else { take!("") };
    let rows = tx.fetch(sql, due_values(now, most)).await?;
    let taken =
        |row: &Row| Ok(Taken { seq: row.int("event")?, tries: row.int("tries")?, first_at: row.int("first_at")? });
    rows.iter().map(taken).collect()
}

/// Marks up to [`AT_ONCE`] events as delivered.
async fn end_delivered(tx: &mut Tx, sent: &[&(Claimed, Outcome)]) -> Result<(), Error> {
    let [(last, _), ..] = sent else { return Ok(()) };
    let sql = "UPDATE gerbang_serve_delivery SET outcome = 'delivered', lease_until = 0 WHERE outcome IS NULL AND ( \
               event = $1 AND tries = $2 OR event = $3 AND tries = $4 OR event = $5 AND tries = $6 OR event = $7 AND tries = $8)";
    let claimed = sent.iter().map(|(claimed, _)| claimed).chain(std::iter::repeat(last)).take(AT_ONCE);
    let values = claimed.flat_map(|claimed| [claimed.event.seq.into(), claimed.tries.into()]);
    tx.execute(sql, values).await.map(drop)
}

/// Gives an event up; false where another try, of a redelivery that was asked for meanwhile, is still to come.
async fn give_up(tx: &mut Tx, claimed: &Claimed) -> Result<bool, Error> {
    let sql = "UPDATE gerbang_serve_delivery SET outcome = 'given_up', lease_until = 0 \
               WHERE event = $1 AND outcome IS NULL AND tries = $2";
    Ok(tx.execute(sql, [claimed.event.seq.into(), claimed.tries.into()]).await? == 1)
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
    use crate::tables;

    #[tokio::test]
    async fn lease_that_a_later_clock_began_holds() {
        let ledger = Ledger::open("sqlite::memory:").await.unwrap();
        tables::migrate(&ledger).await.unwrap();
        let mut tx = ledger.begin().await.unwrap();
        let new = "INSERT INTO gerbang_serve_delivery (event, due_at) VALUES (1, 5000)";
        tx.execute(new, []).await.unwrap();
        assert_eq!(take(&mut tx, 5_005, 8).await.unwrap().len(), 1);
        // A daemon that has read the clock before the other one.
        assert!(take(&mut tx, 5_000, 8).await.unwrap().is_empty());
        assert_eq!(take(&mut tx, 5_005 + LEASE, 8).await.unwrap().len(), 1);
    }

    #[test]
    fn pauses_grow_up_to_eight_hours() {
        let pauses = [1, 2, 3, 4, 8, 9, 100].map(|tries| pause(tries).as_secs());
        assert_eq!(pauses, [5, 15, 45, 135, 10_935, 28_800, 28_800]);
        assert!(pause(9).as_millis() * 2 < TRIED_FOR.unsigned_abs().into());
    }
}
