//! BENCHMARKS.md.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::{Row, Target};
use crate::docs;

/// The figures of a measurement.
pub(super) fn section(number: u8, title: &str, rows: &[Row]) -> String {
    let mut text = format!("## {number}. {title}\n\n| | Reached | Target | | From |\n|---|--:|--:|---|---|\n");
    for Row { what, from, reached, target } in rows {
        let wanted = match target {
            Target::AtMost(most) => format!("≤ {most:.2}"),
            Target::Below(limit) => format!("< {limit:.2}"),
            Target::AtLeast(least) => format!("≥ {least:.2}"),
            Target::None => String::new(),
        };
        let met = match target {
            Target::None => "",
            _ if target.is_met(*reached) => "met",
            _ => "**missed**",
        };
        text.push_str(&format!("| {what} | {reached:.2} | {wanted} | {met} | {from} |\n"));
    }
    text
}

/// The whole page.
pub(super) fn page(sections: &str) -> Result<String> {
    let (rustc, valgrind) = (version("rustc")?, version("valgrind")?);
    let (processor, cores, load) = machine();
    Ok(format!(
        "# What the clients cost\n\n\
         Written by `cargo xtask bench`. Each figure is a ratio unless it says otherwise, of one run on one machine; the \
         programs are in [`benches/`](benches/README.md).\n\n\
         - Date: {date}\n- Processor: {processor}, {cores} cores, load {load} when it ended\n- {rustc}, {valgrind}\n- Crates: \
         `benches/Cargo.lock`\n\n{sections}\
         ## How to repeat it\n\n\
         On Linux with valgrind, binutils, PostgreSQL and the toolchain: `cargo xtask bench`, or `cargo xtask bench --only 1,3` for some \
         of it, which prints the figures and does not write this file. Profiles for `callgrind_annotate` stay in \
         `benches/target/profiles`.\n",
        date = docs::today(),
    ))
}

fn version(tool: &str) -> Result<String> {
    let output = Command::new(tool).arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The processor, how many there are, and how busy they are.
fn machine() -> (String, usize, String) {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<_> = cpus.lines().filter_map(|line| line.strip_prefix("model name")).collect();
    let model = models.first().map_or("unknown", |model| model.trim_start_matches(['\t', ' ', ':']));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    (model.to_owned(), models.len(), load.split(' ').next().unwrap_or_default().to_owned())
}
