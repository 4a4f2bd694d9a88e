//! Standard output and standard error where no person looks.

use std::io::{self, BufRead, BufReader};

use gerbang_sandbox::Provider;

use crate::run::{Shop, end, gerbang};

/// Somewhere to write to that nobody reads.
fn nobody() -> io::PipeWriter {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let shop = Shop::new();
    for args in [&["providers"][..], &["completions", "zsh"], &["demo"], &["klink", "list-banks"]] {
        let ran = end(shop.gerbang(args).stdout(nobody()).spawn().unwrap());
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{args:?}: {ran:?}");
    }
    let ran = end(shop.gerbang(&["watch", "ORDER-1"]).stderr(nobody()).spawn().unwrap());
    assert_eq!(ran.code, Some(2));
    let ran = end(shop.gerbang(&["pay", "-p", "kropay", "-a", "10002"]).stderr(nobody()).spawn().unwrap());
    assert_eq!(ran.code, Some(5));
}

#[test]
#[cfg(target_os = "linux")]
fn a_payment_that_cannot_be_printed_is_not_lost() {
    let shop = Shop::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let args = ["pay", "-p", "kropay", "-a", "10000", "-r", "ORDER-1"];
    let ran = end(shop.gerbang(&args).stdout(full).spawn().unwrap());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("the payment was created: kropay:10000:10020:"), "{ran:?}");
    assert!(ran.stderr.contains(": gerbang watch kropay:10000:10020:"), "{ran:?}");
}

#[test]
fn what_was_created_and_nobody_reads_is_a_failure() {
    let shop = Shop::new();
    let pay = ["pay", "-p", "kropay", "-a", "10000", "-r", "A-1"];
    let create = ["kropay", "create-payment", "--amount", "10000", "--merchant-ref", "A-2"];
    let payment = shop.pay("pakasir-v2", "A-3");
    let cancel = ["cancel", payment["handle"].as_str().unwrap()];
    for (args, words) in [
        (&pay[..], "the payment was created: kropay:10000:10020:"),
        (&create, "kropay create_payment was carried out"),
        (&cancel, "the payment is cancelled now; ask what became of it: gerbang status pakasir-v2:"),
    ] {
        let ran = end(shop.gerbang(args).stdout(nobody()).spawn().unwrap());
        assert_eq!(ran.code, Some(1), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains("nobody reads the output") && ran.stderr.contains(words), "{args:?}: {ran:?}");
    }
    let ran = end(shop.gerbang(&["pay", "-p", "kropay", "-a", "10000", "--json"]).stdout(nobody()).spawn().unwrap());
    let last: serde_json::Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
    let (code, effect) = (&last["error"]["code"], &last["error"]["may_have_taken_effect"]);
    assert_eq!((ran.code, code, effect), (Some(1), &"output".into(), &true.into()), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_asked_for_a_reader_that_has_gone() {
    let shop = Shop::new();
    let mut child = shop
        .gerbang(&["pay", "-p", "kropay", "-a", "10000", "-r", "A-1", "--watch", "--interval", "1s", "--json"])
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    // The payment stays pending: without its end nothing more would be printed.
    drop(stdout);
    let ran = end(child);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("to watch it again: gerbang watch --interval=1s kropay:10000:10020:"), "{ran:?}");
    assert!(shop.sandbox.request_count(Provider::Kropay) <= 3, "{:?}", shop.sandbox.requests());
}

#[test]
fn there_are_no_escape_codes_and_no_drawings() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    for args in [
        &["--help"][..],
        &["pay", "--help"],
        &["providers"],
        &["config", "check"],
        &["pay", "-p", "kropay", "-a", "10001", "--watch"],
        &["pay", "-p", "kropay", "-a", "10002"],
        &["status", payment["handle"].as_str().unwrap()],
        &["watch", payment["handle"].as_str().unwrap(), "--for", "1s"],
        &["status", "ORDER-1"],
    ] {
        let ran = shop.run(args);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains('\u{1b}') && !text.contains('▀') && !text.contains('\r'), "{args:?}: {text}");
        }
    }
    // The demo draws its code everywhere, without colours.
    let demo = shop.run(&["demo"]);
    assert!(demo.stdout.contains('▀') && !demo.stdout.contains(['\u{1b}', '\r']), "{demo:?}");
}

#[test]
fn forced_colours_are_there_unless_they_are_unwanted() {
    let coloured = end(gerbang(&["config", "check"]).env("CLICOLOR_FORCE", "1").spawn().unwrap());
    assert!(coloured.stdout.contains('\u{1b}'), "{coloured:?}");
    let plain = end(gerbang(&["config", "check"]).env("NO_COLOR", "1").spawn().unwrap());
    assert!(!plain.stdout.contains('\u{1b}'), "{plain:?}");
}
