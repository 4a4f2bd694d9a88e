//! Processor time of builds from nothing, in the dev profile.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Result, ensure};

use super::tools::{cargo, cpu_seconds, directory};
use super::{Row, Target};

struct Build {
    seconds: f64,
    crates: usize,
}

pub(super) fn measure() -> Result<Vec<Row>> {
    let reqwest = build("pay-reqwest")?;
    let ours = build("pay-gerbang")?;
    let sdk = build("pay-pakasir-sdk")?;
    let notifications = build("notifications")?;
    let full = build("full")?;
    let row = |what, ours: &Build, other: &Build, target| Row {
        what,
        from: format!(
            "{:.1} s, {} crates ÷ {:.1} s, {} crates",
            ours.seconds, ours.crates, other.seconds, other.crates
        ),
        reached: ours.seconds / other.seconds,
        target,
    };
    Ok(vec![
        row("one gateway ÷ reqwest with serde_json", &ours, &reqwest, Target::AtMost(1.15)),
        row("one gateway ÷ `pakasir-sdk` 0.2.0 without its features", &ours, &sdk, Target::Below(1.00)),
        row("notifications only ÷ reqwest with serde_json", &notifications, &reqwest, Target::AtMost(0.35)),
        row("all gateways ÷ reqwest with serde_json", &full, &reqwest, Target::None),
    ])
}

/// Builds a program and all that it depends on in a directory of its own, which is removed.
fn build(package: &str) -> Result<Build> {
    let target = directory().join("target/cold");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let mut command = cargo(&["build", "--quiet", "--package", package, "--bin", package]);
    let seconds = cpu_seconds(command.env("CARGO_TARGET_DIR", &target))?;
    fs::remove_dir_all(&target)?;
    let tree = cargo(&["tree", "--prefix", "none", "--edges", "normal,build", "--package", package]).output()?;
    ensure!(tree.status.success(), "cargo tree failed");
    let tree = String::from_utf8(tree.stdout)?;
    let crates: BTreeSet<_> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(Build { seconds, crates: crates.len() })
}
