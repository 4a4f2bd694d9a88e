use std::collections::HashSet;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gerbang_core::Rupiah;
use gerbang_sandbox::{Provider, Sandbox};
use serde_json::{Value, json};

use crate::documents::{Document, Language, Tools, print_r};
use crate::http::{Reply, get, members, send, until};
use crate::merchant::{Creation, Gateway, JSON, api_key};

const PROVIDER: Provider = Provider::Kropay;

/// Kropay, by the key in a header of its own.
pub const GATEWAY: Gateway = Gateway {
    name: "kropay",
    provider: PROVIDER,
    creation: "create_payment",
    question: Some("payment_status"),
    takes_reference: true,
    has_unique_amounts: true,
    credential: str::to_owned,
    login: None,
    authorization: api_key,
    create: |wanted| Creation {
        path: "/api/v1/payment/create".into(),
        content_type: JSON,
        body: json!({"merchant_ref": wanted.order, "amount": wanted.price}).to_string(),
    },
    ask: |_, reference| format!("/api/v1/payment/status/{reference}"),
    reference: Some("/reference"),
    echo: "/amount",
    status: "/status",
    words: ["pending", "success", "expired", "failed"],
    notified: Some("paid"),
    notifies_of_expiry: false,
    method: None,
    refusal: |text| (422, json!({"success": false, "message": text})),
    needed: (
        "amount merchant_ref qris_string reference status success total_amount",
        "amount merchant_ref reference status success total_amount",
    ),
    documents: Some(|tools| Box::pin(documents(tools))),
};

async fn create(sandbox: &Sandbox, key: &str, body: &Value) -> Reply {
    let url = format!("{}/api/v1/payment/create", sandbox.url(PROVIDER));
    send("POST", &url, &[("X-API-KEY", key), ("Content-Type", "application/json")], &body.to_string()).await
}

async fn status(sandbox: &Sandbox, key: &str, reference: &str) -> Reply {
    let url = format!("{}/api/v1/payment/status/{reference}", sandbox.url(PROVIDER));
    send("GET", &url, &[("X-API-KEY", key), ("Content-Type", "application/json")], "").await
}

/// The members of a creation's reply.
const CREATED: [&str; 11] = [
    "amount",
    "expired_at",
    "fee",
    "merchant_ref",
    "qris_image",
    "qris_string",
    "reference",
    "status",
    "success",
    "total_amount",
    "unique_code",
];

/// The members of a status once the payment is paid.
const STATUS: [&str; 10] = [
    "amount",
    "created_at",
    "fee",
    "merchant_ref",
    "net_amount",
    "paid_at",
    "reference",
    "status",
    "success",
    "total_amount",
];

#[tokio::test]
async fn the_documented_payment() {
    let sandbox = Sandbox::start().await;
    let sent = json!({"merchant_ref": "ORDER-12345", "amount": 10000, "customer_name": "Krisdi"});
    let reply = create(&sandbox, "YOUR_API_KEY", &sent).await;
    assert_eq!(reply.status, 201);
    let created = reply.json();
    assert_eq!(members(&created), CREATED);
    for (member, wanted) in [
        ("success", json!(true)),
        ("merchant_ref", json!("ORDER-12345")),
        ("amount", json!(10_000)),
        ("fee", json!(20)),
        ("unique_code", json!(20)),
        ("total_amount", json!(10_020)),
        ("status", json!("pending")),
    ] {
        assert_eq!(created[member], wanted, "{member}");
    }
    let reference = created["reference"].as_str().unwrap();
    assert!(reference.starts_with("PG-20") && reference.len() >= 15, "{reference}");
    gerbang_qris::verify_amount(created["qris_string"].as_str().unwrap(), Rupiah::new(10_020)).unwrap();
    let image = created["qris_image"].as_str().unwrap();
    assert!(image.ends_with(&format!("/api/v1/qris/{reference}.svg")), "{image}");
    let image = get(image).await;
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/svg+xml")));
    assert!(image.body.starts_with("<svg"));
    assert_eq!(get(&format!("{}/api/v1/qris/PG-20260529A1B2.svg", sandbox.url(PROVIDER))).await.status, 404);

    let pending = status(&sandbox, "YOUR_API_KEY", reference).await.json();
    assert_eq!((&pending["status"], pending.get("paid_at")), (&json!("pending"), None));
    sandbox.pay(PROVIDER, "ORDER-12345").unwrap();
    let paid = status(&sandbox, "YOUR_API_KEY", reference).await;
    assert_eq!(paid.status, 200);
    let paid = paid.json();
    assert_eq!(members(&paid), STATUS);
    assert_eq!((&paid["status"], &paid["net_amount"]), (&json!("success"), &json!(10_000)));
}

#[tokio::test]
async fn refusals() {
    let sandbox = Sandbox::start().await;
    let good = json!({"merchant_ref": "A", "amount": 1000});
    for key in ["refuse", " "] {
        let reply = create(&sandbox, key, &good).await;
        assert_eq!((reply.status, &reply.json()["success"]), (401, &json!(false)));
    }
    for body in [
        json!({"merchant_ref": "A", "amount": 999}),
        json!({"merchant_ref": "A", "amount": "1000"}),
        json!({"merchant_ref": "A", "amount": 1000.5}),
        json!({"merchant_ref": "x".repeat(101), "amount": 1000}),
        json!({"amount": 1000}),
        json!({"merchant_ref": "A", "amount": 1000, "expired_in": 299}),
        json!({"merchant_ref": "A", "amount": 1000, "expired_in": u64::from(u32::MAX) + 1}),
        json!({"merchant_ref": "A", "amount": 1000, "customer_name": 5}),
        json!([]),
    ] {
        let reply = create(&sandbox, "K", &body).await;
        assert_eq!((reply.status, &reply.json()["success"]), (422, &json!(false)), "{body}");
    }
    assert!(sandbox.payments().is_empty());
    let url = format!("{}/api/v1/payment/create", sandbox.url(PROVIDER));
    let untyped = send("POST", &url, &[("X-API-KEY", "K")], &good.to_string()).await;
    assert_eq!(untyped.status, 422);

    let created = create(&sandbox, "K", &good).await;
    assert_eq!(created.status, 201);
    assert_eq!(create(&sandbox, "K", &good).await.status, 422);
    let reference = created.json()["reference"].as_str().unwrap().to_owned();
    assert_eq!(status(&sandbox, "K", &reference).await.status, 200);
    let foreign = status(&sandbox, "L", &reference).await;
    assert_eq!((foreign.status, &foreign.json()["success"]), (404, &json!(false)));
    assert_eq!(status(&sandbox, "K", "A").await.status, 404);
    assert_eq!(create(&sandbox, "L", &good).await.status, 201);
}

#[tokio::test]
async fn payments_expire_when_they_said() {
    let sandbox = Sandbox::start().await;
    let mut references = Vec::new();
    for body in [
        json!({"merchant_ref": "SHORT", "amount": 1000, "expired_in": 300}),
        json!({"merchant_ref": "USUAL", "amount": 1000}),
        json!({"merchant_ref": "LONG", "amount": 1000, "expired_in": u32::MAX}),
    ] {
        references.push(create(&sandbox, "K", &body).await.json()["reference"].as_str().unwrap().to_owned());
    }
    sandbox.advance(Duration::from_secs(301));
    assert_eq!(status(&sandbox, "K", &references[0]).await.json()["status"], "expired");
    assert_eq!(status(&sandbox, "K", &references[1]).await.json()["status"], "pending");
    sandbox.advance(Duration::from_secs(3_300));
    assert_eq!(status(&sandbox, "K", &references[1]).await.json()["status"], "expired");
    assert!(sandbox.pay(PROVIDER, "USUAL").is_err());
    assert_eq!(status(&sandbox, "K", &references[2]).await.json()["status"], "pending");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn totals_differ_also_when_many_ask_at_once() {
    let sandbox = std::sync::Arc::new(Sandbox::start().await);
    let asking: Vec<_> = (0..100)
        .map(|number| {
            let sandbox = sandbox.clone();
            tokio::spawn(async move {
                create(&sandbox, "K", &json!({"merchant_ref": format!("{}", number % 50), "amount": 10000})).await
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for asked in asking {
        statuses.push(asked.await.unwrap().status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 50);
    let totals: HashSet<_> = sandbox.payments().iter().map(|payment| payment.payable).collect();
    let references: HashSet<_> = sandbox.payments().into_iter().map(|payment| payment.reference).collect();
    assert_eq!((totals.len(), references.len()), (50, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_of_pending_payments_differ_until_none_is_left() {
    let sandbox = Sandbox::start().await;
    let mut totals = HashSet::new();
    for number in 0..1_000 {
        let created = create(&sandbox, "K", &json!({"merchant_ref": number.to_string(), "amount": 10000})).await;
        assert_eq!(created.status, 201);
        let created = created.json();
        let total = created["total_amount"].as_u64().unwrap();
        assert_eq!(created["unique_code"].as_u64().unwrap() + 10_000, total);
        assert!(totals.insert(total), "{total}");
    }
    let refused = create(&sandbox, "K", &json!({"merchant_ref": "more", "amount": 10000})).await;
    assert_eq!(refused.status, 422);
    assert!(refused.json()["message"].as_str().unwrap().contains("No unique amount is left"));
}

/// Asserts that what PHP's `print_r` printed has the documented members. It does not distinguish `10000` from `"10000"`.
fn assert_printed(printed: &str, documented: &Value) {
    let printed = print_r(printed);
    for (name, documented) in documented.as_object().expect("an object") {
        let (_, found) = printed.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no {name}"));
        match documented {
            Value::Bool(true) => assert_eq!(*found, "1", "{name}"),
            Value::Number(_) => assert!(found.parse::<u64>().is_ok(), "{name}: {found}"),
            _ => assert!(!found.is_empty(), "{name}"),
        }
    }
}

fn member<'a>(printed: &'a str, name: &str) -> &'a str {
    print_r(printed).into_iter().find(|(found, _)| *found == name).expect("a member").1
}

/// A web server, ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn documents(tools: &Tools) {
    if !tools.has(Language::Php) {
        return;
    }
    let document = Document::new(tools, PROVIDER, "https://kropay.krispediadigital.my.id").await;
    let created = document.printed("create.php", &[]);
    assert_printed(&created, &document.documented("create"));
    assert_eq!((member(&created, "status"), member(&created, "total_amount")), ("pending", "10020"));
    // Only Kropay knows the reference.
    let reference = member(&created, "reference");
    let status = || document.printed("status.php", &[("PG-20260529A1B2", reference)]);
    assert_eq!(member(&status(), "status"), "pending");

    // The handler of callbacks, behind PHP's own web server.
    let handler = document.snippet("callback.php", &[]);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut php = Command::new("php");
    php.args(["-S", &free.to_string()]).arg(&handler).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Server(php.spawn().unwrap());
    until("PHP's web server", || std::net::TcpStream::connect(free).is_ok()).await;
    document.sandbox.set_webhook(PROVIDER, Some(&format!("http://{free}/")));

    document.sandbox.pay(PROVIDER, reference).unwrap();
    let paid = status();
    assert_printed(&paid, &document.documented("status"));
    assert_eq!(member(&paid, "status"), "success");
    until("a callback", || !document.sandbox.webhook_attempts().is_empty()).await;
    let attempt = &document.sandbox.webhook_attempts()[0];
    assert!(attempt.acknowledged, "{attempt:?}");
}
