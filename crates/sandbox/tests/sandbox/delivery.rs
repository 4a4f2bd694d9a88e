//! Notifications under load: none is lost, and no address waits for another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gerbang_sandbox::{Provider, ReleaseOrder, Sandbox, Seed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::http::{Merchant, get, until};

/// Makes payments of Kazukipay with the names `PREFIX-0` and so on.
fn seed(sandbox: &Sandbox, credential: &str, prefix: &str, count: usize) {
    let seed = |number| Seed::new(Provider::Kazukipay, credential, 20_000).reference(format!("{prefix}-{number}"));
    sandbox.seed(&(0..count).map(seed).collect::<Vec<_>>()).unwrap();
}

fn pay_all(sandbox: &Sandbox, prefix: &str, count: usize) {
    for number in 0..count {
        sandbox.pay(Provider::Kazukipay, &format!("{prefix}-{number}")).unwrap();
    }
}

/// A receiver that answers each notification after a while. Gives its address, and how many it has answered.
async fn slow_receiver(pause: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/slow", listener.local_addr().unwrap());
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                tokio::time::sleep(pause).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                count.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    (url, answered)
}

/// An address at which every attempt waits for its answer.
async fn silent_receiver() -> (TcpListener, String) {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/silent", silent.local_addr().unwrap());
    (silent, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_gets_every_notification() {
    let (url, answered) = slow_receiver(Duration::from_millis(20)).await;
    let sandbox = Sandbox::builder().webhook(Provider::Kazukipay, url).start().await.unwrap();
    seed(&sandbox, "K", "order", 900);
    seed(&sandbox, "L", "other", 500);
    pay_all(&sandbox, "order", 900);
    pay_all(&sandbox, "other", 500);
    // More than a thousand wait, and are sent several at a time.
    until("all of them", || answered.load(Ordering::SeqCst) == 1_400).await;
    let listed = get(&format!("{}/_sandbox/webhooks", sandbox.base_url())).await.json();
    assert_eq!(answered.load(Ordering::SeqCst), 1_400);
    assert!(listed["pending"].as_u64().unwrap() < 20, "{}", listed["pending"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_receiver_delays_only_itself() {
    let (_silent, url) = silent_receiver().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    let builder = Sandbox::builder().webhook(Provider::Kazukipay, &merchant.url);
    let sandbox = builder.webhook_for(Provider::Kazukipay, "dead", &url).start().await.unwrap();
    seed(&sandbox, "dead", "dead", 300);
    seed(&sandbox, "K", "order", 1);
    pay_all(&sandbox, "dead", 300);
    let paid = Instant::now();
    pay_all(&sandbox, "order", 1);
    merchant.first().await;
    assert!(paid.elapsed() < Duration::from_secs(1), "{:?}", paid.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn released_ones_at_a_dead_receiver_delay_no_others() {
    let (_silent, url) = silent_receiver().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    let builder = Sandbox::builder().webhook(Provider::Kropay, url);
    let sandbox = builder.webhook(Provider::Kazukipay, &merchant.url).start().await.unwrap();
    let dead = ["K-1", "K-2"].map(|name| Seed::new(Provider::Kropay, "K", 20_000).reference(name));
    sandbox.seed(&dead).unwrap();
    seed(&sandbox, "K", "order", 2);
    sandbox.hold_webhooks();
    for name in ["K-1", "K-2"] {
        sandbox.pay(Provider::Kropay, name).unwrap();
    }
    pay_all(&sandbox, "order", 1);
    let released = Instant::now();
    assert_eq!(sandbox.release_webhooks(&ReleaseOrder::Created).unwrap().len(), 3);
    sandbox.pay(Provider::Kazukipay, "order-1").unwrap();
    until("both", || merchant.received().len() == 2).await;
    assert!(released.elapsed() < Duration::from_secs(1), "{:?}", released.elapsed());
    let orders: Vec<_> = merchant.received().iter().map(|request| request.json()["custom_id"].clone()).collect();
    assert_eq!(orders, ["order-0", "order-1"]);
}

#[tokio::test]
async fn an_address_is_notified_in_the_order_of_payments() {
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    let sandbox = Sandbox::builder().webhook(Provider::Kazukipay, &merchant.url).start().await.unwrap();
    seed(&sandbox, "K", "order", 15);
    pay_all(&sandbox, "order", 15);
    until("all of them", || merchant.received().len() == 15).await;
    let orders: Vec<_> = merchant.received().iter().map(|request| request.json()["custom_id"].clone()).collect();
    assert_eq!(orders, (0..15).map(|number| format!("order-{number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_attempt_that_fails_says_why() {
    let (_silent, silent) = silent_receiver().await;
    let refuses = Merchant::start(&["500 No\r\n\r\n"]).await;
    let nobody = "http://127.0.0.1:1/nobody";
    let mut builder = Sandbox::builder().webhook_timeout(Duration::from_millis(200));
    for (credential, url) in [("silent", silent.as_str()), ("refuses", &refuses.url), ("nobody", nobody)] {
        builder = builder.webhook_for(Provider::Kazukipay, credential, url);
    }
    let sandbox = builder.start().await.unwrap();
    for credential in ["silent", "refuses", "nobody"] {
        seed(&sandbox, credential, credential, 1);
        pay_all(&sandbox, credential, 1);
    }
    let first = || sandbox.webhook_attempts().into_iter().filter(|attempt| attempt.attempt == 1);
    until("the attempts", || first().count() == 3).await;
    let why: BTreeSet<_> = first().map(|attempt| attempt.error.unwrap()).collect();
    for part in ["no answer within 200ms", "any status from 200 to 299", "Connection refused"] {
        assert!(why.iter().any(|why| why.contains(part)), "{part}: {why:?}");
    }
}
