//! Puts the same load on a sandbox and on Prism, a generic mock, and compares them: payments of Kropay are created and
//! their status is asked for. `compare-with-prism.sh` beside this directory starts both and this.
//!
//! `compare_with_prism SANDBOX_URL PRISM_URL`, each the address that takes the place of Kropay's.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, Uri};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
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

/// The largest reply, in bytes.
const MAX_REPLY: usize = 64 * 1024;

/// The members of the replies, by the document.
const CREATED: ([&str; 6], [&str; 4]) = (
    ["reference", "merchant_ref", "status", "expired_at", "qris_string", "qris_image"],
    ["amount", "fee", "unique_code", "total_amount"],
);
const STATUS: ([&str; 4], [&str; 4]) =
    (["reference", "merchant_ref", "status", "created_at"], ["amount", "fee", "total_amount", "net_amount"]);

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

/// A connection that is kept alive.
struct Connection {
    sender: SendRequest<String>,
    host: String,
    path: String,
    key: String,
}

impl Connection {
    async fn open(url: &Uri, key: String) -> Result<Self, Failure> {
        let host = url.authority().ok_or("an address has no host")?.to_string();
        let (sender, connection) = handshake(TokioIo::new(TcpStream::connect(&host).await?)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host, path: url.path().trim_end_matches('/').to_owned(), key })
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
        let new =
            json!({"merchant_ref": format!("ORDER-{order}"), "amount": 20_000 + order, "customer_name": "Krisdi"});
        let created = self.call("POST", "payment/create", new.to_string()).await?;
        let created = success(created, StatusCode::CREATED, &CREATED.0, &CREATED.1)?;
        let reference = created["reference"].as_str().unwrap_or_default();
        let status = self.call("GET", &format!("payment/status/{reference}"), String::new()).await?;
        let status = success(status, StatusCode::OK, &STATUS.0, &STATUS.1)?;
        if status["reference"] == created["reference"] { Ok(()) } else { Err("the status of another payment".into()) }
    }

    async fn call(&mut self, method: &str, operation: &str, body: String) -> Result<(StatusCode, Value), Failure> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1/{operation}", self.path))
            .header("Host", &self.host)
            .header("X-API-KEY", &self.key)
            .header("Content-Type", "application/json")
            .body(body)?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = axum::body::to_bytes(Body::new(response.into_body()), MAX_REPLY).await?;
        Ok((status, serde_json::from_slice(&body)?))
    }
}

/// The body of a reply that is a success and has the documented members.
fn success(
    (status, body): (StatusCode, Value),
    wanted: StatusCode,
    texts: &[&str],
    numbers: &[&str],
) -> Result<Value, Failure> {
    let is_whole = status == wanted
        && body["success"] == true
        && texts.iter().all(|name| body[name].is_string())
        && numbers.iter().all(|name| body[name].is_u64());
    if is_whole { Ok(body) } else { Err(format!("status {status}: {body}").into()) }
}

// One thread, so that the load leaves the servers the rest of the machine.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sandbox, prism] = arguments.as_slice() else { return Err("compare_with_prism SANDBOX_URL PRISM_URL".into()) };
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
