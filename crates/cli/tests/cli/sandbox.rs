//! `gerbang sandbox`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Child;

use gerbang_sandbox::Provider;
use serde_json::Value;

use crate::run::{Lines, assert_masked, directory, end, gerbang, in_time, signal};

/// A running sandbox and what it printed with `--json`.
fn start(args: &[&str]) -> (Child, Value) {
    let mut child = gerbang(&[&["sandbox", "--json"], args].concat()).spawn().unwrap();
    let line = Lines::of_stdout(&mut child).next();
    (child, serde_json::from_str(&line).unwrap())
}

/// The command with the settings that a sandbox printed.
fn ask(printed: &Value, args: &[&str]) -> crate::run::Ran {
    let variables = printed["variables"].as_object().unwrap();
    end(gerbang(args).envs(variables.iter().map(|(name, value)| (name, value.as_str().unwrap()))).spawn().unwrap())
}

fn stop(child: Child) {
    signal("INT", child.id());
    assert_eq!(end(child).code, Some(0));
}

#[test]
fn it_prints_all_settings_as_lines_of_a_shell() {
    let mut child = gerbang(&["sandbox"]).spawn().unwrap();
    let errors = Lines::of(child.stderr.take().unwrap());
    errors.find("until Ctrl-C");
    signal("INT", child.id());
    let ran = end(child);
    assert_eq!(ran.code, Some(0));
    assert_masked!(ran.stdout);
}

#[test]
fn every_gateway_works_with_the_settings() {
    let (child, printed) = start(&[]);
    for provider in gerbang::gateways().map(|gateway| gateway.name) {
        let customer = ["--customer-name", "K", "--customer-email", "k@example.com", "--customer-phone", "0857"];
        let ran = ask(&printed, &[&["pay", "-p", provider, "-a", "10000", "-r", provider], &customer[..]].concat());
        assert_eq!(ran.code, Some(0), "{provider}: {ran:?}");
    }
    stop(child);
}

#[test]
fn each_gateway_may_have_a_port() {
    let (child, printed) = start(&["--ports"]);
    let mut urls: Vec<_> = printed["variables"].as_object().unwrap().iter().collect();
    urls.retain(|(name, _)| name.ends_with("_BASE_URL"));
    let mut urls: Vec<_> = urls.iter().map(|(_, url)| url.as_str().unwrap().trim_start_matches("http://")).collect();
    assert!(urls.iter().all(|url| !url.contains('/')), "{urls:?}");
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), Provider::ALL.len());
    assert_eq!(ask(&printed, &["pay", "-p", "kropay", "-a", "10000"]).code, Some(0));
    stop(child);
}

#[test]
fn the_state_file_keeps_payments() {
    let file = directory().join("state.json");
    let file = file.to_str().unwrap();
    let (child, printed) = start(&["--state", file]);
    let payment = ask(&printed, &["pay", "-p", "kropay", "-a", "10000", "--json"]).json().remove(0);
    stop(child);
    let (child, printed) = start(&["--state", file]);
    let status = ask(&printed, &["status", payment["handle"].as_str().unwrap()]);
    assert_eq!(status.code, Some(5), "{status:?}");
    stop(child);
}

#[test]
fn notifications_are_sent_where_they_are_wanted() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let webhook = format!("kropay=http://{}/paid", receiver.local_addr().unwrap());
    let (child, printed) = start(&["--webhook", &webhook]);
    // This one pays itself.
    assert_eq!(ask(&printed, &["pay", "-p", "kropay", "-a", "10001", "-r", "ORDER-1"]).code, Some(0));
    let (stream, _) = in_time(move || receiver.accept().unwrap());
    let mut request = BufReader::new(&stream);
    let mut line = String::new();
    request.read_line(&mut line).unwrap();
    assert_eq!(line, "POST /paid HTTP/1.1\r\n");
    let body = r#"{"success": true}"#;
    write!(&stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    stop(child);
}
