//! The stream of a payment's events.

use gerbang_sandbox::Provider;
use serde_json::Value;

use crate::contract::is_described;
use crate::shop::{SHOP, Shop};

async fn created(shop: &Shop, order: &str) -> String {
    let id = shop.create(order, "kropay").await.json()["id"].as_str().unwrap().to_owned();
    format!("/v1/payments/{id}/events")
}

#[tokio::test]
async fn stream_tells_what_happens_to_its_payment() {
    let shop = Shop::open().await;
    let (path, _other) = (created(&shop, "A").await, created(&shop, "B").await);
    let mut stream = shop.stream(&path, Some(SHOP), None).await;
    let header = |name: &str| stream.response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("text/event-stream".into(), "no-store".into()));
    let first = stream.next().await.unwrap();
    shop.sandbox.pay(Provider::Kropay, "B").unwrap();
    shop.settled("B").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    let second = stream.next().await.unwrap();
    for (fields, kind) in [(&first, "payment.created"), (&second, "payment.paid")] {
        let field = |name: &str| &fields.iter().find(|(field, _)| field == name).unwrap().1;
        let event: Value = serde_json::from_str(field("data")).unwrap();
        assert!(is_described("Event", &event), "{event}");
        assert_eq!((field("event").as_str(), event["type"].as_str().unwrap()), (kind, kind));
        assert_eq!((event["id"].as_str().unwrap(), &event["data"]["order"]), (field("id").as_str(), &"A".into()));
    }
}

#[tokio::test]
async fn stream_goes_on_after_the_last_event() {
    let shop = Shop::open().await;
    let path = created(&shop, "A").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.settled("A").await;
    let first = shop.stream(&path, Some(SHOP), None).await.next_field("id").await;
    let mut later = shop.stream(&path, Some(SHOP), Some(&first)).await;
    assert_eq!(later.next_field("event").await, "payment.paid");
    for wrong in ["7", "evt_", "evt_-1", "CANARY"] {
        let token = format!("Bearer {SHOP}");
        let headers = [("authorization", token.as_str()), ("last-event-id", wrong)];
        assert_eq!(shop.send("GET", &path, &headers, "").await.problem(), (400, "invalid_request".into()), "{wrong}");
    }
}

#[tokio::test]
async fn stream_needs_a_token_and_ends_with_the_daemon() {
    let shop = Shop::open().await;
    let path = created(&shop, "A").await;
    for token in [None, Some("CANARY-wrong")] {
        assert_eq!(shop.stream(&path, token, None).await.response.status(), 401);
    }
    assert_eq!(shop.get("/v1/payments/pay_Tk9ORQ/events").await.status, 404);
    let mut stream = shop.stream(&path, Some(SHOP), None).await;
    assert_eq!(stream.next_field("event").await, "payment.created");
    shop.stop().await;
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn streams_are_bounded_and_give_their_places_back() {
    let shop = Shop::open().await;
    let path = created(&shop, "A").await;
    let mut streams = Vec::new();
    for _ in 0..128 {
        streams.push(shop.stream(&path, Some(SHOP), None).await);
    }
    assert!(streams.iter().all(|stream| stream.response.status() == 200));
    assert_eq!(shop.get(&path).await.problem(), (503, "busy".into()));
    streams.truncate(1);
    crate::shop::until(async || shop.stream(&path, Some(SHOP), None).await.response.status() == 200).await;
}
