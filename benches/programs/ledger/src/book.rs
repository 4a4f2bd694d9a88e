//! Books to measure on, and how they are filled.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use gerbang_core::Rupiah;
use gerbang_ledger::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, query_scalar};
use gerbang_ledger::{Account, Ledger, Order};
use http::HeaderMap;

use crate::Failure;
use crate::gateway::Gateway;

/// Where the books are: a directory, or a PostgreSQL server.
pub struct Books {
    place: String,
    made: Mutex<Vec<String>>,
}

impl Books {
    pub fn at(place: String) -> Self {
        Self { place, made: Mutex::default() }
    }

    fn is_server(&self) -> bool {
        self.place.starts_with("postgres")
    }

    fn file(&self, name: &str) -> PathBuf {
        PathBuf::from(&self.place).join(format!("{name}.db"))
    }

    /// An empty book, and its address.
    pub async fn create(&self, what: &str) -> Result<String, Failure> {
        let name = format!("gerbang_bench_{what}_{}", std::process::id());
        self.made.lock().unwrap().push(name.clone());
        if !self.is_server() {
            return Ok(format!("sqlite://{}", self.file(&name).display()));
        }
        let mut server = PgConnection::connect(&self.place).await?;
        server.execute(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await?;
        // What a payment costs is measured, not what encryption on one machine does.
        Ok(format!("{}?sslmode=disable&options=-csearch_path%3D{name}", self.place))
    }

    pub async fn remove(&self) -> Result<(), Failure> {
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        for name in made {
            if self.is_server() {
                let mut server = PgConnection::connect(&self.place).await?;
                server.execute(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).await?;
            } else {
                for end in ["", "-wal", "-shm"] {
                    let _ = fs::remove_file(format!("{}{end}", self.file(&name).display()));
                }
            }
        }
        Ok(())
    }
}

/// A ledger on a book, with one account.
pub async fn open(url: &str, gateway: &Gateway, pace: Duration) -> Result<Ledger, Failure> {
    let ledger = Ledger::open(url).await?.account(Account::live("main", gateway.clone()).pace(pace));
    Ok(ledger.on_event(|_, _| async { Ok(()) }))
}

/// Creates the payment of an order.
pub async fn create(ledger: &Ledger, order: &str) -> Result<(), Failure> {
    ledger.pay(&Order::new(order, Rupiah::new(10_000)), "main").await?;
    Ok(())
}

/// Its notification comes, and is answered.
pub async fn notify(ledger: &Ledger, order: &str) -> Result<(), Failure> {
    let answer = ledger.notified("main", &HeaderMap::new(), order.as_bytes()).await;
    match answer.status().as_u16() {
        200 => Ok(()),
        status => Err(format!("a notification was answered {status}").into()),
    }
}

/// A number from the book.
pub async fn number(ledger: &Ledger, sql: &'static str) -> Result<i64, Failure> {
    let mut tx = ledger.begin().await?;
    if let Ok(mut conn) = tx.sqlite().await {
        return Ok(query_scalar(sql).fetch_one(&mut *conn).await?);
    }
    Ok(query_scalar(sql).fetch_one(&mut *tx.postgres().await?).await?)
}

/// What a book is filled with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    Paid,
    Pending,
}

/// What makes the copies paid.
const PAID: [&str; 3] = [
    "INSERT INTO gerbang_receipt (attempt, amount, how, late, at) SELECT a.id, r.amount, r.how, r.late, r.at \
     FROM gerbang_attempt a CROSS JOIN gerbang_receipt r WHERE a.id <> r.attempt",
    "UPDATE gerbang_order SET state = 'paid', \
     paid_by = (SELECT a.id FROM gerbang_attempt a WHERE a.order_id = gerbang_order.id) WHERE state = 'unpaid'",
    "INSERT INTO gerbang_inbox (account, hash, attempt, gateway_id, headers, body, notification, outcome, at) \
     SELECT i.account, i.hash || a.id, a.id, a.gateway_id, i.headers, i.body, i.notification, i.outcome, i.at \
     FROM gerbang_attempt a CROSS JOIN gerbang_inbox i WHERE a.id <> i.attempt",
];

/// Fills a book with copies of one payment that the ledger made.
pub async fn fill(ledger: &Ledger, filling: Filling, payments: u32) -> Result<(), Failure> {
    create(ledger, "MODEL").await?;
    if filling == Filling::Paid {
        notify(ledger, "MODEL").await?;
    }
    ledger.work_once().await?;
    let series = format!("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {payments})");
    let columns = "account number amount state rank ending lease_until lease_by due_at watch_until sent_at asked_at \
                   expires_at failures created_at";
    let columns: Vec<_> = columns.split(' ').collect();
    let of_model = columns.iter().map(|column| format!("m.{column}")).collect::<Vec<_>>().join(", ");
    let attempt = columns.join(", ");
    let copied = [
        format!(
            "{series} INSERT INTO gerbang_order (id, price, created_at) \
             SELECT 'F-' || n, price, created_at FROM n CROSS JOIN gerbang_order WHERE id = 'MODEL'"
        ),
        format!(
            "INSERT INTO gerbang_attempt (order_id, reference, gateway_id, request, payment, {attempt}) \
             SELECT o.id, o.id, 'PG-' || o.id, replace(m.request, 'MODEL', o.id), replace(m.payment, 'MODEL', o.id), {of_model} \
             FROM gerbang_order o CROSS JOIN gerbang_attempt m WHERE m.reference = 'MODEL' AND o.id <> 'MODEL'"
        ),
        "INSERT INTO gerbang_event (kind, subject, order_id, body, at, due_at, done_at) \
         SELECT e.kind, a.id, a.order_id, replace(e.body, 'MODEL', a.reference), e.at, e.due_at, e.done_at \
         FROM gerbang_attempt a CROSS JOIN gerbang_event e WHERE e.order_id = 'MODEL' AND a.reference <> 'MODEL'"
            .to_owned(),
    ];
    let mut tx = ledger.begin().await?;
    let paid = PAID.into_iter().map(str::to_owned).filter(|_| filling == Filling::Paid);
    for sql in copied.into_iter().chain(paid) {
        if let Ok(mut conn) = tx.sqlite().await {
            conn.execute(AssertSqlSafe(sql)).await?;
            continue;
        }
        tx.postgres().await?.execute(AssertSqlSafe(sql)).await?;
    }
    tx.commit().await?;
    let mut tx = ledger.begin().await?;
    tx.execute("ANALYZE", []).await?;
    Ok(tx.commit().await?)
}
