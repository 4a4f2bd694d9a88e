//! `gerbang pay` and `gerbang watch`.

use std::time::Duration;

use gerbang_sandbox::{Effect, Fault, PaymentStatus, Provider};
use serde_json::json;

use crate::run::{Lines, Shop, assert_masked, end, run_with_input, signal, wait_until};

#[test]
fn a_created_payment_is_shown_with_the_command_to_go_on() {
    let shop = Shop::new();
    let ran = shop.run(&["pay", "--provider", "kropay", "--amount", "10000", "--reference", "ORDER-1"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout, @r"
    pending  kropay  ORDER-1  PG-DATE0001
    pay Rp10.020
    price Rp10.000  fee Rp20
    expires TIME
    QRIS 00020101021226630017ID.CO.SANDBOX.WWW011893600999000000001702090000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000170303UMI5204549953033605405100205802ID5915Gerbang Sandbox6007JAKARTA61051011062160512SB000000000163047A26
    QR code http://127.0.0.1:PORT/kropay/api/v1/qris/PG-DATE0001.svg
    gerbang watch kropay:10000:10020:EXPIRY:ORDER-1:PG-DATE0001
    ");
    assert_masked!(ran.stderr, @"creating ORDER-1 at kropay");
}

#[test]
fn a_virtual_account_and_a_page_are_shown() {
    let shop = Shop::new();
    let ran = shop.run(&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", "ORDER-1", "--method", "va:bri"]);
    assert_masked!(ran.stdout, @r"
    pending  pakasir-v2  ORDER-1  txn00000001
    pay Rp13.500
    price Rp10.000  fee Rp3.500
    expires TIME
    virtual account 8881000000000001 at bri
    gerbang watch pakasir-v2:10000:13500:EXPIRY:ORDER-1:txn00000001
    ");
    let ran = shop.run(&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", "ORDER-2", "--method", "page"]);
    assert_masked!(ran.stdout, @r"
    pending  pakasir-v2  ORDER-2  txn00000002
    what is to be paid is not known here
    price Rp10.000
    page http://127.0.0.1:PORT/pakasir/pay-v2/txn00000002
    gerbang watch pakasir-v2:10000:::ORDER-2:txn00000002
    ");
}

#[test]
fn the_values_arrive_at_the_provider() {
    let shop = Shop::new();
    let ran = shop.run(&[
        "pay",
        "-p",
        "klink",
        "-a",
        "20000",
        "--customer-name",
        "Krisdi",
        "--customer-email",
        "krisdi@example.com",
        "--customer-phone",
        "085736064900",
    ]);
    assert_masked!(ran.stdout, @r"
    pending  klink  GB-DATE-CHANCE  GB-DATE-CHANCE-20000
    pay Rp20.000
    price Rp20.000
    virtual account 7001200000000003 at 014
    code 3
    klink reports no status; its notification says when it is paid
    ");
    let ran = shop.run(&["pay", "-p", "kropay", "-a", "10000", "-r", "SHORT", "--expires", "15m", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let payment = shop.sandbox.payment(Provider::Kropay, "SHORT").unwrap();
    assert_eq!(payment.expires_at.duration_since(payment.created_at).as_secs(), 900);
}

#[test]
fn a_reference_is_made_and_printed_before_anything_is_sent() {
    let shop = Shop::new();
    let ran = shop.run(&["pay", "-p", "kropay", "-a", "10009"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let (creating, error) = ran.stderr.split_once('\n').unwrap();
    assert_masked!(creating, @"creating GB-DATE-CHANCE at kropay");
    assert_masked!(error.rsplit_once("; ").unwrap().1, @"look for GB-DATE-CHANCE (Rp10.009) in the provider's dashboard, or wait for its notification, before you pay again");
    let ran = shop.run(&["pay", "-p", "kropay", "-a", "10000", "--json"]);
    let first: serde_json::Value = serde_json::from_str(ran.stderr.trim()).unwrap();
    assert_eq!(first["creating"]["reference"], ran.json()[0]["reference"]);
}

#[test]
fn json_is_the_payment_and_each_change() {
    let shop = Shop::new();
    let ran =
        shop.run(&["pay", "-p", "kropay", "-a", "10001", "-r", "ORDER-1", "--watch", "--interval", "1s", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines = ran.json();
    assert_eq!(lines.iter().map(|line| &line["status"]).collect::<Vec<_>>(), ["pending", "paid"]);
    assert!(lines[0]["paid_at"].is_null() && lines[1]["paid_at"].is_string());
    let members = [
        "amount",
        "expires_at",
        "fee",
        "handle",
        "id",
        "net",
        "paid_at",
        "pay_with",
        "payable",
        "provider",
        "reference",
        "request_id",
        "sandbox",
        "status",
    ];
    for line in &lines {
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), members);
    }
}

#[test]
fn watching_ends_with_the_payment() {
    let shop = Shop::new();
    shop.pay("kropay", "ORDER-1");
    let payment = shop.pay("kropay", "ORDER-2");
    let watching = shop
        .gerbang(&["watch", payment["handle"].as_str().unwrap(), "--interval", "1s", "--grace", "1s"])
        .spawn()
        .unwrap();
    shop.wait_for("payment_status");
    shop.sandbox.expire(Provider::Kropay, "ORDER-2").unwrap();
    let ran = end(watching);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_masked!(ran.stdout, @r"
    pending  kropay  ORDER-2  PG-DATE0002  Rp10.021
    expired  kropay  ORDER-2  PG-DATE0002  Rp10.021
    ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn what_pay_printed_is_read_from_the_standard_input() {
    let shop = Shop::new();
    let mut payment = shop.pay("kropay", "ORDER-1");
    // A state that somebody wrote there counts for nothing.
    payment["status"] = json!("paid");
    let input = payment.to_string();
    assert_eq!(run_with_input(shop.gerbang(&["status", "-"]), &input).code, Some(5));
    assert_eq!(run_with_input(shop.gerbang(&["watch", "-", "--for", "3s"]), &input).code, Some(5));
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    assert_eq!(run_with_input(shop.gerbang(&["status", "-"]), &input).code, Some(0));
    assert_eq!(run_with_input(shop.gerbang(&["watch", "-"]), &input).code, Some(0));
    let cancelled = shop.pay("pakasir-v2", "ORDER-2");
    assert_eq!(run_with_input(shop.gerbang(&["cancel", "-"]), &cancelled.to_string()).code, Some(0));
    assert_eq!(run_with_input(shop.gerbang(&["status", "-"]), "{}").code, Some(2));
    let large = run_with_input(shop.gerbang(&["status", "-"]), &" ".repeat((1 << 20) + 1));
    assert!(large.code == Some(2) && large.stderr.contains("more than 1 MiB"), "{large:?}");
}

#[test]
fn a_payment_that_can_be_found_is_watched_by_its_reference() {
    let shop = Shop::new();
    shop.pay("kazukipay", "ORDER-1");
    shop.sandbox.pay(Provider::Kazukipay, "ORDER-1").unwrap();
    let ran = shop.run(&["watch", "-p", "kazukipay", "-r", "ORDER-1", "-a", "10000"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout, @"paid  kazukipay  ORDER-1  1  Rp10.618");
}

#[test]
fn time_is_up() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    let ran = shop.run(&["watch", payment["handle"].as_str().unwrap(), "--for", "1s"]);
    assert_eq!(ran.code, Some(5));
    assert_masked!(ran.stdout, @"pending  kropay  ORDER-1  PG-DATE0001  Rp10.020");
    assert_masked!(ran.stderr, @"error: the time for waiting is over and the payment is still pending; to watch it again: gerbang watch --for=1s kropay:10000:10020:EXPIRY:ORDER-1:PG-DATE0001");
}

#[test]
fn a_payment_is_asked_for_at_once() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    // It would wait a day before the second question.
    let ran = shop.run(&["watch", payment["handle"].as_str().unwrap(), "--interval", "1d"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout, @"paid  kropay  ORDER-1  PG-DATE0001  Rp10.020  paid TIME");
}

#[test]
fn a_payment_that_was_never_asked_for_is_not_called_pending() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    let handle = payment["handle"].as_str().unwrap();
    let slow = Fault::new(Provider::Kropay, Effect::Delay { milliseconds: 60_000 });
    shop.sandbox.add_fault(slow.operation("payment_status")).unwrap();
    let slow = shop.run(&["watch", handle, "--for", "1s"]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = shop.run(&["watch", handle, "--for", "1s", "--base-url", &format!("http://{nobody}")]);
    for ran in [slow, away] {
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
        assert!(ran.stderr.contains("is over before the gateway answered anything"), "{ran:?}");
        assert!(!ran.stderr.contains("pending"), "{ran:?}");
    }
}

#[test]
fn a_test_mode_payment_succeeds_only_with_test_mode() {
    let shop = Shop::new();
    let run = |args: &[&str]| {
        // Pakasir reports the status once in four seconds.
        shop.sandbox.advance(Duration::from_secs(4));
        let mut command = shop.gerbang(args);
        end(command.env("GERBANG_PAKASIR_PROJECT", "warung-sandbox").spawn().unwrap())
    };
    let created = run(&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", "ORDER-1", "--json"]).json().remove(0);
    shop.sandbox.pay(Provider::Pakasir, "ORDER-1").unwrap();
    let handle = created["handle"].as_str().unwrap();
    let unmarked = handle.strip_suffix(":sandbox").expect("the handle says so");
    for handle in [handle, unmarked] {
        for command in ["status", "watch"] {
            let ran = run(&[command, handle, "--json"]);
            assert_eq!(ran.code, Some(1), "{command} {handle}: {ran:?}");
            assert_eq!(ran.failure()["code"], "test_mode", "{command} {handle}: {ran:?}");
            let status = &ran.json()[0]["status"];
            assert_eq!(*status, json!({"unknown": "paid in test mode"}), "{command} {handle}: {ran:?}");
            assert_eq!(run(&[command, handle, "--test-mode"]).code, Some(0), "{command} {handle}");
        }
    }
    let ran = run(&["status", handle]);
    assert!(ran.stdout.starts_with("unknown (paid in test mode)  pakasir-v2"), "{ran:?}");
    for (args, code) in [(&[][..], 1), (&["--watch"], 1), (&["--watch", "--test-mode"], 0), (&["--test-mode"], 0)] {
        let found = run(&[&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", "ORDER-1"], args].concat());
        assert_eq!(found.code, Some(code), "{args:?}: {found:?}");
    }
}

#[test]
fn watching_one_of_the_test_mode_ends_as_a_failure() {
    let shop = Shop::new();
    let mut command =
        shop.gerbang(&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", "ORDER-1", "--watch", "--interval", "1s"]);
    let paying = command.env("GERBANG_PAKASIR_PROJECT", "warung-sandbox").spawn().unwrap();
    wait_until(|| !shop.sandbox.payments().is_empty());
    shop.sandbox.pay(Provider::Pakasir, "ORDER-1").unwrap();
    assert_eq!(end(paying).code, Some(1));
}

#[test]
fn a_payment_that_has_ended_is_found_and_not_called_created() {
    let shop = Shop::new();
    let pay = |reference| shop.run(&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", reference]);
    for (reference, code, word) in [("PAID", 0, "paid"), ("CANCELLED", 3, "cancelled")] {
        assert_eq!(pay(reference).code, Some(0));
        match word {
            "paid" => shop.sandbox.pay(Provider::Pakasir, reference).unwrap(),
            _ => shop.sandbox.cancel(Provider::Pakasir, reference).unwrap(),
        };
        let ran = pay(reference);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        let words = format!("pakasir-v2 had a payment of this reference already; it is {word}");
        assert!(ran.stderr.contains(&words), "{ran:?}");
    }
}

#[test]
fn a_reference_that_the_gateway_does_not_know_proves_nothing() {
    let shop = Shop::new();
    for (provider, words) in [
        ("kazukipay", "kazukipay does not know the payment now, which does not prove that it was not made"),
        ("pakasir-v1", "pakasir-v1 does not know the payment now, which does not prove that it was not made"),
    ] {
        for command in [&["status"][..], &["watch", "--for", "1s"]] {
            let ran = shop.run(&[command, &["-p", provider, "-r", "LOST", "-a", "10000"]].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
            assert!(ran.stderr.contains(words) && !ran.stderr.contains("carried out"), "{ran:?}");
        }
    }
}

#[test]
fn watching_goes_on_after_refusals_that_may_pass() {
    let shop = Shop::new();
    let handle = shop.pay("kropay", "ORDER-1")["handle"].as_str().unwrap().to_owned();
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    for status in [404, 403, 401] {
        let refusal = Effect::Reply {
            status,
            content_type: "application/json".into(),
            body: r#"{"success":false,"message":"not now"}"#.into(),
            headers: Default::default(),
            carried_out: false,
        };
        shop.sandbox.add_fault(Fault::new(Provider::Kropay, refusal).operation("payment_status").times(1)).unwrap();
        let ran = shop.run(&["watch", &handle, "--interval", "1s"]);
        assert_eq!(ran.code, Some(0), "{status}: {ran:?}");
        assert!(ran.stderr.contains("no answer yet, asking again: "), "{status}: {ran:?}");
    }
}

#[test]
fn pakasir_v1_is_used_with_a_warning() {
    let shop = Shop::new();
    let warning = "warning: pakasir-v1 is discontinued: its end was announced for 20 October 2026; use pakasir-v2";
    for args in [
        &["pay", "-p", "pakasir-v1", "-a", "10000", "-r", "ORDER-1"][..],
        &["status", "-p", "pakasir-v1", "-r", "ORDER-1", "-a", "10000"],
        &["pakasir-v1", "transaction-detail", "--amount", "10000", "--order-id", "ORDER-1"],
        &["webhook", "send", "-p", "pakasir-v1", "--print"],
    ] {
        let ran = shop.run(args);
        assert!(ran.stderr.contains(warning) && !ran.stdout.contains("discontinued"), "{args:?}: {ran:?}");
    }
    let ran = shop.run(&["pay", "-p", "pakasir-v2", "-a", "10000", "-r", "ORDER-2"]);
    assert!(!ran.stderr.contains("warning"), "{ran:?}");
}

#[test]
fn nothing_on_the_standard_input_is_no_wrong_use() {
    let shop = Shop::new();
    for command in ["status", "watch", "cancel"] {
        let ran = run_with_input(shop.gerbang(&[command, "-"]), "");
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(ran.stderr.contains("the command before printed no payment; see its error"), "{ran:?}");
    }
}

#[test]
fn a_gateway_without_status_is_not_watched_and_gets_no_call() {
    let shop = Shop::new();
    let ran = shop.run(&["pay", "-p", "klink", "-a", "20000", "--watch"]);
    assert_eq!(ran.code, Some(2));
    assert_masked!(ran.stderr, @"error: klink reports no status, so that its payments cannot be watched; its notification reports it, see `gerbang webhook --help`");
    assert_eq!(shop.sandbox.request_count(Provider::Klink), 0);
}

#[test]
fn what_is_refused_before_it_is_sent_is_not_called_creating() {
    let shop = Shop::new();
    for args in [&["-a", "999"][..], &["-a", "10000", "-r", "00123"]] {
        let ran = shop.run(&[&["pay", "-p", "kropay"], args].concat());
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(!ran.stderr.contains("creating") && ran.stderr.contains("nothing was sent"), "{args:?}: {ran:?}");
    }
    let ran = shop.run(&["pay", "-p", "kropay", "-a", "10002", "-r", "A-1"]);
    assert_eq!(ran.stderr.matches("wait for its notification").count(), 1, "{ran:?}");
}

#[test]
fn the_command_to_go_on_has_the_options_that_matter() {
    let shop = Shop::new();
    let mut command = shop.gerbang(&[
        "pay",
        "-p",
        "pakasir-v2",
        "-a",
        "10000",
        "-r",
        "A-1",
        "--test-mode",
        "--timeout",
        "5s",
        "--interval",
        "5s",
    ]);
    let ran = end(command.env("GERBANG_PAKASIR_PROJECT", "warung-sandbox").spawn().unwrap());
    let last = ran.stdout.lines().last().unwrap().to_owned();
    assert!(last.starts_with("gerbang watch --timeout=5s --interval=5s --test-mode pakasir-v2:10000:"), "{ran:?}");
    shop.sandbox.pay(Provider::Pakasir, "A-1").unwrap();
    let args: Vec<_> = last.split(' ').skip(1).collect();
    let mut again = shop.gerbang(&args);
    let ran = end(again.env("GERBANG_PAKASIR_PROJECT", "warung-sandbox").spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn after_a_lost_reply_each_gateway_has_its_advice() {
    let shop = Shop::new();
    let customer = ["--customer-name", "K", "--customer-email", "k@example.com", "--customer-phone", "0857"];
    let mut advices = String::new();
    for provider in gerbang::gateways().map(|gateway| gateway.name) {
        let reference = format!("A-{provider}");
        let mut args = vec!["pay", "-p", provider, "-a", "10002", "-r", &reference];
        args.extend(customer);
        let ran = shop.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
        // What goes before is the error of the call.
        let (_, advice) = ran.stderr.rsplit_once("; ").unwrap();
        advices.push_str(&format!("{provider}: {advice}"));
    }
    assert_masked!(advices);
    // The command that is advised does find it.
    let found = shop.run(&["status", "--provider", "kazukipay", "--reference", "A-kazukipay", "--amount", "10002"]);
    assert_eq!(found.code, Some(5), "{found:?}");
    assert!(found.stdout.starts_with("pending  kazukipay  A-kazukipay"), "{found:?}");
}

#[test]
fn the_account_and_the_server_are_in_the_command_to_go_on() {
    let shop = Shop::new();
    let url = shop.sandbox.url(Provider::Kropay);
    let ran = shop.run(&["pay", "-p", "kropay", "-a", "10000", "-r", "ORDER-1", "--base-url", &url]);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.starts_with(&format!("gerbang watch --base-url={url} kropay:10000:")), "{last}");
}

#[test]
fn ctrl_c_stops_watching_but_not_the_payment() {
    let shop = Shop::new();
    let mut watching =
        shop.gerbang(&["pay", "-p", "kropay", "-a", "10000", "-r", "ORDER-1", "--watch"]).spawn().unwrap();
    Lines::of_stdout(&mut watching).find("gerbang watch");
    signal("INT", watching.id());
    let ran = end(watching);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert_masked!(ran.stderr, @r"
    creating ORDER-1 at kropay
    stopped watching; the payment goes on; to watch it again: gerbang watch kropay:10000:10020:EXPIRY:ORDER-1:PG-DATE0001
    ");
    assert_eq!(shop.sandbox.payment(Provider::Kropay, "ORDER-1").unwrap().status, PaymentStatus::Pending);
}

#[test]
fn ctrl_c_before_the_reply_says_that_a_payment_may_exist() {
    let shop = Shop::new();
    for (gateway, provider, name, advice) in [
        (Provider::Kropay, "kropay", "INT", "look for -r1 (Rp10.000) in the provider's dashboard"),
        (Provider::Kazukipay, "kazukipay", "TERM", "--provider kazukipay --reference=-r1 --amount=10000"),
        (Provider::Pakasir, "pakasir-v2", "TERM", "the same command with --reference=-r1 finds the payment"),
    ] {
        shop.sandbox.reset();
        shop.sandbox.add_fault(Fault::new(gateway, Effect::Delay { milliseconds: 60_000 })).unwrap();
        let mut paying =
            shop.gerbang(&["pay", "-p", provider, "-a", "10000", "--reference=-r1", "--json"]).spawn().unwrap();
        Lines::of(paying.stderr.take().unwrap()).find("creating");
        wait_until(|| !shop.sandbox.payments().is_empty());
        signal(name, paying.id());
        let ran = end(paying);
        let failure = ran.failure();
        assert_eq!((ran.code, &failure["code"]), (Some(130), &json!("interrupted")), "{provider}");
        assert_eq!(failure["may_have_taken_effect"], true, "{provider}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains("may have been created; ") && message.contains(advice), "{message}");
    }
}
