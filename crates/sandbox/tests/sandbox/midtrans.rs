use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gerbang_core::Rupiah;
use gerbang_sandbox::{Provider, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::http::{Merchant, Reply, get, send, until};
use crate::merchant::{Creation, Gateway, JSON};

const PROVIDER: Provider = Provider::Midtrans;

/// Midtrans, by the server key as the user of Basic authentication.
pub const GATEWAY: Gateway = Gateway {
    name: "midtrans",
    provider: PROVIDER,
    creation: "charge",
    question: Some("transaction_status"),
    takes_reference: true,
    has_unique_amounts: false,
    credential: str::to_owned,
    login: None,
    authorization: basic,
    create: |wanted| Creation {
        path: "/v2/charge".into(),
        content_type: JSON,
        body: order(json!({"payment_type": "qris"}), wanted.order, wanted.price).to_string(),
    },
    ask: |_, reference| format!("/v2/{reference}/status"),
    reference: Some("/transaction_id"),
    echo: "/gross_amount",
    status: "/transaction_status",
    words: ["pending", "settlement", "expire", "cancel"],
    notified: Some("settlement"),
    notifies_of_expiry: true,
    method: None,
    refusal: |text| {
        let id = "00000000-0000-4000-8000-000000000000";
        (200, json!({"status_code": "400", "status_message": text, "id": id}))
    },
    needed: (
        "actions fraud_status gross_amount order_id payment_type qr_string status_code transaction_id transaction_status",
        "actions fraud_status gross_amount order_id payment_type qr_string status_code transaction_id transaction_status",
    ),
    documents: None,
};

fn basic(key: &str) -> (&'static str, String) {
    ("Authorization", format!("Basic {}", STANDARD.encode(format!("{key}:"))))
}

/// A charge by these members.
fn order(by: Value, order: &str, price: u64) -> Value {
    let mut body = by;
    body["transaction_details"] = json!({"order_id": order, "gross_amount": price});
    body
}

async fn call(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Reply {
    let (name, value) = basic("key");
    send(method, &format!("{}{path}", sandbox.url(PROVIDER)), &[(name, &value), ("Content-Type", JSON)], body).await
}

async fn charge(sandbox: &Sandbox, body: &Value) -> Value {
    let reply = call(sandbox, "POST", "/v2/charge", &body.to_string()).await;
    assert_eq!(reply.status, 200);
    reply.json()
}

async fn ask(sandbox: &Sandbox, id: &str) -> Value {
    call(sandbox, "GET", &format!("/v2/{id}/status"), "").await.json()
}

#[tokio::test]
async fn the_documented_payment() {
    let sandbox = Sandbox::start().await;
    let by_qris = json!({"payment_type": "qris", "qris": {"acquirer": "gopay"}});
    let created = charge(&sandbox, &order(by_qris, "order03", 275_000)).await;
    for (member, wanted) in [
        ("status_code", "201"),
        ("order_id", "order03"),
        ("gross_amount", "275000.00"),
        ("currency", "IDR"),
        ("payment_type", "qris"),
        ("transaction_status", "pending"),
        ("fraud_status", "accept"),
        ("acquirer", "gopay"),
    ] {
        assert_eq!(created[member], wanted, "{member}");
    }
    gerbang_qris::verify_amount(created["qr_string"].as_str().unwrap(), Rupiah::new(275_000)).unwrap();
    assert_eq!(created["actions"][0]["name"], "generate-qr-code");
    assert_eq!(get(created["actions"][0]["url"].as_str().unwrap()).await.status, 200);
    sandbox.pay(PROVIDER, "order03").unwrap();
    for id in ["order03", created["transaction_id"].as_str().unwrap()] {
        let now = ask(&sandbox, id).await;
        assert_eq!((&now["status_code"], &now["transaction_status"]), (&json!("200"), &json!("settlement")));
        assert!(now["settlement_time"].is_string(), "{now}");
    }
    assert_eq!(ask(&sandbox, "order04").await["status_code"], "404");
}

#[tokio::test]
async fn each_way_has_its_own_number() {
    let sandbox = Sandbox::start().await;
    let bank = |bank: &str| json!({"payment_type": "bank_transfer", "bank_transfer": {"bank": bank}});
    let created = charge(&sandbox, &order(bank("bni"), "A-1", 10_000)).await;
    assert_eq!((&created["payment_type"], &created["va_numbers"][0]["bank"]), (&json!("bank_transfer"), &json!("bni")));
    let created = charge(&sandbox, &order(bank("permata"), "A-2", 10_000)).await;
    assert!(created["permata_va_number"].is_string() && created.get("va_numbers").is_none(), "{created}");
    let bill = json!({"payment_type": "echannel", "echannel": {"bill_info1": "Payment:", "bill_info2": "Kopi"}});
    let created = charge(&sandbox, &order(bill, "A-3", 10_000)).await;
    assert!(created["bill_key"].is_string() && created["biller_code"].is_string(), "{created}");
    let created = charge(&sandbox, &order(json!({"payment_type": "gopay"}), "A-4", 10_000)).await;
    let names: Vec<_> =
        created["actions"].as_array().unwrap().iter().map(|action| action["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["generate-qr-code", "deeplink-redirect", "get-status", "cancel"]);
}

#[tokio::test]
async fn a_wrong_charge_is_refused_with_a_code() {
    let sandbox = Sandbox::start().await;
    let right = order(json!({"payment_type": "qris"}), "A-1", 25_000);
    for (member, wrong, code) in [
        ("payment_type", json!("alfamart"), "402"),
        ("payment_type", json!("bank_transfer"), "400"),
        ("payment_type", json!("bca"), "402"),
        ("transaction_details", json!({"order_id": "A/1", "gross_amount": 25_000}), "400"),
        ("transaction_details", json!({"order_id": "A".repeat(51), "gross_amount": 25_000}), "400"),
        ("transaction_details", json!({"order_id": "A-1", "gross_amount": "25000"}), "400"),
        ("transaction_details", json!({"order_id": "A-1", "gross_amount": 0}), "400"),
        ("item_details", json!([{"price": 10_000, "quantity": 2}]), "400"),
        ("custom_expiry", json!({"expiry_duration": 0}), "400"),
        ("custom_expiry", json!({"expiry_duration": 1, "unit": "year"}), "400"),
    ] {
        let mut body = right.clone();
        body[member] = wrong;
        assert_eq!(charge(&sandbox, &body).await["status_code"], code, "{member}");
    }
    let mut whole = right.clone();
    whole["item_details"] = json!([{"price": 10_000, "quantity": 2}, {"price": 5_000, "quantity": 1}]);
    whole["custom_expiry"] = json!({"expiry_duration": "2", "unit": "hour"});
    assert_eq!(charge(&sandbox, &whole).await["status_code"], "201");
    assert_eq!(charge(&sandbox, &right).await["status_code"], "406");
    let url = format!("{}/v2/A-1/status", sandbox.url(PROVIDER));
    for wrong in ["Bearer key".to_owned(), "Basic x".to_owned(), format!("Basic {}", STANDARD.encode("key:password"))] {
        let reply = send("GET", &url, &[("Authorization", &wrong)], "").await;
        assert_eq!(reply.json()["status_code"], "401", "{wrong}");
    }
}

#[tokio::test]
async fn only_what_waits_is_cancelled_or_expired() {
    let sandbox = Sandbox::start().await;
    for (name, operation, code, word, asked) in
        [("A-1", "cancel", "200", "cancel", "202"), ("A-2", "expire", "407", "expire", "407")]
    {
        charge(&sandbox, &order(json!({"payment_type": "qris"}), name, 25_000)).await;
        let path = format!("/v2/{name}/{operation}");
        let ended = call(&sandbox, "POST", &path, "").await.json();
        assert_eq!((&ended["status_code"], &ended["transaction_status"]), (&json!(code), &json!(word)));
        assert_eq!(ask(&sandbox, name).await["status_code"], asked);
        assert_eq!(call(&sandbox, "POST", &path, "").await.json()["status_code"], "412");
    }
}

#[tokio::test]
async fn money_goes_back_once_for_each_key() {
    let sandbox = Sandbox::start().await;
    charge(&sandbox, &order(json!({"payment_type": "qris"}), "A-1", 25_000)).await;
    let refund = async |body: Value| call(&sandbox, "POST", "/v2/A-1/refund", &body.to_string()).await.json();
    assert_eq!(refund(json!({"refund_key": "r1"})).await["status_code"], "412");
    sandbox.pay(PROVIDER, "A-1").unwrap();
    for (body, code, amount, word) in [
        (json!({"refund_key": "r1", "amount": 5_000}), "200", "5000.00", "partial_refund"),
        (json!({"refund_key": "r1", "amount": 5_000}), "200", "5000.00", "partial_refund"),
        (json!({"refund_key": "r2", "amount": 20_001}), "414", "", ""),
        (json!({"refund_key": "r2"}), "200", "25000.00", "refund"),
    ] {
        let reply = refund(body).await;
        assert_eq!(reply["status_code"], code, "{reply}");
        if code == "200" {
            assert_eq!((&reply["refund_amount"], &reply["transaction_status"]), (&json!(amount), &json!(word)));
        }
    }
    assert_eq!(ask(&sandbox, "A-1").await["transaction_status"], "refund");
}

#[tokio::test]
async fn each_refund_is_notified_once() {
    let sandbox = Sandbox::start().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(PROVIDER, Some(&merchant.url));
    charge(&sandbox, &order(json!({"payment_type": "qris"}), "A-1", 25_000)).await;
    sandbox.pay(PROVIDER, "A-1").unwrap();
    for (key, amount) in [("r1", 5_000), ("r1", 5_000), ("r2", 90_000), ("r2", 20_000)] {
        let body = json!({"refund_key": key, "amount": amount}).to_string();
        call(&sandbox, "POST", "/v2/A-1/refund", &body).await;
    }
    until("the notifications", || sandbox.webhook_attempts().len() >= 3).await;
    assert!(sandbox.held_webhooks().is_empty());
    let attempts = sandbox.webhook_attempts();
    let sent: Vec<Value> = attempts.iter().map(|sent| serde_json::from_str(&sent.body).unwrap()).collect();
    let said: Vec<_> = sent.iter().map(|sent| (&sent["transaction_status"], &sent["refund_amount"])).collect();
    let expected = [("settlement", Value::Null), ("partial_refund", json!("5000.00")), ("refund", json!("25000.00"))];
    let expected = expected.map(|(word, amount)| (json!(word), amount));
    assert_eq!(said, expected.iter().map(|(word, amount)| (word, amount)).collect::<Vec<_>>());
    for sent in &sent {
        assert_eq!((&sent["status_code"], &sent["gross_amount"]), (&json!("200"), &json!("25000.00")));
        assert_eq!(sent["signature_key"], signature("A-120025000.00key"));
    }
}

/// The digest of what the document has joined.
fn signature(joined: &str) -> String {
    Sha512::digest(joined).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn notifications_are_signed_with_the_server_key() {
    let sandbox = Sandbox::start().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(PROVIDER, Some(&merchant.url));
    charge(&sandbox, &order(json!({"payment_type": "qris"}), "A-1", 25_000)).await;
    sandbox.pay(PROVIDER, "A-1").unwrap();
    until("the notification", || !sandbox.webhook_attempts().is_empty()).await;
    let body: Value = serde_json::from_str(&sandbox.webhook_attempts()[0].body).unwrap();
    assert_eq!((&body["transaction_status"], &body["status_code"]), (&json!("settlement"), &json!("200")));
    assert_eq!(body["signature_key"], signature("A-120025000.00key"));
}
