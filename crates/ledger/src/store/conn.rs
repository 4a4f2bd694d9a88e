//! One open transaction: the few things that both databases are asked for.

#[cfg(feature = "postgres")]
use sqlx::Postgres;
#[cfg(feature = "sqlite")]
use sqlx::Sqlite;
use sqlx::{AssertSqlSafe, Row as _, Transaction};

use crate::tx::Value;

/// An open transaction. Dropped, it is rolled back.
#[derive(Debug)]
pub(crate) enum Conn {
    #[cfg(feature = "sqlite")]
    Sqlite(Transaction<'static, Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(Transaction<'static, Postgres>),
}

/// The parameters of a statement, each made into a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::tx::Value::from($value)),*] };
}
pub(crate) use values;

/// Binds the parameters and runs `$call`.
macro_rules! bound {
    ($sql:expr, $values:expr, $conn:expr, $call:ident) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for value in $values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query.$call(&mut **$conn).await
    }};
}

impl Conn {
    #[cfg(feature = "sqlite")]
    pub(crate) fn sqlite(&mut self) -> Option<&mut sqlx::SqliteConnection> {
        match self {
            Self::Sqlite(conn) => Some(conn),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn postgres(&mut self) -> Option<&mut sqlx::PgConnection> {
        match self {
            Self::Postgres(conn) => Some(conn),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => None,
        }
    }

    /// Runs a statement of the ledger's own, in which `{now}` is the database's clock in milliseconds since 1970, `{start}` the
    /// same when the statement began, which indexes can be searched by, `{lock}` locks the rows that are read until the end of the
    /// transaction, and `{skip}` passes over those that are locked.
    ///
    /// SQLite has one writer, which begins with the write lock: it needs no locks of rows.
    fn dialect(&self, sql: &str) -> String {
        let [now, start, lock, skip] = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
                [now, now, "", ""]
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => [
                "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
                "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)",
                "FOR UPDATE",
                "FOR UPDATE SKIP LOCKED",
            ],
        };
        sql.replace("{now}", now).replace("{start}", start).replace("{lock}", lock).replace("{skip}", skip)
    }

    /// Executes a statement of the ledger's own and returns how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        self.run(self.dialect(sql), values).await
    }

    /// Executes a statement as it is.
    pub(crate) async fn run(&mut self, sql: String, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(conn) => bound!(sql, values, conn, execute).map(|done| done.rows_affected()),
            #[cfg(feature = "postgres")]
            Self::Postgres(conn) => bound!(sql, values, conn, execute).map(|done| done.rows_affected()),
        }
    }

    /// Holds back others that add events until this transaction has ended: so events are visible in the order of their numbers.
    /// SQLite has one writer.
    pub(crate) async fn lock_events(&mut self) -> Result<(), sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => self
                .run("SELECT pg_advisory_xact_lock(hashtext('gerbang_event'))".to_owned(), values![])
                .await
                .map(drop),
        }
    }

    /// The rows of a query of the ledger's own.
    pub(crate) async fn fetch(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        let sql = self.dialect(sql);
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(conn) => {
                bound!(sql, values, conn, fetch_all).map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(conn) => {
                bound!(sql, values, conn, fetch_all).map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// The first row of a query of the ledger's own.
    pub(crate) async fn first(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.fetch(sql, values).await?.into_iter().next())
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(conn) => conn.commit().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(conn) => conn.commit().await,
        }
    }
}

/// A row of a query.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgRow),
}

/// Reads a column of a row of either database.
macro_rules! column {
    ($row:expr, $name:expr) => {
        match $row {
            #[cfg(feature = "sqlite")]
            Row::Sqlite(row) => row.try_get($name),
            #[cfg(feature = "postgres")]
            Row::Postgres(row) => row.try_get($name),
        }
    };
}

impl Row {
    pub(crate) fn int(&self, name: &str) -> Result<i64, sqlx::Error> {
        column!(self, name)
    }

    pub(crate) fn maybe_int(&self, name: &str) -> Result<Option<i64>, sqlx::Error> {
        column!(self, name)
    }

    pub(crate) fn text(&self, name: &str) -> Result<String, sqlx::Error> {
        column!(self, name)
    }

    pub(crate) fn maybe_text(&self, name: &str) -> Result<Option<String>, sqlx::Error> {
        column!(self, name)
    }
}
