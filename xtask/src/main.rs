//! The project's own tasks. `cargo xtask --help` lists them.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::generate::{self, Scope};
use xtask::problem::Problem;
use xtask::specs::{self, Spec};
use xtask::validate::validate;
use xtask::yaml::Document;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the client crates from the specs.
    Generate {
        /// Change nothing; print what would change and exit with 1 when anything would.
        #[arg(long)]
        check: bool,
        /// Only these providers (`pakasir`) or specs (`pakasir-v1`).
        providers: Vec<String>,
    },
    /// Check the specs against the rules of specs/README.md.
    Validate {
        /// Only these providers (`pakasir`) or specs (`pakasir-v1`).
        providers: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Generate { check, providers } => run_generate(check, &providers),
        Task::Validate { providers } => run_validate(&providers),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run_generate(check: bool, providers: &[String]) -> Result<ExitCode> {
    let crates = specs::workspace().join("crates");
    let specs = find(providers)?;
    let scope = if providers.is_empty() { Scope::All } else { Scope::Named };
    let files = generate::all_files(&specs)?;
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

fn run_validate(providers: &[String]) -> Result<ExitCode> {
    let specs = find(providers)?;
    let problems: Vec<Problem> = specs
        .iter()
        .flat_map(|spec| match Document::load(&spec.path, &spec.display_name()) {
            Ok(document) => validate(&document),
            Err(problems) => problems,
        })
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
