//! Calls that are carried out when the client has given up.

use std::time::{Duration, Instant};

use gerbang_sandbox::{Effect, Fault, Provider, Sandbox};

use crate::faults::{reply, until_quiet};
use crate::http::until;
use crate::merchant::{Gateway, Shop};
use crate::{GATEWAYS, kazukipay, kropay};

const KROPAY: Provider = Provider::Kropay;

fn add(sandbox: &Sandbox, gateway: &'static Gateway, effects: impl IntoIterator<Item = Effect>) {
    for effect in effects {
        let fault = Fault::new(gateway.provider, effect).operation(gateway.creation).times(1);
        sandbox.add_fault(fault).unwrap();
    }
}

#[tokio::test]
async fn unknown_payment_is_made_after_the_client_has_given_up() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        let shop = Shop::new(&sandbox, gateway, "K").await;
        let wait = Duration::from_millis(300);
        add(&sandbox, gateway, [Effect::Later { milliseconds: 300 }, Effect::Close { carried_out: true }]);
        let started = Instant::now();
        assert!(shop.try_create("A", 20_000).await.is_err(), "{gateway:?}");
        if started.elapsed() < wait {
            assert!(sandbox.payments().is_empty(), "{gateway:?}");
        }
        until("the payment", || sandbox.payments().len() == 1).await;
        assert!(started.elapsed() >= wait, "{gateway:?}");
        assert_eq!(sandbox.payments()[0].amount.get(), 20_000);
    }
}

#[tokio::test]
async fn not_found_now_does_not_last() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kazukipay::GATEWAY, "K").await;
    add(&sandbox, &kazukipay::GATEWAY, [Effect::Later { milliseconds: 500 }, reply(504, true)]);
    assert_eq!(shop.create("A", 20_000).await.status, 504);
    let ask = async || shop.ask("A", 20_000, &serde_json::Value::Null).await.json()["status"] == true;
    assert!(!ask().await);
    until("the payment", || !sandbox.payments().is_empty()).await;
    assert!(ask().await);
    // The first of two requests comes last and is refused, as it would have been otherwise.
    add(&sandbox, &kazukipay::GATEWAY, [Effect::Later { milliseconds: 100 }, Effect::Close { carried_out: true }]);
    assert!(shop.try_create("B", 20_000).await.is_err());
    assert_eq!(shop.create("B", 20_000).await.json()["status"], true);
    until_quiet().await;
    assert_eq!(sandbox.payments().len(), 2);
}

#[tokio::test]
async fn client_that_waits_gets_the_reply_when_it_is_made() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    add(&sandbox, &kropay::GATEWAY, [Effect::Later { milliseconds: 100 }, Effect::Later { milliseconds: 200 }]);
    let started = Instant::now();
    assert_eq!(shop.create("A", 20_000).await.status, 201);
    assert!(started.elapsed() >= Duration::from_millis(300));

    add(&sandbox, &kropay::GATEWAY, [Effect::Later { milliseconds: 100 }, Effect::Truncate]);
    assert_eq!(shop.try_create("B", 20_000).await.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    assert_eq!(sandbox.payments().len(), 2);
}

#[tokio::test]
async fn call_goes_on_when_the_client_hangs_up() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    add(&sandbox, &kropay::GATEWAY, [Effect::Later { milliseconds: 300 }]);
    let given_up = tokio::time::timeout(Duration::from_millis(50), shop.try_create("A", 20_000)).await;
    assert!(given_up.is_err() && sandbox.payments().is_empty());
    until("the payment", || sandbox.payments().len() == 1).await;
}

#[tokio::test]
async fn delay_comes_before_the_end_of_the_connection() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    let effects = [
        Effect::Later { milliseconds: 1_000 },
        Effect::Delay { milliseconds: 200 },
        Effect::Close { carried_out: true },
    ];
    add(&sandbox, &kropay::GATEWAY, effects);
    let started = Instant::now();
    assert!(shop.try_create("A", 20_000).await.is_err());
    assert!(started.elapsed() >= Duration::from_millis(200) && sandbox.payments().is_empty());
    until("the payment", || sandbox.payments().len() == 1).await;
}

#[tokio::test]
async fn call_that_is_not_carried_out_never_is() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    add(&sandbox, &kropay::GATEWAY, [Effect::Later { milliseconds: 1 }, Effect::Close { carried_out: false }]);
    assert!(shop.try_create("A", 20_000).await.is_err());
    // Nor is one after a reset.
    add(&sandbox, &kropay::GATEWAY, [Effect::Later { milliseconds: 50 }, Effect::Close { carried_out: true }]);
    assert!(shop.try_create("B", 20_000).await.is_err());
    sandbox.reset();
    until_quiet().await;
    assert!(sandbox.payments().is_empty());
}

#[tokio::test]
async fn late_call_is_saved() {
    let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("later-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&state);
    let sandbox = Sandbox::builder().state_file(&state).start().await.unwrap();
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    add(&sandbox, &kropay::GATEWAY, [Effect::Later { milliseconds: 50 }, Effect::Close { carried_out: true }]);
    assert!(shop.try_create("A", 20_000).await.is_err());
    until("the call", || sandbox.payments().len() == 1).await;
    drop(sandbox);
    let sandbox = Sandbox::builder().state_file(&state).start().await.unwrap();
    assert_eq!(sandbox.payments()[0].order, "A");
    drop(sandbox);
    std::fs::remove_file(state).unwrap();
}

#[tokio::test]
async fn not_more_than_a_thousand_calls_wait() {
    let sandbox = Sandbox::start().await;
    sandbox.add_fault(Fault::new(KROPAY, Effect::Later { milliseconds: 60_000 })).unwrap();
    sandbox.add_fault(Fault::new(KROPAY, Effect::Close { carried_out: true }).times(1_000)).unwrap();
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    for number in 0..1_000 {
        assert!(shop.try_create(&number.to_string(), 20_000).await.is_err());
    }
    assert_eq!(shop.create("more", 20_000).await.status, 503);
    assert_eq!(shop.create("more", 20_000).await.status, 503);
}
