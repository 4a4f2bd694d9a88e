//! The databases that every test runs on, and looking into them.

use std::env;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gerbang_core::{Payment, Rupiah};
use gerbang_ledger::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, query_scalar};
use gerbang_ledger::{Account, Error, EventKind, Ledger, Order, Surplus, Tx};

use crate::fake::Fake;

static COUNT: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    format!("gerbang_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A database of one test's own.
pub struct Book {
    url: String,
    /// The only connection to a database in memory.
    memory: Option<Ledger>,
    file: Option<PathBuf>,
    schema: Option<(String, String)>,
}

impl Book {
    pub async fn in_memory() -> Option<Self> {
        let url = "sqlite::memory:".to_owned();
        let memory = Some(Ledger::open(&url).await.unwrap());
        Some(Self { url, memory, file: None, schema: None })
    }

    pub async fn in_a_file() -> Option<Self> {
        let file = env::temp_dir().join(format!("{}.db", unique()));
        let url = format!("sqlite://{}", file.display());
        Some(Self { url, memory: None, file: Some(file), schema: None })
    }

    /// A schema of its own at `GERBANG_TEST_POSTGRES`, or else on this machine. None, with a note, where there is no server; on
    /// CI that is a failure.
    pub async fn on_postgres() -> Option<Self> {
        let server = env::var("GERBANG_TEST_POSTGRES");
        let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned());
        let mut conn = match PgConnection::connect(&server).await {
            Ok(conn) => conn,
            Err(error) if env::var("CI").is_ok_and(|ci| ci == "true") => panic!("PostgreSQL is away on CI: {error}"),
            Err(error) => {
                eprintln!("SKIPPED: PostgreSQL is away: {error}");
                return None;
            }
        };
        let schema = unique();
        conn.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        // The name lets a test find its own connections.
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}&application_name={schema}");
        Some(Self { url, memory: None, file: None, schema: Some((server, schema)) })
    }

    pub async fn remove(self) {
        if let Some(file) = self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
        if let Some((server, schema)) = self.schema {
            let mut conn = PgConnection::connect(&server).await.unwrap();
            conn.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
        }
    }

    /// Where another program can open it; none in memory.
    pub fn url(&self) -> Option<&str> {
        self.memory.is_none().then_some(&self.url)
    }

    /// A ledger on this book, as another process has it; in memory, as another task has it.
    pub async fn open(&self) -> Ledger {
        match &self.memory {
            Some(ledger) => ledger.clone(),
            None => Ledger::open(&self.url).await.unwrap(),
        }
    }

    /// A ledger with one account, `main`, that asks as fast as it can.
    pub async fn ledger(&self, gateway: &Fake) -> Ledger {
        self.open().await.account(Account::live("main", gateway.clone()).pace(Duration::ZERO))
    }
}

pub fn order(id: &str) -> Order {
    Order::new(id, Rupiah::new(10_000))
}

/// The payment of an order, on its way.
pub fn paying(ledger: &Ledger, id: &str) -> tokio::task::JoinHandle<Result<Payment, Error>> {
    let (ledger, order) = (ledger.clone(), order(id));
    tokio::spawn(async move { ledger.pay(&order, "main").await })
}

/// A number from the book.
pub async fn number(ledger: &Ledger, sql: &str) -> i64 {
    let mut tx = ledger.begin().await.unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    if let Ok(mut conn) = tx.sqlite().await {
        return query_scalar(sql).fetch_one(&mut *conn).await.unwrap();
    }
    query_scalar(sql).fetch_one(&mut *tx.postgres().await.unwrap()).await.unwrap()
}

/// A text from the book; empty where there is none.
pub async fn text(ledger: &Ledger, sql: &str) -> String {
    let mut tx = ledger.begin().await.unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    if let Ok(mut conn) = tx.sqlite().await {
        let text: Option<Option<String>> = query_scalar(sql).fetch_optional(&mut *conn).await.unwrap();
        return text.flatten().unwrap_or_default();
    }
    let text: Option<Option<String>> =
        query_scalar(sql).fetch_optional(&mut *tx.postgres().await.unwrap()).await.unwrap();
    text.flatten().unwrap_or_default()
}

/// The state of the attempt of a reference.
pub async fn state(ledger: &Ledger, reference: &str) -> String {
    text(ledger, &format!("SELECT state FROM gerbang_attempt WHERE reference = '{reference}'")).await
}

pub async fn ending(ledger: &Ledger, reference: &str) -> String {
    text(ledger, &format!("SELECT ending FROM gerbang_attempt WHERE reference = '{reference}'")).await
}

/// How many events of a kind were written.
pub async fn events(ledger: &Ledger, kind: EventKind) -> usize {
    ledger.events(0).await.unwrap().iter().filter(|event| event.kind == kind).count()
}

/// The money that is due back.
pub async fn due(ledger: &Ledger) -> Vec<Surplus> {
    ledger.surplus_records(true, 0, 100).await.unwrap()
}

pub async fn execute(ledger: &Ledger, sql: &'static str) {
    let mut tx = ledger.begin().await.unwrap();
    tx.execute(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

/// Lets so much time pass: everything in the book is so much older.
pub async fn pass(ledger: &Ledger, time: Duration) {
    let millis = i64::try_from(time.as_millis()).unwrap();
    let mut tx = ledger.begin().await.unwrap();
    age(&mut tx, millis).await;
    tx.commit().await.unwrap();
}

/// The database's clock is set back by so much: everything in the book is of a later time.
pub async fn set_clock_back(ledger: &Ledger, time: Duration) {
    let mut tx = ledger.begin().await.unwrap();
    age(&mut tx, -i64::try_from(time.as_millis()).unwrap()).await;
    tx.commit().await.unwrap();
}

async fn age(tx: &mut Tx, millis: i64) {
    for sql in [
        "UPDATE gerbang_attempt SET lease_until = lease_until - $1, due_at = due_at - $1, watch_until = watch_until - $1, \
         sent_at = sent_at - $1, asked_at = asked_at - $1, expires_at = expires_at - $1, created_at = created_at - $1",
        "UPDATE gerbang_account SET budget_at = budget_at - $1",
        "UPDATE gerbang_event SET at = at - $1, due_at = due_at - $1",
        "UPDATE gerbang_inbox SET at = at - $1",
    ] {
        tx.execute(sql, [millis.into()]).await.unwrap();
    }
}

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(24 * 3600);
