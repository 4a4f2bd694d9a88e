//! Generated files on disk: what differs from what the specs give now, and bringing them up to date.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gerbang_spec::generate::Files;

/// Which specs a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of them: whatever else is in any crate's directory of generated code is no longer generated.
    All,
    /// Some of them: only the directories of their own files are looked into.
    Named,
}

/// Writes the files and removes those that are no longer generated.
pub fn write(crates: &Path, files: &Files, scope: Scope) -> Result<()> {
    for stale in unexpected(crates, files, scope)? {
        fs::remove_file(crates.join(&stale)).with_context(|| format!("cannot remove {}", stale.display()))?;
    }
    for (path, content) in files {
        let path = crates.join(path);
        if fs::read_to_string(&path).is_ok_and(|old| old == *content) {
            continue;
        }
        let directory = path.parent().context("a generated file has a directory")?;
        fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// What `write` would change, as a diff; empty when everything is fresh.
pub fn diff(crates: &Path, files: &Files, scope: Scope) -> Result<String> {
    let mut diff = String::new();
    for (path, new) in files {
        let old = fs::read_to_string(crates.join(path)).unwrap_or_default();
        if old != *new {
            let changes = similar::TextDiff::from_lines(&old, new);
            let name = path.display();
            let mut changes = changes.unified_diff();
            diff.push_str(
                &changes.header(&format!("crates/{name}"), &format!("crates/{name} (generated now)")).to_string(),
            );
        }
    }
    for stale in unexpected(crates, files, scope)? {
        diff.push_str(&format!("crates/{} is no longer generated\n", stale.display()));
    }
    Ok(diff)
}

/// Files in the directories of generated code that are not among these.
fn unexpected(crates: &Path, files: &Files, scope: Scope) -> Result<Vec<PathBuf>> {
    let mut directories: BTreeSet<PathBuf> =
        files.keys().filter_map(|path| path.parent()).map(Path::to_owned).collect();
    if scope == Scope::All {
        let of_crates = entries(crates, Path::new(""))?.into_iter().filter(|(_, kind)| kind.is_dir());
        directories.extend(of_crates.map(|(path, _)| path.join("src/generated")));
    }
    let mut waiting: Vec<_> = directories.into_iter().collect();
    let mut unexpected = BTreeSet::new();
    while let Some(directory) = waiting.pop() {
        for (path, kind) in entries(crates, &directory)? {
            if !kind.is_dir() {
                unexpected.extend((!files.contains_key(&path)).then_some(path));
            } else if scope == Scope::All {
                waiting.push(path);
            }
        }
    }
    Ok(unexpected.into_iter().collect())
}

/// What is in a directory below `crates/`, by its path there; nothing when there is no such directory.
fn entries(crates: &Path, directory: &Path) -> Result<Vec<(PathBuf, fs::FileType)>> {
    let path = crates.join(directory);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let read = || -> std::io::Result<_> {
        path.read_dir()?
            .map(|entry| {
                let entry = entry?;
                Ok((directory.join(entry.file_name()), entry.file_type()?))
            })
            .collect()
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}
