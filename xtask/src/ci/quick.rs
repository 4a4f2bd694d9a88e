//! The quick gate: what a small change breaks first. The packages that have changed are tested, whatever is built with them is
//! checked; the whole gate comes before a change is handed in.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::job::{Job, Outcome};
use crate::packages::{Package, Packages};

/// The package of the suites across crates.
const SUITES: &str = "gerbang-tests";

/// The suites that ask what a client sends, reads and offers: they take seconds.
const QUICK_SUITES: [&str; 3] = ["generated", "samples", "wire"];

/// Clippy on what has changed and on all that is built with it.
pub fn clippy(job: &mut Job) -> Result<Outcome> {
    let choice = Choice::of(&job.packages, job.workspace(), &changed_files(job)?);
    if choice.checked.is_empty() {
        return Ok(Outcome::Passed("no package has changed".into()));
    }
    job.run(&[&format!("cargo clippy --all-targets --locked{} -- -D warnings", options("-p", &choice.checked))])?;
    Ok(Outcome::Passed(names(&choice.checked)))
}

/// The tests of what has changed, and the quick suites when a client has.
pub fn tests(job: &mut Job) -> Result<Outcome> {
    let choice = Choice::of(&job.packages, job.workspace(), &changed_files(job)?);
    if !choice.tested.is_empty() {
        job.run(&[&format!("cargo test --locked --no-fail-fast{}", options("-p", &choice.tested))])?;
    }
    if !choice.suites.is_empty() {
        job.run(&[&format!("cargo test --locked --no-fail-fast -p {SUITES}{}", options("--test", &choice.suites))])?;
    }
    Ok(Outcome::Passed(names(choice.tested.union(&choice.suites))))
}

fn options<'a>(option: &str, names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| format!(" {option} {name}")).collect()
}

fn names<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The files that differ from the last commit; of a clean work tree, those that the last commit changed.
fn changed_files(job: &Job) -> Result<Vec<String>> {
    let lines = |command: &str| -> Result<Vec<String>> {
        Ok(job.run_in(job.workspace(), command)?.lines().map(str::to_owned).collect())
    };
    let mut files = lines("git diff --name-only HEAD")?;
    files.extend(lines("git ls-files --others --exclude-standard")?);
    if files.is_empty() { lines("git diff --name-only HEAD~1 HEAD") } else { Ok(files) }
}

/// What a change asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The packages that clippy looks at.
    pub checked: BTreeSet<String>,
    /// The packages whose own tests run.
    pub tested: BTreeSet<String>,
    /// The suites across crates that run.
    pub suites: BTreeSet<String>,
}

impl Choice {
    /// What a change of these files asks for, which are paths below the workspace.
    pub fn of(packages: &Packages, workspace: &Path, files: &[String]) -> Self {
        let mut choice = Self::default();
        for file in files {
            choice.add(packages, workspace, file);
        }
        if choice.tested.iter().any(|name| is_built_with(packages, SUITES, name)) {
            choice.suites.extend(QUICK_SUITES.map(str::to_owned));
        }
        let mut changed = choice.tested.clone();
        if !choice.suites.is_empty() {
            changed.insert(SUITES.to_owned());
        }
        let affected = packages.packages.iter().filter(|package| {
            changed.contains(&package.name) || changed.iter().any(|name| is_built_with(packages, &package.name, name))
        });
        choice.checked = affected.map(|package| package.name.clone()).collect();
        choice
    }

    fn add(&mut self, packages: &Packages, workspace: &Path, file: &str) {
        let path = workspace.join(file);
        let holders = packages.packages.iter().filter(|package| path.starts_with(package.directory()));
        match (holders.max_by_key(|package| package.directory().as_os_str().len()), file.split_once('/')) {
            (Some(package), Some((_, rest))) if package.name == SUITES => {
                // A file that the suites have in common may concern any of them.
                let suite =
                    rest.split('/').next().filter(|suite| rest.contains('/') && !matches!(*suite, "src" | "examples"));
                match suite {
                    Some(suite) => drop(self.suites.insert(suite.to_owned())),
                    None => self.suites.extend(QUICK_SUITES.map(str::to_owned)),
                }
            }
            (Some(package), _) => drop(self.tested.insert(package.name.clone())),
            // The client is made of it, and so is its command.
            (None, Some(("specs", spec))) => {
                let provider = spec.split(['-', '.']).next().unwrap_or_default();
                let client = packages.packages.iter().find(|package| package.name == format!("gerbang-{provider}"));
                self.tested.extend(client.map(|package| package.name.clone()));
            }
            // What says how everything is built.
            (None, None) if file.ends_with(".toml") || file == "Cargo.lock" => {
                self.tested.extend(packages.packages.iter().filter(|it| it.name != SUITES).map(|it| it.name.clone()));
            }
            // It is compiled as the facade's documentation.
            (None, None) if file == "README.md" => drop(self.tested.insert("gerbang".to_owned())),
            (None, _) => {}
        }
    }
}

/// Whether a package or its tests are built with another one.
fn is_built_with(packages: &Packages, name: &str, other: &str) -> bool {
    let find = |name: &str| packages.packages.iter().find(|package| package.name == name);
    let mut waiting: Vec<&Package> = Vec::new();
    waiting.extend(find(name).into_iter().flat_map(Package::built_with).filter_map(find));
    let mut seen = BTreeSet::new();
    while let Some(package) = waiting.pop() {
        if package.name == other {
            return true;
        }
        if seen.insert(&package.name) {
            waiting.extend(package.linked_with().filter_map(find));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_spec::specs::workspace;

    fn choice(files: &[&str]) -> (String, String, String) {
        let packages = Packages::read(workspace()).unwrap();
        let files: Vec<_> = files.iter().map(|file| (*file).to_owned()).collect();
        let Choice { checked, tested, suites } = Choice::of(&packages, workspace(), &files);
        (names(&checked), names(&tested), names(&suites))
    }

    #[test]
    fn a_gateway_is_tested_and_what_is_built_with_it_checked() {
        let (checked, tested, suites) =
            choice(&["crates/kropay/src/status.rs", "crates/cli/src/generated/kropay/mod.rs"]);
        assert_eq!(tested, "gerbang-cli gerbang-kropay");
        assert_eq!(suites, "generated samples wire");
        for package in ["gerbang", "gerbang-cli", "gerbang-kropay", "gerbang-tests"] {
            assert!(checked.split(' ').any(|checked| checked == package), "{package}: {checked}");
        }
        for package in ["gerbang-core", "gerbang-klink", "gerbang-adapt", "gerbang-ledger"] {
            assert!(!checked.split(' ').any(|checked| checked == package), "{package}: {checked}");
        }
        assert_eq!(choice(&["specs/kropay.yaml"]).1, "gerbang-kropay");
        assert_eq!(choice(&["specs/pakasir-v2.yaml"]).1, "gerbang-pakasir");
    }

    #[test]
    fn a_suite_is_run_alone() {
        let (checked, tested, suites) = choice(&["tests/cases/case.rs"]);
        assert_eq!((checked.as_str(), tested.as_str(), suites.as_str()), ("gerbang-tests", "", "cases"));
        assert_eq!(choice(&["tests/src/calls.rs"]).2, "generated samples wire");
    }

    #[test]
    fn what_all_is_built_with_concerns_all() {
        let (checked, tested, _) = choice(&["Cargo.lock"]);
        assert!(tested.contains("gerbang-ledger") && checked.contains("gerbang-xtask"), "{tested} {checked}");
        let (checked, tested, _) = choice(&["crates/core/src/rupiah.rs"]);
        assert_eq!(tested, "gerbang-core");
        assert!(checked.contains("gerbang-klink") && checked.contains("gerbang-ledger"), "{checked}");
    }

    #[test]
    fn a_page_concerns_what_compiles_it() {
        assert_eq!(choice(&["README.md"]).1, "gerbang");
        assert_eq!(choice(&["CONTRIBUTING.md", "docs/decisions/README.md"]), Default::default());
    }
}
