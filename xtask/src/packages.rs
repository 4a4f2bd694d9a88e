//! The packages of the workspace, as cargo lists them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// All packages of a workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct Packages {
    /// The packages, by name.
    pub packages: Vec<Package>,
    /// Where cargo builds.
    pub target_directory: PathBuf,
}

/// A package of the workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name on crates.io: `gerbang-core`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
    /// Where its source is.
    pub repository: Option<String>,
    /// The oldest Rust that it promises to build with.
    pub rust_version: Option<String>,
    /// The features that it declares, `default` too.
    pub features: BTreeMap<String, Vec<String>>,
    targets: Vec<Target>,
    dependencies: Vec<Dependency>,
    publish: Option<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Target {
    name: String,
    /// `lib`, `bin`, `test`, …
    kind: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Dependency {
    name: String,
    /// `^0.1.0`; `*` where none is written.
    req: String,
    path: Option<PathBuf>,
}

impl Packages {
    /// Asks cargo for the packages of the workspace in a directory.
    pub fn read(workspace: &Path) -> Result<Self> {
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(workspace)
            .output()
            .context("cannot run cargo")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let mut read: Self = serde_json::from_slice(&output.stdout).context("cannot read what cargo metadata says")?;
        read.packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(read)
    }

    /// The packages that go to crates.io.
    pub fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.publish.as_ref().is_none_or(|registries| !registries.is_empty()))
    }

    /// What differs from the one version of the workspace: a line each.
    pub fn version_problems(&self, version: &str) -> Vec<String> {
        let wanted = format!("^{version}");
        let mut problems = Vec::new();
        for package in &self.packages {
            if package.version != version {
                problems.push(format!("{} has the version {}, the workspace {version}", package.name, package.version));
            }
            let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
            // Without a version is never published: cargo refuses to, or leaves it out.
            for dependency in ours.filter(|dependency| dependency.req != "*" && dependency.req != wanted) {
                problems.push(format!("{} wants {} {}, not {wanted}", package.name, dependency.name, dependency.req));
            }
        }
        problems
    }
}

impl Package {
    /// The package's directory.
    pub fn directory(&self) -> &Path {
        self.manifest_path.parent().expect("a manifest is in a directory")
    }

    /// The files and directories of its tests, by name.
    pub fn tests(&self) -> impl Iterator<Item = &str> {
        let tests = self.targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "test"));
        tests.map(|target| target.name.as_str())
    }

    /// Whether other programs can link it.
    pub fn is_library(&self) -> bool {
        self.directory().join("src/lib.rs").is_file()
    }
}
