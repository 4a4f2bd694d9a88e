//! The versions of the book. Forward only: a step is never changed once it is published, and an older program refuses a newer
//! book.

use sqlx::AssertSqlSafe;

use super::Conn;
use super::conn::{Open, values};
use crate::Error;

/// The steps, from an empty database on: the text for SQLite and the one for PostgreSQL.
const STEPS: [(&str, &str); 3] = [
    (include_str!("../../migrations/sqlite/0001.sql"), include_str!("../../migrations/postgres/0001.sql")),
    (include_str!("../../migrations/sqlite/0002.sql"), include_str!("../../migrations/postgres/0002.sql")),
    (include_str!("../../migrations/sqlite/0003.sql"), include_str!("../../migrations/postgres/0003.sql")),
];

/// Brings the book to the newest version, in one transaction.
pub(super) async fn migrate(mut conn: Conn) -> Result<(), Error> {
    #[cfg(feature = "postgres")]
    if let Some(conn) = conn.postgres() {
        // Programs that start at the same time wait for each other; the number is any that nobody else uses.
        sqlx::query("SELECT pg_advisory_xact_lock(7205759403792793599)").execute(&mut *conn).await?;
    }
    let table = "CREATE TABLE IF NOT EXISTS gerbang_book (version BIGINT PRIMARY KEY NOT NULL, at BIGINT NOT NULL)";
    conn.execute(table, values![]).await?;
    let newest = conn.first("SELECT COALESCE(max(version), 0) AS version FROM gerbang_book", values![]).await?;
    let book = newest.map_or(Ok(0), |row| row.int("version"))?;
    let known = STEPS.len() as i64;
    if book > known {
        return Err(Error::NewerBook { book, known });
    }
    for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(book).unwrap_or(0)) {
        match conn.open() {
            #[cfg(feature = "sqlite")]
            Open::Sqlite(access) => sqlx::raw_sql(AssertSqlSafe(step.0)).execute(access.conn()).await.map(drop)?,
            #[cfg(feature = "postgres")]
            Open::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(step.1)).execute(&mut **conn).await.map(drop)?,
            #[cfg(feature = "postgres")]
            Open::OneStatement(_) => return Err(sqlx::Error::RowNotFound.into()),
        }
        conn.execute("INSERT INTO gerbang_book (version, at) VALUES ($1, {now})", values![version]).await?;
    }
    Ok(conn.commit().await?)
}
