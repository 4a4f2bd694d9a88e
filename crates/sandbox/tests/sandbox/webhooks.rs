use std::time::{Duration, Instant};

use gerbang_sandbox::{Provider, Sandbox};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::http::{Merchant, post_form, post_json, send, until};

async fn kropay(sandbox: &Sandbox) {
    let url = format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay));
    let headers = [("X-API-KEY", "K"), ("Content-Type", "application/json")];
    let reply = send("POST", &url, &headers, r#"{"merchant_ref": "ORDER-12345", "amount": 10000}"#).await;
    assert_eq!(reply.status, 201);
}

async fn kazukipay(sandbox: &Sandbox) -> u64 {
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let reply = post_form(&url, "K", "project_id=1&amount=10000&custom_id=ORD-001").await.json();
    reply["data"]["unique_amount"].as_u64().unwrap()
}

#[tokio::test]
async fn kropay_sends_until_it_is_acknowledged() {
    let sandbox = Sandbox::builder().webhook_retry(Duration::from_millis(20)).start().await.unwrap();
    let merchant = Merchant::start(&[
        "500 No\r\n\r\n",
        "200 OK\r\n\r\nOK",
        "201 Created\r\n\r\n{\"success\": true}",
        "302 Found\r\nLocation: /elsewhere\r\n\r\n",
        "200 OK\r\n\r\n{\"success\": true}",
    ])
    .await;
    sandbox.set_webhook(Provider::Kropay, Some(&merchant.url));
    kropay(&sandbox).await;
    let started = Instant::now();
    sandbox.pay(Provider::Kropay, "ORDER-12345").unwrap();
    until("the acknowledgement", || sandbox.webhook_attempts().last().is_some_and(|last| last.acknowledged)).await;
    // 20, 40, 80 and 160 milliseconds lie between the attempts.
    assert!(started.elapsed() >= Duration::from_millis(300), "{:?}", started.elapsed());
    tokio::time::sleep(Duration::from_millis(400)).await;

    let received = merchant.received();
    assert_eq!(received.len(), 5);
    assert!(received.iter().all(|request| request.body == received[0].body && request.head.starts_with("POST /hook ")));
    let body = received[0].json();
    assert_eq!(body["status"], "paid");
    for (member, wanted) in [("amount", 10_000), ("fee", 20), ("unique_code", 20), ("total_amount", 10_020)] {
        assert_eq!(body[member], wanted, "{member}");
    }
    assert!(body["reference"].is_string() && body["expired_at"].is_string() && body["paid_at"].is_string());
    assert_eq!((body.get("success"), body.get("net_amount"), body.get("created_at")), (None, None, None));

    let attempts = sandbox.webhook_attempts();
    let told: Vec<_> = attempts.iter().map(|attempt| (attempt.attempt, attempt.status, attempt.acknowledged)).collect();
    assert_eq!(
        told,
        [
            (1, Some(500), false),
            (2, Some(200), false),
            (3, Some(201), false),
            (4, Some(302), false),
            (5, Some(200), true)
        ]
    );
    assert_eq!(attempts[1].answer.as_deref(), Some("OK"));
    assert_eq!(attempts[0].body, received[0].body);
}

#[tokio::test]
async fn the_others_try_three_times_and_take_any_success() {
    let sandbox = Sandbox::builder().webhook_retry(Duration::from_millis(10)).start().await.unwrap();
    kazukipay(&sandbox).await;
    sandbox.set_webhook(Provider::Kazukipay, Some("http://127.0.0.1:1/nobody"));
    sandbox.pay(Provider::Kazukipay, "ORD-001").unwrap();
    until("three attempts", || sandbox.webhook_attempts().len() == 3).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let attempts = sandbox.webhook_attempts();
    assert_eq!(attempts.len(), 3);
    assert!(attempts.iter().all(|attempt| attempt.error.is_some() && !attempt.acknowledged));

    sandbox.reset();
    assert!(sandbox.webhook_attempts().is_empty());
    let merchant = Merchant::start(&["204 No Content\r\n\r\n"]).await;
    sandbox.set_webhook(Provider::Kazukipay, Some(&merchant.url));
    let payable = kazukipay(&sandbox).await;
    sandbox.pay(Provider::Kazukipay, "ORD-001").unwrap();
    until("the log", || !sandbox.webhook_attempts().is_empty()).await;
    assert!(sandbox.webhook_attempts()[0].acknowledged);
    let body = merchant.first().await.json();
    assert_eq!(
        body,
        json!({
            "event": "payment_success",
            "transaction_id": body["transaction_id"],
            "custom_id": "ORD-001",
            "amount": 10_000,
            "unique_amount": payable,
            "net_amount": payable * 99 / 100,
            "status": "PAID",
        })
    );
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(merchant.received().len(), 1);
}

#[tokio::test]
async fn klink_signs_what_it_sends() {
    let key = "033389b9-cc42-4005-ae9e-8e8ff23738d7";
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    let sandbox =
        Sandbox::builder().klink_webhook_key(key).webhook(Provider::Klink, &merchant.url).start().await.unwrap();
    let base = sandbox.url(Provider::Klink);
    let login = post_json(&format!("{base}/auth/login"), &json!({"email": "a@example.com", "password": "x"})).await;
    let token = login.json()["Authorization"].as_str().unwrap().to_owned();
    for (order, path, bank, product) in [
        ("manual", "pay_service", "008", "MANDIRIMANUAL"),
        ("va", "pay_service", "014", "BCAATM"),
        ("1234/917/ATG", "pay_service_midtrans", "gopay", "e_wallets"),
    ] {
        let body = json!({
            "rq_uuid": format!("rq {order}"),
            "rq_datetime": "2020-11-12 09:13:19",
            "order_id": order,
            "no_hp": "085736064900",
            "fullname": "Almeera Salsabila",
            "email": "Almeera@gmail.com",
            "bank_code": bank,
            "product_code": product,
            "nominal": "469000",
            "pay_ship": "5000",
        });
        let created =
            send("POST", &format!("{base}/api/{path}"), &[("Authorization", &token)], &body.to_string()).await;
        assert_eq!(created.json()["status"], "success", "{}", created.body);
        let before = merchant.received().len();
        sandbox.pay(Provider::Klink, order).unwrap();
        until("the notification", || merchant.received().len() > before).await;
        let received = merchant.received()[before].clone();

        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(received.body.as_bytes());
        let wanted: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(received.header("x-servicepayment"), Some(wanted.as_str()));
        let told = received.json();
        assert_eq!((&told["status"], &told["message"]), (&json!("success"), &json!("transaction success!")));
        assert_eq!((&told["order_id"], &told["rq_datetime"]), (&json!(order), &json!("2020-11-12 09:13:19")));
        match order {
            "manual" => {
                assert_eq!(told["transaction"], "mandiri_manual");
                assert_eq!((&told["tot_bayar"], &told["norek"]), (&json!("-"), &json!("-")));
                assert_eq!(told["rq_uuid"], "rq manual");
            }
            "va" => assert_eq!((&told["transaction"], &told["tot_bayar"]), (&json!("multipayment"), &json!("474000"))),
            _ => {
                assert_eq!(told["transaction"], "gopay");
                assert!(told["id_trans"].is_string() && told.get("rq_uuid").is_none());
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_after_the_end_or_a_reset() {
    let merchant = Merchant::start(&["500 No\r\n\r\n"]).await;
    let retry = Duration::from_millis(50);
    for end in ["reset", "drop"] {
        let sandbox = Sandbox::builder().webhook_retry(retry).start().await.unwrap();
        sandbox.set_webhook(Provider::Kropay, Some(&merchant.url));
        kropay(&sandbox).await;
        let before = merchant.received().len();
        sandbox.pay(Provider::Kropay, "ORDER-12345").unwrap();
        until("the first attempt", || merchant.received().len() > before).await;
        let kept = if end == "reset" {
            sandbox.reset();
            Some(sandbox)
        } else {
            drop(sandbox);
            None
        };
        let sent = merchant.received().len();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(merchant.received().len() <= sent + 1, "{end}");
        assert!(kept.is_none_or(|sandbox| sandbox.webhook_attempts().is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_notifications_are_under_way() {
    // Nobody accepts connections here, so that every attempt waits for its answer.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", silent.local_addr().unwrap());
    let sandbox = Sandbox::builder().webhook(Provider::Paydigital, &url).webhook(Provider::Kazukipay, &url);
    let sandbox = sandbox.webhook_timeout(Duration::from_secs(60)).start().await.unwrap();
    let create = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    for number in 0..1_005 {
        post_form(&create, "K", &format!("project_id=1&amount={}&custom_id={number}", 20_000 + number * 1_000)).await;
        sandbox.pay(Provider::Kazukipay, &number.to_string()).unwrap();
    }
    let given_up = sandbox.webhook_attempts();
    assert_eq!(given_up.len(), 5);
    assert!(given_up.iter().all(|attempt| attempt.attempt == 0 && attempt.error.is_some()));
}
