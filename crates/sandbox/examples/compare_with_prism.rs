//! Puts the same load on a sandbox and on Prism, a generic mock, and compares them: payments of Kropay are created and
//! their status is asked for. `compare-with-prism.sh` beside this directory starts both and this.
//!
//! `compare_with_prism SANDBOX_URL PRISM_URL`, each the address that takes the place of Kropay's.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::http::Uri;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many connections there are to a server at one time.
const CONNECTIONS: u64 = 16;

/// How many payments each connection creates in a round, and before the first one.
const PAYMENTS: u64 = 125;
const WARM_UP: u64 = 25;

/// How often the servers take turns.
const ROUNDS: u64 = 5;

/// After this a round is given up.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The largest reply, and the most headers of one.
const MAX_REPLY: usize = 64 * 1024;
const MAX_HEADERS: usize = 32;

/// The reply to a payment's creation, as the document has it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "that they are there is what is checked")]
struct Created<'a> {
    success: bool,
    reference: &'a str,
    merchant_ref: &'a str,
    amount: u64,
    fee: u64,
    unique_code: u64,
    total_amount: u64,
    status: &'a str,
    expired_at: &'a str,
    qris_string: &'a str,
    qris_image: &'a str,
}

/// The reply to the question for its status.
#[derive(Deserialize)]
#[expect(dead_code, reason = "that they are there is what is checked")]
struct Status<'a> {
    success: bool,
    reference: &'a str,
    merchant_ref: &'a str,
    amount: u64,
    fee: u64,
    total_amount: u64,
    net_amount: u64,
    status: &'a str,
    created_at: &'a str,
}

type Failure = Box<dyn Error + Send + Sync>;

/// One of the two servers, with what all rounds on it came to.
struct Server {
    name: &'static str,
    url: Uri,
    payments: u64,
    failures: u64,
    took: Duration,
}

impl Server {
    fn new(name: &'static str, url: &str) -> Result<Self, Failure> {
        Ok(Self { name, url: url.parse()?, payments: 0, failures: 0, took: Duration::ZERO })
    }

    /// Requests a second.
    fn rate(&self) -> f64 {
        self.payments as f64 * 2.0 / self.took.as_secs_f64()
    }

    async fn round(&mut self, round: u64) -> Result<(), Failure> {
        let began = Instant::now();
        self.load(round, PAYMENTS).await?;
        let took = began.elapsed();
        self.payments += CONNECTIONS * PAYMENTS;
        self.took += took;
        println!("round {round}, {:7}: {:.3} s", self.name, took.as_secs_f64());
        Ok(())
    }

    /// Creates payments on all connections at once. Each round is another merchant's.
    async fn load(&mut self, round: u64, payments: u64) -> Result<(), Failure> {
        let mut connections = JoinSet::new();
        for number in 0..CONNECTIONS {
            let connection = Connection::open(&self.url, format!("merchant-{round}")).await?;
            connections.spawn(connection.payments(number * payments..(number + 1) * payments));
        }
        let failures: Vec<u64> = tokio::time::timeout(TIMEOUT, connections.join_all()).await?;
        self.failures += failures.iter().sum::<u64>();
        Ok(())
    }
}

/// A connection that is kept alive. It speaks HTTP by itself: a client costs more than the sandbox, and so would be what is measured.
struct Connection {
    stream: TcpStream,
    host: String,
    path: String,
    key: String,
    received: Vec<u8>,
}

impl Connection {
    async fn open(url: &Uri, key: String) -> Result<Self, Failure> {
        let host = url.authority().ok_or("an address has no host")?.to_string();
        let stream = TcpStream::connect(&host).await?;
        stream.set_nodelay(true)?;
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { stream, host, path, key, received: Vec::with_capacity(MAX_REPLY) })
    }

    /// Creates payments one after the other, and counts how many failed.
    async fn payments(mut self, orders: std::ops::Range<u64>) -> u64 {
        let mut failures = 0;
        for order in orders {
            if let Err(error) = self.payment(order).await {
                failures += 1;
                eprintln!("{}, order {order}: {error}", self.host);
            }
        }
        failures
    }

    /// Creates a payment and asks for its status.
    async fn payment(&mut self, order: u64) -> Result<(), Failure> {
        let amount = 20_000 + order;
        let new = format!(r#"{{"merchant_ref":"ORDER-{order}","amount":{amount},"customer_name":"Krisdi"}}"#);
        let created = self.call("POST", "payment/create", &new, 201).await?;
        let Created { success: true, reference, .. } = serde_json::from_slice(created)? else {
            return Err("the payment was not created".into());
        };
        let reference = reference.to_owned();
        let status = self.call("GET", &format!("payment/status/{reference}"), "", 200).await?;
        let status: Status<'_> = serde_json::from_slice(status)?;
        if status.success && status.reference == reference {
            Ok(())
        } else {
            Err("the status of another payment".into())
        }
    }

    /// The body of the reply to a call, which has the wanted status.
    async fn call(&mut self, method: &str, operation: &str, body: &str, wanted: u16) -> Result<&[u8], Failure> {
        let Self { stream, host, path, key, received } = self;
        let request = format!(
            "{method} {path}/api/v1/{operation} HTTP/1.1\r\nhost: {host}\r\nx-api-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        received.clear();
        loop {
            if received.len() >= MAX_REPLY || stream.read_buf(received).await? == 0 {
                return Err("the reply was cut off, or is too large".into());
            }
            if let Some((status, head, length)) = head(received)?
                && received.len() >= head + length
            {
                let body = &received[head..];
                let is_wanted = status == wanted && body.len() == length;
                return if is_wanted { Ok(body) } else { Err(format!("{status}: {}", body.escape_ascii()).into()) };
            }
        }
    }
}

/// The status, the length of the head and that of the body of a reply whose head is there.
fn head(received: &[u8]) -> Result<Option<(u16, usize, usize)>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut reply = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = reply.parse(received)? else { return Ok(None) };
    let length = reply.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = std::str::from_utf8(length.ok_or("the reply does not say how long it is")?.value)?.parse()?;
    Ok(Some((reply.code.unwrap_or_default(), head, length)))
}

/// Keeps the thread from sleeping: a server would pay for waking it, which it does not do for a client on another machine.
async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

// One thread, so that the load leaves the servers the rest of the machine.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sandbox, prism] = arguments.as_slice() else { return Err("compare_with_prism SANDBOX_URL PRISM_URL".into()) };
    tokio::spawn(stay_awake());
    let mut servers = [Server::new("sandbox", sandbox)?, Server::new("prism", prism)?];
    for server in &mut servers {
        server.load(0, WARM_UP).await?;
    }
    for round in 1..=ROUNDS {
        for server in &mut servers {
            server.round(round).await?;
        }
    }
    let payments = CONNECTIONS * PAYMENTS;
    println!("{ROUNDS} rounds of {payments} payments on {CONNECTIONS} connections, each created and asked for");
    for server in &servers {
        println!("{:7}: {:6.0} requests a second, {} failures", server.name, server.rate(), server.failures);
    }
    let [sandbox, prism] = servers;
    println!("the sandbox answers {:.1} times as fast", sandbox.rate() / prism.rate());
    Ok(if sandbox.failures + prism.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
