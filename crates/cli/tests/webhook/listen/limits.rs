//! What whoever learns the address can do: connections, heads that never end, replies that are not read, and the same notification
//! many times at once.

use std::io::{Read, Write};
use std::net::TcpStream;

use gerbang::{NewPayment, PaymentGateway, Rupiah};
use gerbang_sandbox::{Provider, Sandbox};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;

use super::confirming::{asking, claim, handle, kropay_gateway};
use super::*;

/// A connection that has sent half of a head.
fn half_head(url: &str) -> TcpStream {
    let address = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"POST /kropay HTTP/1.1\r\nHost: x").unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Whether the other side has closed a connection, which is waited for.
fn is_closed(stream: &mut TcpStream) -> bool {
    // What is closed with bytes unread is reset.
    stream
        .read(&mut [0; 512])
        .map_or_else(|error| error.kind() == std::io::ErrorKind::ConnectionReset, |read| read == 0)
}

#[test]
fn half_heads_do_not_keep_a_notification_out() {
    let listener = Listener::start(&["-p", "kropay"]);
    let url = listener.url("kropay").to_owned();
    let mut held: Vec<_> = (0..300).map(|_| half_head(&url)).collect();
    let began = std::time::Instant::now();
    assert_eq!(send(&url, "kropay", &[])["status"], 200);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // Those that have waited for longest gave way.
    assert!(is_closed(&mut held[0]));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_head_that_does_not_end_is_not_waited_for() {
    let listener = Listener::start(&["-p", "kropay"]);
    let began = std::time::Instant::now();
    let mut stream = half_head(listener.url("kropay"));
    assert!(is_closed(&mut stream));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_no_reply_is_given_up() {
    let listener = beside(|| Listener::start(&["-p", "kropay"])).await;
    let address = listener.url("kropay").strip_prefix("http://").unwrap().split('/').next().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut client = socket.connect(address.parse().unwrap()).await.unwrap();
    // Until its replies fill all buffers, and no more requests are taken.
    let sends = async { while client.write_all(b"GET /kropay HTTP/1.1\r\nHost: localhost\r\n\r\n").await.is_ok() {} };
    tokio::time::timeout(PATIENCE, sends).await.expect("the connection is closed");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_answered_after_ctrl_c() {
    let (came, mut coming) = tokio::sync::mpsc::unbounded_channel();
    let shop = async move || {
        came.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        "{\"success\": true}"
    };
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let forward = format!("http://{}", server.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(server, axum::Router::new().fallback(shop)).await });
    let arguments = ["-p", "kropay", "--unconfirmed", "--forward", &forward].map(str::to_owned);
    let listener = beside(move || Listener::start(&arguments.each_ref().map(String::as_str))).await;
    let _idle = half_head(listener.url("kropay"));
    let (url, body) = (listener.url("kropay").to_owned(), printed(&["-p", "kropay"]));
    let body = body.split_once("\n\n").unwrap().1.to_owned();
    let client = client();
    let sent = tokio::spawn(client.post(url).body(body).send());
    coming.recv().await.unwrap();
    assert!(Command::new("kill").args(["-INT", &listener.child.id().to_string()]).status().unwrap().success());
    assert_eq!(sent.await.unwrap().unwrap().status().as_u16(), 200);
    let began = std::time::Instant::now();
    assert_eq!(beside(move || listener.end().exit).await, 130);
    assert!(began.elapsed() < Duration::from_secs(3), "an idle connection is not waited for: {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn three_at_once_are_forwarded_once() {
    let sandbox = Sandbox::start().await;
    let payment = kropay_gateway(&sandbox).create_payment(&NewPayment::new("A", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "A").unwrap();
    let (came, mut coming) = tokio::sync::mpsc::unbounded_channel();
    let shop = async move || {
        came.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        "{\"success\": true}"
    };
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let forward = format!("http://{}", server.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(server, axum::Router::new().fallback(shop)).await });

    let (base, handle) = (sandbox.url(Provider::Kropay), handle(&payment));
    let mut listener = beside(move || asking(&base, &["--expect", &handle, "--forward", &forward])).await;
    let claimed = claim(&payment);
    let arguments: Vec<_> = ["-p", "kropay"].into_iter().chain(claimed.iter().map(String::as_str)).collect();
    let body = printed(&arguments).split_once("\n\n").unwrap().1.to_owned();
    let client = client();
    let send = || client.post(listener.url("kropay")).body(body.clone()).send();
    for answer in [send(), send(), send()].map(tokio::spawn) {
        assert_eq!(answer.await.unwrap().unwrap().status().as_u16(), 200);
    }
    let outcomes = beside(move || [0; 3].map(|_| listener.next()["outcome"].as_str().unwrap().to_owned())).await;
    assert_eq!(outcomes, ["confirmed", "replay", "replay"]);
    assert!(coming.recv().await.is_some() && coming.is_empty(), "it is forwarded once");
}
