//! Tokens that come later, and calls that are none.

use serde_json::{Value, json};

use crate::shop::{SHOP, Shop};

#[tokio::test]
async fn token_that_is_made_later_is_known_soon() {
    let shop = Shop::open().await;
    let call = async |token: &str| {
        shop.send("GET", "/v1/accounts", &[("authorization", &format!("Bearer {token}"))], "").await.status
    };
    assert_eq!(call("a later token").await, 401);
    let mut tx = shop.ledger.begin().await.unwrap();
    // SHA-256 of "a later token".
    let hash = "INSERT INTO gerbang_serve_token (hash, scope, at) VALUES ($1, 'shop', 0)";
    let of_token =
        sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), "a later token"));
    let hex: String = of_token.iter().map(|byte| format!("{byte:02x}")).collect();
    tx.execute(hash, [hex.into()]).await.unwrap();
    tx.commit().await.unwrap();
    crate::shop::until(async || call("a later token").await == 200).await;
}

#[tokio::test]
async fn other_paths_and_methods_are_problems() {
    let shop = Shop::open().await;
    for path in
        ["/operator", "/v1", "/v1/payment", "/v1/payments/pay_QQ/more", "/hooks", "/pay", "/assets", "/v1/payments/"]
    {
        assert_eq!(shop.get(path).await.problem(), (404, "not_found".into()), "{path}");
    }
    let token = format!("Bearer {SHOP}");
    for (method, path) in
        [("DELETE", "/v1/payments"), ("PUT", "/v1/accounts"), ("GET", "/hooks/kropay"), ("POST", "/healthz")]
    {
        let reply = shop.send(method, path, &[("authorization", &token)], "").await;
        assert_eq!(reply.problem(), (405, "method_not_allowed".into()), "{method} {path}");
        assert!(reply.headers.contains_key("allow"), "{method} {path}");
    }
    for path in ["/v1/payments/7", "/v1/payments/pay_", "/v1/payments/pay_Tk9ORQ", "/v1/payments/pay_%FF"] {
        assert_eq!(shop.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn bodies_have_a_type_and_a_limit() {
    let shop = Shop::open().await;
    let token = format!("Bearer {SHOP}");
    let body = json!({"order": "A", "amount": 10_000}).to_string();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let headers = [("authorization", token.as_str()), ("content-type", media_type)];
        let reply = shop.send("POST", "/v1/payments", &headers, body.clone()).await;
        assert_eq!(reply.problem(), (415, "unsupported_media_type".into()), "{media_type}");
    }
    let large = json!({"order": "A", "amount": 10_000, "description": "x".repeat(64 * 1024)});
    assert_eq!(shop.post("/v1/payments", &large).await.problem(), (413, "too_large".into()));
    assert_eq!(shop.send("POST", "/hooks/kropay", &[], "x".repeat(64 * 1024 + 1)).await.status, 413);
    assert!(shop.sandbox.requests().is_empty());
}

#[tokio::test]
async fn health_and_description_are_served() {
    let shop = Shop::open().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(shop.send("GET", path, &[], "").await.json(), json!({"status": "ok"}), "{path}");
    }
    let served: Value = shop.send("GET", "/openapi.json", &[], "").await.json();
    assert_eq!(served, *crate::contract::DESCRIPTION);
    assert_eq!(served["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn accounts_show_what_they_can_and_no_key() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    let accounts = shop.get("/v1/accounts").await;
    assert!(!accounts.text.contains("CANARY"), "{}", accounts.text);
    let accounts = accounts.json()["accounts"].clone();
    let names: Vec<_> = accounts.as_array().unwrap().iter().map(|account| account["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["kazukipay", "kropay", "pakasir-v2"]);
    assert!(accounts[0]["last_success"].is_null() && accounts[1]["last_success"].is_string());
    assert_eq!(accounts[1]["hook"], "https://pay.example.com/hooks/kropay");
    assert_eq!((&accounts[1]["mode"], &accounts[1]["is_default"]), (&json!("test"), &json!(true)));
}
