//! Bodies and heads that are too large, or come too slowly.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::raw;
use crate::routes::{ROUTES, filled};
use crate::shop::{ADMIN, Shop};

const LIMIT: usize = 64 * 1024;

#[tokio::test]
async fn large_bodies_are_refused_everywhere() {
    let shop = Shop::open().await;
    let token = format!("Bearer {ADMIN}");
    for (method, path, _) in ROUTES {
        let head = |framing: &str| {
            let head = format!("{method} {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n", filled(path));
            format!("{head}Content-Type: application/json\r\nConnection: close\r\n{framing}\r\n\r\n")
        };
        let large = "x".repeat(LIMIT + 1);
        let chunked = format!("{}{:x}\r\n{large}\r\n0\r\n\r\n", head("Transfer-Encoding: chunked"), large.len());
        for request in [format!("{}{large}", head(&format!("Content-Length: {}", large.len()))), chunked] {
            let reply = raw::send(&shop, request).await;
            assert_eq!(raw::status(&reply), 413, "{method} {path}: {reply}");
        }
        let most = format!("{}{}", head(&format!("Content-Length: {LIMIT}")), "x".repeat(LIMIT));
        assert_ne!(raw::status(&raw::send(&shop, most).await), 413, "{method} {path}");
    }
    let vast = "POST /hooks/kropay HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n\r\nx";
    assert_eq!(raw::status(&raw::send(&shop, vast).await), 413);
    assert!(shop.sandbox.requests().is_empty());
}

#[tokio::test]
async fn large_heads_are_refused() {
    let shop = Shop::open().await;
    for head in [
        format!("X: {}\r\n", "x".repeat(2 * LIMIT)),
        "X: y\r\n".repeat(200),
        format!("Authorization: Bearer {}\r\n", "x".repeat(2 * LIMIT)),
        format!("Cookie: {}\r\n", "a=b; ".repeat(LIMIT)),
    ] {
        let reply = raw::send(&shop, format!("GET /v1/accounts HTTP/1.1\r\nHost: localhost\r\n{head}\r\n")).await;
        assert!([0, 431].contains(&raw::status(&reply)), "{reply}");
    }
    let path = format!("GET /pay/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(2 * LIMIT));
    assert!([0, 414, 431].contains(&raw::status(&raw::send(&shop, path).await)));
}

#[tokio::test]
async fn slow_bodies_end_and_hold_nobody_up() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 0").await;
    let head = "POST /hooks/kropay HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
    let mut slow = Vec::new();
    // More than there may be calls at a time.
    for _ in 0..600 {
        let mut stream = raw::connect_from(1, &shop).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let created = shop.post("/v1/payments", &json!({"order": "A", "amount": 10_000})).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let mut first = slow.swap_remove(0);
    drop(slow);
    let reply = raw::said(&mut first).await;
    assert_eq!(raw::status(&reply), 408, "{reply}");
    assert!(reply.contains("slow_body") && reply.contains("not_sent"), "{reply}");
}
