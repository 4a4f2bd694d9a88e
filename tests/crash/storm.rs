//! One storm: processes are killed while orders come in, and then all runs until it is quiet.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gerbang_sandbox::Sandbox;
use gerbang_tests::book::{Book, Database};
use gerbang_tests::chance::Chance;
use gerbang_tests::cluster::Cluster;
use gerbang_tests::customers::{Customers, provider};
use gerbang_tests::gateways::WEBHOOK_KEY;
use gerbang_tests::processes::Processes;
use gerbang_tests::shops::{accounts, credential};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::sleep;

use crate::judge::{Figures, judge};
use crate::orders;
use crate::relay::Relay;

/// How many orders come in before each kill.
const ORDERS: usize = 10;

/// How often customers act and the book grows older.
const TICK: Duration = Duration::from_millis(60);

/// How much older it grows with each tick, in seconds: so that leases end and payments expire during the storm.
const AGES: i64 = 2;

/// How long no order ships before time is skipped.
const PROGRESS: Duration = Duration::from_secs(5);

/// How often half an hour is skipped at most: two days.
const MOST_SKIPPED: usize = 96;

/// A mistake of the ledger's that the suite must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    Nothing,
    /// A creation whose reply was lost is sent again.
    SentAgain,
}

#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub kills: usize,
    /// How many processes work at a time.
    pub processes: usize,
    /// How often the database's server is restarted.
    pub restarts: usize,
    pub plant: Plant,
}

/// What is around the shop's processes.
struct World {
    sandbox: Arc<Sandbox>,
    book: Arc<Book>,
    customers: Arc<Mutex<Customers>>,
    relay: Relay,
    processes: Processes,
    chance: Chance,
}

/// Makes a storm and judges it.
pub async fn storm(database: Database, cluster: Option<Cluster>, plan: Plan) -> Figures {
    let book = Book::open(&database.url).await;
    orders::create_tables(&book).await;
    if plan.plant == Plant::SentAgain {
        let trigger = "CREATE TRIGGER planted AFTER UPDATE ON gerbang_attempt \
                       WHEN NEW.state = 'uncertain' AND OLD.state <> 'uncertain' BEGIN \
                       UPDATE gerbang_attempt SET state = 'intended', rank = 0, due_at = 0 WHERE id = NEW.id; END";
        book.execute(trigger, []).await.unwrap();
    }
    let (relay, hooks) = Relay::start().await;
    let sandbox = Sandbox::builder().keys(WEBHOOK_KEY);
    let sandbox = accounts().into_iter().fold(sandbox, |sandbox, account| {
        sandbox.webhook_for(provider(account), credential(account), format!("{hooks}/{account}"))
    });
    let sandbox = sandbox.start().await.unwrap();
    let (journal, log) = (database.directory.join("journal"), database.directory.join("log"));
    let (url, address, written) = (database.url.clone(), sandbox.base_url().to_owned(), journal.clone());
    let shop = move |_, seed: u64| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command.args([&url, &address]).arg(&written).arg(seed.to_string());
        command
    };
    let processes = Processes::start(Box::new(shop), log.clone(), plan.processes);
    relay.deliver(&processes.addresses(), 1);
    let mut world = World {
        sandbox: Arc::new(sandbox),
        book: Arc::new(book),
        customers: Arc::new(Mutex::new(Customers::new(journal.clone(), 2))),
        relay,
        processes,
        chance: Chance::new(3),
    };
    world.rage(plan, cluster.as_ref()).await;
    world.quiet(plan.kills * ORDERS).await;
    drop(world.processes);
    let mut figures = judge(&world.book, &world.sandbox.payments(), &journal, &log).await;
    (figures.kills, figures.restarts) = (plan.kills, plan.restarts);
    figures
}

impl World {
    /// Processes are killed, and servers restarted.
    async fn rage(&mut self, plan: Plan, cluster: Option<&Cluster>) {
        let around = self.surround();
        for kill in 0..plan.kills {
            // Where the server is away the orders come in later.
            while orders::add(&self.book, kill * ORDERS..(kill + 1) * ORDERS).await.is_err() {
                sleep(TICK).await;
            }
            self.processes.until_one_is_ready().await;
            sleep(Duration::from_millis(20 + self.chance.below(700) as u64)).await;
            if let Some(cluster) = cluster
                && (kill + 1) * plan.restarts / plan.kills > kill * plan.restarts / plan.kills
            {
                tokio::task::block_in_place(|| cluster.restart(kill % 2 == 0));
            }
            let place = self.chance.below(plan.processes);
            self.processes.replace(place);
            self.processes.revive();
        }
        around.abort();
        let _ = around.await;
    }

    /// Customers, the network and time go on beside the processes.
    fn surround(&self) -> JoinHandle<()> {
        let (sandbox, book, customers) = (self.sandbox.clone(), self.book.clone(), self.customers.clone());
        tokio::spawn(async move {
            loop {
                let (acting, around) = (customers.clone(), sandbox.clone());
                let acting = spawn_blocking(move || {
                    let mut customers = acting.lock().unwrap();
                    customers.act(&around);
                    customers.fault(&around);
                });
                acting.await.unwrap();
                // The server may be away.
                if book.pass(AGES).await.is_ok() {
                    sandbox.advance(Duration::from_secs(AGES.unsigned_abs()));
                }
                sleep(TICK).await;
            }
        })
    }

    /// Nothing fails any more and everybody pays, until every order has shipped, or nothing happens any more.
    async fn quiet(&mut self, orders: usize) {
        self.sandbox.clear_faults();
        let (mut shipped, mut since, mut skipped) = (0, Instant::now(), 0);
        while (shipped < orders || self.relay.waiting() > 0) && skipped < MOST_SKIPPED {
            self.processes.revive();
            self.customers.lock().unwrap().pay_all(&self.sandbox);
            let now = self.shipped().await;
            if now > shipped {
                (shipped, since) = (now, Instant::now());
            }
            // What K-Link has closed is open in the book until a day has passed: nobody can ask K-Link. Before that, nothing
            // expires while its customer is about to pay.
            let is_waiting = since.elapsed() > PROGRESS;
            skipped += usize::from(is_waiting);
            self.pass(if is_waiting { 1800 } else { 5 }).await;
            sleep(Duration::from_millis(200)).await;
        }
        // What is left is asked about once more, and money that came late is found.
        for seconds in [60, 600, 3600, 3600] {
            self.pass(seconds).await;
            sleep(Duration::from_millis(700)).await;
        }
    }

    /// Time passes for the shop and for the gateways, unless the server is away.
    async fn pass(&self, seconds: i64) {
        if self.book.pass(seconds).await.is_ok() {
            self.sandbox.advance(Duration::from_secs(seconds.unsigned_abs()));
        }
    }

    async fn shipped(&self) -> usize {
        let rows = self.book.rows("SELECT CAST(count(DISTINCT order_id) AS TEXT) FROM shipment").await;
        let count = rows.ok().and_then(|rows| rows.into_iter().next()).and_then(|row| row.into_iter().next().flatten());
        count.and_then(|count| count.parse().ok()).unwrap_or(0)
    }
}
