//! The size of a program.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tools::{cargo, directory, program};
use super::{Row, Target};

pub(super) fn measure() -> Result<Vec<Row>> {
    let (ours, reqwest) = (stripped("pay-gerbang")?, stripped("pay-reqwest")?);
    Ok(vec![Row {
        what: "client ÷ hand-written reqwest",
        from: format!("{:.2} ÷ {:.2} MiB", ours / MIB, reqwest / MIB),
        reached: ours / reqwest,
        target: Target::AtMost(1.00),
    }])
}

const MIB: f64 = 1_048_576.0;

/// The size of a program without symbols, in bytes. It is built alone: with others it has what these switch on.
fn stripped(name: &str) -> Result<f64> {
    let built = cargo(&["build", "--release", "--quiet", "--package", name]).status()?;
    ensure!(built.success(), "{name} cannot be built");
    let path = directory().join("target/stripped");
    let status = Command::new("strip").arg("-o").arg(&path).arg(program(name)).status();
    ensure!(status.context("strip cannot be run; install binutils")?.success(), "strip failed");
    Ok(fs::metadata(&path)?.len() as f64)
}
