//! Standard output and standard error where no person looks.

use std::io;

use crate::run::{LIMIT, Lines, Shop, end, gerbang};

/// Somewhere to write to that nobody reads.
fn nobody() -> io::PipeWriter {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let shop = Shop::new();
    for args in [&["providers"][..], &["completions", "zsh"], &["demo"], &["pay", "-p", "kropay", "-a", "10000"]] {
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
    assert!(ran.stderr.contains("the payment was created: gerbang watch kropay:10000:10020:"), "{ran:?}");
}

#[test]
fn the_first_line_is_enough() {
    let shop = Shop::new();
    let mut child = shop.gerbang(&["pay", "-p", "kropay", "-a", "10001", "--watch", "--json"]).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    lines.next();
    drop(lines);
    let ran = end(child);
    assert_eq!(ran.code, Some(0), "{ran:?} within {LIMIT:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
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
