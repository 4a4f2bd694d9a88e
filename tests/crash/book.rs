//! The shop's database, as the test sees it: orders come in, time passes, and the judge reads.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use gerbang::ledger::sqlx::{AssertSqlSafe, Row, query};
use gerbang::ledger::{Error, Ledger, Tx};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Where the shop's tables and the book are, with a directory for the files of a storm.
pub struct Database {
    pub url: String,
    /// Removed when this is dropped.
    pub directory: PathBuf,
}

impl Database {
    pub fn sqlite() -> Self {
        let directory = directory();
        Self { url: format!("sqlite://{}", directory.join("shop.db").display()), directory }
    }

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
    let name = format!("gerbang_crash_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let directory = env::temp_dir().join(name);
    fs::create_dir(&directory).expect("the temporary directory can be written");
    directory
}

/// The book, without accounts: it is looked at and aged.
pub struct Book(Ledger);

impl Book {
    /// Makes the shop's tables.
    pub async fn create(url: &str) -> Self {
        let book = Self(Ledger::open(url).await.unwrap());
        for table in [
            "CREATE TABLE shop_order (id TEXT PRIMARY KEY, tries BIGINT NOT NULL, is_paid BIGINT NOT NULL)",
            // Whether an order ships twice is what the test finds out: no index prevents it.
            "CREATE TABLE shipment (event TEXT NOT NULL, order_id TEXT NOT NULL)",
        ] {
            book.execute(table).await.unwrap();
        }
        book
    }

    pub async fn execute(&self, sql: &'static str) -> Result<(), Error> {
        let mut tx = self.0.begin().await?;
        tx.execute(sql, []).await?;
        tx.commit().await
    }

    /// Orders of these numbers come in.
    pub async fn add_orders(&self, numbers: std::ops::Range<usize>) -> Result<(), Error> {
        let mut tx = self.0.begin().await?;
        for number in numbers {
            let sql = "INSERT INTO shop_order (id, tries, is_paid) VALUES ($1, 0, 0)";
            tx.execute(sql, [format!("O-{number}").into()]).await?;
        }
        tx.commit().await
    }

    /// Lets so many seconds pass: everything that is not over is so much older.
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
