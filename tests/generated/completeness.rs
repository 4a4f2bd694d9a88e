//! Every documented operation and notification has its counterpart in the generated code.

use gerbang::operation::Operation;
use gerbang_tests::apis::{self, Api};

#[test]
fn nothing_of_the_documents_is_missing() {
    println!("{:<12} {:>22} {:>24}", "API", "operations", "notifications");
    for api in apis::ALL {
        let mut generated: Vec<_> = api.operations.iter().map(|operation| call(operation)).collect();
        let mut documented = api.documented.to_vec();
        generated.sort();
        documented.sort_unstable();
        let notifications = public_functions(&generated_file(api, "notifications.rs"));
        println!(
            "{:<12} {:>22} {:>24}",
            api.spec,
            format!("{} of {}", generated.len(), documented.len()),
            format!("{} of {}", notifications.len(), api.documented_notifications.len()),
        );
        assert_eq!(generated, documented, "{}", api.spec);
        assert_eq!(notifications, api.documented_notifications, "{}", api.spec);
    }
}

#[test]
fn every_operation_is_a_method_and_names_its_source() {
    for api in apis::ALL {
        let client = generated_file(api, "client.rs");
        let methods = public_functions(&client);
        for operation in api.operations {
            assert!(methods.iter().any(|method| method == operation.id), "{client} has no {}", operation.id);
            assert!(!operation.source.document.is_empty() && !operation.source.section.is_empty());
            assert_eq!(operation.source.read.len(), "2026-11-20".len());
        }
    }
}

/// A generated file of an API, below `crates`.
fn generated_file(api: &Api, name: &str) -> String {
    match api.spec.split_once('-') {
        Some((provider, version)) => format!("{provider}/src/generated/{version}/{name}"),
        None => format!("{}/src/generated/{name}", api.spec),
    }
}

fn call(operation: &Operation) -> String {
    let query: Vec<_> = operation.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {}{mark}{}", operation.method, operation.path, query.join("&"))
}

/// The public functions of a generated file; none when there is no such file.
fn public_functions(file: &str) -> Vec<String> {
    let path = gerbang_spec::specs::workspace().join("crates").join(file);
    let Ok(code) = std::fs::read_to_string(path) else { return Vec::new() };
    let file = syn::parse_file(&code).unwrap();
    let mut names = Vec::new();
    for item in file.items {
        match item {
            syn::Item::Fn(function) => names.push(function.sig.ident.to_string()),
            syn::Item::Impl(block) => names.extend(block.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                _ => None,
            })),
            _ => {}
        }
    }
    names.sort();
    names
}
