//! A shop's processes are killed at random moments, with SIGKILL, while the sandbox plays the gateways over a bad network, and on
//! PostgreSQL the server is restarted as well. Afterwards the processes run until all is quiet, and the sandbox's books are
//! compared with the shop's.
//!
//! One process works on SQLite, two at a time on PostgreSQL, in a cluster of the test's own. `GERBANG_KILLS` is how many are killed;
//! ten orders come in for each:
//!
//! ```sh
//! GERBANG_KILLS=300 cargo test -p gerbang-tests --test crash -- --nocapture --test-threads 1
//! ```
#![cfg(unix)]

mod judge;
mod orders;
mod relay;
mod storm;

use std::env;

use gerbang_tests::book::Database;
use gerbang_tests::cluster::Cluster;
use storm::{Plan, Plant, storm};

/// How many processes are killed, unless `GERBANG_KILLS` says otherwise.
const KILLS: usize = 10;

fn kills() -> usize {
    env::var("GERBANG_KILLS").map_or(KILLS, |kills| kills.parse().expect("GERBANG_KILLS is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_on_sqlite_do_everything_once() {
    let plan = Plan { kills: kills(), processes: 1, restarts: 0, plant: Plant::Nothing };
    let figures = storm(Database::sqlite(), None, plan).await;
    println!("SQLite: {figures}");
    figures.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_and_servers_do_everything_once() {
    let Some(cluster) = Cluster::start() else { return };
    let kills = kills();
    let plan = Plan { kills, processes: 2, restarts: if kills > KILLS { 5 } else { 1 }, plant: Plant::Nothing };
    let figures = storm(Database::postgres(cluster.url()), Some(cluster), plan).await;
    println!("PostgreSQL: {figures}");
    figures.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creation_that_is_sent_again_is_found() {
    // Whether a reply is lost at all is chance.
    for _ in 0..6 {
        let plan = Plan { kills: 3, processes: 1, restarts: 0, plant: Plant::SentAgain };
        let figures = storm(Database::sqlite(), None, plan).await;
        println!("with a planted mistake: {figures}");
        if !figures.sent_twice.is_empty() {
            return;
        }
    }
    panic!("the mistake is not found");
}
