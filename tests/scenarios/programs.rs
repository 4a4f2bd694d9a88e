//! The example programs, with every gateway.

#[allow(dead_code)]
#[path = "../../crates/facade/examples/notifications.rs"]
mod notifications;
#[allow(dead_code)]
#[path = "../../crates/facade/examples/take_payment.rs"]
mod take_payment;

use std::sync::Arc;
use std::time::Duration;

use gerbang::{PaymentStatus, Poll, Trust, reqwest};
use notifications::{Shop, app};
use take_payment::{Taken, take};

use crate::case::order;
use crate::fakes::{Fake, GOOD_KEY, State};
use crate::subjects::{self, Subject};

#[tokio::test]
async fn the_same_program_takes_a_payment_through_each_gateway() {
    futures_util::future::join_all(subjects::all().into_iter().map(take_through)).await;
}

async fn take_through(subject: Subject) {
    let fake = Arc::new(Fake::start((subject.provider)()).await);
    let gateway = (subject.gateway)(&fake.url(), GOOD_KEY).unwrap();
    let customer = {
        let fake = fake.clone();
        tokio::spawn(async move {
            while fake.book().entries().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let id = fake.book().entries()[0].id.clone();
            fake.book().set(&id, State::Paid);
        })
    };
    let poll = Poll::every(Duration::ZERO).for_at_most(Duration::from_secs(30));
    let taken = take(&*gateway, &order("ORDER-1"), poll).await.unwrap();
    customer.await.unwrap();
    match (gateway.capabilities().status, taken) {
        (true, Taken::Final(payment)) => assert_eq!(payment.status, PaymentStatus::Paid, "{}", subject.name),
        (false, Taken::Notified(payment)) => assert_eq!(payment.status, PaymentStatus::Pending, "{}", subject.name),
        (_, taken) => panic!("{}: {taken:?}", subject.name),
    }
}

#[tokio::test]
async fn the_same_web_server_takes_the_notifications_of_each_gateway_and_ships_once() {
    let http = reqwest::Client::new();
    let mut notified = 0;
    for subject in subjects::all() {
        let fake = Fake::start((subject.provider)()).await;
        let gateway = (subject.gateway)(&fake.url(), GOOD_KEY).unwrap();
        if gateway.capabilities().notifications == Trust::None {
            continue;
        }
        let payment = gateway.create_payment(&order("ORDER-1")).await.unwrap();
        let entry = {
            let mut book = fake.book();
            let id = book.entries()[0].id.clone();
            book.set(&id, State::Paid);
            book.entries()[0].clone()
        };
        let message = fake.notification(&entry).unwrap();

        let acceptance: serde_json::Value = serde_json::from_str(gateway.acceptance()).unwrap();
        let shop = Arc::new(Shop::new([gateway]));
        shop.add(payment);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notifications/{}", listener.local_addr().unwrap(), subject.name);
        tokio::spawn({
            let app = app(shop.clone());
            async move { axum::serve(listener, app).await.unwrap() }
        });

        let send = |body: Vec<u8>| {
            let request = http.post(&url).body(body);
            message.headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
        };
        for _ in 0..3 {
            let answer = send(message.body.clone()).await.unwrap();
            assert_eq!(answer.status(), 200, "{}", subject.name);
            let body: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            assert_eq!(body, acceptance, "{}", subject.name);
        }
        let order = shop.order(subject.name, "ORDER-1").unwrap();
        assert_eq!((order.shipped, order.payment.status), (1, PaymentStatus::Paid), "{}", subject.name);

        let forged = send(b"{\"status\":\"PAID\"}".to_vec()).await.unwrap();
        assert!(forged.status().is_client_error(), "{}: {}", subject.name, forged.status());
        assert_eq!(shop.order(subject.name, "ORDER-1").unwrap().shipped, 1);
        notified += 1;
    }
    assert_eq!(notified, 6);
}
