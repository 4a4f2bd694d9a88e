//! What the README and the map of the code say is so.

use std::collections::{BTreeMap, BTreeSet};

fn read(file: &str) -> String {
    std::fs::read_to_string(gerbang_spec::specs::workspace().join(file)).unwrap()
}

#[test]
fn the_gate_runs_the_readmes_commands() {
    let (readme, gate) = (read("README.md"), read("xtask/src/ci.rs"));
    let commands: Vec<_> =
        readme.split("```sh\n").skip(1).flat_map(|rest| rest.split("```").next().unwrap().lines()).collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in &commands {
        // Generating writes; the gate checks that nothing would be written.
        let wanted = command.replace("xtask generate", "xtask generate --check");
        assert!(gate.contains(&format!("\"{wanted}")), "{wanted} is no command of the gate");
    }
}

#[test]
fn the_table_of_gateways_counts_right() {
    let readme = read("README.md");
    // Gateways of one API share its operations.
    let mut providers: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for gateway in gerbang::gateways() {
        let operations = gateway.operations.iter().map(|operation| (operation.id, operation.path));
        providers.entry(gateway.section).or_default().extend(operations);
    }
    let specs = gerbang_spec::specs::find(&gerbang_spec::specs::workspace().join("specs"), &[]).unwrap();
    let wanted: BTreeSet<_> = specs.iter().map(gerbang_spec::specs::Spec::provider).collect();
    assert_eq!(providers.keys().copied().collect::<BTreeSet<_>>(), wanted);
    for (feature, operations) in providers {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{feature}` |"))).unwrap();
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[3], operations.len().to_string(), "{row}");
        for variable in cells[5].split(", ") {
            let variable = variable.trim_matches('`');
            assert!(variable.starts_with(&format!("GERBANG_{}_", feature.to_ascii_uppercase())), "{row}");
            let credentials = ["", "v1/", "v2/"].iter().filter_map(|module| {
                let file = format!("crates/{feature}/src/generated/{module}credentials.rs");
                std::fs::read_to_string(gerbang_spec::specs::workspace().join(file)).ok()
            });
            assert!(credentials.into_iter().any(|code| code.contains(variable)), "{variable}");
        }
    }
}

#[test]
fn security_has_a_row_for_each_gateway() {
    let security = read("SECURITY.md");
    let (_, table) = security.split_once("\n## What each gateway makes possible\n").expect("the table");
    let table = table.split("\n## ").next().expect("its end");
    for gateway in gerbang::gateways() {
        let row = format!("\n| {}", gateway.title);
        assert!(table.contains(&row), "SECURITY.md says nothing of {}: its table has no row", gateway.title);
    }
}

#[test]
fn each_path_that_the_documents_name_exists() {
    let root = gerbang_spec::specs::workspace();
    let starts = ["crates/", "specs/", "tests/", "docs/", "xtask/", "benches/", "fuzz/"];
    let mut paths = 0;
    for document in ["README.md", "ARCHITECTURE.md", "SECURITY.md", "specs/README.md", "tests/README.md"] {
        for path in read(document).split('`').filter(|quoted| starts.iter().any(|start| quoted.starts_with(start))) {
            // A line number, a pattern or a made-up provider names no file.
            if !path.contains([' ', '*', '{', '<', ':']) && !path.contains("lumbung") {
                assert!(root.join(path).exists(), "{document}: {path}");
                paths += 1;
            }
        }
    }
    assert!(paths >= 20, "{paths}");
}

#[test]
fn the_second_example_is_the_shop_that_is_tested() {
    let (readme, shop) = (read("README.md"), read("crates/facade/examples/shop.rs"));
    let example = readme.split("```rust,no_run\n").nth(2).unwrap().split("```").next().unwrap();
    assert_eq!(example, &shop[shop.find("use axum").unwrap()..]);
    let lines: Vec<_> = example.lines().collect();
    assert!(lines.len() < 60, "{} lines", lines.len());
    // What is written for what would survive without a ledger as well does not count: the shop's own statements.
    let is_durable = |line: &&&str| {
        let names = ["Ledger::open", ".on_event(", ".account(", "ledger.", "-> Handled", "tx.commit", "mut tx"];
        !line.starts_with("use ") && names.iter().any(|name| line.contains(name))
    };
    let durable: Vec<_> = lines.iter().filter(is_durable).collect();
    assert!(durable.len() <= 10, "{durable:#?}");
}
