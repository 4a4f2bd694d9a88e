//! The operations of each API as commands.

use std::collections::BTreeSet;

use gerbang_sandbox::Provider;

use crate::canary::operations;
use crate::run::{Shop, assert_masked};

#[test]
fn a_reply_is_printed_as_the_provider_words_it() {
    let shop = Shop::new();
    shop.pay("kropay", "ORDER-1");
    let reference = shop.sandbox.payment(Provider::Kropay, "ORDER-1").unwrap().reference;
    let ran = shop.run(&["kropay", "payment-status", "--reference", &reference]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout, @r#"
    {
      "amount": 10000,
      "created_at": "TIME",
      "fee": 20,
      "merchant_ref": "ORDER-1",
      "net_amount": 10000,
      "reference": "PG-DATE0001",
      "status": "pending",
      "total_amount": 10020
    }
    "#);
    let json = shop.run(&["kropay", "payment-status", "--reference", &reference, "--json"]).json();
    assert_eq!((json.len(), &json[0]["merchant_ref"]), (1, &"ORDER-1".into()));
}

#[test]
fn a_reply_does_not_steer_the_terminal() {
    let shop = Shop::new();
    let reference = "A\u{9b}2J\u{202e}";
    let ran = shop.run(&["kropay", "create-payment", "--amount", "10000", "--merchant-ref", reference]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("\"merchant_ref\": \"A\u{FFFD}2J\u{FFFD}\",\n"), "{ran:?}");
}

#[test]
fn an_operation_without_a_reply_says_that_it_is_done() {
    let shop = Shop::new();
    shop.pay("pakasir-v1", "ORDER-1");
    let args = ["pakasir-v1", "simulate-payment", "--amount", "10000", "--order-id", "ORDER-1"];
    let ran = shop.run(&args);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "done\n"), "{ran:?}");
}

#[test]
fn each_api_answers_the_examples_of_its_creations() {
    let shop = Shop::new();
    let creates = |words: &Vec<String>| words[1].starts_with("create-") || words[1] == "charge";
    let creations: Vec<_> = operations().into_iter().filter(creates).collect();
    let apis: BTreeSet<_> = creations.iter().map(|words| words[0].as_str()).collect();
    let sections: BTreeSet<_> = gerbang::gateways().map(|gateway| gateway.section).collect();
    assert!(sections.iter().all(|section| apis.iter().any(|api| api.starts_with(section))), "{apis:?}");
    for words in &creations {
        let args: Vec<_> = words.iter().map(String::as_str).chain(["--json"]).collect();
        let ran = shop.run(&args);
        assert_eq!((ran.code, ran.json().len()), (Some(0), 1), "{args:?}: {ran:?}");
    }
}

#[test]
fn the_operations_of_a_wallet_answer() {
    let shop = Shop::new();
    let member = ["--id-member", "m1", "--name", "N", "--email", "e@example.com", "--hp", "0857"];
    for args in [&[&["register-va"][..], &member].concat()[..], &["check-balance", "--id-member", "m1"]] {
        let ran = shop.run(&[&["klink"], args, &["--json"]].concat());
        assert_eq!((ran.code, ran.json().len()), (Some(0), 1), "{args:?}: {ran:?}");
    }
}

#[test]
fn a_wrong_value_is_not_sent() {
    let shop = Shop::new();
    let ran = shop.run(&["kropay", "create-payment", "--amount", "10,5", "--merchant-ref", "A"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_masked!(ran.stderr, @r#"error: --amount: "10,5": an amount is whole rupiah without dots and commas, such as 10000"#);
    assert_eq!(shop.sandbox.request_count(Provider::Kropay), 0);
}
