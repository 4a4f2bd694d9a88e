//! `gerbang serve` under chaos: daemons are killed with SIGKILL every few seconds and started again, while shops place orders and
//! send again what may be lost, customers pay in a sandbox that answers wrongly, late or not at all, and the shop's receiver of
//! events refuses, hangs and breaks off. On PostgreSQL there are two daemons, and the server is restarted as well. Then comes a
//! quiet time, and the daemon's answers are compared with the gateways' books and with what the shop received.
//!
//! It belongs to the package of the command, which is the program that is killed. `GERBANG_CHAOS_ORDERS` is how many orders there
//! are:
//!
//! ```sh
//! GERBANG_CHAOS_ORDERS=2000 cargo test -p gerbang-cli --test chaos -- --nocapture --test-threads 1
//! ```
#![cfg(unix)]

mod api;
mod judge;
mod plant;
mod receiver;
mod shops;
mod storm;

use std::env;

use gerbang_tests::book::Database;
use gerbang_tests::cluster::Cluster;
use plant::Plant;
use storm::{Plan, storm};

/// How many orders there are, unless `GERBANG_CHAOS_ORDERS` says otherwise.
const ORDERS: usize = 100;

/// How many there are where a planted mistake is looked for.
const ORDERS_OF_PLANT: usize = 40;

fn orders() -> usize {
    env::var("GERBANG_CHAOS_ORDERS").map_or(ORDERS, |orders| orders.parse().expect("GERBANG_CHAOS_ORDERS is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_daemon_on_sqlite_loses_and_doubles_nothing() {
    let plan = Plan { orders: orders(), daemons: 1, plant: Plant::Nothing };
    let figures = storm(Database::sqlite(), None, plan).await;
    println!("SQLite: {figures}");
    figures.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_daemons_on_postgres_lose_and_double_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    let plan = Plan { orders: orders(), daemons: 2, plant: Plant::Nothing };
    let figures = storm(Database::postgres(cluster.url()), Some(cluster), plan).await;
    println!("PostgreSQL: {figures}");
    figures.assert_clean();
}

/// Whether the mistake does harm at all is chance.
async fn finds(plant: Plant, wrong: &str) {
    for _ in 0..3 {
        let plan = Plan { orders: ORDERS_OF_PLANT, daemons: 1, plant };
        let figures = storm(Database::sqlite(), None, plan).await;
        println!("with a planted mistake: {figures}");
        if figures.wrong().iter().any(|(what, _)| *what == wrong) {
            return;
        }
    }
    panic!("the mistake is not found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delivery_that_is_marked_before_it_is_sent_is_found() {
    finds(Plant::MarkedBeforeSent, "events not delivered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn event_that_comes_again_with_another_id_is_found() {
    finds(Plant::OtherIdAgain, "events that the daemon does not know").await;
}
