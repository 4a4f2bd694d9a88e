//! Payments that are there from the beginning.

use std::time::Duration;

use gerbang_sandbox::{PaymentStatus, Provider, Sandbox, Seed};
use serde_json::{Value, json};

use crate::http::{Merchant, get, post_form, post_json, send};

const STATUSES: [PaymentStatus; 4] =
    [PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Expired, PaymentStatus::Cancelled];

async fn post(sandbox: &Sandbox, payments: Value) -> (u16, Value) {
    let reply = post_json(&format!("{}/_sandbox/seed", sandbox.base_url()), &json!({"payments": payments})).await;
    (reply.status, reply.json())
}

/// What a provider's API says of a payment.
async fn described(sandbox: &Sandbox, provider: Provider, method: &str, order: &str, reference: &str) -> Value {
    let base = sandbox.url(provider);
    match provider {
        Provider::Kazukipay => {
            let url = format!("{base}/api/cekstatus.php");
            post_form(&url, "K", &format!("custom_id={order}")).await.json()["data"]["status"].clone()
        }
        Provider::Kropay => {
            let url = format!("{base}/api/v1/payment/status/{reference}");
            send("GET", &url, &[("X-API-KEY", "K")], "").await.json()["status"].clone()
        }
        Provider::Paydigital => {
            let url = format!("{base}/api/payment.php");
            post_form(&url, "K", &format!("invoice={reference}")).await.json()["data"]["status"].clone()
        }
        Provider::Pakasir if method.starts_with("v2/") => {
            let url = format!("{base}/api/v2/transaction-status/shop/{reference}");
            send("GET", &url, &[("X-Api-Key", "K")], "").await.json()["status"].clone()
        }
        Provider::Pakasir => {
            let query = format!("project=shop&order_id={order}&amount=20000&api_key=K");
            get(&format!("{base}/api/transactiondetail?{query}")).await.json()["transaction"]["status"].clone()
        }
        _ => get(&format!("{base}/midtrans/v2/{reference}/status")).await.json()["transaction_status"].clone(),
    }
}

#[tokio::test]
async fn the_providers_know_what_was_seeded() {
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let mut builder = Sandbox::builder();
    for provider in Provider::ALL {
        builder = builder.webhook(provider, &merchant.url);
    }
    let sandbox = builder.start().await.unwrap();
    for (provider, credential, method, words) in [
        (Provider::Kazukipay, "K", "qris", ["PENDING", "PAID", "EXPIRED", "CANCELLED"]),
        (Provider::Kropay, "K", "qris", ["pending", "success", "expired", "failed"]),
        (Provider::Paydigital, "K", "qris", ["pending", "paid", "expired", "cancelled"]),
        (Provider::Pakasir, "shop:K", "bri_va", ["pending", "completed", "canceled", "canceled"]),
        (Provider::Pakasir, "shop:K", "v2/qris", ["pending", "completed", "canceled", "canceled"]),
        (Provider::Klink, "a@example.com", "gopay", ["pending", "settlement", "expire", "cancel"]),
        (Provider::Klink, "a@example.com", "MANDIRIMANUAL", ["pending", "settlement", "expire", "cancel"]),
    ] {
        let seed = |status: PaymentStatus| {
            let seed = Seed::new(provider, credential, 20_000).method(method).status(status);
            if provider == Provider::Paydigital {
                seed
            } else {
                seed.reference(format!("{status}-{}", method.replace('/', "-")))
            }
        };
        let payments = sandbox.seed(&STATUSES.map(seed)).unwrap();
        for ((payment, status), word) in payments.iter().zip(STATUSES).zip(words) {
            assert_eq!((payment.provider, payment.status, payment.amount.get()), (provider, status, 20_000));
            assert_eq!(payment.paid_at.is_some(), status == PaymentStatus::Paid);
            assert_eq!(sandbox.payment(provider, &payment.id).unwrap(), *payment);
            let described = described(&sandbox, provider, method, &payment.order, &payment.reference).await;
            assert_eq!(described, word, "{provider} {method} {status}");
        }
        // As good as one that was created by a call.
        let paid = sandbox.pay(provider, &payments[0].id).unwrap();
        assert_eq!(paid.received, Some(payments[0].payable));
    }
    // Only these last ones are notified of.
    crate::http::until("the notifications", || merchant.received().len() == 6).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(merchant.received().len(), 6);
}

#[tokio::test]
async fn all_are_seeded_or_none() {
    let sandbox = Sandbox::start().await;
    let good = json!({"provider": "kropay", "credential": "K", "reference": "A", "amount": 10_000, "status": "paid"});
    let (status, body) = post(&sandbox, json!([good])).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["payments"], json!(sandbox.payments()));
    let before = sandbox.payments();

    let with = |change: Value| {
        let mut seed = json!({"provider": "kropay", "credential": "K", "reference": "C", "amount": 10_000});
        seed.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        seed
    };
    for (bad, why) in [
        (good.clone(), "reference is taken"),
        (with(json!({"reference": null})), "merchant_ref is required"),
        (with(json!({"reference": ""})), "reference is not valid"),
        (with(json!({"amount": 0})), "amount must be from 1"),
        (with(json!({"amount": 999})), "at least 1000"),
        (with(json!({"amount": 1_000_000_000_001_u64})), "amount must be from 1"),
        (with(json!({"method": "bri_va"})), "method must be one of qris"),
        (with(json!({"credential": "refuse"})), "credential is not valid"),
        (with(json!({"provider": "kazukipay", "amount": 999})), "amount must be at least 1000"),
        (with(json!({"provider": "paydigital"})), "PayDigital takes no reference"),
        (with(json!({"provider": "pakasir"})), "credential is not valid"),
        (with(json!({"provider": "pakasir", "credential": "shop:K", "method": "v2/none"})), "not available"),
        (with(json!({"provider": "pakasir", "credential": "shop:K", "method": "v2/qris", "amount": 499})), "from 500"),
        (with(json!({"provider": "klink", "method": "va"})), "method must be a product code"),
    ] {
        let others = json!([
            {"provider": "kropay", "credential": "K", "reference": "B", "amount": 10_000, "status": "paid"},
            {"provider": "kazukipay", "credential": "new", "amount": 10_000, "status": "paid"},
            bad
        ]);
        let (status, body) = post(&sandbox, others).await;
        let error = body["error"].as_str().unwrap_or_default();
        assert!(status == 400 && error.starts_with("payments[2]: ") && error.contains(why), "{why}: {body}");
        assert_eq!(sandbox.payments(), before, "{why}");
    }
    for bad in [json!({}), json!([{"provider": "kropay"}]), json!([with(json!({"else": 1}))])] {
        assert_eq!(post(&sandbox, bad).await.0, 400);
    }
    let error = sandbox.seed(&vec![Seed::new(Provider::Kazukipay, "K", 10_000); 1_001]).unwrap_err();
    assert_eq!((error.index(), sandbox.payments().len()), (None, 1));

    // The same as what was refused with others can be seeded now.
    let again = ["B", "C"].map(|name| Seed::new(Provider::Kropay, "K", 10_001).reference(name));
    assert_eq!(sandbox.seed(&again).unwrap().len(), 2);
    // Its price does not make it pay itself.
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(sandbox.payment(Provider::Kropay, "B").unwrap().status, PaymentStatus::Pending);
    assert!(!format!("{:?}", Seed::new(Provider::Kropay, "canary", 1)).contains("canary"));
}
