//! The specs as they were at a revision of the repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use toml_edit::DocumentMut;

/// What a revision holds.
#[derive(Debug)]
pub struct Base {
    /// The revision as it was named: a tag, a branch, `HEAD`.
    pub revision: String,
    /// The version of the workspace.
    pub version: String,
    /// The specs' texts, by name (`pakasir-v1`).
    pub specs: BTreeMap<String, String>,
}

/// Reads a revision of the repository in a directory: the one named, else the last tag, else `HEAD`.
pub fn read(workspace: &Path, revision: Option<&str>) -> Result<Base> {
    let revision = match revision {
        Some(revision) => revision.to_owned(),
        None => {
            git(workspace, &["describe", "--tags", "--abbrev=0"]).map_or("HEAD".to_owned(), |tag| tag.trim().to_owned())
        }
    };
    let commit = git(workspace, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
        .with_context(|| format!("`{revision}` is no revision of this repository"))?;
    let commit = commit.trim();
    let mut specs = BTreeMap::new();
    for path in git(workspace, &["ls-tree", "--name-only", "--full-tree", commit, "specs/"])?.lines() {
        if let Some(name) = path.strip_prefix("specs/").and_then(|name| name.strip_suffix(".yaml")) {
            specs.insert(name.to_owned(), git(workspace, &["show", &format!("{commit}:{path}")])?);
        }
    }
    let manifest: DocumentMut = git(workspace, &["show", &format!("{commit}:Cargo.toml")])?.parse()?;
    let version = manifest["workspace"]["package"]["version"].as_str();
    let version = version.with_context(|| format!("Cargo.toml at {revision} has no version"))?.to_owned();
    Ok(Base { revision, version, specs })
}

fn git(workspace: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").arg("-C").arg(workspace).args(arguments).output().context("git cannot be run")?;
    if !output.status.success() {
        bail!("git {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("git's answer is not UTF-8")
}
