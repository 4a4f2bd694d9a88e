//! The lock files: one of the workspace, and one of each workspace that stands apart from it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The workspaces beside the main one, each with a lock file of its own that has crates of the main one.
pub const APART: [&str; 2] = ["benches", "fuzz"];

/// Has cargo write into each lock file what the manifests say now; the version of nothing else changes. A workspace that is
/// not there is passed over.
///
/// # Errors
///
/// When cargo cannot be run or cannot resolve a workspace; the lock files before it are written.
pub fn refresh(workspace: &Path) -> Result<()> {
    for directory in [""].iter().chain(&APART).map(|name| workspace.join(name)) {
        if !directory.join("Cargo.toml").exists() {
            continue;
        }
        let mut cargo = Command::new("cargo");
        // Unlike `cargo metadata` it downloads no crate, of which some are for other systems only.
        cargo.args(["update", "--workspace"]).current_dir(&directory).stdout(Stdio::null());
        let output = cargo.output().context("cannot run cargo")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the lock file in {} is old: cargo update: {said}", directory.display());
    }
    Ok(())
}
