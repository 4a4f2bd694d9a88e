//! The description of the sandbox's own API. That replies are as described is checked wherever one is received.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::{Value, json};

use crate::http::contract::{DESCRIPTION, OPERATIONS, Operation, resolved, validate};
use crate::http::{Reply, get, post_form, send};

/// A path with something in the place of each `{…}`.
fn filled(path: &str) -> String {
    path.replace("{provider}", "kropay").replace("{id}", "none").replace("{number}", "77")
}

async fn call(sandbox: &Sandbox, operation: &Operation, headers: &[(&str, &str)], body: &str) -> Reply {
    let url = format!("{}{}", sandbox.base_url(), filled(&operation.path));
    send(&operation.method, &url, headers, body).await
}

fn changes(operation: &&Operation) -> bool {
    operation.method != "GET"
}

#[tokio::test]
async fn it_is_served() {
    let sandbox = Sandbox::start().await;
    let served = get(&format!("{}/_sandbox/openapi.yaml", sandbox.base_url())).await;
    assert_eq!(served.body, include_str!("../../openapi.yaml"));
    assert_eq!(DESCRIPTION["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn whatever_is_described_is_there() {
    let sandbox = Sandbox::start().await;
    for operation in OPERATIONS.iter() {
        let reply = call(&sandbox, operation, &[], "").await;
        let nowhere = reply.body.contains("there is no such path") || reply.body.contains("has no such method");
        assert!(!nowhere, "{} {}", operation.method, operation.path);
    }
}

#[test]
fn whatever_is_there_is_described() {
    let described: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.path.as_str()).collect();
    let mut routes = BTreeSet::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for route in text.split(".route(").skip(1) {
            let path = route.trim_start().strip_prefix('"').and_then(|route| route.split('"').next());
            routes.insert(format!("/_sandbox{}", path.expect("a path as text")));
        }
    }
    assert_eq!(routes.iter().map(String::as_str).collect::<BTreeSet<_>>(), described);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let sandbox = Sandbox::start().await;
    for path in OPERATIONS.iter().map(|operation| &operation.path).collect::<BTreeSet<_>>() {
        let described = |method: &str| OPERATIONS.iter().any(|one| one.path == *path && one.method == method);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !described(method) {
                let reply = send(method, &format!("{}{}", sandbox.base_url(), filled(path)), &[], "").await;
                assert_eq!((reply.status, reply.header("allow").is_some()), (405, true), "{method} {path}");
            }
        }
    }
    for path in
        ["/_sandbox", "/_sandbox/", "/_sandbox/nothing", "/_sandbox/faults/1/2", "/_sandbox/payments/kropay/A/dance"]
    {
        assert_eq!(get(&format!("{}{path}", sandbox.base_url())).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn web_pages_and_bodies_that_are_not_right_are_refused() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    post_form(&url, "K", "project_id=1&amount=10000&custom_id=A").await;
    for operation in OPERATIONS.iter().filter(changes) {
        let at = format!("{} {}", operation.method, operation.path);
        let from_page = call(&sandbox, operation, &[("Origin", "https://example.com")], "").await;
        assert_eq!(from_page.status, 403, "{at}");
        let large = call(&sandbox, operation, &[], &format!("\"{}\"", "x".repeat(1024 * 1024))).await;
        assert_eq!(large.status, 413, "{at}");
        for body in ["{", "[1]", "7", "{\"nonsense\": 1}", "{} {}", "\u{1}"] {
            let reply = call(&sandbox, operation, &[], body).await;
            assert_eq!(reply.status, 400, "{at} {body} {}", reply.body);
        }
    }
    assert_eq!(sandbox.payments().len(), 1);
}

#[tokio::test]
async fn errors_say_what_is_expected() {
    let sandbox = Sandbox::start().await;
    let fault = |members: Value| {
        let mut fault = json!({"provider": "kropay", "effect": "truncate"});
        fault.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        fault
    };
    for (path, body, error) in [
        ("clock", json!({}), "advance_seconds, now or stopped must be there"),
        ("clock", json!({"stopped": true, "provider": "kropay"}), "provider and credential must both be there"),
        ("requests/wait", json!({"filter": {"operator": "x"}}), "unknown field `operator`"),
        ("requests/wait", json!({"timeout_milliseconds": 25_001}), "timeout_milliseconds must be from 0 to 25000"),
        ("requests/verify", json!({}), "count, at_least or at_most must be there"),
        ("clock", json!({"advance_seconds": "1"}), "invalid type: string \"1\", expected i64"),
        ("clock", json!({"advance_seconds": 1, "then": 2}), "unknown field `then`, expected one of `now`"),
        (
            "faults",
            fault(json!({"provider": "gopay"})),
            "unknown variant `gopay`, expected one of `kazukipay`, `kropay`",
        ),
        ("faults", fault(json!({"effect": "explode"})), "unknown variant `explode`, expected one of `close`, `reply`"),
        ("faults", fault(json!({"effect": "close"})), "missing field `carried_out`"),
        ("faults", fault(json!({"effect": "close", "carried_out": 1})), "expected a boolean"),
        ("faults", fault(json!({"milliseconds": 1})), "unknown field `milliseconds`"),
        ("faults", fault(json!({"effect": "delay", "milliseconds": 1, "body": ""})), "unknown field `body`"),
        ("faults", fault(json!({"effect": "delay", "milliseconds": 0})), "milliseconds must be from 1 to 60000"),
        ("faults", fault(json!({"operation": "pay"})), "but create_payment, payment_status, qris_image"),
        ("faults", fault(json!({"times": 0})), "times must be at least 1"),
        ("faults", fault(json!({"times": "x"})), "expected u32"),
    ] {
        let url = format!("{}/_sandbox/{path}", sandbox.base_url());
        let reply = send("POST", &url, &[], &body.to_string()).await;
        assert_eq!(reply.status, 400, "{body}");
        let message = reply.json()["error"].as_str().unwrap().to_owned();
        assert!(message.contains(error), "{body}: {message}");
    }
    assert!(sandbox.faults().is_empty());
}

/// What is expected in the place of an unknown variant, by the error.
async fn expected_in_place_of(sandbox: &Sandbox, fault: Value) -> BTreeSet<String> {
    let reply = send("POST", &format!("{}/_sandbox/faults", sandbox.base_url()), &[], &fault.to_string()).await;
    let message = reply.json()["error"].as_str().unwrap().to_owned();
    let (_, expected) = message.split_once("expected one of ").unwrap_or_else(|| panic!("{message}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn all_effects_and_spellings_are_described() {
    let sandbox = Sandbox::start().await;
    let schemas = &DESCRIPTION["components"]["schemas"];
    let effects = schemas["Fault"]["discriminator"]["mapping"].as_object().unwrap();
    let unknown = json!({"provider": "kropay", "effect": "explode"});
    assert_eq!(expected_in_place_of(&sandbox, unknown).await, effects.keys().cloned().collect());

    let names =
        schemas["SpellingName"]["enum"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
    let mut spellings: BTreeSet<String> = names.collect();
    for name in &spellings {
        let fault = json!({"provider": "kropay", "effect": "spell", "spelling": name}).to_string();
        let url = format!("{}/_sandbox/faults", sandbox.base_url());
        assert_eq!(send("POST", &url, &[], &fault).await.status, 201, "{name}");
    }
    spellings.insert("value".into());
    let unknown = json!({"provider": "kropay", "effect": "spell", "spelling": "roman"});
    assert_eq!(expected_in_place_of(&sandbox, unknown).await, spellings);
}

/// Each value of an `example` or of `examples`.
fn examples(media: &'static Value) -> Vec<&'static Value> {
    let many = media["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
    media.get("example").into_iter().chain(many).collect()
}

#[test]
fn every_example_is_as_described() {
    let mut seen = 0;
    for operation in OPERATIONS.iter() {
        let responses = operation.value["responses"].as_object().unwrap();
        let bodies = responses.values().map(resolved).chain(operation.value.get("requestBody"));
        for body in bodies {
            for media in body["content"].as_object().unwrap().values() {
                for example in examples(media) {
                    validate(&media["schema"], example, &format!("an example of {}", operation.path));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[tokio::test]
async fn examples_of_faults_are_taken_and_listed_as_given() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/_sandbox/faults", sandbox.base_url());
    let operation = OPERATIONS.iter().find(|operation| operation.value["operationId"] == "add_fault").unwrap();
    let all = examples(&operation.value["requestBody"]["content"]["application/json"]);
    for example in &all {
        let reply = send("POST", &url, &[], &example.to_string()).await;
        assert_eq!(reply.status, 201, "{example} {}", reply.body);
    }
    let listed = get(&url).await.json();
    assert_eq!(listed["faults"].as_array().unwrap().len(), all.len());
    for (listed, example) in listed["faults"].as_array().unwrap().iter().zip(&all) {
        for (name, value) in example.as_object().unwrap() {
            assert_eq!(listed["fault"][name], *value, "{example}");
        }
    }

    assert_eq!(send("DELETE", &format!("{url}/2"), &[], "").await.json(), json!({"removed": 1}));
    for gone in ["2", "none", "-1", "%FF"] {
        assert_eq!(send("DELETE", &format!("{url}/{gone}"), &[], "").await.status, 404, "{gone}");
    }
    assert_eq!(send("DELETE", &url, &[], "").await.json(), json!({"removed": all.len() - 1}));
    assert!(sandbox.faults().is_empty());
    let truncate = json!({"provider": "kropay", "effect": "truncate"}).to_string();
    for _ in 0..100 {
        send("POST", &url, &[], &truncate).await;
    }
    assert_eq!(send("POST", &url, &[], &truncate).await.status, 409);
}
