//! What a shop's own program would be, with axum and sqlx and nothing else: `serve-bare <database> <gateway> <webhook>`.
//!
//! It writes the rows that the daemon writes, to the same tables, in the same steps: the intent before the gateway is asked, the reply,
//! the notification before it is answered, and its events, which are sent from the tables. It checks nothing, finds nothing again
//! after a crash, and sends no event twice. It prints its address, serves until its standard input ends, and prints how often it has
//! committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use gerbang_ledger::Ledger;
use gerbang_ledger::sqlx::postgres::PgPoolOptions;
use gerbang_ledger::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use gerbang_ledger::sqlx::{PgPool, Row, SqlitePool, query};
use hmac::Mac;
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use serve::{Failure, KEY, SIGNATURE, TOKEN, end, hmac, is_server};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// How many events are sent at a time, as by the daemon.
const AT_A_TIME: usize = 8;

/// How long what is planned may wait, in milliseconds.
const LEASE: i64 = 30_000;

const NEW_EVENT: &str =
    "INSERT INTO gerbang_event (kind, subject, order_id, body, at, due_at) VALUES ($1, $2, $3, $4, $5, $5)";

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Statements in one transaction.
macro_rules! commit {
    ($shop:expr, $($sql:expr => $($value:expr),+;)+) => {{
        match &$shop.pool {
            Pool::Sqlite(pool) => {
                let mut tx = pool.begin().await?;
                $(query($sql)$(.bind($value))+.execute(&mut *tx).await?;)+
                tx.commit().await?;
            }
            Pool::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                $(query($sql)$(.bind($value))+.execute(&mut *tx).await?;)+
                tx.commit().await?;
            }
        }
        $shop.commits.fetch_add(1, Ordering::Relaxed);
    }};
}

struct Shop {
    pool: Pool,
    client: Client,
    gateway: String,
    webhook: String,
    commits: AtomicU64,
    news: Notify,
}

#[derive(Deserialize)]
struct NewPayment {
    order: String,
    amount: i64,
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

/// An event that is sent now.
struct Sending {
    seq: i64,
    body: String,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [database, gateway, webhook] = &arguments[..] else {
        return Err("usage: serve-bare <database> <gateway> <webhook>".into());
    };
    // Its tables.
    drop(Ledger::open(database).await?);
    let shop = Arc::new(Shop {
        pool: open(database).await?,
        client: Client::builder().timeout(Duration::from_secs(15)).build()?,
        gateway: gateway.clone(),
        webhook: webhook.clone(),
        commits: AtomicU64::new(0),
        news: Notify::new(),
    });
    commit!(shop, "INSERT INTO gerbang_account (name, gateway, mode) VALUES ('klink', 'klink', $1)" => "live";);
    make_deliveries(&shop).await?;
    let routes = Router::new().route("/v1/payments", post(create)).route("/hooks/klink", post(notified));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let before = shop.commits.load(Ordering::Relaxed);
    tokio::spawn(deliver(shop.clone()));
    tokio::select! {
        served = axum::serve(listener, routes.with_state(shop.clone())).into_future() => served?,
        () = end() => {}
    }
    println!("{}", shop.commits.load(Ordering::Relaxed) - before);
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

/// The daemon's table of deliveries.
async fn make_deliveries(shop: &Shop) -> Result<(), Failure> {
    for sql in [
        "CREATE TABLE gerbang_serve_delivery (event BIGINT PRIMARY KEY NOT NULL, order_id TEXT, tries BIGINT NOT NULL DEFAULT 0, \
         first_at BIGINT, due_at BIGINT NOT NULL, lease_until BIGINT NOT NULL DEFAULT 0, outcome TEXT)",
        "CREATE INDEX gerbang_serve_delivery_due ON gerbang_serve_delivery (event) WHERE outcome IS NULL",
        "CREATE INDEX gerbang_serve_delivery_order ON gerbang_serve_delivery (order_id, event) WHERE outcome IS NULL",
    ] {
        match &shop.pool {
            Pool::Sqlite(pool) => _ = query(sql).execute(pool).await?,
            Pool::Postgres(pool) => _ = query(sql).execute(pool).await?,
        }
    }
    Ok(())
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
    let created = shop.create(&new, &body).await.map_err(failed)?;
    shop.news.notify_one();
    Ok((StatusCode::CREATED, created.to_string()))
}

async fn notified(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Result<&'static str, StatusCode> {
    let signature = headers.get(SIGNATURE).and_then(|hex| HEXUPPER.decode(hex.as_bytes()).ok()).unwrap_or_default();
    hmac(KEY.as_bytes(), &body).verify_slice(&signature).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let said: Settlement = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    if said.status == "success" {
        shop.pay(&said, &body).await.map_err(failed)?;
    }
    shop.news.notify_one();
    Ok("OK")
}

fn failed(error: Failure) -> StatusCode {
    eprintln!("{error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

impl Shop {
    async fn create(&self, new: &NewPayment, body: &[u8]) -> Result<Value, Failure> {
        let request = json!({
            "rq_uuid": new.order, "rq_datetime": "2026-01-01 00:00:00", "order_id": new.order, "nominal": new.amount.to_string(),
            "pay_ship": "0", "fullname": new.customer.name, "email": new.customer.email, "no_hp": new.customer.phone,
            "bank_code": "014", "product_code": "BCAATM",
        })
        .to_string();
        let (at, content) = (now(), HEXLOWER.encode(&Sha256::digest(body)));
        commit!(self,
            "INSERT INTO gerbang_order (id, price, content, created_at) VALUES ($1, $2, $3, $4)"
                => &new.order, new.amount, content, at;
            "INSERT INTO gerbang_attempt (order_id, account, number, reference, amount, request, state, rank, lease_by, \
             lease_until, due_at, sent_at, created_at) VALUES ($1, 'klink', 1, $1, $2, $3, 'sending', 1, 'bare', $4, $4, $5, $5)"
                => &new.order, new.amount, &request, at + LEASE, at;
        );
        let asked = self.client.post(format!("{}/api/pay_service_new", self.gateway)).header("authorization", "token");
        let asked = asked.header("content-type", "application/json").body(request);
        let reply: Value = serde_json::from_slice(&asked.send().await?.error_for_status()?.bytes().await?)?;
        let (at, attempt) = (now(), self.attempt(&new.order).await?);
        commit!(self,
            "UPDATE gerbang_attempt SET state = 'open', rank = 3, payment = $2, due_at = $3, lease_until = 0 WHERE id = $1"
                => attempt, reply.to_string(), at + LEASE;
            NEW_EVENT => "payment.created", attempt, &new.order, event(&new.order, new.amount), at;
        );
        Ok(json!({"id": new.order, "status": "pending", "pay_with": reply["data"]["va_number"]}))
    }

    async fn pay(&self, said: &Settlement, body: &[u8]) -> Result<(), Failure> {
        let (at, attempt, order) = (now(), self.attempt(&said.order_id).await?, &said.order_id);
        let hash = HEXLOWER.encode(&Sha256::digest(body));
        commit!(self,
            "INSERT INTO gerbang_inbox (account, hash, attempt, headers, body, notification, outcome, at) \
             VALUES ('klink', $1, $2, '{}', $3, $4, 'paid', $5)"
                => hash, attempt, body, String::from_utf8_lossy(body).into_owned(), at;
            "UPDATE gerbang_attempt SET state = 'paid', rank = 5, due_at = NULL WHERE id = $1" => attempt;
            "INSERT INTO gerbang_receipt (attempt, amount, how, late, at) \
             SELECT id, amount, 'notification', 0, $2 FROM gerbang_attempt WHERE id = $1" => attempt, at;
            "UPDATE gerbang_order SET state = 'paid', paid_by = $2 WHERE id = $1" => order, attempt;
            NEW_EVENT => "payment.paid", attempt, order, event(order, serve::PRICE as i64), at;
        );
        Ok(())
    }

    async fn attempt(&self, order: &str) -> Result<i64, Failure> {
        let sql = "SELECT id FROM gerbang_attempt WHERE order_id = $1";
        Ok(match &self.pool {
            Pool::Sqlite(pool) => query(sql).bind(order).fetch_one(pool).await?.get("id"),
            Pool::Postgres(pool) => query(sql).bind(order).fetch_one(pool).await?.get("id"),
        })
    }

    async fn send(&self, event: &Sending) -> Result<(), Failure> {
        let signature = BASE64.encode(&hmac(KEY.as_bytes(), event.body.as_bytes()).finalize().into_bytes());
        let sent = self.client.post(&self.webhook).header("content-type", "application/json");
        let sent = sent.header("webhook-id", format!("evt_{}", event.seq)).header("webhook-timestamp", "1767225600");
        let sent = sent.header("webhook-signature", format!("v1,{signature}")).body(event.body.clone());
        sent.send().await?.error_for_status()?;
        Ok(())
    }
}

fn event(order: &str, amount: i64) -> String {
    json!({"account": "klink", "reference": order, "amount": amount}).to_string()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}

/// Marks what was sent, plans events and takes them, in one transaction; then sends them.
async fn deliver(shop: Arc<Shop>) {
    let (mut under_way, mut sent) = (JoinSet::new(), Vec::new());
    loop {
        match turn(&shop, &sent, AT_A_TIME - under_way.len()).await {
            Ok(taken) => {
                sent.clear();
                for event in taken {
                    let shop = shop.clone();
                    under_way.spawn(async move {
                        if let Err(error) = shop.send(&event).await {
                            eprintln!("{error}");
                        }
                        event.seq
                    });
                }
            }
            Err(error) => eprintln!("{error}"),
        }
        tokio::select! {
            () = shop.news.notified() => {}
            Some(ended) = under_way.join_next() => sent.extend(ended),
        }
        while let Some(ended) = under_way.try_join_next() {
            sent.extend(ended);
        }
    }
}

async fn turn(shop: &Shop, sent: &[i64], most: usize) -> Result<Vec<Sending>, Failure> {
    macro_rules! turn {
        ($pool:expr) => {{
            let mut tx = $pool.begin().await?;
            for seq in sent {
                let sql = "UPDATE gerbang_serve_delivery SET outcome = 'delivered', lease_until = 0 WHERE event = $1";
                query(sql).bind(seq).execute(&mut *tx).await?;
            }
            let sql = "SELECT seq, kind, order_id, body FROM gerbang_event WHERE done_at IS NULL ORDER BY seq LIMIT $1";
            let mut taken = Vec::new();
            for row in query(sql).bind(most as i64).fetch_all(&mut *tx).await? {
                let (seq, order): (i64, String) = (row.get("seq"), row.get("order_id"));
                let sql = "INSERT INTO gerbang_serve_delivery (event, order_id, tries, first_at, due_at, lease_until) \
                           VALUES ($1, $2, 1, $3, $3, $4)";
                query(sql).bind(seq).bind(&order).bind(now()).bind(now() + LEASE).execute(&mut *tx).await?;
                let sql = "UPDATE gerbang_event SET done_at = $2 WHERE seq = $1";
                query(sql).bind(seq).bind(now()).execute(&mut *tx).await?;
                let (kind, body): (String, String) = (row.get("kind"), row.get("body"));
                let data: Value = serde_json::from_str(&body)?;
                let body = json!({"id": format!("evt_{seq}"), "type": kind, "data": {"order": order, "said": data}});
                taken.push(Sending { seq, body: body.to_string() });
            }
            if !sent.is_empty() || !taken.is_empty() {
                tx.commit().await?;
                shop.commits.fetch_add(1, Ordering::Relaxed);
            }
            Ok(taken)
        }};
    }
    match &shop.pool {
        Pool::Sqlite(pool) => turn!(pool),
        Pool::Postgres(pool) => turn!(pool),
    }
}
