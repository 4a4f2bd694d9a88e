//! What a ledger adds to the commits that it cannot do without, and what a full book costs.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tools::{directory, program};
use super::{Row, Target};

/// How often a payment commits where nothing is grouped: its intent, the reply, the notification, and two events.
const STEPS: f64 = 5.0;

/// The texts of a database's rows.
struct Texts {
    throughput: &'static str,
    latency: &'static str,
    ready: &'static str,
    asked: &'static str,
}

const SQLITE: Texts = Texts {
    throughput: "SQLite: payments a second ÷ (commits a second ÷ commits of a payment)",
    latency: "SQLite: p99 of a call with 1 000 000 payments in the book ÷ in an empty one, the worst",
    ready: "SQLite: start with 10 000 open payments until one more is paid, in seconds",
    asked: "SQLite: questions of the 10 seconds after that ÷ the account's budget",
};

const POSTGRES: Texts = Texts {
    throughput: "PostgreSQL: payments a second ÷ (commits a second ÷ commits of a payment)",
    latency: "PostgreSQL: p99 of a call with 1 000 000 payments in the book ÷ in an empty one, the worst",
    ready: "PostgreSQL: start with 10 000 open payments until one more is paid, in seconds",
    asked: "PostgreSQL: questions of the 10 seconds after that ÷ the account's budget",
};

pub(super) fn measure() -> Result<Vec<Row>> {
    // On the disk that the programs are built on.
    let books = directory().join("target/books");
    fs::create_dir_all(&books)?;
    let server = env::var("GERBANG_TEST_POSTGRES");
    let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned());
    let mut rows = rows(&SQLITE, &books.display().to_string())?;
    rows.extend(self::rows(&POSTGRES, &server)?);
    Ok(rows)
}

fn rows(texts: &Texts, place: &str) -> Result<Vec<Row>> {
    let throughput = figures("throughput", place)?;
    let (payments, commits, each) = (throughput["payments"], throughput["commits"], throughput["each"]);
    let latency = figures("latency", place)?;
    let (call, full, empty) = worst(&latency)?;
    let restart = figures("restart", place)?;
    let (asked, budget) = (restart["asked"], restart["budget"]);
    Ok(vec![
        Row {
            what: texts.throughput,
            from: format!("{payments:.0} ÷ ({commits:.0} ÷ {STEPS}) a second, in {each:.2} commits"),
            reached: payments / (commits / STEPS),
            target: Target::AtLeast(0.7),
        },
        Row {
            what: texts.latency,
            from: format!("`{call}`: {:.2} ÷ {:.2} ms", full * 1000.0, empty * 1000.0),
            reached: full / empty,
            target: Target::AtMost(2.0),
        },
        Row {
            what: texts.ready,
            from: format!("{:.3} s", restart["ready"]),
            reached: restart["ready"],
            target: Target::Below(2.0),
        },
        Row {
            what: texts.asked,
            from: format!("{asked:.0} ÷ {budget:.0}"),
            reached: asked / budget,
            target: Target::AtMost(1.0),
        },
    ])
}

/// The call that a full book slows down most, and its times in a full book and in an empty one.
fn worst(latency: &BTreeMap<String, f64>) -> Result<(&str, f64, f64)> {
    let calls = latency.iter().filter_map(|(name, full)| {
        let call = name.strip_suffix("-full")?;
        Some((call, *full, *latency.get(&format!("{call}-empty"))?))
    });
    calls.max_by(|one, other| (one.1 / one.2).total_cmp(&(other.1 / other.2))).context("ledger latency prints no call")
}

/// What the program prints: a name and a number on each line.
fn figures(what: &str, place: &str) -> Result<BTreeMap<String, f64>> {
    let output = Command::new(program("ledger")).args([what, place]).output()?;
    ensure!(output.status.success(), "ledger {what} failed: {}", String::from_utf8_lossy(&output.stderr));
    let figure = |line: &str| {
        let (name, number) = line.split_once(' ').with_context(|| format!("ledger {what} prints {line:?}"))?;
        Ok((name.to_owned(), number.parse()?))
    };
    String::from_utf8(output.stdout)?.lines().map(figure).collect()
}
