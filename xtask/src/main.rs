//! The project's own tasks. `cargo xtask --help` lists them.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use gerbang_diff as diff;
use gerbang_spec::generate::all_files;
use gerbang_spec::problem::Problem;
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use xtask::bench;
use xtask::ci;
use xtask::docs;
use xtask::generate::{self, Scope};
use xtask::locks;
use xtask::new;
use xtask::release;
use xtask::version;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure what the clients cost and write BENCHMARKS.md. Exits with 1 when a target is missed.
    Bench {
        /// Only these measurements, such as `1,3`; BENCHMARKS.md is then left alone.
        #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=i64::from(bench::COUNT)))]
        only: Vec<u8>,
    },
    /// Run the gate: what every change must pass. Exits with 1 when a step fails.
    #[command(after_help = ci::help())]
    Ci {
        /// Also the heavy steps. One whose tool is missing is skipped, and says so.
        #[arg(long)]
        full: bool,
        /// After a small change: fewer steps, and only the tests of what has changed since the last commit.
        #[arg(long, conflicts_with_all = ["full", "steps"])]
        quick: bool,
        /// Only these steps, each of which must then find its tools.
        steps: Vec<String>,
    },
    /// Print what has changed in the specs since a revision, for programs that use the clients. Exits with 1 when
    /// something breaks them, otherwise with 0.
    Diff {
        /// A revision of git; the last tag when absent, HEAD when there is no tag.
        base: Option<String>,
        /// Print an entry for CHANGELOG.md instead.
        #[arg(long)]
        changelog: bool,
    },
    /// Compare the providers' documents with their state in specs/docs.toml, or record their state.
    Docs {
        #[command(subcommand)]
        task: DocsTask,
    },
    /// Generate the client crates from the specs.
    Generate {
        /// Change nothing; print what would change and exit with 1 when anything would.
        #[arg(long)]
        check: bool,
        /// Only these providers (`pakasir`) or specs (`pakasir-v1`).
        providers: Vec<String>,
    },
    /// Make a provider: a spec, a crate, and its place in what lists the providers. Prints what remains to be written.
    New {
        /// The crate's directory and the facade's feature: small letters and digits.
        name: String,
        /// An OpenAPI 3.0 document, YAML or JSON, that the spec is adapted from.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Leave out, and list, what cannot be adapted. Otherwise nothing is written then.
        #[arg(long, requires = "from")]
        skip_unsupported: bool,
    },
    /// Check that the workspace can be released, and print the commands that release it.
    Release {
        /// Publish nothing; there is no other way.
        #[arg(long, required = true)]
        dry_run: bool,
        /// The version that the release is meant to have.
        version: Option<String>,
    },
    /// Check the specs against the rules of specs/README.md.
    Validate {
        /// Only these providers (`pakasir`) or specs (`pakasir-v1`).
        providers: Vec<String>,
    },
    /// Raise the version of all crates, in every file that states it: manifest, lock files, descriptions and CHANGELOG.md.
    Version {
        /// The new version: three numbers, higher than today's.
        to: String,
    },
}

#[derive(Subcommand)]
enum DocsTask {
    /// Print what has changed, by heading, with the operations that it touches and the words. Exits with 0 when nothing has, 1
    /// when something has, 3 when a document cannot be read or none has an address.
    Check(DocsArguments),
    /// Record the documents as they are now, once the specs say the same. Exits with 3 when a document cannot be read or none
    /// has an address.
    Accept(DocsArguments),
}

#[derive(Args)]
struct DocsArguments {
    /// Only the documents of these providers (`pakasir`).
    providers: Vec<String>,
    /// Read the copies in this directory instead of fetching the documents; specs/docs.toml has their names.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// A directory of your own with copies of what was accepted: `accept` writes them, and `check` shows the old words of
    /// what has changed from them.
    #[arg(long, value_name = "DIR")]
    kept: Option<PathBuf>,
    /// How many seconds getting one document may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Bench { only } => run_bench(&only),
        Task::Ci { full, quick, steps } => {
            let full = if full { ci::Extent::Full } else { ci::Extent::Gate };
            run_ci(if quick { ci::Extent::Quick } else { full }, &steps)
        }
        Task::Diff { base, changelog } => return or_usage(run_diff(base.as_deref(), changelog)),
        Task::Docs { task } => return or_usage(run_docs(task)),
        Task::Generate { check, providers } => run_generate(check, &providers),
        Task::New { name, from, skip_unsupported } => run_new(name, from, skip_unsupported),
        Task::Release { dry_run: _, version } => run_release(version.as_deref()),
        Task::Validate { providers } => run_validate(&providers),
        Task::Version { to } => run_version(&to),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// The exit code of a task for which 1 is an answer: what keeps it from giving one is 2.
fn or_usage(result: Result<u8>) -> ExitCode {
    ExitCode::from(result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        2
    }))
}

fn run_ci(extent: ci::Extent, steps: &[String]) -> Result<ExitCode> {
    Ok(if ci::run(specs::workspace(), extent, steps)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_bench(only: &[u8]) -> Result<ExitCode> {
    Ok(if bench::run(only)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_diff(base: Option<&str>, changelog: bool) -> Result<u8> {
    let (base, changes) = diff::since(specs::workspace(), base)?;
    match changelog {
        true => print!("{}", diff::changelog(&changes)),
        false => print!("{}", diff::text(&changes, &base.revision, &base.version)),
    }
    Ok(u8::from(changes.iter().any(|change| change.rule.effect == diff::Effect::Breaking)))
}

fn run_docs(task: DocsTask) -> Result<u8> {
    let specs = specs::workspace().join("specs");
    let request = |arguments: DocsArguments| docs::Request {
        providers: arguments.providers,
        from: arguments.from,
        kept: arguments.kept,
        timeout: Duration::from_secs(arguments.timeout),
    };
    let report = match task {
        DocsTask::Check(arguments) => docs::check(&specs, &request(arguments))?,
        DocsTask::Accept(arguments) => docs::accept(&specs, &request(arguments), docs::today())?,
    };
    print!("{report}");
    Ok(report.exit_code())
}

fn run_generate(check: bool, providers: &[String]) -> Result<ExitCode> {
    let crates = specs::workspace().join("crates");
    let specs = find(providers)?;
    let scope = if providers.is_empty() { Scope::All } else { Scope::Named };
    let files = all_files(&specs)?;
    let diff = generate::diff(&crates, &files, scope)?;
    if diff.is_empty() {
        println!("{} files from {} specs: fresh", files.len(), specs.len());
    } else if check {
        print!("{diff}");
        eprintln!("error: the generated code is stale; run `cargo xtask generate`");
        return Ok(ExitCode::FAILURE);
    } else {
        generate::write(&crates, &files, scope)?;
        println!("{} files from {} specs: written", files.len(), specs.len());
    }
    Ok(ExitCode::SUCCESS)
}

fn run_new(name: String, from: Option<PathBuf>, skip_unsupported: bool) -> Result<ExitCode> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
    let outcome = new::run(specs::workspace(), &new::Request { name, from, skip_unsupported, today })?;
    print!("{outcome}");
    let rust = outcome.files().iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let rust: Vec<_> = rust.map(|path| specs::workspace().join(path)).collect();
    if !rust.is_empty() {
        let formatted = Command::new("rustfmt").args(["--edition", "2024"]).args(rust).status();
        let formatted = formatted.context("rustfmt cannot be run; run `cargo fmt`")?;
        anyhow::ensure!(formatted.success(), "rustfmt failed on what was written");
        locks::refresh(specs::workspace())?;
    }
    Ok(if outcome.files().is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn run_release(version: Option<&str>) -> Result<ExitCode> {
    println!("{}", release::dry_run(specs::workspace(), version)?);
    Ok(ExitCode::SUCCESS)
}

fn run_version(to: &str) -> Result<ExitCode> {
    version::raise(specs::workspace(), to, docs::today())?;
    println!("the version is {to}; read CHANGELOG.md, and commit");
    Ok(ExitCode::SUCCESS)
}

fn run_validate(providers: &[String]) -> Result<ExitCode> {
    let specs = find(providers)?;
    let problems: Vec<Problem> = specs
        .iter()
        .flat_map(|spec| validate::load(&spec.path, &spec.display_name()).err().unwrap_or_default())
        .collect();
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => println!("{} specs: valid", specs.len()),
        count => eprintln!("error: {count} problems in {} specs", specs.len()),
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn find(providers: &[String]) -> Result<Vec<Spec>> {
    specs::find(&specs::workspace().join("specs"), providers)
}
