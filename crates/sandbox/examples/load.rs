//! What the sandbox bears: creations and questions with and without a state file, a start with many payments, notifications to
//! slow and dead receivers, and many idle connections. Prints a line for each.
//!
//! `cargo run --release -p gerbang-sandbox --example load [PAYMENTS]`, with `ulimit -n 25000` for the connections.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gerbang_sandbox::{Provider, Sandbox, SandboxBuilder, Seed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How many connections ask at a time.
const CONNECTIONS: u64 = 16;

/// How long each load lasts.
const TIME: Duration = Duration::from_secs(5);

/// How many payments one list of seeds has.
const LIST: u64 = 1_000;

/// How many notifications are sent.
const NOTIFICATIONS: u64 = 5_000;

/// How many connections are idle.
const IDLE: usize = 10_000;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let payments = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let state = std::env::temp_dir().join(format!("gerbang-load-{}.db", std::process::id()));
    let memory = builder().start().await?;
    fill(&memory, payments).await?;
    report("memory", payments, &memory).await?;
    drop(memory);

    let file = builder().state_file(&state).start().await?;
    fill(&file, payments).await?;
    report("state file", payments, &file).await?;
    drop(file);
    restart(&state).await?;
    notifications().await?;
    idle().await?;
    for name in [state.clone(), lock_of(&state)] {
        std::fs::remove_file(name)?;
    }
    Ok(())
}

fn builder() -> SandboxBuilder {
    Sandbox::builder().most_payments(1_000_000).most_payments_of_credential(1_000_000)
}

fn lock_of(state: &Path) -> PathBuf {
    let name = state.file_name().unwrap_or_default().to_string_lossy();
    state.with_file_name(format!(".{name}.sandbox-lock"))
}

/// Makes payments that are paid, so that no price is used up.
async fn fill(sandbox: &Sandbox, payments: u64) -> Result<(), Failure> {
    for list in 0..payments / LIST {
        // A price has so many pending payments at most, and those of a list are pending first.
        let seed = |at| {
            let seed = Seed::new(Provider::Kropay, "sandbox", 20_000 + at * 2_000);
            seed.reference(format!("seed-{}", list * LIST + at)).status(gerbang_sandbox::PaymentStatus::Paid)
        };
        let seeds: Vec<_> = (0..LIST).map(seed).collect();
        sandbox.seed(&seeds)?;
    }
    Ok(())
}

async fn report(name: &str, payments: u64, sandbox: &Sandbox) -> Result<(), Failure> {
    let next = Arc::new(AtomicU64::new(0));
    let address = sandbox.address().to_string();
    let created = load(&address, CONNECTIONS, move || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let body = format!("{{\"merchant_ref\": \"load-{number}\", \"amount\": {}}}", 1_000_000 + number * 2_000);
        format!(
            "POST /kropay/api/v1/payment/create HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: sandbox\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    })
    .await?;
    let names: Vec<String> =
        sandbox.payments().iter().rev().take(1_000).map(|payment| payment.reference.clone()).collect();
    let next = AtomicU64::new(0);
    let asked = load(&address, CONNECTIONS, move || {
        let at = next.fetch_add(1, Ordering::Relaxed) as usize % names.len();
        format!(
            "GET /kropay/api/v1/payment/status/{} HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: sandbox\r\n\r\n",
            names[at]
        )
    })
    .await?;
    println!(
        "{name}: beside {payments} payments {created:.0} creations/s, {asked:.0} questions/s, {CONNECTIONS} connections"
    );
    Ok(())
}

/// Sends requests over several connections, each after the reply to the one before. Gives how many were answered a second.
async fn load(
    address: &str,
    connections: u64,
    request: impl Fn() -> String + Send + Sync + 'static,
) -> Result<f64, Failure> {
    let (started, request) = (Instant::now(), Arc::new(request));
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (mut stream, request) = (TcpStream::connect(address).await?, request.clone());
        stream.set_nodelay(true)?;
        tasks.spawn(async move {
            let mut count = 0_u64;
            while started.elapsed() < TIME {
                stream.write_all(request().as_bytes()).await?;
                reply(&mut stream).await?;
                count += 1;
            }
            Ok::<_, Failure>(count)
        });
    }
    let mut all = 0;
    while let Some(count) = tasks.join_next().await {
        all += count??;
    }
    Ok(all as f64 / started.elapsed().as_secs_f64())
}

/// Reads a reply that is a success.
async fn reply(stream: &mut TcpStream) -> Result<(), Failure> {
    let mut bytes = Vec::with_capacity(2_048);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err("the connection was closed".into());
        }
        let Some(end) = bytes.windows(4).position(|found| found == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if bytes.len() < end + 4 + length.unwrap_or(0) {
            continue;
        }
        if !head.starts_with("http/1.1 2") {
            return Err(String::from_utf8_lossy(&bytes).into());
        }
        return Ok(());
    }
}

async fn restart(state: &Path) -> Result<(), Failure> {
    let started = Instant::now();
    let sandbox = builder().state_file(state).start().await?;
    let took = started.elapsed();
    let (payments, size) = (sandbox.payments().len(), std::fs::metadata(state)?.len() / 1024 / 1024);
    println!("start: {payments} payments in {took:.2?}, a file of {size} MiB");
    Ok(())
}

/// A receiver that answers after a while. Gives its address, and how many it has answered.
async fn receiver(pause: Duration) -> Result<(String, Arc<AtomicUsize>), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                tokio::time::sleep(pause).await;
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"success\": true}";
                let _ = stream.write_all(answer).await;
                count.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    Ok((url, answered))
}

async fn notifications() -> Result<(), Failure> {
    let (slow, answered) = receiver(Duration::from_millis(50)).await?;
    let (quick, other) = receiver(Duration::ZERO).await?;
    let dead = TcpListener::bind("127.0.0.1:0").await?;
    let sandbox = builder().webhook(Provider::Kropay, slow).webhook(Provider::Kazukipay, quick);
    let dead = format!("http://{}/", dead.local_addr()?);
    let sandbox = sandbox.webhook_for(Provider::Kropay, "dead", dead).start().await?;
    let seed = |credential: &str, at: u64| {
        Seed::new(Provider::Kropay, credential, 20_000 + at * 2_000).reference(format!("{credential}-{at}"))
    };
    for list in 0..NOTIFICATIONS / LIST {
        sandbox.seed(&(0..LIST).map(|at| seed("slow", list * LIST + at)).collect::<Vec<_>>())?;
    }
    sandbox.seed(&(0..LIST).map(|at| seed("dead", at)).collect::<Vec<_>>())?;
    sandbox.seed(&[Seed::new(Provider::Kazukipay, "quick", 20_000).reference("quick")])?;
    for at in 0..LIST {
        sandbox.pay(Provider::Kropay, &format!("dead-{at}"))?;
    }
    let started = Instant::now();
    sandbox.pay(Provider::Kazukipay, "quick")?;
    while other.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!("beside {LIST} notifications to a dead receiver another's came after {:.2?}", started.elapsed());
    let started = Instant::now();
    for at in 0..NOTIFICATIONS {
        sandbox.pay(Provider::Kropay, &format!("slow-{at}"))?;
    }
    while answered.load(Ordering::SeqCst) < NOTIFICATIONS as usize && started.elapsed() < 12 * TIME {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let count = answered.load(Ordering::SeqCst);
    println!("a receiver of 50 ms got {count} of {NOTIFICATIONS} notifications in {:.1?}", started.elapsed());
    Ok(())
}

async fn idle() -> Result<(), Failure> {
    let sandbox = Sandbox::start().await;
    let address = sandbox.address().to_string();
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(TcpStream::connect(&address).await?);
    }
    let started = Instant::now();
    let mut stream = TcpStream::connect(&address).await?;
    stream.write_all(b"GET /_sandbox/payments HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    reply(&mut stream).await?;
    println!("beside {} idle connections a call was answered after {:.2?}", idle.len(), started.elapsed());
    Ok(())
}
