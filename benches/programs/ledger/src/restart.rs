//! How soon a program is ready that starts on a book with many open payments, and how much it asks then.

use std::time::{Duration, Instant};

use crate::Failure;
use crate::book::{self, Books, Filling, create, fill, notify};
use crate::gateway::Gateway;

/// The shortest time between two questions.
const PACE: Duration = Duration::from_millis(500);

/// How long the program runs.
const RUNS: Duration = Duration::from_secs(10);

pub async fn measure(books: &Books, payments: u32) -> Result<(), Failure> {
    let url = books.create("restart").await?;
    let before = book::open(&url, &Gateway::default(), PACE).await?;
    fill(&before, Filling::Pending, payments).await?;
    let mut tx = before.begin().await?;
    tx.execute("UPDATE gerbang_attempt SET due_at = 0, lease_until = 0", []).await?;
    tx.commit().await?;
    drop(before);

    let gateway = Gateway::default();
    let started = Instant::now();
    let ledger = book::open(&url, &gateway, PACE).await?;
    let worker = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.run(tokio::time::sleep(RUNS)).await }
    });
    create(&ledger, "O-1").await?;
    notify(&ledger, "O-1").await?;
    let ready = started.elapsed();
    worker.await??;
    println!("ready {:.3}", ready.as_secs_f64());
    println!("asked {}", gateway.asked());
    println!("budget {}", RUNS.as_millis() / PACE.as_millis() + 1);
    Ok(())
}
