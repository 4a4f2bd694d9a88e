//! What the daemon adds to a program by hand with axum and sqlx that writes the same rows.

use anyhow::Result;

use super::databases::Database;
use super::{Row, Target};

pub(super) fn measure(database: Database) -> Result<Vec<Row>> {
    let figures = database.figures("serve-load", &[])?;
    let row = |what, name: &str, unit, target| {
        Row::ratio(what, figures[name], figures[&format!("bare-{name}")], unit, target)
    };
    let [commits, by_hand] = ["commits", "bare-commits"].map(|name| figures[name] * 1000.0);
    Ok(vec![
        row("payments a second ÷ by hand with the same rows", "payments", "a second", Target::AtLeast(0.7)),
        Row::ratio("commits ÷ by hand", commits, by_hand, "in 1000 payments", Target::None),
        row("p99 of `POST /v1/payments` ÷ by hand", "created", "µs", Target::None),
        row("p99 from a notification to the event that it is paid ÷ by hand", "paid", "µs", Target::None),
        row("the most memory ÷ by hand", "memory", "KiB", Target::None),
    ])
}
