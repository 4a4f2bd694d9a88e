//! Raising the version: every file that states it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;
use toml_edit::{DocumentMut, Item, Value};

use crate::locks;

/// The descriptions of what is served over HTTP, and how each states the version.
const DESCRIPTIONS: [(&str, &str); 2] =
    [("crates/sandbox/openapi.yaml", "\n  version: {}\n"), ("crates/serve/openapi.json", "\n    \"version\": \"{}\"")];

/// The heading of what is not released, in `CHANGELOG.md`.
const UNRELEASED: &str = "\n## [Unreleased]\n";

/// The version of the workspace: the one in `[workspace.package]`.
///
/// # Errors
///
/// When `Cargo.toml` cannot be read or has none.
pub fn version(workspace: &Path) -> Result<String> {
    let manifest: DocumentMut = read(workspace, "Cargo.toml")?.parse()?;
    let package = manifest.get("workspace").and_then(|table| table.get("package"));
    let version = package.and_then(|table| table.get("version")).and_then(Item::as_str);
    Ok(version.context("Cargo.toml has no workspace.package.version")?.to_owned())
}

/// Raises the version everywhere: in the manifest of the workspace, in the descriptions, in each lock file, and as the
/// heading in `CHANGELOG.md` of what was unreleased, with the day.
///
/// # Errors
///
/// When `to` is not three numbers or not higher than the version of today, or when a file is not as expected: nothing is
/// written then. When cargo cannot write a lock file: the other files are written then.
pub fn raise(workspace: &Path, to: &str, day: Date) -> Result<()> {
    let from = version(workspace)?;
    let (old, new) = (numbers(&from), numbers(to).with_context(|| format!("`{to}` is not a version like 1.2.3"))?);
    ensure!(old < Some(new), "the version is {from}; {to} is not higher");
    let mut files = vec![("Cargo.toml", manifest(&read(workspace, "Cargo.toml")?, to)?)];
    for (file, place) in DESCRIPTIONS {
        let [old, new] = [from.as_str(), to].map(|version| place.replace("{}", version));
        files.push((file, replaced(file, &read(workspace, file)?, &old, &new)?));
    }
    let heading = format!("{UNRELEASED}\n## [{to}] - {day}\n");
    let changelog = "CHANGELOG.md";
    files.push((changelog, replaced(changelog, &read(workspace, changelog)?, UNRELEASED, &heading)?));
    for (file, text) in files {
        fs::write(workspace.join(file), text).with_context(|| format!("cannot write {file}"))?;
    }
    locks::refresh(workspace)
}

/// The manifest of the workspace with another version of it and of its crates.
fn manifest(text: &str, to: &str) -> Result<String> {
    let mut manifest: DocumentMut = text.parse().context("Cargo.toml is not as expected")?;
    manifest["workspace"]["package"]["version"] = toml_edit::value(to);
    let dependencies = manifest["workspace"]["dependencies"].as_table_mut().context("there are no dependencies")?;
    for (_, dependency) in dependencies.iter_mut() {
        let Some(dependency) = dependency.as_inline_table_mut().filter(|table| table.contains_key("path")) else {
            continue;
        };
        if let Some(version) = dependency.get_mut("version") {
            let decor = version.decor().clone();
            *version = Value::from(to);
            *version.decor_mut() = decor;
        }
    }
    Ok(manifest.to_string())
}

fn read(workspace: &Path, file: &str) -> Result<String> {
    fs::read_to_string(workspace.join(file)).with_context(|| format!("cannot read {file}"))
}

/// A text with what stands in it once replaced.
fn replaced(file: &str, text: &str, old: &str, new: &str) -> Result<String> {
    ensure!(text.matches(old).count() == 1, "{file} is not as expected: it has not one `{}`", old.trim());
    Ok(text.replacen(old, new, 1))
}

/// The three numbers of a version.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let is_plain =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
    let parts: Option<Vec<u64>> = version.split('.').map(|part| part.parse().ok().filter(|_| is_plain(part))).collect();
    parts?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_plain_numbers_are_a_version() {
        assert!(numbers("0.9.10") < numbers("0.10.0"));
        for wrong in ["", "1.2", "1.2.3.4", "01.2.3", "+1.2.3", "1.2.x", "1.2.3-rc.1", "v1.2.3"] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }
}
