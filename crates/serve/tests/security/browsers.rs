//! What a browser can be made to do: pages of other sites, and names that lead here.

use crate::raw;
use crate::routes::{ROUTES, filled};
use crate::shop::{ADMIN, SHOP, Shop};

const FORMS: [&str; 4] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/plain; application/json",
];

/// A payment that is there, and the event of its creation, in the place of names of nothing.
async fn real(shop: &Shop, path: &str) -> String {
    let id = shop.create("A", "kropay").await.json()["id"].as_str().unwrap().to_owned();
    let name = if path.contains("/events/{id}/") { "evt_1" } else { &id };
    let is_numbered = path.contains("/cases/") || path.contains("/surplus/");
    if is_numbered { path.replace("{id}", "1") } else { filled(&path.replace("{id}", name)) }
}

#[tokio::test]
async fn other_names_get_nothing() {
    let shop = Shop::open_with("sqlite::memory:", "hosts = \"gerbang.internal\"").await;
    let token = format!("Bearer {ADMIN}");
    let port = raw::address(&shop).port();
    let own = [
        &format!("127.0.0.1:{port}"),
        "localhost",
        "[::1]:8080",
        "pay.example.com",
        "PAY.example.com:443",
        "gerbang.internal",
    ];
    let other = [
        "evil.example",
        "127.0.0.1.evil.example",
        "pay.example.com.evil.example",
        "10.0.0.1",
        "169.254.169.254",
        "2130706433",
        "0x7f000001",
        "localhost@evil.example",
        "[::ffff:10.0.0.1]",
        "0.0.0.0",
    ];
    let mut tried = 0;
    for (method, path, _) in ROUTES {
        let is_health = ["/healthz", "/readyz"].contains(&path);
        let call = async |headers: &[(&str, &str)]| {
            let headers =
                [headers, &[("Authorization", token.as_str()), ("Content-Type", "application/json")]].concat();
            raw::send(&shop, raw::request(method, &filled(path), &headers, if method == "POST" { "{}" } else { "" }))
                .await
        };
        for host in own {
            let reply = call(&[("Host", host)]).await;
            assert!(![0, 421].contains(&raw::status(&reply)), "{method} {path} {host}: {reply}");
        }
        for host in other {
            let reply = call(&[("Host", host)]).await;
            let refused = match raw::status(&reply) {
                400 => reply.contains("the header Host"),
                status => status == 421 && reply.contains("unknown_host"),
            };
            assert_eq!(refused, !is_health, "{method} {path} {host}: {reply}");
            assert!(!reply.contains(host), "{method} {path} {host}: {reply}");
            tried += 1;
        }
        for headers in [&[][..], &[("Host", "localhost"), ("Host", "evil.example")], &[("Host", "")]] {
            let status = raw::status(&call(headers).await);
            assert!(status == 400 || is_health, "{method} {path} {headers:?}: {status}");
        }
        let target = format!("http://evil.example{}", filled(path));
        let reply = raw::send(&shop, raw::request(method, &target, &[("Host", "localhost")], "")).await;
        assert!(raw::status(&reply) == 421 || is_health, "{method} {target}: {reply}");
    }
    println!("{tried} calls by names of others");
    assert!(shop.sandbox.requests().is_empty());
}

#[tokio::test]
async fn page_of_another_site_changes_nothing() {
    let shop = Shop::open().await;
    let own = format!("http://{}", raw::address(&shop));
    let before = shop.sandbox.requests().len();
    for (method, path, _) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
        let call = async |more: (&str, &str)| {
            let token = format!("Bearer {ADMIN}");
            let headers = [("authorization", token.as_str()), ("content-type", "application/json"), more];
            shop.send(method, &filled(path), &headers, "{}").await
        };
        let is_hook = path.starts_with("/hooks/");
        for other in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
            ("origin", "https://pay.example.com.evil.example"),
            ("origin", "http://pay.example.com"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "CROSS-SITE"),
        ] {
            let reply = call(other).await;
            let is_refused = reply.status == 403 && reply.text.contains("cross_site");
            assert_eq!(is_refused, !is_hook, "{path} {other:?}: {}", reply.text);
        }
        for same in [
            ("origin", own.as_str()),
            ("origin", "https://pay.example.com"),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
        ] {
            assert_ne!(call(same).await.status, 403, "{path} {same:?}");
        }
    }
    assert_eq!(shop.sandbox.requests().len(), before);
}

#[tokio::test]
async fn form_is_no_call() {
    let shop = Shop::open().await;
    for (_, path, _) in ROUTES.iter().filter(|(method, path, _)| *method == "POST" && !path.starts_with("/hooks/")) {
        let path = real(&shop, path).await;
        let before = shop.sandbox.requests().len();
        for media_type in FORMS {
            for (token, status) in [(None, 401), (Some(ADMIN), 415)] {
                let token = token.map(|token| format!("Bearer {token}"));
                let mut headers = vec![("content-type", media_type)];
                headers.extend(token.iter().map(|token| ("authorization", token.as_str())));
                let body = r#"{"order":"B","amount":10000,"x=":"y"}"#;
                let reply = shop.send("POST", &path, &headers, body).await;
                assert_eq!(reply.status, status, "{path} {media_type}: {}", reply.text);
            }
        }
        assert_eq!(shop.sandbox.requests().len(), before, "{path}");
    }
    assert_eq!(shop.get("/v1/payments").await.json()["payments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn no_reply_is_for_other_sites() {
    let shop = Shop::open().await;
    let token = format!("Bearer {SHOP}");
    for (method, path, _) in ROUTES {
        for method in [method, "OPTIONS"] {
            let headers = [
                ("Host", "localhost"),
                ("Origin", "https://evil.example"),
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "authorization"),
                ("Authorization", &token),
            ];
            let reply = raw::send(&shop, raw::request(method, &filled(path), &headers, "")).await.to_lowercase();
            assert!(raw::status(&reply.to_uppercase()) > 0, "{method} {path}: {reply}");
            assert!(!reply.contains("access-control-") && !reply.contains("set-cookie"), "{method} {path}: {reply}");
            assert!(reply.contains("x-content-type-options: nosniff"), "{method} {path}: {reply}");
        }
    }
}
