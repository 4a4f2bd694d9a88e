use gerbang_core::Rupiah;
use gerbang_sandbox::{Provider, Sandbox};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::http::{Reply, get, members, send};
use crate::merchant::{Creation, Gateway, JSON, bearer};

const PROVIDER: Provider = Provider::Tripay;

/// Tripay, by the key as bearer and the signature of its sandbox's private key.
pub const GATEWAY: Gateway = Gateway {
    name: "tripay",
    provider: PROVIDER,
    creation: "create_transaction",
    question: Some("transaction_detail"),
    takes_reference: true,
    has_unique_amounts: false,
    credential: str::to_owned,
    login: None,
    authorization: bearer,
    create: |wanted| Creation {
        path: "/transaction/create".into(),
        content_type: JSON,
        body: order("QRIS2", wanted.order, wanted.price).to_string(),
    },
    ask: |_, reference| format!("/transaction/detail?reference={reference}"),
    reference: Some("/data/reference"),
    echo: "/data/amount",
    status: "/data/status",
    words: ["UNPAID", "PAID", "EXPIRED", "FAILED"],
    notified: Some("PAID"),
    notifies_of_expiry: true,
    method: None,
    refusal: |text| (400, json!({"success": false, "message": text})),
    needed: (
        "amount fee_customer merchant_ref payment_method qr_string reference status",
        "amount fee_customer merchant_ref payment_method qr_string reference status",
    ),
    documents: None,
};

/// The document's signature: HMAC-SHA256 of code, name and price.
fn signature(order: &str, price: u64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"sandbox-webhook-key").unwrap();
    mac.update(format!("T0001{order}{price}").as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn order(method: &str, order: &str, price: u64) -> Value {
    json!({
        "method": method,
        "merchant_ref": order,
        "amount": price,
        "customer_name": "Nama Pelanggan",
        "customer_email": "emailpelanggan@domain.com",
        "order_items": [{"name": "Nama Produk 1", "price": price, "quantity": 1}],
        "signature": signature(order, price),
    })
}

async fn create(sandbox: &Sandbox, body: &Value) -> Reply {
    let url = format!("{}/transaction/create", sandbox.url(PROVIDER));
    send("POST", &url, &[("Authorization", "Bearer key"), ("Content-Type", JSON)], &body.to_string()).await
}

async fn ask(sandbox: &Sandbox, path: &str) -> Value {
    let url = format!("{}{path}", sandbox.url(PROVIDER));
    let reply = send("GET", &url, &[("Authorization", "Bearer key")], "").await;
    assert_eq!(reply.status, 200, "{path}");
    reply.json()
}

#[tokio::test]
async fn the_documented_payment() {
    let sandbox = Sandbox::start().await;
    let reply = create(&sandbox, &order("BRIVA", "INV345675", 1_000_000)).await;
    assert_eq!(reply.status, 200);
    let created = reply.json();
    assert_eq!((&created["success"], &created["message"]), (&json!(true), &json!("")));
    let data = &created["data"];
    for (member, wanted) in [
        ("merchant_ref", json!("INV345675")),
        ("payment_method", json!("BRIVA")),
        ("amount", json!(1_000_000)),
        ("fee_merchant", json!(4_250)),
        ("fee_customer", json!(0)),
        ("amount_received", json!(995_750)),
        ("status", json!("UNPAID")),
    ] {
        assert_eq!(data[member], wanted, "{member}");
    }
    assert!(data["pay_code"].is_string() && data.get("qr_string").is_none());
    let reference = data["reference"].as_str().unwrap();
    sandbox.pay(PROVIDER, reference).unwrap();
    let detail = ask(&sandbox, &format!("/transaction/detail?reference={reference}")).await;
    assert_eq!(detail["data"]["status"], "PAID");
    assert!(detail["data"]["paid_at"].is_string());
    let said = ask(&sandbox, &format!("/transaction/check-status?reference={reference}")).await;
    assert_eq!(said, json!({"success": true, "message": "Status transaksi saat ini PAID"}));
    let page = get(data["checkout_url"].as_str().unwrap()).await;
    assert!(page.status == 200 && page.body.contains("1.000.000"), "{}", page.body);
}

#[tokio::test]
async fn a_qris_payment_has_a_payload_and_its_picture() {
    let sandbox = Sandbox::start().await;
    let created = create(&sandbox, &order("QRIS2", "A-1", 25_000)).await.json();
    let data = &created["data"];
    gerbang_qris::verify_amount(data["qr_string"].as_str().unwrap(), Rupiah::new(25_000)).unwrap();
    assert_eq!(get(data["qr_url"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn form_is_read_as_the_same_order_in_json() {
    let sandbox = Sandbox::start().await;
    let signature = signature("A-1", 25_000);
    let form = format!(
        "method=BRIVA&merchant_ref=A-1&amount=25000&customer_name=Nama+Pelanggan&customer_email=a%40example.com\
         &order_items%5B0%5D%5Bname%5D=Satu&order_items%5B0%5D%5Bprice%5D=5000&order_items%5B0%5D%5Bquantity%5D=3\
         &order_items%5B1%5D%5Bname%5D=Dua&order_items%5B1%5D%5Bprice%5D=10000&order_items%5B1%5D%5Bquantity%5D=1\
         &signature={signature}"
    );
    let url = format!("{}/transaction/create", sandbox.url(PROVIDER));
    let headers = [("Authorization", "Bearer key"), ("Content-Type", "application/x-www-form-urlencoded")];
    let created = send("POST", &url, &headers, &form).await;
    assert_eq!(created.status, 200, "{}", created.body);
    assert_eq!(created.json()["data"]["amount"], 25_000);
    let without_items = send("POST", &url, &headers, &form.replace("order_items", "other")).await;
    assert_eq!(without_items.json()["message"], "order_items is not valid");
}

#[tokio::test]
async fn what_the_private_key_has_not_signed_is_refused() {
    let sandbox = Sandbox::start().await;
    let right = order("QRIS2", "A-1", 25_000);
    for (member, wrong, message) in [
        ("signature", json!(signature("A-2", 25_000)), "Invalid signature"),
        ("signature", json!(signature("A-1", 25_000).to_uppercase()), "Invalid signature"),
        ("signature", Value::Null, "Invalid signature"),
        ("merchant_ref", json!("A-2"), "Invalid signature"),
        ("amount", json!(25_001), "amount is not the sum of order_items"),
        ("method", json!("GOPAY"), "Payment channel is not available"),
        ("customer_email", json!(" "), "customer_email is required"),
        ("expired_time", json!(1), "expired_time is past"),
    ] {
        let mut body = right.clone();
        body[member] = wrong;
        let reply = create(&sandbox, &body).await;
        assert_eq!((reply.status, reply.json()), (400, json!({"success": false, "message": message})), "{member}");
    }
    assert_eq!(create(&sandbox, &right).await.status, 200);
    assert_eq!(create(&sandbox, &right).await.json()["message"], "merchant_ref has already been used");
}

#[tokio::test]
async fn the_list_has_what_is_asked_for_newest_first() {
    let sandbox = Sandbox::start().await;
    for (method, name) in [("QRIS2", "A-1"), ("BRIVA", "A-2"), ("QRIS2", "A-3")] {
        assert_eq!(create(&sandbox, &order(method, name, 25_000)).await.status, 200);
    }
    for (query, wanted) in [
        ("", &["A-3", "A-2", "A-1"][..]),
        ("?sort=asc", &["A-1", "A-2", "A-3"]),
        ("?merchant_ref=A-2", &["A-2"]),
        ("?method=QRIS2&per_page=1&page=2", &["A-1"]),
        ("?status=PAID", &[]),
    ] {
        let listed = ask(&sandbox, &format!("/merchant/transactions{query}")).await;
        let names: Vec<_> =
            listed["data"].as_array().unwrap().iter().map(|one| one["merchant_ref"].as_str().unwrap()).collect();
        assert_eq!(names, wanted, "{query}");
        // As the document has them in the list, and nowhere else.
        for one in listed["data"].as_array().unwrap() {
            let is_right =
                one["pay_code"].is_u64() == (one["payment_method"] == "BRIVA") && one.get("customer_phone").is_some();
            assert!(is_right, "{one}");
        }
    }
}

#[tokio::test]
async fn channels_and_fees_are_told() {
    let sandbox = Sandbox::start().await;
    let channels = ask(&sandbox, "/merchant/payment-channel?code=QRIS2").await;
    assert_eq!(channels["data"][0]["total_fee"], json!({"flat": 750, "percent": "0.70"}));
    let fees = ask(&sandbox, "/merchant/fee-calculator?code=QRIS2&amount=100000").await;
    assert_eq!(members(&fees["data"][0]), ["code", "fee", "name", "total_fee"]);
    assert_eq!(fees["data"][0]["total_fee"], json!({"merchant": 1_450, "customer": 0}));
    let steps = ask(&sandbox, "/payment/instruction?code=BRIVA&pay_code=123").await;
    assert_eq!(steps["data"][0]["steps"][0], "Masukkan nomor 123");
}
