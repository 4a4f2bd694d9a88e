use std::collections::HashSet;
use std::time::Duration;

use gerbang_core::Rupiah;
use gerbang_sandbox::{Provider, Sandbox};
use serde_json::json;

use crate::documents::{Document, Language, Tools};
use crate::http::{curl, get, members, post_form, send};
use crate::merchant::{Creation, FORM, Gateway, bearer};

const PROVIDER: Provider = Provider::Paydigital;

/// PayDigital, by the key as bearer. Only it knows the name of a payment.
pub const GATEWAY: Gateway = Gateway {
    name: "paydigital",
    provider: PROVIDER,
    creation: "create_payment",
    question: Some("payment_status"),
    takes_reference: false,
    has_unique_amounts: true,
    credential: str::to_owned,
    login: None,
    authorization: bearer,
    create: |wanted| Creation {
        path: "/api/create_payment.php".into(),
        content_type: FORM,
        body: format!("store_id=1&amount={}&description=d&customer_name={}", wanted.price, wanted.order),
    },
    ask: |_, reference| format!("/api/payment.php?invoice={reference}"),
    reference: Some("/data/invoice"),
    echo: "/data/amount",
    status: "/data/status",
    words: ["pending", "paid", "expired", "cancelled"],
    notified: None,
    notifies_of_expiry: false,
    method: None,
    refusal: |text| (200, json!({"status": "error", "message": text})),
    needed: ("amount invoice qr_content total_amount", "amount invoice status total_amount"),
    documents: Some(|tools| Box::pin(documents(tools))),
};

const CREATE: &str = r#"curl -X POST http://paydigital.biz.id/api/create_payment.php \
-H "Authorization: Bearer PYG1234567890abcdef" \
-d "store_id=1" \
-d "amount=10000" \
-d "description=Pembelian Produk A" \
-d "customer_name=John Doe""#;

#[tokio::test]
async fn the_documented_payment() {
    let sandbox = Sandbox::start().await;
    let reply = curl(&sandbox, PROVIDER, CREATE).await;
    assert_eq!(reply.status, 200);
    let created = reply.json();
    assert_eq!(created["status"], "success");
    let data = &created["data"];
    assert_eq!(
        members(data),
        ["amount", "expired_at", "invoice", "payment_url", "qr_content", "qr_url", "total_amount", "unique_code"]
    );
    let invoice = data["invoice"].as_str().unwrap();
    assert!(invoice.starts_with("PYG20") && invoice.len() == "PYG20231201123456".len(), "{invoice}");
    let code = data["unique_code"].as_u64().unwrap();
    assert!((1..=999).contains(&code));
    assert_eq!((&data["amount"], &data["total_amount"]), (&json!(10_000), &json!(10_000 + code)));
    gerbang_qris::verify_amount(data["qr_content"].as_str().unwrap(), Rupiah::new(10_000 + code)).unwrap();
    let image = get(data["qr_url"].as_str().unwrap()).await;
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/svg+xml")));
    let page = get(data["payment_url"].as_str().unwrap()).await;
    assert!(page.body.contains(invoice));
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors 'none'")));

    let status = r#"curl -X GET "http://paydigital.biz.id/api/payment.php?invoice=INVOICE" \
-H "Authorization: Bearer PYG1234567890abcdef""#
        .replace("INVOICE", invoice);
    let pending = curl(&sandbox, PROVIDER, &status).await.json();
    assert_eq!(pending["status"], "success");
    assert_eq!((&pending["data"]["status"], pending["data"].get("paid_at")), (&json!("pending"), None));
    sandbox.pay(PROVIDER, invoice).unwrap();
    let paid = curl(&sandbox, PROVIDER, &status).await.json();
    assert_eq!(
        members(&paid["data"]),
        ["amount", "customer_name", "invoice", "paid_at", "status", "store_name", "total_amount", "unique_code"]
    );
    assert_eq!((&paid["data"]["status"], &paid["data"]["customer_name"]), (&json!("paid"), &json!("John Doe")));
    assert_eq!(paid["data"]["paid_at"].as_str().unwrap().len(), "2023-12-01 14:30:00".len());
}

#[tokio::test]
async fn each_key_is_read_in_every_place_and_has_its_own_payments() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.url(PROVIDER);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let url = format!("{base}/api/create_payment.php");
    let created = send("POST", &url, &form, "api_key=K1&store_id=1&amount=1000").await.json();
    let invoice = created["data"]["invoice"].as_str().unwrap();
    for (url, headers, body) in [
        (format!("{base}/api/payment.php?api_key=K1&invoice={invoice}"), vec![], String::new()),
        (format!("{base}/api/payment.php?invoice={invoice}"), vec![("Authorization", "Bearer K1")], String::new()),
        (format!("{base}/api/payment.php"), form.to_vec(), format!("api_key=K1&invoice={invoice}")),
    ] {
        let method = if body.is_empty() { "GET" } else { "POST" };
        assert_eq!(send(method, &url, &headers, &body).await.json()["data"]["status"], "pending", "{url}");
    }
    for key in ["K2", "refuse"] {
        let reply = post_form(&format!("{base}/api/payment.php"), key, &format!("invoice={invoice}")).await.json();
        assert_eq!(reply["status"], "error", "{key}");
        assert!(reply["message"].is_string());
    }
    for body in ["store_id=1&amount=999", "amount=1000", "store_id=x&amount=1000", "store_id=1&amount=1.000"] {
        assert_eq!(post_form(&url, "K1", body).await.json()["status"], "error", "{body}");
    }
    assert_eq!(sandbox.payments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_pending_amounts_differ_or_are_refused_and_expire() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/api/create_payment.php", sandbox.url(PROVIDER));
    let (mut totals, mut invoices, mut refused) = (HashSet::new(), HashSet::new(), 0);
    for _ in 0..1_000 {
        let reply = post_form(&url, "K", "store_id=1&amount=20000").await.json();
        match reply["data"]["total_amount"].as_u64() {
            Some(total) => {
                assert!(totals.insert(total));
                assert!(invoices.insert(reply["data"]["invoice"].to_string()));
            }
            None => refused += 1,
        }
    }
    assert_eq!((totals.len(), refused), (999, 1));
    sandbox.advance(Duration::from_secs(1_801));
    assert_eq!(post_form(&url, "K", "store_id=1&amount=20000").await.json()["status"], "success");
}

async fn documents(tools: &Tools) {
    let document = Document::new(tools, PROVIDER, "http://paydigital.biz.id").await;
    for language in tools.of(&Language::ALL) {
        let extension = match language {
            Language::Curl => "sh",
            Language::Php => "php",
            Language::Node => "mjs",
        };
        let created = document.documented_reply(&format!("create.{extension}"), &[]);
        assert_eq!(created["status"], "success");
        // Only PayDigital knows the invoice.
        let invoice = created["data"]["invoice"].as_str().unwrap();
        let status = format!("status.{extension}");
        let replacements = [("PYG20231201123456", invoice)];
        let pending = document.reply(&status, &replacements);
        assert_eq!(
            (pending["status"].as_str(), pending["data"]["status"].as_str()),
            (Some("success"), Some("pending"))
        );
        document.sandbox.pay(PROVIDER, invoice).unwrap();
        let paid = document.documented_reply(&status, &replacements);
        assert_eq!((paid["status"].as_str(), paid["data"]["status"].as_str()), (Some("success"), Some("paid")));
        assert_eq!(paid["data"]["customer_name"], "John Doe");
    }
}
