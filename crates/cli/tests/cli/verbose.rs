//! `-v`, `-vv` and RUST_LOG.

use gerbang_sandbox::Provider;

use crate::run::{Shop, end};

const PAY: [&str; 5] = ["pay", "-p", "kropay", "-a", "10000"];

/// What a creation says on the standard error with these options and this RUST_LOG.
fn said(shop: &Shop, args: &[&str], rust_log: &str) -> String {
    let mut command = shop.gerbang(&[&PAY, args].concat());
    let ran = end(command.envs(shop.variables("CANARY-key-of-the-shop")).env("RUST_LOG", rust_log).spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!format!("{ran:?}").contains("CANARY"), "{ran:?}");
    ran.stderr
}

#[test]
fn what_is_asked_is_said_only_where_it_is_wanted() {
    let shop = Shop::new();
    for (args, rust_log) in
        [(&["-v"][..], ""), (&["-vv"], ""), (&[], "gerbang=debug"), (&[], "trace"), (&["-v"], "off")]
    {
        let said = said(&shop, args, rust_log);
        for words in ["the attempt succeeded", "/api/v1/payment/create", "http.response.status_code=201", "close"] {
            assert!(said.contains(words), "{args:?} {rust_log}: no {words}: {said}");
        }
        // Of the libraries below nothing, for they may say everything.
        assert!(!said.contains("hyper") && !said.contains("reqwest"), "{said}");
    }
    for rust_log in ["", "error", "hyper=trace", "gerbang=warn"] {
        let said = said(&shop, &[], rust_log);
        assert_eq!(said.lines().count(), 1, "{rust_log}: {said}");
    }
    let said = said(&shop, &[], "gerbang=loud");
    assert!(said.contains("RUST_LOG is not understood"), "{said}");
}

#[test]
fn with_json_it_is_an_object_a_line() {
    let shop = Shop::new();
    let said = said(&shop, &["-v", "--json"], "");
    let lines: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["fields"]["message"] == "the attempt succeeded"), "{said}");
}

#[test]
fn what_a_provider_wrote_does_not_steer_the_terminal() {
    let shop = Shop::new();
    let args = ["status", "kropay:10000:10020::A\u{9b}2J:PG-1", "-vv"];
    let ran = shop.run(&args);
    assert_eq!(shop.sandbox.request_count(Provider::Kropay), 1, "{ran:?}");
    assert!(ran.stderr.contains("gerbang.attempt") && !ran.stderr.contains('\u{9b}'), "{ran:?}");
}
