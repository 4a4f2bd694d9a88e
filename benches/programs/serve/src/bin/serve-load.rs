//! A gateway, a shop and its customers, who drive the daemon and the program by hand in turns: `serve-load <directory or server>`.
//!
//! Each payment is created, its notification comes, and the event that it is paid is delivered. The lines that are printed are names
//! and numbers, those of the program by hand with `bare-` before them.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::routing::post;
use reqwest::Client;
use serde_json::{Value, json};
use serve::{Failure, PRICE, SIGNATURE, TOKEN, database, remove, signature};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// How many rounds there are. The two programs take turns.
const ROUNDS: usize = 3;

/// How many payments a round has.
const PAYMENTS: usize = 1000;

/// How many customers pay at a time.
const AT_A_TIME: usize = 16;

/// How long one payment may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the gateway and the shop remember.
#[derive(Default)]
struct World {
    /// The id of the request for each order.
    asked: Mutex<HashMap<String, String>>,
    /// Who waits for the event that an order is paid.
    waiting: Mutex<HashMap<String, oneshot::Sender<()>>>,
}

/// What a run of a program has measured.
#[derive(Default)]
struct Figures {
    /// Payments a second.
    payments: f64,
    /// The 99th percentile of a creation, and from a notification to the event that it is paid, in microseconds.
    created: f64,
    paid: f64,
    /// The most memory that the program had, in KiB.
    memory: f64,
    /// Commits of a payment.
    commits: f64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [place] = &arguments[..] else {
        return Err("usage: serve-load <directory or server>".into());
    };
    let (mut daemon, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        daemon.push(run("serve-daemon", place).await?);
        bare.push(run("serve-bare", place).await?);
    }
    for (name, runs) in [("", daemon), ("bare-", bare)] {
        let mean = |figure: fn(&Figures) -> f64| runs.iter().map(figure).sum::<f64>() / ROUNDS as f64;
        println!("{name}payments {:.1}\n{name}commits {:.3}", mean(|run| run.payments), mean(|run| run.commits));
        println!("{name}created {:.0}\n{name}paid {:.0}", mean(|run| run.created), mean(|run| run.paid));
        println!("{name}memory {:.0}", mean(|run| run.memory));
    }
    Ok(())
}

/// Starts a program, which stands beside this one, on a new database, and drives it.
async fn run(program: &str, place: &str) -> Result<Figures, Failure> {
    let name = format!("gerbang_bench_serve_{}", std::process::id());
    let world = Arc::new(World::default());
    let url = listen(world.clone()).await?;
    let mut command = Command::new(std::env::current_exe()?.with_file_name(program));
    command.arg(database(place, &name).await?).arg(&url).arg(format!("{url}/events"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("its output")?).lines();
    let address = next(&mut lines).await?;
    let measured = drive(&world, &format!("http://{address}")).await?;
    let memory = memory(&child)?;
    drop(child.stdin.take());
    let commits: f64 = next(&mut lines).await?.parse()?;
    child.wait().await?;
    remove(place, &name).await?;
    Ok(Figures {
        payments: PAYMENTS as f64 / measured.took.as_secs_f64(),
        created: p99(measured.created) * 1e6,
        paid: p99(measured.paid) * 1e6,
        memory,
        commits: commits / PAYMENTS as f64,
    })
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<String, Failure> {
    Ok(lines.next_line().await?.ok_or("the program has ended")?)
}

/// The most memory that a process had, in KiB.
fn memory(child: &Child) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id().ok_or("the program has ended")?))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no VmHWM")?.parse()?)
}

fn p99(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() * 99 / 100]
}

/// The gateway's address, which is the shop's too.
async fn listen(world: Arc<World>) -> Result<String, Failure> {
    let routes = Router::new().route("/events", post(event)).fallback(post(asked)).with_state(world);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, routes).into_future());
    Ok(url)
}

/// The gateway is asked: for a session, or for a payment.
async fn asked(State(world): State<Arc<World>>, uri: Uri, body: Bytes) -> String {
    if uri.path().ends_with("/login") {
        return json!({"status": "success", "message": "Login success!", "Authorization": "token"}).to_string();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let (order, request) = (text("order_id"), text("rq_uuid"));
    let data = json!({
        "is_va": "1", "kd_pay": "174", "kd_ref": order, "koneksi": "1", "pay_ship": "0", "total_bayar": PRICE.to_string(),
        "total_belanja": PRICE.to_string(), "va_number": "7001200000000001",
    });
    world.asked.lock().unwrap().insert(order, request);
    json!({"status": "success", "message": "Payment Request has been success!", "data": data}).to_string()
}

/// The shop receives an event.
async fn event(State(world): State<Arc<World>>, body: Bytes) {
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    if event["type"] == "payment.paid"
        && let Some(order) = event["data"]["order"].as_str()
        && let Some(waiting) = world.waiting.lock().unwrap().remove(order)
    {
        let _ = waiting.send(());
    }
}

/// What a load has measured: in all, and for each payment in seconds.
#[derive(Default)]
struct Measured {
    took: Duration,
    created: Vec<f64>,
    paid: Vec<f64>,
}

async fn drive(world: &Arc<World>, url: &str) -> Result<Measured, Failure> {
    let (client, started) = (Client::builder().timeout(PATIENCE).build()?, Instant::now());
    let mut customers = JoinSet::new();
    for customer in 0..AT_A_TIME {
        let (world, url, client) = (world.clone(), url.to_owned(), client.clone());
        customers.spawn(async move {
            let mut measured = Measured::default();
            for payment in (customer..PAYMENTS).step_by(AT_A_TIME) {
                pay(&world, &url, &client, &format!("O-{payment}"), &mut measured).await?;
            }
            Ok::<_, Failure>(measured)
        });
    }
    let mut all = Measured::default();
    while let Some(measured) = customers.join_next().await {
        let measured = measured??;
        all.created.extend(measured.created);
        all.paid.extend(measured.paid);
    }
    Ok(Measured { took: started.elapsed(), ..all })
}

/// One payment, from the order to the event that it is paid.
async fn pay(world: &World, url: &str, client: &Client, order: &str, measured: &mut Measured) -> Result<(), Failure> {
    let customer = json!({"name": "Almeera Salsabila", "email": "almeera@example.com", "phone": "085736064900"});
    let body = json!({"order": order, "amount": PRICE, "customer": customer});
    let started = Instant::now();
    let placed = client.post(format!("{url}/v1/payments")).header("authorization", format!("Bearer {TOKEN}"));
    let reply = placed.header("content-type", "application/json").body(body.to_string()).send().await?;
    let (status, text) = (reply.status().as_u16(), reply.text().await?);
    if status != 201 {
        return Err(format!("a payment was answered {status}: {text}").into());
    }
    measured.created.push(started.elapsed().as_secs_f64());
    let (sender, paid) = oneshot::channel();
    world.waiting.lock().unwrap().insert(order.to_owned(), sender);
    let request = world.asked.lock().unwrap().remove(order).ok_or("the gateway was not asked")?;
    let said = json!({
        "rq_uuid": request, "rq_datetime": "2026-01-01 00:00:00", "order_id": order, "status": "success",
        "message": "transaction success!",
    });
    let said = said.to_string();
    let started = Instant::now();
    let notified = client.post(format!("{url}/hooks/klink")).header("content-type", "application/json");
    let notified = notified.header(SIGNATURE, signature(said.as_bytes())).body(said).send().await?;
    if notified.status().as_u16() != 200 {
        return Err(format!("a notification was answered {}", notified.status().as_u16()).into());
    }
    tokio::time::timeout(PATIENCE, paid).await??;
    measured.paid.push(started.elapsed().as_secs_f64());
    Ok(())
}
