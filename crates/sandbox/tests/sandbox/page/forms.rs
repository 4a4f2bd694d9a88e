use gerbang_sandbox::{PaymentStatus, Provider, Sandbox};

use super::kropay;
use crate::http::{Reply, get, send};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Sends a form as the page's own.
async fn submit(sandbox: &Sandbox, path: &str, body: &str) -> Reply {
    let url = format!("{}{path}", sandbox.base_url());
    send("POST", &url, &[FORM, ("Origin", sandbox.base_url())], body).await
}

fn path(id: &str, action: &str) -> String {
    format!("/_sandbox/page/kropay/{id}/{action}")
}

#[tokio::test]
async fn a_form_pays_and_leads_back() {
    let sandbox = Sandbox::start().await;
    let payment = kropay(&sandbox, "A", 10_000).await;
    let page = get(sandbox.base_url()).await;
    let path = path(&payment.id, "pay");
    assert!(page.body.contains(&format!("<form method=\"post\" action=\"{path}\"")), "{}", page.body);

    let reply = submit(&sandbox, &path, "lang=en").await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/?lang=en")));
    assert_eq!(sandbox.payment(Provider::Kropay, "A").unwrap().status, PaymentStatus::Paid);

    let again = submit(&sandbox, &path, "lang=en").await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("no longer pending. Its status: Paid."), "{}", again.body);
    assert!(!get(sandbox.base_url()).await.body.contains("action=\"/_sandbox/page/kropay/"));
}

#[tokio::test]
async fn forms_do_what_else_a_payment_can_meet() {
    let sandbox = Sandbox::start().await;
    for reference in ["A", "B", "C"] {
        kropay(&sandbox, reference, 10_000).await;
    }
    let ids: Vec<String> = sandbox.payments().into_iter().map(|payment| payment.id).collect();
    assert_eq!(submit(&sandbox, &path(&ids[0], "expire"), "").await.status, 303);
    assert_eq!(submit(&sandbox, &path(&ids[1], "cancel"), "").await.status, 303);
    let under = submit(&sandbox, &path(&ids[2], "underpay"), "amount=5000&lang=id&page=2").await;
    assert_eq!((under.status, under.header("location")), (303, Some("/?lang=id&page=2")));
    // Back to the list as it was, or to the payment.
    for (body, to) in [
        ("amount=1&state=pending&gateway=kropay&q=A%26b", "/?lang=en&state=pending&gateway=kropay&q=A%26b"),
        ("amount=5000&payment=sb-3&page=2", "/payments/sb-3?lang=en"),
        ("amount=5000&payment=//evil.example", "/?lang=en"),
    ] {
        assert_eq!(submit(&sandbox, &path(&ids[2], "underpay"), body).await.header("location"), Some(to));
    }
    let states: Vec<_> =
        sandbox.payments().into_iter().map(|payment| (payment.status, payment.received.map(|sum| sum.get()))).collect();
    assert_eq!(
        states,
        [(PaymentStatus::Expired, None), (PaymentStatus::Cancelled, None), (PaymentStatus::Pending, Some(5_000))]
    );
    for (path, body, status) in [
        (path(&ids[2], "underpay"), "amount=999999", 400),
        (path(&ids[2], "underpay"), "amount=-1", 400),
        (path(&ids[2], "underpay"), "", 400),
        (path(&ids[2], "dance"), "", 404),
        (path("sb-999", "pay"), "", 404),
        ("/_sandbox/page/nobody/sb-1/pay".into(), "", 404),
    ] {
        assert_eq!(submit(&sandbox, &path, body).await.status, status, "{path} {body}");
    }
}

#[tokio::test]
async fn ended_payment_is_paid_late_by_a_form() {
    let sandbox = Sandbox::start().await;
    let payment = kropay(&sandbox, "A", 10_000).await;
    let path = path(&payment.id, "pay_late");
    let form = format!("<form method=\"post\" action=\"{path}\"");
    assert!(!get(sandbox.base_url()).await.body.contains(&form));
    let early = submit(&sandbox, &path, "lang=en").await;
    assert_eq!(early.status, 409);
    assert!(early.body.contains("Only an expired or cancelled payment can be paid late. Its status: Pending."));
    sandbox.cancel(Provider::Kropay, "A").unwrap();
    assert!(get(sandbox.base_url()).await.body.contains(&form));
    assert_eq!(submit(&sandbox, &path, "lang=en").await.status, 303);
    assert_eq!(sandbox.payment(Provider::Kropay, "A").unwrap().status, PaymentStatus::Paid);
    assert!(!get(sandbox.base_url()).await.body.contains(&form));
}

#[tokio::test]
async fn the_customer_comes_back_to_the_customers_page() {
    let sandbox = Sandbox::start().await;
    let payment = kropay(&sandbox, "A", 10_000).await;
    let reply = submit(&sandbox, &path(&payment.id, "pay"), "lang=id&back=pay").await;
    assert_eq!(reply.header("location"), Some(format!("/pay/{}?lang=id", payment.id).as_str()));
    // Only these two pages: no address of the sender's choice.
    kropay(&sandbox, "B", 10_000).await;
    let payment = sandbox.payment(Provider::Kropay, "B").unwrap();
    let reply = submit(&sandbox, &path(&payment.id, "pay"), "back=https%3A%2F%2Fevil.example").await;
    assert_eq!(reply.header("location"), Some("/?lang=en"));
}

#[tokio::test]
async fn other_pages_cannot_press_the_buttons() {
    let sandbox = Sandbox::start().await;
    let payment = kropay(&sandbox, "A", 10_000).await;
    let url = format!("{}{}", sandbox.base_url(), path(&payment.id, "pay"));
    let host = sandbox.base_url().strip_prefix("http://").unwrap();
    let port = host.rsplit(':').next().unwrap();
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        host.to_owned(),
        "http://127.0.0.1".to_owned(),
        "http://127.0.0.1:1".to_owned(),
        format!("http://localhost:{port}"),
        format!("http://{host}.evil.example"),
        format!("http://evil.example/{host}"),
        format!("http://evil@{host}"),
        format!("file://{host}"),
    ] {
        let reply = send("POST", &url, &[FORM, ("Origin", &origin)], "lang=en").await;
        assert_eq!(reply.status, 403, "{origin}");
        assert!(reply.body.contains("does not come from this page"));
    }
    // Nor what says nothing of its origin.
    assert_eq!(send("POST", &url, &[FORM], "").await.status, 403);
    assert_eq!(sandbox.payment(Provider::Kropay, "A").unwrap().status, PaymentStatus::Pending);

    // The sandbox's own API refuses every page, this one too.
    let api = format!("{}/_sandbox/payments/kropay/A/pay", sandbox.base_url());
    assert_eq!(send("POST", &api, &[("Origin", sandbox.base_url())], "").await.status, 403);
    assert_eq!(send("GET", &url, &[("Origin", sandbox.base_url())], "").await.status, 405);
}
