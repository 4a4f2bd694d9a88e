//! `gerbang webhook listen`.

mod cases;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gerbang::{NewPayment, Payment, PaymentGateway, Rupiah, kropay, pakasir, reqwest};
use gerbang_sandbox::{Provider, Sandbox, WebhookAttempt};
use serde_json::{Value, json};

use crate::server::{Server, nobody};
use crate::{PROVIDERS, Run, gerbang, printed};

/// How long something may take that must happen; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running listener. It is ended when this is dropped.
struct Listener {
    child: Child,
    lines: Receiver<String>,
    stderr: Option<std::thread::JoinHandle<String>>,
    urls: BTreeMap<String, String>,
    printed: String,
}

impl Listener {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(gerbang(&[&["listen", "--json"], arguments].concat()))
    }

    fn start_with(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut stderr = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let mut listener = Self { child, lines, stderr: Some(stderr), urls: BTreeMap::new(), printed: String::new() };
        let first = listener.next();
        listener.urls = serde_json::from_value(first["urls"].clone()).unwrap();
        listener
    }

    /// The next line.
    fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let _ = self.child.kill();
            panic!("no line; {}", self.stderr.take().unwrap().join().unwrap())
        });
        self.printed.push_str(&line);
        self.printed.push('\n');
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn url(&self, provider: &str) -> &str {
        &self.urls[provider]
    }

    /// What it ends with. It must end by itself.
    fn end(mut self) -> Run {
        // Its output ends with it.
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.printed.push_str(&line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it does not end"),
            }
        }
        let status = self.child.wait().unwrap();
        let stderr = self.stderr.take().unwrap().join().unwrap();
        std::process::Output { status, stdout: std::mem::take(&mut self.printed).into(), stderr: stderr.into() }.into()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        assert!(!self.printed.contains("CANARY"), "a key was printed: {}", self.printed);
    }
}

/// What a listener ends with that must not start.
fn not_started(mut command: Command) -> Run {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0];
    // It prints nothing before it ends, or its addresses.
    if stdout.read(&mut first).unwrap() > 0 {
        let _ = child.kill();
        panic!("it has started");
    }
    child.wait_with_output().unwrap().into()
}

/// Sends a sample and returns the answer.
fn send(url: &str, provider: &str, more: &[&str]) -> Value {
    let run = crate::run(&[&["send", "--json", "--provider", provider, "--to", url], more].concat());
    run.json()
}

fn post(url: &str, body: impl Into<Vec<u8>>) -> u16 {
    let body = body.into();
    let url = url.to_owned();
    block_on(async move {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.post(url).body(body).send().await.unwrap().status().as_u16()
    })
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Runs what blocks beside the servers of the test.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[test]
fn every_provider_is_read_explained_and_answered_as_it_wants() {
    for provider in PROVIDERS {
        let mut listener = Listener::start(&["--provider", provider, "--once"]);
        assert_eq!(listener.urls.len(), 1);
        let answer = send(listener.url(provider), provider, &[]);
        assert_eq!((&answer["accepted"], &answer["status"]), (&json!(true), &json!(200)), "{answer}");
        let told = listener.next();
        assert_eq!((&told["provider"], &told["claimed"]), (&json!(provider), &json!("paid")), "{told}");
        assert_eq!((&told["outcome"], &told["answered"]), (&json!("read"), &json!(200)), "{told}");
        let exit = if provider.starts_with("klink") { 0 } else { 5 };
        assert_eq!(listener.end().exit, exit, "{provider}");
    }
}

#[test]
fn people_read_what_came() {
    let mut command = gerbang(&["listen", "--once", "-p", "kropay", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert_eq!(first, "Set at the gateway as the address for notifications:\n");
    let mut second = String::new();
    stdout.read_line(&mut second).unwrap();
    let url = second.trim().strip_prefix("kropay").unwrap().trim();
    send(url, "kropay", &[]);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert_eq!(
        rest,
        "unsigned  kropay says: paid  ORDER-12345  PG-20260529A1B2  price Rp10.000  payable Rp10.020\n  \
           It proves nothing: anybody can send it. Ask the gateway.\n  \
           gerbang status kropay:10000:10020::ORDER-12345:PG-20260529A1B2\n  \
           answered 200 OK\n"
    );
}

#[test]
fn the_gateways_without_a_key_are_left_out_unless_they_are_named() {
    let mut command = gerbang(&["listen", "--json"]);
    command.env_remove("GERBANG_KLINK_WEBHOOK_KEY");
    let listener = Listener::start_with(command);
    let names: Vec<_> = listener.urls.keys().map(String::as_str).collect();
    assert_eq!(names, ["kazukipay", "kropay", "pakasir-v1", "pakasir-v2"]);
    assert!(listener.printed.contains("GERBANG_KLINK_WEBHOOK_KEY is not set"), "{}", listener.printed);

    for (arguments, words) in [
        (&["-p", "klink"][..], "GERBANG_KLINK_WEBHOOK_KEY is not set"),
        (&["-p", "paydigital"], "paydigital sends no notifications"),
        (&["-p", "kropay", "--ask"], "GERBANG_KROPAY_API_KEY is not set"),
        (&["--expect", "nobody:1:::A:"], "no gateway \"nobody\""),
        (&["--expect", "ORDER-1"], "not what `gerbang pay` printed"),
        (&["--forward", "localhost:3000"], "must begin with http:// or https://"),
        (&["-p", "pakasir-v2", "--forward", "http://example.com/"], "the webhook secret would travel"),
        (&["--forward", "http://example.com/"], "the webhook secret would travel"),
        (&["--listen", "localhost"], "--listen"),
    ] {
        let mut command = gerbang(&[&["listen"], arguments].concat());
        command.env_remove("GERBANG_KLINK_WEBHOOK_KEY");
        let run = not_started(command);
        assert!(run.exit == 2 && run.stderr.contains(words), "{words}: {run:?}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let run = not_started(gerbang(&["listen", "--listen", &taken.local_addr().unwrap().to_string()]));
    assert!(run.exit == 1 && run.stderr.contains("cannot be listened at"), "{run:?}");
}

#[test]
fn the_keys_of_two_gateways_do_not_go_to_one_server() {
    let listen = |arguments: &[&str]| {
        let mut command = gerbang(&[&["listen", "--base-url", "http://127.0.0.1:9"], arguments].concat());
        for variable in ["KROPAY_API_KEY", "PAKASIR_API_KEY", "PAKASIR_PROJECT"] {
            command.env(format!("GERBANG_{variable}"), "CANARY-api");
        }
        command
    };
    for arguments in [
        &["--ask"][..],
        &["--ask", "-p", "kropay", "-p", "pakasir-v1"],
        &["--expect", "kropay:1:::A:", "--expect", "pakasir-v1:1:::A:"],
    ] {
        let run = not_started(listen(arguments));
        assert!(run.exit == 2 && run.stderr.contains("the keys of kropay, pakasir would all go to"), "{run:?}");
    }
    // Nothing is asked, or by one account only.
    for arguments in [&["--json"][..], &["--json", "--ask", "-p", "pakasir-v1", "-p", "pakasir-v2"]] {
        Listener::start_with(listen(arguments));
    }
}

#[test]
fn the_command_to_go_on_asks_the_same_account_and_server() {
    let config = format!("{}/listen-config.toml", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&config, "[profiles.shop]\n").unwrap();
    let options = ["--config", &config, "--profile", "shop", "--base-url", "http://127.0.0.1:9"];
    let told = format!("gerbang status --profile=shop --config={config} --base-url=http://127.0.0.1:9 kropay:10000:");
    let message = printed(&["-p", "kropay"]);
    let verify = gerbang(&[&["verify", "-p", "kropay", "--headers", "-"][..], &options].concat());
    let run = crate::run_with(verify, message.as_bytes());
    assert!(run.stdout.contains(&told), "{run:?}");

    let mut command = gerbang(&[&["listen", "--once", "-p", "kropay"][..], &options].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    (0..2).for_each(|_| _ = stdout.read_line(&mut lines).unwrap());
    send(lines.lines().nth(1).unwrap().trim().strip_prefix("kropay").unwrap().trim(), "kropay", &[]);
    stdout.read_to_string(&mut lines).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert!(lines.contains(&told), "{lines}");
}

#[test]
fn the_test_mode_of_a_claim_is_not_taken_over() {
    let message = printed(&["-p", "pakasir-v2", "--set", "is_sandbox=true"]);
    let verify = gerbang(&["verify", "-p", "pakasir-v2", "--headers", "-"]);
    let run = crate::run_with(verify, message.as_bytes());
    assert!(run.stdout.contains("test mode: no money") && run.stdout.contains("gerbang status pakasir-v2:"), "{run:?}");
    assert!(!run.stdout.contains(":sandbox"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_mode_is_confirmed_only_where_it_is_wanted() {
    let sandbox = Sandbox::start().await;
    let credentials = pakasir::v2::Credentials::new("CANARY-api", "shop-sandbox");
    let client = pakasir::v2::Client::builder(credentials).base_url(sandbox.url(Provider::Pakasir)).build().unwrap();
    let new = NewPayment::new("INV-1", Rupiah::new(20_000));
    let payment = pakasir::v2::Gateway::new(client, None).create_payment(&new).await.unwrap();
    sandbox.pay(Provider::Pakasir, "INV-1").unwrap();
    let (unmarked, id) = (handle(&payment), payment.id.clone().unwrap());
    // Neither the sender nor the handle decides it.
    let marked = format!("{unmarked}:sandbox");
    for how in [&["--expect", &unmarked][..], &["--expect", &marked], &["--ask"]] {
        for (claim, wanted) in [("true", false), ("false", false), ("true", true)] {
            // Pakasir tells the status once in four seconds.
            sandbox.advance(Duration::from_secs(4));
            let arguments: Vec<_> =
                how.iter().copied().chain(wanted.then_some("--test-mode")).map(str::to_owned).collect();
            let (base, id) = (sandbox.url(Provider::Pakasir), id.clone());
            let (told, end) = beside(move || {
                let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
                let mut command =
                    gerbang(&[&["listen", "--json", "--once", "-p", "pakasir-v2"][..], &arguments].concat());
                command.args(["--base-url", &base]);
                command.env("GERBANG_PAKASIR_API_KEY", "CANARY-api").env("GERBANG_PAKASIR_PROJECT", "shop-sandbox");
                let mut listener = Listener::start_with(command);
                let (id, mode) = (format!("txn_id={id}"), format!("is_sandbox={claim}"));
                let sample = ["-r", "INV-1", "-a", "20000", "--set", &id, "--set", &mode];
                send(listener.url("pakasir-v2"), "pakasir-v2", &sample);
                (listener.next(), listener.end())
            })
            .await;
            assert_eq!(end.exit, if wanted { 0 } else { 1 }, "{how:?} {claim} {wanted}: {told}");
            assert_eq!(told["outcome"] == "not_confirmed", !wanted, "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_not_forwarded_for_everybody_to_read() {
    let mut listener =
        beside(|| Listener::start(&["-p", "kropay", "--forward", "http://shop.example.com/", "--once"])).await;
    let message = printed(&["-p", "kropay"]);
    let body = message.split_once("\n\n").unwrap().1.to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(listener.url("kropay")).header("x-secret", "CANARY").body(body);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 502);
    let (told, end) = beside(move || (listener.next(), listener.end())).await;
    let error = told["forwarded"]["error"].as_str().unwrap();
    assert!(error.contains("the webhook secret would travel to shop.example.com"), "{told}");
    assert_eq!(end.exit, 2);
}

#[test]
fn what_is_forged_is_refused_and_said_why() {
    let mut listener = Listener::start(&["--once"]);
    let status = post(listener.url("klink"), "{\"status\":\"success\",\"order_id\":\"A\",\"rq_uuid\":\"1\"}");
    let told = listener.next();
    assert_eq!((status, &told["answered"], &told["findings"][0]["code"]), (401, &json!(401), &json!("missing_header")));
    assert_eq!(listener.end().exit, 1);

    let mut listener = Listener::start(&["--once"]);
    assert_eq!(post(listener.url("kropay"), "{}"), 400);
    assert_eq!(listener.next()["answered"], 400);
    assert_eq!(listener.end().exit, 1);

    let mut listener = Listener::start(&["--once"]);
    send(listener.url("klink"), "klink", &["--status", "fail"]);
    listener.next();
    assert_eq!(listener.end().exit, 3);
}

#[test]
fn what_is_no_notification_ends_nothing() {
    let mut listener = Listener::start(&["--once"]);
    let kropay = listener.url("kropay").to_owned();
    let mut refused = |status: u16, path: &str, why: &str| {
        let told = listener.next();
        assert_eq!((&told["answered"], &told["path"]), (&json!(status), &json!(path)), "{told}");
        assert!(told["refused"].as_str().unwrap().contains(why), "{told}");
    };
    assert_eq!(post(&kropay, vec![b' '; 64 * 1024 + 1]), 413);
    refused(413, "/kropay", "more than 65536 bytes");
    for name in ["nobody", "paydigital", "kropay/x", ""] {
        assert_eq!(post(&kropay.replace("kropay", name), "{}"), 404);
        refused(404, &format!("/{name}"), "there are /kazukipay, /klink");
    }
    for method in [reqwest::Method::GET, reqwest::Method::HEAD, reqwest::Method::OPTIONS, reqwest::Method::PUT] {
        let answer = block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            client.request(method.clone(), &kropay).send().await.unwrap()
        });
        assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"POST".parse().unwrap()), "{method}");
        refused(405, "/kropay", "with POST");
    }
    send(&kropay, "kropay", &[]);
    assert_eq!(listener.next()["provider"], "kropay");
    assert_eq!(listener.end().exit, 5);
}

#[test]
fn slashes_around_the_name_are_taken() {
    let mut listener = Listener::start(&["--provider", "kropay"]);
    let url = listener.url("kropay").to_owned();
    for url in [format!("{url}/"), url.replace("/kropay", "//kropay"), format!("{url}?from=dashboard")] {
        let answer = send(&url, "kropay", &[]);
        assert_eq!((&answer["status"], &listener.next()["outcome"]), (&json!(200), &json!("read")), "{url}");
    }
}

#[test]
fn pings_are_refused_and_said_why() {
    let mut listener = Listener::start(&["--provider", "kropay", "--provider", "kazukipay"]);
    for provider in ["kropay", "kazukipay"] {
        let url = listener.url(provider).to_owned();
        for (body, code) in [("{}", "ping"), ("{\"test\":true}", "ping"), ("", "empty_body")] {
            assert_eq!(post(&url, body), 400, "{provider} {body}");
            let told = listener.next();
            assert_eq!(
                (&told["answered"], &told["findings"][0]["code"]),
                (&json!(400), &json!(code)),
                "{body}: {told}"
            );
        }
    }
}

#[test]
fn money_after_the_end_is_called_late() {
    let mut listener = Listener::start(&["--expect", "klink:20000:20000::A-1:"]);
    let url = listener.url("klink").to_owned();
    for (word, outcome, late) in [
        ("fail", "not_confirmed", Value::Null),
        ("success", "confirmed", json!(true)),
        ("success", "replay", json!(true)),
    ] {
        let answer = send(&url, "klink", &["-r", "A-1", "-a", "20000", "--status", word]);
        let told = listener.next();
        assert_eq!(
            (&answer["status"], &told["outcome"], &told["late"]),
            (&json!(200), &json!(outcome), &late),
            "{told}"
        );
    }
}

#[test]
fn what_needs_a_person_is_not_accepted() {
    let mut listener = Listener::start(&["--expect", "klink:20000:20000::A-1:"]);
    let answer = send(listener.url("klink"), "klink", &["-r", "A-1", "-a", "19999"]);
    let told = listener.next();
    assert_eq!((&answer["status"], &told["needs_a_person"]), (&json!(503), &json!(true)), "{told}");
}

#[test]
fn one_of_several_expected_payments_may_fit() {
    let expected = ["--expect", "klink:30000:30000::A-1:", "--expect", "klink:20000:20000::A-1:"];
    let mut listener = Listener::start(&expected);
    send(listener.url("klink"), "klink", &["-r", "A-1", "-a", "20000"]);
    assert_eq!(listener.next()["outcome"], "confirmed");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_its_own_code() {
    let mut listener = Listener::start(&[]);
    // Several can come.
    for _ in 0..2 {
        send(listener.url("kropay"), "kropay", &[]);
        listener.next();
    }
    let status = Command::new("kill").args(["-INT", &listener.child.id().to_string()]).status().unwrap();
    assert!(status.success());
    assert_eq!(listener.end().exit, 130);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_and_headers_are_forwarded_and_the_answer_is_passed_back() {
    let headers = &[("x-local", "1"), ("connection", "x-hop"), ("x-hop", "1"), ("content-type", "text/x")];
    let server = Server::start(202, headers, "thank you").await;
    let forward = format!("{}/hooks/{{provider}}", server.url);
    let (url, mut listener) = beside(move || {
        let listener = Listener::start(&["--forward", &forward, "--once"]);
        (listener.url("pakasir-v1").to_owned(), listener)
    })
    .await;
    let body = " {\"amount\": 22000,\n\"order_id\":\"A/\\u00e9\", \"status\":\"completed\"} \n";
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(&url).header("x-sent", "1").header("te", "trailers").header("x-drop", "1");
    let answer = request.header("connection", "x-drop").body(body).send().await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.headers()["x-local"].as_bytes()), (202, &b"1"[..]));
    assert_eq!((&answer.headers()["content-type"], answer.headers().get("x-hop")), (&"text/x".parse().unwrap(), None));
    assert_eq!(answer.text().await.unwrap(), "thank you");
    let seen = server.seen();
    let [(head, sent)] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(
        (sent.as_ref(), head.uri.path(), &head.headers["x-sent"]),
        (body.as_bytes(), "/hooks/pakasir-v1", &"1".parse().unwrap())
    );
    for name in ["te", "x-drop", "connection"] {
        assert_eq!(head.headers.get(name), None, "{name}");
    }
    assert_eq!(head.headers["host"].to_str().unwrap(), server.url.trim_start_matches("http://"));
    let told = beside(move || {
        let told = listener.next();
        assert_eq!(listener.end().exit, 5);
        told
    })
    .await;
    assert_eq!((&told["forwarded"], &told["answered"]), (&json!({"status": 202}), &json!(202)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_not_forwarded_and_what_cannot_be_forwarded_comes_again() {
    let server = Server::start(200, &[], "").await;
    let url = server.url.clone();
    beside(move || {
        let mut listener = Listener::start(&["--forward", &url, "--once"]);
        assert_eq!(post(listener.url("klink"), "{\"status\":\"success\"}"), 401);
        assert_eq!(listener.next()["forwarded"], Value::Null);

        let mut listener = Listener::start(&["--forward", &nobody(), "--once"]);
        let answer = send(listener.url("klink"), "klink", &[]);
        assert_eq!((&answer["accepted"], &answer["status"]), (&json!(false), &json!(502)));
        assert!(listener.next()["forwarded"]["error"].as_str().unwrap().contains("nobody listens there"));
        assert_eq!(listener.end().exit, 6);
    })
    .await;
    assert_eq!(server.seen().len(), 0);
}

/// A listener that asks a sandbox.
fn asking(base_url: &str, arguments: &[&str]) -> Listener {
    let mut command = gerbang(&[&["listen", "--json", "--base-url", base_url], arguments].concat());
    for (variable, value) in
        [("KROPAY_API_KEY", "CANARY-api"), ("PAKASIR_API_KEY", "CANARY-api"), ("PAKASIR_PROJECT", "shop")]
    {
        command.env(format!("GERBANG_{variable}"), value);
    }
    Listener::start_with(command)
}

/// A sandbox that sends nothing twice because the machine is slow.
async fn patient_sandbox() -> Sandbox {
    Sandbox::builder().webhook_timeout(PATIENCE).start().await.unwrap()
}

fn kropay_gateway(sandbox: &Sandbox) -> kropay::Gateway {
    let builder = kropay::Client::builder(kropay::Credentials::new("CANARY-api"));
    kropay::Gateway::new(builder.base_url(sandbox.url(Provider::Kropay)).build().unwrap())
}

/// The payment as `pay` names it.
fn handle(payment: &Payment) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let payable = payment.payable.map(|payable| payable.to_string()).unwrap_or_default();
    let (reference, id) = (text(&payment.reference), text(&payment.id));
    format!("{}:{}:{payable}::{reference}:{id}", payment.provider, payment.amount)
}

/// The first attempt that ended so.
async fn attempt(sandbox: &Sandbox, is_it: impl Fn(&WebhookAttempt) -> bool) -> WebhookAttempt {
    let found = async {
        loop {
            if let Some(attempt) = sandbox.webhook_attempts().into_iter().find(&is_it) {
                return attempt;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("an attempt")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_of_the_sandbox_is_received_confirmed_forwarded_and_acknowledged() {
    let sandbox = patient_sandbox().await;
    let shop = Server::start(200, &[("content-type", "application/json")], "{\"success\": true}").await;
    let new = NewPayment::new("ORDER-1", Rupiah::new(20_000));
    let payment = kropay_gateway(&sandbox).create_payment(&new).await.unwrap();
    let (base, forward, handle) = (sandbox.url(Provider::Kropay), shop.url.clone(), handle(&payment));
    let mut listener = beside(move || asking(&base, &["--once", "--expect", &handle, "--forward", &forward])).await;
    sandbox.set_webhook(Provider::Kropay, Some(listener.url("kropay")));
    sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    let told = beside(move || {
        let told = listener.next();
        assert_eq!(listener.end().exit, 0);
        told
    })
    .await;
    assert_eq!((&told["outcome"], &told["forwarded"]["status"]), (&json!("confirmed"), &json!(200)), "{told}");
    let attempt = attempt(&sandbox, |attempt| attempt.acknowledged).await;
    assert_eq!((attempt.attempt, attempt.status), (1, Some(200)));
    let (_, sent) = shop.seen().remove(0);
    assert_eq!(sent, attempt.body.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_expected_and_paid_is_confirmed() {
    let sandbox = Sandbox::start().await;
    // What is not confirmed does not come here, and is answered by the listener.
    let shop = Server::start(200, &[], "").await;
    let gateway = kropay_gateway(&sandbox);
    let paid = gateway.create_payment(&NewPayment::new("PAID", Rupiah::new(20_000))).await.unwrap();
    let pending = gateway.create_payment(&NewPayment::new("PENDING", Rupiah::new(20_000))).await.unwrap();
    let expired = gateway.create_payment(&NewPayment::new("EXPIRED", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "PAID").unwrap();
    sandbox.expire(Provider::Kropay, "EXPIRED").unwrap();
    let base = sandbox.url(Provider::Kropay);
    let claim = |payment: &Payment| -> Vec<String> {
        let set = |name: &str, value: String| ["--set".to_owned(), format!("{name}={value}")];
        [
            set("merchant_ref", payment.reference.clone().unwrap()),
            set("reference", payment.id.clone().unwrap()),
            set("amount", payment.amount.to_string()),
            set("total_amount", payment.payable.unwrap().to_string()),
        ]
        .concat()
    };
    let dead = nobody();
    for (expected, claimed, asked, status, exit, outcome, why) in [
        (&paid, claim(&paid), &base, 200, 0, "confirmed", ""),
        (&pending, claim(&pending), &base, 503, 5, "not_confirmed", "not paid but pending"),
        (&expired, claim(&expired), &base, 503, 3, "not_confirmed", "not paid but expired"),
        (&pending, claim(&paid), &base, 400, 1, "not_confirmed", "another payment"),
        (
            &paid,
            // Not signed: what it says of amounts is anybody's word, and the gateway's answer counts.
            [claim(&paid), vec!["--set".into(), "amount=1".into()]].concat(),
            &base,
            200,
            0,
            "confirmed",
            "",
        ),
        (
            &paid,
            [claim(&paid), vec!["--status".into(), "expired".into()]].concat(),
            &base,
            200,
            3,
            "not_confirmed",
            "but expired",
        ),
        (&paid, claim(&paid), &dead, 503, 6, "not_confirmed", "cannot be judged now"),
    ] {
        let (handle, asked) = (handle(expected), asked.clone());
        let forward = shop.url.clone();
        let (told, answer, end) = beside(move || {
            let mut listener = asking(&asked, &["--once", "--expect", &handle, "--forward", &forward]);
            let claimed: Vec<_> = claimed.iter().map(String::as_str).collect();
            let answer = send(listener.url("kropay"), "kropay", &claimed);
            (listener.next(), answer, listener.end())
        })
        .await;
        assert_eq!((&told["outcome"], &answer["status"]), (&json!(outcome), &json!(status)), "{told}");
        assert_eq!(end.exit, exit, "{told}");
        assert!(told["reason"].as_str().unwrap_or_default().contains(why), "{told}");
        assert_eq!(told["forwarded"].is_null(), outcome == "not_confirmed", "{told}");
    }
    assert_eq!(shop.seen().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_is_told_and_accepted_and_others_can_be_asked_about() {
    let sandbox = patient_sandbox().await;
    let payment = kropay_gateway(&sandbox).create_payment(&NewPayment::new("A", Rupiah::new(20_000))).await.unwrap();
    let base = sandbox.url(Provider::Kropay);
    let handle = handle(&payment);
    let mut listener = beside(move || asking(&base, &["--expect", &handle, "--ask"])).await;
    sandbox.set_webhook(Provider::Kropay, Some(listener.url("kropay")));
    sandbox.pay(Provider::Kropay, "A").unwrap();
    let number = attempt(&sandbox, |attempt| attempt.acknowledged).await.number;
    sandbox.resend_webhook(number, 1).unwrap();
    attempt(&sandbox, |attempt| attempt.acknowledged && attempt.resent).await;

    let other = kropay_gateway(&sandbox).create_payment(&NewPayment::new("B", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "B").unwrap();
    let told = beside(move || [listener.next(), listener.next(), listener.next()]).await;
    let outcomes = told.each_ref().map(|told| told["outcome"].as_str().unwrap());
    assert_eq!(outcomes, ["confirmed", "replay", "paid"], "{told:?}");
    assert!(told[1]["reason"].as_str().unwrap().contains("already processed"), "{told:?}");
    assert_eq!(told[2]["reference"].as_str(), other.reference.as_deref());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_one_is_confirmed_without_asking_and_a_shared_secret_is_not_enough() {
    let sandbox = Sandbox::start().await;
    let new = NewPayment::new("INV-1", Rupiah::new(20_000));
    let credentials = pakasir::v2::Credentials::new("CANARY-api", "shop");
    let client = pakasir::v2::Client::builder(credentials).base_url(sandbox.url(Provider::Pakasir)).build().unwrap();
    let payment = pakasir::v2::Gateway::new(client, None).create_payment(&new).await.unwrap();
    let (base, expected) = (sandbox.url(Provider::Pakasir), handle(&payment));
    let (told, end) = beside(move || {
        let mut listener = asking(&base, &["--once", "--expect", &expected]);
        let id = format!("txn_id={}", payment.id.as_deref().unwrap());
        send(listener.url("pakasir-v2"), "pakasir-v2", &["-r", "INV-1", "-a", "20000", "--set", &id]);
        (listener.next(), listener.end())
    })
    .await;
    assert_eq!(
        (&told["trust"], &told["outcome"], end.exit),
        (&json!("shared_secret"), &json!("not_confirmed"), 5),
        "{told}"
    );

    for (payable, outcome, exit) in [("20000", "confirmed", 0), ("19999", "not_confirmed", 1)] {
        let (told, end) = beside(move || {
            // K-Link is not reachable, and no credentials are set.
            let mut listener = asking(&nobody(), &["--once", "--expect", "klink:20000:20000::A-1:"]);
            send(listener.url("klink"), "klink", &["-r", "A-1", "-a", payable]);
            (listener.next(), listener.end())
        })
        .await;
        assert_eq!((&told["outcome"], end.exit), (&json!(outcome), exit), "{told}");
    }
}

/// A limit on the output's size stands for a full disk.
#[cfg(unix)]
#[test]
fn what_could_not_be_told_is_confirmed_when_it_comes_again() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("listen-{}", std::process::id()));
    let output = std::fs::File::options().create(true).append(true).open(&path).unwrap();
    let arguments = ["listen", "--json", "--base-url", &nobody(), "--expect", "klink:20000:20000::A-1:"];
    let direct = gerbang(&arguments);
    let mut command = Command::new("/bin/sh");
    // The signal that comes with the limit would end the command.
    command.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh"]).arg(direct.get_program());
    command.args(direct.get_args()).env_clear();
    command.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child =
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(Stdio::null()).spawn().unwrap();

    let began = std::time::Instant::now();
    let lines = || std::fs::read_to_string(&path).unwrap();
    while !lines().ends_with('\n') {
        assert!(began.elapsed() < PATIENCE && child.try_wait().unwrap().is_none(), "it does not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    let (first, length) = (serde_json::from_str::<Value>(&lines()).unwrap(), lines().len());
    let sent = |wanted: u16| {
        let answer = send(first["urls"]["klink"].as_str().unwrap(), "klink", &["-r", "A-1", "-a", "20000"]);
        assert_eq!(answer["status"], wanted, "{answer}");
    };
    output.set_len(1 << 20).unwrap();
    sent(502);
    output.set_len(length as u64).unwrap();
    sent(200);
    let _ = child.kill();
    let _ = child.wait();
    let told = lines();
    std::fs::remove_file(&path).unwrap();
    assert!(told.lines().skip(1).all(|line| line.contains("\"confirmed\"")) && told.lines().count() > 1, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_at_one_time_are_told_to_come_again() {
    // It answers when all have come.
    let (came, mut coming) = tokio::sync::mpsc::channel(64);
    let (open, opened) = tokio::sync::watch::channel(false);
    let hold = async move || {
        came.send(()).await.unwrap();
        opened.clone().wait_for(|is_open| *is_open).await.map(|_| "{}").unwrap()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let forward = format!("http://{}", listener.local_addr().unwrap());
    let app = axum::Router::new().fallback(hold);
    tokio::spawn(async move { axum::serve(listener, app).await });

    let listener = beside(move || Listener::start(&["--forward", &forward, "--timeout", "60s"])).await;
    let url = listener.url("pakasir-v1").to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let send = || {
        let request = client.post(&url).body(r#"{"amount": 1, "order_id": "A", "status": "completed"}"#);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let held: Vec<_> = (0..64).map(|_| tokio::spawn(send())).collect();
    for _ in 0..64 {
        tokio::time::timeout(PATIENCE, coming.recv()).await.expect("all are forwarded").unwrap();
    }
    assert_eq!(send().await, 503);
    open.send(true).unwrap();
    for answer in held {
        assert_eq!(answer.await.unwrap(), 200);
    }
}
