//! One storm: daemons are killed while orders come in, and then all runs until it is quiet.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gerbang::jiff::{SignedDuration, Timestamp};
use gerbang_sandbox::Sandbox;
use gerbang_tests::book::{Book, Database};
use gerbang_tests::chance::Chance;
use gerbang_tests::cluster::Cluster;
use gerbang_tests::customers::Customers;
use gerbang_tests::processes::{Processes, Start};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::sleep;

use crate::api::{Api, TOKEN};
use crate::judge::{Figures, Witnesses, judge};
use crate::plant::Plant;
use crate::receiver::{KEYS, Receiver};
use crate::shops::Shops;

/// How many orders come in before each kill, and how many daemons are killed at least.
const ORDERS: usize = 40;
const LEAST_KILLS: usize = 4;

/// How often customers act and the book grows older, and by how many seconds.
const TICK: Duration = Duration::from_millis(250);
const AGES: i64 = 5;

/// Longer than any lease, in seconds.
const LEASES: i64 = 600;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long nothing happens before time is skipped, by how many seconds, and how often at most: four days in all.
const PROGRESS: Duration = Duration::from_millis(2500);
const SKIPPED: i64 = 7200;
const MOST_SKIPS: usize = 48;

/// How soon the sandbox notifies again, and later each time; how often at least; and how soon again where it has given up.
const NOTIFIED_AGAIN: Duration = Duration::from_secs(1);
const LEAST_TRIES: u32 = 3;
const AFTER_ALL: SignedDuration = SignedDuration::from_secs(3);

/// The key with which a daemon's sandbox proves its notifications.
const SANDBOX_KEY: &str = "sandbox-webhook-key";

#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub orders: usize,
    pub daemons: usize,
    pub plant: Plant,
}

impl Plan {
    fn kills(self) -> usize {
        (self.orders / ORDERS).max(LEAST_KILLS)
    }
}

/// What is around the daemons.
struct World {
    sandbox: Arc<Sandbox>,
    book: Arc<Book>,
    customers: Arc<Mutex<Customers>>,
    receiver: Arc<Receiver>,
    shops: Arc<Shops>,
    daemons: Processes,
    chance: Chance,
    restarts: usize,
}

/// Makes a storm and judges it.
pub async fn storm(database: Database, cluster: Option<Cluster>, plan: Plan) -> Figures {
    let started = Instant::now();
    let sandbox = Sandbox::builder().keys(SANDBOX_KEY);
    let sandbox = sandbox.webhook_retry(NOTIFIED_AGAIN).start().await.unwrap();
    let (receiver, webhook) = Receiver::start(1).await;
    let (journal, log) = (database.directory.join("journal"), database.directory.join("log"));
    let start = daemon(plan.daemons, &database.url, sandbox.base_url(), webhook);
    let daemons = Processes::start(start, log.clone(), plan.daemons);
    let shops = Shops::open(Api::of(daemons.addresses(), 2), &journal, 100);
    let mut world = World {
        sandbox: Arc::new(sandbox),
        book: Arc::new(Book::open(&database.url).await),
        customers: Arc::new(Mutex::new(Customers::new(journal, 3))),
        receiver,
        shops,
        daemons,
        chance: Chance::new(4),
        restarts: 0,
    };
    world.daemons.until_one_is_ready().await;
    plan.plant.put(&world.book).await;
    world.rage(plan, cluster.as_ref()).await;
    world.quiet(plan).await;
    let payments = world.sandbox.payments();
    let log = fs::read_to_string(&log).unwrap_or_default();
    let witnesses = Witnesses { payments: &payments, receiver: &world.receiver, shops: &world.shops, log: &log };
    let mut figures = judge(plan.orders, &witnesses).await;
    (figures.kills, figures.restarts, figures.took) = (plan.kills(), world.restarts, started.elapsed());
    figures
}

/// How a daemon is started: as it is by hand, with the sandbox as its gateways, each in its place at the same port.
fn daemon(daemons: usize, database: &str, sandbox: &str, webhook: String) -> Start {
    let free = || TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free");
    let addresses: Vec<_> = (0..daemons).map(|_| free().to_string()).collect();
    // As the daemon's settings have it.
    let (database, sandbox) = (database.replace("sqlite://", "sqlite:"), format!("--sandbox={sandbox}"));
    Box::new(move |place, _| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
        command.env_clear().args(["serve", &sandbox, "--listen", &addresses[place], "--database", &database]);
        command.env("GERBANG_SERVE_TOKEN", TOKEN).env("GERBANG_SERVE_WEBHOOK_SECRET", KEYS);
        command.env("GERBANG_SERVE_WEBHOOK_URL", &webhook);
        command
    })
}

impl World {
    /// Orders come in, daemons are killed, and the server is restarted.
    async fn rage(&mut self, plan: Plan, cluster: Option<&Cluster>) {
        let around = self.surround();
        let kills = plan.kills();
        for kill in 0..kills {
            // However slow the machine is, the daemons do some work between two kills.
            while self.shops.waiting() > ORDERS / 4 {
                self.daemons.revive();
                sleep(TICK).await;
            }
            self.shops.place(kill * plan.orders / kills..(kill + 1) * plan.orders / kills);
            self.daemons.until_one_is_ready().await;
            sleep(Duration::from_millis(1000 + self.chance.below(1500) as u64)).await;
            if let Some(cluster) = cluster
                && kill % 10 == 3
            {
                self.restarts += 1;
                tokio::task::block_in_place(|| cluster.restart(kill % 20 == 3));
            }
            let place = self.chance.below(plan.daemons);
            self.daemons.replace(place);
            self.daemons.revive();
        }
        // Those that still wait for an answer.
        while !self.shops.is_idle() {
            self.daemons.revive();
            sleep(TICK).await;
        }
        around.abort();
        let _ = around.await;
    }

    /// Customers, the network and time go on beside the daemons.
    fn surround(&self) -> JoinHandle<()> {
        let (sandbox, book, customers) = (self.sandbox.clone(), self.book.clone(), self.customers.clone());
        let (receiver, shops) = (self.receiver.clone(), self.shops.clone());
        tokio::spawn(async move {
            loop {
                look_at_created(&receiver, &shops).await;
                notify_again(&sandbox);
                let (acting, around) = (customers.clone(), sandbox.clone());
                let acting = spawn_blocking(move || {
                    let mut customers = acting.lock().unwrap();
                    customers.act(&around);
                    customers.fault(&around);
                });
                acting.await.unwrap();
                pass(&book, &sandbox, AGES).await;
                sleep(TICK).await;
            }
        })
    }

    /// Nothing fails any more and customers pay, until every order has come to its end, or nothing happens any more.
    async fn quiet(&mut self, plan: Plan) {
        self.sandbox.clear_faults();
        self.receiver.calm();
        // All are killed once more. The leases that they leave end while none of them works.
        (0..plan.daemons).for_each(|place| self.daemons.kill(place));
        pass(&self.book, &self.sandbox, LEASES).await;
        let ends = "UPDATE gerbang_serve_delivery SET lease_until = 0, due_at = 0 WHERE outcome IS NULL";
        self.book.execute(ends, []).await.unwrap();
        self.daemons.revive();
        self.daemons.until_one_is_ready().await;
        let started = Instant::now();
        while self.shops.place_unanswered(plan.orders) > 0 || !self.shops.is_idle() {
            assert!(started.elapsed() < PATIENCE, "an order is not answered, although it is quiet");
            while !self.shops.is_idle() {
                sleep(Duration::from_millis(50)).await;
            }
        }
        self.until_all_is_over().await;
        // What is left is asked about once more, and money that came late is found.
        for seconds in [60, 600, 3600, 3600] {
            pass(&self.book, &self.sandbox, seconds).await;
            sleep(Duration::from_millis(700)).await;
        }
        self.until_all_is_over().await;
    }

    async fn until_all_is_over(&mut self) {
        let (mut left, mut since, mut skips) = (usize::MAX, Instant::now(), 0);
        loop {
            self.daemons.revive();
            look_at_created(&self.receiver, &self.shops).await;
            notify_again(&self.sandbox);
            self.customers.lock().unwrap().pay_all(&self.sandbox);
            let now = self.left().await;
            if now != left {
                (left, since) = (now, Instant::now());
            }
            let is_stuck = since.elapsed() > PROGRESS;
            if left == 0 || (is_stuck && skips == MOST_SKIPS) {
                return;
            }
            // What nobody can ask about is open until a day has passed.
            skips += usize::from(is_stuck);
            pass(&self.book, &self.sandbox, if is_stuck { SKIPPED } else { AGES }).await;
            sleep(Duration::from_millis(150)).await;
        }
    }

    /// How many attempts are not over, events not delivered and payments not known.
    async fn left(&self) -> usize {
        let sql = "SELECT CAST((SELECT count(*) FROM gerbang_attempt WHERE due_at IS NOT NULL \
                   AND state IN ('intended', 'sending', 'uncertain', 'open')) + (SELECT count(*) FROM gerbang_event WHERE done_at IS NULL) \
                   + (SELECT count(*) FROM gerbang_serve_delivery WHERE outcome IS NULL) AS TEXT), \
                   CAST((SELECT count(*) FROM gerbang_receipt) + (SELECT count(*) FROM gerbang_case) AS TEXT)";
        let rows = self.book.rows(sql).await.expect("the book can be read");
        let number = |at: usize| rows[0][at].as_deref().and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
        let paid = self.sandbox.payments().iter().filter(|payment| payment.paid_at.is_some()).count();
        number(0) + paid.saturating_sub(number(1))
    }
}

/// Somebody looks at the payments that events speak of, so that their customers can pay.
async fn look_at_created(receiver: &Receiver, shops: &Shops) {
    for payment in receiver.record(|record| std::mem::take(&mut record.created)) {
        shops.show(&shops.api.get(&format!("/v1/payments/{payment}")).await);
    }
}

/// The gateways' operators have notifications sent again that were given up: not every gateway can be asked.
fn notify_again(sandbox: &Sandbox) {
    let mut latest = BTreeMap::new();
    for attempt in sandbox.webhook_attempts() {
        latest.insert(attempt.number, attempt);
    }
    for attempt in latest.into_values().filter(|attempt| !attempt.acknowledged) {
        let is_given_up = attempt.resent || attempt.attempt >= LEAST_TRIES;
        if is_given_up && Timestamp::now().duration_since(attempt.at) > AFTER_ALL {
            // There may be as many as the sandbox takes.
            let _ = sandbox.resend_webhook(attempt.number, 1);
        }
    }
}

/// Time passes for the daemons and for the gateways, unless the server is away. The leases of deliveries stay: who has one is
/// delivering.
async fn pass(book: &Book, sandbox: &Sandbox, seconds: i64) {
    if book.pass(seconds).await.is_err() {
        return;
    }
    sandbox.advance(Duration::from_secs(seconds.unsigned_abs()));
    for sql in [
        "UPDATE gerbang_serve_delivery SET due_at = due_at - $1 WHERE outcome IS NULL AND lease_until = 0",
        "UPDATE gerbang_account SET budget_at = budget_at - $1",
    ] {
        let _ = book.execute(sql, [(seconds * 1000).into()]).await;
    }
}
