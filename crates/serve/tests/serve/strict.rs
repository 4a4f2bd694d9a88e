//! Bodies that are not right are refused before anything is sent, and no error shows what is in them.

use serde_json::{Value, json};

use crate::contract::is_described;
use crate::shop::{SHOP, Shop};

/// A body that is right, with a member changed.
fn with(change: Value) -> Value {
    let mut body = json!({"order": "A", "amount": 10_000});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn values_that_cannot_be_are_refused() {
    let shop = Shop::open().await;
    for body in [
        json!([]),
        json!({"order": "A"}),
        json!({"amount": 10_000}),
        with(json!({"amount": "10000"})),
        with(json!({"amount": 10_000.5})),
        with(json!({"amount": 0})),
        with(json!({"amount": -1})),
        with(json!({"amount": 9_007_199_254_740_992_u64})),
        with(json!({"amount": true})),
        with(json!({"order": 7})),
        with(json!({"order": ""})),
        with(json!({"order": "CANARY order"})),
        with(json!({"order": "x".repeat(45)})),
        with(json!({"ordre": "A"})),
        with(json!({"CANARY@example.com": 1})),
        with(json!({"method": "cash"})),
        with(json!({"method": "virtual_account:"})),
        with(json!({"expires_in": 0})),
        with(json!({"expires_in": "15m"})),
        with(json!({"customer": "CANARY"})),
        with(json!({"customer": {"name": 7}})),
        with(json!({"customer": {"nama": "CANARY"}})),
        with(json!({"return_url": "javascript:CANARY"})),
        with(json!({"metadata": "CANARY"})),
    ] {
        let reply = shop.post("/v1/payments", &body).await;
        assert_eq!(reply.problem(), (400, "invalid_request".into()), "{body}: {}", reply.text);
        assert_eq!(reply.json()["delivery"], "not_sent");
        assert!(!reply.text.contains("CANARY"), "{body}: {}", reply.text);
        assert!(!is_described("NewPayment", &body), "the description takes {body}");
    }
    // What a schema cannot say.
    for body in [
        with(json!({"order": "0012"})),
        with(json!({"order": "1e9"})),
        with(json!({"account": "CANARY"})),
        with(json!({"metadata": {"text": "CANARY".repeat(1000)}})),
    ] {
        let reply = shop.post("/v1/payments", &body).await;
        assert_eq!((reply.status, reply.text.contains("CANARY")), (400, false), "{body}: {}", reply.text);
    }
    assert!(shop.sandbox.requests().is_empty());
    assert_eq!(shop.get("/v1/payments").await.json()["payments"], json!([]));
}

#[tokio::test]
async fn texts_that_are_no_json_are_refused() {
    let shop = Shop::open().await;
    let headers = [("authorization", &*format!("Bearer {SHOP}")), ("content-type", "application/json")];
    for body in [
        "",
        "{",
        "CANARY",
        r#"{"order":"A","amount":NaN}"#,
        r#"{"order":"A","amount":Infinity}"#,
        r#"{"order":"A","amount":010}"#,
        r#"{"order":"A","amount":10000,"amount":10000}"#,
        r#"{"order":"A","amount":10000.0}"#,
        r#"{"order":"A","amount":1e4}"#,
        r#"{"order":"A","amount":10000,"metadata":{"CANARY":1,"CANARY":2}}"#,
        r#"{"order":"A","amount":10000} {}"#,
    ] {
        let reply = shop.send("POST", "/v1/payments", &headers, body).await;
        assert_eq!((reply.status, reply.text.contains("CANARY")), (400, false), "{body}: {}", reply.text);
    }
    let mut not_utf8 = br#"{"order":"A","amount":10000,"description":"x"}"#.to_vec();
    not_utf8[43] = 0xff;
    assert_eq!(shop.send("POST", "/v1/payments", &headers, not_utf8).await.status, 400);
    assert!(shop.sandbox.requests().is_empty());
}
