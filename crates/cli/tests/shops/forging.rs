//! What is not signed by the daemon just now, or came before, ships nothing.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use standardwebhooks::Webhook;

use crate::language::{GO, Language, NODE, PHP, PYTHON};
use crate::world::{KEYS_OF_DAEMON, Shop, curl, free_port};

/// The key that both know, by its place.
const COMMON: usize = 1;

/// An event of an order, and its signature.
struct Message {
    id: &'static str,
    sent: i64,
    signature: String,
    body: String,
}

impl Message {
    /// Signed by one of the daemon's keys so many seconds from now.
    fn new(id: &'static str, kind: &str, order: &str, key: usize, seconds: i64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let sent = i64::try_from(now).unwrap() + seconds;
        let body = json!({"id": id, "type": kind, "data": {"order": order, "amount": 10_000}}).to_string();
        let key = Webhook::new(KEYS_OF_DAEMON.split(' ').nth(key).unwrap()).unwrap();
        let signature = key.sign(id, sent, body.as_bytes()).unwrap();
        Self { id, sent, signature, body }
    }

    fn paid(id: &'static str, order: &str) -> Self {
        Self::new(id, "payment.paid", order, COMMON, 0)
    }

    /// The status that the shop answers.
    fn send(&self, shop: &Shop) -> u16 {
        let headers = [
            format!("webhook-id: {}", self.id),
            format!("webhook-timestamp: {}", self.sent),
            format!("webhook-signature: {}", self.signature),
            "Content-Type: application/json".to_owned(),
        ];
        let [id, sent, signature, kind] = headers.each_ref().map(String::as_str);
        let url = format!("{}/gerbang", shop.url);
        curl(&["-H", id, "-H", sent, "-H", signature, "-H", kind, "--data-binary", &self.body, &url]).status
    }
}

fn takes_nothing_forged(language: Language) {
    if !language.is_there() {
        return;
    }
    let shop = Shop::start(language, "http://127.0.0.1:9", free_port());
    let right = Message::paid("evt_1", "ORDER-1");
    for forged in [
        Message::new("evt_1", "payment.paid", "ORDER-1", 0, 0),
        Message { body: right.body.replace("ORDER-1", "ORDER-2"), ..Message::paid("evt_1", "ORDER-1") },
        Message { id: "evt_2", ..Message::paid("evt_1", "ORDER-1") },
        Message { sent: right.sent + 1, ..Message::paid("evt_1", "ORDER-1") },
        Message { signature: right.signature.replace("v1,", "v2,"), ..Message::paid("evt_1", "ORDER-1") },
        Message { signature: "v1,".to_owned(), ..Message::paid("evt_1", "ORDER-1") },
        Message { signature: String::new(), ..Message::paid("evt_1", "ORDER-1") },
        // As it was sent ten minutes ago, and as a clock that is wrong may sign it.
        Message::new("evt_1", "payment.paid", "ORDER-1", COMMON, -600),
        Message::new("evt_1", "payment.paid", "ORDER-1", COMMON, 600),
        // Signed, but no name of a file.
        Message::paid("evt_1", "../ORDER-1"),
        Message::paid("evt_1", "A/../ORDER-1"),
        Message::paid("evt_1", "ORDER-1\n"),
        Message::paid("evt_1", ".."),
        Message::paid("evt_1", ""),
    ] {
        let status = forged.send(&shop);
        assert!(status >= 400, "{status}: {} {}", forged.signature, forged.body);
    }
    assert_eq!(Message::new("evt_1", "payment.created", "ORDER-1", COMMON, 0).send(&shop), 200);
    assert!(shop.shipped().is_empty() && !shop.directory.join("ORDER-1").exists(), "{:?}", shop.shipped());

    let other = Message::new("evt_1", "payment.paid", "ORDER-1", 0, 0).signature;
    let right = Message { signature: format!("{other} {}", right.signature), ..right };
    // The same again, and another event of the same order.
    for message in [&right, &right, &Message::paid("evt_9", "ORDER-1")] {
        assert_eq!(message.send(&shop), 200);
    }
    assert_eq!(shop.shipped(), ["ORDER-1"]);
    assert_eq!(fs::read_to_string(shop.shipment("ORDER-1")).unwrap(), "evt_1\n");
    assert_eq!(shop.times_shipped("ORDER-1"), 1, "{}", shop.log());
}

#[test]
fn php_takes_nothing_forged() {
    takes_nothing_forged(PHP);
}

#[test]
fn node_takes_nothing_forged() {
    takes_nothing_forged(NODE);
}

#[test]
fn python_takes_nothing_forged() {
    takes_nothing_forged(PYTHON);
}

#[test]
fn go_takes_nothing_forged() {
    takes_nothing_forged(GO);
}
