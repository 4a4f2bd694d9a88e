//! PostgreSQL: many machines; rows that two want to change are locked, and READ COMMITTED is enough.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};

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
        let pool = PgPoolOptions::new().acquire_timeout(PATIENCE).connect_with(options).await?;
        Ok(Self { pool })
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.pool.begin().await
    }
}
