//! A merchant over the sandbox, with everything that goes wrong between the two. The merchant's books are the ledger's, the gateways
//! are the real clients: so clients, core, ledger and sandbox are judged together.
//!
//! Two processes work on one book, end at any call of a gateway and start again; their calls take turns as chance has it. Replies
//! are lost, refused, cut off or about another payment; requests arrive when the client has given up; customers pay twice, too
//! little, too much, or what is over already; providers give money back; prices change while a payment is open; notifications are
//! late, repeated and forged.
//! Then comes a quiet time, and the [judge](judge) compares the book with those of the providers: nothing is shipped twice or
//! without money, each payment that is paid is one receipt of what came in, what is too much is due back, of what went back the shop is
//! told, cases are of the right kind, nothing is sent a second time, and no order is left without a next step.
//!
//! Each run follows from its number, which a failure names, as far as threads allow. `GERBANG_RUNS` is how many there are, from `GERBANG_FIRST_RUN`; one in
//! forty is on PostgreSQL, where there is a server:
//!
//! ```sh
//! GERBANG_RUNS=20000 cargo test -p gerbang-tests --test exactly_once -- --nocapture
//! ```
//!
//! That the judge sees what it is there for is shown by [mistakes](plant) that are planted, each of which it must find.

mod book;
mod gate;
mod judge;
mod plant;
mod run;
mod shop;
mod world;

use std::env;
use std::fmt;
use std::ops::AddAssign;
use std::sync::atomic::{AtomicU64, Ordering};

use book::Database;
use plant::Plant;
use tokio::runtime::Runtime;
use world::World;

/// How many worlds there are at a time.
const WORLDS: u64 = 4;

/// One in so many runs is on PostgreSQL.
const ON_POSTGRES: u64 = 40;

/// How many runs a planted mistake is looked for in.
const MOST_RUNS: u64 = 400;

/// What happened in some runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    runs: u64,
    orders: u64,
    with_several_attempts: u64,
    creations: u64,
    payments: u64,
    shipped: u64,
    surplus: u64,
    cases: u64,
    reversals: u64,
    faults: u64,
    restarts: u64,
    notifications: u64,
    forged: u64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.orders += other.orders;
        self.with_several_attempts += other.with_several_attempts;
        self.creations += other.creations;
        self.payments += other.payments;
        self.shipped += other.shipped;
        self.surplus += other.surplus;
        self.cases += other.cases;
        self.reversals += other.reversals;
        self.faults += other.faults;
        self.restarts += other.restarts;
        self.notifications += other.notifications;
        self.forged += other.forged;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs: {} orders, {} of them with several attempts; {} creations arrived, {} payments were paid; {} orders \
             shipped, {} receipts were due back, {} went back, {} cases; {} faults, {} restarts, {} notifications, {} forged",
            self.runs,
            self.orders,
            self.with_several_attempts,
            self.creations,
            self.payments,
            self.shipped,
            self.surplus,
            self.reversals,
            self.cases,
            self.faults,
            self.restarts,
            self.notifications,
            self.forged
        )
    }
}

fn number(variable: &str, default: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is not a number")),
        Err(_) => default,
    }
}

fn network() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The runs of these numbers, each on its database; with the first failures.
fn runs(seeds: impl Iterator<Item = u64>, plant: Plant, has_postgres: bool) -> (Figures, Vec<String>) {
    let network = network();
    let mut world = network.block_on(World::start());
    let (mut figures, mut failed) = (Figures::default(), Vec::new());
    for seed in seeds {
        let is_on_postgres = has_postgres && plant == Plant::None && seed.is_multiple_of(ON_POSTGRES);
        let database = if is_on_postgres { Database::Postgres } else { Database::Sqlite };
        let (run, judged) = run::run(seed, database, plant, &mut world, network.handle());
        figures += run;
        for (what, by) in judged.violations {
            if plant.shows_as(&what) || plant == Plant::None && failed.len() < 10 {
                failed.push(format!("run {seed} on {database:?}: {what}: {by}"));
            }
        }
        if plant != Plant::None && !failed.is_empty() {
            break;
        }
    }
    (figures, failed)
}

#[test]
fn nothing_is_paid_twice_lost_or_taken_for_paid() {
    let (first, count) = (number("GERBANG_FIRST_RUN", 1), number("GERBANG_RUNS", 120));
    let has_postgres = network().block_on(book::has_postgres());
    let done = AtomicU64::new(0);
    let (mut all, mut failed) = (Figures::default(), Vec::new());
    std::thread::scope(|scope| {
        let worlds: Vec<_> = (0..WORLDS)
            .map(|world| {
                let done = &done;
                let seeds = (first..first + count).filter(move |seed| seed / ON_POSTGRES % WORLDS == world);
                let seeds = seeds.inspect(move |seed| {
                    if done.fetch_add(1, Ordering::Relaxed) % 1000 == 999 {
                        println!("run {seed}");
                    }
                });
                scope.spawn(move || runs(seeds, Plant::None, has_postgres))
            })
            .collect();
        for world in worlds {
            let (figures, more) = world.join().expect("a world");
            all += figures;
            failed.extend(more);
        }
    });
    let on_postgres = (first..first + count).filter(|seed| has_postgres && seed.is_multiple_of(ON_POSTGRES)).count();
    println!("{all}");
    println!("{on_postgres} runs on PostgreSQL{}", if has_postgres { "" } else { ", SKIPPED as there is no server" });
    println!("violations: {}", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(all.runs, count);
    assert!(all.payments > count / 2 && all.shipped > count / 2, "too little was paid: {all}");
    assert!(all.reversals > count / 100, "too little went back: {all}");
    assert!(all.faults > count / 2 && all.restarts > count / 2, "too little went wrong: {all}");
    assert!(all.notifications > count / 2 && all.forged > count / 50, "too few notifications: {all}");
}

#[test]
fn each_planted_mistake_is_found() {
    let only = env::var("GERBANG_ONLY").unwrap_or_default().to_lowercase();
    let plants = Plant::ALL.into_iter().filter(|plant| format!("{plant:?}").to_lowercase().contains(&only));
    let mut missed = Vec::new();
    for plant in plants {
        let (figures, found) = runs(1..=MOST_RUNS, plant, false);
        println!("{plant:?}: after {} runs: {}", figures.runs, found.first().map_or("never", String::as_str));
        if found.is_empty() {
            missed.push(plant);
        }
    }
    assert!(missed.is_empty(), "{missed:?} were never found in {MOST_RUNS} runs");
}
