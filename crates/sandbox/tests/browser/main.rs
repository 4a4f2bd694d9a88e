//! The sandbox's page in a real browser. `GERBANG_CHROMIUM` names the browser where it is not found in the path;
//! `GERBANG_SCREENSHOTS` names a directory for pictures of the page.
#![cfg(unix)]

mod chromium;
#[path = "../sandbox/http.rs"]
#[allow(dead_code, reason = "the other tests use more of it")]
mod http;

use std::time::Duration;

use gerbang_sandbox::{Effect, Fault, Payment, PaymentStatus, Provider, Sandbox, Seed};
use serde_json::json;

use crate::chromium::Chromium;
use crate::http::{Merchant, send, until};

/// Creates a payment at Kropay.
async fn kropay(sandbox: &Sandbox, merchant_ref: &str) -> Payment {
    let url = format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay));
    let body = json!({"merchant_ref": merchant_ref, "amount": 10_000}).to_string();
    let reply = send("POST", &url, &[("X-API-KEY", "K"), ("Content-Type", "application/json")], &body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    sandbox.payments().pop().expect("a payment")
}

/// Whether a payment's row shows a status.
fn shows(payment: &Payment, status: &str) -> String {
    format!("document.querySelector('#{} .badge').textContent === '{status}'", payment.id)
}

/// Whether nothing is wider than the page, also with everything opened.
const FITS: &str = "(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    return document.documentElement.scrollWidth <= innerWidth;
})()";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_does_what_its_buttons_say() {
    let Some(mut browser) = Chromium::start("buttons").await else {
        println!("skipped: no Chromium");
        return;
    };
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let builder = Sandbox::builder().webhook(Provider::Kropay, &merchant.url).webhook_retry(Duration::from_secs(60));
    let sandbox = builder.start().await.unwrap();
    browser.resize(1280, 900).await;
    browser.open(&format!("{}/?lang=en", sandbox.base_url())).await;
    browser.evaluate("window.planted = 'still there'").await;

    // A payment appears, is paid by the button, and its notification arrives.
    let paid = kropay(&sandbox, "ORDER-1").await;
    browser.until(&shows(&paid, "Pending")).await;
    browser.click(&format!("#{}-pay", paid.id)).await;
    browser.until(&shows(&paid, "Paid")).await;
    assert_eq!(sandbox.payment(Provider::Kropay, &paid.id).unwrap().status, PaymentStatus::Paid);
    assert_eq!(merchant.first().await.json()["merchant_ref"], "ORDER-1");
    browser
        .until(&format!("document.querySelector('#{} .notice').textContent.includes('200 Acknowledged')", paid.id))
        .await;
    let (expired, cancelled) = (kropay(&sandbox, "ORDER-2").await, kropay(&sandbox, "ORDER-3").await);
    let underpaid = kropay(&sandbox, "ORDER-4").await;
    browser.click(&format!("#{}-expire", expired.id)).await;
    browser.until(&shows(&expired, "Expired")).await;
    // All this was without another page.
    assert_eq!(browser.evaluate("window.planted").await, "still there");

    // On the payment's page it is sent again.
    browser.click(&format!("#{} .name a", paid.id)).await;
    browser.click("#webhook-1-resend").await;
    browser.until("document.querySelectorAll('#webhook-1 .attempts li').length === 2").await;
    let received = merchant.received();
    assert_eq!((received.len(), &received[0].body), (2, &received[1].body));

    the_other_buttons(&mut browser, &sandbox, &cancelled, &underpaid).await;
    browser.open(&format!("{}/?lang=en", sandbox.base_url())).await;
    hold_and_release(&mut browser, &sandbox, &merchant, &underpaid).await;
    remove_a_fault(&mut browser, &sandbox).await;
    browser.evaluate("window.planted = 'still there'").await;
    browser.click("a.switch").await;
    browser.until("document.documentElement.lang === 'id' && document.readyState === 'complete'").await;
    browser.until(&shows(&paid, "Lunas")).await;
    assert_eq!(browser.evaluate("typeof window.planted").await, "undefined");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    browser.close().await;
}

/// A payment is cancelled, and another one is paid too little, on their pages.
async fn the_other_buttons(browser: &mut Chromium, sandbox: &Sandbox, cancelled: &Payment, underpaid: &Payment) {
    browser.open(&format!("{}/payments/{}?lang=en", sandbox.base_url(), cancelled.id)).await;
    browser.click(&format!("#{}-cancel", cancelled.id)).await;
    browser.until(&shows(cancelled, "Cancelled")).await;
    browser.open(&format!("{}/payments/{}?lang=en", sandbox.base_url(), underpaid.id)).await;
    browser.evaluate("window.planted = 'still there'").await;
    browser.click(&format!("#{}-underpay", underpaid.id)).await;
    let amount = underpaid.payable.get() - 1;
    until("the underpayment", || {
        let payment = sandbox.payment(Provider::Kropay, &underpaid.id).unwrap();
        payment.received.is_some_and(|received| received.get() == amount) && payment.status == PaymentStatus::Pending
    })
    .await;
    let dotted = format!("Rp{}.{:03}", amount / 1_000, amount % 1_000);
    browser.until(&format!("document.querySelector('#{}').textContent.includes('{dotted}')", underpaid.id)).await;

    assert_eq!(browser.evaluate("window.planted").await, "still there");
}

/// Notifications are held and released.
async fn hold_and_release(browser: &mut Chromium, sandbox: &Sandbox, merchant: &Merchant, pending: &Payment) {
    browser.click("#hold").await;
    browser.until("document.querySelector('#release') !== null").await;
    browser.click(&format!("#{}-pay", pending.id)).await;
    browser.until("document.querySelectorAll('.held li').length === 1").await;
    assert_eq!((sandbox.held_webhooks().len(), merchant.received().len()), (1, 2));
    browser.click("#release").await;
    browser
        .until(&format!(
            "document.querySelector('#{} .notice .paid') !== null && document.querySelector('#hold') !== null",
            pending.id
        ))
        .await;
    assert_eq!(merchant.received().len(), 3);
}

/// A fault is shown and removed.
async fn remove_a_fault(browser: &mut Chromium, sandbox: &Sandbox) {
    let fault = Fault::new(Provider::Kropay, Effect::Delay { milliseconds: 1 }).operation("create_payment");
    let number = sandbox.add_fault(fault).unwrap();
    browser.until(&format!("document.querySelector('#fault-{number}').textContent.includes('create_payment')")).await;
    browser.click(&format!("#fault-{number}-remove")).await;
    browser.until(&format!("document.querySelector('#fault-{number}') === null")).await;
    assert!(sandbox.faults().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_wider_than_a_phone() {
    let Some(mut browser) = Chromium::start("widths").await else {
        println!("skipped: no Chromium");
        return;
    };
    let merchant = Merchant::start(&["302 Found\r\nLocation: /elsewhere\r\n\r\n<html>moved</html>"]).await;
    let mut builder = Sandbox::builder().webhook_retry(Duration::from_secs(60));
    for provider in Provider::ALL {
        builder = builder.webhook(provider, &merchant.url);
    }
    let sandbox = builder.start().await.unwrap();
    let long = "N".repeat(100);
    let seeds = [
        Seed::new(Provider::Kropay, "K", 999_999_999_999).reference(long),
        Seed::new(Provider::Kazukipay, "K", 25_000).reference("INV/2026/11/0001").status(PaymentStatus::Cancelled),
        Seed::new(Provider::Kazukipay, "K", 150_000).reference("PYG20231201123456").status(PaymentStatus::Expired),
        Seed::new(Provider::Pakasir, "shop:K", 22_000).reference("240910HDE7C9").method("bri_va"),
        Seed::new(Provider::Pakasir, "shop:K", 99_000).reference("INV123123").method("v2/qris"),
        Seed::new(Provider::Klink, "a@example.com", 469_000).reference("1234/917/ATG").method("gopay"),
        Seed::new(Provider::Klink, "a@example.com", 469_000).reference("KLNU00252"),
    ];
    let payments = sandbox.seed(&seeds).unwrap();
    sandbox.pay(Provider::Klink, "KLNU00252").unwrap();
    sandbox.pay(Provider::Pakasir, "INV123123").unwrap();
    until("the attempts", || sandbox.webhook_attempts().len() == 2).await;
    sandbox.hold_webhooks();
    sandbox.pay(Provider::Klink, "1234/917/ATG").unwrap();
    let refusal = Effect::Reply {
        status: 503,
        content_type: "text/html".into(),
        body: "busy".into(),
        headers: Default::default(),
        carried_out: false,
    };
    sandbox.add_fault(Fault::new(Provider::Kazukipay, refusal).operation("create_payment").times(3)).unwrap();
    sandbox.add_fault(Fault::new(Provider::Kropay, Effect::Truncate)).unwrap();
    for (width, height) in [(1280, 900), (390, 844)] {
        browser.resize(width, height).await;
        for lang in ["en", "id"] {
            let va = &payments[3].id;
            for (page, path) in [
                ("list", "/".to_owned()),
                ("pay", format!("/pay/{}", payments[0].id)),
                ("pay-va", format!("/pay/{va}")),
                ("payment-va", format!("/payments/{va}")),
                ("payment", format!("/payments/{}", payments[6].id)),
            ] {
                browser.open(&format!("{}{path}?lang={lang}", sandbox.base_url())).await;
                browser.screenshot(&format!("{page}-{lang}-{width}")).await;
                browser.until(FITS).await;
                if page.starts_with("payment") {
                    browser.screenshot(&format!("{page}-opened-{lang}-{width}")).await;
                }
            }
        }
    }
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    browser.close().await;
}

/// A hundred payments in all states at several gateways, some notified of in vain.
async fn a_hundred_payments(sandbox: &Sandbox) -> Vec<Payment> {
    let states = [PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Expired, PaymentStatus::Cancelled];
    let seed = |number: usize| {
        let (reference, amount) = (format!("INV/2026/{number:04}"), 15_000 + number as u64 * 1_250);
        let seed = match number % 5 {
            0 => Seed::new(Provider::Kropay, "K", amount).reference(reference),
            1 => Seed::new(Provider::Kazukipay, "K", amount).reference(reference),
            2 => Seed::new(Provider::Pakasir, "shop:K", amount).reference(reference).method("v2/bri_va"),
            3 => Seed::new(Provider::Klink, "a@example.com", amount).reference(reference),
            _ => Seed::new(Provider::Klink, "a@example.com", amount).reference(reference).method("gopay"),
        };
        seed.status(states[number / 5 % 4])
    };
    let payments = sandbox.seed(&(0..100).map(seed).collect::<Vec<_>>()).unwrap();
    for payment in payments.iter().rev().filter(|payment| payment.status == PaymentStatus::Pending).take(8) {
        sandbox.pay(payment.provider, &payment.id).unwrap();
    }
    payments
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_payments_are_read_and_found() {
    let Some(mut browser) = Chromium::start("hundred").await else {
        println!("skipped: no Chromium");
        return;
    };
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let mut builder = Sandbox::builder().webhook_retry(Duration::from_millis(200));
    for provider in Provider::ALL {
        builder = builder
            .webhook(provider, if provider == Provider::Klink { "http://127.0.0.1:1/hook" } else { &merchant.url });
    }
    let sandbox = builder.start().await.unwrap();
    let base = sandbox.base_url().to_owned();
    browser.resize(1280, 900).await;
    browser.open(&format!("{base}/?lang=en")).await;
    browser.screenshot("hundred-empty-en-1280").await;
    let payments = a_hundred_payments(&sandbox).await;
    browser.until("document.querySelectorAll('tbody tr').length === 20").await;
    until("the attempts", || sandbox.webhook_attempts().len() > 9).await;
    for (width, height) in [(1280, 900), (390, 844)] {
        browser.resize(width, height).await;
        for lang in ["en", "id"] {
            browser.open(&format!("{base}/?lang={lang}")).await;
            browser.screenshot(&format!("hundred-{lang}-{width}")).await;
            browser.until(FITS).await;
        }
    }
    // A screen of a computer has the whole table.
    browser.resize(1280, 900).await;
    browser.open(&format!("{base}/?lang=en")).await;
    let bottom = browser.evaluate("document.querySelector('tbody tr:last-child').getBoundingClientRect().bottom").await;
    assert!(bottom.as_f64().unwrap() <= 900.0, "{bottom}");

    // By state, by gateway, and by a part of a name.
    browser.click(".states a:nth-child(4)").await;
    browser.until("document.querySelectorAll('tbody .badge.expired').length === 20").await;
    browser.evaluate("document.querySelector('#gateway').value = 'pakasir'").await;
    browser.click(".search button").await;
    browser
        .until("new Set(Array.from(document.querySelectorAll('td.gateway'), (td) => td.textContent)).size === 1")
        .await;
    let va = payments.iter().find(|payment| payment.va_number.is_some()).unwrap();
    browser.open(&format!("{base}/?lang=en&q={}", va.va_number.as_ref().unwrap())).await;
    browser
        .until(&format!(
            "document.querySelector('tbody').children.length === 1 && document.querySelector('tbody tr').id === '{}'",
            va.id
        ))
        .await;
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    browser.close().await;
}
