//! Notifications that nobody's gateway has sent.

use std::time::{Duration, Instant};

use gerbang_sandbox::Provider;
use serde_json::{Value, json};

use crate::raw;
use crate::shop::{Shop, until};

/// A notification of a paid payment, as anybody can write it who knows the order's name.
fn forged(shop: &Shop, order: &str) -> Value {
    let sample = gerbang::gateway_named("kropay").unwrap().notifications.unwrap().sample;
    let mut forged: Value = serde_json::from_str(sample).unwrap();
    let payments = shop.sandbox.payments();
    let payment = payments.iter().find(|payment| payment.order == order).unwrap();
    (forged["merchant_ref"], forged["reference"]) = (order.into(), payment.reference.clone().into());
    (forged["amount"], forged["total_amount"]) = (10_000.into(), 10_020.into());
    forged
}

fn questions(shop: &Shop) -> usize {
    shop.sandbox.requests().iter().filter(|call| call.operation == Some("payment_status")).count()
}

#[tokio::test]
async fn thousand_for_one_payment_lead_to_one_question() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 0").await;
    shop.create("A", "kropay").await;
    shop.sandbox.set_webhook(Provider::Kropay, None);
    let (forged, began) = (forged(&shop, "A"), Instant::now());
    let headers = [("content-type", "application/json")];
    for number in 0..1000 {
        let mut body = forged.clone();
        // Each is another one.
        body["note"] = json!(number);
        let status = shop.send("POST", "/hooks/kropay", &headers, body.to_string()).await.status;
        assert_eq!(status, 200);
    }
    until(async || questions(&shop) > 0).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (asked, seconds) = (questions(&shop), began.elapsed().as_secs_f64());
    println!("1000 forged notifications in {seconds:.1} s led to {asked} questions");
    let interval = gerbang::gateway_named("kropay").unwrap();
    let interval = (interval.capabilities)().poll_interval.max(Duration::from_secs(3)).as_secs_f64();
    assert!(asked as f64 <= 1.0 + seconds / interval, "{asked} questions in {seconds} s, one each {interval} s");
    assert_eq!(shop.get("/v1/payments?order=A").await.json()["payments"][0]["status"], "pending");
    let page = shop.get("/v1/payments?order=A").await.json()["payments"][0]["page"].as_str().unwrap().to_owned();
    let page = shop.send("GET", page.strip_prefix("https://pay.example.com").unwrap(), &[], "").await;
    assert!(page.text.contains("data-status=\"pending\""), "{}", page.text);
    assert_eq!(shop.events("payment.paid").await, 0);
}

#[tokio::test]
async fn flood_of_one_address_is_bounded() {
    let shop = Shop::open_with("sqlite::memory:", "trusted_proxies = \"127.0.0.1\"\nrate_per_address = 5").await;
    let notify = async |from: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
        shop.send("POST", "/hooks/kropay", &headers, "{}").await
    };
    let mut refused = None;
    for _ in 0..50 {
        let reply = notify("1.1.1.1, 9.9.9.9").await;
        if reply.status == 429 {
            refused = Some(reply);
        }
    }
    let refused = refused.expect("a flood is refused");
    assert_eq!((refused.problem(), &refused.json()["delivery"]), ((429, "too_many_calls".into()), &json!("not_sent")));
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    // Whatever it says of itself, it is the same address; others are others.
    assert_eq!(notify("8.8.8.8, 9.9.9.9").await.status, 429);
    assert_eq!(notify("9.9.9.9, 8.8.8.8").await.status, 400);
    // The pages of the same address are not concerned.
    assert_eq!(shop.send("GET", "/pay/none", &[("x-forwarded-for", "9.9.9.9")], "").await.status, 404);
    assert!(shop.sandbox.requests().is_empty());
}

#[tokio::test]
async fn address_that_is_not_behind_a_proxy_is_its_own() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 1").await;
    let mut statuses = Vec::new();
    for number in 0..10 {
        let from = format!("9.9.9.{number}");
        let request = raw::request("GET", "/pay/none", &[("Host", "localhost"), ("X-Forwarded-For", &from)], "");
        statuses.push(raw::status(&raw::send(&shop, request).await));
    }
    assert!(statuses.contains(&429) && statuses[0] == 404, "{statuses:?}");
}

#[tokio::test]
async fn calls_of_a_token_are_bounded() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_token = 5").await;
    let mut refused = None;
    for _ in 0..20 {
        let reply = shop.get("/v1/accounts").await;
        refused = refused.or_else(|| (reply.status == 429).then_some(reply));
    }
    let refused = refused.expect("too many calls are refused");
    assert_eq!((refused.problem(), &refused.json()["delivery"]), ((429, "too_many_calls".into()), &json!("not_sent")));
    // Another token's calls are not concerned, nor is who guesses any.
    let admin = format!("Bearer {}", crate::shop::ADMIN);
    assert_eq!(shop.send("GET", "/v1/accounts", &[("authorization", &admin)], "").await.status, 200);
    assert_eq!(shop.send("GET", "/v1/accounts", &[], "").await.status, 401);
}

#[tokio::test]
async fn guessing_tokens_is_slowed_down() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 5").await;
    let guess = async |number: usize| {
        let token = format!("Bearer guess-{number}");
        shop.send("GET", "/v1/accounts", &[("authorization", &token)], "").await.status
    };
    let mut statuses = Vec::new();
    for number in 0..30 {
        statuses.push(guess(number).await);
    }
    assert!(statuses[0] == 401 && statuses.contains(&429), "{statuses:?}");
    // Who has a token is not concerned.
    assert_eq!(shop.get("/v1/accounts").await.status, 200);
}
