//! Ends by `kill -9`, at moments that chance decides.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gerbang_sandbox::Provider;
use serde_json::Value;
use tokio::sync::watch;

use super::{create, directory, run_child};
use crate::http::{Merchant, get, try_send, until};
use crate::{GATEWAYS, one_of_each_provider};

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// What the merchant knows: what was answered.
#[derive(Default)]
struct Known {
    /// Payments by provider and name, with the answer.
    created: BTreeMap<(Provider, String), String>,
    paid: BTreeSet<(Provider, String)>,
}

async fn payments(base: &str) -> Vec<Value> {
    get(&format!("{base}/_sandbox/payments")).await.json()["payments"].as_array().unwrap().clone()
}

/// The payments as they were first seen, by the sandbox's name: what of them never changes.
type Seen = BTreeMap<String, Vec<Value>>;

/// Checks that nothing is lost of what the merchant knows, and nothing has changed that never does.
fn check(payments: &[Value], known: &Known, seen: &mut Seen) {
    let found: BTreeMap<(&str, &str), &Value> = payments
        .iter()
        .map(|payment| ((payment["provider"].as_str().unwrap(), payment["order"].as_str().unwrap()), payment))
        .collect();
    for ((provider, name), answer) in &known.created {
        let payment = found.get(&(provider.name(), name)).unwrap_or_else(|| panic!("{provider} {name} is lost"));
        // K-Link's answer does not name the amount.
        let payable = payment["payable"].as_u64().unwrap().to_string();
        assert!(answer.contains(&payable) || *provider == Provider::Klink, "{provider} {name}");
    }
    for payment in payments {
        let fixed: Vec<Value> = ["provider", "order", "reference", "payable", "qris", "created_at", "expires_at"]
            .map(|member| payment[member].clone())
            .into();
        let id = payment["id"].as_str().unwrap().to_owned();
        assert_eq!(seen.entry(id).or_insert_with(|| fixed.clone()), &fixed);
    }
    for (provider, name) in &known.paid {
        assert_eq!(found[&(provider.name(), name.as_str())]["status"], "paid", "{provider} {name}");
    }
    let by_amount: Vec<(&str, u64)> = payments
        .iter()
        .filter(|payment| payment["status"] == "pending")
        .map(|payment| (payment["provider"].as_str().unwrap(), payment["payable"].as_u64().unwrap()))
        .filter(|(provider, _)| has_unique_amounts(provider))
        .collect();
    assert_eq!(by_amount.iter().collect::<BTreeSet<_>>().len(), by_amount.len());
}

fn has_unique_amounts(provider: &str) -> bool {
    GATEWAYS.iter().any(|gateway| gateway.provider.name() == provider && gateway.has_unique_amounts)
}

/// How many payments are to be paid, unless the environment says otherwise. There is a kill for about ten of them.
const WANTED: usize = 200;

/// Names another number.
const WANTED_BY_HAND: &str = "GERBANG_SANDBOX_PAYMENTS";

fn wanted() -> usize {
    std::env::var(WANTED_BY_HAND).map_or(WANTED, |count| count.parse().expect("a number"))
}

/// Creates payments and pays them, until it is stopped, enough are paid, or the sandbox is killed. Counts the answers.
async fn work(
    base: String,
    known: Arc<Mutex<Known>>,
    orders: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    answers: Arc<watch::Sender<u64>>,
) {
    let gateways: Vec<_> = one_of_each_provider().collect();
    while !stop.load(Ordering::SeqCst) && known.lock().unwrap().paid.len() < wanted() {
        let number = orders.fetch_add(1, Ordering::SeqCst);
        let gateway = gateways[number % gateways.len()];
        let provider = gateway.provider;
        let order = format!("order-{number:05}-x");
        let Ok((name, reply)) = create(&base, gateway, &order, 20_000).await else { return };
        let key = (provider, name.clone());
        known.lock().unwrap().created.insert(key.clone(), reply.body);
        answers.send_modify(|answers| *answers += 1);
        let pay = format!("{base}/_sandbox/payments/{provider}/{name}/pay");
        let Ok(reply) = try_send("POST", &pay, &[], "").await else { return };
        assert_eq!(reply.status, 200, "{}", reply.body);
        known.lock().unwrap().paid.insert(key);
        answers.send_modify(|answers| *answers += 1);
    }
}

/// How many notifications are pending, by the state file that no sandbox uses.
fn pending(state: &Path) -> usize {
    let database = rusqlite::Connection::open(state).unwrap();
    let count = database.query_row("SELECT count(*) FROM notification", [], |row| row.get::<_, i64>(0));
    usize::try_from(count.unwrap()).unwrap()
}

/// How many notifications are pending, as a sandbox says.
async fn still_pending(base: &str) -> Value {
    get(&format!("{base}/_sandbox/webhooks")).await.json()["pending"].clone()
}

/// Waits until the merchant has been notified of each of a provider's paid payments, and checks that notifications are of
/// those alone and always the same. Gives how many payments and how many deliveries there were.
async fn check_deliveries(provider: Provider, merchant: &Merchant, all: &[Value]) -> (usize, usize) {
    let paid: Vec<&str> = all
        .iter()
        .filter(|payment| payment["provider"] == provider.name() && payment["status"] == "paid")
        .map(|payment| payment["order"].as_str().unwrap())
        .collect();
    let missing = || {
        let received = merchant.received();
        paid.iter().find(|order| !received.iter().any(|request| request.body.contains(**order))).is_some()
    };
    until("all notifications", || !missing()).await;
    let received: Vec<_> = merchant.received().into_iter().filter(|request| !request.body.is_empty()).collect();
    for order in &paid {
        let contents: BTreeSet<_> = received
            .iter()
            .filter(|request| request.body.contains(order))
            .map(|request| (request.body.clone(), request.header("x-servicepayment").map(str::to_owned)))
            .collect();
        assert_eq!(contents.len(), 1, "{provider} {order}");
    }
    for request in &received {
        assert!(paid.iter().any(|order| request.body.contains(order)), "of no paid payment: {}", request.body);
    }
    (paid.len(), received.len())
}

/// Those that send notifications, each with a merchant that receives them. Kropay's receiver refuses one of three for a
/// while; the others are sent three times only.
async fn merchants(random: &mut Random) -> Vec<(Provider, Merchant)> {
    let answers: Vec<&str> = (0..150)
        .map(|_| if random.below(3) == 0 { "500 No\r\n\r\n" } else { "200 OK\r\n\r\n{\"success\": true}" })
        .chain(["200 OK\r\n\r\n{\"success\": true}"])
        .collect();
    let mut merchants = Vec::new();
    for provider in [Provider::Kropay, Provider::Kazukipay, Provider::Pakasir, Provider::Klink] {
        let answers = if provider == Provider::Kropay { &answers[..] } else { &["200 OK\r\n\r\n"] };
        merchants.push((provider, Merchant::start(answers).await));
    }
    merchants
}

/// Runs a sandbox, has payments created and paid, and kills it amid that.
async fn run_and_kill(
    (state, hooks): (&Path, &str),
    known: &Arc<Mutex<Known>>,
    orders: &Arc<AtomicUsize>,
    seen: &mut Seen,
    random: &mut Random,
) {
    let (mut child, base) = run_child(state, hooks);
    check(&payments(&base).await, &known.lock().unwrap(), seen);
    let stop = Arc::new(AtomicBool::new(false));
    // How many answers came since the start.
    let (answers, mut answered) = watch::channel(0);
    let answers = Arc::new(answers);
    let workers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(work(base.clone(), known.clone(), orders.clone(), stop.clone(), answers.clone())))
        .collect();
    drop(answers);
    let wanted = random.below(30);
    // An error says that the workers have done all.
    let _ = answered.wait_for(|answers| *answers >= wanted).await;
    // Not always at the moment of an answer.
    tokio::time::sleep(Duration::from_micros(random.below(5_000))).await;
    child.kill().unwrap();
    child.wait().unwrap();
    stop.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing() {
    let started = Instant::now();
    let directory = directory("kill");
    let state = directory.join("state.db");
    let mut random = Random(20_261_120);
    let merchants = merchants(&mut random).await;
    let hooks: String = merchants.iter().map(|(of, merchant)| format!("{of}={} ", merchant.url)).collect();

    let known = Arc::new(Mutex::new(Known::default()));
    let orders = Arc::new(AtomicUsize::new(0));
    let (mut kills, mut pending_at_kills, mut seen) = (0, 0, Seen::new());
    while known.lock().unwrap().paid.len() < wanted() {
        run_and_kill((&state, &hooks), &known, &orders, &mut seen, &mut random).await;
        kills += 1;
        // No temporary file of a writer who was killed is in the way.
        pending_at_kills += pending(&state);
    }

    let (mut child, base) = run_child(&state, &hooks);
    let all = payments(&base).await;
    let known = std::mem::take(&mut *known.lock().unwrap());
    check(&all, &known, &mut seen);
    // The merchant is notified of every payment that was paid, also where the call that paid it was not answered.
    let (mut notified, mut deliveries) = (0, 0);
    for (provider, merchant) in &merchants {
        let (paid, received) = check_deliveries(*provider, merchant, &all).await;
        notified += paid;
        deliveries += received;
    }
    // In the end nothing is pending.
    while still_pending(&base).await != 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    println!(
        "{kills} kills in {:.1} s; {} creations and {} payments answered, {} payments in the file; {pending_at_kills} \
         notifications were pending at the kills, {notified} payments notified by {deliveries} deliveries; state {} KiB",
        started.elapsed().as_secs_f64(),
        known.created.len(),
        known.paid.len(),
        all.len(),
        fs::metadata(&state).unwrap().len() / 1024,
    );
    fs::remove_dir_all(directory).unwrap();
}
