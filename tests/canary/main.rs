//! No credential shows in anything that a client says, whatever goes wrong: every operation of every provider against
//! every kind of failure, with a server that echoes all that it was sent.

mod heard;
mod hostile_server;
#[allow(dead_code)]
#[path = "../faults/list.rs"]
mod list;
#[allow(dead_code)]
#[path = "../faults/process.rs"]
mod process;

use std::error::Error as _;
use std::time::Duration;

use gerbang::{Error, Kind, kropay};
use gerbang_tests::apis;
use gerbang_tests::calls::{Clients, operations};
use gerbang_tests::gateways::Effort;

use hostile_server::{Fault, HostileServer};

/// In every credential. It has characters that URLs, forms and JSON write differently.
const KEY: &str = "CANARY-7f3e/a+b&c=d\\e";
const MARK: &str = "CANARY";
/// The token of K-Link's session.
const TOKEN: &str = "CANARY-token/1+2";

/// What goes wrong, and the kinds of error that it may end as.
const FAULTS: [(Fault, &[Kind]); 10] = [
    (Fault::Refused, &[Kind::Connect]),
    (Fault::Unauthorized, &[Kind::Authentication]),
    (Fault::HtmlError, &[Kind::Html]),
    (Fault::Silence, &[Kind::Timeout]),
    (Fault::Truncated, &[Kind::Disconnected]),
    (Fault::HtmlSuccess, &[Kind::Html, Kind::UnexpectedReply]),
    (Fault::Redirect, &[Kind::UnexpectedReply]),
    (Fault::WrongTypes, &[Kind::UnexpectedReply]),
    (Fault::Rejected, &[Kind::Rejected, Kind::UnexpectedReply, Kind::Authentication]),
    (Fault::TooLarge, &[Kind::ReplyTooLarge]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_credential_shows_in_any_error_or_log() {
    let heard = heard::listen();
    let operations: Vec<_> = operations().collect();
    let (mut failures, mut read, mut shown) = (0, 0, Vec::new());
    for (fault, kinds) in FAULTS {
        let server = HostileServer::start(fault).await;
        let timeout = Duration::from_millis(if fault == Fault::Silence { 50 } else { 10_000 });
        let clients = Clients::new(&server.url(), KEY, Effort::within(timeout)).unwrap();
        for (spec, operation) in &operations {
            server.answer_logins(operation.id != "login");
            let result = clients.call(spec, operation.id).await;
            let error = match result.unwrap_or_else(|| panic!("{spec} {} is not called", operation.id)) {
                Err(error) => error,
                // A reply without a required member is read whatever its members hold.
                Ok(said) if fault == Fault::WrongTypes => {
                    assert!(!said.contains(MARK), "{spec} {} with {fault:?}: {said}", operation.id);
                    read += 1;
                    continue;
                }
                Ok(said) => panic!("{spec} {} with {fault:?}: {said}", operation.id),
            };
            assert!(kinds.contains(&error.kind()), "{spec} {} with {fault:?}: {error}", operation.id);
            failures += 1;
            for text in said(&error) {
                if text.contains(MARK) {
                    shown.push(format!("{spec} {} with {fault:?}: {text}", operation.id));
                }
            }
        }
        assert!(!format!("{clients:?} {clients:#?}").contains(MARK));
        assert_eq!(server.saw(MARK), fault != Fault::Refused, "the credentials were sent with {fault:?}");
    }
    let lines = heard.lines();
    shown.extend(lines.iter().filter(|line| line.contains(MARK)).cloned());
    println!("{failures} failed calls, {} log lines at TRACE, {} with a credential", lines.len(), shown.len());
    assert_eq!(failures + read, operations.len() * FAULTS.len());
    assert!(read < operations.len() / 2, "{read} replies of wrong types are read");
    for line in
        ["gerbang.call", "gerbang.attempt", "the attempt failed", "the call is sent again", "reqwest::", "hyper_util::"]
    {
        assert!(lines.iter().any(|heard| heard.contains(line)), "{line} was not logged");
    }
    assert!(shown.is_empty(), "{shown:#?}");
}

/// The faults of a bad network, with the sandbox behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_credential_shows_whatever_the_network_does() {
    let heard = heard::listen();
    let server = process::FaultServer::start().await;
    let mut tasks = Vec::new();
    for (spec, operation) in operations() {
        let server = server.clone();
        tasks.push(tokio::spawn(async move {
            let (mut failures, mut shown) = (0, Vec::new());
            let provider = spec.split('-').next().unwrap().parse().unwrap();
            for (fault, _) in list::FAULTS {
                let url = server.url(fault, &format!("{spec}-{}", operation.id), provider);
                let clients = Clients::new(&url, KEY, server.effort(Duration::from_millis(250))).unwrap();
                let result = clients.call(spec, operation.id).await;
                if let Err(error) = result.unwrap_or_else(|| panic!("{spec} {} is not called", operation.id)) {
                    failures += 1;
                    let said = said(&error).into_iter().filter(|text| text.contains(MARK));
                    shown.extend(said.map(|text| format!("{spec} {} with {fault}: {text}", operation.id)));
                }
            }
            (failures, shown)
        }));
    }
    let (calls, mut failures, mut shown) = (tasks.len() * list::FAULTS.len(), 0, Vec::new());
    for task in tasks {
        let (more, texts) = task.await.unwrap();
        failures += more;
        shown.extend(texts);
    }
    let lines = heard.lines();
    shown.extend(lines.iter().filter(|line| line.contains(MARK)).cloned());
    println!("{calls} calls, {failures} failed, {} log lines at TRACE, {} with a credential", lines.len(), shown.len());
    assert!(failures > calls / 2, "{failures} of {calls} failed");
    assert!(shown.is_empty(), "{shown:#?}");
}

/// Everything that can be got out of an error as text.
fn said(error: &Error) -> Vec<String> {
    let mut texts = vec![
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
        error.body().unwrap_or_default().to_owned(),
        error.provider_message().unwrap_or_default().to_owned(),
        error.code().unwrap_or_default().to_owned(),
    ];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?} {cause:#?}"));
        if let Some(error) = cause.downcast_ref::<Error>() {
            texts.push(error.body().unwrap_or_default().to_owned());
        }
        source = cause.source();
    }
    texts
}

#[test]
fn no_credential_shows_in_what_holds_it() {
    let shown = apis::ALL.map(|api| (api.credentials)(KEY)).concat();
    assert!(!shown.contains(MARK), "{shown}");
    assert!(shown.contains("warung"), "{shown}");

    let builder = format!("{:?}", kropay::Client::builder(kropay::Credentials::new(KEY)));
    assert!(!builder.contains(MARK), "{builder}");
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_without_showing_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let credentials = kropay::Credentials::new("CANARY\nX-Other: 1");
    let client = kropay::Client::builder(credentials).base_url("http://127.0.0.1:9").build().unwrap();
    let error = runtime.block_on(client.payment_status("PG-1")).unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration);
    assert!(said(&error).iter().all(|text| !text.contains(MARK)));
}
