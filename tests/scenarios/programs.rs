//! The example programs, with every gateway.

#[allow(dead_code)]
#[path = "../../crates/facade/examples/shop.rs"]
mod shop;
#[allow(dead_code)]
#[path = "../../crates/facade/examples/take_payment.rs"]
mod take_payment;

use std::time::{Duration, Instant};

use gerbang::ledger::sqlx::{AssertSqlSafe, query_scalar};
use gerbang::ledger::{Account, Ledger, Order};
use gerbang::{Network, PaymentStatus, Poll, Rupiah, Trust};
use gerbang_sandbox::{Sandbox, WebhookAttempt};
use gerbang_tests::apis;
use gerbang_tests::gateways::{self, Effort, WEBHOOK_KEY};
use serde_json::Value;
use take_payment::{Taken, take};

use crate::case::{GOOD_KEY, order, start_sandbox};
use crate::subjects::{self, Subject};

/// The price at which the sandbox's customer pays after two seconds.
const PAYS_ITSELF: Rupiah = Rupiah::new(10_001);

#[tokio::test]
async fn the_same_program_takes_a_payment_through_each_gateway() {
    futures_util::future::join_all(subjects::all().into_iter().map(take_through)).await;
}

async fn take_through(subject: Subject) {
    let sandbox = start_sandbox().await;
    let gateway = gateways::make(subject.gateway, &sandbox.url(subject.provider), GOOD_KEY, Effort::ONCE).unwrap();
    let mut order = order("ORDER-1");
    order.amount = PAYS_ITSELF;
    let poll = Poll::every(Duration::ZERO).for_at_most(Duration::from_secs(30));
    let taken = take(&*gateway, &order, poll).await.unwrap();
    match (gateway.capabilities().status, taken) {
        (true, Taken::Paid(proof)) => assert_eq!(proof.payment().status, PaymentStatus::Paid, "{}", subject.name),
        (false, Taken::Notified(payment)) => assert_eq!(payment.status, PaymentStatus::Pending, "{}", subject.name),
        (_, taken) => panic!("{}: {taken:?}", subject.name),
    }
}

/// The shop of the crate's README, with each gateway: it ships once, however often the gateway notifies, and not for a forged notification.
#[tokio::test]
async fn readmes_shop_ships_once_with_each_gateway() {
    let subjects = subjects::all();
    let shipped = futures_util::future::join_all(subjects.into_iter().map(ships_once)).await;
    let notifying = apis::ALL.iter().filter(|api| !api.documented_notifications.is_empty());
    let notifying: usize = notifying.map(|api| api.gateways.len()).sum();
    assert_eq!(shipped.iter().sum::<usize>(), notifying, "so many gateways notify: {shipped:?}");
}

async fn ships_once(subject: Subject) -> usize {
    let sandbox = start_sandbox().await;
    let gateway = gateways::make(subject.gateway, &sandbox.url(subject.provider), GOOD_KEY, Effort::ONCE).unwrap();
    let notifies = gateway.capabilities().notifications != Trust::None;
    let acceptance = gateway.acceptance();
    let account = Account::live("main", gateway).pace(Duration::ZERO);
    let ledger = shop::open("sqlite::memory:", account).await.unwrap();
    let url = serve(shop::routes(ledger.clone())).await;
    let working = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.run(std::future::pending()).await }
    });
    let hooks = format!("{url}/notifications");
    sandbox.set_webhook(subject.provider, Some(&hooks));

    let http = Network::new().http_client().unwrap().build().unwrap();
    let buy = async || {
        let page = http.put(format!("{url}/orders/ORDER-1")).send().await.unwrap();
        assert_eq!(page.status(), 200, "{}", subject.name);
        page.text().await.unwrap()
    };
    let page = buy().await;
    assert!(page.starts_with("pay "), "{}: {page}", subject.name);
    assert_eq!((buy().await, sandbox.payments().len()), (page, 1), "{}: bought again", subject.name);

    let forged = http.post(&hooks).body(r#"{"status":"PAID"}"#).header("x-secret", WEBHOOK_KEY).send().await.unwrap();
    assert!(!forged.status().is_success(), "{}: {}", subject.name, forged.status());
    let id = sandbox.payments()[0].id.clone();
    sandbox.pay(subject.provider, &id).unwrap();
    if notifies {
        let first = attempts(&sandbox, 1).await.remove(0);
        sandbox.resend_webhook(first.number, 2).unwrap();
        for attempt in attempts(&sandbox, 3).await {
            assert!(attempt.acknowledged, "{attempt:?}");
            let [answer, wanted] = [&attempt.answer.unwrap(), acceptance].map(serde_json::from_str::<Value>);
            assert_eq!(answer.unwrap(), wanted.unwrap(), "{}", subject.name);
        }
    }
    let patience = Instant::now() + Duration::from_secs(30);
    while buy().await != "thank you" || shipped(&ledger, "shipped > 0").await == 0 {
        assert!(Instant::now() < patience, "{}: it is not paid and shipped", subject.name);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shipped(&ledger, "shipped = 1").await, 1, "{}", subject.name);
    working.abort();
    usize::from(notifies)
}

/// How many of the shop's orders are so.
async fn shipped(ledger: &Ledger, condition: &str) -> i64 {
    let mut tx = ledger.begin().await.unwrap();
    let sql = AssertSqlSafe(format!("SELECT count(*) FROM my_order WHERE {condition}"));
    query_scalar(sql).fetch_one(&mut *tx.sqlite().await.unwrap()).await.unwrap()
}

async fn serve(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

#[tokio::test]
async fn readmes_shop_refuses_an_event_of_no_order_of_its_own() {
    let sandbox = start_sandbox().await;
    let subject = subjects::all().into_iter().find(|subject| subject.name == "kropay").unwrap();
    let gateway = gateways::make(subject.gateway, &sandbox.url(subject.provider), GOOD_KEY, Effort::ONCE).unwrap();
    let ledger = shop::open("sqlite::memory:", Account::live("main", gateway).pace(Duration::ZERO)).await.unwrap();
    // Somebody else took the payment: the shop has no such order.
    ledger.pay(&Order::new("ORDER-1", PAYS_ITSELF), "main").await.unwrap();
    let patience = Instant::now() + Duration::from_secs(30);
    let mut failed = 0;
    while failed == 0 {
        assert!(Instant::now() < patience, "the event passes in silence");
        failed = ledger.work_once().await.unwrap().failed_events;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut tx = ledger.begin().await.unwrap();
    tx.execute("INSERT INTO my_order VALUES ('ORDER-1', 0)", []).await.unwrap();
    tx.execute("UPDATE gerbang_event SET due_at = 0", []).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ledger.work_once().await.unwrap().events, 1, "the event comes again");
    assert_eq!(shipped(&ledger, "shipped = 1").await, 1);
}

/// The attempts to send notifications, once there are as many.
async fn attempts(sandbox: &Sandbox, wanted: usize) -> Vec<WebhookAttempt> {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let attempts = sandbox.webhook_attempts();
        if attempts.len() >= wanted {
            return attempts;
        }
        assert!(Instant::now() < patience, "no notification came: {attempts:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
