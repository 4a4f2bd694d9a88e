//! What a shop's own program would be, with axum and sqlx and nothing else: `serve-bare <database> <gateway> <webhook> <commits>`.
//!
//! For each payment it commits as often as is said, each time one small statement: the intent before the gateway is asked, the
//! reply, the notification before it is answered, and the rest around the two events that it sends. It checks nothing, finds nothing
//! again after a crash, and sends no event twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use data_encoding::{BASE64, HEXUPPER};
use gerbang_ledger::sqlx::postgres::PgPoolOptions;
use gerbang_ledger::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use gerbang_ledger::sqlx::{PgPool, SqlitePool, query};
use hmac::Mac;
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use serve::{Failure, KEY, SIGNATURE, TOKEN, end, hmac, is_server};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How many events are sent at a time, as by the daemon.
const AT_A_TIME: usize = 8;

/// The commits of a payment that its two events have no part in.
const WITHOUT_EVENTS: f64 = 3.0;

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One statement in a transaction of its own.
macro_rules! commit {
    ($pool:expr, $sql:expr $(, $value:expr)*) => {
        match $pool {
            Pool::Sqlite(pool) => {
                let mut tx = pool.begin().await?;
                query($sql)$(.bind($value))*.execute(&mut *tx).await?;
                tx.commit().await?;
            }
            Pool::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                query($sql)$(.bind($value))*.execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
    };
}

struct Shop {
    pool: Pool,
    client: Client,
    gateway: String,
    webhook: String,
    /// How often an event is committed, in thousandths, and the sum of that for all events until now.
    each: u64,
    sum: AtomicU64,
    sending: Semaphore,
    events: AtomicU64,
}

#[derive(Deserialize)]
struct NewPayment {
    order: String,
    amount: u64,
    customer: Customer,
}

#[derive(Deserialize)]
struct Customer {
    name: String,
    email: String,
    phone: String,
}

#[derive(Deserialize)]
struct Settlement {
    order_id: String,
    status: String,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [database, gateway, webhook, commits] = &arguments[..] else {
        return Err("usage: serve-bare <database> <gateway> <webhook> <commits>".into());
    };
    let commits: f64 = commits.parse()?;
    let shop = Shop {
        pool: open(database).await?,
        client: Client::builder().timeout(Duration::from_secs(15)).build()?,
        gateway: gateway.clone(),
        webhook: webhook.clone(),
        each: ((commits - WITHOUT_EVENTS) / 2.0 * 1000.0) as u64,
        sum: AtomicU64::new(0),
        sending: Semaphore::new(AT_A_TIME),
        events: AtomicU64::new(0),
    };
    for table in [
        "CREATE TABLE payment (id TEXT PRIMARY KEY NOT NULL, amount BIGINT NOT NULL, request TEXT NOT NULL, reply TEXT, state TEXT NOT NULL)",
        "CREATE TABLE event (id BIGINT PRIMARY KEY NOT NULL, body TEXT NOT NULL, tries BIGINT NOT NULL, outcome TEXT)",
    ] {
        commit!(&shop.pool, table);
    }
    let routes = Router::new().route("/v1/payments", post(create)).route("/hooks/klink", post(notified));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, routes.with_state(Arc::new(shop))).into_future() => served?,
        () = end() => {}
    }
    println!("0");
    Ok(())
}

/// As safe against a power cut as the ledger's.
async fn open(database: &str) -> Result<Pool, Failure> {
    if is_server(database) {
        return Ok(Pool::Postgres(PgPoolOptions::new().connect(database).await?));
    }
    let options: SqliteConnectOptions = database.parse()?;
    let options = options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let options = options.synchronous(SqliteSynchronous::Full);
    Ok(Pool::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
}

async fn create(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, String), StatusCode> {
    if headers.get("authorization").is_none_or(|token| token != format!("Bearer {TOKEN}").as_str()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let new: NewPayment = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let created = shop.create(&new).await.map_err(failed)?;
    shop.send("payment.created", new.order);
    Ok((StatusCode::CREATED, created.to_string()))
}

async fn notified(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Result<&'static str, StatusCode> {
    let signature = headers.get(SIGNATURE).and_then(|hex| HEXUPPER.decode(hex.as_bytes()).ok()).unwrap_or_default();
    hmac(KEY.as_bytes(), &body).verify_slice(&signature).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let said: Settlement = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    shop.pay(&said).await.map_err(failed)?;
    shop.send("payment.paid", said.order_id);
    Ok("OK")
}

fn failed(error: Failure) -> StatusCode {
    eprintln!("{error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

impl Shop {
    async fn create(&self, new: &NewPayment) -> Result<Value, Failure> {
        let request = json!({
            "rq_uuid": new.order, "rq_datetime": "2026-01-01 00:00:00", "order_id": new.order, "nominal": new.amount.to_string(),
            "pay_ship": "0", "fullname": new.customer.name, "email": new.customer.email, "no_hp": new.customer.phone,
            "bank_code": "014", "product_code": "BCAATM",
        });
        let sql = "INSERT INTO payment (id, amount, request, state) VALUES ($1, $2, $3, 'sending')";
        commit!(&self.pool, sql, &new.order, new.amount as i64, request.to_string());
        let asked = self.client.post(format!("{}/api/pay_service_new", self.gateway)).header("authorization", "token");
        let asked = asked.header("content-type", "application/json").body(request.to_string());
        let reply: Value = serde_json::from_slice(&asked.send().await?.error_for_status()?.bytes().await?)?;
        let sql = "UPDATE payment SET state = 'open', reply = $2 WHERE id = $1";
        commit!(&self.pool, sql, &new.order, reply.to_string());
        Ok(json!({"id": new.order, "status": "pending", "pay_with": reply["data"]["va_number"]}))
    }

    async fn pay(&self, said: &Settlement) -> Result<(), Failure> {
        let state = if said.status == "success" { "paid" } else { "open" };
        commit!(&self.pool, "UPDATE payment SET state = $2 WHERE id = $1", &said.order_id, state);
        Ok(())
    }

    /// Sends an event.
    fn send(self: &Arc<Self>, kind: &'static str, order: String) {
        let shop = self.clone();
        tokio::spawn(async move {
            if let Err(error) = shop.deliver(kind, &order).await {
                eprintln!("{error}");
            }
        });
    }

    async fn deliver(&self, kind: &str, order: &str) -> Result<(), Failure> {
        let _permit = self.sending.acquire().await?;
        let id = self.events.fetch_add(1, Ordering::Relaxed) as i64;
        let body = json!({"id": format!("evt_{id}"), "type": kind, "data": {"order": order}}).to_string();
        let before = self.sum.fetch_add(self.each, Ordering::Relaxed);
        let commits = (before + self.each) / 1000 - before / 1000;
        if commits > 1 {
            commit!(&self.pool, "INSERT INTO event (id, body, tries) VALUES ($1, $2, 0)", id, &body);
        }
        for _ in 2..commits {
            commit!(&self.pool, "UPDATE event SET tries = tries + 1 WHERE id = $1", id);
        }
        let signature = BASE64.encode(&hmac(KEY.as_bytes(), body.as_bytes()).finalize().into_bytes());
        let sent = self.client.post(&self.webhook).header("content-type", "application/json");
        let sent = sent.header("webhook-id", format!("evt_{id}")).header("webhook-timestamp", "1767225600");
        sent.header("webhook-signature", format!("v1,{signature}")).body(body).send().await?.error_for_status()?;
        if commits > 0 {
            commit!(&self.pool, "UPDATE event SET outcome = 'delivered' WHERE id = $1", id);
        }
        Ok(())
    }
}
