use std::time::Duration;

use gerbang_core::{JakartaTime, Rupiah};
use gerbang_sandbox::{PaymentStatus, Provider, Sandbox};
use serde_json::{Value, json};

use crate::documents::{Document, Language, Tools};
use crate::http::{Merchant, Reply, curl, get, members, post_json, send};
use crate::merchant::{Creation, Gateway, JSON, Wanted, api_key};

const PROVIDER: Provider = Provider::Pakasir;

/// Pakasir's API v1, by the key in the body or the query.
pub const V1: Gateway = Gateway {
    name: "pakasir-v1",
    provider: PROVIDER,
    creation: "v1/create_transaction",
    question: Some("v1/transaction_detail"),
    takes_reference: true,
    has_unique_amounts: false,
    credential: |merchant| format!("shop:{merchant}"),
    login: None,
    authorization: api_key,
    create: |wanted| Creation {
        path: "/api/transactioncreate/qris".into(),
        content_type: JSON,
        body: json!({"project": "shop", "order_id": wanted.order, "amount": wanted.price, "api_key": wanted.key})
            .to_string(),
    },
    ask: |wanted, _| {
        let Wanted { order, price, key } = wanted;
        format!("/api/transactiondetail?project=shop&amount={price}&order_id={order}&api_key={key}")
    },
    reference: None,
    echo: "/payment/amount",
    status: "/transaction/status",
    words: ["pending", "completed", "canceled", "canceled"],
    notified: Some("completed"),
    notifies_of_expiry: false,
    method: None,
    refusal: |text| (400, json!({"message": text})),
    needed: ("amount order_id payment_method payment_number total_payment", "amount order_id payment_method status"),
    documents: Some(|tools| Box::pin(documents(tools))),
};

/// Pakasir's API v2, by the key in a header. Of it there is no document.
pub const V2: Gateway = Gateway {
    name: "pakasir-v2",
    creation: "v2/create_transaction",
    question: Some("v2/transaction_status"),
    create: |wanted| Creation {
        path: format!("/api/v2/create-transaction/shop/{}", wanted.order),
        content_type: JSON,
        body: json!({"method": "qris", "amount": wanted.price}).to_string(),
    },
    ask: |_, reference| format!("/api/v2/transaction-status/shop/{reference}"),
    reference: Some("/txn_id"),
    echo: "/amount",
    status: "/status",
    method: Some("v2/qris"),
    needed: ("amount order_id payment_method qr_string status total_payment txn_id", "amount order_id status txn_id"),
    documents: None,
    ..V1
};

const CREATE: &str = r#"curl -L 'https://app.pakasir.com/api/transactioncreate/qris' \
-H 'Content-Type: application/json' \
-d '{
"project": "depodomain", "order_id": "INV123123", "amount": 99000,
"api_key": "xxx123"
}'"#;

const DETAIL: &str = "curl https://app.pakasir.com/api/transactiondetail?project=depodomain&amount=99000&order_id=INV123123&api_key=xxx123";

fn on(path: &str) -> String {
    CREATE.replace("transactioncreate/qris", path)
}

fn order(api_key: &str, order_id: &str, amount: u64) -> Value {
    json!({"project": "depodomain", "order_id": order_id, "amount": amount, "api_key": api_key})
}

#[tokio::test]
async fn v1_as_documented() {
    let sandbox = Sandbox::start().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(PROVIDER, Some(&merchant.url));
    let reply = curl(&sandbox, PROVIDER, CREATE).await;
    assert_eq!(reply.status, 200);
    let created = reply.json();
    assert_eq!(members(&created), ["payment"]);
    let payment = &created["payment"];
    assert_eq!(
        members(payment),
        ["amount", "expired_at", "fee", "order_id", "payment_method", "payment_number", "project", "total_payment"]
    );
    for (member, wanted) in [
        ("project", json!("depodomain")),
        ("order_id", json!("INV123123")),
        ("amount", json!(99_000)),
        ("fee", json!(1_003)),
        ("total_payment", json!(100_003)),
        ("payment_method", json!("qris")),
    ] {
        assert_eq!(payment[member], wanted, "{member}");
    }
    gerbang_qris::verify_amount(payment["payment_number"].as_str().unwrap(), Rupiah::new(100_003)).unwrap();
    let expires = payment["expired_at"].as_str().unwrap();
    assert!(expires.ends_with('Z') && expires.len() == "2025-09-19T01:18:49.678622564Z".len(), "{expires}");

    let pending = curl(&sandbox, PROVIDER, DETAIL).await.json();
    let wanted = json!({
        "amount": 99_000,
        "order_id": "INV123123",
        "project": "depodomain",
        "status": "pending",
        "payment_method": "qris",
    });
    assert_eq!(pending["transaction"], wanted);

    let simulated = curl(&sandbox, PROVIDER, &on("paymentsimulation")).await;
    assert_eq!((simulated.status, simulated.json()), (200, json!({"success": true})));
    let paid = curl(&sandbox, PROVIDER, DETAIL).await.json()["transaction"].clone();
    assert_eq!(paid["status"], "completed");
    let completed = paid["completed_at"].as_str().unwrap();
    assert!(completed.ends_with("+07:00") && JakartaTime::new(completed).timestamp().is_ok(), "{completed}");
    assert_eq!(merchant.first().await.json(), paid);
    assert_eq!(curl(&sandbox, PROVIDER, &on("transactioncancel")).await.status, 400);
}

#[tokio::test]
async fn v1_cancels_and_refuses() {
    let sandbox = Sandbox::start().await;
    curl(&sandbox, PROVIDER, CREATE).await;
    assert_eq!(curl(&sandbox, PROVIDER, CREATE).await.status, 400);
    assert_eq!(curl(&sandbox, PROVIDER, &on("transactioncancel")).await.json(), json!({"success": true}));
    assert_eq!(curl(&sandbox, PROVIDER, DETAIL).await.json()["transaction"]["status"], "canceled");
    assert_eq!(curl(&sandbox, PROVIDER, &on("paymentsimulation")).await.status, 400);
    for (wrong, status) in [
        (DETAIL.replace("99000", "99001"), 404),
        (DETAIL.replace("INV123123", "INV1"), 404),
        (DETAIL.replace("xxx123", "other"), 404),
        (DETAIL.replace("depodomain", "other"), 404),
        (DETAIL.replace("xxx123", "refuse"), 401),
        (DETAIL.replace("&api_key=xxx123", ""), 401),
        (DETAIL.replace("99000", "many"), 400),
        (on("transactioncreate/gopay").replace("INV123123", "NEW"), 400),
        (CREATE.replace("99000", "\"99000\""), 400),
        (CREATE.replace("99000", "0"), 400),
    ] {
        let reply = curl(&sandbox, PROVIDER, &wrong).await;
        assert_eq!(reply.status, status, "{wrong}");
        assert!(reply.json()["message"].is_string());
    }
    assert_eq!(sandbox.payments().len(), 1);
}

#[tokio::test]
async fn v1_virtual_accounts_and_pay_pages() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.url(PROVIDER);
    let created = post_json(&format!("{base}/api/transactioncreate/bri_va"), &order("K", "VA1", 99_000)).await.json();
    assert_eq!((&created["payment"]["fee"], &created["payment"]["total_payment"]), (&json!(3_500), &json!(102_500)));
    let number = created["payment"]["payment_number"].as_str().unwrap();
    assert!(number.len() >= 10 && number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");

    let page =
        format!("{base}/pay/depodomain/22000?order_id=240910HDE7C9&redirect=https://app.depodomain.com/invoices");
    let shown = get(&page).await;
    assert!(shown.body.contains("240910HDE7C9") && shown.body.contains("<svg"));
    assert!(!shown.body.contains("app.depodomain.com"));
    let detail =
        format!("{base}/api/transactiondetail?project=depodomain&amount=22000&order_id=240910HDE7C9&api_key=K");
    assert_eq!(get(&detail).await.json()["transaction"]["status"], "pending");
    assert!(send("POST", &page, &[], "").await.body.contains("https://app.depodomain.com/invoices"));
    assert_eq!(get(&detail).await.json()["transaction"]["status"], "completed");

    let hostile = format!("{base}/pay/depodomain/22000?order_id=%3Cscript%3E&redirect=javascript:alert(1)");
    let paid = send("POST", &hostile, &[], "").await.body;
    assert!(!paid.contains("<script") && !paid.contains("javascript:"));
    let paypal = get(&format!("{base}/paypal/depodomain/22000?order_id=PP")).await;
    assert!(paypal.body.contains("paypal"));
    // Also where the form comes first.
    let pressed = send("POST", &format!("{base}/paypal/depodomain/23000?order_id=PP2"), &[], "").await;
    assert!(pressed.body.contains("paypal") && pressed.body.contains("completed"), "{}", pressed.body);
}

async fn v2(sandbox: &Sandbox, method: &str, path: &str, key: &str, body: &Value) -> Reply {
    let url = format!("{}/api/v2/{path}", sandbox.url(PROVIDER));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut headers = vec![("X-Api-Key", key)];
    if !body.is_empty() {
        headers.push(("Content-Type", "application/json"));
    }
    send(method, &url, &headers, &body).await
}

#[tokio::test]
async fn v2_creates_or_finds_and_returns_the_status() {
    let sandbox = Sandbox::builder().key(Provider::Pakasir, "s3cret").start().await.unwrap();
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(PROVIDER, Some(&merchant.url));
    let path = "create-transaction/depodomain/1234%2F917%2FATG";
    let qris = json!({"method": "qris", "amount": 99000});
    let created = v2(&sandbox, "POST", path, "K", &qris).await.json();
    for (member, wanted) in [
        ("project", json!("depodomain")),
        ("order_id", json!("1234/917/ATG")),
        ("amount", json!(99_000)),
        ("fee", json!(1_003)),
        ("total_payment", json!(100_003)),
        ("payment_method", json!("qris")),
        ("is_sandbox", json!(false)),
        ("status", json!("pending")),
    ] {
        assert_eq!(created[member], wanted, "{member}");
    }
    gerbang_qris::verify_amount(created["qr_string"].as_str().unwrap(), Rupiah::new(100_003)).unwrap();
    assert_eq!(v2(&sandbox, "POST", path, "K", &qris).await.json(), created);

    let txn_id = created["txn_id"].as_str().unwrap();
    let status = format!("transaction-status/depodomain/{txn_id}");
    let pending = v2(&sandbox, "GET", &status, "K", &Value::Null).await.json();
    assert_eq!(members(&pending), ["amount", "completed_at", "is_sandbox", "order_id", "status", "txn_id"]);
    assert_eq!((&pending["status"], &pending["completed_at"]), (&json!("pending"), &Value::Null));
    let too_fast = v2(&sandbox, "GET", &status, "K", &Value::Null).await;
    assert_eq!((too_fast.status, too_fast.header("retry-after")), (429, Some("4")));
    sandbox.pay(PROVIDER, txn_id).unwrap();
    sandbox.advance(Duration::from_secs(4));
    let paid = v2(&sandbox, "GET", &status, "K", &Value::Null).await.json();
    assert_eq!(paid["status"], "completed");
    let received = merchant.first().await;
    assert_eq!(received.json(), paid);
    assert_eq!(received.header("x-secret"), Some("s3cret"));

    assert_eq!(v2(&sandbox, "GET", &status, "L", &Value::Null).await.status, 404);
    assert_eq!(v2(&sandbox, "GET", &status, "refuse", &Value::Null).await.status, 401);
}

#[tokio::test]
async fn v2_takes_two_creations_a_second() {
    let sandbox = Sandbox::start().await;
    let va = json!({"method": "bri_va", "amount": 99000});
    for order in ["1", "2"] {
        let created = v2(&sandbox, "POST", &format!("create-transaction/p-sandbox/{order}"), "K", &va).await.json();
        assert_eq!((&created["is_sandbox"], created.get("qr_string")), (&json!(true), None));
        assert!(created["va_number"].is_string());
    }
    let refused = v2(&sandbox, "POST", "create-transaction/p-sandbox/3", "K", &va).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    assert_eq!(v2(&sandbox, "POST", "create-transaction/p-sandbox/3", "L", &va).await.status, 200);
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(v2(&sandbox, "POST", "create-transaction/p-sandbox/3", "K", &va).await.status, 200);
}

#[tokio::test]
async fn v2_cancels_links_returns_fees_and_keeps_its_limits() {
    let sandbox = Sandbox::start().await;
    let link = json!({"method": "payment_link", "amount": 50000});
    let linked = v2(&sandbox, "POST", "create-transaction/p/LINK", "K", &link).await.json();
    assert_eq!(members(&linked), ["payment_link", "txn_id"]);
    let page = linked["payment_link"].as_str().unwrap();
    assert!(get(page).await.body.contains("LINK"));
    send("POST", page, &[], "").await;
    assert_eq!(sandbox.payment(PROVIDER, "LINK").unwrap().status, PaymentStatus::Paid);

    let created = v2(&sandbox, "POST", "create-transaction/p/C", "K", &json!({"method": "qris", "amount": 500})).await;
    let cancel = format!("cancel-transaction/p/{}", created.json()["txn_id"].as_str().unwrap());
    assert!(v2(&sandbox, "POST", &cancel, "K", &Value::Null).await.json()["message"].is_string());
    assert_eq!(v2(&sandbox, "POST", &cancel, "K", &Value::Null).await.status, 400);
    assert_eq!(sandbox.payment(PROVIDER, "C").unwrap().status, PaymentStatus::Cancelled);

    let fees = async |amount| get(&format!("{}/api/v2/payment-fee/{amount}", sandbox.url(PROVIDER))).await;
    assert_eq!((fees("0").await.status, fees("x").await.status, fees("1").await.status), (400, 400, 200));
    let fees = fees("12000").await.json();
    assert_eq!((&fees["qris"], &fees["bri_va"], &fees["sampoerna_va"]), (&json!(394), &json!(3_500), &json!(2_000)));
    for (method, amount) in [
        ("qris", 499),
        ("qris", 10_000_001),
        ("bri_va", 9_999),
        ("bri_va", 50_000_001),
        ("payment_link", 499),
        ("payment_link", 50_000_001),
        ("gopay", 10_000),
    ] {
        let body = json!({"method": method, "amount": amount});
        assert_eq!(v2(&sandbox, "POST", "create-transaction/p/N", "K", &body).await.status, 400, "{body}");
    }
}

/// The document asks for the details of another payment than the one it creates.
const CREATED: [(&str, &str); 3] =
    [("240910HDE7C9", "INV123123"), ("22000", "99000"), ("JHGejwhe237dkhjeukyw8e33", "xxx123")];

async fn documents(tools: &Tools) {
    if !tools.has(Language::Curl) {
        return;
    }
    let document = Document::new(tools, PROVIDER, "https://app.pakasir.com").await;
    let created = document.documented_reply("create.sh", &[]);
    let payment = &created["payment"];
    assert_eq!((payment["fee"].as_u64(), payment["total_payment"].as_u64()), (Some(1_003), Some(100_003)));
    let detail = || document.reply("detail.sh", &CREATED)["transaction"].clone();
    assert_eq!(detail()["status"], "pending");
    // The document prints no reply of a simulation or a cancellation.
    assert!(document.reply("simulate.sh", &[]).is_object());
    let completed = document.documented_reply("detail.sh", &CREATED);
    assert_eq!(completed["transaction"]["status"], "completed");

    document.sandbox.reset();
    document.documented_reply("create.sh", &[]);
    assert!(document.reply("cancel.sh", &[]).is_object());
    assert_eq!(detail()["status"], "canceled");
}
