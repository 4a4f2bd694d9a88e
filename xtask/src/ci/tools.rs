//! Steps that need more than the Rust that runs them. Each says what is missing.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::job::{Job, Outcome};

/// Builds every package, tests included, with the `rust-version` that it promises.
pub fn msrv(job: &mut Job) -> Result<Outcome> {
    let mut packages: BTreeMap<String, String> = BTreeMap::new();
    for package in &job.packages.packages {
        let version = package.rust_version.clone().with_context(|| format!("{} has no rust-version", package.name))?;
        packages.entry(version).or_default().push_str(&format!(" -p {}", package.name));
    }
    job.build_apart();
    for (version, packages) in &packages {
        let rust = [version.clone(), format!("{version}.0")]
            .into_iter()
            .find(|rust| job.run_in(job.workspace(), &format!("rustup run {rust} cargo --version")).is_ok());
        let Some(rust) = rust else {
            return Ok(Outcome::Skipped(format!(
                "Rust {version} is not installed: rustup toolchain install {version}"
            )));
        };
        job.run(&[&format!("rustup run {rust} cargo check{packages} --all-targets --locked")])?;
    }
    Ok(Outcome::Passed(format!("Rust {}", packages.keys().cloned().collect::<Vec<_>>().join(" and "))))
}

/// Holds the dependencies against `deny.toml`; for advisories against a database that must be fetched.
pub fn deny(job: &mut Job) -> Result<Outcome> {
    if !job.has("cargo deny") {
        return Ok(Outcome::Skipped("cargo-deny is not installed: cargo install cargo-deny --locked".into()));
    }
    job.run(&["cargo deny --locked check bans licenses sources"])?;
    let advisories = job.run(&["cargo deny --locked check advisories"]);
    if advisories.is_err() && job.read_log()?.contains("failed to fetch advisory database") {
        return Ok(Outcome::Skipped("bans, licenses and sources pass; the advisories could not be fetched".into()));
    }
    advisories?;
    Ok(Outcome::Passed(String::new()))
}

/// Builds the documentation as docs.rs does, for which the compiler must take unstable features.
pub fn docs_rs(job: &mut Job) -> Result<Outcome> {
    if let Some(skipped) = without_native_tls(job) {
        return Ok(skipped);
    }
    job.build_apart();
    job.set("RUSTC_BOOTSTRAP", "1");
    job.set("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
    let mut command = "cargo doc --locked --no-deps --all-features --lib".to_owned();
    for package in job.packages.published().filter(|package| package.is_library()) {
        command.push_str(&format!(" -p {}", package.name));
    }
    job.run(&[&command])?;
    Ok(Outcome::Passed(String::new()))
}

/// Compares the libraries with the last release, the newest tag of the form `v1.2.3`.
pub fn semver(job: &mut Job) -> Result<Outcome> {
    let tags = job.run_in(job.workspace(), "git tag --list v* --sort=-version:refname")?;
    let Some(release) = tags.lines().find(|line| line.starts_with('v')) else {
        return Ok(Outcome::Skipped("there is no release yet".into()));
    };
    if !job.has("cargo semver-checks") {
        return Ok(Outcome::Skipped("cargo-semver-checks is not installed".into()));
    }
    job.run(&[&format!("cargo semver-checks --workspace --baseline-rev {release}")])?;
    Ok(Outcome::Passed(format!("since {release}")))
}

/// Why the feature `native-tls` cannot be built here, if it cannot: on Linux it is OpenSSL.
pub fn without_native_tls(job: &Job) -> Option<Outcome> {
    let is_there = !cfg!(target_os = "linux") || job.run(&["pkg-config --exists openssl"]).is_ok();
    (!is_there).then(|| Outcome::Skipped("native-tls needs pkg-config and the headers of OpenSSL".into()))
}

/// Runs scripts that bring their tools themselves, but for what is named.
pub fn scripts(job: &mut Job, scripts: &[&str], needs: &[&str]) -> Result<Outcome> {
    if let Some(missing) = needs.iter().find(|program| !job.has(program)) {
        return Ok(Outcome::Skipped(format!("{missing} is not installed")));
    }
    for script in scripts {
        job.run(&[&format!("bash {script}")])?;
    }
    Ok(Outcome::Passed(String::new()))
}
