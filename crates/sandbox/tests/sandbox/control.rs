use gerbang_sandbox::{ControlError, PaymentStatus, Provider, Sandbox};
use serde_json::{Value, json};

use crate::http::{get, post_form, post_json, send};

async fn create(sandbox: &Sandbox, key: &str, custom_id: &str) {
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let reply = post_form(&url, key, &format!("project_id=1&amount=10000&custom_id={custom_id}")).await.json();
    assert_eq!(reply["status"], true, "{reply}");
}

#[tokio::test]
async fn payments_are_steered_from_rust() {
    let sandbox = Sandbox::start().await;
    for order in ["A", "B", "C", "D"] {
        create(&sandbox, "K", order).await;
    }
    let provider = Provider::Kazukipay;
    let paid = sandbox.pay(provider, "A").unwrap();
    assert_eq!((paid.status, paid.received), (PaymentStatus::Paid, Some(paid.payable)));
    assert_eq!(sandbox.expire(provider, "B").unwrap().status, PaymentStatus::Expired);
    assert_eq!(sandbox.cancel(provider, "C").unwrap().status, PaymentStatus::Cancelled);
    let under = sandbox.underpay(provider, "D", 10_000).unwrap();
    assert_eq!((under.status, under.received.unwrap().get()), (PaymentStatus::Pending, 10_000));
    assert_eq!(sandbox.underpay(provider, "D", under.payable.get()), Err(ControlError::Amount));
    assert_eq!(sandbox.underpay(provider, "D", 0), Err(ControlError::Amount));
    assert_eq!(sandbox.pay(provider, "A"), Err(ControlError::NotPending(PaymentStatus::Paid)));
    assert_eq!(sandbox.pay(provider, "Z"), Err(ControlError::NotFound));
    assert_eq!(sandbox.pay(Provider::Kropay, "A"), Err(ControlError::NotFound));
    assert_eq!(sandbox.payment(provider, &paid.id).unwrap().order, "A");

    create(&sandbox, "L", "D").await;
    assert_eq!(sandbox.pay(provider, "D"), Err(ControlError::Ambiguous));
    sandbox.pay(provider, &under.id).unwrap();
    assert_eq!(sandbox.pay(provider, "D").map(|payment| payment.status), Ok(PaymentStatus::Paid));
}

#[tokio::test]
async fn payments_are_steered_over_http() {
    let sandbox = Sandbox::start().await;
    let admin = format!("{}/_sandbox", sandbox.base_url());
    for order in ["1%2F2", "B", "C", "D"] {
        create(&sandbox, "secret-key", order).await;
    }
    let listed = get(&format!("{admin}/payments")).await;
    assert!(!listed.body.contains("secret-key"));
    assert_eq!(listed.json()["payments"].as_array().unwrap().len(), 4);
    assert_eq!(listed.json()["payments"][0]["order"], "1/2");

    let post = async |path: &str, body: &Value| post_json(&format!("{admin}{path}"), body).await;
    let none = Value::Null;
    let paid = post("/payments/kazukipay/1%2F2/pay", &none).await;
    assert_eq!((paid.status, &paid.json()["status"]), (200, &json!("paid")));
    assert_eq!(post("/payments/kazukipay/B/expire", &none).await.json()["status"], "expired");
    assert_eq!(post("/payments/kazukipay/C/cancel", &none).await.json()["status"], "cancelled");
    let under = post("/payments/kazukipay/D/underpay", &json!({"amount": 5})).await.json();
    assert_eq!((&under["status"], &under["received"]), (&json!("pending"), &json!(5)));
    for (path, status) in [
        ("/payments/kazukipay/B/pay", 409),
        ("/payments/kazukipay/none/pay", 404),
        ("/payments/nobody/B/pay", 404),
        ("/payments/kazukipay/D/dance", 404),
        ("/payments/kazukipay/D/underpay", 400),
        ("/clock", 400),
    ] {
        assert_eq!(post(path, &none).await.status, status, "{path}");
    }
    let before = sandbox.now();
    assert_eq!(post("/clock", &json!({"advance_seconds": 7_200})).await.status, 200);
    assert!(sandbox.now().as_second() - before.as_second() >= 7_200);
    // A typo does not lead a hundred years on.
    let typo = post("/clock", &json!({"advance_seconds": 3_600_000_000_u64})).await;
    assert!(typo.status == 400 && typo.body.contains("ten years"), "{}", typo.body);
    assert!(sandbox.now().as_second() - before.as_second() < 7_300);
    assert_eq!(sandbox.payment(Provider::Kazukipay, "D").unwrap().status, PaymentStatus::Expired);
    assert_eq!(get(&format!("{admin}/webhooks")).await.json(), json!({"webhooks": [], "pending": 0}));

    let foreign = send("POST", &format!("{admin}/reset"), &[("Origin", "https://example.com")], "").await;
    assert_eq!((foreign.status, sandbox.payments().len()), (403, 4));
    assert_eq!(post("/reset", &none).await.status, 200);
    assert!(sandbox.payments().is_empty());
}

#[tokio::test]
async fn sandboxes_are_apart_and_end_when_dropped() {
    let (one, other) = (Sandbox::start().await, Sandbox::start().await);
    create(&one, "K", "A").await;
    assert!(other.payments().is_empty());
    let address = one.address();
    drop(one);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            create(&other, "K", "A").await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the sandbox still listens");
}

#[tokio::test]
async fn bodies_and_credentials_have_bounds() {
    let sandbox = Sandbox::builder().most_credentials(20).start().await.unwrap();
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let large = format!("project_id=1&amount=1000&note={}", "x".repeat(64 * 1024));
    assert_eq!(post_form(&url, "K", &large).await.status, 413);
    let long = post_form(&url, &"k".repeat(257), "project_id=1&amount=1000").await.json();
    assert_eq!(long["status"], false);
    // Questions with keys that nobody has used leave nothing behind.
    for number in 0..100 {
        let asked = post_form(&url.replace("create", "cekstatus"), &format!("A{number}"), "custom_id=none").await;
        assert_eq!((asked.status, &asked.json()["message"]), (200, &json!("Transaction not found")));
    }
    for number in 0..20 {
        let created = post_form(&url, &format!("K{number}"), "project_id=1&amount=1000").await;
        assert_eq!(created.status, 200);
    }
    let full = post_form(&url, "one more", "project_id=1&amount=1000").await;
    assert_eq!((full.status, &full.json()["status"]), (503, &json!(false)));
    assert_eq!(post_form(&url, "K1", "project_id=1&amount=1000").await.status, 200);
    let asked = post_form(&url.replace("create", "cekstatus"), "one more", "custom_id=none").await;
    assert_eq!((asked.status, &asked.json()["message"]), (200, &json!("Transaction not found")));
}

#[tokio::test]
async fn so_many_payments_are_kept_as_was_set() {
    let builder = Sandbox::builder().most_payments_of_credential(2).most_payments(3);
    let sandbox = builder.start().await.unwrap();
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let mut statuses = Vec::new();
    for key in ["K", "K", "K", "L", "L"] {
        statuses.push(post_form(&url, key, "project_id=1&amount=1000").await.status);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 503]);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let sandbox = Sandbox::start().await;
    for path in ["/kropay", "/nobody/api", "/kazukipay/api/nothing.php"] {
        assert_eq!(get(&format!("{}{path}", sandbox.base_url())).await.status, 404, "{path}");
    }
    let create = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    assert_eq!(get(&create).await.status, 405);
}
