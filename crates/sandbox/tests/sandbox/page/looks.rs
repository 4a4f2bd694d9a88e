use std::time::Duration;

use gerbang_sandbox::{Provider, Sandbox};

use super::kropay;
use crate::http::{get, send};

#[tokio::test]
async fn all_payments_are_listed_newest_first() {
    let sandbox = Sandbox::start().await;
    let empty = get(sandbox.base_url()).await;
    assert_eq!((empty.status, empty.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(empty.body.contains("No payment yet"));

    let first = kropay(&sandbox, "ORDER-1", 1_250_000).await;
    kropay(&sandbox, "ORDER-2", 10_000).await;
    sandbox.advance(Duration::from_secs(90));
    let page = get(&format!("{}/", sandbox.base_url())).await.body;
    let (older, newer) = (page.find("ORDER-1").unwrap(), page.find("ORDER-2").unwrap());
    assert!(newer < older);
    assert!(first.payable.get() > 1_250_000 && first.payable.get() < 1_260_000);
    for text in
        ["Kropay", "Rp1.250.000", &first.reference, &first.id, "Pending", "in 58 min", "1 min ago", "<svg", "WIB"]
    {
        assert!(page.contains(text), "{text}");
    }
    // Nothing comes from elsewhere, and nothing is in the attributes that the policy forbids.
    for text in [" src=", " style=", " onclick=", "@import", "url("] {
        assert!(!page.contains(text), "{text}");
    }
    assert!(page.contains("name=\"viewport\""));
    for provider in Provider::ALL {
        let line = format!("export GERBANG_{}_BASE_URL={}\n", provider.name().to_uppercase(), sandbox.url(provider));
        assert!(page.contains(&line), "{line}");
    }
}

#[tokio::test]
async fn a_page_shows_fifty_payments() {
    let sandbox = Sandbox::start().await;
    for number in 1..=51 {
        kropay(&sandbox, &format!("ORDER-{number:02}"), 20_000).await;
    }
    let page = async |query: &str| get(&format!("{}/{query}", sandbox.base_url())).await.body;
    let first = page("").await;
    assert!(first.contains("1–50 of 51") && first.contains("ORDER-51") && !first.contains("ORDER-01"));
    for query in ["?page=2", "?page=99", "?page=18446744073709551615"] {
        let last = page(query).await;
        assert!(last.contains("51–51 of 51") && last.contains("ORDER-01") && !last.contains("ORDER-02"), "{query}");
    }
    assert!(page("?page=0").await.contains("1–50 of 51"));
}

#[tokio::test]
async fn hostile_texts_are_escaped() {
    let sandbox = Sandbox::start().await;
    let hostile = "\"><script>alert('x')</script><img src=x onerror=alert(1)>";
    let payment = kropay(&sandbox, hostile, 10_000).await;
    sandbox.set_webhook(Provider::Kropay, Some("http://127.0.0.1:1/<script>alert(1)</script>"));
    for path in
        ["/", &format!("/pay/{}", payment.id), "/_sandbox/page", "/pay/%3Cscript%3Ealert(1)", "/?lang=%3Cscript%3E"]
    {
        let page = get(&format!("{}{path}", sandbox.base_url())).await.body;
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{path}: {page}");
    }
    let page = get(sandbox.base_url()).await.body;
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert"), "{page}");
    sandbox.pay(Provider::Kropay, &payment.id).unwrap();
    crate::http::until("an attempt", || !sandbox.webhook_attempts().is_empty()).await;
    let page = get(sandbox.base_url()).await.body;
    assert!(page.contains("No answer") && !page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn the_changing_part_is_sent_when_it_has_changed() {
    let sandbox = Sandbox::start().await;
    for name in ["list", "customer"] {
        let payment = kropay(&sandbox, name, 10_000).await;
        // Half a minute away from where "in 30 min" becomes "in 29 min": the page must not change by itself between two looks.
        sandbox.advance(Duration::from_secs(30));
        let (whole, part) = match name {
            "list" => ("/".to_owned(), "/_sandbox/page".to_owned()),
            _ => (format!("/pay/{}", payment.id), format!("/_sandbox/page/pay/{}", payment.id)),
        };
        let url = format!("{}{part}", sandbox.base_url());
        let before = get(&url).await;
        assert!(before.body.contains("Pending") && !before.body.contains("<html"));
        let tag = before.header("etag").unwrap();
        let page = get(&format!("{}{whole}", sandbox.base_url())).await.body;
        assert!(page.contains(&before.body), "{whole}");
        assert!(page.contains(&format!("data-tag=\"{}\"", tag.replace('"', "&quot;"))), "{whole}");

        let same = send("GET", &url, &[("If-None-Match", tag)], "").await;
        assert_eq!((same.status, same.body.as_str()), (304, ""));
        sandbox.pay(Provider::Kropay, &payment.id).unwrap();
        let after = send("GET", &url, &[("If-None-Match", tag)], "").await;
        assert_eq!(after.status, 200);
        assert!(after.body.contains("Paid"));
        assert_ne!(after.header("etag"), Some(tag));
    }
    // The times in words change with the clock.
    let url = format!("{}/_sandbox/page", sandbox.base_url());
    let before = get(&url).await;
    sandbox.advance(Duration::from_secs(300));
    let after = send("GET", &url, &[("If-None-Match", before.header("etag").unwrap())], "").await;
    assert_eq!(after.status, 200);
    assert!(after.body.contains("5 min ago"), "{}", after.body);
}

#[tokio::test]
async fn the_pages_speak_indonesian() {
    let sandbox = Sandbox::start().await;
    let payment = kropay(&sandbox, "A", 10_000).await;
    sandbox.advance(Duration::from_secs(90));
    let list = format!("{}/", sandbox.base_url());
    for (url, header) in [(format!("{list}?lang=id"), "en"), (list.clone(), "id-ID,id;q=0.9,en;q=0.8")] {
        let page = send("GET", &url, &[("Accept-Language", header)], "").await.body;
        assert!(page.contains("<html lang=\"id\">"));
        for text in
            ["Pembayaran", "Menunggu", "Bayar kurang", "Batalkan", "dalam 58 menit", "Base URL", "href=\"/?lang=en\""]
        {
            assert!(page.contains(text), "{text}");
        }
        assert!(!page.contains("Pending"));
    }
    let english = send("GET", &format!("{list}?lang=en"), &[("Accept-Language", "id")], "").await.body;
    assert!(english.contains("<html lang=\"en\">") && english.contains("Pending"));

    let pay = get(&format!("{}/pay/{}?lang=id", sandbox.base_url(), payment.id)).await.body;
    for text in ["Jumlah yang harus dibayar", "Bayar di sandbox", "Tidak ada uang yang berpindah"] {
        assert!(pay.contains(text), "{text}");
    }
    let part = get(&format!("{}/_sandbox/page?lang=id", sandbox.base_url())).await.body;
    assert!(part.contains("Menunggu"));
}

#[tokio::test]
async fn the_customers_page_shows_one_payment() {
    let sandbox = Sandbox::start().await;
    kropay(&sandbox, "OTHER", 20_000).await;
    let payment = kropay(&sandbox, "MINE", 10_000).await;
    let url = format!("{}/pay/{}", sandbox.base_url(), payment.id);
    let page = get(&url).await.body;
    assert!(page.contains("MINE") && !page.contains("OTHER"));
    for text in ["Amount to pay", "<svg", "Pay in the sandbox", "This is a sandbox. No money moves."] {
        assert!(page.contains(text), "{text}");
    }
    sandbox.pay(Provider::Kropay, &payment.id).unwrap();
    let paid = get(&url).await.body;
    assert!(paid.contains("The payment was received.") && !paid.contains("<form") && !paid.contains("<svg"));
    // Only by the sandbox's own name.
    for id in ["MINE", "sb-999", "sb-", "%00"] {
        assert_eq!(get(&format!("{}/pay/{id}", sandbox.base_url())).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn no_other_page_may_frame_or_script_the_pages() {
    let sandbox = Sandbox::start().await;
    let payment = kropay(&sandbox, "A", 10_000).await;
    for path in ["/", "/_sandbox/page", &format!("/pay/{}", payment.id), "/pay/none"] {
        let reply = get(&format!("{}{path}", sandbox.base_url())).await;
        let policy = reply.header("content-security-policy").unwrap();
        for rule in ["default-src 'none'", "script-src 'sha256-", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(rule), "{path} {rule}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(reply.header("x-frame-options"), Some("DENY"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
}
