//! Connections: many that are idle, all that are busy, and the end.

use std::time::{Duration, Instant};

use gerbang_sandbox::{Effect, Fault, Provider, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::{get, post_form, until};

/// Opens a connection on which nothing, or something, is sent.
async fn connect(sandbox: &Sandbox, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(sent).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_give_way_the_oldest_first() {
    let sandbox = Sandbox::builder().most_connections(8).start().await.unwrap();
    let mut idle = Vec::new();
    // The second kind begins a head, and never ends it.
    for number in 0..64 {
        idle.push(connect(&sandbox, if number % 2 == 0 { b"" } else { b"GET / HTTP/1.1\r\nHost: " }).await);
    }
    let asked = Instant::now();
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    assert_eq!(post_form(&url, "K", "project_id=1&amount=20000").await.status, 200);
    assert_eq!(get(&format!("{}/_sandbox/payments", sandbox.base_url())).await.status, 200);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    let end = tokio::time::timeout(Duration::from_secs(5), idle[0].read(&mut [0; 16])).await;
    assert!(matches!(end.unwrap(), Ok(0) | Err(_)), "the oldest is closed");
    let last = idle.last_mut().unwrap();
    assert!(
        tokio::time::timeout(Duration::from_millis(50), last.read(&mut [0; 16])).await.is_err(),
        "the newest is not"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_api_answers_where_all_connections_are_busy() {
    let sandbox = Sandbox::builder().most_connections(4).start().await.unwrap();
    sandbox.add_fault(Fault::new(Provider::Kropay, Effect::Delay { milliseconds: 20_000 })).unwrap();
    let status = b"GET /kropay/api/v1/payment/status/x HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: K\r\n\r\n";
    // One sends its body slowly.
    let slow = b"POST /kazukipay/api/create.php HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nproject";
    let mut busy = vec![connect(&sandbox, slow).await];
    for _ in 0..3 {
        busy.push(connect(&sandbox, status).await);
    }
    until("the calls", || sandbox.request_count(Provider::Kropay) == 3).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    for path in ["/", "/_sandbox/payments"] {
        assert_eq!(get(&format!("{}{path}", sandbox.base_url())).await.status, 200, "{path}");
    }
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let refused = post_form(&url, "K", "project_id=1&amount=20000").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(
        refused.body.contains("All 4 connections") && refused.body.contains("Nothing was done"),
        "{}",
        refused.body
    );
    assert!(asked.elapsed() < Duration::from_secs(2) && sandbox.payments().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_are_answered_at_the_end() {
    let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("end-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&state);
    let sandbox = Sandbox::builder().state_file(&state).start().await.unwrap();
    sandbox.add_fault(Fault::new(Provider::Kazukipay, Effect::Delay { milliseconds: 500 })).unwrap();
    let idle = connect(&sandbox, b"").await;
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let call = tokio::spawn(async move { post_form(&url, "K", "project_id=1&amount=20000").await });
    until("the call", || sandbox.request_count(Provider::Kazukipay) == 1).await;
    let address = sandbox.address();
    let started = Instant::now();
    sandbox.shut_down().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(call.await.unwrap().status, 200);
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    drop(idle);
    let sandbox = Sandbox::builder().state_file(&state).start().await.unwrap();
    assert_eq!(sandbox.payments().len(), 1);
    drop(sandbox);
    std::fs::remove_file(state).unwrap();
}
