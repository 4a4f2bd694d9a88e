//! Creating payments: each order once, whatever comes again.

use gerbang_sandbox::{Effect, Fault, Provider};
use serde_json::json;

use crate::shop::{SHOP, Shop};

#[tokio::test]
async fn payment_is_created_and_shown() {
    let shop = Shop::open().await;
    let metadata = json!({"cart": 7, "note": "Terima kasih"});
    let body = json!({"order": "ORDER-1", "amount": 10_000, "metadata": metadata, "expires_in": 900});
    let created = shop.post("/v1/payments", &body).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let payment = created.json();
    assert_eq!((&payment["order"], &payment["account"]), (&json!("ORDER-1"), &json!("kropay")));
    assert_eq!((&payment["amount"], &payment["payable"]), (&json!(10_000), &json!(10_020)));
    assert_eq!((&payment["status"], &payment["metadata"]), (&json!("pending"), &metadata));
    assert_eq!(payment["pay_with"][0]["type"], "qris");
    assert_eq!(payment["attempts"][0]["delivery"], "answered");
    let location = created.headers["location"].to_str().unwrap();
    assert_eq!(location, format!("/v1/payments/{}", payment["id"].as_str().unwrap()));
    assert_eq!(shop.get(location).await.json(), payment);
}

#[tokio::test]
async fn same_order_again_is_the_same_payment() {
    let shop = Shop::open().await;
    let created = shop.create("A", "kropay").await;
    let again = shop.create("A", "kropay").await;
    assert_eq!((created.status, again.status), (201, 200));
    assert_eq!(created.json(), again.json());
    let same = r#"{ "amount":10000,"customer": {"email":"CANARY@example.com","name":"CANARY-Krisdi","phone":null},"order":"\u0041","account":"kropay"}"#;
    let headers = [("authorization", &*format!("Bearer {SHOP}")), ("content-type", "application/json; charset=utf-8")];
    assert_eq!(shop.send("POST", "/v1/payments", &headers, same).await.status, 200);
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn same_order_with_another_content_is_a_conflict() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    for change in [
        json!({"amount": 10_001}),
        json!({"account": "kazukipay"}),
        json!({"customer": {"name": "CANARY-Krisdi"}}),
        json!({"metadata": {}}),
        json!({"description": "Kopi"}),
    ] {
        let customer = json!({"name": "CANARY-Krisdi", "email": "CANARY@example.com"});
        let mut body = json!({"order": "A", "amount": 10_000, "account": "kropay", "customer": customer});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let reply = shop.post("/v1/payments", &body).await;
        assert_eq!(reply.problem(), (409, "order_conflict".into()), "{change}");
        assert_eq!(reply.json()["delivery"], "not_sent");
    }
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn many_at_once_create_one_payment() {
    let shop = Shop::open().await;
    let body = json!({"order": "A", "amount": 10_000});
    let post = || shop.post("/v1/payments", &body);
    let replies = tokio::join!(post(), post(), post(), post(), post(), post(), post(), post());
    let replies = [replies.0, replies.1, replies.2, replies.3, replies.4, replies.5, replies.6, replies.7];
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert!(replies.iter().all(|reply| [200, 201].contains(&reply.status) && reply.json() == replies[0].json()));
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn same_key_gets_the_same_reply() {
    let shop = Shop::open().await;
    let post = async |key: &str, order: &str| {
        let body = json!({"order": order, "amount": 10_000, "account": "kropay"});
        shop.post_as(SHOP, "/v1/payments", &[("idempotency-key", key)], &body).await
    };
    let created = post("K-1", "A").await;
    assert_eq!(created.status, 201);
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    assert_eq!(shop.settled("A").await["status"], "paid");
    let again = post("K-1", "A").await;
    assert_eq!((again.status, &again.text), (201, &created.text));
    assert_eq!(again.headers["location"], created.headers["location"]);
    assert_eq!(post("K-2", "A").await.json()["status"], "paid");
    assert_eq!(post("K-1", "B").await.problem(), (422, "idempotency_key_reused".into()));
    for key in ["", "a b", "\u{e9}", &"k".repeat(256)] {
        assert_eq!(post(key, "C").await.status, 400, "{key}");
    }
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn failure_that_may_pass_is_not_kept_for_a_key() {
    let shop = Shop::open().await;
    let close = Effect::Close { carried_out: true };
    shop.sandbox.add_fault(Fault::new(Provider::Kazukipay, close).operation("create_payment").times(1)).unwrap();
    let body = json!({"order": "A", "amount": 10_000, "account": "kazukipay"});
    let post = || shop.post_as(SHOP, "/v1/payments", &[("idempotency-key", "K")], &body);
    assert_eq!(post().await.status, 202);
    crate::shop::until(async || post().await.status == 200).await;
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn refused_order_may_be_corrected() {
    let shop = Shop::open().await;
    let post = async |amount: u64| {
        shop.post("/v1/payments", &json!({"order": "A", "amount": amount, "account": "kropay"})).await
    };
    let refused = post(1).await;
    assert_eq!(refused.problem(), (422, "gateway_invalid_request".into()), "{}", refused.text);
    assert_eq!(refused.json()["delivery"], "not_sent");
    assert_eq!(shop.get("/v1/payments?order=A").await.json()["payments"][0]["status"], "closed");
    let created = post(10_000).await;
    assert_eq!((created.status, &created.json()["attempts"][1]["reference"]), (201, &json!("A-2")));
    assert_eq!(post(10_000).await.status, 200);
    assert_eq!(post(20_000).await.status, 409);
}
