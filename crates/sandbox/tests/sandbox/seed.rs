//! Payments that are there from the beginning.

use std::time::Duration;

use gerbang_sandbox::{PaymentStatus, Provider, Sandbox, Seed};
use serde_json::{Value, json};

use crate::http::{Merchant, post_json, until};
use crate::merchant::{Gateway, Shop, status};
use crate::{GATEWAYS, klink, pakasir};

const STATUSES: [PaymentStatus; 4] =
    [PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Expired, PaymentStatus::Cancelled];

async fn post(sandbox: &Sandbox, payments: Value) -> (u16, Value) {
    let reply = post_json(&format!("{}/_sandbox/seed", sandbox.base_url()), &json!({"payments": payments})).await;
    (reply.status, reply.json())
}

/// Seeds a payment of each status by a method, or by the usual one, and pays the pending one.
async fn assert_known(sandbox: &Sandbox, gateway: &'static Gateway, method: Option<&str>) {
    let seed = |status: PaymentStatus| {
        let order = format!("{status}-{}", method.unwrap_or(gateway.name));
        let seed = gateway.seed("a", &order, 20_000).status(status);
        method.map_or(seed.clone(), |method| seed.method(method))
    };
    let shop = Shop::new(sandbox, gateway, "a").await;
    let payments = sandbox.seed(&STATUSES.map(seed)).unwrap();
    for ((payment, expected), word) in payments.iter().zip(STATUSES).zip(gateway.words) {
        let seen = (payment.provider, payment.status, payment.amount.get());
        assert_eq!(seen, (gateway.provider, expected, 20_000));
        assert_eq!(payment.paid_at.is_some(), expected == PaymentStatus::Paid);
        assert_eq!(sandbox.payment(gateway.provider, &payment.id).unwrap(), *payment);
        let answer = shop.ask_by(&payment.order, 20_000, &payment.reference).await;
        assert_eq!(status(gateway, &answer), word.to_lowercase(), "{gateway:?} {method:?} {expected}");
    }
    // As good as one that was created by a call.
    let paid = sandbox.pay(gateway.provider, &payments[0].id).unwrap();
    assert_eq!(paid.received, Some(payments[0].payable));
}

#[tokio::test]
async fn the_providers_know_what_was_seeded() {
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let mut builder = Sandbox::builder();
    for provider in Provider::ALL {
        builder = builder.webhook(provider, &merchant.url);
    }
    let sandbox = builder.start().await.unwrap();
    for gateway in GATEWAYS {
        assert_known(&sandbox, gateway, None).await;
    }
    assert_known(&sandbox, &pakasir::V1, Some("bri_va")).await;
    assert_known(&sandbox, &klink::GATEWAY, Some("MANDIRIMANUAL")).await;
    // Only those that were paid later are notified of.
    let expected = GATEWAYS.iter().filter(|gateway| gateway.notified.is_some()).count() + 2;
    until("the notifications", || merchant.received().len() == expected).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(merchant.received().len(), expected);
}

#[tokio::test]
async fn a_reference_where_none_is_taken_is_refused() {
    let sandbox = Sandbox::start().await;
    for gateway in GATEWAYS {
        let seed = gateway.seed("a", "A", 20_000).reference("A");
        let refused = sandbox.seed(&[seed]).err().map(|error| error.to_string());
        let expected = format!("payments[0]: {} takes no reference", gateway.provider.name());
        let expected = (!gateway.takes_reference).then_some(expected);
        assert_eq!(refused.map(|error| error.to_lowercase()), expected, "{gateway:?}");
        sandbox.reset();
    }
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

#[tokio::test]
async fn a_list_may_be_as_long_as_it_says() {
    let sandbox = Sandbox::start().await;
    let seed = |number: usize| json!({"provider": "kropay", "credential": format!("key-of-a-shop-{number}"), "reference": format!("ORDER-2026-{number:06}"), "amount": 20_000});
    let list = |count: usize| json!({"payments": (0..count).map(seed).collect::<Vec<_>>()});
    let url = format!("{}/_sandbox/seed", sandbox.base_url());
    let refused = post_json(&url, &list(1_001)).await;
    assert!(refused.status == 400 && refused.body.contains("up to 1000 payments"), "{}", refused.body);
    assert_eq!((post_json(&url, &list(1_000)).await.status, sandbox.payments().len()), (201, 1_000));
}
