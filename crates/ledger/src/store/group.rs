//! Group commit: SQLite has one writer, and each commit waits for the disk. Transactions of the ledger's own that wait for the writer at the
//! same time follow each other as savepoints of one transaction, and all return when that is committed.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Executor, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// The most transactions that are committed together: the first waits for the last.
const MOST: usize = 32;

/// The transactions that wait for the writer.
#[derive(Debug, Clone)]
pub(super) struct Group {
    writer: SqlitePool,
    waiting: Arc<Mutex<Waiting>>,
}

/// By which one who waits gets the writer.
type Turn = oneshot::Sender<Result<Member, sqlx::Error>>;

/// By which one who has written learns of the commit.
type Done = oneshot::Sender<Result<(), sqlx::Error>>;

#[derive(Debug, Default)]
struct Waiting {
    queue: VecDeque<Turn>,
    /// Whether a task lets them write.
    is_served: bool,
}

/// A transaction of a group, which has the writer until it ends. Dropped, it is rolled back.
#[derive(Debug)]
pub(crate) struct Member {
    conn: Option<Transaction<'static, Sqlite>>,
    back: Option<oneshot::Sender<Ended>>,
}

/// The writer comes back.
#[derive(Debug)]
struct Ended {
    conn: Transaction<'static, Sqlite>,
    /// Who waits for the commit; nobody where it is to be rolled back.
    commit: Option<Done>,
}

/// The transaction of a group was not committed.
#[derive(Debug, Clone)]
struct Failed(Arc<sqlx::Error>);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transactions that were to be committed together are rolled back: {}", self.0)
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl Group {
    pub fn new(writer: SqlitePool) -> Self {
        Self { writer, waiting: Arc::default() }
    }

    /// Waits for the writer, at most so long.
    pub async fn join(&self, most: Duration) -> Result<Member, sqlx::Error> {
        let (turn, writer) = oneshot::channel();
        let is_served = {
            let mut waiting = self.waiting();
            waiting.queue.push_back(turn);
            std::mem::replace(&mut waiting.is_served, true)
        };
        if !is_served {
            tokio::spawn(Service { group: self.clone(), has_ended: false }.serve());
        }
        match timeout(most, writer).await {
            Ok(Ok(member)) => member,
            Ok(Err(_)) => Err(sqlx::Error::WorkerCrashed),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next that waits. Where there is none, the task that asks has ended.
    fn next(&self) -> Option<Turn> {
        let mut waiting = self.waiting();
        let next = waiting.queue.pop_front();
        waiting.is_served = next.is_some();
        next
    }
}

/// The task that lets those write who wait, until nobody does.
struct Service {
    group: Group,
    has_ended: bool,
}

impl Service {
    async fn serve(mut self) {
        while let Some(first) = self.group.next() {
            match self.group.writer.begin_with("BEGIN IMMEDIATE").await {
                Ok(conn) if self.group.waiting().queue.is_empty() => serve_one(conn, first).await,
                Ok(conn) => serve_many(&self.group, conn, first).await,
                // Who else waits may be luckier.
                Err(error) => drop(first.send(Err(error))),
            }
        }
        self.has_ended = true;
    }
}

/// Where the runtime shuts down before the end, all who wait learn it.
impl Drop for Service {
    fn drop(&mut self) {
        if !self.has_ended {
            *self.group.waiting() = Waiting::default();
        }
    }
}

async fn serve_one(conn: Transaction<'static, Sqlite>, turn: Turn) {
    match lend(conn, turn).await {
        Ok(Ended { conn, commit: Some(done) }) => {
            let _ = done.send(conn.commit().await);
        }
        // Where a rollback fails the connection is broken, which ends the transaction too.
        Ok(Ended { conn, commit: None }) => drop(conn.rollback().await),
        Err(_) => {}
    }
}

async fn serve_many(group: &Group, conn: Transaction<'static, Sqlite>, first: Turn) {
    let mut members = Vec::new();
    let result = write_together(group, conn, first, &mut members).await.map_err(|error| Failed(Arc::new(error)));
    for done in members {
        drop(done.send(result.clone().map_err(|failed| sqlx::Error::AnyDriverError(Box::new(failed)))));
    }
}

/// Lets all write who wait, and commits.
async fn write_together(
    group: &Group,
    mut conn: Transaction<'static, Sqlite>,
    first: Turn,
    members: &mut Vec<Done>,
) -> Result<(), sqlx::Error> {
    let mut turn = Some(first);
    while let Some(member) = turn {
        conn.execute("SAVEPOINT gerbang_member").await?;
        let ended = lend(conn, member).await?;
        conn = ended.conn;
        match ended.commit {
            Some(done) => members.push(done),
            None => {
                conn.execute("ROLLBACK TO gerbang_member").await?;
            }
        }
        // Fails where SQLite rolled back everything by itself, as when the disk is full.
        conn.execute("RELEASE gerbang_member").await?;
        turn = if members.len() < MOST { group.waiting().queue.pop_front() } else { None };
    }
    conn.commit().await
}

/// Lets one write. One who has gone meanwhile changes nothing.
async fn lend(conn: Transaction<'static, Sqlite>, turn: Turn) -> Result<Ended, sqlx::Error> {
    let (back, ended) = oneshot::channel();
    drop(turn.send(Ok(Member { conn: Some(conn), back: Some(back) })));
    ended.await.map_err(|_| sqlx::Error::WorkerCrashed)
}

impl Member {
    pub fn conn(&mut self) -> &mut SqliteConnection {
        self.conn.as_mut().expect("a member has the writer until it ends")
    }

    /// Ends its part, and returns when the group is committed.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        let (done, committed) = oneshot::channel();
        self.end(Some(done));
        committed.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    fn end(&mut self, commit: Option<Done>) {
        if let (Some(conn), Some(back)) = (self.conn.take(), self.back.take()) {
            // Where nobody takes it back it is dropped, and rolled back.
            drop(back.send(Ended { conn, commit }));
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.end(None);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use sqlx::sqlite::SqlitePoolOptions;
    use tokio::task::{JoinSet, yield_now};

    use super::*;

    const SHORT: Duration = Duration::from_secs(5);

    /// A group on an empty database in memory, and how often it was committed.
    async fn group() -> (Group, Arc<AtomicU64>) {
        let writer = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        let mut conn = writer.acquire().await.unwrap();
        conn.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)").await.unwrap();
        conn.execute(
            "CREATE TABLE row (id INTEGER PRIMARY KEY, parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
        )
        .await
        .unwrap();
        let commits = Arc::new(AtomicU64::new(0));
        let counted = commits.clone();
        conn.lock_handle().await.unwrap().set_commit_hook(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            true
        });
        drop(conn);
        (Group::new(writer), commits)
    }

    async fn rows(group: &Group) -> Vec<i64> {
        sqlx::query_scalar("SELECT id FROM row ORDER BY id").fetch_all(&group.writer).await.unwrap()
    }

    /// Members that all wait while another has the writer: each executes its statement, and commits where that succeeds.
    async fn write_all(group: &Group, statements: &[&'static str]) -> Vec<Result<(), sqlx::Error>> {
        let first = group.join(SHORT).await.unwrap();
        let mut tasks = JoinSet::new();
        for (number, statement) in statements.iter().copied().enumerate() {
            let of_group = group.clone();
            tasks.spawn(async move {
                let write = async {
                    let mut member = of_group.join(SHORT).await?;
                    member.conn().execute(statement).await?;
                    member.commit().await
                };
                (number, write.await)
            });
            while group.waiting().queue.len() <= number {
                yield_now().await;
            }
        }
        drop(first);
        let mut results = tasks.join_all().await;
        results.sort_by_key(|(number, _)| *number);
        results.into_iter().map(|(_, result)| result).collect()
    }

    #[tokio::test]
    async fn those_who_wait_are_committed_together() {
        let (group, commits) = group().await;
        let statements =
            ["INSERT INTO row (id) VALUES (1)", "INSERT INTO row (id) VALUES (2)", "INSERT INTO row (id) VALUES (3)"];
        assert!(write_all(&group, &statements).await.iter().all(Result::is_ok));
        assert_eq!(rows(&group).await, [1, 2, 3]);
        assert_eq!(commits.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn one_that_fails_takes_back_only_its_own() {
        let (group, _) = group().await;
        let both = "INSERT INTO row (id) VALUES (2); INSERT INTO row (id) VALUES (1)";
        let statements = ["INSERT INTO row (id) VALUES (1)", both, "INSERT INTO row (id) VALUES (3)"];
        let results = write_all(&group, &statements).await;
        assert!(matches!(results[..], [Ok(()), Err(sqlx::Error::Database(_)), Ok(())]), "{results:?}");
        assert_eq!(rows(&group).await, [1, 3]);
    }

    #[tokio::test]
    async fn commit_that_fails_fails_for_all() {
        let (group, _) = group().await;
        group.writer.acquire().await.unwrap().execute("PRAGMA foreign_keys = ON").await.unwrap();
        let statements = ["INSERT INTO row (id) VALUES (1)", "INSERT INTO row VALUES (2, 7)"];
        let results = write_all(&group, &statements).await;
        assert!(matches!(&results[..], [Err(one), Err(_)] if one.to_string().contains("FOREIGN KEY")), "{results:?}");
        assert_eq!(rows(&group).await, [0; 0]);
    }

    #[tokio::test]
    async fn rollback_by_sqlite_itself_fails_for_all() {
        let (group, _) = group().await;
        let statements = ["INSERT INTO row (id) VALUES (1)", "ROLLBACK", "INSERT INTO row (id) VALUES (3)"];
        let results = write_all(&group, &statements).await;
        assert!(results[..2].iter().all(Result::is_err), "{results:?}");
        assert_eq!(results[2].is_ok(), rows(&group).await.contains(&3), "{results:?}");
        assert!(!rows(&group).await.contains(&1));
    }

    #[tokio::test]
    async fn one_that_is_given_up_leaves_the_writer_to_the_others() {
        let (group, _) = group().await;
        let first = group.join(SHORT).await.unwrap();
        let waiting = tokio::spawn({
            let group = group.clone();
            async move { group.join(SHORT).await.map(drop) }
        });
        while group.waiting().queue.is_empty() {
            yield_now().await;
        }
        waiting.abort();
        first.commit().await.unwrap();
        let mut given_up = group.join(SHORT).await.unwrap();
        given_up.conn().execute("INSERT INTO row (id) VALUES (9)").await.unwrap();
        drop(given_up);
        assert!(write_all(&group, &["INSERT INTO row (id) VALUES (1)"]).await.iter().all(Result::is_ok));
        assert_eq!(rows(&group).await, [1]);
    }

    #[tokio::test]
    async fn who_waits_too_long_is_refused() {
        let (group, _) = group().await;
        let first = group.join(SHORT).await.unwrap();
        let late = group.join(Duration::from_millis(10)).await;
        assert!(matches!(late, Err(sqlx::Error::PoolTimedOut)), "{late:?}");
        first.commit().await.unwrap();
        group.join(SHORT).await.unwrap().commit().await.unwrap();
    }

    #[test]
    fn another_runtime_goes_on_where_one_was_shut_down() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let first = runtime();
        let group = first.block_on(async { group().await.0 });
        let member = first.block_on(group.join(SHORT)).unwrap();
        drop(first);
        runtime().block_on(async {
            drop(member);
            group.join(SHORT).await.unwrap().commit().await.unwrap();
        });
    }
}
