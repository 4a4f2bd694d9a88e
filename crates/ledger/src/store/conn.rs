//! One open transaction: the few things that both databases are asked for.

use std::fmt;

use sqlx::{AssertSqlSafe, Row as _};
#[cfg(feature = "postgres")]
use sqlx::{PgPool, Postgres, Transaction};

#[cfg(feature = "sqlite")]
use super::access::Access;
use super::batch::Batch;
use crate::value::Value;

/// An open transaction. Dropped, it is rolled back.
#[derive(Debug)]
pub(crate) struct Conn {
    open: Open,
    /// What waits to be executed with the next statements; none where each statement is executed at once.
    batch: Option<Batch>,
    /// Whether a statement may have failed in it.
    is_doubtful: bool,
}

#[derive(Debug)]
pub(super) enum Open {
    #[cfg(feature = "sqlite")]
    Sqlite(Access),
    #[cfg(feature = "postgres")]
    Postgres(Transaction<'static, Postgres>),
    /// A transaction of one statement, which is executed when it is committed, and needs no `BEGIN` and no `COMMIT`.
    #[cfg(feature = "postgres")]
    OneStatement(PgPool),
}

/// A transaction of one statement was asked for more, or for what is in the book.
#[derive(Debug)]
pub(crate) struct NotAlone;

impl fmt::Display for NotAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the transaction has more than one statement")
    }
}

impl std::error::Error for NotAlone {}

/// The parameters of a statement, each made into a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::from($value)),*] };
}
pub(crate) use values;

/// Binds the parameters and runs `$call`.
macro_rules! bound {
    ($sql:expr, $values:expr, $executor:expr, $call:ident) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for value in $values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query.$call($executor).await
    }};
}
pub(super) use bound;

/// How a database writes what the two write differently.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dialect {
    #[cfg(feature = "sqlite")]
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

impl Dialect {
    /// Whether several statements that write can be joined to one. In SQLite they cannot, and none costs a round trip.
    pub fn joins_writes(self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => false,
            #[cfg(feature = "postgres")]
            Self::Postgres => true,
        }
    }

    /// A statement of the ledger's own, in which `{now}` is the database's clock in milliseconds since 1970, `{start}` the same
    /// when the statement began, which indexes can be searched by, `{version}` is another number after each change of the row, `{lock}` locks the rows that are read until the end of the
    /// transaction, `{skip}` passes over those that are locked, and `{events}` takes the locks of who adds an event of the order
    /// `$3`.
    ///
    /// SQLite has one writer, which begins with the write lock: it needs no locks of rows.
    pub fn render(self, sql: &str) -> String {
        let mut rendered = String::with_capacity(sql.len() + 512);
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            rendered.push_str(before);
            rendered.push_str(self.word(name));
            rest = after;
        }
        rendered.push_str(rest);
        rendered
    }

    /// What stands in this database's statements for a name in braces.
    fn word(self, name: &str) -> &str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => match name {
                "now" | "start" => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
                "version" => "0",
                "lock" | "skip" | "events" => "",
                _ => name,
            },
            #[cfg(feature = "postgres")]
            Self::Postgres => match name {
                "now" => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
                "start" => "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)",
                "version" => "CAST(CAST(xmin AS TEXT) AS BIGINT)",
                "lock" => "FOR UPDATE",
                "skip" => "FOR UPDATE SKIP LOCKED",
                "events" => {
                    "FROM (SELECT pg_advisory_xact_lock_shared(7205759403792793600), \
                     pg_advisory_xact_lock(1677721600, hashtext(COALESCE($3, '')))) AS held"
                }
                _ => name,
            },
        }
    }
}

impl Conn {
    pub(super) fn new(open: Open) -> Self {
        Self { open, batch: None, is_doubtful: false }
    }

    pub(super) fn open(&mut self) -> &mut Open {
        &mut self.open
    }

    /// Whether statements of which the number of changed rows is foreseen are executed together. Where one of them changes another
    /// number of rows, the transaction fails with a conflict: it is then run again without this.
    pub(super) fn set_batches(&mut self, batches: bool) {
        self.batch = (batches && self.dialect().joins_writes()).then(Batch::default);
    }

    #[cfg(feature = "sqlite")]
    pub(crate) fn sqlite(&mut self) -> Option<&mut sqlx::SqliteConnection> {
        match &mut self.open {
            Open::Sqlite(access) => Some(access.conn()),
            #[cfg(feature = "postgres")]
            _ => None,
        }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn postgres(&mut self) -> Option<&mut sqlx::PgConnection> {
        // What is done with it is not seen here.
        self.is_doubtful = true;
        match &mut self.open {
            Open::Postgres(conn) => Some(conn),
            _ => None,
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self.open {
            #[cfg(feature = "sqlite")]
            Open::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Open::Postgres(_) | Open::OneStatement(_) => Dialect::Postgres,
        }
    }

    /// Whether the transaction is one statement: nothing can be read in it, and what was read before is guarded by what it changes.
    pub(super) fn is_one_statement(&self) -> bool {
        match self.open {
            #[cfg(feature = "postgres")]
            Open::OneStatement(_) => true,
            _ => false,
        }
    }

    /// Executes a statement of the ledger's own and returns how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        self.refuse_to_read()?;
        self.flush_before(sql).await?;
        self.run(self.dialect().render(sql), values).await
    }

    /// Fails in a transaction of one statement, which is then run again as one that locks what it judges.
    pub(super) fn refuse_to_read(&self) -> Result<(), sqlx::Error> {
        match self.is_one_statement() {
            true => Err(sqlx::Error::AnyDriverError(Box::new(NotAlone))),
            false => Ok(()),
        }
    }

    /// As [`Conn::execute`], of a statement that is to change so many rows. It may be executed later, together with others, see
    /// [`Conn::set_batches`]: it then returns that number at once.
    pub(super) async fn expect(
        &mut self,
        rows: u64,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, sqlx::Error> {
        self.flush_before(sql).await?;
        let dialect = self.dialect();
        match &mut self.batch {
            None => self.run(dialect.render(sql), values).await,
            Some(batch) => {
                batch.change(&dialect.render(sql), values, rows);
                Ok(rows)
            }
        }
    }

    /// Whether a query finds nothing. That is taken for granted where it is executed later, together with others.
    pub(super) async fn finds_nothing(&mut self, sql: &'static str, values: Vec<Value>) -> Result<bool, sqlx::Error> {
        if !self.is_one_statement() {
            return Ok(self.fetch(sql, values).await?.is_empty());
        }
        let sql = self.dialect().render(sql);
        self.batch.get_or_insert_default().find_nothing(&sql, values);
        Ok(true)
    }

    /// Executes what waits, where the statement depends on it.
    async fn flush_before(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        match self.batch.as_ref().is_some_and(|batch| batch.concerns(sql)) {
            true => {
                self.refuse_to_read()?;
                self.flush().await
            }
            false => Ok(()),
        }
    }

    /// Executes what waits.
    async fn flush(&mut self) -> Result<(), sqlx::Error> {
        let Some(batch) = self.batch.as_mut().map(std::mem::take).filter(|batch| !batch.is_empty()) else {
            return Ok(());
        };
        let (sql, values) = batch.joined();
        self.run(sql, values).await.map(drop)
    }

    /// Executes a statement as it is.
    pub(crate) async fn run(&mut self, sql: String, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        // Also where this is dropped before it has ended.
        let was_doubtful = std::mem::replace(&mut self.is_doubtful, true);
        let done = match &mut self.open {
            #[cfg(feature = "sqlite")]
            Open::Sqlite(access) => bound!(sql, values, access.conn(), execute).map(|done| done.rows_affected()),
            #[cfg(feature = "postgres")]
            Open::Postgres(conn) => bound!(sql, values, &mut **conn, execute).map(|done| done.rows_affected()),
            #[cfg(feature = "postgres")]
            Open::OneStatement(pool) => bound!(sql, values, &*pool, execute).map(|done| done.rows_affected()),
        };
        self.is_doubtful = was_doubtful || done.is_err();
        done
    }

    /// The rows of a query of the ledger's own.
    pub(crate) async fn fetch(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        self.refuse_to_read()?;
        self.flush_before(sql).await?;
        self.rows(self.dialect().render(sql), values).await
    }

    /// The rows of a query as it is.
    pub(crate) async fn rows(&mut self, sql: String, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        let was_doubtful = std::mem::replace(&mut self.is_doubtful, true);
        let rows =
            match &mut self.open {
                #[cfg(feature = "sqlite")]
                Open::Sqlite(access) => bound!(sql, values, access.conn(), fetch_all)
                    .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
                #[cfg(feature = "postgres")]
                Open::Postgres(conn) => bound!(sql, values, &mut **conn, fetch_all)
                    .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
                #[cfg(feature = "postgres")]
                Open::OneStatement(_) => Err(sqlx::Error::AnyDriverError(Box::new(NotAlone))),
            };
        self.is_doubtful = was_doubtful || rows.is_err();
        rows
    }

    /// Whether a statement may have failed, after which PostgreSQL refuses all others.
    pub(super) fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// The first row of a query of the ledger's own.
    pub(crate) async fn first(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.fetch(sql, values).await?.into_iter().next())
    }

    /// Rolls it back, and has its locks released before it ends.
    pub(crate) async fn rollback(self) {
        // Where this fails the connection is broken, which ends the transaction too.
        let _ = match self.open {
            #[cfg(feature = "sqlite")]
            Open::Sqlite(access) => access.rollback().await,
            #[cfg(feature = "postgres")]
            Open::Postgres(conn) => conn.rollback().await,
            #[cfg(feature = "postgres")]
            Open::OneStatement(_) => Ok(()),
        };
    }

    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.flush().await?;
        match self.open {
            #[cfg(feature = "sqlite")]
            Open::Sqlite(access) => access.commit().await,
            #[cfg(feature = "postgres")]
            Open::Postgres(conn) => conn.commit().await,
            #[cfg(feature = "postgres")]
            Open::OneStatement(_) => Ok(()),
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

    pub(crate) fn maybe_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
        column!(self, name)
    }
}
