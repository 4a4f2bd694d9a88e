//! `gerbang serve`.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gerbang_sandbox::Provider;
use serde_json::Value;

use crate::run::{Lines, Shop, directory, end, gerbang, run, signal};

/// Starts a daemon with a sandbox, and has a shell run the lines that it prints: they take a payment and show it paid. Gives what
/// was printed too.
pub fn take_first_steps(sandbox: &str) -> (Child, String) {
    let mut child = gerbang(&["serve", sandbox]).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    let mut printed = String::new();
    while printed.matches("curl ").count() < 3 {
        printed += &(lines.next() + "\n");
    }
    assert_eq!(printed.lines().filter(|line| line.starts_with("curl ")).count(), 3, "{printed}");
    let mut shell =
        Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(printed.as_bytes()).unwrap();
    let ran = end(shell);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let answers = ran.json();
    let [created, _, shown] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((&created["status"], &created["order"]), (&Value::from("pending"), &Value::from("ORDER-1")));
    assert_eq!((&shown["status"], &shown["id"]), (&Value::from("paid"), &created["id"]));
    (child, printed)
}

#[test]
fn lines_that_it_prints_take_a_payment_and_show_it_paid() {
    let (child, printed) = take_first_steps("--sandbox");
    signal("TERM", child.id());
    let ran = end(child);
    let token = printed.split("gerbang_admin_").nth(1).unwrap().lines().next().unwrap();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("http.route=\"/v1/payments\"") && !ran.stderr.contains(token), "{}", ran.stderr);
}

#[test]
fn log_can_be_json() {
    let mut child = gerbang(&["serve", "--sandbox", "--log", "json", "--json"]).spawn().unwrap();
    let printed: Value = serde_json::from_str(&Lines::of_stdout(&mut child).next()).unwrap();
    let url = format!("{}/healthz", printed["url"].as_str().unwrap());
    assert!(Command::new("curl").args(["-sSf", "-o", "/dev/null", &url]).status().unwrap().success());
    signal("INT", child.id());
    let ran = end(child);
    assert_eq!(ran.code, Some(0));
    let calls = ran.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert!(calls.into_iter().any(|line| line["fields"]["http.route"] == "/healthz"), "{}", ran.stderr);
}

#[test]
fn settings_are_checked_with_a_line_for_each_fault() {
    let settings = directory().join("serve.toml");
    let check = |text: &str| {
        std::fs::write(&settings, text).unwrap();
        run(&["serve", "--check", "--settings", settings.to_str().unwrap()])
    };
    let right = check("[accounts.main]\ngateway = \"kropay\"\napi_key = \"CANARY\"\n");
    assert_eq!((right.code, right.stdout.as_str()), (Some(0), "The settings are right.\n"));
    let wrong = check("listen = \"CANARY\"\ntoken = \"CANARY\"\n[accounts.main]\ngateway = \"kropay\"\n");
    assert_eq!((wrong.code, wrong.stderr.lines().count()), (Some(2), 3), "{wrong:?}");
    assert!(!wrong.stderr.contains("CANARY"), "{wrong:?}");
    assert_eq!(run(&["serve", "--check"]).code, Some(2));
    let endless = run(&["serve", "--check", "--settings", "/dev/zero"]);
    assert!(endless.code == Some(2) && endless.stderr.contains("is no regular file"), "{endless:?}");
    let doubtful = check("listen = \"0.0.0.0:8080\"\n[accounts.main]\ngateway = \"kropay\"\napi_key = \"CANARY\"\n");
    assert_eq!((doubtful.code, doubtful.stderr.matches("warning: listen").count()), (Some(0), 2), "{doubtful:?}");
    let json = run(&["serve", "--check", "--json", "--settings", settings.to_str().unwrap()]);
    assert_eq!(json.json()[0]["warnings"].as_array().unwrap().len(), 2, "{json:?}");
}

#[test]
fn token_is_made_and_kept_as_a_hash() {
    let file = directory().join("shop.db");
    let database = format!("sqlite:{}", file.display());
    let ran = run(&["serve", "token", "new", "--scope", "admin", "--database", &database]);
    let token = ran.stdout.trim();
    assert!(ran.code == Some(0) && token.starts_with("gerbang_admin_") && token.len() > 50, "{ran:?}");
    let other = run(&["serve", "token", "new", "--scope", "admin", "--database", &database]);
    assert_ne!(other.stdout.trim(), token);
    for end in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{end}", file.display())).unwrap_or_default();
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "the token is in the database");
    }
    assert_eq!(run(&["serve", "token", "new", "--scope", "root"]).code, Some(2));
}

#[test]
fn options_of_all_commands_may_be_before_a_command() {
    let directory = directory();
    let file = directory.join("shop.db");
    let database = format!("sqlite:{}", file.display());
    let config = directory.join("config.toml");
    std::fs::write(&config, "").unwrap();
    let made = run(&["serve", "--json", "token", "new", "--scope", "shop", "--database", &database]);
    assert!(made.json()[0]["token"].is_string(), "{made:?}");
    let all = ["--json", "-v", "--config", config.to_str().unwrap(), "--timeout", "10s"];
    for before in [&all[..1], &all[1..2], &all[2..4], &all[4..], &all[..]] {
        let ran = run(&[&["serve"], before, &["token", "list", "--database", &database]].concat());
        assert_eq!(ran.code, Some(0), "{before:?}: {ran:?}");
    }
    // Those of the daemon would be lost.
    for before in [
        &["--database", &database][..],
        &["--settings", "f"],
        &["--listen", "127.0.0.1:1"],
        &["--public-url", "https://pay.example"],
        &["--sandbox"],
        &["--check"],
        &["--log", "json"],
    ] {
        let ran = run(&[&["serve"], before, &["token", "list", "--database", &database, "--json"]].concat());
        let said = format!("{} is for `gerbang serve` itself", before[0]);
        assert!(
            ran.code == Some(2) && ran.failure()["message"].as_str().unwrap().contains(&said),
            "{before:?}: {ran:?}"
        );
    }
}

#[test]
fn address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["serve", "--sandbox", "--listen", &address]);
    assert!(ran.code == Some(1) && ran.stderr.contains(&address), "{ran:?}");
}

#[test]
fn book_of_a_daemon_that_was_stopped_is_one_file() {
    let (shop, directory) = (Shop::new(), directory());
    let (daemon, url) = start_at(&shop, &directory);
    curl(&["-d", r#"{"order": "ORDER-1", "amount": 10000}"#, &format!("{url}/v1/payments")]);
    signal("TERM", daemon.id());
    assert_eq!(end(daemon).code, Some(0));
    assert!(directory.join("shop.db").exists() && !directory.join("shop.db-wal").exists());
}

#[test]
fn tokens_are_looked_for_in_no_new_database() {
    let file = directory().join("shop.db");
    let database = format!("sqlite:{}", file.display());
    for args in [&["list"][..], &["revoke", "0f3a9c1d7b24"]] {
        let ran = run(&[&["serve", "token"], args, &["--database", &database]].concat());
        let said = format!("there is no database {}", file.display());
        assert!(ran.code == Some(2) && ran.stderr.contains(&said), "{ran:?}");
        assert!(!file.exists(), "{args:?}");
    }
    let new = || run(&["serve", "token", "new", "--scope", "shop", "--database", &database]);
    let (first, second) = (new(), new());
    assert!(first.code == Some(0) && first.stderr.contains("there was no database"), "{first:?}");
    assert_eq!((second.code, second.stderr.as_str()), (Some(0), ""));
}

#[test]
fn token_that_is_revoked_is_refused() {
    let (shop, directory) = (Shop::new(), directory());
    let (daemon, url) = start_at(&shop, &directory);
    let database = format!("sqlite:{}", directory.join("shop.db").display());
    let tokens = |args: &[&str]| run(&[&["serve", "token"], args, &["--database", &database, "--json"]].concat());
    let made = tokens(&["new", "--scope", "admin", "--label", "Ani"]).json().remove(0);
    let (token, id) = (made["token"].as_str().unwrap(), made["id"].as_str().unwrap());
    let status = || curl_as(token, &[&format!("{url}/v1/accounts")])["code"].clone();
    assert_eq!(status(), Value::Null);
    let listed = tokens(&["list"]);
    let record = &listed.json()[0];
    assert_eq!((&record["id"], &record["label"], &record["scope"]), (&made["id"], &"Ani".into(), &"admin".into()));
    let people = run(&["serve", "token", "list", "--database", &database]).stdout;
    assert!(people.contains("LAST USED") && people.contains(id) && people.contains("Ani"), "{people}");
    assert!(!listed.stdout.contains(token) && !people.contains(token));
    assert_eq!(tokens(&["revoke", id]).json()[0]["revoked"], id);
    let (began, within) = (Instant::now(), Duration::from_secs(10));
    while status() != "unauthorized" {
        assert!(began.elapsed() < within + Duration::from_secs(2), "it is not refused");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!((tokens(&["list"]).stdout.as_str(), tokens(&["revoke", id]).code), ("", Some(2)));
    signal("TERM", daemon.id());
    assert_eq!(end(daemon).code, Some(0));
}

#[test]
fn log_of_the_process_shows_no_canary() {
    let (shop, directory) = (Shop::new(), directory());
    let settings = directory.join("serve.toml");
    let account = "gateway = \"kazukipay\"\nmode = \"test\"\napi_key = \"CANARY-key\"\nproject_id = 1";
    let webhook = "webhook_url = \"http://127.0.0.1:1/CANARY\"\nwebhook_allow_local = true";
    let secret = "webhook_secret = \"whsec_Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZ\"";
    let url = shop.sandbox.url(Provider::Kazukipay);
    let text =
        format!("listen = \"127.0.0.1:0\"\n{webhook}\n{secret}\n[accounts.main]\n{account}\nbase_url = \"{url}\"\n");
    std::fs::write(&settings, text).unwrap();
    let mut command = gerbang(&["serve", "--json", "--log", "json", "--settings", settings.to_str().unwrap()]);
    command.env("GERBANG_SERVE_DATABASE", format!("sqlite:{}", directory.join("CANARY.db").display()));
    let mut child =
        command.env("GERBANG_SERVE_TOKEN", "CANARY-token-of-the-shop").env("RUST_LOG", "trace").spawn().unwrap();
    let printed: Value = serde_json::from_str(&Lines::of_stdout(&mut child).next()).unwrap();
    let call = |token: &str, args: &[&str]| curl_as(token, args).to_string();
    let payments = format!("{}/v1/payments", printed["url"].as_str().unwrap());
    let order = r#"{"order": "A", "amount": 10000, "customer": {"name": "CANARY-Krisdi", "phone": "CANARY-0857"}}"#;
    for (token, body) in [
        ("CANARY-token-of-the-shop", order),
        ("CANARY-wrong", order),
        ("CANARY-token-of-the-shop", r#"{"order": "CANARY!", "amount": 1}"#),
        ("CANARY-token-of-the-shop", "CANARY"),
    ] {
        let said = call(token, &["-d", body, &payments]);
        assert!(!said.contains("CANARY"), "{said}");
    }
    // Until the first delivery has failed.
    std::thread::sleep(Duration::from_secs(2));
    signal("TERM", child.id());
    let ran = end(child);
    assert!(ran.code == Some(0) && ran.stderr.contains("an event was not taken"), "{ran:?}");
    for secret in ["CANARY", "Q0FOQVJZ"] {
        let lines: Vec<_> = ran.stderr.lines().filter(|line| line.contains(secret)).collect();
        assert!(lines.is_empty() && !printed.to_string().contains(secret), "{lines:#?}");
    }
}

const TOKEN: &str = "a-token-of-this-test";

/// A daemon with an account at a sandbox, and its address.
fn start_at(shop: &Shop, directory: &std::path::Path) -> (Child, String) {
    let settings = directory.join("serve.toml");
    let url = shop.sandbox.url(Provider::Kazukipay);
    let account = "gateway = \"kazukipay\"\nmode = \"test\"\napi_key = \"key\"\nproject_id = 1";
    let text = format!("listen = \"127.0.0.1:0\"\n[accounts.main]\n{account}\nbase_url = \"{url}\"\n");
    std::fs::write(&settings, text).unwrap();
    let mut command = gerbang(&["serve", "--json", "--settings", settings.to_str().unwrap()]);
    let database = format!("sqlite:{}", directory.join("shop.db").display());
    command.env("GERBANG_SERVE_DATABASE", database).env("GERBANG_SERVE_TOKEN", TOKEN);
    let mut child = command.spawn().unwrap();
    let printed: Value = serde_json::from_str(&Lines::of_stdout(&mut child).next()).unwrap();
    (child, printed["url"].as_str().unwrap().to_owned())
}

fn curl(args: &[&str]) -> Value {
    curl_as(TOKEN, args)
}

/// Asks a daemon by curl.
pub fn curl_as(token: &str, args: &[&str]) -> Value {
    let authorization = format!("Authorization: Bearer {token}");
    let all = [&["-sS", "-H", &authorization, "-H", "Content-Type: application/json"], args].concat();
    let output = Command::new("curl").args(all).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

#[test]
fn payment_is_paid_although_the_daemon_is_killed_in_between() {
    let (shop, directory) = (Shop::new(), directory());
    let (daemon, url) = start_at(&shop, &directory);
    let payments = format!("{url}/v1/payments");
    let created = curl(&["-d", r#"{"order": "ORDER-1", "amount": 10000}"#, &payments]);
    assert_eq!(created["status"], "pending", "{created}");
    signal("KILL", daemon.id());
    end(daemon);
    shop.sandbox.pay(Provider::Kazukipay, "ORDER-1").unwrap();

    let (daemon, url) = start_at(&shop, &directory);
    let shown = curl(&[&format!("{url}/v1/payments/{}?wait=30", created["id"].as_str().unwrap())]);
    assert_eq!((&shown["status"], &shown["order"]), (&Value::from("paid"), &Value::from("ORDER-1")));
    let again = curl(&["-d", r#"{"order": "ORDER-1", "amount": 10000}"#, &format!("{url}/v1/payments")]);
    assert_eq!((&again["status"], &again["id"]), (&Value::from("paid"), &created["id"]));
    assert_eq!(shop.sandbox.payments().len(), 1);
    signal("TERM", daemon.id());
    assert_eq!(end(daemon).code, Some(0));
}
