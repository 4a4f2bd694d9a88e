//! The daemon ends between two steps, and the next one goes on.

use gerbang_sandbox::{Effect, Fault, Provider};

use crate::shop::{SHOP, Shop, unique, until};

fn database() -> String {
    format!("sqlite:{}/{}.db", env!("CARGO_TARGET_TMPDIR"), unique())
}

#[tokio::test]
async fn payment_made_before_a_restart_is_paid_after_it() {
    let shop = Shop::open_on(&database()).await;
    let created = shop.create("A", "kropay").await.json();
    let shop = shop.restart().await;
    assert_eq!(shop.get("/v1/payments?order=A").await.json()["payments"][0], created);
    assert_eq!(shop.create("A", "kropay").await.status, 200);
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!(shop.sandbox.payments().len(), 1);
}

#[tokio::test]
async fn payment_that_is_paid_while_nobody_runs_is_found() {
    let shop = Shop::open_on(&database()).await;
    shop.create("A", "kazukipay").await;
    shop.sandbox.set_webhook(Provider::Kazukipay, None);
    let (sandbox, database) = shop.stop().await;
    sandbox.pay(Provider::Kazukipay, "A").unwrap();
    let shop = Shop::reopen(sandbox, &database).await;
    assert_eq!(shop.settled("A").await["status"], "paid");
}

#[tokio::test]
async fn daemon_that_is_broken_off_loses_nothing() {
    let shop = Shop::open_on(&database()).await;
    shop.create("A", "kropay").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    let shop = shop.crash().await;
    assert_eq!(shop.settled("A").await["status"], "paid");
    assert_eq!(shop.events("payment.paid").await, 1);
}

#[tokio::test]
async fn request_under_way_is_ended_when_the_daemon_stops() {
    let shop = Shop::open().await;
    let delay = Effect::Delay { milliseconds: 1_000 };
    shop.sandbox.add_fault(Fault::new(Provider::Kropay, delay).operation("create_payment").times(1)).unwrap();
    let request = shop.client.post(shop.url("/v1/payments")).bearer_auth(SHOP);
    let request = request.header("content-type", "application/json").body(r#"{"order": "A", "amount": 10000}"#);
    let reply = tokio::spawn(request.send());
    until(async || !shop.sandbox.payments().is_empty()).await;
    let (url, client) = (shop.url("/healthz"), shop.client.clone());
    shop.stop().await;
    assert_eq!(reply.await.unwrap().unwrap().status(), 201);
    assert!(client.get(url).send().await.is_err());
}
