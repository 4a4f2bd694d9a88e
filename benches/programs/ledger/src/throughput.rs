//! Payments per second, against the commits per second of the same database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gerbang_ledger::Ledger;
use tokio::task::JoinSet;

use crate::Failure;
use crate::book::{self, Books, create, notify, number};
use crate::gateway::Gateway;

/// How many customers pay at a time, and how many connections commit.
const AT_A_TIME: u32 = 8;

/// How many rounds there are. Payments and commits take turns.
const ROUNDS: u32 = 5;

pub async fn measure(books: &Books, payments: u32) -> Result<(), Failure> {
    let url = books.create("throughput").await?;
    let ledger = book::open(&url, &Gateway::default(), Duration::from_millis(500)).await?;
    let mut tx = ledger.begin().await?;
    tx.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)", []).await?;
    for id in 0..AT_A_TIME {
        tx.execute("INSERT INTO counter (id, n) VALUES ($1, 0)", [i64::from(id).into()]).await?;
    }
    tx.commit().await?;
    let commits = count_commits(&ledger).await?;
    let worker = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.run(std::future::pending()).await }
    });
    let each = payments / ROUNDS / AT_A_TIME;
    let (mut paying, mut committing, mut of_payments) = (Duration::ZERO, Duration::ZERO, 0);
    for round in 0..ROUNDS {
        let before = count(&ledger, &commits).await?;
        let started = Instant::now();
        pay(&ledger, round, each).await?;
        paying += started.elapsed();
        of_payments += count(&ledger, &commits).await? - before;
        let started = Instant::now();
        commit(&ledger, each * 5).await?;
        committing += started.elapsed();
    }
    worker.abort();
    let paid = f64::from(each * AT_A_TIME * ROUNDS);
    println!("payments {:.1}", paid / paying.as_secs_f64());
    println!("commits {:.1}", paid * 5.0 / committing.as_secs_f64());
    println!("each {:.2}", of_payments as f64 / paid);
    Ok(())
}

/// Counts the commits of the one connection that writes on SQLite.
async fn count_commits(ledger: &Ledger) -> Result<Arc<AtomicU64>, Failure> {
    let commits = Arc::new(AtomicU64::new(0));
    let mut tx = ledger.begin().await?;
    if let Ok(mut conn) = tx.sqlite().await {
        let counted = commits.clone();
        conn.lock_handle().await?.set_commit_hook(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            true
        });
    }
    Ok(commits)
}

/// How many transactions have written until now.
async fn count(ledger: &Ledger, commits: &AtomicU64) -> Result<u64, Failure> {
    match ledger.begin().await?.sqlite().await {
        Ok(_) => Ok(commits.load(Ordering::SeqCst)),
        Err(_) => {
            let next = number(ledger, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").await?;
            Ok(next.unsigned_abs())
        }
    }
}

/// Customers pay at the same time, until the events of all payments are handled.
async fn pay(ledger: &Ledger, round: u32, each: u32) -> Result<(), Failure> {
    let mut customers = JoinSet::new();
    for customer in 0..AT_A_TIME {
        let ledger = ledger.clone();
        customers.spawn(async move {
            for payment in 0..each {
                let order = format!("O-{round}-{customer}-{payment}");
                create(&ledger, &order).await?;
                notify(&ledger, &order).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = customers.join_next().await {
        done??;
    }
    while number(ledger, "SELECT count(*) FROM gerbang_event WHERE done_at IS NULL").await? > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

async fn commit(ledger: &Ledger, each: u32) -> Result<(), Failure> {
    let mut tasks = JoinSet::new();
    for id in 0..AT_A_TIME {
        let ledger = ledger.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                let mut tx = ledger.begin().await?;
                tx.execute("UPDATE counter SET n = n + 1 WHERE id = $1", [i64::from(id).into()]).await?;
                tx.commit().await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
