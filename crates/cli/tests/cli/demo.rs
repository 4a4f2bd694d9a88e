//! `gerbang demo`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use gerbang_sandbox::Provider;
use serde_json::Value;

use crate::run::{Lines, assert_masked, end, gerbang, run, signal};

#[test]
fn a_payment_of_each_provider_is_paid_and_confirmed() {
    let ran = run(&["demo"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let is_code = |line: &&str| !line.is_empty() && line.chars().all(|c| "█▀▄ ".contains(c));
    let (code, rest): (Vec<_>, Vec<_>) = ran.stdout.lines().partition(is_code);
    assert!(code.len() > 20 && code.iter().all(|line| line.chars().count() == code[0].chars().count()), "{code:#?}");
    assert_masked!(rest.join("\n"));
}

#[test]
fn a_proxy_is_not_asked_for_this_machine() {
    let mut command = gerbang(&["demo"]);
    // Port 9 discards what it is sent, where anything listens at all.
    command.env("http_proxy", "http://127.0.0.1:9").env("HTTP_PROXY", "http://127.0.0.1:9");
    assert_eq!(end(command.spawn().unwrap()).code, Some(0));
}

#[test]
fn json_is_one_payment_a_line() {
    let ran = run(&["demo", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let confirmed: Vec<_> = ran
        .json()
        .iter()
        .map(|line| format!("{} {} {}", line["provider"], line["status"], line["confirmed_by"]))
        .collect();
    assert_masked!(confirmed.join("\n"));
}

#[test]
fn it_ends_with_what_to_try_next() {
    let ran = run(&["demo"]);
    let (_, next) = ran.stdout.split_once("To go on:\n").unwrap();
    for line in next.lines() {
        let words: Vec<_> = line.trim().split("  ").next().unwrap().split(' ').skip(1).chain(["--help"]).collect();
        assert_eq!(run(&words).code, Some(0), "{line}");
    }
    assert!(!ran.stdout.contains("http://127.0.0.1"), "an address that is gone: {ran:?}");
}

#[test]
fn kept_it_is_there_until_ctrl_c() {
    let mut child = gerbang(&["demo", "--keep"]).spawn().unwrap();
    let kept = Lines::of(child.stderr.take().unwrap()).find("until Ctrl-C");
    let address = kept.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert!(payments(&address).iter().all(|payment| payment["status"] == "paid"));
    signal("INT", child.id());
    assert_eq!(end(child).code, Some(0));
}

#[test]
fn with_a_person_it_waits_for_enter() {
    let mut child = gerbang(&["demo", "--interactive"]).stdin(Stdio::piped()).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    lines.find("Press Pay");
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let paid = Provider::ALL.map(|_| lines.find(" PAID ")).join("\n");
    assert!(Provider::ALL.iter().all(|provider| paid.contains(provider.name())), "{paid}");
    assert_eq!(end(child).code, Some(0));
}

#[test]
fn with_a_person_it_waits_for_the_page() {
    let mut child = gerbang(&["demo", "--interactive"]).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    let page = lines.find("http://127.0.0.1:");
    let address = page.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    lines.find("Press Pay");
    for payment in payments(&address) {
        let name = |member: &str| payment[member].as_str().unwrap().to_owned();
        press_pay(&address, &format!("{}/{}", name("provider"), name("id")));
    }
    Provider::ALL.iter().for_each(|_| _ = lines.find(" PAID "));
    assert_eq!(end(child).code, Some(0));
}

/// The payments of the sandbox.
fn payments(address: &str) -> Vec<Value> {
    let body: Value = serde_json::from_str(&call(address, "GET", "/_sandbox/payments")).unwrap();
    body["payments"].as_array().unwrap().clone()
}

/// What the button of the sandbox's page does.
fn press_pay(address: &str, payment: &str) {
    call(address, "POST", &format!("/_sandbox/payments/{payment}/pay"));
}

/// The body of the sandbox's reply to a call.
fn call(address: &str, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    reply.split_once("\r\n\r\n").unwrap().1.to_owned()
}
