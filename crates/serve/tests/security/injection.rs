//! Values that would become headers, lines or other requests.

use serde_json::json;

use crate::raw;
use crate::shop::{SHOP, Shop};

#[tokio::test]
async fn no_value_becomes_a_header() {
    let shop = Shop::open().await;
    let page = shop.create("A", "kropay").await.json()["page"].as_str().unwrap().to_owned();
    let page = page.strip_prefix("https://pay.example.com").unwrap();
    for evil in ["%0d%0aSet-Cookie:%20a=b", "%0aSet-Cookie:a=b", "%E5%98%8A%E5%98%8DSet-Cookie:a=b", "%00"] {
        for path in [
            format!("/pay/{evil}"),
            format!("{page}?lang={evil}"),
            format!("{page}{evil}"),
            format!("/assets/{evil}"),
            format!("/hooks/{evil}"),
            format!("/v1/payments/{evil}"),
            format!("/v1/payments?order={evil}"),
        ] {
            let token = format!("Bearer {SHOP}");
            let headers = [("Host", "localhost"), ("Authorization", token.as_str()), ("Accept-Language", evil)];
            let reply = raw::send(&shop, raw::request("GET", &path, &headers, "")).await;
            let head = reply.split("\r\n\r\n").next().unwrap().to_lowercase();
            assert!(raw::status(&reply) > 0 && !head.contains("set-cookie"), "{path}: {reply}");
        }
    }
    for order in ["A\r\nSet-Cookie: a=b", "A\nB", "A\u{0}", "A\u{2028}", "../A?x=", "A B"] {
        let reply = shop.post("/v1/payments", &json!({"order": order, "amount": 10_000})).await;
        assert_eq!(reply.status, 400, "{order:?}");
    }
    let reply = shop.post("/v1/payments", &json!({"order": "x/./_-Y", "amount": 10_000})).await;
    assert_eq!(reply.headers["location"], format!("/v1/payments/{}", reply.json()["id"].as_str().unwrap()).as_str());
}

#[tokio::test]
async fn request_within_a_request_is_none() {
    let shop = Shop::open().await;
    let inner = format!("GET /v1/accounts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SHOP}\r\n\r\n");
    for (headers, body) in [
        // The one length counts, or none does.
        (format!("Content-Length: 0\r\nContent-Length: {}", inner.len()), inner.clone()),
        (format!("Content-Length: {}\r\nTransfer-Encoding: chunked", inner.len() + 5), format!("0\r\n\r\n{inner}")),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".into(), format!("0\r\n\r\n{inner}")),
        ("Transfer-Encoding : chunked".into(), format!("0\r\n\r\n{inner}")),
        ("Transfer-Encoding: xchunked".into(), format!("0\r\n\r\n{inner}")),
        ("Content-Length: +0".into(), inner.clone()),
        ("Content-Length: 0x0".into(), inner.clone()),
        ("X: a\r\n Content-Length: 0".into(), inner.clone()),
    ] {
        let head = format!("POST /hooks/kropay HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n");
        let reply = raw::send(&shop, format!("{head}{body}")).await;
        assert!(!reply.contains("\"accounts\""), "{headers}: {reply}");
    }
}
