//! How long each call of a payment takes in a full book and in an empty one.

use std::time::{Duration, Instant};

use gerbang_ledger::Ledger;

use crate::Failure;
use crate::book::{self, Books, Filling, create, fill, notify};
use crate::gateway::Gateway;

/// How many payments are timed in each book. They take turns.
const TIMED: usize = 1_000;

/// The calls that are timed: a payment is created, looked at, and its notification taken.
const CALLS: [&str; 3] = ["pay", "payment", "notified"];

pub async fn measure(books: &Books, payments: u32) -> Result<(), Failure> {
    let open = async |what| {
        let url = books.create(what).await?;
        book::open(&url, &Gateway::default(), Duration::from_millis(500)).await
    };
    let (empty, full) = (open("empty").await?, open("full").await?);
    fill(&full, Filling::Paid, payments).await?;
    let (mut of_empty, mut of_full) = (CALLS.map(|_| Vec::new()), CALLS.map(|_| Vec::new()));
    for number in 0..TIMED {
        time(&empty, number, &mut of_empty).await?;
        time(&full, number, &mut of_full).await?;
        if number % 50 == 49 {
            // Events are handled in both, outside of what is timed.
            empty.work_once().await?;
            full.work_once().await?;
        }
    }
    for ((call, empty), full) in CALLS.iter().zip(of_empty).zip(of_full) {
        println!("{call}-empty {:.6}", p99(empty));
        println!("{call}-full {:.6}", p99(full));
    }
    Ok(())
}

async fn time(ledger: &Ledger, number: usize, calls: &mut [Vec<f64>; 3]) -> Result<(), Failure> {
    let order = format!("O-{number}");
    let started = Instant::now();
    create(ledger, &order).await?;
    let created = Instant::now();
    ledger.payment(&order).await?.ok_or("a payment is not in the book")?;
    let shown = Instant::now();
    notify(ledger, &order).await?;
    let times = [created - started, shown - created, shown.elapsed()];
    for (call, time) in calls.iter_mut().zip(times) {
        call.push(time.as_secs_f64());
    }
    Ok(())
}

fn p99(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() * 99 / 100]
}
