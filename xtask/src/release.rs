//! What a release needs, and the commands that make it. Nothing is published from here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use toml_edit::DocumentMut;

use crate::packages::Packages;

/// Checks that the workspace can be released as the version that its manifest states, and returns what to do: the commands,
/// one on a line. Fails when `wanted` is another version, when versions differ between crates and npm packages, when a crate does
/// not say where its source is, when `CHANGELOG.md` has no heading for the version, when git has changes that are not committed,
/// and when a package cannot be packed.
pub fn dry_run(workspace: &Path, wanted: Option<&str>) -> Result<String> {
    let version = version(workspace)?;
    if let Some(wanted) = wanted {
        ensure!(wanted == version, "Cargo.toml has the version {version}, not {wanted}; change it there");
    }
    let packages = Packages::read(workspace)?;
    let problems = [packages.version_problems(&version), npm_problems(workspace, &version)?].concat();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    if let Some(package) = packages.published().find(|package| package.repository.is_none()) {
        bail!("{} has no repository, where cargo binstall finds the archives: set it in Cargo.toml", package.name);
    }
    let changelog = fs::read_to_string(workspace.join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    ensure!(has_entry(&changelog, &version), "CHANGELOG.md has no heading `## [{version}] - <date>`");
    let changes = said_by(workspace, &["git", "status", "--porcelain"])?;
    ensure!(changes.is_empty(), "there are changes that are not committed:\n{changes}");

    // Packs and builds every crate that is published, in their order.
    said_by(workspace, &["cargo", "publish", "--workspace", "--locked", "--dry-run"])?;
    Ok(format!("cargo publish --workspace --locked\ngit tag v{version}\ngit push origin v{version}"))
}

/// What of the npm packages in `clients` has another version than the workspace: a line each.
fn npm_problems(workspace: &Path, version: &str) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for client in fs::read_dir(workspace.join("clients"))? {
        let file = client?.path().join("package.json");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let package: Value = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
        let programs = package["optionalDependencies"].as_object().into_iter().flatten();
        for (name, found) in std::iter::once((&"version".to_owned(), &package["version"])).chain(programs) {
            if found != version {
                problems.push(format!("{}: {name} is {found}, the workspace {version}", file.display()));
            }
        }
    }
    Ok(problems)
}

/// The version of the workspace: the one in `[workspace.package]`.
pub fn version(workspace: &Path) -> Result<String> {
    let manifest: DocumentMut = fs::read_to_string(workspace.join("Cargo.toml"))?.parse()?;
    let package = manifest.get("workspace").and_then(|table| table.get("package"));
    let version = package.and_then(|table| table.get("version")).and_then(|version| version.as_str());
    Ok(version.context("Cargo.toml has no workspace.package.version")?.to_owned())
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
    fn all_npm_packages_have_the_version_of_the_workspace() {
        let version = version(specs::workspace()).unwrap();
        assert_eq!(npm_problems(specs::workspace(), &version).unwrap(), Vec::<String>::new());
        let programs = npm_problems(specs::workspace(), "99.0.0").unwrap();
        assert!(programs.iter().any(|problem| problem.contains("@gerbang/cli-linux-x64 is")), "{programs:?}");
    }

    #[test]
    fn an_entry_is_a_heading_with_a_day() {
        let changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n";
        assert!(has_entry(changelog, "0.1.0"));
        assert!(!has_entry(changelog, "0.1"));
        assert!(!has_entry("## [0.1.0] - Unreleased\n", "0.1.0"));
    }
}
