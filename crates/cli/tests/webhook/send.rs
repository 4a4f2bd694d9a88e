//! `gerbang webhook send`.

use gerbang::registry::Settings;
use gerbang::{PaymentStatus, Rupiah};
use serde_json::{Value, json};

use crate::server::{Server, nobody};
use crate::{Run, gateway, gerbang, key, notifying, printed, run, run_with, silent};

/// Runs the command beside the servers of the test.
async fn send(arguments: Vec<String>) -> Run {
    let run = move || run(&[&["send"], arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat());
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn arguments(provider: &str, to: &str, more: &[&str]) -> Vec<String> {
    ["--provider", provider, "--to", to].iter().chain(more).map(|argument| (*argument).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_what_the_library_reads_and_believes() {
    for provider in notifying() {
        let server = Server::start(200, &[], "{\"success\": true}").await;
        let run = send(arguments(provider, &format!("{}/hooks?x=1", server.url), &["--reference", "A/1 é"])).await;
        assert_eq!((run.exit, run.stdout.contains("accepted")), (0, true), "{run:?}");
        let seen = server.seen();
        let [(head, body)] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!((head.method.as_str(), head.uri.to_string().as_str()), ("POST", "/hooks?x=1"));
        assert_eq!(head.headers["content-type"], "application/json");
        let notifications = gateway(provider).notifications.as_ref().unwrap();
        let settings = Settings::new(|_| Ok(Some(key(gateway(provider)).to_owned())));
        let read = (notifications.reader)(&settings).unwrap()(&head.headers, body).unwrap();
        assert_eq!((read.provider, read.claimed), (provider, PaymentStatus::Paid));
        assert_eq!(read.reference.as_deref(), Some("A/1 é"));
        let proof = notifications.proof.as_ref().and_then(|proof| proof.proof.header());
        assert!(proof.is_none_or(|proof| head.headers.contains_key(proof)), "{provider}: {:?}", head.headers);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_the_gateway_would_refuse_has_its_own_exit_code() {
    for (provider, status, answer, exit) in [
        ("kropay", 200, "{\"success\": true}", 0),
        ("kropay", 200, "OK", 4),
        ("kropay", 204, "", 4),
        ("klink", 204, "", 0),
        ("klink", 401, "", 4),
        ("kazukipay", 503, "", 4),
    ] {
        let server = Server::start(status, &[], answer).await;
        let run = send(arguments(provider, &server.url, &["--json"])).await;
        let json = run.json();
        assert_eq!((run.exit, &json["accepted"]), (exit, &json!(exit == 0)), "{run:?}");
        assert_eq!((&json["status"], &json["body"]), (&json!(status), &json!(answer)));
        assert_eq!(json["reason"].is_null(), exit == 0, "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let server = Server::start(307, &[("location", "/elsewhere")], "").await;
    let run = send(arguments("klink", &server.url, &[])).await;
    assert_eq!((run.exit, server.seen().len()), (4, 1), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_the_receiver_shows_is_not_printed() {
    let server = Server::start(200, &[], "I got {secret}").await;
    for more in [&[][..], &["--json"]] {
        let run = send(arguments("pakasir-v2", &server.url, more)).await;
        assert!(run.exit == 0 && run.stdout.contains("I got [redacted]"), "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_masked_as_json_writes_it_too() {
    let server = Server::start(200, &[], r#"{"php":"TOP\"SEC\/RET","js":"TOP\"SEC/RET","raw":TOP"SEC/RET}"#).await;
    let to = server.url.clone();
    let run = tokio::task::spawn_blocking(move || {
        let mut command = gerbang(&["send", "-p", "pakasir-v2", "--to", &to]);
        Run::from(command.env("GERBANG_PAKASIR_WEBHOOK_SECRET", "TOP\"SEC/RET").output().unwrap())
    });
    let run = run.await.unwrap();
    assert!(run.exit == 0 && !run.stdout.contains("SEC") && run.stdout.contains("[redacted]"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_unreachable_or_unknown() {
    let run = send(arguments("kropay", &nobody(), &[])).await;
    assert!(run.exit == 6 && run.stderr.contains("nobody listens there"), "{run:?}");

    // It takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let run = send(arguments("kropay", &url, &["--timeout", "1s", "--json"])).await;
    assert_eq!((run.exit, &run.json()["error"]["exit_code"]), (5, &json!(5)), "{run:?}");
}

fn body(arguments: &[&str]) -> Value {
    let message = printed(arguments);
    serde_json::from_str(message.split_once("\n\n").unwrap().1).unwrap()
}

#[test]
fn any_member_can_be_set() {
    let written = body(&[
        "-p", "kropay", "-r", "A-1", "-a", "25000", "--status", "expired", "--set", "fee=7", "--set", "new=x=y",
    ]);
    for (name, value) in [
        ("merchant_ref", json!("A-1")),
        ("amount", json!(25_000)),
        ("total_amount", json!(25_020)),
        ("status", json!("expired")),
        ("fee", json!(7)),
        ("new", json!("x=y")),
        ("reference", json!("PG-20260529A1B2")),
    ] {
        assert_eq!(written[name], value, "{name}");
    }
    assert_eq!(body(&["-p", "kropay", "-a", "25000", "--set", "amount=1"])["amount"], 1);
    assert_eq!(body(&["-p", "klink", "-a", "25000"])["tot_bayar"], "25000");
    let read = gerbang::kazukipay::read_notification(body(&["-p", "kazukipay", "-a", "25000"]).to_string().as_bytes());
    assert_eq!(read.unwrap().payable, Some(Rupiah::new(25_243)));
}

#[test]
fn a_body_is_sent_as_it_is() {
    let body = " {\"a\":  1}\r\n";
    let path = format!("{}/send-body.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, body).unwrap();
    assert!(printed(&["-p", "klink", "--body", &path]).ends_with(&format!("\n\n{body}")));
    let run = run_with(gerbang(&["send", "-p", "klink", "--body", "-", "--print", "--json"]), body.as_bytes());
    assert_eq!(
        (run.json()["body"].as_str(), run.json()["headers"]["x-servicepayment"].as_str().unwrap().len()),
        (Some(body), 64)
    );
    let run = run_with(gerbang(&["send", "-p", "klink", "--body", "-", "--print", "--json"]), b"\xFF");
    assert_eq!(run.exit, 2, "{run:?}");
}

#[test]
fn a_printed_secret_is_left_out() {
    for more in [&[][..], &["--json"]] {
        let run = run(&[&["send", "-p", "pakasir-v2", "--print"], more].concat());
        assert!(run.exit == 0 && run.stdout.contains("***"), "{run:?}");
    }
}

#[test]
fn what_cannot_be_sent_is_a_usage_error() {
    let url = nobody();
    for (arguments, words) in [
        (&["-p", silent(), "--print"][..], "sends no notifications"),
        (&["-p", "kropay"], "--to"),
        (&["-p", "kropay", "--to", "localhost:3000"], "must begin with http:// or https://"),
        (&["-p", "kropay", "--to", "file:///etc/passwd"], "must begin with http:// or https://"),
        (&["-p", "kropay", "--print", "--set", "x"], "must be FIELD=VALUE"),
        (&["-p", "kropay", "--print", "--amount", "1.5"], "--amount"),
        (&["-p", "klink-gopay", "--print", "--amount", "1"], "names no amount"),
        (&["-p", "kropay", "--print", "--body", "x", "--set", "a=1"], "cannot be used with"),
        (&["-p", "kropay", "--to", &url, "--body", "/does/not/exist"], "/does/not/exist cannot be read"),
        (
            &["-p", "pakasir-v2", "--to", "http://shop.example.com/"],
            "the webhook secret would travel to shop.example.com",
        ),
        (&["-p", "klink", "--to", "http://shop.example.com/"], "the signature would travel to shop.example.com"),
    ] {
        let run = run(&[&["send"], arguments].concat());
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
    for (provider, variable) in
        [("klink", "GERBANG_KLINK_WEBHOOK_KEY"), ("pakasir-v2", "GERBANG_PAKASIR_WEBHOOK_SECRET")]
    {
        let run: Run = gerbang(&["send", "-p", provider, "--print"]).env_remove(variable).output().unwrap().into();
        assert!(run.exit == 2 && run.stderr.contains(&format!("{variable} is not set")), "{run:?}");
    }
}
