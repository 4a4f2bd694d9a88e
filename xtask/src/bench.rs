//! What the clients cost: measures the programs of `benches/` against what is written by hand, and writes BENCHMARKS.md.
//!
//! Needs Linux, for the processor time that it counts, valgrind, and PostgreSQL. Instructions are counted where a network is in between,
//! as they repeat while others use the machine; pure computing is measured in processor time.

mod binary;
mod builds;
mod calls;
mod connections;
mod databases;
mod drawings;
mod generator;
mod ledger;
mod memory;
mod notifications;
mod payloads;
mod report;
mod serve;
mod tools;

use std::fs;

use anyhow::{Context, Result};
use databases::Database;
use gerbang_spec::specs;

/// A measured figure, mostly a ratio.
#[derive(Debug)]
struct Row {
    what: &'static str,
    /// What the figure was made from.
    from: String,
    reached: f64,
    target: Target,
}

impl Row {
    /// A figure over another of the same unit.
    fn ratio(what: &'static str, ours: f64, other: f64, unit: &str, target: Target) -> Self {
        Self { what, from: format!("{ours:.0} ÷ {other:.0} {unit}"), reached: ours / other, target }
    }
}

/// What a figure is to be.
#[derive(Debug, Clone, Copy)]
enum Target {
    AtMost(f64),
    Below(f64),
    AtLeast(f64),
    /// Nothing: it is for comparison.
    None,
}

impl Target {
    fn is_met(self, reached: f64) -> bool {
        match self {
            Self::AtMost(most) => reached <= most,
            Self::Below(limit) => reached < limit,
            Self::AtLeast(least) => reached >= least,
            Self::None => true,
        }
    }
}

/// A group of figures.
struct Measurement {
    title: &'static str,
    measure: fn() -> Result<Vec<Row>>,
}

const MEASUREMENTS: &[Measurement] = &[
    Measurement { title: "A payment created and its reply read", measure: calls::measure },
    Measurement { title: "A notification verified and read", measure: notifications::measure },
    Measurement { title: "A QRIS payload read and verified", measure: payloads::measure },
    Measurement { title: "A cold build", measure: builds::measure },
    Measurement { title: "The binary of a program that takes a payment", measure: binary::measure },
    Measurement { title: "Connections and allocations", measure: connections::measure },
    Measurement { title: "Memory under hostile replies", measure: memory::measure },
    Measurement { title: "The generator", measure: generator::measure },
    Measurement { title: "The ledger, on SQLite", measure: || ledger::measure(Database::Sqlite) },
    Measurement { title: "The ledger, on PostgreSQL", measure: || ledger::measure(Database::Postgres) },
    Measurement { title: "The daemon, on SQLite", measure: || serve::measure(Database::Sqlite) },
    Measurement { title: "The daemon, on PostgreSQL", measure: || serve::measure(Database::Postgres) },
    Measurement { title: "A QRIS payload drawn", measure: drawings::measure },
];

/// How many measurements there are.
pub const COUNT: u8 = MEASUREMENTS.len() as u8;

/// Measures, prints the figures, and writes BENCHMARKS.md unless only some measurements, counted from 1, are wanted. Says
/// whether all targets are met.
pub fn run(only: &[u8]) -> Result<bool> {
    tools::build_programs()?;
    let (mut sections, mut met) = (String::new(), true);
    for (number, measurement) in (1..).zip(MEASUREMENTS) {
        if !only.is_empty() && !only.contains(&number) {
            continue;
        }
        let rows = (measurement.measure)().with_context(|| format!("measurement {number}: {}", measurement.title))?;
        let section = report::section(number, measurement.title, &rows);
        println!("{section}");
        sections.push_str(&section);
        sections.push('\n');
        met &= rows.iter().all(|row| row.target.is_met(row.reached));
    }
    if only.is_empty() {
        fs::write(specs::workspace().join("BENCHMARKS.md"), report::page(&sections)?)?;
    }
    Ok(met)
}
