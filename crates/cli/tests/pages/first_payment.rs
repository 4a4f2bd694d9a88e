//! The README's daemon, and `docs/guides/first-payment.md`.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;

use crate::shell::{Shell, blocks, free_port, wait_until};

#[test]
fn readmes_daemon_takes_the_payment_of_the_readme() {
    let blocks = blocks("README.md");
    let at = blocks.iter().position(|block| block.contains("serve --sandbox")).unwrap();
    let mut shell = Shell::new();
    shell.put("gerbang", "cargo run -p gerbang-cli --");
    let daemon = shell.start(&blocks[at]);
    shell.put(daemon.said("# daemon"), "http://127.0.0.1:34477");
    shell.put(daemon.said("# token"), "gerbang_admin_…");
    let payment: Value = serde_json::from_str(&shell.succeed(&blocks[at + 1])).unwrap();
    assert_eq!((&payment["order"], &payment["status"]), (&Value::from("ORDER-2"), &Value::from("pending")));
}

/// Whether a language is on this machine; on CI it must be.
fn is_there(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = version.is_ok_and(|status| status.success());
    assert!(is_there || !env::var("CI").is_ok_and(|ci| ci == "true"), "{program} is missing on CI");
    if !is_there {
        eprintln!("SKIPPED: {program} is missing, so that the guide is not followed with it");
    }
    is_there
}

/// Follows the guide with a shop, which is started by what this makes of the blocks for Node and PHP.
fn ships(shop: impl Fn(&str, &str) -> String) {
    let blocks = blocks("docs/guides/first-payment.md");
    // The first one builds the command and shows the demo, which has a test of its own.
    let [_, daemon, node, php, buy, pay, ..] = &blocks[..] else { panic!("{blocks:#?}") };
    let shops = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shops/.");
    let mut shell = Shell::new();
    assert!(Command::new("cp").arg("-R").arg(shops).arg(&shell.directory).status().unwrap().success());
    let port = free_port();
    shell.put(format!("127.0.0.1:{}", free_port()), "127.0.0.1:8080");
    shell.put(format!("127.0.0.1:{port}"), "127.0.0.1:3000");
    shell.put(format!("PORT={port}"), "PORT=3000");

    let daemon = shell.start(daemon);
    shell.put(daemon.said("# sandbox"), "http://127.0.0.1:34477");
    let _shop = shell.start(&shop(node, php));
    wait_until("the shop listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    let bought = shell.succeed(buy).to_lowercase();
    assert!(bought.contains(" 303 see other") && bought.contains("\nlocation: http://"), "{bought}");
    shell.succeed(pay);
    wait_until("ORDER-1 is shipped", || fs::exists(shell.directory.join("shipped/ORDER-1")).unwrap());
    shell.succeed_until(buy, |answer| answer.contains("ORDER-1 is paid"));
}

#[test]
fn first_payment_is_shipped_by_the_shop_in_node() {
    if is_there("node") {
        ships(|node, _| node.to_owned());
    }
}

#[test]
fn first_payment_is_shipped_by_the_shop_in_php() {
    if is_there("php") {
        ships(|node, php| {
            format!("{}{php}", node.lines().take(2).map(|line| line.to_owned() + "\n").collect::<String>())
        });
    }
}
