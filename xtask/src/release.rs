//! What a release needs, and the commands that make it. Nothing is published from here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::packages::Packages;
use crate::version::version;

/// Packs and builds every crate that is published, and returns what to do: the commands, one on a line.
///
/// # Errors
///
/// What [`check`] finds, and when a package cannot be packed or built.
pub fn dry_run(workspace: &Path, wanted: Option<&str>) -> Result<String> {
    let commands = check(workspace, wanted)?;
    said_by(workspace, &["cargo", "publish", "--workspace", "--locked", "--dry-run"])?;
    Ok(commands)
}

/// Checks that the workspace can be released as the version that its manifest states, and returns the commands that do it.
///
/// # Errors
///
/// When `wanted` is another version, when versions differ between crates, when `CHANGELOG.md` has no heading for the
/// version, and when git has changes that are not committed.
pub fn check(workspace: &Path, wanted: Option<&str>) -> Result<String> {
    let version = version(workspace)?;
    if let Some(wanted) = wanted {
        ensure!(wanted == version, "the version is {version}, not {wanted}; `cargo xtask version` raises it");
    }
    let problems = Packages::read(workspace)?.version_problems(&version);
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    let changelog = fs::read_to_string(workspace.join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    ensure!(has_entry(&changelog, &version), "CHANGELOG.md has no heading `## [{version}] - <date>`");
    let changes = said_by(workspace, &["git", "status", "--porcelain"])?;
    ensure!(changes.is_empty(), "there are changes that are not committed:\n{changes}");
    Ok(format!("cargo publish --workspace --locked\ngit tag v{version}\ngit push origin v{version}"))
}

/// Whether a changelog has a heading like `## [0.1.0] - 2026-01-31`.
fn has_entry(changelog: &str, version: &str) -> bool {
    changelog.lines().any(|line| {
        let date = line.strip_prefix(&format!("## [{version}] - "));
        date.is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok())
    })
}

fn said_by(workspace: &Path, command: &[&str]) -> Result<String> {
    let output = Command::new(command[0]).args(&command[1..]).current_dir(workspace).output();
    let output = output.with_context(|| format!("cannot run {}", command[0]))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {}\n{errors}", command.join(" "), output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_spec::specs;

    #[test]
    fn all_crates_have_the_version_of_the_workspace() {
        let packages = Packages::read(specs::workspace()).unwrap();
        let version = version(specs::workspace()).unwrap();
        assert_eq!(packages.version_problems(&version), Vec::<String>::new());
        assert!(packages.version_problems("99.0.0").len() > packages.packages.len());
    }

    #[test]
    fn an_entry_is_a_heading_with_a_day() {
        let changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n";
        assert!(has_entry(changelog, "0.1.0"));
        assert!(!has_entry(changelog, "0.1"));
        assert!(!has_entry("## [0.1.0] - Unreleased\n", "0.1.0"));
    }
}
