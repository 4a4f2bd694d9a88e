//! No secret is in anything that the command prints, nor in its list of arguments.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, Uri};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::help::{commands, help};
use crate::run::{Lines, Ran, Shop, directory, end, gerbang, lines_of_json, run_with_input, signal};

/// What every secret begins with.
const CANARY: &str = "CANARY";

/// The token that the echoing server gives to those who log in at K-Link.
const TOKEN: &str = "CANARY-TOKEN";

fn assert_silent(what: &str, ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(CANARY), "{what}: {text}");
    }
}

/// The examples of the operations' help, without the program's name: each operation with all that it requires.
pub fn operations() -> Vec<Vec<String>> {
    let is_operation = |command: &Vec<String>| {
        let [api, _] = command.as_slice() else { return false };
        gerbang::gateways().any(|gateway| gateway.name == api)
    };
    let words = |command: Vec<String>| {
        let example = help(&command).stdout.split_once("\nExample: gerbang ").unwrap().1.replace("\\\n", " ");
        shlex::split(&example).expect("an example can be typed")
    };
    commands().into_iter().filter(is_operation).map(words).collect()
}

/// All other commands that end by themselves.
fn others(file: &str, directory: &str) -> Vec<Vec<String>> {
    let customer = "--customer-name N --customer-email e@example.com --customer-phone 0857";
    let pay = gerbang::gateways().map(|gateway| format!("pay -p {} -a 20000 {customer}", gateway.name));
    let others = [
        "config check",
        "config check --online",
        "config path",
        "providers",
        "demo",
        "completions bash",
        &format!("man {directory}"),
        "pay -p kropay -a 10000",
        "pay -p kropay -a 10000 --qr",
        "pay -p kropay -a 10001 --watch --interval 1s",
        "pay -p kropay -a 10002",
        "pay -p kropay -a 10003",
        "pay -p kazukipay -a 10002",
        "status kropay:10000:10020::ORDER-1:PG-1",
        "status -p kazukipay -r ORDER-1 -a 10000",
        "watch kropay:10000:10020::ORDER-1:PG-1 --for 3s",
        "cancel pakasir-v1:10000:10020::ORDER-1:",
        "cancel pakasir-v2:10000:10020::ORDER-1:txn1",
        "qris decode -",
        "qris verify -",
        "qris set-amount --help",
        "qris to-static -",
        "qris anonymise -",
        "qris render -",
        #[cfg(feature = "serve")]
        "serve token new --scope shop --database sqlite::memory:",
        #[cfg(feature = "serve")]
        "serve token list --database sqlite::memory:",
        #[cfg(feature = "serve")]
        "serve token revoke 0f3a9c1d7b24 --database sqlite::memory:",
        "sandbox pay ORDER-1 --sandbox http://127.0.0.1:1",
        "sandbox expire ORDER-1 --sandbox http://127.0.0.1:1",
        "sandbox cancel ORDER-1 --sandbox http://127.0.0.1:1",
        "sandbox fault kropay close --sandbox http://127.0.0.1:1",
        "sandbox wait ORDER-1 --sandbox http://127.0.0.1:1",
        "webhook verify --help",
        "webhook send --help",
        &format!("webhook verify --provider klink {file}"),
    ]
    .map(str::to_owned);
    pay.chain(others).map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// The variables that are secret, each with a canary of its own.
fn secrets(shop: &Shop) -> Vec<(String, String)> {
    let mut variables = shop.variables(CANARY);
    for (name, value) in &mut variables {
        // A project is no secret.
        if value == CANARY && !name.ends_with("_PROJECT") {
            *value = format!("{CANARY}-{name}");
        } else if value == CANARY {
            *value = "warung".to_owned();
        }
    }
    variables
}

/// The same settings as a file of profiles.
fn profile(variables: &[(String, String)], path: &Path) {
    let mut text = "profile = \"canary\"\n".to_owned();
    let sections: BTreeSet<_> = gerbang::gateways().map(|gateway| gateway.section).collect();
    for section in sections {
        text.push_str(&format!("[profiles.canary.{section}]\n"));
        let prefix = format!("GERBANG_{}_", section.to_uppercase());
        for (name, value) in variables {
            if let Some(key) = name.strip_prefix(&prefix) {
                text.push_str(&format!("{} = \"{value}\"\n", key.to_lowercase()));
            }
        }
    }
    fs::write(path, text).unwrap();
}

#[test]
fn every_command_is_in_this_test() {
    let tested: Vec<_> = operations().into_iter().chain(others("f", "d")).collect();
    // They run until Ctrl-C.
    let forever = [["sandbox", ""], ["webhook", "listen"], ["serve", ""]];
    for command in commands() {
        let has_subcommands =
            commands().iter().any(|other| other.len() == command.len() + 1 && other.starts_with(&command));
        let is_tested = tested.iter().any(|words| words.starts_with(&command));
        let runs_forever = forever.iter().any(|words| words.join(" ").trim() == command.join(" "));
        assert!(has_subcommands || is_tested || runs_forever, "{command:?}");
    }
}

#[test]
fn the_canary_is_in_no_output() {
    // The key with which payments are signed.
    let shop = Shop::with_key(&format!("{CANARY}-GERBANG_TRIPAY_PRIVATE_KEY"));
    let directory = directory();
    let file = directory.join("config.toml");
    let variables = secrets(&shop);
    profile(&variables, &file);
    let all = operations().into_iter().chain(others(file.to_str().unwrap(), directory.to_str().unwrap()));
    for words in all {
        let mut args: Vec<_> = words.iter().map(String::as_str).collect();
        args.extend(["--json", "-vv"]);
        let mut from_environment = gerbang(&args);
        from_environment.envs(variables.iter().map(|(name, value)| (name, value)));
        let ran = run_with_input(from_environment, "x");
        assert_silent(&format!("{args:?}, environment"), &ran);
        // Results and the error on the one, all else on the other.
        assert!(!ran.json().is_empty() || ran.code == Some(0), "{args:?}: {ran:?}");
        lines_of_json(&ran.stderr);
        args.retain(|arg| *arg != "--json");
        args.extend(["--config", file.to_str().unwrap()]);
        assert_silent(&format!("{args:?}, file"), &run_with_input(gerbang(&args), "x"));
    }
}

#[test]
fn no_secret_is_in_the_error_of_a_server_that_echoes() {
    let shop = Shop::new();
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(axum::serve(listener, Router::new().fallback(echo)).into_future());
    let variables = secrets(&shop);
    let pay = others("f", "d").into_iter().filter(|words| ["pay", "status", "watch", "cancel"].contains(&&*words[0]));
    for words in operations().into_iter().chain(pay) {
        for status in [200, 201, 400, 500] {
            let mut args: Vec<_> = words.iter().map(String::as_str).collect();
            let url = format!("{url}/{status}");
            args.extend(["--base-url", &url, "--json"]);
            if status == 400 {
                args.pop();
            }
            let mut command = gerbang(&args);
            command.envs(variables.iter().map(|(name, value)| (name, value)));
            let ran = end(command.spawn().unwrap());
            assert_silent(&format!("{args:?}"), &ran);
        }
    }
}

/// A failure that repeats the request in every member that clients read, under the status that the address begins with.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let path = uri.path();
    let status = path.split('/').nth(1).and_then(|status| status.parse().ok()).unwrap_or(500);
    let request = format!("{method} {uri} {headers:?} {}", String::from_utf8_lossy(&body));
    let reply = if path.contains("login") {
        serde_json::json!({"status": "success", "token": TOKEN, "message": request, "data": {"token": TOKEN}})
    } else {
        serde_json::json!({
            "success": false, "status": request, "message": request, "error": request, "code": request,
            "data": {"status": request, "message": request, "qris_string": request, "reference": request},
        })
    };
    // 201 is a success that has what was sent in its texts.
    let reply = if status == 201 && !path.contains("login") { success(&request) } else { reply };
    let status = if path.contains("login") || status == 201 { 200 } else { status };
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(reply.to_string().into())
        .unwrap()
}

/// A reply of Kropay's, and of Kazukipay's, that is one, with the request in it.
fn success(request: &str) -> serde_json::Value {
    let is_key = |c: &char| c.is_ascii_uppercase() || "-_".contains(*c);
    let key: String = request.find(CANARY).map_or("", |at| &request[at..]).chars().take_while(is_key).collect();
    let qris_url = format!("https://example.com/{key}.png");
    let status: serde_json::Value = if request.contains("create.php") { true.into() } else { request.into() };
    serde_json::json!({
        "data": {
            "transaction_id": 1, "custom_id": "A-1", "amount": 10000, "unique_amount": 10123, "qris_url": qris_url,
        },
        "success": true, "reference": request, "merchant_ref": request, "amount": 10000, "fee": 20, "unique_code": 20,
        "total_amount": 10020, "net_amount": 10000, "status": status, "created_at": "2026-05-29 10:00:00",
        "qris_string": request, "qris_image": request, "expired_at": "2026-05-29 11:00:00",
    })
}

#[test]
fn a_key_in_a_reply_that_is_one_is_not_printed() {
    let shop = Shop::new();
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/201", listener.local_addr().unwrap());
    runtime.spawn(axum::serve(listener, Router::new().fallback(echo)).into_future());
    for args in [
        &["kropay", "payment-status", "--reference", "PG-1"][..],
        &["kropay", "create-payment", "--amount", "10000", "--merchant-ref", "A-1", "--json"],
        &["pay", "-p", "kazukipay", "-a", "10000", "-r", "A-1"],
    ] {
        let mut command = gerbang(&[args, &["--base-url", &url]].concat());
        command.envs(secrets(&shop));
        let ran = end(command.spawn().unwrap());
        assert_silent(&format!("{args:?}"), &ran);
        assert!(ran.code == Some(0) && ran.stdout.contains("[redacted]"), "{ran:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_canary_is_in_no_argument_list() {
    let shop = Shop::new();
    let variables = secrets(&shop);
    let mut command = gerbang(&["pay", "-p", "kropay", "-a", "10000", "--watch"]);
    let mut child = command.envs(variables.iter().map(|(name, value)| (name, value))).spawn().unwrap();
    Lines::of_stdout(&mut child).find("gerbang watch");
    let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap();
    let arguments = of("cmdline");
    let children = of(&format!("task/{}/children", child.id()));
    let environment = of("environ");
    signal("INT", child.id());
    assert_eq!(end(child).code, Some(130));
    assert!(arguments.contains("--watch") && !arguments.contains(CANARY), "{arguments}");
    assert_eq!(children, "", "it starts no other program that would inherit the secrets");
    assert!(environment.contains(CANARY), "the secret was there");
}

#[test]
fn a_running_sandbox_does_not_print_the_canary() {
    let shop = Shop::new();
    let mut command = gerbang(&["sandbox"]);
    let mut child = command.envs(secrets(&shop)).spawn().unwrap();
    Lines::of(child.stderr.take().unwrap()).find("until Ctrl-C");
    signal("INT", child.id());
    assert_silent("sandbox", &end(child));
}
