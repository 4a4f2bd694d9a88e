//! Lists: pages, filters, cases and what a person decides.

use gerbang_sandbox::Provider;
use serde_json::{Value, json};

use crate::shop::{ADMIN, Shop};

fn orders(page: &Value) -> Vec<&str> {
    page["payments"].as_array().unwrap().iter().map(|payment| payment["order"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn payments_come_in_pages_with_the_newest_first() {
    let shop = Shop::open().await;
    let names: Vec<_> = (1..=7).map(|number| format!("O-{number}")).collect();
    for name in &names {
        shop.create(name, if name == "O-3" { "kazukipay" } else { "kropay" }).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/payments?limit=3".to_owned());
    loop {
        let page = shop.get(&path).await.json();
        seen.extend(orders(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/payments?limit=3&after={next}");
    }
    seen.reverse();
    assert_eq!(seen, names);
    shop.sandbox.pay(Provider::Kropay, "O-5").unwrap();
    shop.settled("O-5").await;
    for (query, wanted) in [
        ("status=paid", vec!["O-5"]),
        ("account=kazukipay", vec!["O-3"]),
        ("status=closed", vec![]),
        ("order=O-5&status=paid", vec!["O-5"]),
        ("order=O-5&status=pending", vec![]),
        ("order=NONE", vec![]),
        ("account=none", vec![]),
    ] {
        assert_eq!(orders(&shop.get(&format!("/v1/payments?{query}")).await.json()), wanted, "{query}");
    }
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let shop = Shop::open().await;
    for path in [
        "/v1/payments?limit=0",
        "/v1/payments?limit=101",
        "/v1/payments?limit=x",
        "/v1/payments?status=open",
        "/v1/payments?after=x",
        "/v1/payments?page=2",
        "/v1/payments?limit=1&limit=2",
        "/v1/payments/pay_QQ?wait=31",
        "/v1/events?after=17",
        "/v1/cases?open=false",
        "/v1/cases?after=x",
        "/v1/surplus?open=false",
        "/v1/surplus?after=x",
        "/v1/accounts?key=true",
    ] {
        assert_eq!(shop.get(path).await.problem(), (400, "invalid_request".into()), "{path}");
    }
}

#[tokio::test]
async fn events_come_in_order() {
    let shop = Shop::open().await;
    for order in ["A", "B", "C"] {
        shop.create(order, "kropay").await;
    }
    let page = shop.get("/v1/events?limit=2").await.json();
    assert_eq!((&page["events"][0]["data"]["order"], &page["events"][1]["data"]["order"]), (&json!("A"), &json!("B")));
    let next = page["next"].as_str().unwrap();
    let page = shop.get(&format!("/v1/events?after={next}")).await.json();
    let events = page["events"].as_array().unwrap();
    assert_eq!((events.len(), &events[0]["data"]["order"], &page["next"]), (1, &json!("C"), &Value::Null));
    assert_eq!(events[0]["data"]["payment"], "pay_Qw");
}

/// Opens a case about the payment of an order.
pub async fn open_case(shop: &Shop, order: &str) {
    let mut tx = shop.ledger.begin().await.unwrap();
    let sql = "INSERT INTO gerbang_case (account, attempt, subject, why, detail, amount, at) \
               SELECT account, id, reference, 'mismatch', 'the amount differs', 9000, 1790000000000 FROM gerbang_attempt \
               WHERE order_id = $1";
    assert_eq!(tx.execute(sql, [order.into()]).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn case_needs_attention_until_a_person_settles_it() {
    let shop = Shop::open().await;
    let id = shop.create("A", "kropay").await.json()["id"].as_str().unwrap().to_owned();
    open_case(&shop, "A").await;
    let payment = shop.get(&format!("/v1/payments/{id}")).await.json();
    assert_eq!((&payment["status"], &payment["pay_with"]), (&json!("attention"), &json!([])));
    assert_eq!(orders(&shop.get("/v1/payments?status=attention").await.json()), ["A"]);
    let attempts = format!("/v1/payments/{id}/attempts");
    assert_eq!(shop.post(&attempts, &json!({})).await.problem(), (409, "awaits_person".into()));

    let case = shop.get("/v1/cases?open=true").await.json()["cases"][0].clone();
    assert_eq!((&case["payment"], &case["amount"], &case["open"]), (&json!(id), &json!(9000), &json!(true)));
    let path = format!("/v1/cases/{}/resolve", case["id"].as_str().unwrap());
    let resolve = async |body: Value| shop.post_as(ADMIN, &path, &[], &body).await;
    for body in [
        json!({}),
        json!({"resolution": "paid"}),
        json!({"resolution": "paid", "by": " "}),
        json!({"resolution": "refunded", "by": "Ani"}),
        json!({"resolution": "paid", "by": "Ani", "amount": 1}),
    ] {
        assert_eq!(resolve(body.clone()).await.status, 400, "{body}");
    }
    let settled = resolve(json!({"resolution": "paid", "by": "Ani", "note": "it is on the statement"})).await.json();
    assert_eq!(
        (&settled["resolution"], &settled["by"], &settled["open"]),
        (&json!("paid"), &json!("Ani"), &json!(false))
    );
    assert_eq!(resolve(json!({"resolution": "unpaid", "by": "Budi"})).await.problem(), (409, "case_settled".into()));
    assert_eq!(shop.get(&format!("/v1/payments/{id}")).await.json()["status"], "paid");
    assert_eq!(shop.get("/v1/cases?open=true").await.json()["cases"], json!([]));
    assert_eq!(shop.get("/v1/cases").await.json()["cases"][0], settled);
    let unknown = shop.post_as(ADMIN, "/v1/cases/99/resolve", &[], &json!({"resolution": "noted", "by": "Ani"})).await;
    assert_eq!(unknown.status, 404);
}
