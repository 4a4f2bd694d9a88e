//! The operator's page: who may see it, what it shows and what it does.

use gerbang::Network;
use gerbang::ledger::Value as Parameter;
use gerbang_sandbox::Provider;
use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};
use serde_json::json;

use crate::looking::open_case;
use crate::shop::{ADMIN, KEY, SHOP, Shop, until};
use crate::surplus::owe;
use crate::webhooks::Receiver;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";

/// A page as it came.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Fails unless the page has each text, and none of the others.
    pub fn says(&self, says: &[&str], not: &[&str]) -> &Self {
        for text in says {
            assert!(self.text.contains(text), "{text} is missing: {}", self.text);
        }
        for text in not {
            assert!(!self.text.contains(text), "{text} is there: {}", self.text);
        }
        self
    }

    pub fn form_key(&self) -> String {
        let rest = self.text.split_once("name=\"form\" value=\"").expect("a form").1;
        rest.split_once('"').unwrap().0.to_owned()
    }
}

/// A browser with what it keeps of its session.
pub struct Browser<'a> {
    shop: &'a Shop,
    cookie: String,
    pub language: &'static str,
}

impl<'a> Browser<'a> {
    fn new(shop: &'a Shop) -> Self {
        Self { shop, cookie: String::new(), language: "en" }
    }

    pub async fn signed_in(shop: &'a Shop) -> Self {
        let mut browser = Self::new(shop);
        let reply = browser.sign_in(ADMIN).await;
        assert_eq!((reply.status, reply.header("location")), (303, "../"), "{reply:?}");
        browser.cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
        browser
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Page {
        let client = Network::new().http_client().unwrap().redirect(redirect::Policy::none()).build().unwrap();
        let mut request = client.request(method, self.shop.url(path)).header("accept-language", self.language);
        for (name, value) in headers.iter().copied().chain([("cookie", self.cookie.as_str())]) {
            request = request.header(name, value);
        }
        let response = request.body(body).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let page = Page { status, headers, text: response.text().await.unwrap() };
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.text.contains(ADMIN) && !page.text.contains(SHOP) && !page.text.contains(KEY), "{}", page.text);
        page
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Sends a form as a browser does from a page of the daemon's.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, &[("sec-fetch-site", "same-origin")], body).await
    }

    async fn sign_in(&self, token: &str) -> Page {
        self.post("/operator/sign-in", &[("token", token)]).await
    }
}

async fn execute(shop: &Shop, sql: &'static str) -> u64 {
    let mut tx = shop.ledger.begin().await.unwrap();
    let changed = tx.execute(sql, Vec::<Parameter>::new()).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

const PAGES: [&str; 5] = ["/", "/operator/cases", "/operator/notifications", "/operator/events", "/operator/accounts"];

#[tokio::test]
async fn nothing_is_shown_to_who_has_not_signed_in() {
    let shop = Shop::open().await;
    shop.create("ORDER-1", "kropay").await;
    for cookie in ["", "gerbang_session=", "gerbang_session=x", "gerbang_session=CANARY-token-of-the-operator"] {
        let browser = Browser { cookie: cookie.to_owned(), ..Browser::new(&shop) };
        browser.get("/").await.says(&["type=\"password\"", "Sign in"], &["ORDER-1", "kropay"]);
        for path in PAGES[1..].iter().chain(&["/operator/payments/pay_T1JERVItMQ"]) {
            let page = browser.get(path).await;
            assert_eq!((page.status, page.text.as_str()), (303, ""), "{path}");
            assert!(page.header("location").trim_matches(['.', '/']).is_empty(), "{path}");
        }
        for path in
            ["cases/1/resolve", "surplus/1/refunded", "notifications/1/replay", "events/evt_1/redeliver", "sign-out"]
        {
            let page = browser.post(&format!("/operator/{path}"), &[("resolution", "paid"), ("by", "x")]).await;
            assert_eq!(page.status, 303, "{path}");
        }
    }
}

#[tokio::test]
async fn token_of_the_operator_signs_in_and_no_other() {
    let shop = Shop::open().await;
    let browser = Browser::new(&shop);
    let shops = browser.sign_in(SHOP).await;
    assert_eq!(shops.status, 403);
    shops.says(&["This token is of scope shop", "type=\"password\""], &[]);
    let wrong = browser.sign_in("CANARY-wrong").await;
    assert_eq!(wrong.status, 403);
    wrong.says(&["This token is not known"], &["CANARY-wrong"]);
    for page in [&shops, &wrong] {
        assert_eq!(page.header("set-cookie"), "");
    }
    let right = browser.sign_in(&format!(" {ADMIN}\n")).await;
    let cookie = right.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    let secret = cookie.strip_prefix("gerbang_session=").unwrap().split(';').next().unwrap();
    assert_eq!(secret.len(), 43);
    let other = browser.sign_in(ADMIN).await;
    assert_ne!(other.header("set-cookie"), cookie);
    let mut tx = shop.ledger.read().await.unwrap();
    let rows = tx.fetch("SELECT hash, token FROM gerbang_serve_session", []).await.unwrap();
    for row in &rows {
        let kept = format!("{} {}", row.text("hash").unwrap(), row.text("token").unwrap());
        assert!(!kept.contains(secret) && !kept.contains(ADMIN), "{kept}");
    }
}

#[tokio::test]
async fn who_tries_tokens_is_slowed_down_and_no_shop_is() {
    let shop = Shop::open_with("sqlite::memory:", "rate_per_address = 1").await;
    let mut statuses = Vec::new();
    for _ in 0..15 {
        statuses.push(Browser::new(&shop).sign_in("CANARY-wrong").await.status);
    }
    assert!(statuses[0] == 403 && statuses.contains(&429), "{statuses:?}");
    assert_eq!(shop.get("/v1/accounts").await.status, 200);
}

#[tokio::test]
async fn session_ends() {
    let shop = Shop::open().await;
    let signed_in = async |browser: &Browser<'_>| !browser.get("/").await.text.contains("type=\"password\"");
    let browser = Browser::signed_in(&shop).await;
    assert!(signed_in(&browser).await);
    let key = browser.get("/").await.form_key();
    let out = browser.post("/operator/sign-out", &[("form", &key)]).await;
    assert!(out.header("set-cookie").starts_with("gerbang_session=; Path=/; Max-Age=0;"), "{out:?}");
    assert!(!signed_in(&browser).await);

    let browser = Browser::signed_in(&shop).await;
    execute(&shop, "UPDATE gerbang_serve_session SET ends_at = ends_at - 8 * 3600 * 1000").await;
    assert!(!signed_in(&browser).await);

    // With the token that it was begun with.
    let browser = Browser::signed_in(&shop).await;
    execute(&shop, "DELETE FROM gerbang_serve_token").await;
    until(async || !signed_in(&browser).await).await;
}

#[tokio::test]
async fn sessions_are_bounded_and_shared() {
    let file = crate::shop::file("db", "");
    let shop = Shop::open_on(&format!("sqlite:{}", file.display())).await;
    let first = Browser::signed_in(&shop).await;
    let other = shop.beside().await;
    assert_eq!(Browser { shop: &other, cookie: first.cookie.clone(), language: "en" }.get("/").await.status, 200);
    execute(&shop, "UPDATE gerbang_serve_session SET ends_at = ends_at - 1000").await;
    for _ in 0..64 {
        Browser::signed_in(&shop).await;
    }
    let mut tx = shop.ledger.read().await.unwrap();
    let rows = tx.fetch("SELECT count(*) AS n FROM gerbang_serve_session", []).await.unwrap();
    assert_eq!(rows[0].int("n").unwrap(), 64);
    drop(tx);
    first.get("/").await.says(&["type=\"password\""], &[]);
    other.stop().await;
    shop.stop().await;
}

#[tokio::test]
async fn form_of_another_site_or_session_does_nothing() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    open_case(&shop, "A").await;
    let (browser, other) = (Browser::signed_in(&shop).await, Browser::signed_in(&shop).await);
    let (own, others) = (browser.get("/").await.form_key(), other.get("/").await.form_key());
    assert_ne!(own, others);
    let fields = |key: &str| format!("form={key}&resolution=paid&by=Ani&note=");
    let same = ("sec-fetch-site", "same-origin");
    for (headers, body) in [
        (vec![], fields(&own)),
        (vec![("sec-fetch-site", "cross-site")], fields(&own)),
        (vec![("sec-fetch-site", "same-site")], fields(&own)),
        (vec![("origin", "https://evil.example")], fields(&own)),
        (vec![same, ("origin", "null")], fields(&own)),
        (vec![same], fields(&others)),
        (vec![same], fields("")),
        (vec![same], "resolution=paid&by=Ani".to_owned()),
    ] {
        let page = browser.send(Method::POST, "/operator/cases/1/resolve", &headers, body.clone()).await;
        assert_eq!(page.status, 403, "{headers:?} {body}");
        // The second by the check of all calls, where a browser says from where it comes.
        assert!(["not of this page", "cross_site"].iter().any(|said| page.text.contains(said)), "{}", page.text);
    }
    let foreign = [("origin", "https://evil.example")];
    let page = browser.send(Method::POST, "/operator/sign-in", &foreign, format!("token={ADMIN}")).await;
    assert_eq!((page.status, page.header("set-cookie")), (403, ""));
    assert_eq!(shop.get("/v1/cases?open=true").await.json()["cases"].as_array().unwrap().len(), 1);
    let body = fields(&own);
    let page = browser.send(Method::POST, "/operator/cases/1/resolve", &[("origin", "https://pay.example.com")], body);
    assert_eq!(page.await.status, 303);
    assert_eq!(shop.get("/v1/cases?open=true").await.json()["cases"], json!([]));
}

#[tokio::test]
async fn payments_are_searched_and_filtered() {
    let shop = Shop::open().await;
    for order in ["ORDER-1", "ORDER-2"] {
        shop.create(order, "kropay").await;
    }
    shop.create("ORDER-3", "kazukipay").await;
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    shop.settled("ORDER-1").await;
    let browser = Browser::signed_in(&shop).await;
    let id = shop.get("/v1/payments?order=ORDER-2").await.json()["payments"][0]["attempts"][0]["gateway_id"].clone();
    for (path, says, not) in [
        ("/".to_owned(), vec!["ORDER-1", "ORDER-2", "ORDER-3", "Paid", "Pending"], vec!["Next page"]),
        ("/?status=paid&q=&account=".to_owned(), vec!["ORDER-1"], vec!["ORDER-2", "ORDER-3"]),
        ("/?account=kazukipay".to_owned(), vec!["ORDER-3"], vec!["ORDER-1", "ORDER-2"]),
        ("/?q=order-2".to_owned(), vec![">ORDER-2<"], vec!["ORDER-1", "ORDER-3"]),
        (format!("/?q={}", id.as_str().unwrap()), vec![">ORDER-2<"], vec!["ORDER-1", "ORDER-3"]),
        ("/?q=ORDER-2&status=paid".to_owned(), vec!["There are none."], vec![">ORDER-2<"]),
    ] {
        browser.get(&path).await.says(&says, &not);
    }
    for path in [
        "/?status=open",
        "/?after=x",
        "/?page=2",
        "/operator/events?after=1",
        "/operator/cases?after=x",
        "/operator/cases?due=x",
    ] {
        assert_eq!(browser.get(path).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn lists_go_on_page_by_page() {
    let shop = Shop::open().await;
    for order in 1..=31 {
        shop.create(&format!("O-{order}"), "kropay").await;
    }
    let browser = Browser::signed_in(&shop).await;
    for (path, newest, oldest) in [("/?status=pending", ">O-31<", ">O-1<"), ("/operator/events", ">O-31<", ">O-1<")] {
        let first = browser.get(path).await;
        first.says(&[newest, "rel=\"next\""], &[oldest, "First page"]);
        let link = first.text.split("rel=\"next\"").next().unwrap().rsplit_once("href=\"").unwrap().1;
        let link = link.split('"').next().unwrap().replace("&amp;", "&");
        let link = format!("/{}", link.trim_start_matches(['.', '/']));
        browser.get(&link).await.says(&[oldest, "First page"], &[newest, "rel=\"next\""]);
    }
}

#[tokio::test]
async fn payment_shows_its_attempts_and_events() {
    let shop = Shop::open().await;
    let body = json!({"order": "A", "amount": 10_000, "account": "kropay", "metadata": {"cart": "<b>7</b>"},
        "customer": {"name": "CANARY-Krisdi"}});
    let payment = shop.post("/v1/payments", &body).await.json();
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    let paid = shop.settled("A").await;
    let browser = Browser::signed_in(&shop).await;
    let page = browser.get(&format!("/operator/payments/{}", payment["id"].as_str().unwrap())).await;
    let id = paid["attempts"][0]["gateway_id"].as_str().unwrap();
    let all = [">Paid</span>", "Rp\u{a0}10.000", id, "Payment created", "Order paid", "&lt;b&gt;7&lt;/b&gt;", "test"];
    page.says(&all, &["CANARY", "<b>7"]);
    page.says(&[payment["page"].as_str().unwrap()], &[]);
    for path in ["pay_Tk9ORQ", "x", "pay_%FF"] {
        let page = browser.get(&format!("/operator/payments/{path}")).await;
        assert_eq!(page.status, 404, "{path}");
        page.says(&["There is no such thing"], &[]);
    }
}

#[tokio::test]
async fn case_is_settled_with_a_name_and_a_note() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    open_case(&shop, "A").await;
    let browser = Browser::signed_in(&shop).await;
    let page = browser.get("/operator/cases").await;
    page.says(&["Something differs", "the amount differs", "Rp\u{a0}9.000", "value=\"unpaid\""], &["Settled<"]);
    page.says(&["<span class=\"count\">1</span>"], &[]);
    let key = page.form_key();
    let settle = async |fields: &[(&str, &str)]| {
        browser.post("/operator/cases/1/resolve", &[&[("form", key.as_str())], fields].concat()).await
    };
    for fields in [
        &[("resolution", "paid"), ("by", " ")][..],
        &[("resolution", ""), ("by", "Ani")],
        &[("resolution", "refunded"), ("by", "Ani")],
        &[("resolution", "paid"), ("by", "Ani"), ("amount", "1")],
        &[("resolution", "paid"), ("by", "Ani"), ("by", "Budi")],
    ] {
        assert_eq!(settle(fields).await.status, 400, "{fields:?}");
    }
    let done = settle(&[("resolution", "paid"), ("by", "Ani"), ("note", "on the\r\nstatement")]).await;
    assert_eq!((done.status, done.header("location")), (303, "../../../operator/cases?done=1"));
    browser.get("/operator/cases?done=1").await.says(&["The case is settled.", "There is no case"], &["count\">"]);
    browser.get("/operator/cases?all=1").await.says(&[">Ani<", "on the statement", "Settled"], &["value=\"unpaid\""]);
    let again = settle(&[("resolution", "unpaid"), ("by", "Budi"), ("note", "")]).await;
    assert_eq!(again.status, 409);
    again.says(&["The case is settled"], &[]);
    assert_eq!(shop.get("/v1/payments?order=A").await.json()["payments"][0]["status"], "paid");
    let settled = shop.get("/v1/cases").await.json()["cases"][0].clone();
    assert_eq!((&settled["by"], &settled["note"]), (&json!("Ani"), &json!("on the statement")));
}

#[tokio::test]
async fn notification_is_judged_again() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.settled("A").await;
    let browser = Browser::signed_in(&shop).await;
    until(async || browser.get("/operator/notifications").await.text.contains("asked: paid</span>")).await;
    let page = browser.get("/operator/notifications?account=kropay&outcome=paid").await;
    page.says(&["#1 kropay", ">A</bdi>", "unsigned: proves nothing"], &["There are none"]);
    browser.get("/operator/notifications?outcome=waiting").await.says(&["There are none."], &["#1"]);
    let form = [("form", &*page.form_key())];
    let done = browser.post("/operator/notifications/1/replay", &form).await;
    assert_eq!((done.status, done.header("location")), (303, "../../../operator/notifications?done=1"));
    browser.get("/operator/notifications?done=1").await.says(&["It was judged again."], &[]);
    assert_eq!(browser.post("/operator/notifications/9/replay", &form).await.status, 404);
    execute(&shop, "UPDATE gerbang_inbox SET body = NULL, headers = NULL").await;
    assert_eq!(browser.post("/operator/notifications/1/replay", &form).await.status, 410);
    browser.get("/operator/notifications").await.says(&["Its body is deleted"], &["/replay"]);
}

#[tokio::test]
async fn event_is_delivered_again() {
    let (receiver, settings) = Receiver::listen().await;
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    until(async || receiver.types("A").len() == 1).await;
    let browser = Browser::signed_in(&shop).await;
    until(async || browser.get("/operator/events").await.text.contains("Delivery: delivered")).await;
    let page = browser.get("/operator/events").await;
    page.says(&["Payment created", ">A</bdi>"], &["webhook_url"]);
    let form = [("form", &*page.form_key())];
    let done = browser.post("/operator/events/evt_1/redeliver", &form).await;
    assert_eq!((done.status, done.header("location")), (303, "../../../operator/events?done=1"));
    until(async || receiver.types("A").len() == 2).await;
    assert_eq!(browser.post("/operator/events/evt_9/redeliver", &form).await.status, 404);
}

#[tokio::test]
async fn accounts_show_how_their_gateways_do() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    let browser = Browser::signed_in(&shop).await;
    let page = browser.get("/operator/accounts").await;
    page.says(&["kazukipay", "https://pay.example.com/hooks/kropay", "Last answer", "no money moves"], &["CANARY"]);
    browser.get("/operator/events").await.says(&["webhook_url is not set"], &["Deliver again"]);
}

#[tokio::test]
async fn page_is_in_the_language_that_was_chosen() {
    let shop = Shop::open().await;
    let mut browser = Browser::signed_in(&shop).await;
    browser.get("/").await.says(&["<html lang=\"en\">", "Payments", "?lang=id"], &["Pembayaran"]);
    browser.language = "id";
    let page = browser.get("/?status=paid&lang=en").await;
    page.says(&["<html lang=\"en\">", "?status=paid&amp;lang=id"], &[]);
    assert!(page.header("set-cookie").starts_with("gerbang_lang=en; Path=/;"), "{page:?}");
    for path in PAGES {
        let page = browser.get(path).await;
        assert_eq!((page.header("content-language"), page.header("vary")), ("id", "accept-language, cookie"));
        page.says(&["<html lang=\"id\">", "Pembayaran", "Keluar", "English"], &["Sign out", "There are none"]);
    }
    browser.cookie += "; gerbang_lang=en";
    browser.get("/operator/cases").await.says(&["<html lang=\"en\">", "Sign out"], &["Keluar"]);
}

#[tokio::test]
async fn headers_of_the_page_keep_everything_else_out() {
    let shop = Shop::open().await;
    shop.create("A", "kropay").await;
    open_case(&shop, "A").await;
    for browser in [Browser::new(&shop), Browser::signed_in(&shop).await] {
        for path in if browser.cookie.is_empty() { &PAGES[..1] } else { &PAGES[..] } {
            let page = browser.get(path).await;
            for (name, value) in [
                ("content-security-policy", POLICY),
                ("content-type", "text/html; charset=utf-8"),
                ("referrer-policy", "same-origin"),
                ("x-content-type-options", "nosniff"),
            ] {
                assert_eq!(page.header(name), value, "{path} {name}");
            }
            page.says(&[], &[" style=", "<style", "<script", " onclick", "href=\"/", "href=\"http:", "action=\"/"]);
        }
    }
}

#[tokio::test]
async fn texts_of_others_are_escaped() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let shop = Shop::open().await;
    let body = json!({"order": "A", "amount": 10_000, "account": "kropay", "metadata": {"x": HOSTILE}});
    let id = shop.post("/v1/payments", &body).await.json()["id"].as_str().unwrap().to_owned();
    open_case(&shop, "A").await;
    owe(&shop, "A").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    until(async || !shop.get("/v1/notifications").await.json()["notifications"].as_array().unwrap().is_empty()).await;
    let mut tx = shop.ledger.begin().await.unwrap();
    for sql in [
        "UPDATE gerbang_attempt SET gateway_id = $1",
        "UPDATE gerbang_case SET detail = $1",
        "UPDATE gerbang_inbox SET gateway_id = $1",
    ] {
        assert_eq!(tx.execute(sql, [HOSTILE.into()]).await.unwrap(), 1);
    }
    tx.commit().await.unwrap();
    let browser = Browser::signed_in(&shop).await;
    let payment = format!("/operator/payments/{id}");
    let query = url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    for path in [payment.as_str(), "/operator/cases", "/operator/notifications", &format!("/?q={query}")] {
        browser.get(path).await.says(&["&lt;script&gt;alert(1)&lt;/script&gt;"], &["<script>", "<img", "\"'>"]);
    }
}

#[tokio::test]
async fn operators_page_says_so_when_the_database_is_away() {
    let shop = Shop::open().await;
    let browser = Browser::signed_in(&shop).await;
    execute(&shop, "ALTER TABLE gerbang_order RENAME TO away").await;
    let page = browser.get("/").await;
    assert_eq!(page.status, 503);
    page.says(&["The database is away"], &["gerbang_order", "There are none"]);
    execute(&shop, "ALTER TABLE gerbang_serve_session RENAME TO gone").await;
    assert_eq!(browser.get("/operator/accounts").await.status, 503);
}
