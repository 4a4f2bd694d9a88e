//! Money that goes back after an order was paid: the shop and the operator are told.

use gerbang_sandbox::Provider;
use serde_json::{Value, json};

use crate::operator::Browser;
use crate::shop::{ADMIN, KEY, Shop, until};

/// The merchant gives money of the order `A` back at the gateway, without the daemon.
async fn refund(shop: &Shop, reference: &str, amount: u64) {
    let url = format!("{}/v2/A/refund", shop.sandbox.url(Provider::Midtrans));
    let call = shop.client.post(url).basic_auth(KEY, Some("")).header("content-type", "application/json");
    let reply = call.body(json!({"refund_key": reference, "amount": amount}).to_string()).send().await.unwrap();
    let reply = reply.text().await.unwrap();
    assert!(reply.contains("\"status_code\":\"200\""), "{reply}");
}

async fn cases(shop: &Shop) -> Vec<Value> {
    shop.get("/v1/cases?open=true").await.json()["cases"].as_array().unwrap().clone()
}

/// The order `A`, paid with Midtrans, of whose money a part went back.
async fn reversed() -> (Shop, Value) {
    let shop = Shop::open_with_midtrans().await;
    let created = shop.create("A", "midtrans").await;
    assert_eq!(created.status, 201, "{}", created.text);
    shop.sandbox.pay(Provider::Midtrans, "A").unwrap();
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert!(cases(&shop).await.is_empty());
    refund(&shop, "r1", 4_000).await;
    until(async || cases(&shop).await.len() == 1).await;
    (shop, created.json()["id"].clone())
}

#[tokio::test]
async fn refund_of_a_paid_order_is_a_case_and_an_event() {
    let (shop, id) = reversed().await;
    let case = cases(&shop).await.remove(0);
    assert_eq!((&case["why"], &case["order"], &case["payment"]), (&json!("reversed"), &json!("A"), &id));
    assert_eq!(case["detail"], "the payment was paid, and the gateway now says of it: partial_refund");
    let events = shop.get("/v1/events?limit=100").await.json()["events"].clone();
    let told: Vec<_> = events.as_array().unwrap().iter().filter(|event| event["type"] == "case.opened").collect();
    let [told] = told[..] else { panic!("{events}") };
    assert_eq!((&told["data"]["why"], &told["data"]["payment"]), (&json!("reversed"), &id));
    // The rest goes back too, which is another word.
    refund(&shop, "r2", 6_000).await;
    until(async || cases(&shop).await.len() == 2).await;
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!((shop.events("payment.paid").await, shop.events("payment.surplus").await), (1, 0));
    let notified = shop.get("/v1/notifications").await.json()["notifications"].clone();
    assert_eq!((&notified[0]["outcome"], &notified[2]["outcome"]), (&json!("not_paid"), &json!("paid")), "{notified}");
}

#[tokio::test]
async fn reversal_can_only_be_noted() {
    let (shop, _) = reversed().await;
    let resolve = async |resolution: &str| {
        let body = json!({"resolution": resolution, "by": "Ani", "note": "we gave it back"});
        shop.post_as(ADMIN, "/v1/cases/1/resolve", &[], &body).await
    };
    for resolution in ["paid", "unpaid"] {
        assert_eq!(resolve(resolution).await.problem(), (400, "invalid_request".into()), "{resolution}");
    }
    let mut browser = Browser::signed_in(&shop).await;
    let page = browser.get("/operator/cases").await;
    page.says(&["Money of a paid order went back", "value=\"noted\""], &["value=\"paid\"", "value=\"unpaid\""]);
    browser.language = "id";
    browser.get("/operator/cases").await.says(&["Uang pesanan yang dibayar ditarik kembali"], &["went back"]);
    assert_eq!(resolve("noted").await.status, 200);
    assert!(cases(&shop).await.is_empty());
}
