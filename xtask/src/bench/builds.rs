//! Processor time of builds from nothing, in the dev profile, as they are for those who depend on published crates.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Result, ensure};

use super::tools::{cargo, cpu_seconds, directory};
use super::{Row, Target};

/// How often each program is built. The least counts: whatever else the machine does only adds to it.
const ROUNDS: usize = 3;

struct Build {
    package: &'static str,
    features: &'static str,
    seconds: f64,
}

pub(super) fn measure() -> Result<Vec<Row>> {
    let mut bare = Build::of("bare-reqwest", "");
    let mut reqwest = Build::of("pay-reqwest", "");
    let mut ours = Build::of("pay-gerbang", "");
    let mut sdk = Build::of("pay-pakasir-sdk", "as-published");
    let mut bare_sdk = Build::of("pay-pakasir-sdk", "");
    let mut notifications = Build::of("notifications", "");
    let mut full = Build::of("full", "");
    for _ in 0..ROUNDS {
        // In turns, so that a time at which the machine is slow meets all of them.
        for build in [&mut bare, &mut reqwest, &mut ours, &mut sdk, &mut bare_sdk, &mut notifications, &mut full] {
            build.run()?;
        }
    }
    let row = |what, ours: &Build, other: &Build, target| -> Result<Row> {
        let from = format!(
            "{:.1} s, {} crates ÷ {:.1} s, {} crates",
            ours.seconds,
            ours.crates()?,
            other.seconds,
            other.crates()?
        );
        Ok(Row { what, from, reached: ours.seconds / other.seconds, target })
    };
    Ok(vec![
        row("one gateway ÷ reqwest as it comes", &ours, &bare, Target::AtMost(0.70))?,
        row("notifications only ÷ reqwest as it comes", &notifications, &bare, Target::AtMost(0.22))?,
        row("one gateway ÷ reqwest with serde_json", &ours, &reqwest, Target::AtMost(1.00))?,
        row("one gateway ÷ `pakasir-sdk` 0.2.0", &ours, &sdk, Target::Below(1.00))?,
        row("one gateway ÷ `pakasir-sdk` 0.2.0 without its default features", &ours, &bare_sdk, Target::None)?,
        row("notifications only ÷ reqwest with serde_json", &notifications, &reqwest, Target::AtMost(0.35))?,
        row("all gateways ÷ reqwest with serde_json", &full, &reqwest, Target::None)?,
    ])
}

impl Build {
    /// A program of `benches/`, not built yet.
    fn of(package: &'static str, features: &'static str) -> Self {
        Self { package, features, seconds: f64::INFINITY }
    }

    /// Builds the program and all that it depends on in a directory of its own, which is removed.
    fn run(&mut self) -> Result<()> {
        let target = directory().join("target/cold");
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let Self { package, features, .. } = self;
        let mut command = cargo(&["build", "--quiet", "--package", package, "--bin", package, "--features", features]);
        // What comes from crates.io, as ours will, is never built incrementally; a path would be, and takes longer for it.
        command.env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0");
        self.seconds = self.seconds.min(cpu_seconds(&mut command)?);
        fs::remove_dir_all(&target)?;
        Ok(())
    }

    /// Of how many crates it is built.
    fn crates(&self) -> Result<usize> {
        let Self { package, features, .. } = self;
        let mut command = cargo(&["tree", "--prefix", "none", "--edges", "normal,build", "--package", package]);
        let tree = command.args(["--features", features]).output()?;
        ensure!(tree.status.success(), "cargo tree failed");
        let tree = String::from_utf8(tree.stdout)?;
        let crates: BTreeSet<_> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        Ok(crates.len())
    }
}
