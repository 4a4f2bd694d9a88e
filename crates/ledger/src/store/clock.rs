//! A clock that is set back: what was planned by the time before must not wait until that time comes again.

use std::sync::atomic::Ordering;

use super::conn::values;
use super::{Store, transact};
use crate::Error;
use crate::ledger::millis;
use crate::schedule::LEASE;

/// How far back the database's clock may be set without anything being done about it, in milliseconds.
pub(super) const TOLERANCE: i64 = 60_000;

impl Store {
    /// Takes note of the database's time. Where it has gone back since this process last looked, and when the process has just
    /// begun, what was planned by a later time is due at once.
    pub(super) async fn note_time(&self, now: i64) -> Result<(), Error> {
        if self.clock.swap(now, Ordering::SeqCst) <= now.saturating_add(TOLERANCE) {
            return Ok(());
        }
        let moved = self.plan_after_set_back().await;
        if moved.is_err() {
            self.clock.store(i64::MAX, Ordering::SeqCst);
        }
        moved
    }

    async fn plan_after_set_back(&self) -> Result<(), Error> {
        // No time of the past lies in the future: so the horizon and the interval count from now on at the latest.
        let attempts = "UPDATE gerbang_attempt SET due_at = CASE WHEN due_at > {now} THEN {now} ELSE due_at END, \
                        lease_until = CASE WHEN lease_until > {now} + $2 THEN {now} + $2 ELSE lease_until END, \
                        sent_at = CASE WHEN sent_at > {now} THEN {now} ELSE sent_at END, \
                        asked_at = CASE WHEN asked_at > {now} THEN {now} ELSE asked_at END, \
                        created_at = CASE WHEN created_at > {now} THEN {now} ELSE created_at END \
                        WHERE created_at > {now} + $1 OR sent_at > {now} + $1 OR asked_at > {now} + $1";
        let inbox = "UPDATE gerbang_inbox SET at = {now} WHERE outcome IS NULL AND at > {now} + $1";
        transact!(self, conn => {
            let moved = conn.execute(attempts, values![TOLERANCE, millis(LEASE)]).await?;
            conn.execute(inbox, values![TOLERANCE]).await?;
            if moved > 0 {
                tracing::warn!("the database's clock was set back: {moved} payments are looked at again at once");
            }
        })
    }
}
