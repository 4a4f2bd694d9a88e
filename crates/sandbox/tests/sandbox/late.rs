//! Money that comes in after a payment has expired or was cancelled.

use std::time::Duration;

use gerbang_sandbox::{ControlError, Payment, PaymentStatus, Provider, Sandbox, Seed};
use serde_json::{Value, json};

use crate::GATEWAYS;
use crate::http::{Merchant, get, post_form, post_json, until};

/// A payment of each gateway, named by the sandbox.
fn seeds() -> Vec<Seed> {
    GATEWAYS.map(|gateway| gateway.seed("K", gateway.name, 20_000)).into()
}

fn end(sandbox: &Sandbox, payment: &Payment, cancelled: bool) {
    let ended = if cancelled {
        sandbox.cancel(payment.provider, &payment.id)
    } else {
        sandbox.expire(payment.provider, &payment.id)
    };
    ended.unwrap();
}

#[tokio::test]
async fn an_ended_payment_can_be_paid_late_once() {
    for cancelled in [false, true] {
        let sandbox = Sandbox::start().await;
        let payments = sandbox.seed(&seeds()).unwrap();
        let late = |payment: &Payment| sandbox.pay_late(payment.provider, &payment.id);
        for payment in &payments {
            assert_eq!(late(payment), Err(ControlError::NotEnded(PaymentStatus::Pending)));
            end(&sandbox, payment, cancelled);
            assert!(matches!(sandbox.pay(payment.provider, &payment.id), Err(ControlError::NotPending(_))));
        }
        sandbox.advance(Duration::from_secs(3 * 24 * 3_600));
        let before = sandbox.now();
        for payment in &payments {
            let paid = late(payment).unwrap();
            assert_eq!((paid.status, paid.received), (PaymentStatus::Paid, Some(payment.payable)), "{payment:?}");
            assert!(paid.paid_at.is_some_and(|at| before <= at && at <= sandbox.now()), "{paid:?}");
            assert!(paid.paid_at > Some(paid.expires_at), "{paid:?}");
            assert_eq!(late(payment), Err(ControlError::NotEnded(PaymentStatus::Paid)));
        }
    }
}

/// The word for the state in a notification.
fn word(notification: &Value) -> Value {
    let word = ["status", "transaction_status"].into_iter().find_map(|member| notification.get(member));
    word.expect("a state").clone()
}

#[tokio::test]
async fn late_payments_are_notified() {
    let sandbox = Sandbox::start().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let payments = sandbox.seed(&seeds()).unwrap();
    for payment in &payments {
        end(&sandbox, payment, false);
    }
    for provider in Provider::ALL {
        sandbox.set_webhook(provider, Some(&merchant.url));
    }
    for payment in &payments {
        sandbox.pay_late(payment.provider, &payment.id).unwrap();
    }
    let mut expected: Vec<_> = GATEWAYS.iter().filter_map(|gateway| gateway.notified).collect();
    expected.sort_unstable();
    until("the notifications", || merchant.received().len() == expected.len()).await;
    let mut words: Vec<Value> = merchant.received().iter().map(|received| word(&received.json())).collect();
    words.sort_by_key(Value::to_string);
    assert_eq!(words, expected);
}

#[tokio::test]
async fn late_payment_over_http() {
    let sandbox = Sandbox::start().await;
    let payment = sandbox.seed(&[Seed::new(Provider::Kropay, "K", 20_000).reference("A")]).unwrap().remove(0);
    let url = format!("{}/_sandbox/payments/kropay/A/pay_late", sandbox.base_url());
    assert_eq!(post_json(&url, &Value::Null).await.status, 409);
    sandbox.expire(Provider::Kropay, "A").unwrap();
    let paid = post_json(&url, &Value::Null).await;
    assert_eq!((paid.status, &paid.json()["status"]), (200, &json!("paid")));
    let again = post_json(&url, &Value::Null).await;
    assert_eq!(again.status, 409);
    assert_eq!(again.json()["error"], "the payment has not expired and was not cancelled, but is paid");
    assert_eq!(sandbox.payment(Provider::Kropay, &payment.id).unwrap().status, PaymentStatus::Paid);
}

#[tokio::test]
async fn of_several_with_a_name_the_ended_one_is_paid_late() {
    let sandbox = Sandbox::start().await;
    let seed = |key: &str| Seed::new(Provider::Kropay, key, 20_000).reference("A");
    sandbox.seed(&[seed("K"), seed("L").status(PaymentStatus::Expired)]).unwrap();
    let paid = sandbox.pay_late(Provider::Kropay, "A").unwrap();
    assert_eq!((paid.id, paid.status), (sandbox.payments()[1].id.clone(), PaymentStatus::Paid));
    assert_eq!(sandbox.pay(Provider::Kropay, "A").unwrap().id, sandbox.payments()[0].id);
}

/// Calls Kazukipay with the key `K`.
async fn kazukipay(sandbox: &Sandbox, path: &str) -> Value {
    get(&format!("{}/api/{path}", sandbox.url(Provider::Kazukipay))).await.json()["data"].clone()
}

#[tokio::test]
async fn late_deposit_is_in_the_statement_only() {
    for (cancelled, word) in [(false, "EXPIRED"), (true, "CANCELLED")] {
        let sandbox = Sandbox::start().await;
        let seed = Seed::new(Provider::Kazukipay, "K", 20_000).reference("A");
        let payment = sandbox.seed(&[seed]).unwrap().remove(0);
        end(&sandbox, &payment, cancelled);
        let deposited = sandbox.deposit(Provider::Kazukipay, "A").unwrap();
        assert_ne!(deposited.status, PaymentStatus::Paid);

        let check = kazukipay(&sandbox, "mutasi_status.php?api_key=K&action=check").await;
        assert_eq!(check["mutasi_incoming"][0]["amount"], payment.payable.get());
        assert_eq!(check["pending_transactions"], json!([]));
        let run = kazukipay(&sandbox, "mutasi_status.php?api_key=K&action=run").await;
        assert_eq!(run, json!({"processed": []}));
        let public = kazukipay(&sandbox, "public_check.php?custom_id=A").await;
        assert_eq!(public, json!({"status": word, "changed": false}));
        assert_eq!(kazukipay(&sandbox, "cekstatus.php?api_key=K&custom_id=A").await["status"], word);

        // A person at the gateway may still take note of it.
        assert_eq!(sandbox.pay_late(Provider::Kazukipay, "A").unwrap().status, PaymentStatus::Paid);
        let status = kazukipay(&sandbox, "cekstatus.php?api_key=K&custom_id=A").await;
        assert_eq!((&status["status"], status["net_amount"].is_u64()), (&json!("PAID"), true));
        assert_eq!(
            sandbox.deposit(Provider::Kazukipay, "A"),
            Err(ControlError::NotPending(PaymentStatus::Paid)),
            "{word}"
        );
    }
}

#[tokio::test]
async fn a_late_deposit_goes_to_a_payment_of_the_same_amount() {
    let sandbox = Sandbox::start().await;
    let create = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    for _ in 0..1_000 {
        post_form(&create, "K", "project_id=1&amount=20000").await;
    }
    let first = sandbox.payments()[0].clone();
    sandbox.expire(Provider::Kazukipay, &first.id).unwrap();
    let next = post_form(&create, "K", "project_id=1&amount=20000&custom_id=NEXT").await.json();
    assert_eq!(next["data"]["unique_amount"], first.payable.get());
    sandbox.deposit(Provider::Kazukipay, &first.id).unwrap();
    kazukipay(&sandbox, "mutasi_status.php?api_key=K&action=run").await;
    assert_eq!(sandbox.payment(Provider::Kazukipay, "NEXT").unwrap().status, PaymentStatus::Paid);
    assert_eq!(sandbox.payment(Provider::Kazukipay, &first.id).unwrap().status, PaymentStatus::Expired);
}
