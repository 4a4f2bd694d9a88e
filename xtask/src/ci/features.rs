//! Features: whatever is switched on builds, and brings in nothing that was not asked for.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::job::{Job, Outcome};
use super::tools;
use gerbang_spec::specs;

const FACADE: &str = "gerbang";

const SANDBOX: &str = "gerbang-sandbox";

/// What a program that only receives notifications does without.
const CLIENT_ONLY: [&str; 5] = ["reqwest", "hyper", "ring", "rustls", "tokio"];

/// Builds the facade with each provider alone, with none and with all, with everything else that goes with any provider,
/// each provider without its client, and the sandbox without a state file.
pub fn each_alone(job: &mut Job) -> Result<Outcome> {
    let providers = providers(job)?;
    let facade = job.packages.packages.iter().find(|package| package.name == FACADE).context("there is no facade")?;
    let alone = providers.iter().map(|provider| (provider.as_str(), BTreeSet::from([provider])));
    let sets = alone.chain([("", BTreeSet::new()), ("full", providers.iter().collect())]);
    for (feature, wanted) in sets {
        check(job, FACADE, feature)?;
        let tree = tree(job, FACADE, feature)?;
        let found = providers.iter().filter(|provider| tree.contains(&format!("{FACADE}-{provider}"))).collect();
        if wanted != found {
            bail!("the feature `{feature}` brings in {found:?} instead of {wanted:?}");
        }
    }
    // One TLS is enough; the others need more of the system. See `pairs`.
    let is_other = |name: &&str| !matches!(*name, "full" | "native-tls" | "rustls-aws-lc-rs");
    let other = facade.features.keys().map(String::as_str).filter(is_other);
    let other: Vec<_> = other.filter(|name| !providers.iter().skip(1).any(|provider| provider == name)).collect();
    check(job, FACADE, &other.join(","))?;
    // The workspace's tests have the state file on.
    check(job, SANDBOX, "")?;
    if tree(job, SANDBOX, "")?.contains("rusqlite") {
        bail!("{SANDBOX} without its state file still needs rusqlite");
    }
    for provider in &providers {
        let package = format!("{FACADE}-{provider}");
        check(job, &package, "")?;
        let tree = tree(job, &package, "")?;
        if let Some(client) = CLIENT_ONLY.iter().find(|name| tree.contains(**name)) {
            bail!("{package} without its client still needs {client}");
        }
    }
    Ok(Outcome::Passed(format!("{} gateways", providers.len())))
}

/// Builds every library with no feature, with each one and with every two.
pub fn pairs(job: &mut Job) -> Result<Outcome> {
    if let Some(skipped) = tools::without_native_tls(job) {
        return Ok(skipped);
    }
    if !job.has("cargo hack") {
        return Ok(Outcome::Skipped("cargo-hack is not installed: cargo install cargo-hack --locked".into()));
    }
    job.build_apart();
    job.set("RUSTFLAGS", "-D warnings");
    let mut command =
        "cargo hack check --locked --lib --feature-powerset --depth 2 --exclude-features default".to_owned();
    for package in job.packages.published().filter(|package| package.is_library()) {
        command.push_str(&format!(" -p {}", package.name));
    }
    job.run(&[&command])?;
    Ok(Outcome::Passed(String::new()))
}

/// The providers that have a spec.
fn providers(job: &Job) -> Result<Vec<String>> {
    let specs = specs::find(&job.workspace().join("specs"), &[])?;
    let providers: BTreeSet<_> = specs.iter().map(|spec| spec.provider().to_owned()).collect();
    Ok(providers.into_iter().collect())
}

/// Builds the library of a package with just these features. Fails when the compiler warns.
fn check(job: &Job, package: &str, features: &str) -> Result<()> {
    let command = format!("cargo check --locked -p {package} --lib --no-default-features --features={features}");
    let said = job.run_in(job.workspace(), &command)?;
    if said.lines().any(|line| line.starts_with("warning")) {
        bail!("{command}: the compiler warns");
    }
    Ok(())
}

/// The names of all crates that a package with just these features is built from.
fn tree(job: &Job, package: &str, features: &str) -> Result<BTreeSet<String>> {
    let command =
        format!("cargo tree --locked -p {package} -e normal --prefix none --no-default-features --features={features}");
    let said = job.run_in(job.workspace(), &command)?;
    Ok(said.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}
