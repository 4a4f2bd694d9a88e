//! Events that are to be delivered: each after those of its order that came first.

use std::time::Duration;

use gerbang::ledger::{Error, Event, EventKind, Handled, Ledger, Tx, Why};

/// How long somebody may deliver before others take it that it has crashed, in milliseconds. Longer than a call may take.
const LEASE: i64 = 60_000;

/// How long an event is tried, in milliseconds: three days.
const TRIED_FOR: i64 = 3 * 24 * 3600 * 1000;

/// The longest pause, in milliseconds: eight hours.
const LONGEST: i64 = 8 * 3600 * 1000;

/// What is planned, as the database has it.
#[derive(Clone)]
pub struct Outbox(Ledger);

/// An event that this process delivers.
pub struct Claimed {
    pub event: Event,
    /// The database's time, in seconds since 1970.
    pub now: i64,
    tries: i64,
    is_last: bool,
}

/// Plans the delivery of an event, in the transaction that marks it as handled.
pub async fn plan(tx: &mut Tx, event: &Event) -> Handled {
    let now = tx.now().await?.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_delivery (event, order_id, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, [event.seq.into(), event.order.clone().into(), now.into()]).await?;
    Ok(())
}

/// Plans the delivery of an event once more, from the first try on; false where there is no such event.
pub async fn again(ledger: &Ledger, seq: i64) -> Result<Option<Event>, Error> {
    let Some(event) = event(ledger, seq).await? else { return Ok(None) };
    let mut tx = ledger.begin().await?;
    let now = tx.now().await?.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_delivery (event, order_id, due_at) VALUES ($1, $2, $3) \
               ON CONFLICT (event) DO UPDATE SET outcome = NULL, tries = 0, first_at = NULL, due_at = excluded.due_at";
    tx.execute(sql, [seq.into(), event.order.clone().into(), now.into()]).await?;
    tx.commit().await?;
    Ok(Some(event))
}

async fn event(ledger: &Ledger, seq: i64) -> Result<Option<Event>, Error> {
    Ok(ledger.some_events(seq.saturating_sub(1), 1).await?.into_iter().find(|event| event.seq == seq))
}

impl Outbox {
    pub fn new(ledger: Ledger) -> Self {
        Self(ledger)
    }

    /// Takes the event that is due for longest; none where nothing is due.
    pub async fn claim(&self) -> Result<Option<Claimed>, Error> {
        // Looked at without a lock, so that an idle daemon is in nobody's way.
        let mut tx = self.0.read().await?;
        let now = tx.now().await?.as_millisecond();
        let sql = "SELECT d.event, d.tries, d.first_at FROM gerbang_serve_delivery d WHERE d.outcome IS NULL \
                   AND (d.due_at <= $1 OR d.due_at > $1 + $2) AND (d.lease_until <= $1 OR d.lease_until > $1 + $3) \
                   AND NOT EXISTS (SELECT 1 FROM gerbang_serve_delivery p \
                                   WHERE p.order_id = d.order_id AND p.event < d.event AND p.outcome IS NULL) \
                   ORDER BY d.event LIMIT 1";
        // What is planned for later than any pause was written before the clock was set back.
        let rows = tx.fetch(sql, [now.into(), (2 * LONGEST).into(), LEASE.into()]).await?;
        drop(tx);
        let Some(row) = rows.first() else { return Ok(None) };
        let (seq, tries, first) = (row.int("event")?, row.int("tries")?, row.maybe_int("first_at")?.unwrap_or(now));
        let mut tx = self.0.begin().await?;
        let sql = "UPDATE gerbang_serve_delivery SET lease_until = $2 + $3, tries = tries + 1, \
                   first_at = COALESCE(first_at, $2) WHERE event = $1 AND outcome IS NULL AND tries = $4 \
                   AND (lease_until <= $2 OR lease_until > $2 + $3)";
        let is_mine = tx.execute(sql, [seq.into(), now.into(), LEASE.into(), tries.into()]).await? == 1;
        tx.commit().await?;
        let Some(event) = event(&self.0, seq).await?.filter(|_| is_mine) else { return Ok(None) };
        let is_last = now - first >= TRIED_FOR;
        Ok(Some(Claimed { event, now: now / 1000, tries: tries + 1, is_last }))
    }

    /// Marks an event as delivered.
    pub async fn delivered(&self, claimed: &Claimed) -> Result<(), Error> {
        let mut tx = self.0.begin().await?;
        end(&mut tx, claimed, "delivered").await?;
        tx.commit().await
    }

    /// Plans an event again that was not taken, later each time; after three days it is given up, with a case for a person.
    pub async fn failed(&self, claimed: &Claimed) -> Result<(), Error> {
        let mut tx = self.0.begin().await?;
        if claimed.is_last {
            // Where the case's own event is not taken either, no further case says so.
            let is_about_itself = claimed.event.kind == EventKind::CaseOpened
                && claimed.event.why.as_deref() == Some(Why::Undelivered.as_str());
            if end(&mut tx, claimed, "given_up").await? && !is_about_itself {
                self.0.undelivered(&mut tx, &claimed.event).await?;
            }
            return tx.commit().await;
        }
        let due = tx.now().await?.as_millisecond() + pause(claimed.tries).as_millis() as i64;
        let sql = "UPDATE gerbang_serve_delivery SET due_at = $2, lease_until = 0 WHERE event = $1 AND outcome IS NULL AND tries = $3";
        tx.execute(sql, [claimed.event.seq.into(), due.into(), claimed.tries.into()]).await?;
        tx.commit().await
    }
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
