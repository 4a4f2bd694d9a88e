//! One run: what happens follows from its number. Processes, customers and networks take turns as chance has it, then comes a quiet
//! time, and then the books are judged.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

use crate::Figures;
use crate::book::{Book, Database, pass, prepare};
use crate::gate::{Scene, Stage, arrive, lock};
use crate::judge::{self, Judged};
use crate::plant::Plant;
use crate::shop::{Outside, Process};
use crate::world::{Message, Seat, World};
use gerbang_tests::chance::Chance;

/// The orders' names. An attempt of one may be called like another, and one differs from another in case only.
const NAMES: [&str; 6] =
    ["A", "A-2", "a", "Toko/Ani_7.x", "ORDER-2026-0001", "LONG-LONG-LONG-LONG-LONG-LONG-LONG-LONG-LONG"];

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How long to wait for what runs: its time has come when it neither ends nor waits at the gate.
const BRIEFLY: Duration = Duration::from_millis(40);

/// The same, before time passes.
const LONGER: Duration = Duration::from_millis(120);

/// How many things happen at the same time at most.
const MOST_WAITING: usize = 7;

struct Order {
    name: &'static str,
    price: u64,
}

struct Run<'a> {
    world: &'a mut World,
    chance: Chance,
    scene: Arc<Scene>,
    outside: Arc<Outside>,
    seats: Vec<Seat>,
    orders: Vec<Order>,
    processes: Vec<Process>,
    started: u64,
    url: String,
    left_alone: i64,
    /// All notifications that were ever sent.
    sent: Vec<Message>,
    judged: Judged,
    figures: Figures,
}

/// Makes a run and returns what was counted and violated.
pub fn run(seed: u64, database: Database, plant: Plant, world: &mut World, network: &Handle) -> (Figures, Judged) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (figures, judged, book) = runtime.block_on(async {
        let book = Book::new(database).await;
        let mut run = Run::new(seed, &book, plant, world, network).await;
        run.happen().await;
        run.quiet().await;
        run.judge().await;
        (run.figures, run.judged, book)
    });
    // What was begun and never goes on ends here.
    runtime.shutdown_background();
    network.block_on(book.remove());
    (figures, judged)
}

impl<'a> Run<'a> {
    async fn new(seed: u64, book: &Book, plant: Plant, world: &'a mut World, network: &Handle) -> Self {
        let mut chance = Chance::new(seed);
        let scene = Arc::new(Scene::new(seed, plant, network.clone()));
        let seats = world.seats(&mut chance);
        *lock(&scene.ahead) = vec![0; seats.len()];
        let first = chance.below(NAMES.len());
        let orders = (0..1 + chance.below(3)).map(|index| {
            let price = 20_000 + 1_000 * chance.below(50) as u64 + index as u64;
            Order { name: NAMES[(first + index) % NAMES.len()], price }
        });
        let orders: Vec<_> = orders.collect();
        let figures = Figures { runs: 1, orders: orders.len() as u64, ..Figures::default() };
        let (outside, judged) = (Arc::default(), Judged::default());
        let (processes, url) = (Vec::new(), book.url.clone());
        let mut run = Self {
            world,
            chance,
            scene,
            outside,
            seats,
            orders,
            processes,
            started: 0,
            url,
            left_alone: 0,
            sent: Vec::new(),
            judged,
            figures,
        };
        run.start().await;
        prepare(&run.processes[0].ledger, plant).await;
        run.start().await;
        run
    }

    /// A process starts.
    async fn start(&mut self) {
        self.started += 1;
        let process = Process::start(&self.url, self.started, &self.seats, &self.scene, &self.outside).await;
        self.processes.push(process);
    }

    async fn settle(&mut self, patience: Duration) {
        self.scene.settle(&mut self.left_alone, patience).await;
    }

    fn process(&mut self) -> &Process {
        &self.processes[self.chance.below(self.processes.len())]
    }

    async fn happen(&mut self) {
        for _ in 0..40 + self.chance.below(30) {
            self.world.advance(&self.scene, self.seats.len(), SECOND);
            let waiting = self.scene.waiting();
            let order = self.chance.below(self.orders.len());
            match self.chance.below(100) {
                _ if waiting.len() >= MOST_WAITING => self.go_on(&waiting).await,
                0..14 => self.pay(order),
                14..26 => self.process().work(),
                26..42 => self.customer().await,
                42..52 => self.deliver(),
                52..55 => self.forge(),
                55..59 => {
                    let name = self.orders[order].name;
                    self.process().cancel(name);
                }
                59..67 => self.pass_by_chance().await,
                67..70 => self.restart().await,
                70..73 => self.reverse().await,
                _ => self.go_on(&waiting).await,
            }
            self.settle(BRIEFLY).await;
            self.world.clear_faults();
            judge::customers(&mut self.judged, self.world, &self.seats, &lock(&self.outside.shown));
        }
    }

    fn pay(&mut self, order: usize) {
        if self.chance.percent(8) {
            let change = self.chance.below(2) as u64 * 5_000;
            self.orders[order].price = self.orders[order].price + change - 2_000;
        }
        let account = self.seats[self.chance.below(self.seats.len())].name.clone();
        let Order { name, price } = self.orders[order];
        self.process().pay(name, price, &account);
    }

    /// One of the calls that wait goes on, and may go wrong.
    async fn go_on(&mut self, waiting: &[(usize, Stage)]) {
        if waiting.is_empty() {
            return self.process().work();
        }
        let index = self.chance.below(waiting.len());
        let (account, stage) = waiting[index];
        if stage == Stage::Before && self.chance.percent(30) {
            self.figures.faults += 1;
            self.world.fault(&mut self.chance, account, &self.seats[account]);
        }
        self.scene.go_on(index);
    }

    async fn customer(&mut self) {
        let shown = lock(&self.outside.shown).clone();
        let first = self.chance.below(self.seats.len());
        for index in 0..self.seats.len() {
            let account = (first + index) % self.seats.len();
            if self.world.customer(&mut self.chance, &self.scene, account, &self.seats[account], &shown) {
                break;
            }
        }
        self.collect().await;
    }

    async fn collect(&mut self) {
        let messages = self.world.collect(self.seats.len()).await;
        self.sent.extend(messages.iter().cloned());
        lock(&self.outside.messages).extend(messages);
    }

    /// A provider gives money back, of a payment that the book has as paid.
    async fn reverse(&mut self) {
        let first = self.chance.below(self.seats.len());
        for index in 0..self.seats.len() {
            let account = (first + index) % self.seats.len();
            let seat = &self.seats[account];
            let known = judge::known_as_paid(&self.processes[0].ledger, seat).await;
            if self.world.reverse(&mut self.chance, &self.scene, (account, seat), &known).await {
                break;
            }
        }
        self.collect().await;
    }

    fn deliver(&mut self) {
        let message = {
            let mut messages = lock(&self.outside.messages);
            if messages.is_empty() {
                return;
            }
            let index = self.chance.below(messages.len());
            messages.swap_remove(index)
        };
        let is_sent_again = self.chance.percent(25);
        self.notify(message, is_sent_again);
    }

    fn notify(&mut self, message: Message, is_sent_again: bool) {
        self.figures.notifications += 1;
        let account = self.seats[message.account].name.clone();
        self.process().notified(message, &account, is_sent_again);
    }

    fn forge(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let message = &self.sent[self.chance.below(self.sent.len())];
        if let Some(forged) = self.world.forge(&mut self.chance, &self.seats, message) {
            self.figures.forged += 1;
            self.notify(forged, false);
        }
    }

    async fn pass_by_chance(&mut self) {
        let millis =
            [5 * SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 3 * MINUTE, 10 * MINUTE, HOUR, DAY][self.chance.below(8)];
        self.pass(millis).await;
    }

    /// Time passes. A request that was not sent yet is sent before, as its process does not wait for long, and one that is under way
    /// arrives in time.
    async fn pass(&mut self, millis: u64) {
        self.left_alone = 0;
        self.settle(LONGER).await;
        while let Some(index) = self.scene.waiting().iter().position(|(_, stage)| *stage == Stage::Before) {
            self.scene.go_on(index);
            self.settle(BRIEFLY).await;
        }
        let now = {
            let mut now = lock(&self.scene.now);
            *now += millis;
            *now
        };
        self.arrive_until(now).await;
        self.world.advance(&self.scene, self.seats.len(), millis);
        pass(&self.processes[0].ledger, millis).await;
        self.collect().await;
    }

    async fn arrive_until(&mut self, now: u64) {
        let arriving: Vec<_> = lock(&self.scene.under_way).extract_if(.., |request| request.arrives <= now).collect();
        for request in arriving {
            let gateway = self.seats[request.account].gateway.clone();
            // Its client has given up long ago.
            drop(arrive(&self.scene, request.account, &gateway, request.new).await);
        }
    }

    /// A process is killed, and another takes its place.
    async fn restart(&mut self) {
        self.figures.restarts += 1;
        let index = self.chance.below(self.processes.len());
        let killed = self.processes.remove(index);
        self.scene.kill(killed.number);
        self.start().await;
    }

    /// Nothing fails any more, everything arrives, and time passes. People look at the cases.
    async fn quiet(&mut self) {
        self.scene.be_quiet();
        self.settle(BRIEFLY).await;
        self.arrive_until(u64::MAX).await;
        let times = [10 * SECOND, 10 * SECOND, MINUTE, 20 * MINUTE, 20 * MINUTE, DAY];
        for (index, millis) in times.into_iter().chain([40 * DAY; 10]).enumerate() {
            if index > 8 && judge::is_settled(&self.processes[0].ledger).await {
                // Who waited for another's creation may have begun late.
                break;
            }
            if index == 3 {
                // Most of what was paid is known by now.
                self.reverse().await;
            }
            let messages = std::mem::take(&mut *lock(&self.outside.messages));
            for message in messages {
                if self.scene.plant == Plant::AnswersFirst {
                    continue;
                }
                self.figures.notifications += 1;
                let ledger = &self.processes[0].ledger;
                let account = &self.seats[message.account].name;
                let answer = ledger.notified(account, &message.headers, &message.body).await;
                if answer.status() != 200 {
                    lock(&self.outside.messages).push(message);
                }
            }
            self.pass(millis).await;
            if index % 3 == 2 {
                self.processes[0].look_at_cases().await;
            }
            // On PostgreSQL who began late may be in the way: what is left is done the next time.
            drop(self.processes[index % 2].ledger.work_once().await);
        }
    }

    async fn judge(&mut self) {
        let ledger = self.processes[0].ledger.clone();
        let shipped = lock(&self.outside.shipped).clone();
        judge::books(&mut self.judged, &ledger, self.world, &self.seats, &self.scene, &shipped).await;
        self.figures += self.judged.figures;
    }
}
