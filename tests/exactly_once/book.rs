//! The database of a run, and looking into it.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use gerbang_ledger::sqlx::{self, AssertSqlSafe, Connection, Executor, PgConnection, Row};
use gerbang_ledger::{Error, Ledger, Value};

use crate::plant::Plant;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Where the books are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// SQLite, in memory where the machine has files in memory.
    Sqlite,
    Postgres,
}

/// The PostgreSQL server: `GERBANG_TEST_POSTGRES`, or one on this machine.
fn server() -> String {
    env::var("GERBANG_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned())
}

/// Whether there is a PostgreSQL server. On CI there must be.
pub async fn has_postgres() -> bool {
    let connected = PgConnection::connect(&server()).await;
    let is_ci = env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(connected.is_ok() || !is_ci, "PostgreSQL is away on CI");
    connected.is_ok()
}

/// The database of one run.
pub struct Book {
    pub url: String,
    file: Option<PathBuf>,
    schema: Option<String>,
}

impl Book {
    pub async fn new(database: Database) -> Self {
        let name = format!("gerbang_once_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        if database == Database::Sqlite {
            let in_memory = Path::new("/dev/shm");
            let folder = if in_memory.is_dir() { in_memory.to_owned() } else { env::temp_dir() };
            let file = folder.join(format!("{name}.db"));
            return Self { url: format!("sqlite://{}", file.display()), file: Some(file), schema: None };
        }
        let server = server();
        execute_on(&server, format!("CREATE SCHEMA {name}")).await.unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{name}");
        Self { url, file: None, schema: Some(name) }
    }

    pub async fn remove(self) {
        if let Some(file) = self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
        if let Some(schema) = self.schema {
            // The connections of processes that have ended may not be closed yet.
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            for _ in 0..20 {
                if execute_on(&server(), drop.clone()).await.is_ok() {
                    return;
                }
            }
            panic!("{schema} cannot be removed");
        }
    }
}

async fn execute_on(server: &str, sql: String) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(server).await?;
    conn.execute(AssertSqlSafe(sql)).await.map(drop)
}

/// Makes the shop's own table, and the mistake.
pub async fn prepare(ledger: &Ledger, plant: Plant) {
    let mut tx = ledger.begin().await.unwrap();
    tx.execute("CREATE TABLE shipment (id TEXT)", []).await.unwrap();
    if let Some(trigger) = plant.trigger() {
        tx.execute(trigger, []).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Lets so many milliseconds pass: everything in the book is so much older.
pub async fn pass(ledger: &Ledger, millis: u64) {
    // On PostgreSQL it may be in the way of whoever works at this moment.
    for _ in 0..20 {
        if age(ledger, i64::try_from(millis).unwrap()).await.is_ok() {
            return;
        }
    }
    panic!("no time can pass");
}

async fn age(ledger: &Ledger, millis: i64) -> Result<(), Error> {
    let mut tx = ledger.begin().await?;
    for sql in [
        "UPDATE gerbang_attempt SET lease_until = lease_until - $1, due_at = due_at - $1, watch_until = watch_until - $1, \
         sent_at = sent_at - $1, asked_at = asked_at - $1, expires_at = expires_at - $1, created_at = created_at - $1",
        "UPDATE gerbang_account SET budget_at = budget_at - $1",
        "UPDATE gerbang_event SET due_at = due_at - $1",
        "UPDATE gerbang_inbox SET at = at - $1",
    ] {
        tx.execute(sql, [millis.into()]).await?;
    }
    tx.commit().await
}

/// A row of the book: numbers and texts, each of which may be missing.
#[derive(Debug)]
pub struct Found(Vec<(String, Value)>);

impl Found {
    pub fn int(&self, name: &str) -> i64 {
        match self.get(name) {
            Value::Int(Some(number)) => *number,
            other => panic!("{name} is {other:?}"),
        }
    }

    pub fn maybe_int(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Value::Int(number) => *number,
            _ => None,
        }
    }

    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Value::Text(Some(text)) => text,
            _ => "",
        }
    }

    fn get(&self, name: &str) -> &Value {
        &self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no column {name}")).1
    }
}

macro_rules! found {
    ($rows:expr, $numbers:expr, $texts:expr) => {
        $rows
            .iter()
            .map(|row| {
                let numbers = $numbers.iter().map(|name| ((*name).to_owned(), Value::Int(row.try_get(*name).unwrap())));
                let texts = $texts.iter().map(|name| ((*name).to_owned(), Value::Text(row.try_get(*name).unwrap())));
                Found(numbers.chain(texts).collect())
            })
            .collect()
    };
}

/// The rows of a query, of which these columns are read.
pub async fn rows(ledger: &Ledger, sql: &'static str, numbers: &[&str], texts: &[&str]) -> Vec<Found> {
    let mut tx = ledger.begin().await.unwrap();
    if let Ok(mut conn) = tx.sqlite().await {
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await.unwrap();
        return found!(rows, numbers, texts);
    }
    let rows = sqlx::query(sql).fetch_all(&mut *tx.postgres().await.unwrap()).await.unwrap();
    found!(rows, numbers, texts)
}
