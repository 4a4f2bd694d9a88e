//! The book that processes with different clocks share, as the test sees it.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use gerbang_ledger::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, query};
use gerbang_ledger::{Event, EventKind, Ledger};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A book without accounts: it is looked at and aged, by the database's clock.
pub struct Book {
    pub url: String,
    ledger: Ledger,
    file: Option<PathBuf>,
    schema: Option<(String, String)>,
}

impl Book {
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
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}");
        let ledger = Ledger::open(&url).await.unwrap();
        Some(Self { url, ledger, file: None, schema: Some((server, schema)) })
    }

    /// A file of its own.
    pub async fn on_sqlite() -> Self {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.db", unique()));
        let url = format!("sqlite://{}", file.display());
        let ledger = Ledger::open(&url).await.unwrap();
        Self { url, ledger, file: Some(file), schema: None }
    }

    pub async fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            if let Some(file) = &self.file {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
        if let Some((server, schema)) = &self.schema {
            let mut conn = PgConnection::connect(server).await.unwrap();
            conn.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
        }
    }

    /// The database's clock, in milliseconds since 1970, as SQL.
    fn clock(&self) -> &'static str {
        match self.schema {
            Some(_) => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
            None => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        }
    }

    pub async fn now(&self) -> i64 {
        self.number("{now}").await
    }

    /// A number, of an expression in which `{now}` is the database's clock.
    pub async fn number(&self, expression: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT {expression} AS n").replace("{now}", self.clock()));
        let mut tx = self.ledger.begin().await.unwrap();
        if let Ok(mut conn) = tx.sqlite().await {
            return query(sql).fetch_one(&mut *conn).await.unwrap().get("n");
        }
        let row = query(sql).fetch_one(&mut *tx.postgres().await.unwrap()).await.unwrap();
        row.get("n")
    }

    /// A column of the attempt of a reference, which is text.
    pub async fn text(&self, column: &str, reference: &str) -> String {
        let sql = AssertSqlSafe(format!("SELECT {column} AS t FROM gerbang_attempt WHERE reference = '{reference}'"));
        let mut tx = self.ledger.begin().await.unwrap();
        if let Ok(mut conn) = tx.sqlite().await {
            return query(sql).fetch_one(&mut *conn).await.unwrap().get("t");
        }
        let row = query(sql).fetch_one(&mut *tx.postgres().await.unwrap()).await.unwrap();
        row.get("t")
    }

    /// The state of the attempt of a reference.
    pub async fn state(&self, reference: &str) -> String {
        self.text("state", reference).await
    }

    /// The event that says that an order is paid.
    pub async fn paid(&self, order: &str) -> Option<Event> {
        let events = self.ledger.events(0).await.unwrap();
        events.into_iter().find(|event| event.kind == EventKind::PaymentPaid && event.order.as_deref() == Some(order))
    }

    /// Runs a statement in which `{now}` is the database's clock; returns how many rows it changed.
    pub async fn execute(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.replace("{now}", self.clock()));
        let mut tx = self.ledger.begin().await.unwrap();
        let changed = if self.schema.is_some() {
            query(sql).execute(&mut *tx.postgres().await.unwrap()).await.unwrap().rows_affected()
        } else {
            query(sql).execute(&mut *tx.sqlite().await.unwrap()).await.unwrap().rows_affected()
        };
        tx.commit().await.unwrap();
        changed
    }

    /// Ends the lease of an attempt, by the database's clock, and lets its next step be due.
    pub async fn end_lease(&self, reference: &str) {
        let sql =
            "UPDATE gerbang_attempt SET lease_until = {now} - 1, due_at = {now} - 1 WHERE reference = '{reference}'";
        assert_eq!(self.execute(&sql.replace("{reference}", reference)).await, 1);
    }

    /// Lets the next step of all attempts be due, and each account ask a question.
    pub async fn let_all_be_due(&self) {
        self.execute("UPDATE gerbang_attempt SET due_at = {now} - 1 WHERE due_at > {now}").await;
        self.execute("UPDATE gerbang_account SET budget_at = {now} - 1").await;
    }

    /// Lets no account ask a question for nearly a minute.
    pub async fn use_up_budget(&self) {
        self.execute("UPDATE gerbang_account SET budget_at = {now} + 59000").await;
    }

    /// Lets so many minutes pass: all that is not over is so much older.
    pub async fn pass(&self, minutes: i64) {
        let sql = "UPDATE gerbang_attempt SET lease_until = lease_until - {ms}, due_at = due_at - {ms}, \
                   watch_until = watch_until - {ms}, sent_at = sent_at - {ms}, asked_at = asked_at - {ms}, \
                   expires_at = expires_at - {ms}, created_at = created_at - {ms}";
        self.execute(&sql.replace("{ms}", &(minutes * 60_000).to_string())).await;
    }
}

fn unique() -> String {
    format!("gerbang_clocks_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
