//! A shop in a process of its own, to be killed: it checks out the orders of its database, receives notifications and ships what
//! is paid.
//!
//! `shop DATABASE SANDBOX JOURNAL SEED` prints the address at which it receives notifications, and ends when its standard input
//! does. Orders are rows of `shop_order`; a shipment is a row of `shipment`, written in the transaction of the event.

mod recorded;

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as Segment, State};
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use gerbang::ledger::sqlx::query_as;
use gerbang::ledger::{Account, Event, EventKind, Handled, Ledger, Order, Tx};
use gerbang::{NewPayment, PaymentStatus, Rupiah};
use gerbang_tests::shops::{Entry, Journal, accounts, gateway};
use tokio::task::JoinSet;
use tokio::time::sleep;

use recorded::Recorded;

/// How many customers are at the checkout at a time.
const CUSTOMERS: i64 = 6;

/// How often a customer returns to the checkout before she chooses another way to pay.
const PATIENCE: i64 = 8;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, sandbox, journal, seed] = &arguments[..] else {
        return Err("usage: shop DATABASE SANDBOX JOURNAL SEED".into());
    };
    // The end of the standard input is the end of the test.
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let journal = Arc::new(Journal::open(Path::new(journal))?);
    let ledger = accounts().into_iter().fold(Ledger::open(database).await?, |ledger, account| {
        let gateway = Recorded { account, gateway: gateway(account, sandbox), journal: journal.clone() };
        ledger.account(Account::live(account, gateway).pace(Duration::from_millis(2)))
    });
    let ledger = ledger.on_event(ship);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    io::stdout().flush()?;
    let hooks = Router::new().route("/{account}", post(notified)).with_state(ledger.clone());
    tokio::spawn(async move { axum::serve(listener, hooks).await });
    tokio::spawn({
        let (ledger, seed) = (ledger.clone(), seed.parse()?);
        async move { sell(&ledger, &journal, seed).await }
    });
    ledger.run(std::future::pending()).await?;
    Ok(())
}

async fn notified(
    State(ledger): State<Ledger>,
    Segment(account): Segment<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    ledger.notified(&account, &headers, &body).await.map(Body::from)
}

/// Ships an order that is paid.
async fn ship(mut tx: Tx, event: Event) -> Handled {
    if event.kind != EventKind::PaymentPaid {
        return Ok(());
    }
    let order = event.order.clone().unwrap_or_default();
    let marked = tx.execute("UPDATE shop_order SET is_paid = 1 WHERE id = $1", [order.as_str().into()]).await?;
    if marked != 1 {
        return Err(format!("the shop has no order {order}").into());
    }
    tx.execute("INSERT INTO shipment (event, order_id) VALUES ($1, $2)", [event.id().into(), order.into()]).await?;
    Ok(())
}

/// Customers come to the checkout again and again, until their orders are paid.
async fn sell(ledger: &Ledger, journal: &Arc<Journal>, mut seed: u64) {
    loop {
        let mut customers = JoinSet::new();
        for (order, tries) in waiting(ledger).await.unwrap_or_default() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (ledger, journal, chance) = (ledger.clone(), journal.clone(), (seed >> 33) % 100);
            customers.spawn(async move { check_out(&ledger, &journal, &order, tries, chance).await });
        }
        if customers.is_empty() {
            sleep(Duration::from_millis(50)).await;
        }
        while customers.join_next().await.is_some() {}
        sleep(Duration::from_millis(5)).await;
    }
}

/// The orders whose customers come now, and how often they came before.
async fn waiting(ledger: &Ledger) -> Result<Vec<(String, i64)>, Failure> {
    let sql = "SELECT id, tries FROM shop_order WHERE is_paid = 0 ORDER BY tries, id LIMIT $1";
    let mut tx = ledger.begin().await?;
    let orders: Vec<(String, i64)> = if let Ok(mut conn) = tx.sqlite().await {
        query_as(sql).bind(CUSTOMERS).fetch_all(&mut *conn).await?
    } else {
        query_as(sql).bind(CUSTOMERS).fetch_all(&mut *tx.postgres().await?).await?
    };
    for (order, _) in &orders {
        tx.execute("UPDATE shop_order SET tries = tries + 1 WHERE id = $1", [order.as_str().into()]).await?;
    }
    tx.commit().await?;
    Ok(orders)
}

async fn check_out(ledger: &Ledger, journal: &Journal, id: &str, tries: i64, chance: u64) {
    let number: u64 = id.trim_start_matches("O-").parse().expect("an order's number");
    let way = number + tries.unsigned_abs() / PATIENCE.unsigned_abs();
    let accounts = accounts();
    let account = accounts[usize::try_from(way % accounts.len() as u64).expect("an index")];
    let order: Order = NewPayment::new(id, price(number))
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900")
        .into();
    match chance {
        0..3 => drop(ledger.cancel(id).await),
        3..15 => drop(intend(ledger, &order, account).await),
        _ => {}
    }
    let Ok(payment) = ledger.pay(&order, account).await else { return };
    if payment.status == PaymentStatus::Pending {
        // One of them names it at the gateway: not every gateway has an id at once, and not every one takes a reference.
        for name in [payment.id, payment.reference].into_iter().flatten() {
            // The provider is the name of the account.
            let _ = journal.write(&Entry::Shown { account: payment.provider.clone(), name });
        }
    }
}

/// What the order costs: none of the sandbox's magic prices, and one that every gateway takes.
fn price(number: u64) -> Rupiah {
    Rupiah::new(20_000 + number % 50_000)
}

/// Writes the intent in the shop's own transaction.
async fn intend(ledger: &Ledger, order: &Order, account: &str) -> Result<(), Failure> {
    let mut tx = ledger.begin().await?;
    ledger.intend(&mut tx, order, account).await?;
    tx.execute("UPDATE shop_order SET tries = tries + 1 WHERE id = $1", [order.id().into()]).await?;
    tx.commit().await?;
    Ok(())
}
