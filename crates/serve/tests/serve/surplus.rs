//! Money that is due back: it is listed, and a person writes down that it was given back.

use serde_json::{Value, json};

use crate::ending::pay_twice;
use crate::operator::Browser;
use crate::shop::{ADMIN, SHOP, Shop};

/// Has 500 rupiah too much come in for an order.
pub async fn owe(shop: &Shop, order: &str) {
    let mut tx = shop.ledger.begin().await.unwrap();
    let sql = "INSERT INTO gerbang_surplus (attempt, amount, why, at) \
               SELECT id, 500, 'excess', 1790000000000 FROM gerbang_attempt WHERE order_id = $1";
    assert_eq!(tx.execute(sql, [order.into()]).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn listed(shop: &Shop, query: &str) -> Value {
    shop.get(&format!("/v1/surplus{query}")).await.json()["surplus"].clone()
}

#[tokio::test]
async fn money_is_due_back_until_a_person_gave_it_back() {
    let shop = Shop::open().await;
    assert_eq!(listed(&shop, "").await, json!([]));
    let payment = pay_twice(&shop, "A").await;
    let due = listed(&shop, "?open=true").await[0].clone();
    assert_eq!((&due["payment"], &due["order"]), (&payment["id"], &json!("A")));
    assert_eq!((&due["account"], &due["reference"]), (&json!("kazukipay"), &json!("A")));
    assert_eq!((&due["amount"], &due["why"]), (&payment["surplus"], &json!("second")));
    assert_eq!(due["gateway_id"], payment["attempts"][0]["gateway_id"]);
    assert_eq!((&due["refunded_at"], &due["by"], &due["note"]), (&Value::Null, &Value::Null, &Value::Null));

    let path = format!("/v1/surplus/{}/refunded", due["id"].as_str().unwrap());
    let write_down = async |body: Value| shop.post_as(ADMIN, &path, &[], &body).await;
    let by_the_shop = shop.post_as(SHOP, &path, &[], &json!({"by": "Ani"})).await;
    assert_eq!(by_the_shop.problem(), (403, "wrong_scope".into()));
    for body in [json!({}), json!({"by": " "}), json!({"by": ""}), json!({"by": "Ani", "amount": 1})] {
        assert_eq!(write_down(body.clone()).await.problem(), (400, "invalid_request".into()), "{body}");
    }
    assert_eq!(listed(&shop, "?open=true").await, json!([due]));

    let refunded = write_down(json!({"by": "Ani", "note": "by transfer"})).await.json();
    assert_eq!((&refunded["by"], &refunded["note"]), (&json!("Ani"), &json!("by transfer")));
    assert!(refunded["refunded_at"].is_string(), "{refunded}");
    assert_eq!(write_down(json!({"by": "Budi"})).await.problem(), (409, "surplus_refunded".into()));
    assert_eq!((listed(&shop, "?open=true").await, listed(&shop, "").await), (json!([]), json!([refunded])));
    let payments = shop.get("/v1/payments?order=A").await.json();
    assert_eq!((&payments["payments"][0]["surplus"], &payments["payments"][0]["status"]), (&json!(0), &json!("paid")));
    for id in ["99", "0", "x", "-1"] {
        let unknown = shop.post_as(ADMIN, &format!("/v1/surplus/{id}/refunded"), &[], &json!({"by": "Ani"})).await;
        assert_eq!(unknown.problem(), (404, "not_found".into()), "{id}");
    }
}

#[tokio::test]
async fn surplus_is_listed_page_by_page() {
    let shop = Shop::open().await;
    for order in ["A", "B", "C", "D", "E"] {
        shop.create(order, "kropay").await;
        owe(&shop, order).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/surplus?limit=2".to_owned());
    loop {
        let page = shop.get(&path).await.json();
        let orders: Vec<_> = page["surplus"].as_array().unwrap().iter().map(|due| due["order"].clone()).collect();
        assert!(orders.len() <= 2, "{page}");
        seen.extend(orders);
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/surplus?limit=2&after={next}");
    }
    assert_eq!(seen, ["A", "B", "C", "D", "E"]);
}

#[tokio::test]
async fn operator_writes_down_a_refund() {
    let shop = Shop::open().await;
    let id = shop.create("A", "kropay").await.json()["id"].as_str().unwrap().to_owned();
    let mut browser = Browser::signed_in(&shop).await;
    browser.get("/operator/cases").await.says(&["Money to give back", "No money is to be given back."], &["count\">"]);
    owe(&shop, "A").await;
    let page = browser.get("/operator/cases").await;
    page.says(&["Rp\u{a0}500", "beyond the price", "<bdi>A</bdi>", "Mark as given back", "moves no money"], &["Budi"]);
    page.says(&["<span class=\"count\">1</span>"], &["No money is to be given back."]);
    browser.get(&format!("/operator/payments/{id}")).await.says(&["operator/cases#due"], &[]);

    let key = page.form_key();
    let write_down = async |key: &str, fields: &[(&str, &str)]| {
        browser.post("/operator/surplus/1/refunded", &[&[("form", key)], fields].concat()).await
    };
    for (key, fields, status) in [
        ("", &[("by", "Ani")][..], 403),
        ("x", &[("by", "Ani")], 403),
        (&key, &[("by", " ")], 400),
        (&key, &[("by", "Ani"), ("amount", "1")], 400),
        (&key, &[("by", "Ani"), ("by", "Budi")], 400),
    ] {
        assert_eq!(write_down(key, fields).await.status, status, "{fields:?}");
    }
    assert_eq!(listed(&shop, "?open=true").await.as_array().unwrap().len(), 1);
    let done = write_down(&key, &[("by", "Ani"), ("note", "by\r\ntransfer")]).await;
    assert_eq!((done.status, done.header("location")), (303, "../../../operator/cases?done=refunded"));
    let done = browser.get("/operator/cases?done=refunded").await;
    done.says(&["It is written down that the money was given back."], &["count\">", "Mark as given back", ">Ani<"]);
    let all = browser.get("/operator/cases?all=1").await;
    all.says(&["Given back", ">Ani<", ">by transfer<"], &["Mark as given back"]);
    let again = write_down(&key, &[("by", "Budi")]).await;
    assert_eq!(again.status, 409);
    again.says(&["The money was given back"], &[]);
    browser.language = "id";
    browser.get("/operator/cases").await.says(&["Uang yang harus dikembalikan"], &["given back"]);
    let refunded = listed(&shop, "").await[0].clone();
    assert_eq!((&refunded["by"], &refunded["note"]), (&json!("Ani"), &json!("by transfer")));
}

#[tokio::test]
async fn operator_sees_all_that_is_due_back() {
    let shop = Shop::open().await;
    for order in 1..=31 {
        shop.create(&format!("O-{order}"), "kropay").await;
        owe(&shop, &format!("O-{order}")).await;
    }
    let browser = Browser::signed_in(&shop).await;
    let first = browser.get("/operator/cases").await;
    first.says(&[">O-1<", ">O-30<", "due=30#due", "<span class=\"count\">31</span>"], &[">O-31<"]);
    browser.get("/operator/cases?due=30").await.says(&[">O-31<", "First page"], &[">O-30<", "rel=\"next\""]);
}
