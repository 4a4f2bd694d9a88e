//! PostgreSQL: many machines; rows that two want to change are locked, and READ COMMITTED is enough.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

use super::conn::{Row, bound};
use crate::value::Value;

/// How long to wait for a connection, and for a row that somebody else has locked.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub(crate) struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    pub(super) async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(url)?.options([
            ("lock_timeout", "10s"),
            // A machine that vanishes must not keep its locks.
            ("idle_in_transaction_session_timeout", "60s"),
            ("synchronous_commit", "on"),
        ]);
        // What is asked first tests the connection, see `again`.
        let pool =
            PgPoolOptions::new().acquire_timeout(PATIENCE).test_before_acquire(false).connect_with(options).await?;
        Ok(Self { pool })
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.again(|| self.pool.begin()).await
    }

    pub(super) fn pool(&self) -> PgPool {
        self.pool.clone()
    }

    pub(super) async fn look(&self, sql: String, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        let rows = self.again(|| async { bound!(sql.clone(), values.clone(), &self.pool, fetch_all) }).await?;
        Ok(rows.into_iter().map(Row::Postgres).collect())
    }

    /// Does what changes nothing, and again as long as it meets connections of the pool that broke while nobody used them.
    async fn again<T, F: Future<Output = Result<T, sqlx::Error>>>(
        &self,
        mut run: impl FnMut() -> F,
    ) -> Result<T, sqlx::Error> {
        for _ in 0..self.pool.size() {
            match run().await {
                Err(error) if is_broken(&error) => {}
                done => return done,
            }
        }
        run().await
    }
}

fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // The server has ended the session.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
