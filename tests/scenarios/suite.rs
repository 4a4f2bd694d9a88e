//! Runs every scenario with every gateway and collects what came of it.

use std::fmt::Write;
use std::pin::Pin;

use anyhow::anyhow;
use tokio::task::{LocalSet, spawn_local};

use crate::case::Case;
use crate::subjects::Subject;

/// What a scenario found; an error is a failure.
pub type Outcome = anyhow::Result<Verdict>;

/// What a scenario that did not fail found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it must be.
    Ok,
    /// The gateway does not support what the scenario is about, and says so where it is asked.
    Unsupported,
}

/// A scenario: a story with one gateway and an empty book.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// The name of its function.
    pub name: &'static str,
    /// Its function.
    pub play: for<'a> fn(&'a Case) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>,
}

/// A list of scenarios, named by their functions.
macro_rules! scenarios {
    ($($name:ident,)+) => {
        /// The scenarios of this module.
        pub fn scenarios() -> Vec<$crate::suite::Scenario> {
            vec![$($crate::suite::Scenario { name: stringify!($name), play: |case| Box::pin($name(case)) }),+]
        }
    };
}
pub(crate) use scenarios;

/// What came of all scenarios: for each, one outcome for each subject.
pub struct Report {
    subjects: Vec<&'static str>,
    rows: Vec<(String, Vec<Outcome>)>,
}

/// Plays every scenario with every subject, each on its own server. Subjects play at the same time.
pub async fn run(subjects: &[Subject], scenarios: &[Scenario]) -> Report {
    LocalSet::new().run_until(play(subjects, scenarios)).await
}

async fn play(subjects: &[Subject], scenarios: &[Scenario]) -> Report {
    let play_all = |subject: Subject| {
        let scenarios = scenarios.to_vec();
        spawn_local(async move {
            let mut outcomes = Vec::new();
            for scenario in scenarios {
                // A task of its own, so that a panic ends nothing else.
                let outcome = spawn_local(async move { (scenario.play)(&Case::start(subject).await).await }).await;
                outcomes.push(outcome.unwrap_or_else(|panic| Err(anyhow!("{panic}"))));
            }
            outcomes
        })
    };
    let running: Vec<_> = subjects.iter().copied().map(play_all).collect();
    let sentence = |scenario: &Scenario| (scenario.name.replace('_', " "), Vec::new());
    let mut rows: Vec<_> = scenarios.iter().map(sentence).collect();
    for column in running {
        let outcomes = column.await.expect("panics are caught before");
        for ((_, row), outcome) in rows.iter_mut().zip(outcomes) {
            row.push(outcome);
        }
    }
    Report { subjects: subjects.iter().map(|subject| subject.name).collect(), rows }
}

impl Report {
    /// Scenarios by gateways.
    pub fn table(&self) -> String {
        let width = self.rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let mut table = format!("\n{:width$}", "");
        for subject in &self.subjects {
            _ = write!(table, "  {subject}");
        }
        for (name, outcomes) in &self.rows {
            _ = write!(table, "\n{name:width$}");
            for (subject, outcome) in self.subjects.iter().zip(outcomes) {
                let word = match outcome {
                    Ok(Verdict::Ok) => "ok",
                    Ok(Verdict::Unsupported) => "n/a",
                    Err(_) => "FAILED",
                };
                _ = write!(table, "  {word:0$}", subject.len());
            }
        }
        table
    }

    /// All failures, one after the other; empty when there is none.
    pub fn failures(&self) -> String {
        let mut failures = String::new();
        for (name, outcomes) in &self.rows {
            for (subject, outcome) in self.subjects.iter().zip(outcomes) {
                if let Err(error) = outcome {
                    _ = write!(failures, "\n- {subject}: {name}: {error:#}");
                }
            }
        }
        failures
    }
}
