//! `gerbang sandbox` among other machines: its settings, and what it prints.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{Lines, Ran, directory, end, gerbang, in_time, run, signal, wait_until};

/// A running sandbox, its first line, and its standard error.
fn start(command: &mut Command) -> (Child, String, Lines) {
    let mut child = command.spawn().unwrap();
    let first = Lines::of_stdout(&mut child).next();
    let errors = Lines::of(child.stderr.take().unwrap());
    (child, first, errors)
}

fn stop(child: Child) -> Ran {
    signal("TERM", child.id());
    let ran = end(child);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran
}

fn curl(args: &[&str]) -> String {
    let output = Command::new("curl").args(["-sS", "--noproxy", "*"]).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The address that the sandbox says that it is at.
fn page(errors: &Lines) -> String {
    let line = errors.find("until Ctrl-C");
    line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().trim_end_matches('/').to_owned()
}

#[test]
fn settings_come_from_the_environment() {
    let seeds = directory().join("seeds.json");
    fs::write(
        &seeds,
        r#"{"payments": [{"provider": "kropay", "credential": "K", "reference": "S-1", "amount": 5000}]}"#,
    )
    .unwrap();
    let mut command = gerbang(&["sandbox"]);
    command.env("GERBANG_SANDBOX_FORMAT", "dotenv").env("GERBANG_SANDBOX_SEED", &seeds);
    command.env("GERBANG_SANDBOX_PUBLIC_URL", "http://sandbox:8080").env("GERBANG_SANDBOX_STATE", "");
    let (child, first, errors) = start(&mut command);
    assert_eq!(first, "GERBANG_ALLOW_HTTP=sandbox");
    assert_eq!(page(&errors), "http://sandbox:8080");
    stop(child);

    let mut command = gerbang(&["sandbox", "--format", "powershell", "--seed", seeds.to_str().unwrap()]);
    let (child, first, errors) = start(command.env("GERBANG_SANDBOX_LISTEN", "localhost:0"));
    assert_eq!(first, "$env:GERBANG_KAZUKIPAY_API_KEY = 'sandbox'");
    let url = page(&errors);
    assert!(curl(&[&format!("{url}/_sandbox/payments")]).contains("S-1"));
    assert_eq!(curl(&[&format!("{url}/healthz")]), r#"{"status":"ok"}"#);
    stop(child);
}

#[test]
fn each_wrong_setting_is_named_and_nothing_starts() {
    let file = directory().join("seeds.json");
    fs::write(&file, r#"{"payments": [{"provider": "kropay", "credential": "CANARY", "price": 5000}]}"#).unwrap();
    let file = file.to_str().unwrap();
    for (args, said) in [
        (["--listen", "sandbox:8080"], "such as 8080"),
        (["--webhook", "kropay=http://"], "http:// or https://"),
        (["--webhook", "kropai=http://a/"], "pakasir-v2"),
        (["--public-url", "sandbox"], "http://sandbox:8080"),
        (["--allow-host", "*.example"], "no host to answer to"),
        (["--seed", file], "a member is missing"),
        (["--seed", "/dev/zero"], "it is no regular file"),
        (["--limit", "bodies=1"], "payments-of-credential"),
        (["--webhook-timeout", "1w"], "such as 15m"),
        (["--format", "yaml"], "dotenv"),
    ] {
        let ran = run(&[&["sandbox"], &args[..]].concat());
        let is_said = ran.stderr.contains(said) && !ran.stderr.contains("CANARY");
        assert!(ran.code == Some(2) && is_said && ran.stdout.is_empty(), "{args:?}: {ran:?}");
    }
}

/// Creates a payment, and gives the status of the reply.
fn create(url: &str, key: &str, reference: &str) -> String {
    let body = format!(r#"{{"merchant_ref": "{reference}", "amount": 10000}}"#);
    let headers = ["-H", &format!("X-API-KEY: {key}"), "-H", "Content-Type: application/json"];
    let url = format!("{url}/kropay/api/v1/payment/create");
    curl(&[&headers[..], &["-o", "/dev/null", "-w", "%{http_code}", "-d", &body, &url]].concat())
}

#[test]
fn limits_are_as_they_were_set() {
    for (limit, statuses) in [
        ("payments=2", ["201", "201", "503"]),
        ("payments-of-credential=1", ["201", "201", "503"]),
        ("credentials=1", ["201", "503", "201"]),
    ] {
        let mut command = gerbang(&["sandbox", "--quiet"]);
        let (child, _, errors) = start(command.env("GERBANG_SANDBOX_LIMIT", format!("{limit},requests=2")));
        let url = page(&errors);
        assert_eq!(
            [("K", "A"), ("L", "B"), ("K", "C")].map(|(key, name)| create(&url, key, name)),
            statuses,
            "{limit}"
        );
        let listed: Value = serde_json::from_str(&curl(&[&format!("{url}/_sandbox/requests")])).unwrap();
        assert_eq!(listed["requests"].as_array().unwrap().len(), 2);
        stop(child);
    }
}

#[test]
fn so_many_connections_are_served_as_was_set() {
    let (child, _, errors) = start(&mut gerbang(&["sandbox", "--quiet", "--limit", "connections=1"]));
    let url = page(&errors);
    let mut slow = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    slow.write_all(b"POST /kropay/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n").unwrap();
    wait_until(|| create(&url, "K", "A") == "503");
    drop(slow);
    stop(child);
}

#[test]
fn a_shop_is_waited_for_as_long_as_was_set() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("kropay=http://{}/paid", receiver.local_addr().unwrap());
    let (child, _, errors) = start(&mut gerbang(&["sandbox", "--webhook", &hook, "--webhook-timeout", "1s"]));
    let url = page(&errors);
    create(&url, "K", "A");
    let began = Instant::now();
    curl(&["-X", "POST", &format!("{url}/_sandbox/payments/kropay/A/pay")]);
    assert!(errors.find("notification of A").contains("not delivered"));
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(4), "{took:?}");
    stop(child);
}

#[test]
fn a_listener_for_everybody_is_warned_of() {
    let (child, _, errors) = start(&mut gerbang(&["sandbox", "--listen", "0.0.0.0:0"]));
    assert!(page(&errors).starts_with("http://127.0.0.1:"));
    assert!(errors.find("warning").contains("see and change everything"));
    stop(child);
    let mut command = gerbang(&["sandbox"]);
    let child = command.spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(!stop(child).stderr.contains("warning"));
}

#[test]
fn each_request_and_each_notification_is_a_line() {
    let (mut child, _, errors) = start(&mut gerbang(&["sandbox", "--webhook", "kropay=http://127.0.0.1:1/hook"]));
    let url = page(&errors);
    let key = "X-API-KEY: CANARY";
    let body = "{\"merchant_ref\": \"A\\u001b[2J\", \"amount\": 10000}";
    let create = format!("{url}/kropay/api/v1/payment/create?key=CANARY");
    curl(&["-H", key, "-H", "Content-Type: application/json", "-d", body, &create]);
    let line = errors.next();
    assert!(line.starts_with("kropay     POST /api/v1/payment/create 201 ") && line.ends_with(" ms"), "{line}");
    curl(&["-H", "Host: evil.example", &format!("{url}/_sandbox/payments")]);
    assert!(errors.next().starts_with("sandbox    GET /_sandbox/payments 403 "));
    curl(&["-X", "POST", &format!("{url}/_sandbox/payments/kropay/A%1B%5B2J/pay")]);
    let lines = [errors.next(), errors.next()];
    let notified = lines.iter().find(|line| line.contains("notification of")).unwrap();
    assert!(notified.starts_with("kropay     notification of A\u{FFFD}[2J, attempt 1: not delivered: "), "{notified}");
    assert!(notified.contains("onnect") && !notified.contains('\u{1b}') && !notified.contains("CANARY"), "{notified}");
    let _ = child.kill();
    let _ = child.wait();

    let (child, first, errors) = start(&mut gerbang(&["sandbox", "--json"]));
    let printed: Value = serde_json::from_str(&first).unwrap();
    curl(&[&format!("{}/kropay/none", printed["page"].as_str().unwrap())]);
    let line: Value = serde_json::from_str(&errors.next()).unwrap();
    assert_eq!((&line["request"]["path"], &line["request"]["status"]), (&"/none".into(), &404.into()));
    stop(child);

    let mut command = gerbang(&["sandbox", "--quiet", "--json"]);
    let mut child = command.spawn().unwrap();
    let printed: Value = serde_json::from_str(&Lines::of_stdout(&mut child).next()).unwrap();
    curl(&[&format!("{}/kropay/none", printed["page"].as_str().unwrap())]);
    assert_eq!(stop(child).stderr, "");
}

#[test]
fn notifications_may_go_to_https() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("kropay=https://{}/paid", receiver.local_addr().unwrap());
    let seeds = directory().join("seeds.json");
    fs::write(&seeds, r#"{"payments": [{"provider": "kropay", "credential": "K", "reference": "S", "amount": 5000}]}"#)
        .unwrap();
    let (child, _, errors) = start(&mut gerbang(&["sandbox", "--webhook", &hook, "--seed", seeds.to_str().unwrap()]));
    curl(&["-X", "POST", &format!("{}/_sandbox/payments/kropay/S/pay", page(&errors))]);
    let (mut stream, _) = in_time(move || receiver.accept().unwrap());
    let mut first = [0; 2];
    stream.read_exact(&mut first).unwrap();
    // A handshake of TLS begins so.
    assert_eq!(first, [0x16, 0x03]);
    stop(child);
}

#[test]
fn http_to_another_host_must_be_allowed() {
    let pay = ["pay", "-p", "kropay", "-a", "10000", "--timeout", "20s"];
    let ran = |more: &[&str], variables: &[(&str, &str)]| {
        let mut command = gerbang(&[&pay[..], more].concat());
        command.env("GERBANG_KROPAY_API_KEY", "K").env("GERBANG_KROPAY_BASE_URL", "http://sandbox.invalid:1/kropay");
        end(command.envs(variables.iter().copied()).spawn().unwrap())
    };
    for (more, variables) in [
        (&[][..], &[][..]),
        (&["--allow-http", "invalid"], &[("GERBANG_ALLOW_HTTP", "*.invalid")]),
        (&["--allow-http", "other.invalid"], &[]),
    ] {
        let refused = ran(more, variables);
        assert_eq!(refused.code, Some(2), "{refused:?}");
    }
    let said = ran(&[], &[]).stderr;
    assert!(said.contains("GERBANG_ALLOW_HTTP"), "{said}");
    let file = directory().join("config.toml");
    fs::write(&file, "allow_http = [\"sandbox.invalid\"]\n").unwrap();
    for (more, variables) in [
        (&["--allow-http", "sandbox.invalid"][..], &[][..]),
        (&[], &[("GERBANG_ALLOW_HTTP", "a,sandbox.invalid")]),
        (&["--config", file.to_str().unwrap()], &[]),
    ] {
        // It is asked now, and there is no such name.
        let asked = ran(more, variables);
        assert_eq!(asked.code, Some(6), "{asked:?}");
    }
}
