//! Two accounts at one gateway, each with a payment of the same reference.

use gerbang_sandbox::{ControlError, Payment, PaymentStatus, Sandbox};
use serde_json::Value;

use crate::GATEWAYS;
use crate::http::{Merchant, post_json, until};
use crate::merchant::{Gateway, Shop, status};

/// What a gateway says of a payment that it is asked for, if it can be asked.
async fn ask(gateway: &Gateway, shop: &Shop, created: &Value) -> Option<String> {
    gateway.question?;
    Some(status(gateway, &shop.ask("ORDER", 20_000, created).await))
}

#[tokio::test]
async fn accounts_may_have_payments_of_one_reference() {
    for gateway in GATEWAYS {
        let (sandbox, provider) = (Sandbox::start().await, gateway.provider);
        let answer = "200 OK\r\n\r\n{\"success\": true}";
        let merchants = [Merchant::start(&[answer]).await, Merchant::start(&[answer]).await];
        let mut created = Vec::new();
        let names = ["first", "second"];
        let mut shops = Vec::new();
        for (name, merchant) in names.iter().zip(&merchants) {
            sandbox.set_webhook_for(provider, &(gateway.credential)(name), Some(&merchant.url)).unwrap();
            let shop = Shop::new(&sandbox, gateway, name).await;
            created.push(shop.create("ORDER", 20_000).await.json());
            shops.push(shop);
        }
        let payments = sandbox.payments();
        let [first, second] = &payments[..] else { panic!("two payments: {payments:?}") };
        assert_eq!(first.order == second.order, gateway.takes_reference, "{gateway:?}");
        if gateway.takes_reference {
            assert_eq!(first.order, "ORDER");
            assert_eq!(sandbox.pay(provider, "ORDER"), Err(ControlError::Ambiguous), "{gateway:?}");
        }

        // The sandbox's own name names each alone.
        sandbox.pay(provider, &second.id).unwrap();
        let status_of = |payment: &Payment| sandbox.payment(provider, &payment.id).unwrap().status;
        assert_eq!((status_of(first), status_of(second)), (PaymentStatus::Pending, PaymentStatus::Paid), "{gateway:?}");
        if let Some(answer) = ask(gateway, &shops[0], &created[0]).await {
            assert_eq!(answer, gateway.words[0].to_lowercase(), "{gateway:?}");
            let paid = ask(gateway, &shops[1], &created[1]).await.unwrap();
            assert_eq!(paid, gateway.words[1].to_lowercase(), "{gateway:?}");
        }
        // Of two with a name, the one that is pending is meant.
        let expire = format!("{}/_sandbox/payments/{provider}/{}/expire", sandbox.base_url(), first.order);
        assert_eq!(post_json(&expire, &Value::Null).await.json()["id"], first.id);
        assert_eq!((status_of(first), status_of(second)), (PaymentStatus::Expired, PaymentStatus::Paid), "{gateway:?}");
        sandbox.pay_late(provider, &first.order).unwrap();

        if gateway.notified.is_none() {
            continue;
        }
        let expected = if gateway.notifies_of_expiry { [2, 1] } else { [1, 1] };
        let all = expected.iter().sum::<usize>();
        let received = || merchants.each_ref().map(|merchant| merchant.received().len());
        until("the notifications", || received().iter().sum::<usize>() == all).await;
        assert_eq!(received(), expected, "{gateway:?}");
        until("the log", || sandbox.webhook_attempts().len() == all).await;
        for attempt in sandbox.webhook_attempts() {
            let merchant = &merchants[usize::from(attempt.payment == second.id)];
            assert_eq!((&attempt.url, attempt.body.contains("ORDER")), (&merchant.url, true), "{gateway:?}");
            assert!(merchant.received().iter().any(|received| received.body == attempt.body));
        }
    }
}

#[tokio::test]
async fn no_account_sees_the_payments_of_another() {
    for gateway in GATEWAYS {
        if gateway.question.is_none() {
            continue;
        }
        let sandbox = Sandbox::start().await;
        let created = Shop::new(&sandbox, gateway, "first").await.create("ORDER", 20_000).await.json();
        let other = Shop::new(&sandbox, gateway, "second").await;
        let answer = other.ask("ORDER", 20_000, &created).await;
        let has_failed = answer.status >= 400 || answer.json()["status"] == false || answer.json()["status"] == "error";
        let has_failed = has_failed || answer.json()["status_code"] == "404";
        assert!(has_failed, "{gateway:?} {}", answer.body);
    }
}
