//! The names of operations, compared with the specs.

use std::collections::BTreeSet;

use gerbang_sandbox::{Effect, Fault, Provider, Sandbox};
use gerbang_spec::{specs, yaml};
use serde_json::Value;

use crate::http::try_send;

/// An operation of a spec: its provider, its name in the sandbox, and how to call it.
struct Operation {
    provider: Provider,
    id: String,
    method: String,
    path: String,
    other_paths: Vec<String>,
}

fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for spec in specs::find(&specs::workspace().join("specs"), &[]).unwrap() {
        let document = yaml::Document::load(&spec.path, &spec.display_name()).unwrap();
        let prefix = spec.module().map(|module| format!("{module}/")).unwrap_or_default();
        for (path, item) in document.value["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                // The path of the report is not in the document.
                let path = filled(&path.replace("{report_path}", "api/report"));
                let mut add = |operation: &Value, query: &str| {
                    operations.push(Operation {
                        provider: spec.provider().parse().unwrap(),
                        id: format!("{prefix}{}", operation["operationId"].as_str().unwrap()),
                        method: method.to_uppercase(),
                        path: format!("{path}{query}"),
                        other_paths: texts(&operation["x-alternative-paths"]),
                    });
                };
                match &operation["x-split"] {
                    Value::Null => add(operation, ""),
                    split => {
                        let parameter = split["parameter"].as_str().unwrap();
                        for (value, part) in split["operations"].as_object().unwrap() {
                            add(part, &format!("?{parameter}={value}"));
                        }
                    }
                }
            }
        }
    }
    operations
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// A path with something in the place of each `{…}`.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for (at, piece) in path.split('{').enumerate() {
        filled.push_str(if at == 0 { piece } else { "10000" });
        filled.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    filled
}

/// What a call is, by the request log.
async fn asked(sandbox: &Sandbox, provider: Provider, method: &str, path: &str) -> (u16, Option<&'static str>) {
    let reply = try_send(method, &format!("{}{path}", sandbox.url(provider)), &[], "").await.unwrap();
    (reply.status, sandbox.requests().pop().unwrap().operation)
}

#[tokio::test]
async fn every_operation_of_the_specs_is_known_by_its_name() {
    let sandbox = Sandbox::start().await;
    let operations = operations();
    assert!(operations.len() > 30);
    for Operation { provider, id, method, path, .. } in &operations {
        let (status, operation) = asked(&sandbox, *provider, method, path).await;
        assert_eq!(operation, Some(id.as_str()), "{method} {path}");
        assert_ne!(status, 405, "{method} {path}");
    }
    for provider in Provider::ALL {
        let of_specs: BTreeSet<&str> = operations
            .iter()
            .filter(|operation| operation.provider == provider)
            .map(|operation| operation.id.as_str())
            .collect();
        let unknown = Fault::new(provider, Effect::Truncate).operation("");
        let error = sandbox.add_fault(unknown).unwrap_err().to_string();
        let (_, of_sandbox) = error.split_once("but ").unwrap();
        assert_eq!(of_sandbox.split(", ").collect::<BTreeSet<_>>(), of_specs, "{provider}");
    }
}

#[tokio::test]
async fn both_spellings_of_a_path_are_one_operation() {
    let sandbox = Sandbox::start().await;
    let operations = operations();
    let mut spellings = 0;
    for Operation { provider, id, method, other_paths, .. } in &operations {
        for path in other_paths {
            assert!(!operations.iter().any(|operation| operation.path == *path), "{path} is another operation's");
            assert_eq!(asked(&sandbox, *provider, method, path).await, (401, Some(id.as_str())), "{path}");
            spellings += 1;
        }
    }
    assert!(spellings > 3);
    // The document does not say which path the report has.
    let (_, report) = asked(&sandbox, Provider::Klink, "POST", "/api/finance_report").await;
    assert_eq!(report, Some("finance_report"));
}

#[tokio::test]
async fn what_only_looks_like_an_operation_is_none() {
    let sandbox = Sandbox::start().await;
    for (provider, method, path) in [
        (Provider::Kropay, "GET", "/api/v1/payment/create"),
        (Provider::Kropay, "GET", "/api/v1/payment/status/"),
        (Provider::Kropay, "GET", "/api/v1/payment/status/a/b"),
        (Provider::Kropay, "GET", "/api/v1/qris/a.png"),
        (Provider::Kropay, "GET", "/api/v1/qris/.svg"),
        (Provider::Kazukipay, "GET", "/api/mutasi_status.php"),
        (Provider::Kazukipay, "GET", "/api/mutasi_status.php?action=check&action=dance"),
        (Provider::Pakasir, "GET", "/pay/slug/10000"),
    ] {
        assert_eq!(asked(&sandbox, provider, method, path).await.1, None, "{method} {path}");
    }
}
