//! The example programs, with every gateway.

#[allow(dead_code)]
#[path = "../../crates/facade/examples/notifications.rs"]
mod notifications;
#[allow(dead_code)]
#[path = "../../crates/facade/examples/take_payment.rs"]
mod take_payment;

use std::sync::Arc;
use std::time::{Duration, Instant};

use gerbang::{PaymentStatus, Poll, Rupiah, Trust, reqwest};
use gerbang_sandbox::{Sandbox, WebhookAttempt};
use gerbang_tests::gateways::{self, Effort, WEBHOOK_KEY};
use notifications::{Shop, app};
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

#[tokio::test]
async fn the_same_web_server_takes_the_notifications_of_each_gateway_and_ships_once() {
    let http = reqwest::Client::new();
    let mut notified = 0;
    for subject in subjects::all() {
        let sandbox = start_sandbox().await;
        let gateway = gateways::make(subject.gateway, &sandbox.url(subject.provider), GOOD_KEY, Effort::ONCE).unwrap();
        if gateway.capabilities().notifications == Trust::None {
            continue;
        }
        let acceptance: Value = serde_json::from_str(gateway.acceptance()).unwrap();
        let payment = gateway.create_payment(&order("ORDER-1")).await.unwrap();
        let shop = Arc::new(Shop::new([gateway]));
        shop.add(payment);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notifications/{}", listener.local_addr().unwrap(), subject.name);
        let server = tokio::spawn({
            let app = app(shop.clone());
            async move { axum::serve(listener, app).await.unwrap() }
        });

        sandbox.set_webhook(subject.provider, Some(&url));
        sandbox.pay(subject.provider, "ORDER-1").unwrap();
        let first = attempts(&sandbox, 1).await.remove(0);
        let shipped = || {
            let order = shop.order(subject.name, "ORDER-1").unwrap();
            (order.shipped, order.payment.status)
        };
        assert_eq!(shipped(), (1, PaymentStatus::Paid), "{}", subject.name);

        sandbox.resend_webhook(first.number, 2).unwrap();
        for attempt in attempts(&sandbox, 3).await {
            assert!(attempt.acknowledged, "{attempt:?}");
            let answer: Value = serde_json::from_str(&attempt.answer.unwrap()).unwrap();
            assert_eq!(answer, acceptance, "{}", subject.name);
        }
        assert_eq!(shipped(), (1, PaymentStatus::Paid), "{}", subject.name);

        // The proof of another notification, as far as it is told.
        let proof = first.headers.iter().filter(|(name, _)| name == "x-servicepayment");
        let forged = http.post(&url).body(r#"{"status":"PAID"}"#).header("x-secret", WEBHOOK_KEY);
        let forged = proof.fold(forged, |forged, (name, value)| forged.header(name, value)).send().await.unwrap();
        assert!(forged.status().is_client_error(), "{}: {}", subject.name, forged.status());
        assert_eq!(shipped(), (1, PaymentStatus::Paid), "{}", subject.name);
        server.abort();
        notified += 1;
    }
    assert_eq!(notified, 6);
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
