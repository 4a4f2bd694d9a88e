//! Notifications that are kept: what is shown of them, and judging one again.

use gerbang_sandbox::Provider;
use serde_json::{Value, json};

use crate::shop::{ADMIN, Reply, SHOP, Shop, until};

async fn listed(shop: &Shop, query: &str) -> Vec<Value> {
    shop.get(&format!("/v1/notifications{query}")).await.json()["notifications"].as_array().unwrap().clone()
}

async fn replay(shop: &Shop, id: &Value) -> Reply {
    shop.post_as(ADMIN, &format!("/v1/notifications/{}/replay", id.as_str().unwrap()), &[], &json!({})).await
}

async fn execute(shop: &Shop, sql: &'static str) {
    let mut tx = shop.ledger.begin().await.unwrap();
    tx.execute(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn notifications_are_listed_with_how_they_were_judged() {
    let shop = Shop::open().await;
    for (order, account, provider) in [("A", "kropay", Provider::Kropay), ("B", "pakasir-v2", Provider::Pakasir)] {
        shop.create(order, account).await;
        shop.sandbox.pay(provider, order).unwrap();
        assert_eq!(shop.settled(order).await["status"], "paid");
    }
    until(async || listed(&shop, "?outcome=paid").await.len() == 2).await;
    let all = listed(&shop, "").await;
    assert_eq!((&all[0]["order"], &all[1]["order"]), (&json!("B"), &json!("A")));
    assert_eq!(
        (&all[1]["account"], &all[1]["payment"], &all[1]["reference"]),
        (&json!("kropay"), &json!("pay_QQ"), &json!("A"))
    );
    assert_eq!(
        (&all[1]["claimed"], &all[1]["trust"], &all[1]["tries"]),
        (&json!("paid"), &json!("unsigned"), &json!(0))
    );
    assert_eq!((&all[0]["trust"], &all[0]["replayable"]), (&json!("shared_secret"), &json!(true)));
    assert_eq!(listed(&shop, "?account=kropay").await, all[1..]);
    assert!(listed(&shop, "?outcome=waiting").await.is_empty() && listed(&shop, "?account=none").await.is_empty());
    let page = shop.get("/v1/notifications?limit=1").await.json();
    assert_eq!(page["notifications"][0], all[0]);
    let rest = shop.get(&format!("/v1/notifications?limit=1&after={}", page["next"].as_str().unwrap())).await.json();
    assert_eq!((&rest["notifications"][0], &rest["next"]), (&all[1], &Value::Null));
    for query in ["?outcome=open", "?after=x", "?limit=0", "?id=1"] {
        let reply = shop.get(&format!("/v1/notifications{query}")).await;
        assert_eq!(reply.problem(), (400, "invalid_request".into()), "{query}");
    }
}

#[tokio::test]
async fn list_shows_no_secret_and_nothing_of_the_customer() {
    let shop = Shop::open().await;
    shop.create("A", "pakasir-v2").await;
    shop.sandbox.pay(Provider::Pakasir, "A").unwrap();
    shop.settled("A").await;
    let forged = json!({"merchant_ref": "A", "customer_name": "CANARY", "status": "CANARY"});
    shop.send("POST", "/hooks/kropay", &[("authorization", "CANARY")], forged.to_string()).await;
    let text = shop.get("/v1/notifications").await.text;
    assert!(text.contains("\"reference\":\"A\"") && !text.contains("CANARY") && !text.contains(SHOP), "{text}");
}

#[tokio::test]
async fn replay_asks_again_and_pays_once() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    // The gateway notifies before it knows of the money.
    shop.sandbox.set_webhook(Provider::Kropay, None);
    let sample = gerbang::gateway_named("kropay").unwrap().notifications.unwrap().sample;
    let mut early: Value = serde_json::from_str(sample).unwrap();
    (early["merchant_ref"], early["reference"]) = ("A".into(), shop.sandbox.payments().remove(0).reference.into());
    shop.send("POST", "/hooks/kropay", &[("content-type", "application/json")], early.to_string()).await;
    until(async || listed(&shop, "?outcome=not_paid").await.len() == 1).await;
    let asked = || shop.sandbox.requests().iter().filter(|call| call.operation == Some("payment_status")).count();
    let before = asked();
    let id = listed(&shop, "").await[0]["id"].clone();
    assert_eq!(replay(&shop, &id).await.json()["outcome"], "waiting");
    until(async || asked() > before && listed(&shop, "?outcome=not_paid").await.len() == 1).await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    assert_eq!(replay(&shop, &id).await.status, 200);
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!(replay(&shop, &id).await.status, 200);
    until(async || listed(&shop, "?outcome=paid").await.len() == 1).await;
    assert_eq!(shop.events("payment.paid").await, 1);
}

#[tokio::test]
async fn replay_of_what_is_not_kept_is_a_problem() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.settled("A").await;
    until(async || listed(&shop, "?outcome=paid").await.len() == 1).await;
    let id = listed(&shop, "").await[0]["id"].clone();
    assert_eq!(replay(&shop, &json!("99")).await.problem(), (404, "not_found".into()));
    assert_eq!(replay(&shop, &json!("x")).await.problem(), (404, "not_found".into()));
    // Kept by a program that did not write down the gateway: it matches no payment.
    execute(
        &shop,
        "UPDATE gerbang_inbox SET notification = replace(notification, '\"gateway\":\"kropay\"', '\"gateway\":null')",
    )
    .await;
    assert_eq!(replay(&shop, &id).await.problem(), (409, "notification_refused".into()));
    execute(&shop, "UPDATE gerbang_inbox SET body = NULL, headers = NULL").await;
    assert_eq!(replay(&shop, &id).await.problem(), (410, "notification_deleted".into()));
    assert_eq!(listed(&shop, "").await[0]["replayable"], json!(false));
    let path = format!("/v1/notifications/{}/replay", id.as_str().unwrap());
    assert_eq!(shop.post(&path, &json!({})).await.problem(), (403, "wrong_scope".into()));
}
