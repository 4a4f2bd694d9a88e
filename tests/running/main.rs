//! `docs/running-the-ledger.md`: its commands work, and its table has every kind of case; and the daemon's page.
#![cfg(unix)]

mod daemon;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gerbang::Rupiah;
use gerbang::ledger::{Account, Ledger, Order};
use gerbang_sandbox::Sandbox;
use gerbang_tests::cluster::Cluster;
use gerbang_tests::shops::gateway;

fn read(file: &str) -> String {
    fs::read_to_string(gerbang_spec::specs::workspace().join(file)).unwrap()
}

/// The commands of the page, block by block.
fn blocks(about: &str) -> Vec<String> {
    let page = read("docs/running-the-ledger.md");
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.filter(|block| block.contains(about)).collect()
}

/// Whether a program is there; on CI it must be.
fn is_installed(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = version.is_ok_and(|status| status.success());
    assert!(is_there || !env::var("CI").is_ok_and(|ci| ci == "true"), "{program} is missing on CI");
    if !is_there {
        eprintln!("SKIPPED: {program} is missing");
    }
    is_there
}

/// A directory that is removed when this is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let directory = env::temp_dir().join(format!("gerbang_running_{name}_{}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        Self(directory)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(block: &str, directory: &Path, database: &str) -> String {
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", block]).current_dir(directory).env("DATABASE_URL", database);
    let output = shell.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{block}\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}

async fn open(database: &str, sandbox: &Sandbox) -> Ledger {
    let account = Account::live("kropay", gateway("kropay", sandbox.base_url()));
    Ledger::open(database).await.unwrap().account(account)
}

async fn pay(ledger: &Ledger, order: &str) {
    ledger.pay(&Order::new(order, Rupiah::new(20_000)), "kropay").await.unwrap();
}

#[tokio::test]
async fn backup_of_sqlite_has_what_was_committed() {
    if !is_installed("sqlite3") {
        return;
    }
    let (sandbox, directory) = (Sandbox::start().await, Directory::new("sqlite"));
    // The programs run on.
    let ledger = open(&format!("sqlite://{}", directory.0.join("shop.db").display()), &sandbox).await;
    pay(&ledger, "ORDER-1").await;
    let [backup, looking] = &blocks("shop.db")[..] else { panic!("the page has two blocks for SQLite") };
    assert_eq!(run(backup, &directory.0, ""), "ok\n");
    assert_eq!(run(looking, &directory.0, ""), "1\n", "no case is open, and the creation is an event");
    let copy = open(&format!("sqlite://{}", directory.0.join("shop-backup.db").display()), &sandbox).await;
    assert!(copy.payment("ORDER-1").await.unwrap().is_some());
}

#[tokio::test]
async fn restored_postgresql_has_what_was_dumped() {
    if !is_installed("pg_dump") {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    let (sandbox, directory) = (Sandbox::start().await, Directory::new("postgres"));
    let [dump, restore] = &blocks("DATABASE_URL")[..] else { panic!("the page has two blocks for PostgreSQL") };
    {
        let ledger = open(&cluster.url(), &sandbox).await;
        pay(&ledger, "ORDER-1").await;
        assert!(run(dump, &directory.0, &cluster.url()).contains("gerbang_attempt"));
        pay(&ledger, "ORDER-2").await;
    }
    run(restore.trim_start(), &directory.0, &cluster.url());
    let ledger = open(&cluster.url(), &sandbox).await;
    assert!(ledger.payment("ORDER-1").await.unwrap().is_some());
    assert!(ledger.payment("ORDER-2").await.unwrap().is_none());
}

/// The names that `Why::as_str` gives.
fn kinds() -> BTreeSet<String> {
    let file = syn::parse_file(&read("crates/ledger/src/person.rs")).unwrap();
    let kinds = file.items.iter().find_map(|item| match item {
        syn::Item::Enum(kinds) if kinds.ident == "Why" => Some(kinds),
        _ => None,
    });
    let snake = |name: String| {
        name.chars().enumerate().fold(String::new(), |mut snake, (at, letter)| {
            if at > 0 && letter.is_uppercase() {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
            snake
        })
    };
    kinds.expect("the enum of cases").variants.iter().map(|variant| snake(variant.ident.to_string())).collect()
}

#[test]
fn every_kind_of_case_is_in_the_table() {
    let page = read("docs/running-the-ledger.md");
    let table = page.split("| Case |").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut rows = BTreeSet::new();
    for row in table.lines().skip(2) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [kind, meaning, look, resolution] = cells[..] else { panic!("{row}") };
        assert!(!meaning.is_empty() && !look.is_empty(), "{row}");
        assert!(["`Paid`", "`Unpaid`", "`Noted`"].iter().any(|name| resolution.contains(name)), "{row}");
        rows.insert(kind.trim_matches('`').to_owned());
    }
    assert_eq!(rows, kinds());
}
