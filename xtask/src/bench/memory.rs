//! Peak memory under hostile replies, as the test `memory` measures it.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Row, Target};
use gerbang_spec::specs;

pub(super) fn measure() -> Result<Vec<Row>> {
    let arguments = ["test", "--quiet", "--package", "gerbang-tests", "--test", "memory", "--", "--nocapture"];
    let output = Command::new("cargo").current_dir(specs::workspace()).args(arguments).output()?;
    ensure!(output.status.success(), "the test failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    Ok(vec![
        row(&text, "gzip bomb ÷ cap", "gzip-bomb")?,
        row(&text, "256 MiB announced ÷ cap", "large-body")?,
        row(&text, "256 MiB without a length ÷ cap", "large-chunked-body")?,
    ])
}

/// The largest figure of a fault.
fn row(text: &str, what: &'static str, fault: &str) -> Result<Row> {
    let of_fault = text.lines().filter_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, name, kibibytes, "KiB"] = words[..] else { return None };
        (name == fault).then(|| kibibytes.parse::<f64>().ok()).flatten()
    });
    let most = of_fault.reduce(f64::max).with_context(|| format!("the test prints nothing of {fault}"))?;
    let from = format!("{most:.0} ÷ 1024 KiB");
    Ok(Row { what, from, reached: most / 1024.0, target: Target::AtMost(3.0) })
}
