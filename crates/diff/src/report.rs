//! What is reported about the changes: as a text, and as an entry of a changelog.

use std::fmt::Write;

use super::Change;
use super::rules::{Effect, Section};

/// The changes as a text for people. `revision` and `version` are those of the base.
pub fn text(changes: &[Change], revision: &str, version: &str) -> String {
    let mut text = String::new();
    let mut spec = "";
    for change in changes {
        if change.spec != spec {
            spec = &change.spec;
            let _ = writeln!(text, "specs/{spec}.yaml");
        }
        let effect = match change.rule.effect {
            Effect::Breaking => "BREAKING",
            Effect::Compatible => "compatible",
            Effect::Documentation => "documentation",
        };
        let _ = writeln!(text, "  {effect:<13}  {} [{}]", change.what, change.rule.name);
        if change.rule.effect != Effect::Documentation {
            let _ = writeln!(text, "                 {}", change.rule.why);
        }
        if !change.operations.is_empty() {
            let _ = writeln!(text, "                 reached by {}", change.operations.join(", "));
        }
    }
    let count = |effect| changes.iter().filter(|change| change.rule.effect == effect).count();
    let _ = writeln!(
        text,
        "since {revision}: {} breaking, {} compatible, {} of documentation",
        count(Effect::Breaking),
        count(Effect::Compatible),
        count(Effect::Documentation)
    );
    match next_version(changes, version) {
        Some(next) => drop(writeln!(text, "version: {version} -> {next}")),
        None => drop(writeln!(text, "version: {version} stays")),
    }
    text
}

/// The changes as an entry of `CHANGELOG.md`, in the form of Keep a Changelog. Documentation is left out.
pub fn changelog(changes: &[Change]) -> String {
    let mut text = "## [Unreleased]\n".to_owned();
    for (section, title) in [(Section::Added, "Added"), (Section::Changed, "Changed"), (Section::Removed, "Removed")] {
        let is_listed =
            |change: &&Change| change.rule.section == section && change.rule.effect != Effect::Documentation;
        let lines: Vec<_> = changes.iter().filter(is_listed).map(line).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n### {title}\n\n{}", lines.concat());
        }
    }
    text
}

fn line(change: &Change) -> String {
    let breaking = match change.rule.effect {
        Effect::Breaking => format!(" **Breaking:** {}.", change.rule.why),
        Effect::Compatible | Effect::Documentation => String::new(),
    };
    format!("- {}: {}.{breaking}\n", change.spec, change.what)
}

/// The version that the changes ask for: of 0.x, the middle number when something breaks, else the last; from 1.0 on as
/// Semantic Versioning says. None when there is no change.
pub fn next_version(changes: &[Change], version: &str) -> Option<String> {
    let worst = changes.iter().map(|change| change.rule.effect).min()?;
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<u64> = core.split('.').filter_map(|number| number.parse().ok()).collect();
    let [major, minor, patch] = numbers[..] else { return None };
    let (major, minor, patch) = match (major, worst) {
        (0, Effect::Breaking) => (0, minor + 1, 0),
        (0, _) => (0, minor, patch + 1),
        (_, Effect::Breaking) => (major + 1, 0, 0),
        (_, Effect::Compatible) => (major, minor + 1, 0),
        (_, Effect::Documentation) => (major, minor, patch + 1),
    };
    Some(format!("{major}.{minor}.{patch}"))
}
