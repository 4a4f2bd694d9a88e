//! What the README promises is what the gate runs.

use gerbang::operation::Operation;
use gerbang::{kazukipay, klink, kropay, pakasir, paydigital};

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
    let tables: [(&str, &[&[&Operation]]); 5] = [
        ("kazukipay", &[kazukipay::operations::ALL]),
        ("klink", &[klink::operations::ALL]),
        ("kropay", &[kropay::operations::ALL]),
        ("pakasir", &[pakasir::v1::operations::ALL, pakasir::v2::operations::ALL]),
        ("paydigital", &[paydigital::operations::ALL]),
    ];
    for (feature, tables) in tables {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{feature}` |"))).unwrap();
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let count: usize = tables.iter().map(|table| table.len()).sum();
        assert_eq!(cells[3], count.to_string(), "{row}");
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
