//! The daemon's own tables, beside the ledger's: tokens, idempotency keys, deliveries, keys of its own, sessions. Forward only, as the ledger's.

use gerbang::ledger::{Error, Ledger, Tx};

/// The steps, from nothing on. Each statement is understood by both databases.
const STEPS: [&[&str]; 3] = [
    &[
        "CREATE TABLE gerbang_serve_token (hash TEXT PRIMARY KEY NOT NULL, scope TEXT NOT NULL, at BIGINT NOT NULL)",
        // What was answered to a request with a key; none while it is under way.
        "CREATE TABLE gerbang_serve_key (key TEXT PRIMARY KEY NOT NULL, content TEXT NOT NULL, status BIGINT, reply TEXT, \
     at BIGINT NOT NULL)",
        "CREATE INDEX gerbang_serve_key_at ON gerbang_serve_key (at)",
        // Events that are to be delivered, or were: `delivered`, or `given_up`.
        "CREATE TABLE gerbang_serve_delivery (event BIGINT PRIMARY KEY NOT NULL, order_id TEXT, tries BIGINT NOT NULL DEFAULT 0, \
     first_at BIGINT, due_at BIGINT NOT NULL, lease_until BIGINT NOT NULL DEFAULT 0, outcome TEXT)",
        "CREATE INDEX gerbang_serve_delivery_due ON gerbang_serve_delivery (event) WHERE outcome IS NULL",
        "CREATE INDEX gerbang_serve_delivery_order ON gerbang_serve_delivery (order_id, event) WHERE outcome IS NULL",
    ],
    &[
        // Keys that all daemons on the database share.
        "CREATE TABLE gerbang_serve_secret (name TEXT PRIMARY KEY NOT NULL, secret TEXT NOT NULL)",
    ],
    &[
        // Operators who have signed in: the hash of what their browser has, and that of their token.
        "CREATE TABLE gerbang_serve_session (hash TEXT PRIMARY KEY NOT NULL, token TEXT NOT NULL, ends_at BIGINT NOT NULL)",
        // What an operator knows a token by, and when it was last used.
        "ALTER TABLE gerbang_serve_token ADD COLUMN label TEXT",
        "ALTER TABLE gerbang_serve_token ADD COLUMN used_at BIGINT",
    ],
];

/// Brings the tables to the newest version, in one transaction.
pub async fn migrate(ledger: &Ledger) -> Result<(), Error> {
    let mut tx = ledger.begin().await?;
    let is_postgres = tx.postgres().await.is_ok();
    if is_postgres {
        // Daemons that start at the same time wait for each other.
        tx.fetch("SELECT 1 AS one FROM (SELECT pg_advisory_xact_lock(7205759403792793598)) AS held", []).await?;
    }
    let table =
        "CREATE TABLE IF NOT EXISTS gerbang_serve_book (version BIGINT PRIMARY KEY NOT NULL, at BIGINT NOT NULL)";
    tx.execute(table, []).await?;
    let known = STEPS.len() as i64;
    let book = version(&mut tx).await?;
    if book > known {
        return Err(Error::NewerBook { book, known });
    }
    let now = tx.now().await?.as_millisecond();
    for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(book).unwrap_or(0)) {
        for statement in step {
            tx.execute(statement, []).await?;
        }
        let sql = "INSERT INTO gerbang_serve_book (version, at) VALUES ($1, $2)";
        tx.execute(sql, [version.into(), now.into()]).await?;
    }
    tx.commit().await
}

async fn version(tx: &mut Tx) -> Result<i64, Error> {
    let rows = tx.fetch("SELECT COALESCE(max(version), 0) AS version FROM gerbang_serve_book", []).await?;
    rows.first().map_or(Ok(0), |row| row.int("version"))
}
