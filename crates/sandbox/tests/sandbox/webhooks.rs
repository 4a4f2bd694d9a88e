use std::time::{Duration, Instant};

use gerbang_sandbox::{Provider, ReleaseOrder, Sandbox, WebhookAttempt, WebhookError};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::http::{Merchant, Reply, get, post_form, post_json, send, until};

async fn kropay(sandbox: &Sandbox) {
    kropay_of(sandbox, "K", "ORDER-12345").await;
}

async fn kropay_of(sandbox: &Sandbox, key: &str, merchant_ref: &str) {
    let url = format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay));
    let headers = [("X-API-KEY", key), ("Content-Type", "application/json")];
    let body = json!({"merchant_ref": merchant_ref, "amount": 10_000}).to_string();
    assert_eq!(send("POST", &url, &headers, &body).await.status, 201);
}

/// Calls the sandbox's own API.
async fn admin(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Reply {
    send(method, &format!("{}/_sandbox/{path}", sandbox.base_url()), &[], body).await
}

/// The attempts, when there are so many.
async fn attempts(sandbox: &Sandbox, count: usize) -> Vec<WebhookAttempt> {
    until("the attempts", || sandbox.webhook_attempts().len() >= count).await;
    let attempts = sandbox.webhook_attempts();
    assert_eq!(attempts.len(), count);
    attempts
}

const TAKEN: &str = "200 OK\r\n\r\n{\"success\": true}";

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
    let seen: Vec<_> = attempts.iter().map(|attempt| (attempt.attempt, attempt.status, attempt.acknowledged)).collect();
    assert_eq!(
        seen,
        [
            (1, Some(500), false),
            (2, Some(200), false),
            (3, Some(201), false),
            (4, Some(302), false),
            (5, Some(200), true)
        ]
    );
    assert_eq!(attempts[1].answer.as_deref(), Some("OK"));
    let elsewhere = merchant.url.replace("/hook", "/elsewhere");
    assert_eq!(attempts[3].error, Some(format!("redirect to {elsewhere}, not followed")));
    assert!(attempts.iter().all(|attempt| attempt.number == 1 && !attempt.resent && attempt.signature_base.is_none()));
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
        Sandbox::builder().key(Provider::Klink, key).webhook(Provider::Klink, &merchant.url).start().await.unwrap();
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
        until("the log", || sandbox.webhook_attempts().len() > before).await;
        assert_eq!(sandbox.webhook_attempts()[before].signature_base.as_ref(), Some(&received.body));
        let body = received.json();
        assert_eq!((&body["status"], &body["message"]), (&json!("success"), &json!("transaction success!")));
        assert_eq!((&body["order_id"], &body["rq_datetime"]), (&json!(order), &json!("2020-11-12 09:13:19")));
        match order {
            "manual" => {
                assert_eq!(body["transaction"], "mandiri_manual");
                assert_eq!((&body["tot_bayar"], &body["norek"]), (&json!("-"), &json!("-")));
                assert_eq!(body["rq_uuid"], "rq manual");
            }
            "va" => assert_eq!((&body["transaction"], &body["tot_bayar"]), (&json!("multipayment"), &json!("474000"))),
            _ => {
                assert_eq!(body["transaction"], "gopay");
                assert!(body["id_trans"].is_string() && body.get("rq_uuid").is_none());
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
async fn every_notification_that_waits_is_pending() {
    // Nobody accepts connections here, so that every attempt waits for its answer.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", silent.local_addr().unwrap());
    let sandbox = Sandbox::builder().webhook(Provider::Kazukipay, &url);
    let sandbox = sandbox.webhook_timeout(Duration::from_secs(60)).start().await.unwrap();
    let create = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    for number in 0..1_005 {
        post_form(&create, "K", &format!("project_id=1&amount={}&custom_id={number}", 20_000 + number * 1_000)).await;
        sandbox.pay(Provider::Kazukipay, &number.to_string()).unwrap();
    }
    let listed = admin(&sandbox, "GET", "webhooks", "").await.json();
    assert_eq!((&listed["pending"], listed["webhooks"].as_array().unwrap().len()), (&json!(1_005), 0));
}

#[tokio::test]
async fn what_was_acknowledged_can_be_sent_again() {
    let merchant = Merchant::start(&[TAKEN]).await;
    let sandbox = Sandbox::builder().webhook(Provider::Kropay, &merchant.url).start().await.unwrap();
    kropay(&sandbox).await;
    sandbox.pay(Provider::Kropay, "ORDER-12345").unwrap();
    assert!(attempts(&sandbox, 1).await[0].acknowledged);

    sandbox.resend_webhook(1, 2).unwrap();
    attempts(&sandbox, 3).await;
    let reply = admin(&sandbox, "POST", "webhooks/1/resend", "").await;
    assert_eq!((reply.status, reply.json()), (202, json!({"number": 1, "times": 1})));
    let all = attempts(&sandbox, 4).await;
    let seen: Vec<_> = all.iter().map(|attempt| (attempt.number, attempt.attempt, attempt.resent)).collect();
    assert_eq!(seen, [(1, 1, false), (1, 2, true), (1, 3, true), (1, 4, true)]);
    let received = merchant.received();
    assert_eq!(received.len(), 4);
    assert!(received.iter().all(|request| request.body == received[0].body && request.head == received[0].head));

    assert_eq!(sandbox.resend_webhook(2, 1), Err(WebhookError::NotFound));
    for (path, body, status) in [
        ("webhooks/2/resend", "{}", 404),
        ("webhooks/x/resend", "{}", 404),
        ("webhooks/1/resend", r#"{"times": 0}"#, 400),
        ("webhooks/1/resend", r#"{"times": 11}"#, 400),
        ("webhooks/1/resend", r#"{"time": 1}"#, 400),
    ] {
        let reply = admin(&sandbox, "POST", path, body).await;
        assert_eq!(reply.status, status, "{path} {body}");
        assert!(reply.json()["error"].is_string());
    }
}

#[tokio::test]
async fn acknowledged_on_resend_is_not_retried() {
    let merchant = Merchant::start(&["500 No\r\n\r\n", TAKEN]).await;
    let builder = Sandbox::builder().webhook(Provider::Kropay, &merchant.url);
    let sandbox = builder.webhook_retry(Duration::from_millis(300)).start().await.unwrap();
    kropay(&sandbox).await;
    sandbox.pay(Provider::Kropay, "ORDER-12345").unwrap();
    assert!(!attempts(&sandbox, 1).await[0].acknowledged);
    sandbox.resend_webhook(1, 1).unwrap();
    assert!(attempts(&sandbox, 2).await[1].acknowledged);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(merchant.received().len(), 2);
}

#[tokio::test]
async fn held_notifications_are_released_in_the_wanted_order() {
    let merchant = Merchant::start(&[TAKEN]).await;
    let sandbox = Sandbox::builder().webhook(Provider::Kropay, &merchant.url).start().await.unwrap();
    let pay = async |names: &[&str]| {
        for name in names {
            kropay_of(&sandbox, "K", name).await;
            sandbox.pay(Provider::Kropay, name).unwrap();
        }
    };
    let orders_from = |from: usize| -> Vec<String> {
        let received = merchant.received();
        received[from..].iter().map(|request| request.json()["merchant_ref"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(admin(&sandbox, "POST", "webhooks/hold", "").await.json(), json!({"holding": true, "held": []}));
    pay(&["A", "B", "C"]).await;
    let held = sandbox.held_webhooks();
    assert_eq!(held.iter().map(|held| held.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((&held[0].payment, &held[0].url), (&sandbox.payments()[0].id, &merchant.url));
    let listed = admin(&sandbox, "GET", "webhooks/held", "").await.json();
    assert_eq!(listed, json!({"holding": true, "held": held}));
    assert_eq!(sandbox.resend_webhook(1, 1), Err(WebhookError::NotFound));

    for order in ["[1, 2]", "[1, 2, 2]", "[1, 2, 3, 3]", "[1, 2, 4]", "[]", "\"forward\"", "1"] {
        let reply = admin(&sandbox, "POST", "webhooks/release", &format!("{{\"order\": {order}}}")).await;
        assert_eq!(reply.status, 400, "{order}");
        assert!(reply.json()["error"].as_str().unwrap().contains("order must"), "{}", reply.body);
    }
    assert!(merchant.received().is_empty() && sandbox.webhook_attempts().is_empty());
    let reply = admin(&sandbox, "POST", "webhooks/release", r#"{"order": [2, 3, 1]}"#).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"released": [2, 3, 1]})));
    attempts(&sandbox, 3).await;
    assert_eq!(orders_from(0), ["B", "C", "A"]);

    // Nothing is held any more, until it is wanted again.
    pay(&["D"]).await;
    attempts(&sandbox, 4).await;
    sandbox.hold_webhooks();
    pay(&["E", "F"]).await;
    assert_eq!(sandbox.release_webhooks(&ReleaseOrder::Reverse), Ok(vec![6, 5]));
    attempts(&sandbox, 6).await;
    assert_eq!(orders_from(3), ["D", "F", "E"]);
    assert_eq!(sandbox.release_webhooks(&ReleaseOrder::Created), Ok(vec![]));

    sandbox.hold_webhooks();
    pay(&["G"]).await;
    sandbox.reset();
    assert!(sandbox.held_webhooks().is_empty());
    assert_eq!(admin(&sandbox, "GET", "webhooks/held", "").await.json()["holding"], false);
}

#[tokio::test]
async fn addresses_are_listed_without_what_may_be_secret() {
    let merchant = Merchant::start(&[TAKEN]).await;
    let url = format!("{}?token=CANARY", merchant.url.replace("http://", "http://user:CANARY@"));
    let sandbox = Sandbox::builder().webhook(Provider::Kropay, &url).start().await.unwrap();
    sandbox.hold_webhooks();
    kropay(&sandbox).await;
    sandbox.pay(Provider::Kropay, "ORDER-12345").unwrap();
    let held = admin(&sandbox, "GET", "webhooks/held", "").await;
    sandbox.release_webhooks(&ReleaseOrder::Created).unwrap();
    assert_eq!(attempts(&sandbox, 1).await[0].url, url);
    let sent = admin(&sandbox, "GET", "webhooks", "").await;
    for (reply, list) in [(held, "held"), (sent, "webhooks")] {
        assert_eq!(reply.json()[list][0]["url"], format!("{}?***", merchant.url));
        assert!(!reply.body.contains("CANARY"), "{}", reply.body);
    }
}

#[tokio::test]
async fn each_released_one_is_sent_after_the_answer_to_the_one_before() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", silent.local_addr().unwrap());
    let builder = Sandbox::builder().webhook(Provider::Kropay, url).webhook_retry(Duration::from_secs(60));
    let sandbox = builder.start().await.unwrap();
    sandbox.hold_webhooks();
    for name in ["A", "B"] {
        kropay_of(&sandbox, "K", name).await;
        sandbox.pay(Provider::Kropay, name).unwrap();
    }
    sandbox.release_webhooks(&ReleaseOrder::Reverse).unwrap();
    let accept = async |time: u64| tokio::time::timeout(Duration::from_millis(time), silent.accept()).await;
    let first = accept(10_000).await.expect("the first one").unwrap();
    assert!(accept(200).await.is_err());
    drop(first);
    let second = accept(10_000).await.expect("the second one").unwrap();
    drop(second);
    let all = attempts(&sandbox, 2).await;
    assert_eq!(all.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn a_credential_has_an_address_of_its_own() {
    let all = Merchant::start(&[TAKEN]).await;
    let own = Merchant::start(&[TAKEN]).await;
    let sandbox = Sandbox::builder().webhook(Provider::Kropay, &all.url).start().await.unwrap();
    let set = async |body: serde_json::Value| admin(&sandbox, "PUT", "webhooks/address", &body.to_string()).await;
    sandbox.set_webhook_for(Provider::Kropay, "K2", Some(&own.url)).unwrap();
    for (key, name) in [("K", "A"), ("K2", "B")] {
        kropay_of(&sandbox, key, name).await;
        sandbox.pay(Provider::Kropay, name).unwrap();
    }
    attempts(&sandbox, 2).await;
    assert!(all.first().await.body.contains("\"A\"") && own.first().await.body.contains("\"B\""));
    assert_eq!((all.received().len(), own.received().len()), (1, 1));

    // Without it, the provider's counts again; without that, nothing is sent.
    let reply = set(json!({"provider": "kropay", "credential": "K2", "url": null})).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"provider": "kropay", "url": null})));
    kropay_of(&sandbox, "K2", "C").await;
    sandbox.pay(Provider::Kropay, "C").unwrap();
    attempts(&sandbox, 3).await;
    assert_eq!((all.received().len(), own.received().len()), (2, 1));
    set(json!({"provider": "kropay", "url": null})).await;
    kropay_of(&sandbox, "K2", "D").await;
    sandbox.pay(Provider::Kropay, "D").unwrap();

    // Pakasir's credential is of both of its APIs.
    set(json!({"provider": "pakasir", "credential": "shop:key", "url": own.url})).await;
    let base = sandbox.url(Provider::Pakasir);
    let order =
        |order: &str, key: &str| json!({"project": "shop", "order_id": order, "amount": 20_000, "api_key": key});
    for (name, key) in [("E", "key"), ("F", "other")] {
        assert_eq!(post_json(&format!("{base}/api/transactioncreate/qris"), &order(name, key)).await.status, 200);
    }
    let headers = [("X-Api-Key", "key"), ("Content-Type", "application/json")];
    let url = format!("{base}/api/v2/create-transaction/shop/G");
    assert_eq!(send("POST", &url, &headers, r#"{"method": "qris", "amount": 20000}"#).await.status, 200);
    for name in ["E", "F", "G"] {
        sandbox.pay(Provider::Pakasir, name).unwrap();
    }
    until("both", || own.received().len() == 3).await;
    attempts(&sandbox, 5).await;
    assert_eq!(all.received().len(), 2);
}

#[tokio::test]
async fn an_unusable_address_is_refused_and_no_credential_is_shown() {
    const NOWHERE: &str = "http://127.0.0.1:1/";
    let sandbox = Sandbox::start().await;
    let set = async |body: serde_json::Value| admin(&sandbox, "PUT", "webhooks/address", &body.to_string()).await;
    sandbox.set_webhook_for(Provider::Kropay, "K2", Some(NOWHERE)).unwrap();
    let of_both = json!({"provider": "pakasir", "credential": "shop:key", "url": NOWHERE});
    assert_eq!(set(of_both).await.status, 200);
    for (body, why) in [
        (json!({"provider": "pakasir", "credential": "key-of-no-project", "url": NOWHERE}), "PROJECT:KEY"),
        (json!({"provider": "kropay", "credential": "refuse", "url": NOWHERE}), "cannot be a credential"),
        (json!({"provider": "kropay", "credential": "", "url": NOWHERE}), "cannot be a credential"),
        (json!({"provider": "kropay", "url": "ftp://127.0.0.1/"}), "http://"),
        (json!({"provider": "kropay", "url": "http://"}), "http://"),
        (json!({"provider": "kropay", "url": "nowhere"}), "http://"),
        (json!({"provider": "kropay"}), "url"),
        (json!({"provider": "nobody", "url": NOWHERE}), "nobody"),
    ] {
        let reply = set(body).await;
        assert_eq!(reply.status, 400);
        let error = reply.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(why) && !error.contains("key-of-no-project"), "{error}");
    }
    let started = Sandbox::builder().webhook_for(Provider::Pakasir, "canary-key", NOWHERE);
    assert!(!format!("{started:?}").contains("canary-key"));
    let error = started.start().await.unwrap_err();
    assert!(error.to_string().contains("PROJECT:KEY"), "{error}");
    for text in [format!("{sandbox:?}"), get(&format!("{}/_sandbox/webhooks", sandbox.base_url())).await.body] {
        assert!(!text.contains("shop:key") && !text.contains("K2"), "{text}");
    }
}

#[tokio::test]
async fn only_gopay_notifies_of_payments_that_are_not_paid() {
    let merchant = Merchant::start(&[TAKEN]).await;
    let mut builder = Sandbox::builder();
    for provider in Provider::ALL {
        builder = builder.webhook(provider, &merchant.url);
    }
    let sandbox = builder.start().await.unwrap();
    let seed = |provider, credential: &str| gerbang_sandbox::Seed::new(provider, credential, 20_000);
    let mut seeds = Vec::new();
    for number in 0..3 {
        let name = |provider: &str| format!("{provider}-{number}");
        seeds.push(seed(Provider::Kazukipay, "K").reference(name("kazukipay")));
        seeds.push(seed(Provider::Kropay, "K").reference(name("kropay")));
        seeds.push(seed(Provider::Pakasir, "p:K").reference(name("pakasir")));
        seeds.push(seed(Provider::Pakasir, "p:K").reference(name("v2")).method("v2/qris"));
        seeds.push(seed(Provider::Klink, "a@example.com").reference(name("va")));
        seeds.push(seed(Provider::Klink, "a@example.com").reference(name("gopay")).method("gopay"));
    }
    let payments = sandbox.seed(&seeds).unwrap();
    for (at, payment) in payments.iter().enumerate() {
        match at / 6 {
            0 => sandbox.cancel(payment.provider, &payment.id).unwrap(),
            1 => sandbox.expire(payment.provider, &payment.id).unwrap(),
            _ => continue,
        };
    }
    // The last of them expire by themselves.
    sandbox.advance(Duration::from_secs(48 * 3_600));
    attempts(&sandbox, 3).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut orders = Vec::new();
    for request in merchant.received() {
        let body = request.json();
        assert_eq!((&body["status"], &body["transaction"]), (&json!("fail"), &json!("gopay")));
        assert!(request.header("x-servicepayment").is_some());
        orders.push(body["order_id"].as_str().unwrap().to_owned());
    }
    orders.sort();
    assert_eq!(orders, ["gopay-0", "gopay-1", "gopay-2"]);
}
