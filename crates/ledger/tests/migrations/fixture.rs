//! A copy of a book that an older program left.

use std::env;
use std::path::PathBuf;

use gerbang_ledger::Ledger;
use gerbang_ledger::sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection, query_scalar, raw_sql,
};

/// A copy of the first book, in a database of the test's own.
pub struct Fixture {
    url: String,
    file: Option<PathBuf>,
    /// The server and the schema on it.
    schema: Option<(String, String)>,
}

impl Fixture {
    pub async fn sqlite() -> Self {
        let file = env::temp_dir().join(format!("gerbang_book_1_{}.db", std::process::id()));
        let mut conn = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
        raw_sql(include_str!("book-1.sqlite.sql")).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        Self { url: format!("sqlite://{}", file.display()), file: Some(file), schema: None }
    }

    /// None, with a note, where there is no server; on CI that is a failure.
    pub async fn postgres() -> Option<Self> {
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
        let schema = format!("gerbang_book_1_{}", std::process::id());
        let book = include_str!("book-1.postgres.sql").replace("{schema}", &schema);
        raw_sql(AssertSqlSafe(book)).execute(&mut conn).await.unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}");
        Some(Self { url, file: None, schema: Some((server, schema)) })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The texts that a query gives.
    pub async fn texts(&self, ledger: &Ledger, sql: &'static str) -> Vec<String> {
        let mut tx = ledger.begin().await.unwrap();
        if let Ok(mut conn) = tx.sqlite().await {
            return query_scalar(sql).fetch_all(&mut *conn).await.unwrap();
        }
        query_scalar(sql).fetch_all(&mut *tx.postgres().await.unwrap()).await.unwrap()
    }

    pub async fn remove(&self) {
        if let Some(file) = &self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
        if let Some((server, schema)) = &self.schema {
            let mut conn = PgConnection::connect(server).await.unwrap();
            conn.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
        }
    }
}
