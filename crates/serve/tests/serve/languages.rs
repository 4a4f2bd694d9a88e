//! Problems in the language that the client asks for.

use serde_json::{Value, json};

use crate::shop::{Reply, SHOP, Shop};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn create(shop: &Shop, language: &str, key: &str, body: &Value) -> Reply {
    let token = format!("Bearer {SHOP}");
    let mut headers = vec![("authorization", token.as_str()), JSON, ("accept-language", language)];
    if !key.is_empty() {
        headers.push(("idempotency-key", key));
    }
    shop.send("POST", "/v1/payments", &headers, body.to_string()).await
}

fn language(reply: &Reply) -> (&str, &str) {
    let header = |name: &str| reply.headers.get(name).map_or("", |value| value.to_str().unwrap());
    (header("content-language"), header("vary"))
}

#[tokio::test]
async fn problem_is_in_the_language_that_is_liked_most() {
    let shop = Shop::open().await;
    let wrong = json!({"order": "A", "amount": "10000"});
    for (accepted, tag, title) in [
        ("", "en", "A value cannot be"),
        ("de", "en", "A value cannot be"),
        ("en, id;q=0.9", "en", "A value cannot be"),
        ("en;q=0.3, id;q=0.8", "id", "Ada nilai yang tidak sah"),
        ("id-ID,id;q=0.9,en;q=0.8", "id", "Ada nilai yang tidak sah"),
        ("id;q=0, en;q=0.1", "en", "A value cannot be"),
    ] {
        let reply = create(&shop, accepted, "", &wrong).await;
        assert_eq!(language(&reply), (tag, "accept-language"), "{accepted}");
        assert_eq!((reply.problem(), &reply.json()["title"]), ((400, "invalid_request".into()), &json!(title)));
    }
    let reply = create(&shop, "id", "", &wrong).await.json();
    assert_eq!(
        reply["detail"],
        "amount harus berupa rupiah bulat, ditulis sebagai bilangan bulat dari 1 sampai 9007199254740991"
    );
    assert_eq!(reply["next"], "perbaiki permintaannya; tidak ada yang dikirim");
    let created = create(&shop, "id", "", &json!({"order": "A", "amount": 10_000})).await;
    assert_eq!((created.status, language(&created)), (201, ("", "")));
}

#[tokio::test]
async fn every_layer_answers_in_the_language() {
    let shop = Shop::open().await;
    for (method, path, status) in [
        ("GET", "/v1/none", 404),
        ("GET", "/v1/accounts", 401),
        ("DELETE", "/v1/payments", 405),
        ("GET", "/pay/x/events", 404),
    ] {
        let (en, id) =
            (shop.send(method, path, &[], "").await, shop.send(method, path, &[("accept-language", "id")], "").await);
        assert_eq!((en.status, id.status, language(&en).0, language(&id).0), (status, status, "en", "id"), "{path}");
        assert_ne!(en.json()["detail"], id.json()["detail"], "{path}");
        assert_eq!(en.json()["code"], id.json()["code"], "{path}");
    }
}

#[tokio::test]
async fn kept_problem_is_said_in_the_language_of_who_repeats_it() {
    let shop = Shop::open().await;
    let wrong = json!({"order": "A", "amount": 1});
    let first = create(&shop, "id", "key-1", &wrong).await;
    assert_eq!((first.status, language(&first).0), (422, "id"), "{}", first.text);
    let again = create(&shop, "id", "key-1", &wrong).await;
    assert_eq!((again.status, &again.text, language(&again).0), (422, &first.text, "id"));
    let english = create(&shop, "en", "key-1", &wrong).await;
    assert_eq!((english.status, language(&english).0), (422, "en"));
    assert_eq!(english.json()["code"], first.json()["code"]);
    assert_ne!(english.json()["next"], first.json()["next"]);
}
