//! Connections that only take room, while a customer pays.

use std::time::{Duration, Instant};

use gerbang_sandbox::Provider;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::raw;
use crate::shop::Shop;

/// How long a customer waits for the page and for the receipt.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the daemon waits for the head of a request.
const HEAD: Duration = Duration::from_secs(15);

const IDLE: usize = 10_000;
const SLOW: usize = 200;

/// Raises the number of files that this process may open; gives it.
fn raise_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(1 << 16).min(1 << 16);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    getrlimit(Resource::Nofile).current.map_or(1 << 16, |files| files as usize)
}

/// Opens connections from many machines and leaves them.
async fn idle(shop: &Shop, number: usize) -> Vec<TcpStream> {
    let mut connections = Vec::new();
    for at in 0..number {
        if let Ok(connection) = raw::connect_from((at % 20) as u8 + 1, shop).await {
            connections.push(connection);
        }
    }
    connections
}

/// Sends the heads of requests, a byte a second.
async fn trickle(shop: &Shop, number: usize) -> Vec<TcpStream> {
    let mut connections = Vec::new();
    for at in 0..number {
        if let Ok(mut connection) = raw::connect_from((at % 20) as u8 + 1, shop).await {
            let _ = connection.write_all(b"GET /pay/none HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await;
            connections.push(connection);
        }
    }
    connections
}

/// A customer takes a payment, opens the page, pays and sees the receipt; each on a connection of its own.
async fn pay(shop: &Shop, order: &str) -> Duration {
    let began = Instant::now();
    let payment = shop.create(order, "kropay").await;
    assert_eq!(payment.status, 201, "{}", payment.text);
    let page = payment.json()["page"].as_str().unwrap().strip_prefix("https://pay.example.com").unwrap().to_owned();
    let request = raw::request("GET", &page, &[("Host", "localhost")], "");
    assert_eq!(raw::status(&raw::send(shop, &request).await), 200);
    shop.sandbox.pay(Provider::Kropay, order).unwrap();
    assert_eq!(shop.settled(order).await["status"], "paid");
    assert!(raw::send(shop, &request).await.contains("data-status=\"paid\""));
    began.elapsed()
}

#[tokio::test]
async fn idle_and_slow_connections_hold_nobody_up() {
    let files = raise_limit();
    // Both ends are in this process, and other tests are.
    let number = IDLE.min(files.saturating_sub(6_000));
    let shop = Shop::open().await;
    let alone = pay(&shop, "A").await;
    let opening = Instant::now();
    let (idle, opened) = (idle(&shop, number).await, opening.elapsed());
    let among_idle = pay(&shop, "B").await;
    let mut slow = trickle(&shop, SLOW).await;
    let among_slow = pay(&shop, "C").await;
    println!(
        "{} idle connections in {opened:.1?} and {} slow heads ({files} files): a payment took {alone:.1?} alone, {among_idle:.1?} \
         among the idle, {among_slow:.1?} among the slow",
        idle.len(),
        slow.len()
    );
    assert!(idle.len() == number && slow.len() == SLOW, "{} and {}", idle.len(), slow.len());
    assert!(among_idle < PATIENCE && among_slow < PATIENCE);
    drop(idle);
    // A slow head ends, however it goes on.
    let (mut last, began) = (slow.pop().unwrap(), Instant::now());
    drop(slow);
    while began.elapsed() < 2 * HEAD && last.write_all(b"x").await.is_ok() {
        if raw::is_closed_within(&mut last, Duration::from_secs(1)).await {
            break;
        }
    }
    println!("a slow head ended after {:.1?}", began.elapsed());
    assert!(began.elapsed() < HEAD + Duration::from_secs(3));
}

#[tokio::test]
async fn machine_has_a_bounded_number_of_connections() {
    let shop = Shop::open_with("sqlite::memory:", "connections = 40\nconnections_per_address = 10").await;
    let mut first = Vec::new();
    for _ in 0..20 {
        first.push(raw::connect_from(1, &shop).await.unwrap());
    }
    let mut other = raw::connect_from(2, &shop).await.unwrap();
    pay(&shop, "A").await;
    // Its own oldest ones gave way, and nobody else's.
    let mut closed = Vec::new();
    for connection in &mut first {
        closed.push(raw::is_closed_within(connection, Duration::from_millis(20)).await);
    }
    assert_eq!(closed, [[true; 10], [false; 10]].concat());
    assert!(!raw::is_closed_within(&mut other, Duration::from_millis(20)).await);
}
