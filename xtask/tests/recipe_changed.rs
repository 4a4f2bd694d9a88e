//! "A provider changed its documentation" of CONTRIBUTING.md, followed command by command in a copy of the workspace.
//!
//! Kropay adds a member, renames a word and removes an endpoint. The commands of the recipe run as they stand there, but for
//! two: `.ci/run`, which runs this test, and the one that accepts the snapshots, which compiles all clients. Instead of its
//! snapshots, the texts that they hold are compared.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use gerbang_spec::specs::workspace;
use support::{commit, copy, git, run};
use xtask::public_api;

const BEFORE: &str = "Pembuatan QRIS
POST
https://kropay.krispediadigital.my.id/api/v1/payment/create
Gambar QRIS
GET
https://kropay.krispediadigital.my.id/api/v1/qris/{reference}.svg
Cek Status Transaksi
Response JSON (Success 200 OK)
{ \"success\": true, \"status\": \"success\", // pending, success, failed, expired }
Callback / Webhook
Payload Callback (HTTP POST - JSON)
{ \"reference\": \"PG-20260529A1B2\", \"fee\": 20, \"status\": \"paid\" }
";

/// What the document says now: one endpoint less, another word, one member more.
fn after() -> String {
    let (head, rest) = BEFORE.split_once("Gambar QRIS").unwrap();
    let (_, rest) = rest.split_once("Cek Status").unwrap();
    format!("{head}Cek Status{rest}")
        .replace("failed", "rejected")
        .replace("\"fee\": 20", "\"fee\": 20, \"net_amount\": 10000")
}

/// The edit of the spec that the recipe asks for.
fn edit(spec: &str) -> String {
    let (head, rest) = spec.split_once("  /api/v1/qris/{reference}.svg:\n").expect("the endpoint");
    let (_, rest) = rest.split_once("x-webhooks:\n").expect("the webhooks");
    let (rest, notification) = rest.split_once("    PaymentNotification:\n").expect("the notification");
    let member = "      properties:
        net_amount:
          type: integer
          format: rupiah
          description: What the merchant receives, in rupiah.
";
    let notification = notification.replacen("      properties:\n", member, 1);
    format!("{head}x-webhooks:\n{rest}    PaymentNotification:\n{notification}")
        .replace("paid, failed,", "paid, rejected,")
}

/// The commands of the recipe.
fn commands() -> Vec<String> {
    let page = fs::read_to_string(workspace().join("CONTRIBUTING.md")).unwrap();
    let (_, recipe) = page.split_once("\n## A provider changed its documentation\n").expect("the recipe");
    let recipe = recipe.split("\n## ").next().expect("its text");
    let blocks = recipe.split("```sh\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    blocks.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Replaces a text that is in a file once.
fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(old).count(), 1, "{old}");
    fs::write(path, text.replacen(old, new, 1)).unwrap();
}

/// A server of the document: as it was the first time, as it is now twice.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/docs", listener.local_addr().unwrap());
    thread::spawn(move || {
        for document in [BEFORE.to_owned(), after(), after()] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let length = document.len();
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{document}")
                .unwrap();
        }
    });
    address
}

/// A copy of the workspace under version control, in which the specs say what the document said.
fn state_before(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    for part in ["crates", "specs"] {
        copy(&workspace().join(part), &directory.join(part));
    }
    fs::create_dir_all(directory.join("xtask")).unwrap();
    for file in ["Cargo.toml", "xtask/Cargo.toml"] {
        fs::copy(workspace().join(file), directory.join(file)).unwrap();
    }
    let docs = directory.join("specs/docs.toml");
    replace(&docs, "https://kropay.krispediadigital.my.id/docs", &serve());
    replace(&docs, "'^(Pengenalan API Kropay|", "'^(Gambar QRIS|Pengenalan API Kropay|");
    // The record is that of the real document.
    let text = fs::read_to_string(&docs).unwrap();
    let (head, kropay) = text.split_once("provider = \"kropay\"").unwrap();
    let (kropay, rest) = kropay.split_once("\n[[document]]").unwrap();
    let (kropay, _) = kropay.split_once("\nread = ").unwrap();
    fs::write(&docs, format!("{head}provider = \"kropay\"{kropay}\n\n[[document]]{rest}")).unwrap();
    let spec = directory.join("specs/kropay.yaml");
    let text = fs::read_to_string(&spec).unwrap();
    let (head, image) = text.split_once("operationId: qris_image").unwrap();
    let image = image.replacen("section: Pembuatan QRIS", "section: Gambar QRIS", 1);
    fs::write(&spec, format!("{head}operationId: qris_image{image}")).unwrap();
    for task in [&["docs", "accept", "kropay"][..], &["generate"]] {
        let (code, said) = xtask(&directory, task);
        assert_eq!(code, Some(0), "{said}");
    }
    commit(&directory);
    directory
}

fn xtask<S: AsRef<std::ffi::OsStr>>(directory: &Path, arguments: &[S]) -> (Option<i32>, String) {
    run(Command::new(env!("CARGO_BIN_EXE_xtask")).current_dir(directory).args(arguments))
}

/// Follows the recipe. What each command said, in their order.
fn follow(directory: &Path) -> Vec<String> {
    let mut said = Vec::new();
    for command in commands() {
        if let Some(arguments) = command.strip_prefix("cargo xtask ") {
            if arguments == "generate" {
                let spec = directory.join("specs/kropay.yaml");
                let text = fs::read_to_string(&spec).unwrap();
                fs::write(&spec, edit(&text)).unwrap();
            }
            let (code, output) = xtask(directory, &arguments.split(' ').collect::<Vec<_>>());
            let is_answer = arguments.starts_with("docs check") || arguments.starts_with("diff");
            assert_eq!(code, Some(i32::from(is_answer)), "{command}: {output}");
            said.push(output);
        } else {
            let left_out = ["INSTA_UPDATE=always cargo test -p gerbang-tests --test generated surface", ".ci/run"];
            assert!(left_out.contains(&command.as_str()), "this test does not know `{command}`");
        }
    }
    said
}

/// The files that differ from the state before, without those that are generated.
fn differing(directory: &Path) -> BTreeSet<String> {
    let said = git(directory, &["status", "--porcelain", "--untracked-files=all"]);
    let files = said.lines().map(|line| line[3..].to_owned());
    files.filter(|file| !(file.starts_with("crates/") && file.contains("/src/generated/"))).collect()
}

#[test]
fn recipe_takes_six_commands_and_changes_what_follows_only() {
    assert!(commands().len() <= 6, "{:?}", commands());
    let directory = state_before("recipe-changed");
    let api = || public_api::of_libraries(&directory.join("crates")).unwrap();
    let before = api();
    let said = follow(&directory);
    let [check, generate, diff, accept] = said.as_slice() else { panic!("{said:?}") };
    for words in [
        "  changed  Cek Status Transaksi › Response JSON (Success 200 OK)\n           touches payment_status (specs/kropay.yaml:",
        "  changed  Callback / Webhook › Payload Callback (HTTP POST - JSON)\n           touches payment_notification (specs/",
        "\n           + { \"reference\": \"PG-20260529A1B2\", \"fee\": 20, \"net_amount\": 10000, \"status\": \"paid\" }\n",
        "  removed  Gambar QRIS\n           touches qris_image (specs/kropay.yaml:",
    ] {
        assert!(check.contains(words), "{words}\n{check}");
    }
    assert!(check.contains("CHANGED (3, since"), "{check}");
    assert!(generate.contains("written"), "{generate}");
    for words in [
        "- kropay: the word `rejected` of `PaymentState`.\n",
        "\n### Added\n\n- kropay: the new member `net_amount` of `PaymentNotification`, `Option<Rupiah>`.\n",
        "\n### Removed\n\n- kropay: the operation `qris_image` (GET /api/v1/qris/{reference}.svg). **Breaking:** programs that call \
         the method do not compile.\n",
        "- kropay: the word `failed` of `PaymentState`. **Breaking:** programs that name the word do not compile;",
    ] {
        assert!(diff.contains(words), "{words}\n{diff}");
    }
    assert_eq!(accept, "kropay: Kropay API documentation: recorded (5 blocks, 3 changes)\n");
    assert_eq!(differing(&directory), ["specs/docs.toml", "specs/kropay.yaml"].map(str::to_owned).into());
    let generated = git(&directory, &["diff", "--stat", "--", "crates"]);
    for file in ["kropay/src/generated/types.rs", "kropay/src/generated/client.rs", "cli/src/generated/kropay/mod.rs"] {
        assert!(generated.contains(file), "{generated}");
    }
    assert_eq!(xtask(&directory, &["generate", "--check"]).0, Some(0));

    let after = api();
    let changed: Vec<_> = after.keys().filter(|name| before.get(*name) != after.get(*name)).collect();
    assert_eq!(changed, ["gerbang-kropay"]);
    let shown = similar::TextDiff::from_lines(&before["gerbang-kropay"], &after["gerbang-kropay"]);
    let shown = shown.unified_diff().context_radius(0).to_string();
    for (sign, words) in [('+', "net_amount"), ('-', "Failed"), ('+', "Rejected"), ('-', "qris_image")] {
        let is_shown = shown.lines().any(|line| line.starts_with(sign) && line.contains(words));
        assert!(is_shown, "{sign} {words}\n{shown}");
    }
}
