//! A book that processes work on, as a suite sees it: time passes, and the judge reads.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use gerbang::ledger::sqlx::{AssertSqlSafe, Row, query};
use gerbang::ledger::{Error, Ledger, Tx, Value};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Where a book is, with a directory for the files of a suite.
#[derive(Debug)]
pub struct Database {
    /// As the ledger takes it.
    pub url: String,
    /// Removed when this is dropped.
    pub directory: PathBuf,
}

impl Database {
    /// A new file.
    pub fn sqlite() -> Self {
        let directory = directory();
        Self { url: format!("sqlite://{}", directory.join("shop.db").display()), directory }
    }

    /// A server that is there.
    pub fn postgres(url: String) -> Self {
        Self { url, directory: directory() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn directory() -> PathBuf {
    let name = format!("gerbang_book_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let directory = env::temp_dir().join(name);
    fs::create_dir(&directory).expect("the temporary directory can be written");
    directory
}

/// The book, without accounts: it is looked at and aged.
#[derive(Debug)]
pub struct Book(Ledger);

impl Book {
    /// Opens a book, which is made where there is none.
    ///
    /// # Panics
    ///
    /// Where the database is away.
    pub async fn open(url: &str) -> Self {
        Self(Ledger::open(url).await.expect("the book can be opened"))
    }

    /// Executes a statement, in a transaction of its own, and says how many rows it changed.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn execute(&self, sql: &'static str, parameters: impl IntoIterator<Item = Value>) -> Result<u64, Error> {
        let mut tx = self.0.begin().await?;
        let changed = tx.execute(sql, parameters).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Lets so many seconds pass: everything that is not over is so much older.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn pass(&self, seconds: i64) -> Result<(), Error> {
        let mut tx = self.0.begin().await?;
        for sql in [
            "UPDATE gerbang_attempt SET lease_until = lease_until - $1, due_at = due_at - $1, \
             watch_until = watch_until - $1, sent_at = sent_at - $1, asked_at = asked_at - $1, \
             expires_at = expires_at - $1, created_at = created_at - $1 WHERE due_at IS NOT NULL",
            "UPDATE gerbang_event SET due_at = due_at - $1 WHERE done_at IS NULL",
            "UPDATE gerbang_inbox SET at = at - $1 WHERE outcome IS NULL",
        ] {
            tx.execute(sql, [(seconds * 1000).into()]).await?;
        }
        tx.commit().await
    }

    /// The rows of a query whose columns are text.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        let mut tx: Tx = self.0.begin().await?;
        let sql = AssertSqlSafe(sql.to_owned());
        if let Ok(mut conn) = tx.sqlite().await {
            let rows = query(sql).fetch_all(&mut *conn).await?;
            return rows.iter().map(|row| Ok((0..row.len()).map(|at| row.get(at)).collect())).collect();
        }
        let rows = query(sql).fetch_all(&mut *tx.postgres().await?).await?;
        rows.iter().map(|row| Ok((0..row.len()).map(|at| row.get(at)).collect())).collect()
    }
}
