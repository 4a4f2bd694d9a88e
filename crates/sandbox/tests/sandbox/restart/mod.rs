//! The state file: restarts, and files that are none.

mod files;
mod kill;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gerbang_core::Rupiah;
use gerbang_sandbox::{Payment, PaymentStatus, Provider, ReleaseOrder, Sandbox, SandboxBuilder};
use serde_json::{Value, json};

use crate::http::{Merchant, Reply, try_send, until};
use crate::merchant::{Gateway, Shop};
use crate::{GATEWAYS, klink, kropay, one_of_each_provider};

/// A directory of its own for each test.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("restart-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

async fn start(state: &Path) -> Sandbox {
    with_state(state).start().await.unwrap()
}

fn with_state(state: &Path) -> SandboxBuilder {
    Sandbox::builder().state_file(state).webhook_retry(Duration::from_secs(60))
}

async fn refusal(state: &Path) -> String {
    Sandbox::builder().state_file(state).start().await.expect_err("a refusal").to_string()
}

/// The merchant of all payments.
const MERCHANT: &str = "a";

/// A session of K-Link.
async fn login(base: &str) -> String {
    Shop::at(base, &klink::GATEWAY, MERCHANT).await.unwrap().key().to_owned()
}

/// Creates a payment, if the sandbox answers. Gives its name, and the answer.
async fn create(base: &str, gateway: &'static Gateway, order: &str, price: u64) -> std::io::Result<(String, Reply)> {
    let shop = Shop::at(base, gateway, MERCHANT).await?;
    let reply = shop.try_create(order, price).await?;
    assert!([200, 201].contains(&reply.status) && !reply.body.contains("fail"), "{gateway:?}: {}", reply.body);
    Ok((shop.name(order, &reply.json()).to_owned(), reply))
}

async fn created(sandbox: &Sandbox, gateway: &'static Gateway, order: &str) -> String {
    create(sandbox.base_url(), gateway, order, 20_000).await.unwrap().0
}

async fn wallet(sandbox: &Sandbox, token: &str, path: &str, body: Value) -> Value {
    let url = format!("{}{path}", sandbox.url(Provider::Klink));
    try_send("POST", &url, &[("Authorization", token)], &body.to_string()).await.unwrap().json()
}

/// What a sandbox has before a restart.
struct Before {
    /// A session of K-Link.
    token: String,
    /// Three payments of each provider, by name.
    names: Vec<(Provider, String)>,
    /// A voucher of K-Link's that was used.
    voucher: Value,
}

/// Makes payments in several states, and moves money in a wallet.
async fn fill(sandbox: &Sandbox) -> Before {
    let token = login(sandbox.base_url()).await;
    let mut names = Vec::new();
    for gateway in one_of_each_provider() {
        for order in ["first", "second", "third"] {
            let order = format!("{order}{}", gateway.provider);
            names.push((gateway.provider, created(sandbox, gateway, &order).await));
        }
    }
    sandbox.pay(Provider::Kropay, "firstkropay").unwrap();
    sandbox.cancel(Provider::Klink, "firstklink").unwrap();
    sandbox.underpay(Provider::Pakasir, "firstpakasir", 1).unwrap();
    sandbox.deposit(Provider::Kazukipay, "firstkazukipay").unwrap();
    let member = json!({"id_member": "m1", "name": "M", "hp": "1", "email": "m"});
    wallet(sandbox, &token, "/api/kwallet/register_va", member).await;
    let voucher = json!({"voucher_code": "V", "amount": "9000", "description": "d", "id_member_receipt": "m1"});
    assert_eq!(wallet(sandbox, &token, "/api/kwallet/voucher_saldo", voucher.clone()).await["status"], "success");
    let order = json!({"id_member": "m1", "amount": "2000", "id_order": "o", "description": "d"});
    assert_eq!(wallet(sandbox, &token, "/api/kwallet/pay", order).await["status"], "success");
    sandbox.advance(Duration::from_secs(100));
    Before { token, names, voucher }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let directory = directory("everything");
    let state = directory.join("state.db");
    let sandbox = start(&state).await;
    let Before { token, names, voucher } = fill(&sandbox).await;
    let (before, ledger, now) = (sandbox.payments(), sandbox.klink_ledger("a@example.com"), sandbox.now());
    assert_eq!((before.len(), ledger.escrow), (names.len(), Rupiah::new(2_000)));
    drop(sandbox);

    let sandbox = start(&state).await;
    assert_eq!((sandbox.payments(), sandbox.klink_ledger("a@example.com")), (before, ledger));
    let passed = sandbox.now().duration_since(now).as_secs();
    assert!((0..10).contains(&passed), "{passed}");
    // The session, the used voucher and the account statement are known.
    assert_ne!(wallet(&sandbox, &token, "/api/kwallet/voucher_saldo", voucher).await["status"], "success");
    let run = format!("{}/api/mutasi_status.php?action=run", sandbox.url(Provider::Kazukipay));
    try_send("GET", &run, &[("Authorization", &format!("Bearer {MERCHANT}"))], "").await.unwrap();
    let confirmed = sandbox.payment(Provider::Kazukipay, "firstkazukipay").unwrap();
    assert_eq!(confirmed.status, PaymentStatus::Paid);
    // What waits can be paid, and new payments have names and amounts that no other has.
    for gateway in one_of_each_provider() {
        created(&sandbox, gateway, &format!("fourth{}", gateway.provider)).await;
    }
    let payments = sandbox.payments();
    assert_eq!(payments.len(), names.len() + Provider::ALL.len());
    assert_eq!(payments.iter().map(|payment| &payment.id).collect::<BTreeSet<_>>().len(), payments.len());
    assert_payables_differ(&payments);
    for (provider, name) in &names {
        if sandbox.payment(*provider, name).unwrap().status == PaymentStatus::Pending {
            assert_eq!(sandbox.pay(*provider, name).unwrap().status, PaymentStatus::Paid);
        }
    }
    drop(sandbox);

    let sandbox = start(&state).await;
    // All but the one that was cancelled.
    let paid = sandbox.payments().iter().filter(|payment| payment.status == PaymentStatus::Paid).count();
    assert_eq!(paid, names.len() - 1);
    sandbox.reset();
    drop(sandbox);
    let sandbox = start(&state).await;
    assert!(sandbox.payments().is_empty());
    assert_eq!(
        wallet(&sandbox, &token, "/api/kwallet/check_saldo", json!({"id_member": "m1"})).await["status"],
        "fail"
    );
    created(&sandbox, &kropay::GATEWAY, "again").await;
    assert!(!payments.iter().any(|payment| payment.id == sandbox.payments()[0].id));
    fs::remove_dir_all(directory).unwrap();
}

/// Where the amount distinguishes pending payments, no two have the same.
fn assert_payables_differ(payments: &[Payment]) {
    let by_amount: Vec<_> =
        GATEWAYS.iter().filter(|gateway| gateway.has_unique_amounts).map(|gateway| gateway.provider).collect();
    let pending = payments.iter().filter(|payment| payment.status == PaymentStatus::Pending);
    let amounts: Vec<_> = pending
        .filter(|payment| by_amount.contains(&payment.provider))
        .map(|payment| (payment.provider, payment.payable))
        .collect();
    assert_eq!(amounts.iter().collect::<BTreeSet<_>>().len(), amounts.len());
}

#[tokio::test]
async fn pending_notifications_are_sent_after_a_restart_as_made() {
    let directory = directory("pending");
    let state = directory.join("state.db");
    // Nobody listens there yet.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let url = format!("http://{address}/hook");
    let gateways: Vec<_> = GATEWAYS.into_iter().filter(|gateway| gateway.notified.is_some()).collect();
    let all = || gateways.iter().fold(with_state(&state), |builder, gateway| builder.webhook(gateway.provider, &url));

    let sandbox = all().key(Provider::Klink, "first key").key(Provider::Pakasir, "first").start().await.unwrap();
    for gateway in &gateways {
        created(&sandbox, gateway, gateway.name).await;
    }
    for gateway in &gateways {
        sandbox.pay(gateway.provider, gateway.name).unwrap();
    }
    until("the first attempts", || sandbox.webhook_attempts().len() == gateways.len()).await;
    let before = sandbox.webhook_attempts();
    drop(sandbox);

    let merchant = Merchant::at(&address, &["200 OK\r\n\r\n{\"success\": true}"]).await;
    let others = with_state(&state).key(Provider::Klink, "another key").key(Provider::Pakasir, "another");
    let sandbox = others.start().await.unwrap();
    until("the second attempts", || sandbox.webhook_attempts().len() == gateways.len()).await;
    let after = sandbox.webhook_attempts();
    let received = merchant.received();
    for first in &before {
        assert!(first.attempt == 1 && first.error.is_some());
        let second = after.iter().find(|attempt| attempt.number == first.number).unwrap();
        assert_eq!(second.payment, first.payment);
        assert_eq!((second.attempt, second.acknowledged), (2, true));
        assert_eq!((&second.body, &second.headers, &second.url), (&first.body, &first.headers, &first.url));
        let arrived = received.iter().find(|request| request.body == first.body).unwrap();
        for (name, value) in &first.headers {
            // The log shows no secret, but the first one is sent.
            let value = if value == "***" { "first" } else { value };
            assert_eq!(arrived.header(name), Some(value));
        }
    }
    let mut proofs: Vec<_> = after.iter().flat_map(|attempt| &attempt.headers).map(|(name, _)| name.as_str()).collect();
    proofs.retain(|name| *name != "Content-Type");
    assert!(["X-Secret", "x-servicepayment"].iter().all(|proof| proofs.contains(proof)), "{proofs:?}");
    drop(sandbox);

    // What was acknowledged is not sent again.
    let sandbox = start(&state).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(sandbox.webhook_attempts().is_empty());
    assert_eq!(merchant.received().len(), gateways.len());
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn what_is_held_stays_held() {
    let directory = directory("held");
    let state = directory.join("state.db");
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let hooked = || with_state(&state).webhook(Provider::Kropay, &merchant.url);
    let sandbox = hooked().start().await.unwrap();
    sandbox.hold_webhooks();
    for order in ["first", "second"] {
        created(&sandbox, &kropay::GATEWAY, order).await;
        sandbox.pay(Provider::Kropay, order).unwrap();
    }
    let held = sandbox.held_webhooks();
    assert_eq!(held.len(), 2);
    drop(sandbox);

    let sandbox = hooked().start().await.unwrap();
    created(&sandbox, &kropay::GATEWAY, "third").await;
    sandbox.pay(Provider::Kropay, "third").unwrap();
    assert_eq!(sandbox.held_webhooks()[..2], held);
    assert_eq!(sandbox.held_webhooks().len(), 3);
    assert!(sandbox.webhook_attempts().is_empty() && merchant.received().is_empty());
    sandbox.release_webhooks(&ReleaseOrder::Numbers(vec![3, 1, 2])).unwrap();
    until("all", || sandbox.webhook_attempts().len() == 3).await;
    let received = merchant.received();
    for (request, order) in received.iter().zip(["third", "first", "second"]) {
        assert_eq!(request.json()["merchant_ref"], order);
    }
    drop(sandbox);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_process_uses_is_refused_until_that_ends() {
    let directory = directory("locked");
    let state = directory.join("state.db");
    let (mut child, base) = run_child(&state, "");
    let error = refusal(&state).await;
    assert!(error.contains("state.db is used by another sandbox"), "{error}");
    // By another name too.
    #[cfg(unix)]
    {
        let link = directory.join("link.db");
        std::os::unix::fs::symlink(&state, &link).unwrap();
        assert!(refusal(&link).await.contains("is used by another sandbox"));
    }
    create(&base, &kropay::GATEWAY, "order", 20_000).await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(start(&state).await.payments().len(), 1);
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn a_payment_that_pays_itself_does_so_after_a_restart() {
    let directory = directory("itself");
    let state = directory.join("state.db");
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    let sandbox = start(&state).await;
    create(sandbox.base_url(), &kropay::GATEWAY, "itself", 10_001).await.unwrap();
    drop(sandbox);
    let sandbox = with_state(&state).webhook(Provider::Kropay, &merchant.url).start().await.unwrap();
    assert!(merchant.first().await.body.contains("itself"));
    drop(sandbox);
    fs::remove_dir_all(directory).unwrap();
}

/// Names the file of the sandbox that [`child`] runs.
const STATE: &str = "GERBANG_SANDBOX_TEST_STATE";

/// Where that sandbox sends notifications, as `PROVIDER=URL` with blanks between.
const HOOKS: &str = "GERBANG_SANDBOX_TEST_HOOKS";

/// Not a test of its own, but the process that the next test kills.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Some(state) = std::env::var_os(STATE) else { return };
    let mut builder = Sandbox::builder().state_file(state).webhook_retry(Duration::from_millis(20));
    for hook in std::env::var(HOOKS).unwrap().split_whitespace() {
        let (provider, url) = hook.split_once('=').unwrap();
        builder = builder.webhook(provider.parse().unwrap(), url);
    }
    let sandbox = builder.start().await.unwrap();
    println!("\nbase {}", sandbox.base_url());
    // It does not outlive its parent.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    });
    std::future::pending::<()>().await;
}

fn run_child(state: &Path, hooks: &str) -> (Child, String) {
    started(Command::new(std::env::current_exe().unwrap()), state, hooks)
}

/// As [`run_child`], but the files of the process have so many blocks at most.
#[cfg(unix)]
fn run_limited_child(state: &Path, blocks: u32) -> (Child, String) {
    let mut shell = Command::new("sh");
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell.args(["-c", &limited]).arg(std::env::current_exe().unwrap());
    started(shell, state, "")
}

fn started(mut command: Command, state: &Path, hooks: &str) -> (Child, String) {
    let mut child = command
        .args(["--exact", "restart::child", "--nocapture"])
        .env(STATE, state)
        .env(HOOKS, hooks)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let base = lines.find_map(|line| line.strip_prefix("base ").map(str::to_owned)).expect("a sandbox that started");
    (child, base)
}
