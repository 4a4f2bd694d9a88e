//! The quick gate: what a small change breaks first. All is checked, for cargo looks only at what is built with the change; of
//! the tests only those run that the change is most likely to break. The whole gate comes before a change is handed in.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::job::{Job, Outcome};
use crate::packages::Packages;

/// The package of the suites across crates.
pub const SUITES: &str = "gerbang-tests";

/// The suites that ask what the clients read and offer. They take seconds.
const QUICK_SUITES: [&str; 2] = ["generated", "samples"];

/// The suite of the pages, which asks where their links lead and whether both languages say the same.
const PAGES: &str = "documents";

/// Runs the tests that the changed files ask for.
pub fn tests(job: &mut Job) -> Result<Outcome> {
    let choice = Choice::of(&job.packages, job.workspace(), &changed_files(job)?);
    if choice == Choice::default() {
        return Ok(Outcome::Passed("no package has changed".into()));
    }
    job.run(&[&choice.command(&job.packages)])?;
    let names: Vec<_> = choice.packages.union(&choice.suites).map(String::as_str).collect();
    Ok(Outcome::Passed(names.join(" ")))
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

/// Which tests run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Choice {
    /// The packages whose own tests run.
    packages: BTreeSet<String>,
    /// The suites across crates.
    suites: BTreeSet<String>,
    /// Whether the tests of what each API sends and reads run, which are those of the suites' library.
    apis: bool,
}

impl Choice {
    /// What a change of these files asks for, which are paths below the workspace.
    fn of(packages: &Packages, workspace: &Path, files: &[String]) -> Self {
        let mut choice = Self::default();
        for file in files {
            choice.add(packages, workspace, file);
        }
        if !choice.packages.is_empty() {
            choice.add_quick_suites();
        }
        choice
    }

    fn add_quick_suites(&mut self) {
        self.apis = true;
        self.suites.extend(QUICK_SUITES.map(str::to_owned));
    }

    fn add(&mut self, packages: &Packages, workspace: &Path, file: &str) {
        let path = workspace.join(file);
        let holder = packages.packages.iter().find(|package| path.starts_with(package.directory()));
        if file.ends_with(".md") {
            self.suites.insert(PAGES.to_owned());
        }
        let all = || packages.packages.iter().map(|package| package.name.clone()).filter(|name| name != SUITES);
        match (holder, file.split_once('/')) {
            (Some(package), Some((_, rest))) if package.name == SUITES => {
                let suite = rest.split('/').next().filter(|suite| package.tests().any(|test| test == *suite));
                match suite {
                    Some(suite) => drop(self.suites.insert(suite.to_owned())),
                    // What the suites have in common may concern any of them.
                    None => self.add_quick_suites(),
                }
            }
            // The command's generated code has no tests of its own.
            (Some(package), _) if file.contains("/src/generated/") && package.name == "gerbang-cli" => {}
            (Some(package), _) => drop(self.packages.insert(package.name.clone())),
            (None, Some(("specs", spec))) => {
                let client = format!("gerbang-{}", spec.split(['-', '.']).next().unwrap_or_default());
                self.packages.extend(all().filter(|name| *name == client));
            }
            // What says how everything is built.
            (None, None) if file.ends_with(".toml") || file == "Cargo.lock" => self.packages.extend(all()),
            (None, _) => {}
        }
    }

    /// One command, so that all is built with the same features as before.
    fn command(&self, packages: &Packages) -> String {
        let mut command = format!("cargo test --locked --no-fail-fast -p {SUITES}");
        let chosen: Vec<_> = packages.packages.iter().filter(|it| self.packages.contains(&it.name)).collect();
        chosen.iter().for_each(|package| command.push_str(&format!(" -p {}", package.name)));
        if self.apis || chosen.iter().any(|package| package.is_library()) {
            command.push_str(" --lib");
        }
        let tests: BTreeSet<_> = chosen.iter().flat_map(|package| package.tests()).collect();
        let tests = tests.into_iter().chain(self.suites.iter().map(String::as_str));
        tests.for_each(|test| command.push_str(&format!(" --test {test}")));
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_spec::specs::workspace;

    fn command(files: &[&str]) -> String {
        let packages = Packages::read(workspace()).unwrap();
        let files: Vec<_> = files.iter().map(|file| (*file).to_owned()).collect();
        Choice::of(&packages, workspace(), &files).command(&packages)
    }

    const ALWAYS: &str = "cargo test --locked --no-fail-fast -p gerbang-tests";
    const QUICK: &str = "--test generated --test samples";

    #[test]
    fn each_quick_suite_is_there() {
        let packages = Packages::read(workspace()).unwrap();
        let suites = packages.packages.iter().find(|package| package.name == SUITES).unwrap();
        for suite in QUICK_SUITES.into_iter().chain([PAGES]) {
            assert!(suites.tests().any(|test| test == suite), "there is no suite {suite}");
        }
    }

    #[test]
    fn a_changed_gateway_runs_its_tests_and_the_quick_suites() {
        let klink = format!("{ALWAYS} -p gerbang-klink --lib --test gateway --test session --test webhook {QUICK}");
        assert_eq!(command(&["crates/klink/src/status.rs"]), klink);
        assert_eq!(command(&["specs/klink.yaml", "crates/cli/src/generated/klink/mod.rs"]), klink);
        let pakasir = format!("{ALWAYS} -p gerbang-pakasir --lib --test v1_gateway --test v2_gateway {QUICK}");
        assert_eq!(command(&["specs/pakasir-v2.yaml"]), pakasir);
    }

    #[test]
    fn a_changed_suite_runs_alone() {
        assert_eq!(command(&["tests/cases/data/B1/input"]), format!("{ALWAYS} --test cases"));
        assert_eq!(command(&["tests/src/calls.rs"]), format!("{ALWAYS} --lib {QUICK}"));
    }

    #[test]
    fn what_says_how_all_is_built_runs_the_tests_of_all() {
        for file in ["Cargo.lock", "rust-toolchain.toml"] {
            let command = command(&[file]);
            for test in ["-p gerbang-ledger", "-p gerbang-xtask", "--test registry", "--test sandbox"] {
                assert!(command.contains(test), "{test}: {command}");
            }
        }
    }

    #[test]
    fn pages_run_their_suite_alone() {
        for page in ["README.md", "docs/decisions/README.md", "specs/README.md"] {
            assert_eq!(command(&[page]), format!("{ALWAYS} --test documents"), "{page}");
        }
    }
}
