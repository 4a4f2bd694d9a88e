//! The gate: what every change must pass, and what is too slow to be asked of each.

mod features;
mod job;
mod packed;
mod quick;
mod tools;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::locks;
use crate::packages::{Package, Packages};
use job::{Job, Outcome};

/// A step of the gate.
#[derive(Debug)]
struct Step {
    name: &'static str,
    /// What it makes sure of.
    about: &'static str,
    run: fn(&mut Job) -> Result<Outcome>,
}

/// What every change must pass.
const GATE: [Step; 9] = [
    Step {
        name: "format",
        about: "rustfmt would change nothing",
        run: |job| commands(job, &["cargo fmt --all --check"]),
    },
    Step {
        name: "clippy",
        about: "no warning of the compiler or of clippy",
        run: |job| commands(job, &["cargo clippy --workspace --all-targets --locked -- -D warnings"]),
    },
    Step {
        name: "validate",
        about: "the specs keep the rules of specs/README.md",
        run: |job| commands(job, &["cargo xtask validate"]),
    },
    Step {
        name: "generate",
        about: "the generated code is what the specs give",
        run: |job| commands(job, &["cargo xtask generate --check"]),
    },
    Step {
        name: "features",
        about: "each gateway alone, none and all build without a warning and bring in nothing else",
        run: features::each_alone,
    },
    Step { name: "docs", about: "rustdoc has no warning", run: docs },
    Step {
        name: "readme",
        about: "the first commands of README.md work",
        run: |job| {
            commands(
                job,
                &[
                    "cargo run -p gerbang-cli -- demo",
                    "cargo run -p gerbang --example every_gateway --no-default-features --features full",
                ],
            )
        },
    },
    Step {
        name: "numbers",
        about: "values are read also where another crate switches on serde_json's arbitrary_precision",
        run: |job| some_tests(job, &["cargo test -p gerbang-core --locked --features serde_json/arbitrary_precision"]),
    },
    Step { name: "tests", about: "all tests pass", run: tests },
];

/// What the quick gate does instead of all tests.
const QUICK: Step = Step {
    name: "tests",
    about: "the tests of the packages that have changed, and three suites, pass",
    run: quick::tests,
};

/// The steps of the gate that are quick where little has changed.
const QUICK_ENOUGH: [&str; 4] = ["format", "clippy", "validate", "generate"];

/// What a release must pass besides: minutes each, or more tools than Rust.
const HEAVY: [Step; 14] = [
    Step { name: "apart", about: "the fuzz targets and the benchmarks build without a warning", run: apart },
    Step {
        name: "powerset",
        about: "every two features of each library together build without a warning",
        run: features::pairs,
    },
    Step {
        name: "recipe",
        about: "CONTRIBUTING.md's recipe for a new provider works in a copy of the workspace",
        run: |job| some_tests(job, &["cargo test --locked -p gerbang-xtask --test new -- --ignored the_recipe_for"]),
    },
    Step {
        name: "mutants",
        about: "of specs that are changed at random none panics, and 300 of those that are valid compile",
        run: |job| {
            some_tests(
                job,
                &["cargo test --locked -p gerbang-spec --test mutations -- --ignored changed_specs_that_are"],
            )
        },
    },
    Step { name: "msrv", about: "the oldest Rust that the crates promise builds them", run: tools::msrv },
    Step { name: "deny", about: "no dependency is vulnerable, unlicensed or forbidden", run: tools::deny },
    Step { name: "docs-rs", about: "docs.rs will build the documentation of each library", run: tools::docs_rs },
    Step { name: "package", about: "the packed crates build outside the workspace", run: packed::build },
    Step {
        name: "minimal-versions",
        about: "the packed crates build with the oldest dependencies that they allow",
        run: packed::build_with_minimal_versions,
    },
    Step {
        name: "semver",
        about: "no change since the last release breaks more than its version says",
        run: tools::semver,
    },
    Step {
        name: "validators",
        about: "two independent validators find the specs sound",
        run: |job| tools::scripts(job, &["specs/check-with-others.sh"], &["bash", "python3", "node", "npm"]),
    },
    Step {
        name: "schemathesis",
        about: "the sandbox and the daemon answer calls made up from their descriptions as these say",
        run: |job| {
            let scripts = ["specs/test-with-schemathesis.sh", "crates/serve/test-with-schemathesis.sh"];
            tools::scripts(job, &scripts, &["bash", "python3", "curl"])
        },
    },
    Step {
        name: "qris",
        about: "other readers judge changed QRIS payloads, and read pictures, as we do or as was judged",
        run: |job| {
            let scripts = ["crates/qris/check-with-others.sh", "crates/qris/pictures/compare.sh"];
            tools::scripts(job, &scripts, &["bash", "python3", "node", "npm", "zbarimg"])
        },
    },
    Step {
        name: "clients",
        about: "other clients understand the daemon and the sandbox; the npm package brings the sandbox",
        run: |job| {
            let scripts = [
                "clients/typescript/check.sh",
                "clients/sandbox/check.sh",
                "crates/sandbox/clients/check.sh",
                "crates/serve/test-with-webhook-libraries.sh",
            ];
            tools::scripts(job, &scripts, &["bash", "python3", "node", "npm"])
        },
    },
];

/// How much of the gate is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Format, clippy, specs, generated code, and the tests of what has changed.
    Quick,
    /// What every change must pass.
    Gate,
    /// That and the heavy steps.
    Full,
}

/// Runs the steps of the gate, or just those that are named; prints a line for each, what
/// the failed ones said, and how many tests passed and failed. Returns whether all passed. What a step needs may be
/// missing: then it is skipped and says so, unless it was named, for then it fails.
pub fn run(workspace: &Path, extent: Extent, named: &[String]) -> Result<bool> {
    let steps = select(extent, named)?;
    let packages = Packages::read(workspace)?;
    let (mut failed, mut skipped) = (Vec::new(), Vec::new());
    let mut counts = None;
    for step in steps {
        print!("{:<17}", step.name);
        io::stdout().flush()?;
        let start = Instant::now();
        let mut job = Job::start(workspace, packages.clone(), step.name)?;
        let result = match (step.run)(&mut job) {
            Ok(Outcome::Skipped(why)) if !named.is_empty() => Err(anyhow::anyhow!(why)),
            result => result,
        };
        let seconds = start.elapsed().as_secs_f32();
        let (word, note) = match &result {
            Ok(Outcome::Passed(note)) => ("ok", note.clone()),
            Ok(Outcome::Skipped(why)) => ("skipped", why.clone()),
            Err(error) => ("FAILED", format!("{error:#}")),
        };
        println!("{}", format!("{word:<9} {seconds:>7.1} s  {note}").trim_end());
        if step.name == "tests" {
            counts = Some(count_tests(&job.read_log()?));
        }
        match result {
            Ok(Outcome::Passed(_)) => {}
            Ok(Outcome::Skipped(_)) => skipped.push(step.name),
            Err(error) => failed.push((step.name, error, job.read_log()?)),
        }
    }
    for (name, error, said) in &failed {
        println!("\n== {name}\n{}\nerror: {error:#}", said.trim_end());
    }
    println!();
    if !skipped.is_empty() {
        println!("skipped: {}", skipped.join(", "));
    }
    if !failed.is_empty() {
        let names: Vec<_> = failed.iter().map(|(name, ..)| *name).collect();
        println!("failed: {}", names.join(", "));
    }
    if let Some((passed, failed)) = counts {
        println!("{passed} passed, {failed} failed");
    }
    Ok(failed.is_empty())
}

/// The steps and what each makes sure of.
pub fn help() -> String {
    let list = |steps: &[Step]| -> String {
        steps.iter().map(|step| format!("  {:<17} {}\n", step.name, step.about)).collect()
    };
    format!(
        "Steps:\n{}\nHeavy steps:\n{}\nWith `--quick`, {} and, for all tests, those that matter first: {}.\n",
        list(&GATE),
        list(&HEAVY),
        QUICK_ENOUGH.join(", "),
        QUICK.about
    )
}

fn select(extent: Extent, named: &[String]) -> Result<Vec<&'static Step>> {
    let all = || GATE.iter().chain(&HEAVY);
    if let Some(unknown) = named.iter().find(|name| !all().any(|step| step.name == **name)) {
        let known: Vec<_> = all().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are {}", known.join(", "));
    }
    let quick = || GATE.iter().filter(|step| QUICK_ENOUGH.contains(&step.name)).chain([&QUICK]);
    Ok(match (extent, named) {
        (Extent::Quick, []) => quick().collect(),
        (Extent::Gate, []) => GATE.iter().collect(),
        (Extent::Full, []) => all().collect(),
        (_, named) => all().filter(|step| named.iter().any(|name| name == step.name)).collect(),
    })
}

fn commands(job: &mut Job, commands: &[&str]) -> Result<Outcome> {
    job.run(commands)?;
    Ok(Outcome::Passed(String::new()))
}

fn docs(job: &mut Job) -> Result<Outcome> {
    job.set("RUSTDOCFLAGS", "-D warnings");
    commands(job, &["cargo doc --workspace --no-deps --locked"])
}

/// What is measured and fuzzed is no member of the workspace.
fn apart(job: &mut Job) -> Result<Outcome> {
    job.build_apart();
    for workspace in locks::APART {
        let directory = job.workspace().join(workspace);
        job.run_in(&directory, "cargo fmt --all --check")?;
        job.run_in(&directory, "cargo clippy --workspace --all-targets --locked -- -D warnings")?;
    }
    Ok(Outcome::Passed(String::new()))
}

/// Runs all tests: the suites across crates, which wait much for servers and clocks, beside the others.
fn tests(job: &mut Job) -> Result<Outcome> {
    job.set("RUST_TEST_THREADS", "2");
    job.run(&["cargo test --workspace --locked --no-run"])?;
    let is_suites = |package: &&Package| package.name == quick::SUITES;
    let suites: BTreeSet<_> = job.packages.packages.iter().filter(is_suites).flat_map(Package::tests).collect();
    let all = job.packages.packages.iter().flat_map(Package::tests);
    let others: BTreeSet<_> = all.filter(|test| !suites.contains(test)).collect();
    let command = |kinds: &str, names: BTreeSet<&str>| {
        let names: String = names.into_iter().map(|name| format!(" --test {name}")).collect();
        format!("cargo test --workspace --locked --no-fail-fast{kinds}{names}")
    };
    let rest = vec![command(" --lib --bins", others), command(" --doc", BTreeSet::new())];
    let result = job.run_beside(&[vec![command("", suites)], rest]);
    judge_tests(job, result)
}

/// Runs commands that run tests; cargo is content where no test has the name that it was given.
fn some_tests(job: &mut Job, commands: &[&str]) -> Result<Outcome> {
    let result = job.run(commands);
    judge_tests(job, result)
}

fn judge_tests(job: &Job, result: Result<()>) -> Result<Outcome> {
    result?;
    match count_tests(&job.read_log()?) {
        (0, _) => bail!("no test ran"),
        (_, 0) => Ok(Outcome::Passed(String::new())),
        (_, failed) => bail!("{failed} tests failed"),
    }
}

/// How many tests passed and failed, from all lines like `test result: ok. 3 passed; 0 failed; …`.
fn count_tests(said: &str) -> (u32, u32) {
    let results = said.lines().filter_map(|line| line.strip_prefix("test result: "));
    results.fold((0, 0), |(passed, failed), result| {
        let count = |word| {
            let mut words = result.split([' ', ';', '.']).collect::<Vec<_>>().into_iter().rev();
            words.find(|found| *found == word).and(words.next()).and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        (passed + count("passed"), failed + count("failed"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_spec::specs;

    #[test]
    fn the_tests_of_all_binaries_are_counted() {
        let said = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(count_tests(said), (13, 2));
        assert_eq!(count_tests("nothing ran"), (0, 0));
    }

    #[test]
    fn step_fails_where_no_test_ran() {
        let packages = Packages::read(specs::workspace()).unwrap();
        let mut job = Job::start(specs::workspace(), packages, "nothing-ran").unwrap();
        let result = |count| format!("echo test result: ok. {count} passed; 0 failed; 0 ignored");
        let error = some_tests(&mut job, &[&result(0)]).unwrap_err().to_string();
        assert_eq!(error, "no test ran");
        assert_eq!(some_tests(&mut job, &[&result(1)]).unwrap(), Outcome::Passed(String::new()));
    }

    #[test]
    fn steps_are_chosen_and_unknown_names_are_refused() {
        let error = select(Extent::Gate, &["clipy".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("`clipy`") && error.contains("clippy"), "{error}");
        assert_eq!(select(Extent::Gate, &["msrv".to_owned()]).unwrap().len(), 1);
        assert_eq!(select(Extent::Full, &[]).unwrap().len(), GATE.len() + HEAVY.len());
        let quick: Vec<_> = select(Extent::Quick, &[]).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(quick, ["format", "clippy", "validate", "generate", "tests"]);
    }
}
