//! Notifications of gateways.

use gerbang_sandbox::Provider;

use crate::shop::{Shop, until};

#[tokio::test]
async fn order_is_paid_through_a_notification() {
    let shop = Shop::open().await;
    for (order, account, provider) in [
        ("A", "kropay", Provider::Kropay),
        ("B", "kazukipay", Provider::Kazukipay),
        ("C", "pakasir-v2", Provider::Pakasir),
    ] {
        assert_eq!(shop.create(order, account).await.status, 201);
        shop.sandbox.pay(provider, order).unwrap();
        let payment = shop.settled(order).await;
        assert_eq!(payment["status"], "paid", "{payment}");
        assert!(payment["paid_at"].is_string() && payment["late"] == false);
        let attempt = shop.sandbox.webhook_attempts().into_iter().find(|attempt| attempt.provider == provider).unwrap();
        assert_eq!(attempt.status, Some(200), "{account}");
    }
    assert_eq!((shop.events("payment.created").await, shop.events("payment.paid").await), (3, 3));
}

#[tokio::test]
async fn forged_notification_pays_nothing() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    shop.sandbox.set_webhook(Provider::Kropay, None);
    let sample = gerbang::gateway_named("kropay").unwrap().notifications.unwrap().sample;
    let mut forged: serde_json::Value = serde_json::from_str(sample).unwrap();
    let id = shop.sandbox.payments().remove(0).reference;
    (forged["merchant_ref"], forged["reference"]) = ("A".into(), id.into());
    (forged["amount"], forged["total_amount"]) = (10_000.into(), 10_020.into());
    shop.send("POST", "/hooks/kropay", &[("content-type", "application/json")], forged.to_string()).await;
    let asked = || shop.sandbox.requests().iter().filter(|call| call.operation == Some("payment_status")).count();
    let before = asked();
    until(async || asked() > before).await;
    assert_eq!(shop.get("/v1/payments?order=A").await.json()["payments"][0]["status"], "pending");
    assert_eq!(shop.events("payment.paid").await, 0);
}

#[tokio::test]
async fn notification_of_nobody_is_refused() {
    let shop = Shop::open().await;
    assert_eq!(shop.send("POST", "/hooks/none", &[], "{}").await.status, 404);
    for body in ["", "{}", "no JSON", "[1]"] {
        let status = shop.send("POST", "/hooks/kropay", &[("content-type", "application/json")], body).await.status;
        assert_eq!(status, 400, "{body}");
    }
    // Without its secret.
    let status = shop.send("POST", "/hooks/pakasir-v2", &[("content-type", "application/json")], "{}").await.status;
    assert!([400, 401].contains(&status), "{status}");
    assert!(shop.sandbox.requests().is_empty());
}
