//! Ctrl-C and SIGTERM while a reply is awaited: what may have happened is always said.

use gerbang_sandbox::{Effect, Fault, Provider};

use crate::run::{Ran, Shop, end, signal};

/// What a command leaves behind that is interrupted when the sandbox has heard of an operation.
fn interrupted(shop: &Shop, args: &[&str], operation: &'static str, name: &str) -> Ran {
    let child = shop.gerbang(args).spawn().unwrap();
    shop.wait_for(operation);
    signal(name, child.id());
    end(child)
}

/// A sandbox whose replies come when nobody waits for them any more.
fn slow(provider: Provider) -> Shop {
    let shop = Shop::new();
    shop.sandbox.add_fault(Fault::new(provider, Effect::Delay { milliseconds: 60_000 })).unwrap();
    shop
}

#[test]
fn an_operation_may_have_been_carried_out() {
    let args = ["kropay", "create-payment", "--amount", "10000", "--merchant-ref", "A-1"];
    for (name, json) in [("INT", false), ("TERM", true)] {
        let shop = slow(Provider::Kropay);
        let all = [&args[..], if json { &["--json"] } else { &[] }].concat();
        let ran = interrupted(&shop, &all, "create_payment", name);
        assert_eq!(ran.code, Some(130), "{ran:?}");
        let said = if json { ran.failure()["message"].as_str().unwrap().to_owned() } else { ran.stderr.clone() };
        assert!(said.contains("kropay create_payment may have been carried out; find out"), "{ran:?}");
        assert!(!json || ran.failure()["may_have_taken_effect"] == true, "{ran:?}");
    }
}

#[test]
fn a_cancellation_may_have_been_carried_out() {
    let shop = Shop::new();
    let payment = shop.pay("pakasir-v2", "A-1");
    let handle = payment["handle"].as_str().unwrap();
    let slow = Fault::new(Provider::Pakasir, Effect::Delay { milliseconds: 60_000 });
    shop.sandbox.add_fault(slow.operation("v2/cancel_transaction")).unwrap();
    let ran = interrupted(&shop, &["cancel", handle, "--json"], "v2/cancel_transaction", "INT");
    let failure = ran.failure();
    assert_eq!((ran.code, &failure["code"]), (Some(130), &"interrupted".into()), "{ran:?}");
    let message = failure["message"].as_str().unwrap();
    assert!(
        message.contains("may have been cancelled; ask what became of it: gerbang status pakasir-v2:"),
        "{message}"
    );
    assert_eq!(failure["may_have_taken_effect"], true);
}

#[test]
fn a_question_changes_nothing() {
    for args in
        [&["status", "kropay:10000:10020::ORDER-1:PG-1"][..], &["kropay", "payment-status", "--reference", "PG-1"]]
    {
        let ran = interrupted(&slow(Provider::Kropay), args, "payment_status", "INT");
        assert_eq!(ran.code, Some(130), "{ran:?}");
        assert!(ran.stderr.contains("nothing was changed") && !ran.stderr.contains("carried out"), "{ran:?}");
    }
}
