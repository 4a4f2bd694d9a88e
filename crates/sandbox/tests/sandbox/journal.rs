//! The log of requests, and waiting for what a test expects.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gerbang_sandbox::{PaymentStatus, Provider, RequestFilter, Sandbox, Seed, WebhookFilter};
use serde_json::{Value, json};

use crate::GATEWAYS;
use crate::http::{Merchant, get, post_json, send};
use crate::merchant::Shop;

const SOON: Duration = Duration::from_secs(5);

/// Calls the sandbox's own API.
async fn admin(sandbox: &Sandbox, path: &str, body: Value) -> (u16, Value) {
    let reply = post_json(&format!("{}/_sandbox/{path}", sandbox.base_url()), &body).await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn requests_are_kept_without_their_secrets() {
    const CANARY: &str = "canary-0f2b9c";
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        let shop = Shop::new(&sandbox, gateway, CANARY).await;
        shop.create("ORDER-77", 20_000).await;
        let requests = sandbox.requests();
        let creation = requests.iter().find(|request| request.operation == Some(gateway.creation)).unwrap();
        let place = format!("{} {}", creation.path, creation.body);
        assert!(place.contains("20000"), "{gateway:?}: {creation:?}");
        assert!(place.contains("ORDER-77") || !gateway.takes_reference, "{gateway:?}: {creation:?}");
        assert!(creation.headers.iter().any(|(name, _)| name == "content-type"), "{gateway:?}");
        let listed = get(&format!("{}/_sandbox/requests", sandbox.base_url())).await.body;
        for shown in [listed, format!("{requests:?}")] {
            assert!(!shown.contains(CANARY) && !shown.contains(shop.key()), "{gateway:?}: {shown}");
        }
        // By the credential it is found all the same.
        let own = RequestFilter::new(gateway.provider).operation(gateway.creation);
        assert_eq!(
            sandbox.requests_like(&own.clone().credential((gateway.credential)(CANARY))).len(),
            1,
            "{gateway:?}"
        );
        assert_eq!(sandbox.requests_like(&own.credential((gateway.credential)("other"))).len(), 0, "{gateway:?}");
    }
}

#[tokio::test]
async fn a_key_in_a_wrong_place_is_not_kept() {
    const CANARY: &str = "canary-0f2b9c";
    let seen = Arc::<Mutex<String>>::default();
    let sees = seen.clone();
    let watched = Sandbox::builder().on_traffic(move |traffic| *sees.lock().unwrap() += &format!("{traffic:?}\n"));
    let sandbox = watched.start().await.unwrap();
    let url = sandbox.url(Provider::Kropay);
    let headers = [("X-API-KEY", CANARY), ("Content-Type", "application/json")];
    let referer = format!("https://shop.example/back?api_key={CANARY}&order=A");
    let twice = format!(r#"{{"merchant_ref": "A", "amount": 20000, "a": {{"api_key": "{CANARY}"}}, "a": 1}}"#);
    let create = format!("{url}/api/v1/payment/create");
    send("POST", &create, &[&headers[..], &[("Referer", &referer)]].concat(), &twice).await;
    for path in
        [format!("{CANARY}/x"), format!("x?key={CANARY}"), format!("api_key={CANARY}"), format!("token/{CANARY}")]
    {
        send("GET", &format!("{url}/{path}"), if path.starts_with(CANARY) { &headers } else { &[] }, "").await;
    }
    let requests = sandbox.requests();
    let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/api/v1/payment/create", "/***/x", "/x", "/api_key=***", "/token/***"]);
    let sent = requests[0].headers.iter().find(|(name, _)| name == "referer").unwrap();
    assert_eq!(sent.1, "https://shop.example/back?api_key=***&order=A");
    let body: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(body, json!({"a": 1, "amount": 20_000, "merchant_ref": "A"}));
    let listed = get(&format!("{}/_sandbox/requests", sandbox.base_url())).await.body;
    for shown in [listed, format!("{requests:?}"), seen.lock().unwrap().clone()] {
        assert!(shown.contains("***") && !shown.contains(CANARY), "{shown}");
    }
}

#[tokio::test]
async fn a_request_is_waited_for_and_counted() {
    let sandbox = Sandbox::start().await;
    let wanted = json!({"filter": {"provider": "kropay", "operation": "create_payment", "contains": "\"ORDER-2\""}});
    let mut impatient = wanted.clone();
    impatient["timeout_milliseconds"] = 50.into();
    let (status, body) = admin(&sandbox, "requests/wait", impatient).await;
    assert_eq!(
        (status, &body["error"]),
        (409, &json!("within 50ms there were 0 of the 1 requests that were waited for"))
    );
    let calls = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let shop = Shop::new(&sandbox, &crate::kropay::GATEWAY, "K").await;
        shop.create("ORDER-1", 20_000).await;
        shop.create("ORDER-2", 30_000).await;
    };
    let started = Instant::now();
    let ((status, body), ()) = tokio::join!(admin(&sandbox, "requests/wait", wanted), calls);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!((status, body["requests"].as_array().unwrap().len()), (200, 1));
    assert_eq!((&body["requests"][0]["number"], &body["requests"][0]["status"]), (&json!(2), &json!(201)));

    let verify = async |bounds: Value| {
        let mut body = bounds;
        body["filter"] = json!({"provider": "kropay", "status": 201});
        admin(&sandbox, "requests/verify", body).await
    };
    assert_eq!(verify(json!({"count": 2})).await, (200, json!({"found": 2})));
    assert_eq!(verify(json!({"at_least": 1, "at_most": 2})).await.0, 200);
    let (status, body) = verify(json!({"at_most": 1})).await;
    assert_eq!((status, &body["error"]), (409, &json!("there are 2 such requests, not at most 1")));

    let list = async |query: &str| {
        let reply = get(&format!("{}/_sandbox/requests?{query}", sandbox.base_url())).await;
        (reply.status, reply.json()["requests"].as_array().map(Vec::len))
    };
    for (query, found) in [
        ("", 2),
        ("after=1", 1),
        ("provider=kazukipay", 0),
        ("status=201&method=post", 2),
        ("path=/api/v1/payment/create&contains=ORDER-1", 1),
        ("provider=kropay&credential=K", 2),
        ("credential=L", 0),
    ] {
        assert_eq!(list(query).await, (200, Some(found)), "{query}");
    }
    assert_eq!((list("after=x").await.0, list("nonsense=1").await.0), (400, 400));
}

#[tokio::test]
async fn a_payment_and_its_notification_are_waited_for() {
    let merchant = Merchant::start(&["500 No\r\n\r\n", "200 OK\r\n\r\n"]).await;
    let builder = Sandbox::builder().webhook(Provider::Kazukipay, &merchant.url);
    let sandbox = builder.webhook_retry(Duration::from_millis(100)).start().await.unwrap();
    let (status, body) =
        admin(&sandbox, "payments/kazukipay/A/wait", json!({"status": "paid", "timeout_milliseconds": 20})).await;
    assert_eq!(status, 409);
    assert_eq!(body["error"], "the payment was not paid within 20ms: no payment has this name");
    sandbox.seed(&["A", "B"].map(|name| Seed::new(Provider::Kazukipay, "K", 20_000).reference(name))).unwrap();
    let error = sandbox.wait_for_payment(Provider::Kazukipay, "A", PaymentStatus::Paid, Duration::ZERO).await;
    assert!(error.unwrap_err().to_string().ends_with("it is pending"));

    let wait = async {
        let paid = admin(&sandbox, "payments/kazukipay/A/wait", json!({"status": "paid"})).await;
        let filter = json!({"provider": "kazukipay", "payment": "A", "credential": "K", "acknowledged": true});
        (paid, admin(&sandbox, "webhooks/wait", json!({"filter": filter})).await)
    };
    let pay = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        sandbox.pay(Provider::Kazukipay, "A").unwrap();
    };
    let ((paid, told), ()) = tokio::join!(wait, pay);
    assert_eq!((paid.0, &paid.1["status"]), (200, &json!("paid")));
    assert_eq!((told.0, &told.1["webhooks"][0]["attempt"]), (200, &json!(2)));
    let attempts = WebhookFilter::new(Provider::Kazukipay).payment("A");
    assert_eq!(sandbox.wait_for_webhooks(&attempts, 2, SOON).await.unwrap().len(), 2);
    for other in [attempts.clone().payment("B"), attempts.clone().credential("L"), attempts.acknowledged(true)] {
        assert!(sandbox.wait_for_webhooks(&other, 2, Duration::ZERO).await.is_err(), "{other:?}");
    }
}

#[tokio::test]
async fn payments_of_a_name_are_waited_for() {
    let sandbox = Sandbox::start().await;
    let wait = async |filter: Value, milliseconds: u64| {
        let body = json!({"filter": filter, "timeout_milliseconds": milliseconds});
        let (status, body) = admin(&sandbox, "payments/wait", body).await;
        let found = body["payments"].as_array().into_iter().flatten();
        (status, found.map(|payment| payment["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(wait(json!({"payment": "A"}), 20).await, (409, vec![]));
    let seeds = [
        (Provider::Kropay, "K", "A"),
        (Provider::Kropay, "K", "B"),
        (Provider::Kazukipay, "L", "sb-1"),
        (Provider::Klink, "a@example.com", "A"),
    ];
    let seeds = seeds.map(|(gateway, key, name)| Seed::new(gateway, key, 20_000).reference(name));
    let plant = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        sandbox.seed(&seeds).unwrap();
    };
    let (found, ()) = tokio::join!(wait(json!({"payment": "A"}), 5_000), plant);
    let all = sandbox.payments();
    let ids: Vec<_> = all.iter().map(|payment| payment.id.clone()).collect();
    let of = |places: &[usize]| (200, places.iter().map(|at| ids[*at].clone()).collect::<Vec<_>>());
    assert_eq!(found, of(&[0, 3]));
    // Its own name is no other's.
    assert_eq!(ids[0], "sb-1");
    for (filter, places) in [
        (json!({"payment": "sb-1"}), &[0][..]),
        (json!({"payment": "A", "provider": "klink"}), &[3]),
        (json!({"payment": all[1].reference}), &[1]),
        (json!({}), &[0, 1, 2, 3]),
    ] {
        assert_eq!(wait(filter.clone(), 0).await, of(places), "{filter}");
    }
    let pay = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        sandbox.pay(Provider::Klink, "A").unwrap();
    };
    let (ended, ()) = tokio::join!(wait(json!({"payment": "A", "pending": false}), 5_000), pay);
    assert_eq!((ended, wait(json!({"pending": true}), 0).await), (of(&[3]), of(&[0, 1, 2])));
}

#[tokio::test]
async fn an_expiry_by_the_clock_is_waited_for() {
    let sandbox = Sandbox::start().await;
    sandbox.seed(&[Seed::new(Provider::Kazukipay, "K", 20_000).reference("A")]).unwrap();
    sandbox.advance(Duration::from_millis(3_599_700));
    let expired = sandbox.wait_for_payment(Provider::Kazukipay, "A", PaymentStatus::Expired, SOON);
    assert_eq!(expired.await.unwrap().status, PaymentStatus::Expired);
}

#[tokio::test]
async fn a_magic_price_leaves_a_trace() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &crate::kropay::GATEWAY, "K").await;
    for price in [10_001, 10_002, 10_003, 10_009, 10_014, 20_000] {
        let _ = shop.try_create(&price.to_string(), price).await;
    }
    let traces: Vec<_> =
        sandbox.requests().iter().map(|request| request.magic.map(|magic| magic[..5].to_owned())).collect();
    let wanted = ["10001", "10002", "10003", "10009", "10014"].map(|price| Some(price.to_owned()));
    assert_eq!((&traces[..5], &traces[5]), (&wanted[..], &None));
}

#[tokio::test]
async fn a_path_with_nothing_says_what_there_is() {
    let sandbox = Sandbox::start().await;
    let near = get(&format!("{}/api/v1/payment/statu/PG-1", sandbox.url(Provider::Kropay))).await;
    let lines: Vec<&str> = near.body.lines().collect();
    assert_eq!(near.status, 404);
    assert!(
        lines[0].contains("Kropay has nothing at GET /api/v1/payment/statu/PG-1; nothing was done"),
        "{}",
        near.body
    );
    assert_eq!(lines[1], "GET /api/v1/payment/status/{reference} (payment_status)");
    let method = send("PUT", &format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay)), &[], "").await;
    assert_eq!((method.status, method.header("allow")), (405, Some("POST")));
    assert!(method.body.contains("POST /api/v1/payment/create (create_payment)"), "{}", method.body);
    let nowhere = get(&format!("{}/gopay/api", sandbox.base_url())).await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.body.contains("/kropay") && nowhere.body.contains("/_sandbox/openapi.yaml"), "{}", nowhere.body);
    let own = get(&format!("{}/_sandbox/payment", sandbox.base_url())).await;
    assert!(own.status == 404 && own.body.contains("/_sandbox/openapi.yaml"), "{}", own.body);
}

#[tokio::test]
async fn so_many_requests_are_kept_as_was_set() {
    let sandbox = Sandbox::builder().most_requests(3).start().await.unwrap();
    for _ in 0..5 {
        get(&format!("{}/nothing", sandbox.url(Provider::Kropay))).await;
    }
    let numbers: Vec<_> = sandbox.requests().iter().map(|request| request.number).collect();
    assert_eq!((numbers, sandbox.request_count(Provider::Kropay)), (vec![3, 4, 5], 5));
}
