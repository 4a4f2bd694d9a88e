//! Events that are delivered to the shop.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::{Router, http};
use gerbang_sandbox::Provider;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::net::TcpListener;

use crate::contract::is_described;
use crate::shop::{ADMIN, Shop, unique, until};

pub const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const NEW: &str = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";

type Message = (http::HeaderMap, Bytes);

/// The shop's side: what it was sent, and what it answers, 200 unless it says otherwise.
#[derive(Clone, Default)]
pub struct Receiver {
    messages: Arc<Mutex<Vec<Message>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    is_down: Arc<Mutex<bool>>,
    /// Whether a redirect was followed.
    is_redirected: Arc<Mutex<bool>>,
}

impl Receiver {
    /// Listens, and gives the daemon's settings for it.
    pub async fn listen() -> (Self, String) {
        Self::listen_to(&format!("{OLD} {NEW}")).await
    }

    /// The same, for a daemon with these keys.
    pub async fn listen_to(keys: &str) -> (Self, String) {
        let receiver = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?key=CANARY-hook", listener.local_addr().unwrap());
        let routes = Router::new().route("/hook", post(Self::receive)).with_state(receiver.clone());
        tokio::spawn(axum::serve(listener, routes).into_future());
        (receiver, format!("webhook_url = \"{url}\"\nwebhook_secret = \"{keys}\"\nwebhook_allow_local = true"))
    }

    async fn receive(
        State(receiver): State<Self>,
        uri: http::Uri,
        headers: http::HeaderMap,
        body: Bytes,
    ) -> (http::StatusCode, http::HeaderMap) {
        *receiver.is_redirected.lock().unwrap() |= uri.query() == Some("again");
        let is_down = *receiver.is_down.lock().unwrap();
        let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(if is_down { 500 } else { 200 });
        receiver.messages.lock().unwrap().push((headers, body));
        let mut headers = http::HeaderMap::new();
        headers.insert("location", "/hook?again".parse().unwrap());
        (http::StatusCode::from_u16(answer).unwrap(), headers)
    }

    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// The types of the events of an order that were sent.
    pub fn types(&self, order: &str) -> Vec<String> {
        let events = self.messages().into_iter().map(|(_, body)| serde_json::from_slice::<Value>(&body).unwrap());
        let of_order = events.filter(|event| event["data"]["order"] == order);
        of_order.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// What is planned is due now.
async fn let_time_pass(shop: &Shop) {
    let mut tx = shop.ledger.begin().await.unwrap();
    tx.execute("UPDATE gerbang_serve_delivery SET due_at = 0 WHERE outcome IS NULL AND lease_until = 0", [])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

pub async fn outcomes(shop: &Shop) -> Vec<String> {
    let mut tx = shop.ledger.read().await.unwrap();
    let rows = tx
        .fetch("SELECT COALESCE(outcome, '-') AS outcome FROM gerbang_serve_delivery ORDER BY event", [])
        .await
        .unwrap();
    rows.iter().map(|row| row.text("outcome").unwrap()).collect()
}

#[tokio::test]
async fn delivered_events_are_in_order_and_verified_by_a_public_crate() {
    let (receiver, settings) = Receiver::listen().await;
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    until(async || receiver.types("A").len() == 2).await;
    assert_eq!(receiver.types("A"), ["payment.created", "payment.paid"]);
    for (headers, body) in receiver.messages() {
        // Each of both keys, as while one takes the place of the other.
        for key in [OLD, NEW] {
            Webhook::new(key).unwrap().verify(&body, &headers).unwrap();
        }
        let event: Value = serde_json::from_slice(&body).unwrap();
        assert!(is_described("Event", &event), "{event}");
        assert_eq!(headers["webhook-id"], event["id"].as_str().unwrap());
        assert!(Webhook::new("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap().verify(&body, &headers).is_err());
    }
    let listed = shop.get("/v1/events").await.json()["events"][1].clone();
    assert_eq!(serde_json::from_slice::<Value>(&receiver.messages()[1].1).unwrap(), listed);
    until(async || outcomes(&shop).await == ["delivered", "delivered"]).await;
}

#[tokio::test]
async fn what_is_not_taken_comes_again_before_what_follows() {
    let (receiver, settings) = Receiver::listen().await;
    receiver.answers.lock().unwrap().extend([500, 307, 404]);
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.settled("A").await;
    until(async || {
        let_time_pass(&shop).await;
        receiver.messages().len() == 5
    })
    .await;
    let (created, paid) = ("payment.created", "payment.paid");
    assert_eq!(receiver.types("A"), [created, created, created, created, paid]);
    let ids: Vec<_> = receiver.messages().iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert!(ids[..4].iter().all(|id| *id == ids[0]) && ids[4] != ids[0]);
    assert!(!*receiver.is_redirected.lock().unwrap());
}

#[tokio::test]
async fn order_that_is_not_taken_holds_no_other_up() {
    let (receiver, settings) = Receiver::listen().await;
    receiver.answers.lock().unwrap().extend([503]);
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    until(async || receiver.messages().len() == 1).await;
    shop.create("B", "kropay").await;
    until(async || receiver.types("B").len() == 1).await;
}

#[tokio::test]
async fn event_is_given_up_after_three_days_with_a_case() {
    let (receiver, settings) = Receiver::listen().await;
    *receiver.is_down.lock().unwrap() = true;
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    let id = shop.create("A", "kropay").await.json()["id"].as_str().unwrap().to_owned();
    let given_up = async |count: usize| {
        until(async || {
            let mut tx = shop.ledger.begin().await.unwrap();
            let sql = "UPDATE gerbang_serve_delivery SET due_at = 0, first_at = first_at - 259200000 \
                       WHERE outcome IS NULL AND lease_until = 0 AND tries > 0";
            tx.execute(sql, []).await.unwrap();
            tx.commit().await.unwrap();
            outcomes(&shop).await.iter().filter(|outcome| *outcome == "given_up").count() == count
        })
        .await;
    };
    given_up(1).await;
    let cases = shop.get("/v1/cases?open=true").await.json()["cases"].clone();
    assert_eq!((&cases[0]["why"], &cases[0]["payment"]), (&json!("undelivered"), &Value::Null));
    assert!(cases[0]["detail"].as_str().unwrap().contains("evt_1 (payment.created)"), "{cases}");
    // The payment needs nobody's attention, and the case's own event makes no further case.
    assert_eq!(shop.get(&format!("/v1/payments/{id}")).await.json()["status"], "pending");
    given_up(2).await;
    assert_eq!(shop.get("/v1/cases").await.json()["cases"].as_array().unwrap().len(), 1);
    let noted = json!({"resolution": "noted", "by": "Ani"});
    let path = format!("/v1/cases/{}/resolve", cases[0]["id"].as_str().unwrap());
    assert_eq!(shop.post_as(ADMIN, &path, &[], &noted).await.status, 200);
}

#[tokio::test]
async fn lease_of_a_delivery_ends_soon_after_a_crash() {
    // It takes connections and answers nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let settings = format!("webhook_url = \"{url}\"\nwebhook_secret = \"{OLD}\"\nwebhook_allow_local = true");
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    let lease = async || {
        let mut tx = shop.ledger.begin().await.unwrap();
        let now = tx.now().await.unwrap().as_millisecond();
        let rows = tx.fetch("SELECT lease_until FROM gerbang_serve_delivery", []).await.unwrap();
        rows.first().map_or(0, |row| row.int("lease_until").unwrap() - now)
    };
    until(async || lease().await > 0).await;
    // Longer than the shop may take to answer, and no longer than a shop can wait for an event that it needs to ship.
    assert!((15_000..=30_000).contains(&lease().await), "{}", lease().await);
}

#[tokio::test]
async fn event_is_delivered_again_on_demand() {
    let (receiver, settings) = Receiver::listen().await;
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    until(async || outcomes(&shop).await == ["delivered"]).await;
    let reply = shop.post("/v1/events/evt_1/redeliver", &json!({})).await;
    assert_eq!((reply.status, &reply.json()["id"]), (202, &json!("evt_1")));
    until(async || receiver.messages().len() == 2).await;
    let messages = receiver.messages();
    assert_eq!((&messages[0].1, &messages[0].0["webhook-id"]), (&messages[1].1, &messages[1].0["webhook-id"]));
    for path in ["/v1/events/evt_99/redeliver", "/v1/events/1/redeliver", "/v1/events/evt_-1/redeliver"] {
        assert_eq!(shop.post(path, &json!({})).await.status, 404, "{path}");
    }
    let without = Shop::open().await;
    without.create("A", "kropay").await;
    assert_eq!(without.post("/v1/events/evt_1/redeliver", &json!({})).await.problem(), (409, "no_webhook".into()));
}

#[tokio::test]
async fn delivery_that_a_restart_broke_off_comes_again() {
    let (receiver, settings) = Receiver::listen().await;
    receiver.answers.lock().unwrap().extend([500]);
    let database = format!("sqlite:{}/{}.db", env!("CARGO_TARGET_TMPDIR"), unique());
    let shop = Shop::open_with(&database, &settings).await;
    shop.create("A", "kropay").await;
    until(async || receiver.messages().len() == 1).await;
    let shop = shop.crash().await;
    let mut tx = shop.ledger.begin().await.unwrap();
    // The lease of the daemon that is gone is over.
    tx.execute("UPDATE gerbang_serve_delivery SET lease_until = 0, due_at = 0", []).await.unwrap();
    tx.commit().await.unwrap();
    until(async || outcomes(&shop).await == ["delivered"]).await;
    assert_eq!(receiver.types("A"), ["payment.created"; 2]);
}
