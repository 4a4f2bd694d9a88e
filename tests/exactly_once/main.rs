//! A merchant's program over the sandbox, with everything that goes wrong between the two: lost replies, replies about
//! another payment, refusals before and after the work, requests that are carried out after the client has given up, money that
//! comes after the expiry, forged, repeated, late and reordered notifications, restarts between any two steps.
//!
//! No order may be paid without money, no money may come without its order being found, and no order may have two payments.
//!
//! Each run follows from its number, which a failure names. `GERBANG_RUNS` is how many there are, from `GERBANG_FIRST_RUN`:
//!
//! ```sh
//! GERBANG_RUNS=10000 cargo test --release -p gerbang-tests --test exactly_once -- --nocapture
//! ```
//!
//! `GERBANG_PLANT` plants a mistake into the merchant's program, to see that the figures tell it: `retry-creates` creates a
//! payment again whose reply was lost, `trust-notifications` ships without confirming.

mod chance;
mod shop;
mod world;

use std::env;
use std::fmt;
use std::ops::AddAssign;

use gerbang_tests::gateways;

use shop::Plant;
use world::World;

/// What happened in some runs.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    runs: u64,
    orders: u64,
    paid: u64,
    faults: u64,
    restarts: u64,
    notifications: u64,
    forged: u64,
    left_to_a_person: u64,
    two_payments: u64,
    false_paid: u64,
    lost: u64,
    shipped_twice: u64,
}

impl Figures {
    fn is_clean(&self) -> bool {
        self.two_payments + self.false_paid + self.lost + self.shipped_twice == 0
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.orders += other.orders;
        self.paid += other.paid;
        self.faults += other.faults;
        self.restarts += other.restarts;
        self.notifications += other.notifications;
        self.forged += other.forged;
        self.left_to_a_person += other.left_to_a_person;
        self.two_payments += other.two_payments;
        self.false_paid += other.false_paid;
        self.lost += other.lost;
        self.shipped_twice += other.shipped_twice;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs: {} orders, {} paid; {} faults, {} restarts, {} notifications delivered, {} forged, {} orders left to a \
             person; {} orders with two payments, {} paid without money, {} paid and not found, {} shipped twice",
            self.runs,
            self.orders,
            self.paid,
            self.faults,
            self.restarts,
            self.notifications,
            self.forged,
            self.left_to_a_person,
            self.two_payments,
            self.false_paid,
            self.lost,
            self.shipped_twice
        )
    }
}

fn number(variable: &str, default: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is not a number")),
        Err(_) => default,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_charged_twice_lost_or_taken_for_paid() {
    let (first, runs) = (number("GERBANG_FIRST_RUN", 1), number("GERBANG_RUNS", 140));
    let plant = Plant::from_env();
    let gateways = gateways::all().len() as u64;
    let mut tasks = Vec::new();
    for (index, gateway) in gateways::all().into_iter().enumerate() {
        // Each run is of the gateway that its number gives.
        let seeds = (first..first + runs).filter(move |seed| seed % gateways == index as u64);
        tasks.push(tokio::spawn(async move {
            let mut world = World::start(gateway, plant).await;
            let (mut figures, mut failed) = (Figures::default(), Vec::new());
            for seed in seeds {
                let run = world.run(seed).await;
                if !run.is_clean() && failed.len() < 5 {
                    failed.push(format!("run {seed} ({}): {run}", gateway.name));
                }
                figures += run;
            }
            (gateway.name, figures, failed)
        }));
    }
    let (mut all, mut failed) = (Figures::default(), Vec::new());
    for task in tasks {
        let (name, figures, more) = task.await.unwrap();
        println!("{name}: {figures}");
        all += figures;
        failed.extend(more);
    }
    println!("all: {all}");
    assert_eq!(all.runs, runs);
    assert!(all.faults > runs / 4 && all.restarts > runs / 4 && all.paid > runs / 4, "too little happened: {all}");
    assert!(all.notifications > runs / 4 && all.forged > runs / 20, "too few notifications: {all}");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
