//! One run: programs that come and go over one book, and the judgement at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_core::{PaymentStatus, Rupiah};
use gerbang_ledger::sqlx::{self, AssertSqlSafe, Connection, Executor, PgConnection};
use gerbang_ledger::{Account, EventKind, Ledger, Order};
use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::chance::Chance;
use crate::gateway::{ALL, Gateway};
use crate::plant::Plant;

const ORDERS: [&str; 3] = ["A", "B", "C"];
const MINUTE: u64 = 60_000;

struct World {
    /// The address of the book.
    url: String,
    gateways: Vec<Gateway>,
    crash: Arc<Notify>,
    chance: Chance,
    plant: Plant,
    /// What was shipped outside the book.
    shipped: Arc<Mutex<Vec<String>>>,
}

/// Makes a run, and returns what was violated.
pub fn run(seed: u64, plant: Plant) -> BTreeSet<String> {
    let mut chance = Chance::new(seed);
    let crash = Arc::new(Notify::new());
    let first = chance.below(5) as usize;
    let second = (first + 1 + chance.below(4) as usize) % 5;
    let gateways = [first, second].map(|index| Gateway::new(ALL[index], seed + index as u64, crash.clone())).to_vec();
    let book = Book::new(&format!("gerbang_sim_{}_{plant:?}_{seed}", std::process::id()).to_lowercase());
    let mut world = World { url: book.url.clone(), gateways, crash, chance, plant, shipped: Arc::default() };
    world.program(0, |ledger| async move { prepare(&ledger, plant).await });
    for _ in 0..14 {
        world.round();
    }
    world.quiet();
    let violations = world.judge();
    book.remove();
    violations
}

/// The database of a run: an SQLite file, or a schema of the PostgreSQL server that `GERBANG_SIM_POSTGRES` names.
struct Book {
    name: String,
    url: String,
    server: Option<String>,
}

impl Book {
    fn new(name: &str) -> Self {
        let name = name.to_owned();
        match env::var("GERBANG_SIM_POSTGRES") {
            Ok(server) => {
                execute_on(&server, format!("CREATE SCHEMA {name}"));
                let url = format!("{server}?options=-csearch_path%3D{name}");
                Self { name, url, server: Some(server) }
            }
            Err(_) => {
                let file = env::temp_dir().join(format!("{name}.db"));
                Self { url: format!("sqlite://{}", file.display()), name, server: None }
            }
        }
    }

    fn remove(self) {
        match self.server {
            Some(server) => execute_on(&server, format!("DROP SCHEMA {} CASCADE", self.name)),
            None => {
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(env::temp_dir().join(format!("{}.db{end}", self.name)));
                }
            }
        }
    }
}

fn execute_on(server: &str, sql: String) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut conn = PgConnection::connect(server).await.unwrap();
        conn.execute(AssertSqlSafe(sql)).await.unwrap();
    });
}

async fn prepare(ledger: &Ledger, plant: Plant) {
    let mut tx = ledger.begin().await.unwrap();
    tx.execute("CREATE TABLE shipment (id TEXT)", []).await.unwrap();
    for trigger in plant.triggers() {
        tx.execute(trigger, []).await.unwrap();
    }
    tx.commit().await.unwrap();
}

impl World {
    /// Runs a program: it ends when its work is done, at a call of a gateway that ends it, or at any other time, as a process
    /// that is killed. Whatever it has begun ends with it.
    fn program<F: Future<Output = ()> + Send + 'static>(&self, kill_after: u64, work: impl FnOnce(Ledger) -> F) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let ledger = self.open().await;
            let killed = async {
                match kill_after {
                    0 => std::future::pending().await,
                    micros => tokio::time::sleep(Duration::from_micros(micros)).await,
                }
            };
            tokio::select! {
                () = work(ledger) => {}
                () = self.crash.notified() => {}
                () = killed => {}
            }
        });
        runtime.shutdown_background();
    }

    async fn open(&self) -> Ledger {
        let ledger = Ledger::open(&self.url).await.unwrap();
        let ledger = self.gateways.iter().fold(ledger, |ledger, gateway| {
            ledger.account(Account::live(format!("{:?}", gateway.like), gateway.clone()).pace(Duration::ZERO))
        });
        let (shipped, plant, crash) = (self.shipped.clone(), self.plant, self.crash.clone());
        let crashes = self.gateways[0].world().is_quiet;
        ledger.on_event(move |mut tx, event| {
            let (shipped, crash) = (shipped.clone(), crash.clone());
            async move {
                if event.kind != EventKind::PaymentPaid {
                    return Ok(());
                }
                let order = event.order.unwrap_or_default();
                if plant != Plant::ShipsOutside {
                    tx.execute("INSERT INTO shipment (id) VALUES ($1)", [order.into()]).await?;
                } else {
                    shipped.lock().unwrap().push(order);
                    if !crashes && event.seq % 3 == 0 {
                        crash.notify_one();
                        std::future::pending::<()>().await;
                    }
                }
                Ok(())
            }
        })
    }

    /// Something happens to the customers, and programs work at the same time.
    fn round(&mut self) {
        for gateway in &self.gateways {
            gateway.happen(&mut self.chance);
        }
        let mut orders = Vec::new();
        for _ in 0..self.chance.below(3) {
            let order = ORDERS[self.chance.below(3) as usize];
            let account = format!("{:?}", self.gateways[self.chance.below(2) as usize].like);
            orders.push((order, account, self.chance.percent(15)));
        }
        let notifications = self.notifications();
        let passes = [0, 5_000, MINUTE, 10 * MINUTE, 60 * MINUTE][self.chance.below(5) as usize];
        let kill_after = if self.chance.percent(30) { 1 + self.chance.below(20_000) } else { 0 };
        let gateways = self.gateways.clone();
        self.program(kill_after, |ledger| async move {
            pass(&ledger, passes).await;
            let mut tasks = tokio::task::JoinSet::new();
            for (order, account, is_cancelled) in orders {
                let ledger = ledger.clone();
                let gateways = gateways.clone();
                tasks.spawn(async move { check_out(&ledger, &gateways, order, &account, is_cancelled).await });
            }
            for (gateway, body) in notifications {
                let ledger = ledger.clone();
                tasks.spawn(async move { notify(&ledger, &gateway, body).await });
            }
            for _ in 0..2 {
                let ledger = ledger.clone();
                tasks.spawn(async move { drop(ledger.work_once().await) });
            }
            while tasks.join_next().await.is_some() {}
        });
    }

    fn notifications(&mut self) -> Vec<(Gateway, Vec<u8>)> {
        let mut taken = Vec::new();
        for gateway in &self.gateways {
            for body in gateway.world().notifications.clone() {
                if self.chance.percent(60) {
                    taken.push((gateway.clone(), body));
                }
            }
        }
        taken
    }

    /// Nothing fails any more, everything arrives, and time passes.
    fn quiet(&mut self) {
        for gateway in &self.gateways {
            gateway.world().is_quiet = true;
            let arriving = std::mem::take(&mut gateway.world().under_way);
            arriving.iter().for_each(|new| drop(gateway.arrive(new)));
        }
        for passes in [MINUTE; 4].into_iter().chain([10 * MINUTE; 4]).chain([120 * MINUTE; 12]) {
            let notifications: Vec<_> = self
                .gateways
                .iter()
                .flat_map(|gateway| {
                    let bodies = gateway.world().notifications.clone();
                    bodies.into_iter().map(|body| (gateway.clone(), body))
                })
                .collect();
            self.program(0, |ledger| async move {
                for (gateway, body) in notifications {
                    notify(&ledger, &gateway, body).await;
                }
                pass(&ledger, passes).await;
                ledger.work_once().await.unwrap();
            });
        }
    }

    fn judge(&self) -> BTreeSet<String> {
        let mut violations = BTreeSet::new();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let ledger = self.open().await;
            self.judge_money(&ledger, &mut violations).await;
            for order in ORDERS {
                self.judge_order(&ledger, order, &mut violations).await;
            }
        });
        for gateway in &self.gateways {
            let mut references = BTreeMap::new();
            gateway
                .world()
                .payments
                .iter()
                .for_each(|known| *references.entry(known.reference.clone()).or_insert(0) += 1);
            if references.values().any(|count| *count > 1) {
                violations.insert("two payments of one reference".to_owned());
            }
        }
        violations
    }

    async fn judge_money(&self, ledger: &Ledger, violations: &mut BTreeSet<String>) {
        for gateway in &self.gateways {
            let paid: Vec<_> = {
                let world = gateway.world();
                world.payments.iter().filter(|known| known.status == PaymentStatus::Paid).cloned().collect()
            };
            for known in paid {
                let sql = format!(
                    "SELECT (SELECT count(*) FROM gerbang_receipt r JOIN gerbang_attempt a ON a.id = r.attempt \
                     WHERE a.account = '{account:?}' AND a.reference = '{reference}') + (SELECT count(*) FROM gerbang_case c \
                     WHERE c.account = '{account:?}' AND c.subject = '{reference}')",
                    account = gateway.like,
                    reference = known.reference,
                );
                if number(ledger, sql).await == 0 {
                    violations.insert("money of which nothing is known".to_owned());
                }
            }
        }
    }

    async fn judge_order(&self, ledger: &Ledger, order: &str, violations: &mut BTreeSet<String>) {
        let mut violated = |is_violated: bool, what: &str| {
            if is_violated {
                violations.insert(what.to_owned());
            }
        };
        let is_paid =
            self.gateways.iter().any(|gateway| {
                gateway.world().payments.iter().any(|known| {
                    known.status == PaymentStatus::Paid && known.reference.split('-').next() == Some(order)
                })
            });
        let inside = number(ledger, format!("SELECT count(*) FROM shipment WHERE id = '{order}'")).await;
        let outside = self.shipped.lock().unwrap().iter().filter(|shipped| *shipped == order).count() as i64;
        let shipped = inside + outside;
        let of_order = |table: &str| {
            format!(
                "SELECT count(*) FROM {table} t JOIN gerbang_attempt a ON a.id = t.attempt WHERE a.order_id = '{order}'"
            )
        };
        let receipts = number(ledger, of_order("gerbang_receipt")).await;
        let surplus = number(ledger, of_order("gerbang_surplus")).await;
        violated(shipped > 1, "shipped twice");
        violated(shipped > 0 && !is_paid, "shipped without money");
        violated(receipts > 0 && shipped == 0, "money and nothing shipped");
        violated(receipts > 1 && surplus != receipts - 1, "double payment that is not due back");
        let stuck = format!(
            "SELECT count(*) FROM gerbang_attempt WHERE order_id = '{order}' AND due_at IS NULL \
             AND state IN ('intended', 'sending', 'uncertain', 'open')"
        );
        violated(number(ledger, stuck).await > 0, "an order without a next step");
    }
}

/// A customer wants to pay, and sees what the shop shows.
async fn check_out(ledger: &Ledger, gateways: &[Gateway], order: &str, account: &str, is_cancelled: bool) {
    if is_cancelled {
        let _ = ledger.cancel(order).await;
    }
    let order = Order::new(order, Rupiah::new(10_000));
    // The customer does not wait for a program that has ended.
    let paying = tokio::time::timeout(Duration::from_millis(60), ledger.pay(&order, account)).await;
    let Ok(Ok(payment)) = paying else { return };
    for gateway in gateways {
        if let Some(known) = gateway.world().payments.iter_mut().find(|known| Some(&known.id) == payment.id.as_ref()) {
            known.is_seen = true;
        }
    }
}

/// A gateway notifies until it is answered with 200.
async fn notify(ledger: &Ledger, gateway: &Gateway, body: Vec<u8>) {
    let answer = ledger.notified(&format!("{:?}", gateway.like), &http::HeaderMap::new(), &body).await;
    if answer.status() == 200 {
        gateway.world().notifications.retain(|sent| *sent != body);
    }
}

/// Lets so many milliseconds pass.
async fn pass(ledger: &Ledger, millis: u64) {
    let millis = i64::try_from(millis).unwrap();
    let mut tx = ledger.begin().await.unwrap();
    for sql in [
        "UPDATE gerbang_attempt SET lease_until = lease_until - $1, due_at = due_at - $1, watch_until = watch_until - $1, \
         sent_at = sent_at - $1, asked_at = asked_at - $1, expires_at = expires_at - $1, created_at = created_at - $1",
        "UPDATE gerbang_event SET due_at = due_at - $1",
        "UPDATE gerbang_inbox SET at = at - $1",
    ] {
        tx.execute(sql, [millis.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn number(ledger: &Ledger, sql: String) -> i64 {
    let mut tx = ledger.begin().await.unwrap();
    let query = sqlx::AssertSqlSafe(sql);
    if let Ok(mut conn) = tx.sqlite().await {
        return sqlx::query_scalar(query).fetch_one(&mut *conn).await.unwrap();
    }
    sqlx::query_scalar(query).fetch_one(&mut *tx.postgres().await.unwrap()).await.unwrap()
}
