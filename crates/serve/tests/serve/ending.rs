//! Cancelling, and another attempt.

use gerbang_sandbox::Provider;
use serde_json::{Value, json};

use crate::shop::{SHOP, Shop};

async fn cancel(shop: &Shop, id: &str) -> Value {
    let reply = shop.post(&format!("/v1/payments/{id}/cancel"), &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn created(shop: &Shop, order: &str, account: &str) -> String {
    let reply = shop.create(order, account).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn cancelled_payment_gives_way_to_another_attempt() {
    let shop = Shop::open().await;
    let id = created(&shop, "A", "kazukipay").await;
    let attempts = format!("/v1/payments/{id}/attempts");
    assert_eq!(shop.post(&attempts, &json!({})).await.problem(), (409, "open".into()));
    let payment = cancel(&shop, &id).await;
    assert_eq!((&payment["outcome"], &payment["status"]), (&json!("closed"), &json!("closed")));
    assert_eq!(payment["pay_with"], json!([]));
    let again = shop.create("A", "kazukipay").await;
    assert_eq!((again.status, &again.json()["status"]), (200, &json!("closed")));

    let second = shop.post(&attempts, &json!({"account": "kropay"})).await;
    assert_eq!(second.status, 201, "{}", second.text);
    let payment = second.json();
    assert_eq!((&payment["account"], &payment["status"]), (&json!("kropay"), &json!("pending")));
    assert_eq!(payment["attempts"].as_array().unwrap().len(), 2);
    assert_eq!((&payment["id"], &payment["amount"]), (&json!(id), &json!(10_000)));
    shop.sandbox.pay(Provider::Kropay, "A-2").unwrap();
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!(shop.post(&attempts, &json!({})).await.problem(), (409, "paid".into()));
}

#[tokio::test]
async fn attempt_with_a_key_is_made_once() {
    let shop = Shop::open().await;
    let id = created(&shop, "A", "kazukipay").await;
    cancel(&shop, &id).await;
    let path = format!("/v1/payments/{id}/attempts");
    let post = || async { shop.post_as(SHOP, &path, &[("idempotency-key", "K")], &json!({"account": "kropay"})).await };
    let (first, again) = (post().await, post().await);
    assert_eq!((first.status, again.status, &first.text), (201, 201, &again.text));
    for body in [json!({"amount": 1}), json!({"order": "B"}), json!({"account": "none"}), json!([])] {
        assert_eq!(shop.post(&path, &body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn what_cannot_be_cancelled_is_still_open() {
    let shop = Shop::open().await;
    let id = created(&shop, "A", "kropay").await;
    let payment = cancel(&shop, &id).await;
    assert_eq!((&payment["outcome"], &payment["status"]), (&json!("still_open"), &json!("pending")));
    shop.sandbox.set_webhook(Provider::Kropay, None);
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    let payment = cancel(&shop, &id).await;
    assert_eq!((&payment["outcome"], &payment["status"]), (&json!("paid"), &json!("paid")));
    assert_eq!(shop.post("/v1/payments/pay_Tk9ORQ/cancel", &json!({})).await.status, 404);
    assert_eq!(shop.post(&format!("/v1/payments/{id}/cancel"), &json!({"force": true})).await.status, 400);
}

/// Has both attempts of an order paid. The payment then.
pub async fn pay_twice(shop: &Shop, order: &str) -> Value {
    let id = created(shop, order, "kazukipay").await;
    cancel(shop, &id).await;
    shop.post(&format!("/v1/payments/{id}/attempts"), &json!({"account": "kropay"})).await;
    shop.sandbox.pay(Provider::Kropay, &format!("{order}-2")).unwrap();
    assert_eq!(shop.settled(order).await["surplus"], 0);
    shop.sandbox.pay_late(Provider::Kazukipay, order).unwrap();
    crate::shop::until(async || shop.events("payment.surplus").await == 1).await;
    shop.settled(order).await
}

#[tokio::test]
async fn second_payment_is_surplus() {
    let shop = Shop::open().await;
    let payment = pay_twice(&shop, "A").await;
    assert_eq!((&payment["status"], payment["surplus"].as_u64() >= Some(10_000)), (&json!("paid"), true), "{payment}");
    assert_eq!(shop.events("payment.paid").await, 1);
}
