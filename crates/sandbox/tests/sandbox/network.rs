//! The sandbox among other machines and in a browser: the names that it answers to, what pages of other places may do, where
//! it says that it is, and who watches it.

use std::sync::{Arc, Mutex};

use gerbang_sandbox::{Provider, Sandbox, Seed, Traffic};
use gerbang_transport::Network;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::http::{Merchant, get, post_json, until};

/// A request as a browser or a program makes it.
fn ask(method: Method, url: &str, headers: &[(&str, &str)]) -> RequestBuilder {
    let client = Network::new().no_proxy().http_client().unwrap();
    let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    headers.iter().fold(client.request(method, url), |request, (name, value)| request.header(*name, *value))
}

async fn status(method: Method, url: &str, headers: &[(&str, &str)]) -> u16 {
    ask(method, url, headers).send().await.unwrap().status().as_u16()
}

/// Paths of every part of the sandbox.
const PARTS: [&str; 7] = [
    "/",
    "/pay/sb-1",
    "/_sandbox/page",
    "/_sandbox/payments",
    "/kropay/api/v1/payment/status/PG-1",
    "/pakasir/pay/shop/10000?order_id=A",
    "/none",
];

#[tokio::test]
async fn only_its_own_names_are_answered() {
    let sandbox = Sandbox::builder().allow_host("sandbox").public_url("https://pay.example.com").start().await.unwrap();
    let local = sandbox.local_url();
    for path in PARTS {
        let url = format!("{local}{path}");
        for host in ["evil.example", "sandbox.evil.example", "evil.example:8080", "10.0.0.1", "a@localhost", ""] {
            let refused = ask(Method::GET, &url, &[("Host", host)]).send().await.unwrap();
            assert_eq!(refused.status().as_u16(), 403, "{path} {host}");
            let said = refused.text().await.unwrap();
            assert!(said.contains("--allow-host") || said.contains("must name one host"), "{path} {host}: {said}");
        }
        assert_ne!(status(Method::POST, &url, &[("Host", "evil.example")]).await, 200, "{path}");
        for host in ["localhost", "127.0.0.9:1", "[::1]", "sandbox:8080", "Pay.Example.com"] {
            assert_ne!(status(Method::GET, &url, &[("Host", host)]).await, 403, "{path} {host}");
        }
    }
    // Whoever looks after the process may ask by any name.
    let health = ask(Method::GET, &format!("{local}/healthz"), &[("Host", "10.1.2.3")]).send().await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap().as_str()), (200, r#"{"status":"ok"}"#));
}

#[tokio::test]
async fn ports_of_gateways_answer_to_own_names_only() {
    let sandbox = Sandbox::builder().port_per_gateway(true).start().await.unwrap();
    for provider in Provider::ALL {
        let url = format!("{}/", sandbox.url(provider));
        assert_eq!(status(Method::GET, &url, &[("Host", "evil.example")]).await, 403, "{provider}");
        assert_eq!(status(Method::POST, &url, &[("Origin", "http://evil.example")]).await, 403, "{provider}");
        assert_eq!(status(Method::GET, &url, &[]).await, 404, "{provider}");
    }
}

/// What a browser says of a picture in a page of another place.
const PICTURE: [(&str, &str); 3] =
    [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")];

/// What a browser says of a link or a redirect from there.
const LINK: [(&str, &str); 3] =
    [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];

#[tokio::test]
async fn pages_of_other_places_create_and_pay_nothing() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.base_url();
    let form = "api_key=sandbox&project_id=1&amount=15000&custom_id=A";
    for foreign in [("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        for (path, body) in [
            ("/kazukipay/api/create.php", form),
            ("/pakasir/pay/shop/15000?order_id=A", ""),
            ("/klink/multipayment/K-1", ""),
            ("/_sandbox/reset", ""),
            ("/_sandbox/payments/kropay/A/pay", ""),
        ] {
            let url = format!("{base}{path}");
            let request = ask(Method::POST, &url, &[foreign, ("Content-Type", "application/x-www-form-urlencoded")]);
            assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 403, "{path} {foreign:?}");
        }
    }
    for path in [
        "/pakasir/pay/shop/15000?order_id=A",
        "/pakasir/paypal/shop/15000?order_id=A",
        "/kazukipay/api/mutasi_status.php?action=run&api_key=sandbox",
        "/kazukipay/api/public_check.php?custom_id=A",
        "/kazukipay/api/cekstatus.php?api_key=rnd&custom_id=A",
    ] {
        assert_eq!(status(Method::GET, &format!("{base}{path}"), &PICTURE).await, 403, "{path}");
    }
    // A frame is no visit, and a link leads to no operation.
    let frame = [LINK[0], LINK[1], ("Sec-Fetch-Dest", "iframe")];
    let page = format!("{base}/pakasir/pay/shop/15000?order_id=A");
    assert_eq!(status(Method::GET, &page, &frame).await, 403);
    let run = format!("{base}/kazukipay/api/mutasi_status.php?action=run&api_key=sandbox");
    assert_eq!(status(Method::GET, &run, &LINK).await, 403);
    assert!(sandbox.payments().is_empty(), "{:?}", sandbox.payments());
}

#[tokio::test]
async fn pages_that_only_a_referer_names_confirm_nothing() {
    let sandbox = Sandbox::builder().allow_host("sandbox").start().await.unwrap();
    let base = sandbox.base_url();
    let from = async |path: &str, headers: &[(&str, &str)]| {
        let headers: Vec<_> = [("Host", "sandbox:8080")].into_iter().chain(headers.iter().copied()).collect();
        status(Method::GET, &format!("{base}{path}"), &headers).await
    };
    let run = "/kazukipay/api/mutasi_status.php?action=run&api_key=sandbox";
    let program = from(run, &[]).await;
    assert_ne!(program, 403);
    assert_eq!(from(run, &[("Referer", "http://sandbox:8080/_sandbox/page")]).await, program);
    for foreign in ["http://evil.example/page", "http://sandbox:9/", "https://evil.example/"] {
        for path in [run, "/kazukipay/api/public_check.php?custom_id=A"] {
            assert_eq!(from(path, &[("Referer", foreign)]).await, 403, "{foreign} {path}");
        }
        // A shop leads its customer here.
        assert_eq!(from("/pakasir/pay/shop/15000?order_id=A", &[("Referer", foreign)]).await, 200, "{foreign}");
    }
}

#[tokio::test]
async fn links_pictures_and_programs_are_let_through() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.base_url();
    // A shop leads its customer here, and the page's own button pays.
    let page = format!("{base}/pakasir/pay/shop/15000?order_id=A");
    assert_eq!(status(Method::GET, &page, &LINK).await, 200);
    assert_eq!(status(Method::POST, &page, &[("Origin", base), ("Sec-Fetch-Site", "same-origin")]).await, 200);
    assert!(sandbox.payments()[0].paid_at.is_some());

    let new = json!({"merchant_ref": "B", "amount": 10_000}).to_string();
    let create = format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay));
    // Node's fetch says only this.
    let headers = [("X-API-KEY", "K"), ("Content-Type", "application/json"), ("Sec-Fetch-Mode", "cors")];
    let created = ask(Method::POST, &create, &headers).body(new).send().await.unwrap();
    assert_eq!(created.status().as_u16(), 201);
    let created: Value = serde_json::from_str(&created.text().await.unwrap()).unwrap();
    assert_eq!(status(Method::GET, created["qris_image"].as_str().unwrap(), &PICTURE).await, 200);
}

#[tokio::test]
async fn pages_of_gateways_may_not_be_framed_or_scripted() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.base_url();
    let seed = Seed::new(Provider::Klink, "a@example.com", 20_000).reference("K").method("multipayment");
    let card = sandbox.seed(&[seed]).ok().map(|payments| format!("/klink/multipayment/{}", payments[0].reference));
    let pages = ["/pakasir/pay/shop/15000?order_id=A", "/pakasir/pay-v2/none", "/pakasir/pay/a/b"];
    for path in pages.map(str::to_owned).into_iter().chain(card) {
        let page = get(&format!("{base}{path}")).await;
        let policy = page.header("content-security-policy").unwrap_or_else(|| panic!("{path}"));
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "style-src 'sha256-"] {
            assert!(policy.contains(rule) && !policy.contains("unsafe"), "{path} {rule}: {policy}");
        }
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
        assert!(!page.body.contains(" style=") && page.body.contains("<style>"), "{path}");
    }
}

#[tokio::test]
async fn replies_and_pages_name_the_public_url() {
    let sandbox = Sandbox::builder().public_url("http://sandbox:8080/").start().await.unwrap();
    assert_eq!(sandbox.base_url(), "http://sandbox:8080");
    let local = sandbox.local_url();
    let url = format!("{local}/kropay/api/v1/payment/create");
    let headers = [("X-API-KEY", "K"), ("Content-Type", "application/json"), ("Host", "sandbox:8080")];
    let body = json!({"merchant_ref": "A", "amount": 10_000}).to_string();
    let reply = ask(Method::POST, &url, &headers).body(body).send().await.unwrap().text().await.unwrap();
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let picture = reply["qris_image"].as_str().unwrap();
    let path = picture.strip_prefix("http://sandbox:8080").unwrap_or_else(|| panic!("{picture}"));
    assert_eq!(get(&format!("{local}{path}")).await.status, 200);
    let page = get(&local).await.body;
    assert!(page.contains("GERBANG_KROPAY_BASE_URL=http://sandbox:8080/kropay\n") && !page.contains(&local));
    // The page's buttons work where a proxy says its own name only in the origin.
    let pay = format!("{local}/_sandbox/page/kropay/A/pay");
    assert_eq!(status(Method::POST, &pay, &[("Origin", "http://sandbox:8080")]).await, 303);

    let ports = Sandbox::builder().public_url("https://sandbox").port_per_gateway(true).start().await.unwrap();
    for provider in Provider::ALL {
        assert!(ports.url(provider).starts_with("http://sandbox:"), "{}", ports.url(provider));
    }
}

#[tokio::test]
async fn an_own_page_is_one_however_its_address_is_written() {
    let sandbox = Sandbox::start().await;
    for (number, (host, origin)) in
        [("localhost:80", "http://localhost"), ("LOCALHOST", "http://localhost:80"), ("127.0.0.1", "https://127.0.0.1")]
            .into_iter()
            .enumerate()
    {
        let seed = Seed::new(Provider::Kropay, "K", 10_000).reference(number.to_string());
        let payment = sandbox.seed(&[seed]).unwrap().remove(0);
        let pay = format!("{}/_sandbox/page/kropay/{}/pay", sandbox.base_url(), payment.id);
        assert_eq!(status(Method::POST, &pay, &[("Host", host), ("Origin", origin)]).await, 303, "{host} {origin}");
    }
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_at_once() {
    for (builder, said) in [
        (Sandbox::builder().public_url("sandbox:8080"), "public URL"),
        (Sandbox::builder().allow_host("*.example"), "no host to answer to"),
        (Sandbox::builder().webhook(Provider::Kropay, "http://"), "kropay's notifications"),
        (Sandbox::builder().webhook(Provider::Klink, "http://a b/"), "klink's notifications"),
        (Sandbox::builder().webhook_for(Provider::Kropay, "K", "ftp://a"), "kropay's notifications"),
    ] {
        let error = builder.start().await.expect_err(said);
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    let secure = Sandbox::builder().webhook(Provider::Kropay, "https://shop.example/paid");
    assert!(secure.start().await.is_ok());
}

#[tokio::test]
async fn traffic_is_seen_without_what_may_be_secret() {
    let merchant = Merchant::start(&["500 Broken\r\n\r\n", "200 OK\r\n\r\n{\"success\": true}"]).await;
    let seen: Arc<Mutex<Vec<Traffic>>> = Arc::default();
    let kept = seen.clone();
    let sandbox = Sandbox::builder()
        .webhook(Provider::Kropay, &merchant.url)
        .webhook_retry(std::time::Duration::from_millis(5))
        .on_traffic(move |traffic| kept.lock().unwrap().push(traffic.clone()))
        .start()
        .await
        .unwrap();
    let base = sandbox.base_url();
    get(&format!("{base}/kropay/api/v1/payment/status/CANARY-REFERENCE?key=CANARY")).await;
    get(&format!("{base}/_sandbox/page")).await;
    post_json(&format!("{base}/_sandbox/clock"), &json!({"advance_seconds": 1})).await;
    status(Method::GET, &format!("{base}/_sandbox/payments"), &[("Host", "evil.example")]).await;
    let requests: Vec<String> = seen
        .lock()
        .unwrap()
        .iter()
        .filter_map(|traffic| match traffic {
            Traffic::Request(seen) => {
                Some(format!("{:?} {} {} {:?}", seen.provider, seen.method, seen.path, seen.status))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        requests,
        [
            "Some(Kropay) GET /api/v1/payment/status/{reference} Some(401)",
            "None POST /_sandbox/clock Some(200)",
            "None GET /_sandbox/payments Some(403)",
        ]
    );

    sandbox.seed(&[Seed::new(Provider::Kropay, "CANARY-KEY", 10_000).reference("ORDER-1")]).unwrap();
    sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    let attempts = || {
        let seen = seen.lock().unwrap();
        let attempt = |traffic: &Traffic| match traffic {
            Traffic::Notification(seen) => Some((seen.order.clone(), seen.attempt, seen.status, seen.acknowledged)),
            _ => None,
        };
        seen.iter().filter_map(attempt).collect::<Vec<_>>()
    };
    until("two attempts", || attempts().len() == 2).await;
    let order = "ORDER-1".to_owned();
    assert_eq!(attempts(), [(order.clone(), 1, Some(500), false), (order, 2, Some(200), true)]);
    assert!(!format!("{:?}", seen.lock().unwrap()).contains("CANARY"));
}
