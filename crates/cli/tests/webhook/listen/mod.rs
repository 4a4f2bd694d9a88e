//! `gerbang webhook listen`.

mod cases;
mod confirming;
mod forwarding;
mod limits;
mod marking;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gerbang::{Network, Trust, reqwest};
use serde_json::{Value, json};

use crate::server::{Server, nobody};
use crate::{Run, gateway, gerbang, notifying, printed, silent};

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

/// A client that asks no proxy.
fn client() -> reqwest::Client {
    Network::new().no_proxy().http_client().unwrap().build().unwrap()
}

fn post(url: &str, body: impl Into<Vec<u8>>) -> u16 {
    let body = body.into();
    let url = url.to_owned();
    block_on(async move { client().post(url).body(body).send().await.unwrap().status().as_u16() })
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
    for provider in notifying() {
        let mut listener = Listener::start(&["--provider", provider, "--once"]);
        assert_eq!(listener.urls.len(), 1);
        let answer = send(listener.url(provider), provider, &[]);
        assert_eq!((&answer["accepted"], &answer["status"]), (&json!(true), &json!(200)), "{answer}");
        let line = listener.next();
        assert_eq!((&line["provider"], &line["claimed"]), (&json!(provider), &json!("paid")), "{line}");
        assert_eq!((&line["outcome"], &line["answered"]), (&json!("read"), &json!(200)), "{line}");
        // A signature that covers the state proves it.
        let exit = if (gateway(provider).capabilities)().notifications == Trust::Signed { 0 } else { 5 };
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
    assert_eq!(first, "Notifications are received at:\n");
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
fn gateways_without_a_key_are_skipped_unless_named() {
    let mut command = gerbang(&["listen", "--json"]);
    command.env_remove("GERBANG_KLINK_WEBHOOK_KEY");
    let listener = Listener::start_with(command);
    let names: Vec<_> = listener.urls.keys().map(String::as_str).collect();
    let others: Vec<_> = notifying().into_iter().filter(|name| !name.starts_with("klink")).collect();
    assert_eq!(names, others);
    assert!(listener.printed.contains("GERBANG_KLINK_WEBHOOK_KEY is not set"), "{}", listener.printed);

    for (arguments, words) in [
        (&["-p", "klink"][..], "GERBANG_KLINK_WEBHOOK_KEY is not set"),
        (&["-p", silent()], "sends no notifications"),
        (&["-p", "kropay", "--ask"], "GERBANG_KROPAY_API_KEY is not set"),
        (&["--expect", "nobody:1:::A:"], "no gateway \"nobody\""),
        (&["--expect", "ORDER-1"], "not what `gerbang pay` printed"),
        (&["--forward", "localhost:3000"], "must begin with http:// or https://"),
        (&["-p", "pakasir-v2", "--unconfirmed", "--forward", "http://example.com/"], "the webhook secret would travel"),
        (&["--unconfirmed", "--forward", "http://example.com/"], "the signature would travel"),
        (&["-p", "kropay", "--forward", "http://127.0.0.1:9"], "GERBANG_KROPAY_API_KEY is not set"),
        (&["--unconfirmed"], "--forward"),
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
        // It is the key of the notifications too, and would be a third.
        command.env_remove("GERBANG_MIDTRANS_SERVER_KEY");
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
    let line = format!("gerbang status --profile=shop --config={config} --base-url=http://127.0.0.1:9 kropay:10000:");
    let message = printed(&["-p", "kropay"]);
    let verify = gerbang(&[&["verify", "-p", "kropay", "--headers", "-"][..], &options].concat());
    let run = crate::run_with(verify, message.as_bytes());
    assert!(run.stdout.contains(&line), "{run:?}");

    let mut command = gerbang(&[&["listen", "--once", "-p", "kropay"][..], &options].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    (0..2).for_each(|_| _ = stdout.read_line(&mut lines).unwrap());
    send(lines.lines().nth(1).unwrap().trim().strip_prefix("kropay").unwrap().trim(), "kropay", &[]);
    stdout.read_to_string(&mut lines).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert!(lines.contains(&line), "{lines}");
}

#[test]
fn the_test_mode_of_a_claim_is_not_taken_over() {
    let message = printed(&["-p", "pakasir-v2", "--set", "is_sandbox=true"]);
    let verify = gerbang(&["verify", "-p", "pakasir-v2", "--headers", "-"]);
    let run = crate::run_with(verify, message.as_bytes());
    assert!(run.stdout.contains("test mode: no money") && run.stdout.contains("gerbang status pakasir-v2:"), "{run:?}");
    assert!(!run.stdout.contains(":sandbox"), "{run:?}");
}

#[test]
fn what_is_forged_is_refused_and_said_why() {
    let mut listener = Listener::start(&["--once"]);
    let status = post(listener.url("klink"), "{\"status\":\"success\",\"order_id\":\"A\",\"rq_uuid\":\"1\"}");
    let line = listener.next();
    assert_eq!((status, &line["answered"], &line["findings"][0]["code"]), (401, &json!(401), &json!("missing_header")));
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
        let line = listener.next();
        assert_eq!((&line["answered"], &line["path"]), (&json!(status), &json!(path)), "{line}");
        assert!(line["refused"].as_str().unwrap().contains(why), "{line}");
    };
    assert_eq!(post(&kropay, vec![b' '; 64 * 1024 + 1]), 413);
    refused(413, "/kropay", "more than 65536 bytes");
    for name in ["nobody", silent(), "kropay/x", ""] {
        assert_eq!(post(&kropay.replace("kropay", name), "{}"), 404);
        refused(404, &format!("/{name}"), "there are /kazukipay, /klink");
    }
    for method in [reqwest::Method::GET, reqwest::Method::HEAD, reqwest::Method::OPTIONS, reqwest::Method::PUT] {
        let answer = block_on(async {
            let client = client();
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
            let line = listener.next();
            assert_eq!(
                (&line["answered"], &line["findings"][0]["code"]),
                (&json!(400), &json!(code)),
                "{body}: {line}"
            );
        }
    }
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

/// A limit on the output's size has the effect of a full disk.
#[cfg(unix)]
#[test]
fn output_failure_answers_502_and_a_redelivery_is_confirmed() {
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
    let line = lines();
    std::fs::remove_file(&path).unwrap();
    assert!(line.lines().skip(1).all(|line| line.contains("\"confirmed\"")) && line.lines().count() > 1, "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_64_at_one_time_are_answered_503() {
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

    let listener = beside(move || Listener::start(&["--unconfirmed", "--forward", &forward, "--timeout", "60s"])).await;
    let url = listener.url("pakasir-v1").to_owned();
    let client = client();
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
