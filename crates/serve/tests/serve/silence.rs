//! No key, no token and no customer's data in any line of the log or any error, at the most talkative level.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use gerbang_sandbox::{Effect, Fault, Provider};
use serde_json::json;

use crate::shop::{SHOP, Shop};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn canaries_are_in_no_log_and_no_error() {
    let log = Log::default();
    let writer = log.clone();
    // For all threads; the other tests of this process log into it too.
    let format = tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG);
    format.with_writer(move || writer.clone()).init();

    let shop = Shop::open().await;
    let echo =
        Effect::Refuse { message: "no such customer: CANARY-Krisdi, CANARY@example.com".into(), carried_out: false };
    shop.sandbox.add_fault(Fault::new(Provider::Kazukipay, echo.clone()).operation("create_payment").times(1)).unwrap();
    shop.sandbox.add_fault(Fault::new(Provider::Kropay, echo).operation("create_payment").times(1)).unwrap();
    let mut errors = Vec::new();
    errors.push(shop.create("A", "kazukipay").await);
    errors.push(shop.create("B", "kropay").await);
    shop.create("C", "kropay").await;
    shop.create("D", "pakasir-v2").await;
    shop.sandbox.pay(Provider::Kropay, "C").unwrap();
    shop.sandbox.pay(Provider::Pakasir, "D").unwrap();
    shop.settled("C").await;
    shop.settled("D").await;
    errors.push(shop.post_as("CANARY-wrong", "/v1/payments", &[], &json!({})).await);
    errors.push(shop.post_as(SHOP, "/v1/cases/1/resolve", &[], &json!({"by": "CANARY"})).await);
    errors.push(shop.send("POST", "/hooks/pakasir-v2", &[("x-secret", "CANARY-secret")], "CANARY").await);
    errors.push(shop.get("/v1/payments?order=CANARY&CANARY=1").await);
    errors.push(shop.get("/CANARY").await);
    for error in &errors {
        assert!(!error.text.contains("CANARY"), "{}", error.text);
    }
    shop.stop().await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("\"http.route\":\"/v1/payments\""), "{log}");
    let lines: Vec<_> = log.lines().filter(|line| line.contains("CANARY")).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}
