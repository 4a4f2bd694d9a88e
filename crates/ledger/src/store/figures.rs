//! Counting what the book holds, in one statement.

use super::Store;
use super::conn::{Row, values};
use super::kept::outcome;
use super::rows::{timestamp, unreadable};
use crate::Error;
use crate::figures::{Count, Figures};

const SQL: &str = concat!(
    "SELECT 'now' AS what, '' AS account, '' AS kind, {now} AS number \
    UNION ALL SELECT 'attempt', account, state, count(*) FROM gerbang_attempt GROUP BY account, state \
    UNION ALL SELECT 'oldest', account, '', min(created_at) FROM gerbang_attempt \
        WHERE state IN ('intended', 'sending', 'uncertain', 'open') GROUP BY account \
    UNION ALL SELECT 'notification', account, ",
    outcome!(),
    ", count(*) FROM gerbang_inbox GROUP BY account, ",
    outcome!(),
    " \
    UNION ALL SELECT 'case', account, why, count(*) FROM gerbang_case WHERE resolved_at IS NULL GROUP BY account, why \
    UNION ALL SELECT 'event', '', '', count(*) FROM gerbang_event WHERE done_at IS NULL \
    ORDER BY 1, 2, 3"
);

impl Store {
    /// What the book holds.
    pub async fn figures(&self) -> Result<Figures, Error> {
        let rows = self.look(SQL, values![]).await?;
        let of = |what: &str| -> Result<Vec<&Row>, Error> {
            let mut of = Vec::new();
            for row in &rows {
                if row.text("what")? == what {
                    of.push(row);
                }
            }
            Ok(of)
        };
        let counts = |what| of(what)?.into_iter().map(count).collect::<Result<Vec<_>, Error>>();
        let now = of("now")?.first().ok_or_else(|| unreadable("no time"))?.int("number")?;
        let oldest = of("oldest")?.into_iter().map(|row| Ok((row.text("account")?, timestamp(row.int("number")?)?)));
        Ok(Figures {
            at: timestamp(now)?,
            attempts: counts("attempt")?,
            oldest_pending: oldest.collect::<Result<_, Error>>()?,
            notifications: counts("notification")?,
            cases: counts("case")?,
            unhandled_events: counts("event")?.iter().map(|count| count.count).sum(),
        })
    }
}

fn count(row: &Row) -> Result<Count, Error> {
    Ok(Count {
        account: row.text("account")?,
        kind: row.text("kind")?,
        count: u64::try_from(row.int("number")?).map_err(|_| unreadable("a count"))?,
    })
}
