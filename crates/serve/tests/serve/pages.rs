//! The customer's page: what it shows in each state, and what it never shows.

use gerbang::ledger::Value as Parameter;
use gerbang_sandbox::Provider;
use serde_json::{Value, json};

use crate::looking::open_case;
use crate::shop::{ADMIN, KEY, Reply, SHOP, Shop, until};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The time of an order's payment is up, and the worker does not find out.
const OVER: &str = "UPDATE gerbang_attempt SET expires_at = 1790000000000, due_at = NULL WHERE order_id = $1";

/// Takes a payment and gives the path of its page.
pub async fn created(shop: &Shop, order: &str, account: &str) -> String {
    path(&shop.create(order, account).await.json())
}

fn path(payment: &Value) -> String {
    payment["page"].as_str().unwrap().strip_prefix("https://pay.example.com").expect("an absolute address").to_owned()
}

async fn open(shop: &Shop, path: &str, language: &str) -> Reply {
    shop.send("GET", path, &[("accept-language", language)], "").await
}

/// Changes what the book knows of an order's payment.
async fn know(shop: &Shop, order: &str, change: impl FnOnce(&mut Value)) {
    let mut tx = shop.ledger.begin().await.unwrap();
    let sql = "SELECT payment FROM gerbang_attempt WHERE order_id = $1";
    let rows = tx.fetch(sql, [order.into()]).await.unwrap();
    let mut payment: Value = serde_json::from_str(&rows[0].text("payment").unwrap()).unwrap();
    change(&mut payment);
    let sql = "UPDATE gerbang_attempt SET payment = $2 WHERE order_id = $1";
    tx.execute(sql, [order.into(), payment.to_string().into()]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn execute(shop: &Shop, sql: &'static str, order: &str) {
    let mut tx = shop.ledger.begin().await.unwrap();
    assert_eq!(tx.execute(sql, [Parameter::from(order)]).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

/// The text of the QR code in a page.
fn qr(html: &str) -> Option<String> {
    let svg = &html[html.find("<svg")?..html.find("</svg>")?];
    let between = |start: &str, end: &str| svg.split_once(start).unwrap().1.split_once(end).unwrap().0;
    let size: usize = between("viewBox=\"0 0 ", " ").parse().unwrap();
    let mut is_dark = vec![false; size * size];
    for run in between(" d=\"M", "\"").split('M') {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let run: usize = rest.split_once('v').unwrap().0.parse().unwrap();
        is_dark[y * size + x..][..run].fill(true);
    }
    let shade = |x: usize, y: usize| if is_dark[y / 4 * size + x / 4] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * 4, size * 4, shade);
    Some(image.detect_grids()[0].decode().expect("a readable code").1)
}

/// Whether the page has each text in its language, and none of the other.
fn assert_says(reply: &Reply, says: &[&str], not: &[&str]) {
    for text in says {
        assert!(reply.text.contains(text), "{text} is missing: {}", reply.text);
    }
    for text in not {
        assert!(!reply.text.contains(text), "{text} is there: {}", reply.text);
    }
}

#[tokio::test]
async fn page_shows_the_code_the_amount_and_the_time_left() {
    let shop = Shop::open().await;
    let payment = shop.create("A", "kropay").await.json();
    let page = open(&shop, &path(&payment), "id").await;
    let payload = payment["pay_with"][0]["payload"].as_str().unwrap();
    assert_eq!(qr(&page.text).as_deref(), Some(payload));
    let payable = payment["payable"].as_u64().unwrap();
    assert_eq!(payable / 1000, 10);
    let amount = format!("<strong>Rp\u{a0}10.{:03}</strong>", payable % 1000);
    assert_says(&page, &["Menunggu pembayaran", &amount, &format!("data-copy=\"{payable}\"")], &["Waiting", "Paid"]);
    let expires_at = format!("<time datetime=\"{}\">", payment["expires_at"].as_str().unwrap());
    assert_says(&page, &["<html lang=\"id\">", "role=\"status\" aria-live=\"polite\"", &expires_at, "data-left="], &[]);
    assert_says(&page, &["<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"], &[]);
    let english = open(&shop, &path(&payment), "en").await;
    assert_says(&english, &["<html lang=\"en\">", "Waiting for payment", &amount, "Time left"], &["Menunggu"]);
    let asked = open(&shop, &format!("{}?lang=en", path(&payment)), "id").await;
    assert_says(&asked, &["Waiting for payment"], &[]);
}

#[tokio::test]
async fn code_that_asks_for_another_amount_is_not_shown() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    know(&shop, "A", |payment| payment["payable"] = json!(9_999)).await;
    let shown = open(&shop, &page, "en").await;
    assert_eq!(qr(&shown.text), None);
    assert_says(&shown, &["Rp\u{a0}9.999"], &["<svg"]);
}

#[tokio::test]
async fn number_or_link_is_shown_where_there_is_no_code() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    let ways = json!([
        {"virtual_account": {"bank": "BCA", "number": "8808123456"}},
        {"page": "https://pay.example.org/x?a=1&b=2"},
        {"page": "javascript:alert(1)"},
        {"deep_link": "gojek://pay?id=7"},
        {"deep_link": "data:text/html,x"},
        {"qr_image": "https://pay.example.org/qr.png"},
        {"code": "KP-7"},
    ]);
    know(&shop, "A", |payment| payment["pay_with"] = ways).await;
    let shown = open(&shop, &page, "id").await;
    let all = [
        "Nomor virtual account BCA",
        "<code>8808123456</code>",
        "data-copy=\"8808123456\"",
        "href=\"https://pay.example.org/x?a=1&amp;b=2\"",
        "href=\"gojek://pay?id=7\"",
        "href=\"https://pay.example.org/qr.png\"",
        "<code>KP-7</code>",
    ];
    assert_says(&shown, &all, &["javascript:", "data:text", "<img", "<svg"]);
}

#[tokio::test]
async fn page_says_paid_only_when_the_book_does() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    // A gateway's word alone is no receipt.
    know(&shop, "A", |payment| payment["status"] = json!("paid")).await;
    assert_says(&open(&shop, &page, "en").await, &["Waiting for payment"], &["<title>Paid"]);
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.settled("A").await;
    let paid = open(&shop, &page, "en").await;
    assert_says(&paid, &[">Paid</h1>", "Paid at", "data-status=\"paid\""], &["<svg", "data-copy", "http-equiv"]);
    assert_says(&open(&shop, &page, "id").await, &[">Sudah dibayar</h1>", "Dibayar pada"], &[">Paid<"]);
}

#[tokio::test]
async fn page_of_what_is_over_says_not_to_pay() {
    let shop = Shop::open().await;
    let (over, closed) = (created(&shop, "A", "kropay").await, created(&shop, "B", "kazukipay").await);
    let attention = created(&shop, "C", "kropay").await;
    execute(&shop, OVER, "A").await;
    assert_says(&open(&shop, &over, "id").await, &["Waktu pembayaran habis", "Jangan bayar"], &["<svg", "data-left"]);
    assert_says(&open(&shop, &over, "en").await, &["The time to pay is over", "Do not pay"], &["<svg", "data-left"]);
    let id = shop.get("/v1/payments?order=B").await.json()["payments"][0]["id"].as_str().unwrap().to_owned();
    shop.post(&format!("/v1/payments/{id}/cancel"), &json!({})).await;
    assert_says(&open(&shop, &closed, "id").await, &["Pembayaran ditutup", "Jangan bayar"], &["<svg"]);
    assert_says(&open(&shop, &closed, "en").await, &["The payment is closed", "Do not pay"], &["<svg"]);
    execute(&shop, "UPDATE gerbang_attempt SET ending = 'expired' WHERE order_id = $1", "B").await;
    assert_says(&open(&shop, &closed, "id").await, &["Pembayaran kedaluwarsa", "Jangan bayar"], &["<svg"]);
    assert_says(&open(&shop, &closed, "en").await, &["The payment has expired", "Do not pay"], &["<svg"]);
    open_case(&shop, "C").await;
    assert_says(&open(&shop, &attention, "id").await, &["Sedang diperiksa toko", "Jangan bayar"], &["<svg"]);
    assert_says(&open(&shop, &attention, "en").await, &["The shop is looking into it", "Do not pay"], &["<svg"]);
}

#[tokio::test]
async fn payment_that_is_being_made_is_waited_for() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    know(&shop, "A", |payment| payment["pay_with"] = json!([])).await;
    assert_says(
        &open(&shop, &page, "id").await,
        &["Pembayaran sedang disiapkan", "refresh"],
        &["Rp\u{a0}10.000</strong>"],
    );
    assert_says(&open(&shop, &page, "en").await, &["The payment is being prepared", "refresh"], &["<svg"]);
}

#[tokio::test]
async fn every_text_is_escaped() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    // Not every gateway takes them.
    let sql = "UPDATE gerbang_attempt SET request = $2 WHERE order_id = $1";
    let request = json!({"reference": "A", "amount": 10_000, "description": HOSTILE,
        "return_url": "https://shop.example/?q=\"><script>alert(1)</script>"});
    let mut tx = shop.ledger.begin().await.unwrap();
    assert_eq!(tx.execute(sql, ["A".into(), request.to_string().into()]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    know(&shop, "A", |payment| {
        payment["pay_with"] = json!([
            {"virtual_account": {"bank": HOSTILE, "number": HOSTILE}},
            {"page": format!("https://pay.example.org/{HOSTILE}")},
            {"code": HOSTILE},
        ]);
    })
    .await;
    let pending = open(&shop, &format!("{page}?lang=%3Cscript%3E"), "<script>").await;
    execute(&shop, OVER, "A").await;
    let over = open(&shop, &page, "id").await;
    for reply in [&pending, &over] {
        assert_says(reply, &["&lt;script&gt;alert(1)&lt;/script&gt;&quot;"], &["<script>", "<img", "\"'>"]);
    }
    assert_says(&over, &["href=\"https://shop.example/?q=&quot;&gt;&lt;script&gt;"], &[]);
}

#[tokio::test]
async fn page_holds_no_key_and_nothing_of_the_customer() {
    let shop = Shop::open().await;
    for account in ["kropay", "kazukipay", "pakasir-v2"] {
        let page = created(&shop, account, account).await;
        let shown = open(&shop, &page, "en").await;
        assert_says(&shown, &[account], &["CANARY", SHOP, ADMIN, KEY, "evt_", "pay_"]);
    }
}

#[tokio::test]
async fn headers_keep_everything_else_out() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    for path in [page.as_str(), "/pay/none"] {
        let reply = open(&shop, path, "en").await;
        for (name, value) in [
            ("content-security-policy", POLICY),
            ("content-type", "text/html; charset=utf-8"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-language", "en"),
        ] {
            assert_eq!(reply.headers[name], value, "{path} {name}");
        }
        // Nothing in the page needs more than the policy allows.
        assert_says(&reply, &[], &[" style=", "<style", " onclick", "src=\"/", "src=\"http"]);
    }
}

#[tokio::test]
async fn script_and_style_have_names_of_their_texts() {
    let shop = Shop::open().await;
    let page = open(&shop, &created(&shop, "A", "kropay").await, "id").await;
    for (ending, media_type) in [("js", "text/javascript; charset=utf-8"), ("css", "text/css; charset=utf-8")] {
        let at = page.text.find("../assets/pay-").unwrap();
        let names = page.text[at..].split('"').filter(|text| text.starts_with("../assets/"));
        let name = names.into_iter().find(|name| name.ends_with(ending)).unwrap();
        let reply = shop.stream(&name[2..], None, None).await.response;
        let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((reply.status().as_u16(), header("content-type").as_str()), (200, media_type));
        assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
    assert_eq!(shop.get("/assets/pay-0000000000000000.js").await.status, 404);
}

#[tokio::test]
async fn unknown_tokens_get_the_same_page() {
    let shop = Shop::open().await;
    let (one, other) = (created(&shop, "A", "kropay").await, created(&shop, "B", "kropay").await);
    let ((order, _), (_, proof)) = (one.rsplit_once('.').unwrap(), other.rsplit_once('.').unwrap());
    let unknown = open(&shop, "/pay/none", "en").await;
    assert_says(&unknown, &["There is no such page"], &["none"]);
    for path in
        [order.to_owned(), format!("{order}.{proof}"), format!("{one}A"), "/pay/%FF".into(), "/pay/pay_QQ".into()]
    {
        let reply = open(&shop, &path, "en").await;
        assert_eq!((reply.status, &reply.text), (404, &unknown.text), "{path}");
        let events = shop.send("GET", &format!("{path}/events"), &[], "").await;
        assert_eq!(events.problem(), (404, "not_found".into()), "{path}");
    }
}

#[tokio::test]
async fn address_stays_the_same_and_is_the_books_own() {
    let file = crate::shop::file("db", "");
    let database = format!("sqlite:{}", file.display());
    let shop = Shop::open_on(&database).await;
    let page = created(&shop, "A", "kropay").await;
    let shop = shop.restart().await;
    assert_eq!(path(&shop.get("/v1/payments?order=A").await.json()["payments"][0]), page);
    assert_eq!(open(&shop, &page, "id").await.status, 200);
    let another = Shop::open().await;
    assert_ne!(created(&another, "A", "kropay").await, page);
    assert_eq!(open(&another, &page, "id").await.status, 404);
}

#[tokio::test]
async fn stream_of_the_page_says_the_status_only() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    let mut stream = shop.stream(&format!("{page}/events"), None, None).await;
    assert_eq!(stream.response.headers()["content-type"], "text/event-stream");
    let pending = stream.next().await.unwrap();
    assert_eq!(pending, [("event".into(), "status".into()), ("data".into(), r#"{"status":"pending"}"#.into())]);
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    assert_eq!(stream.next_field("data").await, r#"{"status":"paid"}"#);
    // Nothing comes after that.
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn page_says_so_when_the_database_is_away() {
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    execute_all(&shop, "ALTER TABLE gerbang_order RENAME TO away").await;
    let reply = open(&shop, &page, "en").await;
    assert_eq!((reply.status, reply.headers["retry-after"].to_str().unwrap()), (503, "5"));
    assert_says(&reply, &["It cannot be shown now", "http-equiv=\"refresh\""], &["Paid", "sqlite", "gerbang_order"]);
    until(async || open(&shop, "/pay/none", "en").await.status == 404).await;
}

async fn execute_all(shop: &Shop, sql: &'static str) {
    let mut tx = shop.ledger.begin().await.unwrap();
    tx.execute(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}
