//! What holds for every call, over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gerbang_core::operation::{CredentialUse, Envelope, FlagValue, Operation, Place};
use gerbang_core::{Credential, Credentials, Delivery, Error, Kind, Secret};
use gerbang_transport::{Builder, Network, Request, Transport};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

static STATUS: Operation = Operation {
    provider: "test",
    id: "status",
    path: "/status",
    credentials: &[CredentialUse { credential: "key", place: Place::Header("x-api-key") }],
    envelope: Envelope {
        flag: &["ok"],
        success: &[FlagValue::Bool(true)],
        failure: &[FlagValue::Bool(false)],
        ..Envelope::BASE
    },
    ..Operation::BASE
};

static BASIC: Operation = Operation {
    credentials: &[
        CredentialUse { credential: "shop", place: Place::BasicUser },
        CredentialUse { credential: "key", place: Place::BasicPassword },
    ],
    ..STATUS
};

struct Key(Secret);

impl Credentials for Key {
    fn get(&self, name: &str) -> Option<Credential<'_>> {
        match name {
            "key" => Some(Credential::Secret(&self.0)),
            "shop" => Some(Credential::Text("shop")),
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.0]
    }
}

fn builder(url: &str) -> Builder<Transport> {
    Builder::new("test", url, Key("not-a-real-key".into()), |transport| transport)
}

async fn call(transport: &Transport) -> Result<Value, Error> {
    transport.call(Request::new(&STATUS)).await
}

#[tokio::test]
async fn user_and_password_are_sent_as_basic_and_never_shown() {
    let sent = "c2hvcDpub3QtYS1yZWFsLWtleQ==";
    let echo = format!(r#"{{"ok":false,"message":"who is {sent}?"}}"#);
    let server = Server::start(reply("401 Unauthorized", "", echo.as_bytes())).await;
    let transport = builder(&server.url).build().unwrap();
    let error = transport.call::<Value>(Request::new(&BASIC)).await.unwrap_err();
    assert!(server.heads()[0].contains(&format!("authorization: basic {}", sent.to_ascii_lowercase())));
    let said = format!("{error} {error:?} {:?}", error.body());
    assert!(said.contains("[redacted]") && !said.contains(sent), "{said}");
    let only_user =
        Operation { credentials: &[CredentialUse { credential: "key", place: Place::BasicUser }], ..STATUS };
    call_of(&transport, only_user).await.unwrap_err();
    assert!(server.heads()[1].contains("authorization: basic bm90lwetcmvhbc1rzxk6"));
}

#[tokio::test]
async fn body_without_room_for_a_credential_is_refused() {
    static SEALED: Operation = Operation {
        method: "POST",
        credentials: &[CredentialUse { credential: "key", place: Place::Body("key") }],
        ..STATUS
    };
    let server = Server::start(good()).await;
    let transport = builder(&server.url).build().unwrap();
    for request in
        [Request::new(&SEALED).json(&[1]), Request::new(&STATUS).json(&"a"), Request::new(&STATUS).form(&[1])]
    {
        let error = transport.call::<Value>(request).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::InvalidRequest, Delivery::NotSent), "{error}");
    }
    assert!(server.heads().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn header_of_the_caller_is_sent_or_refused() {
    let server = Server::start(good()).await;
    let transport = builder(&server.url).build().unwrap();
    let request =
        |value: &str| Request::new(&STATUS).header("Idempotency-Key", value).header_optional("X-No", None::<&str>);
    transport.call::<Value>(request("order 1")).await.unwrap();
    let head = &server.heads()[0];
    assert!(head.contains("\r\nidempotency-key: order 1\r\n") && !head.contains("x-no"), "{head}");
    let error = transport.call::<Value>(request("a\r\nHost: b")).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::InvalidRequest, Delivery::NotSent));
    assert!(!error.to_string().contains("Host: b"), "{error}");
    assert_eq!(server.heads().len(), 1);
}

/// Calls an operation that only a test has.
async fn call_of(transport: &Transport, operation: Operation) -> Result<Value, Error> {
    transport.call(Request::new(Box::leak(Box::new(operation)))).await
}

/// How the server answers a request.
#[derive(Clone)]
enum Answer {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A head, then one byte of the body every 20 milliseconds.
    Trickle,
    /// A head, then a body without end.
    Endless,
}

/// A server that answers every request in the same way, and counts.
struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
    heads: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (connections, heads) = (Arc::<AtomicUsize>::default(), Arc::<std::sync::Mutex<Vec<String>>>::default());
        let (count, seen) = (connections.clone(), heads.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, answer.clone(), seen.clone()));
            }
        });
        Self { url, connections, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, answer: Answer, seen: Arc<std::sync::Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).await.is_ok_and(|count| count == 1) {
        head.push(byte[0]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        seen.lock().unwrap().push(String::from_utf8_lossy(&head).to_ascii_lowercase());
        head.clear();
        let start = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        let (chunk, pause) = match &answer {
            Answer::Bytes(bytes) => {
                if stream.write_all(bytes).await.is_err() {
                    return;
                }
                continue;
            }
            Answer::Trickle => ("1\r\n \r\n".to_owned(), Duration::from_millis(20)),
            Answer::Endless => (format!("1000\r\n{}\r\n", " ".repeat(4096)), Duration::ZERO),
        };
        let _ = stream.write_all(start.as_bytes()).await;
        while stream.write_all(chunk.as_bytes()).await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    }
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Answer {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Answer::Bytes(bytes)
}

fn good() -> Answer {
    reply("200 OK", "content-type: text/html\r\n", b"\xEF\xBB\xBF{\"ok\":true,\"a\":1}")
}

#[tokio::test]
async fn reply_is_read_whatever_its_content_type_and_with_a_bom() {
    let server = Server::start(good()).await;
    let transport = builder(&server.url).build().unwrap();
    assert_eq!(call(&transport).await.unwrap()["a"], 1);
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_asked_for() {
    let server = Server::start(good()).await;
    call(&builder(&server.url).user_agent("warung/1").build().unwrap()).await.unwrap();
    let heads = server.heads();
    let mut lines: Vec<_> = heads[0].lines().filter(|line| !line.is_empty() && !line.starts_with("host: ")).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["accept: application/json", "get /status http/1.1", "user-agent: warung/1", "x-api-key: not-a-real-key"]
    );
}

#[tokio::test]
async fn a_call_may_be_given_any_time() {
    let server = Server::start(good()).await;
    let transport = builder(&server.url).build().unwrap();
    for time in [Duration::MAX, Duration::from_secs(5)] {
        transport.call::<Value>(Request::new(&STATUS).within(time)).await.unwrap();
    }
}

#[tokio::test]
async fn a_trickled_reply_ends_at_the_deadline() {
    let server = Server::start(Answer::Trickle).await;
    let transport = builder(&server.url).timeout(Duration::from_millis(300)).build().unwrap();
    let start = Instant::now();
    let error = call(&transport).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::MaybeSent), "{error}");
    assert!(start.elapsed() >= Duration::from_millis(300) && start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_reply_without_end_stops_at_the_cap() {
    let server = Server::start(Answer::Endless).await;
    let error = call(&builder(&server.url).max_reply(10_000).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::ReplyTooLarge, Delivery::MaybeSent), "{error}");
}

#[tokio::test]
async fn a_reply_as_large_as_the_cap_is_read() {
    let server = Server::start(reply("200 OK", "", b"{\"ok\":true}")).await;
    assert!(call(&builder(&server.url).max_reply(11).build().unwrap()).await.is_ok());
    let error = call(&builder(&server.url).max_reply(10).build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::ReplyTooLarge);
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let target = Server::start(good()).await;
    for status in ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"] {
        let server = Server::start(reply(status, &format!("location: {}/\r\n", target.url), b"")).await;
        let error = call(&builder(&server.url).build().unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::UnexpectedReply, Delivery::MaybeSent), "{error}");
    }
    assert_eq!(target.heads(), Vec::<String>::new());
}

#[tokio::test]
async fn a_key_in_clear_goes_through_no_proxy_unless_that_is_allowed() {
    let (server, proxy) = (Server::start(good()).await, Server::start(good()).await);
    let network = Network::new().proxy(&proxy.url);
    call(&builder(&server.url).network(network.clone()).build().unwrap()).await.unwrap();
    assert_eq!((server.heads().len(), proxy.heads().len()), (1, 0));
    call(&builder(&server.url).network(network).allow_http().build().unwrap()).await.unwrap();
    assert_eq!((server.heads().len(), proxy.heads().len()), (1, 1));
}

#[tokio::test]
async fn a_compressed_reply_is_not_unpacked() {
    let server = Server::start(reply("200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08\0\0\0\0\0")).await;
    let error = call(&builder(&server.url).build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::UnexpectedReply, "{error}");
}

#[tokio::test]
async fn a_refused_connection_was_not_sent_and_says_why() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = call(&builder(&url).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Connect, Delivery::NotSent));
    assert!(error.to_string().contains("refused"), "{error}");
    // The host, which shows a wrong base URL or a broken name server; no more of the URL.
    let host = url.strip_prefix("http://").unwrap();
    assert!(error.to_string().contains(host) && !error.to_string().contains(&format!("{host}/")), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_may_have_carried_the_request() {
    let server =
        Server::start(Answer::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"ok\":true".to_vec())).await;
    let transport = builder(&server.url).timeout(Duration::from_millis(300)).build().unwrap();
    let error = call(&transport).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::MaybeSent), "{error}");
    let server = Server::start(Answer::Bytes(b"nonsense\r\n\r\n".to_vec())).await;
    let error = call(&builder(&server.url).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Disconnected, Delivery::MaybeSent), "{error}");
}

#[tokio::test]
async fn calls_in_a_row_share_one_connection() {
    let server = Server::start(good()).await;
    let transport = builder(&server.url).build().unwrap();
    for _ in 0..20 {
        call(&transport.clone()).await.unwrap();
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_missing_or_empty_credential_is_not_sent() {
    static OTHER: Operation =
        Operation { credentials: &[CredentialUse { credential: "other", place: Place::Query("key") }], ..STATUS_BASE };
    const STATUS_BASE: Operation = Operation { provider: "test", id: "other", ..Operation::BASE };
    let server = Server::start(good()).await;
    let error = builder(&server.url).build().unwrap().call::<Value>(Request::new(&OTHER)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent), "{error}");
    let empty = Builder::new("test", &server.url, Key("".into()), |transport| transport).build().unwrap();
    let error = call(&empty).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent), "{error}");
    assert_eq!(server.heads(), Vec::<String>::new());
}

#[test]
fn an_unsafe_base_url_is_refused() {
    for url in [
        "http://kropay.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "ftp://127.0.0.1",
        "https://user@kropay.example",
        "https://kropay.example?a=b",
        "https://kropay.example#a",
        "kropay.example",
        "",
    ] {
        let error = builder(url).build().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent), "{url}");
    }
    for url in ["https://kropay.example/x/", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
        assert!(builder(url).build().is_ok(), "{url}");
    }
    assert!(builder("http://kropay.example").allow_http().build().is_ok());
    for path in ["status", "/status?key=1", "/status#a"] {
        assert!(builder("https://kropay.example").path(&STATUS, path).build().is_err(), "{path}");
    }
}

#[test]
fn http_is_allowed_to_a_named_host_and_to_no_other() {
    let build = |url: &str, hosts: &[&str]| {
        hosts.iter().fold(builder(url), |builder, host| builder.allow_http_to(*host)).build()
    };
    assert!(build("http://sandbox:8080/kropay", &["other", "Sandbox"]).is_ok());
    assert!(build("http://10.0.0.7:8080", &["10.0.0.7"]).is_ok() && build("http://[fd00::1]", &["fd00::1"]).is_ok());
    for url in ["http://sandbox.example", "http://a.sandbox", "http://sandbox.", "http://xsandbox", "http://10.0.0.7"] {
        let error = build(url, &["sandbox"]).err().unwrap();
        assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent), "{url}");
        assert!(error.to_string().contains("GERBANG_ALLOW_HTTP"), "{error}");
    }
    for wrong in ["*", "sandbox:8080", "http://sandbox", ""] {
        let error = build("http://sandbox", &["sandbox", wrong]).err().unwrap();
        assert!(error.to_string().contains("is no host"), "{wrong}: {error}");
    }
}

#[tokio::test]
async fn a_key_in_clear_to_an_allowed_host_goes_to_no_proxy() {
    let proxy = Server::start(good()).await;
    let network = Network::new().proxy(&proxy.url);
    // No such name: where it went to the proxy instead, it would be answered.
    let transport = builder("http://sandbox.invalid").network(network).allow_http_to("sandbox.invalid").build();
    assert_eq!(call(&transport.unwrap()).await.unwrap_err().kind(), Kind::Connect);
    assert_eq!(proxy.heads().len(), 0);
}

#[test]
fn path_that_lacks_a_parameter_is_refused() {
    static BY_ID: Operation = Operation { provider: "test", id: "by_id", path: "/a/{id}.svg", ..Operation::BASE };
    let build = |path: &str| builder("https://kropay.example").path(&BY_ID, path).build();
    assert!(build("/b/{id}").is_ok() && build("/{id}/c.png").is_ok());
    for path in ["/b", "/b/id", "/b/{other}", "/b/{ id }"] {
        let error = build(path).unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent), "{path}");
        assert!(error.to_string().contains("does not have the parameter {id}"), "{error}");
    }
}
