//! SQLite: one connection writes, others read; every commit is on the disk before it is believed.

use std::fs::OpenOptions;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, SqlitePool};

use super::access::Access;
use super::conn::{Row, bound};
use super::group::Group;
use crate::value::Value;

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub(crate) struct SqliteStore {
    writer: SqlitePool,
    /// Who shares the writer's commits.
    group: Group,
    readers: SqlitePool,
}

/// Makes the file where there is none, so that only its owner can read it: customers' data is in it. SQLite's other files have the same
/// mode.
fn make_private(path: &Path) {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    // What fails here fails once more when SQLite opens it.
    drop(file.open(path));
}

impl SqliteStore {
    pub(super) async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A receipt that was answered with 200 must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true);
        // A database in memory is its one connection.
        let is_in_memory = url.contains(":memory:") || url.contains("mode=memory");
        if !is_in_memory && !url.contains("mode=") {
            make_private(options.get_filename());
        }
        // A connection that is being tested when its caller gives up is closed, and with it a database in memory.
        let pool = |most| {
            let pool = SqlitePoolOptions::new().max_connections(most).acquire_timeout(BUSY).test_before_acquire(false);
            pool.idle_timeout(None).max_lifetime(None)
        };
        let writer = pool(1).min_connections(1).connect_with(options.clone()).await?;
        let readers = if is_in_memory { writer.clone() } else { pool(4).connect_lazy_with(options.read_only(true)) };
        Ok(Self { group: Group::new(writer.clone()), writer, readers })
    }

    pub(super) async fn begin(&self) -> Result<Access, sqlx::Error> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map(Access::Alone)
    }

    /// Begins a transaction that waits for nothing but the database, and is committed with others of its kind.
    pub(super) async fn begin_together(&self) -> Result<Access, sqlx::Error> {
        self.group.join(BUSY).await.map(Access::Together)
    }

    pub(super) async fn look(&self, sql: String, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        bound!(sql, values, &self.readers, fetch_all).map(|rows| rows.into_iter().map(Row::Sqlite).collect())
    }

    pub(super) async fn read(&self) -> Result<Access, sqlx::Error> {
        self.readers.begin().await.map(Access::Alone)
    }

    /// The last connection that is closed brings the write-ahead log into the file; one that only reads cannot.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn files_are_made_for_their_owner_alone() {
        let path = std::env::temp_dir().join(format!("gerbang-ledger-private-{}.db", std::process::id()));
        let store = SqliteStore::open(&format!("sqlite://{}", path.display())).await.unwrap();
        store.begin().await.unwrap().rollback().await.unwrap();
        for end in ["", "-wal"] {
            let file = format!("{}{end}", path.display());
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        }
        store.writer.close().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }
}
