use std::process::Command;
use std::time::Duration;

use gerbang_sandbox::{PaymentStatus, Provider, Sandbox, Seed};
use serde_json::json;

use super::kropay;
use crate::http::{get, post_json, send};

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
    for text in ["Kropay", "Rp10.020", "QRIS", &first.id, "Pending", "expires in 58 min", "1 min ago"] {
        assert!(page.contains(text), "{text}");
    }
    let one = get(&format!("{}/payments/{}", sandbox.base_url(), first.id)).await.body;
    for text in
        ["Kropay", "Rp1.250.000", &first.reference, &first.id, "Pending", "in 58 min", "1 min ago", "<svg", "WIB"]
    {
        assert!(one.contains(text), "{text}");
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
async fn a_page_shows_twenty_payments() {
    let sandbox = Sandbox::start().await;
    for number in 1..=21 {
        kropay(&sandbox, &format!("ORDER-{number:02}"), 20_000).await;
    }
    let page = async |query: &str| get(&format!("{}/{query}", sandbox.base_url())).await.body;
    let first = page("").await;
    assert!(first.contains("1–20 of 21") && first.contains("ORDER-21") && !first.contains("ORDER-01"));
    for query in ["?page=2", "?page=99", "?page=18446744073709551615"] {
        let last = page(query).await;
        assert!(last.contains("21–21 of 21") && last.contains("ORDER-01") && !last.contains("ORDER-02"), "{query}");
    }
    assert!(page("?page=0").await.contains("1–20 of 21"));
}

#[tokio::test]
async fn hostile_texts_are_escaped() {
    let sandbox = Sandbox::start().await;
    let hostile = "\"><script>alert('x')</script><img src=x onerror=alert(1)>";
    let payment = kropay(&sandbox, hostile, 10_000).await;
    sandbox.set_webhook(Provider::Kropay, Some("http://127.0.0.1:1/<script>alert(1)</script>"));
    let (pay, one) = (format!("/pay/{}", payment.id), format!("/payments/{}", payment.id));
    let searched = "/?q=%22%3E%3Cscript%3Ealert(1)&state=%3Cscript%3E&gateway=%3Cscript%3E&lang=%3Cscript%3E";
    for path in ["/", &pay, &one, "/_sandbox/page", "/pay/%3Cscript%3Ealert(1)", "/payments/%3Cscript%3E", searched] {
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
    for name in ["list", "customer", "payment"] {
        let payment = kropay(&sandbox, name, 10_000).await;
        // Half a minute away from where "in 30 min" becomes "in 29 min": the page must not change by itself between two looks.
        sandbox.advance(Duration::from_secs(30));
        let (whole, part) = match name {
            "list" => ("/".to_owned(), "/_sandbox/page".to_owned()),
            "payment" => (format!("/payments/{}", payment.id), format!("/_sandbox/page/payments/{}", payment.id)),
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
        for text in [
            "Pembayaran",
            "Menunggu",
            "Kedaluwarsakan",
            "Notifikasi",
            "dalam 58 menit",
            "Base URL",
            "href=\"/?lang=en\"",
        ] {
            assert!(page.contains(text), "{text}");
        }
        assert!(!page.contains("Pending"));
    }
    let english = send("GET", &format!("{list}?lang=en"), &[("Accept-Language", "id")], "").await.body;
    assert!(english.contains("<html lang=\"en\">") && english.contains("Pending"));

    let one = get(&format!("{}/payments/{}?lang=id", sandbox.base_url(), payment.id)).await.body;
    for text in ["Menunggu", "Bayar kurang", "Batalkan", "Untuk pengujian", "href=\"/payments/sb-1?lang=en\""] {
        assert!(one.contains(text), "{text}");
    }
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
    let (pay, one) = (format!("/pay/{}", payment.id), format!("/payments/{}", payment.id));
    for path in ["/", "/_sandbox/page", &pay, "/pay/none", &one, "/payments/none"] {
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

/// A payment by each way to pay that people do not know by its code.
fn of_every_kind() -> Vec<Seed> {
    let pakasir = |method: &str| Seed::new(Provider::Pakasir, "shop:K", 20_000).reference(method).method(method);
    let klink = |method: &str| Seed::new(Provider::Klink, "a@example.com", 20_000).reference(method).method(method);
    vec![
        pakasir("bri_va"),
        pakasir("v2/cimb_niaga_va"),
        pakasir("paypal"),
        klink("BCAATM"),
        klink("MANDIRIATM"),
        klink("MANDIRICC"),
        klink("MANDIRIMANUAL"),
        klink("gopay"),
    ]
}

#[tokio::test]
async fn methods_are_in_words_and_accounts_have_numbers() {
    let sandbox = Sandbox::start().await;
    let payments = sandbox.seed(&of_every_kind()).unwrap();
    let list = get(sandbox.base_url()).await.body;
    for (payment, name) in payments.iter().zip([
        "BRI virtual account",
        "CIMB Niaga virtual account",
        "PayPal",
        "BCA virtual account",
        "Mandiri virtual account",
        "Card",
        "Mandiri transfer",
        "GoPay",
    ]) {
        let one = get(&format!("{}/payments/{}", sandbox.base_url(), payment.id)).await.body;
        let customer = get(&format!("{}/pay/{}", sandbox.base_url(), payment.id)).await.body;
        assert!(list.contains(name) && one.contains(name), "{name}");
        assert_eq!(payment.va_number.is_some(), name.contains("virtual account"), "{name}");
        if let Some(number) = &payment.va_number {
            for page in [&list, &one, &customer] {
                assert!(page.contains(number.as_str()), "{name}");
            }
            assert!(number.len() > 10 && number.bytes().all(|digit| digit.is_ascii_digit()), "{number}");
        }
    }
    // The API that made it gives the same number.
    let url = format!("{}/api/transactioncreate/bni_va", sandbox.url(Provider::Pakasir));
    let body = json!({"project": "shop", "order_id": "N", "amount": 20_000, "api_key": "K"});
    let reply = post_json(&url, &body).await.json();
    let number = sandbox.payment(Provider::Pakasir, "N").unwrap().va_number.unwrap();
    assert_eq!(reply["payment"]["payment_number"], number.as_str());
}

#[tokio::test]
async fn payments_are_found_by_state_gateway_and_name() {
    let sandbox = Sandbox::start().await;
    let mut seeds = of_every_kind();
    seeds.push(Seed::new(Provider::Kropay, "K", 20_000).reference("Order-Merah"));
    seeds[0] = seeds[0].clone().status(PaymentStatus::Paid);
    let payments = sandbox.seed(&seeds).unwrap();
    let number = payments[1].va_number.clone().unwrap();
    for (query, shown) in [
        ("", 9),
        ("?state=pending", 8),
        ("?state=paid", 1),
        ("?state=expired", 0),
        ("?state=nonsense", 9),
        ("?gateway=klink", 5),
        ("?gateway=klink&state=paid", 0),
        ("?q=merah", 1),
        ("?q=ORDER-M", 1),
        (&format!("?q={number}"), 1),
        (&format!("?q={}", payments[3].id), 1),
        ("?q=nobody", 0),
    ] {
        for path in ["/", "/_sandbox/page"] {
            let page = get(&format!("{}{path}{query}", sandbox.base_url())).await.body;
            assert_eq!(page.matches("<tr id=").count(), shown, "{path}{query}");
            assert_eq!(page.contains("No payment matches."), shown == 0, "{path}{query}");
        }
    }
    // How many there are of each state is of what matches otherwise.
    let page = get(&format!("{}/?gateway=pakasir&state=paid", sandbox.base_url())).await.body;
    for count in ["All <b>3</b>", "Pending <b>2</b>", "Paid <b>1</b>", "Expired <b>0</b>"] {
        assert!(page.contains(count), "{count}");
    }
    assert!(page.contains("name=\"gateway\" value=\"pakasir\""), "buttons lead back to the same list");
}

#[tokio::test]
async fn attempts_of_a_notification_are_one_row_with_the_cause() {
    let sandbox =
        Sandbox::builder().webhook_retry(Duration::from_millis(5)).webhook(Provider::Kazukipay, "http://127.0.0.1:1/h");
    let sandbox = sandbox.start().await.unwrap();
    let seed = Seed::new(Provider::Kazukipay, "K", 20_000).reference("A");
    let id = sandbox.seed(&[seed]).unwrap().remove(0).id;
    sandbox.pay(Provider::Kazukipay, "A").unwrap();
    crate::http::until("three attempts", || sandbox.webhook_attempts().len() == 3).await;
    let list = get(sandbox.base_url()).await.body;
    assert_eq!(list.matches("No answer").count(), 1, "{list}");
    for text in ["3 attempts", ">Connection refused"] {
        assert!(list.contains(text), "{text}");
    }
    let one = get(&format!("{}/payments/{id}", sandbox.base_url())).await.body;
    assert_eq!(one.matches("<article class=\"notification\"").count(), 1);
    assert_eq!(one.matches("<li value=").count(), 3);
    assert!(one.contains("error sending request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_payment_sees_first_commands_that_work() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: no curl");
        return;
    }
    let sandbox = Sandbox::start().await;
    let page = get(sandbox.base_url()).await.body;
    assert!(page.contains("href=\"/_sandbox/openapi.yaml\""));
    let first = page.split("<pre id=\"first\" tabindex=\"0\">").nth(1).unwrap().split("</pre>").next().unwrap();
    let first = first.replace("&quot;", "\"").replace("&#39;", "'");
    let output = Command::new("sh").args(["-c", &first]).output().unwrap();
    assert!(output.status.success(), "{first}: {output:?}");
    let payments = sandbox.payments();
    assert!(payments.len() == 1 && payments[0].status == PaymentStatus::Paid, "{payments:?}");
    assert!(!get(sandbox.base_url()).await.body.contains("id=\"first\""));
}
