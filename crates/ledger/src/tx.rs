//! A transaction on the ledger's database, which the merchant's own tables can share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use crate::Error;
use crate::row::Row;
use crate::store::Conn;
use crate::value::Value;

/// A transaction on the ledger's database. What the merchant's own tables need is written in it together with what the ledger
/// writes; see [`Ledger::begin`](crate::Ledger::begin) and [`Ledger::on_event`](crate::Ledger::on_event).
///
/// It is rolled back when it is dropped without [`Tx::commit`].
#[derive(Debug)]
pub struct Tx {
    conn: Arc<Mutex<Option<Conn>>>,
    /// How often the connection was used, by all handles.
    uses: Arc<AtomicU64>,
    /// The events that are marked as handled with the commit.
    handled: Arc<std::sync::Mutex<Vec<i64>>>,
}

impl Tx {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn: Arc::new(Mutex::new(Some(conn))), uses: Arc::default(), handled: Arc::default() }
    }

    /// Another handle of the same transaction: one for the merchant's code, one to end it with.
    pub(crate) fn shared(&self) -> Self {
        Self { conn: Arc::clone(&self.conn), uses: Arc::clone(&self.uses), handled: Arc::clone(&self.handled) }
    }

    pub(crate) async fn conn(&self) -> Result<MappedMutexGuard<'_, Conn>, Error> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        MutexGuard::try_map(self.conn.lock().await, Option::as_mut).map_err(|_| Error::WrongTransaction)
    }

    /// Has an event marked as handled with the commit, whoever commits.
    pub(crate) fn handles(&self, event: i64) {
        self.handled.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// How often the connection was used until now.
    pub(crate) fn uses(&self) -> u64 {
        self.uses.load(Ordering::Relaxed)
    }

    /// Executes one statement and returns how many rows it changed. Parameters are `$1`, `$2` and so on with both databases.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; on PostgreSQL nothing but a rollback is possible then. [`Error::WrongTransaction`] after its end.
    pub async fn execute(
        &mut self,
        sql: &'static str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Result<u64, Error> {
        let parameters: Vec<_> = parameters.into_iter().collect();
        Ok(self.conn().await?.run(sql.to_owned(), parameters).await?)
    }

    /// The rows of one query. Parameters are `$1`, `$2` and so on with both databases.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub async fn fetch(
        &mut self,
        sql: &'static str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>, Error> {
        let parameters: Vec<_> = parameters.into_iter().collect();
        let rows = self.conn().await?.rows(sql.to_owned(), parameters).await?;
        Ok(rows.into_iter().map(Row::new).collect())
    }

    /// The time of the database's clock, which all times of the book are of.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub async fn now(&mut self) -> Result<Timestamp, Error> {
        self.conn().await?.now().await
    }

    /// The connection, for sqlx's own functions, where the ledger is on SQLite.
    ///
    /// # Errors
    ///
    /// [`Error::WrongTransaction`] after its end, or where the ledger is on another database.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(&mut self) -> Result<MappedMutexGuard<'_, sqlx::SqliteConnection>, Error> {
        MappedMutexGuard::try_map(self.conn().await?, Conn::sqlite).map_err(|_| Error::WrongTransaction)
    }

    /// The connection, for sqlx's own functions, where the ledger is on PostgreSQL.
    ///
    /// # Errors
    ///
    /// [`Error::WrongTransaction`] after its end, or where the ledger is on another database.
    #[cfg(feature = "postgres")]
    pub async fn postgres(&mut self) -> Result<MappedMutexGuard<'_, sqlx::PgConnection>, Error> {
        MappedMutexGuard::try_map(self.conn().await?, Conn::postgres).map_err(|_| Error::WrongTransaction)
    }

    /// Whether it can still be committed.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        self.conn().await?.check().await
    }

    /// Rolls it back, whatever handles of it there are.
    pub(crate) async fn rollback(self) {
        if let Some(conn) = self.conn.lock().await.take() {
            conn.rollback().await;
        }
    }

    /// Commits it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the database did not confirm it: whether it is committed is not known where the connection broke.
    pub async fn commit(self) -> Result<(), Error> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        let mut conn = self.conn.lock().await.take().ok_or(Error::WrongTransaction)?;
        let handled = std::mem::take(&mut *self.handled.lock().unwrap_or_else(PoisonError::into_inner));
        conn.mark_handled(&handled).await?;
        Ok(conn.commit().await?)
    }
}
