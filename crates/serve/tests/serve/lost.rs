//! Gateways that do the work and say no, or nothing: no payment is lost, and none is made twice.

use gerbang_sandbox::{Effect, Fault, Provider};
use serde_json::json;

use crate::shop::Shop;

fn fault(shop: &Shop, provider: Provider, effect: Effect, operation: &'static str, times: u32) {
    shop.sandbox.add_fault(Fault::new(provider, effect).operation(operation).times(times)).unwrap();
}

#[tokio::test]
async fn lost_reply_is_told_and_found_out() {
    let shop = Shop::open().await;
    fault(&shop, Provider::Kazukipay, Effect::Close { carried_out: true }, "create_payment", 1);
    let reply = shop.create("A", "kazukipay").await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    let payment = reply.json();
    assert_eq!((&payment["status"], &payment["pay_with"]), (&json!("pending"), &json!([])));
    assert_eq!(payment["attempts"][0]["delivery"], "maybe_sent");
    let shows = async || shop.get("/v1/payments?order=A").await.json()["payments"][0]["pay_with"] != json!([]);
    crate::shop::until(shows).await;
    let again = shop.create("A", "kazukipay").await;
    assert_eq!((again.status, &again.json()["attempts"][0]["delivery"]), (200, &json!("answered")));
    shop.sandbox.pay(Provider::Kazukipay, "A").unwrap();
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn no_after_the_work_loses_nothing() {
    let shop = Shop::open().await;
    let refuse = Effect::Refuse { message: "database is locked".into(), carried_out: true };
    fault(&shop, Provider::Kazukipay, refuse, "create_payment", 1);
    let reply = shop.create("A", "kazukipay").await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    let payment = reply.json();
    assert_eq!((&payment["status"], &payment["attempts"][0]["delivery"]), (&json!("pending"), &json!("maybe_sent")));
    shop.sandbox.pay(Provider::Kazukipay, "A").unwrap();
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!((shop.sandbox.payments().len(), shop.events("payment.paid").await), (1, 1));
}

#[tokio::test]
async fn lost_code_gives_way_to_another_and_counts_all_the_same() {
    let shop = Shop::open().await;
    fault(&shop, Provider::Kropay, Effect::Close { carried_out: true }, "create_payment", 1);
    let reply = shop.create("A", "kropay").await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let attempts = reply.json()["attempts"].clone();
    assert_eq!((&attempts[0]["ending"], &attempts[0]["delivery"]), (&json!("unseen"), &json!("maybe_sent")));
    assert_eq!((&attempts[1]["state"], &attempts[1]["reference"]), (&json!("open"), &json!("A-2")));
    // Nobody saw the first code; its money would count.
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    crate::shop::until(async || shop.events("payment.paid").await == 1).await;
    assert_eq!(shop.settled("A").await["status"], "paid");
}

#[tokio::test]
async fn gateway_that_is_away_is_told_and_tried_again() {
    let shop = Shop::open().await;
    let away = Effect::Reply {
        status: 503,
        content_type: "text/plain".into(),
        body: "CANARY-Krisdi".into(),
        headers: Default::default(),
        carried_out: false,
    };
    fault(&shop, Provider::Kazukipay, away, "create_payment", 1);
    let reply = shop.create("A", "kazukipay").await;
    assert!([202, 502, 503].contains(&reply.status), "{}", reply.text);
    assert!(!reply.text.contains("CANARY"), "{}", reply.text);
    let payment = shop.get("/v1/payments?order=A").await.json()["payments"][0].clone();
    assert_eq!(payment["status"], "pending", "{payment}");
}
