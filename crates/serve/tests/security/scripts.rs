//! Scripts in whatever reaches the customer's page: of the shop, of the gateway, of the address.

use gerbang::Rupiah;
use gerbang::qris::QrisBuilder;
use html5gum::{Token, Tokenizer};
use serde_json::{Value, json};
use url::Url;

use crate::shop::{Reply, Shop};

const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "--><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "{{constructor.constructor('alert(1)')()}}",
];

/// Links that run something, or leave the web, in spellings that browsers understand.
const LINKS: [&str; 12] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "javascript://shop.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "blob:https://pay.example.com/1",
    "file:///etc/passwd",
    "//evil.example/\"onclick=alert(1)",
];

async fn page(shop: &Shop, order: &str) -> String {
    let payments = shop.get(&format!("/v1/payments?order={order}")).await.json();
    payments["payments"][0]["page"].as_str().unwrap().strip_prefix("https://pay.example.com").unwrap().to_owned()
}

/// Writes into the book what a gateway has said, and what the shop has.
async fn know(shop: &Shop, ways: &Value, description: &str, return_url: &str) {
    let mut tx = shop.ledger.begin().await.unwrap();
    let rows = tx.fetch("SELECT payment FROM gerbang_attempt WHERE order_id = 'A'", []).await.unwrap();
    let mut payment: Value = serde_json::from_str(&rows[0].text("payment").unwrap()).unwrap();
    payment["pay_with"] = ways.clone();
    let request = json!({"reference": "A", "amount": 10_000, "description": description, "return_url": return_url,
        "customer_name": description, "customer_email": description, "customer_phone": description});
    let sql = "UPDATE gerbang_attempt SET payment = $1, request = $2 WHERE order_id = 'A'";
    tx.execute(sql, [payment.to_string().into(), request.to_string().into()]).await.unwrap();
    tx.commit().await.unwrap();
}

/// The tags of a page with the names of their attributes, as a browser reads them, and all links.
fn structure(html: &str) -> (Vec<String>, Vec<String>) {
    let (mut tags, mut links) = (Vec::new(), Vec::new());
    for token in Tokenizer::new(html) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let names: Vec<_> = tag.attributes.keys().map(|name| text(name)).collect();
        tags.push(format!("{} {}", text(&tag.name), names.join(" ")));
        let values =
            tag.attributes.iter().filter(|(name, _)| ["href", "src", "action", "content"].contains(&&*text(name)));
        links.extend(values.map(|(_, value)| text(value)));
    }
    (tags, links)
}

/// What each page is shown with: the ways to pay and the shop's words, all of one text.
fn all_of(text: &str, payable: u64) -> Value {
    let name: String = text.chars().filter(char::is_ascii).take(25).collect();
    let qris =
        QrisBuilder::new(name, "JAKARTA", "5812").account(26, &[(0, "ID.CO.EXAMPLE.WWW"), (1, "936000000000000001")]);
    json!([
        {"qris": qris.amount(Rupiah::new(payable)).build().unwrap()},
        {"virtual_account": {"bank": text, "number": text}},
        {"page": format!("https://pay.example.org/{text}")},
        {"deep_link": format!("gojek://pay?id={text}")},
        {"code": text},
    ])
}

async fn shown(shop: &Shop, query: &str) -> Reply {
    let path = format!("{}{query}", page(shop, "A").await);
    shop.send("GET", &path, &[("accept-language", "en")], "").await
}

#[tokio::test]
async fn no_text_changes_what_the_page_is_made_of() {
    let shop = Shop::open().await;
    let payable = shop.create("A", "kropay").await.json()["payable"].as_u64().unwrap();
    for over in [false, true] {
        if over {
            let mut tx = shop.ledger.begin().await.unwrap();
            tx.execute("UPDATE gerbang_attempt SET expires_at = 1790000000000, due_at = NULL", []).await.unwrap();
            tx.commit().await.unwrap();
        }
        know(&shop, &all_of("plain", payable), "plain", "https://shop.example/plain").await;
        let (usual, _) = structure(&shown(&shop, "").await.text);
        assert!(usual.iter().any(|tag| tag.starts_with("svg")) != over, "{usual:#?}");
        for text in HOSTILE {
            know(&shop, &all_of(text, payable), text, &format!("https://shop.example/?q={text}")).await;
            let reply = shown(&shop, "?lang=en&x=%3Cscript%3E").await;
            let (tags, links) = structure(&reply.text);
            assert_eq!(tags, usual, "{text}: {}", reply.text);
            assert!(links.iter().all(|link| is_harmless(link)), "{text}: {links:#?}");
        }
    }
}

/// Whether a link leads to a page, an app, or the daemon's own files.
fn is_harmless(link: &str) -> bool {
    match Url::parse(link) {
        Ok(url) => ["https", "gojek"].contains(&url.scheme()) || link == "data:,",
        Err(_) => ["../assets/pay-", "?lang="].iter().any(|own| link.starts_with(own)) || !link.contains(':'),
    }
}

#[tokio::test]
async fn links_that_run_something_are_left_out() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    for link in LINKS {
        let ways = json!([{"page": link}, {"deep_link": link}, {"qr_image": link}]);
        know(&shop, &ways, "plain", link).await;
        for over in [
            "UPDATE gerbang_attempt SET ending = ending",
            "UPDATE gerbang_attempt SET expires_at = 1790000000000, due_at = NULL",
        ] {
            let mut tx = shop.ledger.begin().await.unwrap();
            tx.execute(over, []).await.unwrap();
            tx.commit().await.unwrap();
            let reply = shown(&shop, "").await;
            let (_, links) = structure(&reply.text);
            assert!(links.iter().all(|link| is_harmless(link)), "{link:?}: {links:#?}");
            assert!(!reply.text.contains("alert(1)"), "{link:?}: {}", reply.text);
        }
    }
    for link in LINKS {
        let body = json!({"order": "B", "amount": 10_000, "return_url": link});
        let reply = shop.post("/v1/payments", &body).await;
        assert_eq!((reply.status, reply.text.contains("alert")), (400, false), "{link:?}: {}", reply.text);
    }
}

#[tokio::test]
async fn shops_own_words_come_back_as_data_only() {
    let shop = Shop::open().await;
    for (number, text) in HOSTILE.iter().enumerate() {
        let order = format!("H-{number}");
        let body = json!({"order": order, "amount": 10_000, "description": text, "metadata": {*text: [text]},
            "customer": {"name": text}, "return_url": "https://shop.example/"});
        let reply = shop.post("/v1/payments", &body).await;
        // Not every gateway takes every text.
        if reply.status == 201 {
            assert_eq!((&reply.json()["metadata"][text][0], reply.media_type()), (&json!(text), "application/json"));
        }
        for path in
            [format!("/v1/payments?order={order}"), "/metrics".into(), "/v1/events".into(), format!("/pay/{order}")]
        {
            let reply = shop.get(&path).await;
            assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{path}");
            let is_page = reply.media_type().starts_with("text/html");
            assert!(!is_page || !reply.text.contains(text), "{path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn unknown_address_is_not_repeated() {
    let shop = Shop::open().await;
    let (usual, _) = structure(&shop.send("GET", "/pay/none", &[("accept-language", "en")], "").await.text);
    for text in HOSTILE {
        let encoded: String =
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let reply = shop.send("GET", &format!("/pay/{encoded}?lang={encoded}"), &[("accept-language", "en")], "").await;
        assert_eq!((reply.status, structure(&reply.text).0), (404, usual.clone()), "{text}");
        assert!(!reply.text.contains("alert"), "{text}: {}", reply.text);
    }
}
