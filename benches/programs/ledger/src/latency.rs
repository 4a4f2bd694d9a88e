//! How long a payment takes in a full book and in an empty one.

use std::time::{Duration, Instant};

use gerbang_ledger::Ledger;

use crate::Failure;
use crate::book::{self, Books, Filling, create, fill, notify};
use crate::gateway::Gateway;

/// How many payments are timed in each book. They take turns.
const TIMED: usize = 1_000;

pub async fn measure(books: &Books, payments: u32) -> Result<(), Failure> {
    let open = async |what| {
        let url = books.create(what).await?;
        book::open(&url, &Gateway::default(), Duration::from_millis(500)).await
    };
    let (empty, full) = (open("empty").await?, open("full").await?);
    fill(&full, Filling::Paid, payments).await?;
    let (mut of_empty, mut of_full) = (Vec::new(), Vec::new());
    for number in 0..TIMED {
        of_empty.push(time(&empty, number).await?);
        of_full.push(time(&full, number).await?);
        if number % 50 == 49 {
            // Events are handled in both, outside of what is timed.
            empty.work_once().await?;
            full.work_once().await?;
        }
    }
    println!("empty {:.6}", p99(of_empty));
    println!("full {:.6}", p99(of_full));
    Ok(())
}

async fn time(ledger: &Ledger, number: usize) -> Result<f64, Failure> {
    let order = format!("O-{number}");
    let started = Instant::now();
    create(ledger, &order).await?;
    notify(ledger, &order).await?;
    Ok(started.elapsed().as_secs_f64())
}

fn p99(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() * 99 / 100]
}
