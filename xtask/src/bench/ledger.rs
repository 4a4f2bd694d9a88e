//! What a ledger adds to the commits that it cannot do without, and what a full book costs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::databases::Database;
use super::{Row, Target};

/// How often a payment commits where nothing is grouped: its intent, the reply, the notification, and two events.
const STEPS: f64 = 5.0;

pub(super) fn measure(database: Database) -> Result<Vec<Row>> {
    let figures = |what| database.figures("ledger", &[what]);
    let throughput = figures("throughput")?;
    let (payments, commits, each) = (throughput["payments"], throughput["commits"], throughput["each"]);
    let latency = figures("latency")?;
    let (call, full, empty) = worst(&latency)?;
    let restart = figures("restart")?;
    let (asked, budget) = (restart["asked"], restart["budget"]);
    Ok(vec![
        Row {
            what: "payments a second ÷ (commits a second ÷ commits of a payment)",
            from: format!("{payments:.0} ÷ ({commits:.0} ÷ {STEPS}) a second, in {each:.2} commits"),
            reached: payments / (commits / STEPS),
            target: Target::AtLeast(0.7),
        },
        Row {
            what: "p99 of a call with 1 000 000 payments in the book ÷ in an empty one, the worst",
            from: format!("`{call}`: {:.2} ÷ {:.2} ms", full * 1000.0, empty * 1000.0),
            reached: full / empty,
            target: Target::AtMost(2.0),
        },
        Row {
            what: "start with 10 000 open payments until one more is paid, in seconds",
            from: format!("{:.3} s", restart["ready"]),
            reached: restart["ready"],
            target: Target::Below(2.0),
        },
        Row::ratio(
            "questions in the 10 seconds after that ÷ the budget",
            asked,
            budget,
            "questions",
            Target::AtMost(1.0),
        ),
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
