//! What the README, the pages of the gateways and the map of the code say is so.

use std::collections::{BTreeMap, BTreeSet};

fn read(file: &str) -> String {
    std::fs::read_to_string(gerbang_spec::specs::workspace().join(file)).unwrap()
}

#[test]
fn the_gate_runs_the_readmes_commands() {
    let (readme, gate) = (read("README.md"), read("xtask/src/ci.rs"));
    let commands: Vec<_> =
        readme.split("```sh\n").skip(1).flat_map(|rest| rest.split("```").next().unwrap().lines()).collect();
    assert!(commands.len() >= 3, "{commands:?}");
    for command in &commands {
        assert!(gate.contains(&format!("\"{command}")), "{command} is no command of the gate");
    }
}

/// The tables of gateways, in English and in Indonesian.
const TABLES: [&str; 2] = ["docs/gateways/README.md", "docs/gateways/README.id.md"];

#[test]
fn the_tables_of_gateways_count_right() {
    // Gateways of one API share its operations.
    let mut providers: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for gateway in gerbang::gateways() {
        let operations = gateway.operations.iter().map(|operation| (operation.id, operation.path));
        providers.entry(gateway.section).or_default().extend(operations);
    }
    let specs = gerbang_spec::specs::find(&gerbang_spec::specs::workspace().join("specs"), &[]).unwrap();
    let wanted: BTreeSet<_> = specs.iter().map(gerbang_spec::specs::Spec::provider).collect();
    assert_eq!(providers.keys().copied().collect::<BTreeSet<_>>(), wanted);
    for table in TABLES {
        let table = read(table);
        for (feature, operations) in &providers {
            let row = table.lines().find(|line| line.starts_with(&format!("| `{feature}` |"))).unwrap();
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            assert_eq!(cells[3], operations.len().to_string(), "{row}");
            for variable in cells[5].split(", ") {
                assert!(is_credential(feature, variable.trim_matches('`')), "{row}: {variable}");
            }
        }
    }
}

fn is_credential(feature: &str, variable: &str) -> bool {
    let read = |module: &str| {
        let file = format!("crates/{feature}/src/generated/{module}credentials.rs");
        std::fs::read_to_string(gerbang_spec::specs::workspace().join(file)).unwrap_or_default()
    };
    let is_own = variable.starts_with(&format!("GERBANG_{}_", feature.to_ascii_uppercase()));
    is_own && ["", "v1/", "v2/"].iter().any(|module| read(module).contains(variable))
}

#[test]
fn each_gateway_has_its_pages_which_others_lead_to() {
    for gateway in gerbang::gateways() {
        for ending in ["md", "id.md"] {
            let page = format!("docs/gateways/{}.{ending}", gateway.section);
            assert!(read(&page).starts_with(&format!("# {}\n", gateway.title)), "{page}");
            assert!(read(&format!("README.{ending}")).contains(&format!("]({page})")), "README.{ending}: {page}");
            let list = format!("docs/gateways/README.{ending}");
            assert!(read(&list).contains(&format!("]({}.{ending})", gateway.section)), "{list}: {page}");
        }
    }
}

#[test]
fn going_live_names_the_least_prices() {
    for page in ["docs/guides/going-live.md", "docs/guides/going-live.id.md"] {
        let text = read(page);
        for gateway in gerbang::gateways().filter(|gateway| gateway.discontinued.is_none()) {
            let least = (gateway.capabilities)().least_amount;
            let part = text.split("\n## ").find(|part| part.starts_with(gateway.title));
            let part = part.unwrap_or_else(|| panic!("{page} has no list for {}", gateway.title));
            // K-Link's document names none.
            assert!(
                least.get() == 1 || part.contains(&format!("Rp{}", least.to_dotted())),
                "{page}: {}",
                gateway.title
            );
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
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "COMPARE.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "crates/facade/README.md",
        "specs/README.md",
        "tests/README.md",
    ];
    for document in documents {
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
fn the_readmes_shop_is_the_example_that_is_tested() {
    let (readme, shop) = (read("crates/facade/README.md"), read("crates/facade/examples/shop.rs"));
    let example = readme.split("```rust,no_run\n").nth(1).unwrap().split("```").next().unwrap();
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
