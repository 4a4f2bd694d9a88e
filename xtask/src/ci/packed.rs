//! Packages as crates.io will have them: packed, unpacked in a workspace of their own, and built from there.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use toml_edit::DocumentMut;

use super::job::{Job, Outcome};

/// What each packed crate must have in it.
const FILES: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Builds the packed crates with the dependencies that `Cargo.lock` has.
pub fn build(job: &mut Job) -> Result<Outcome> {
    let directory = unpack(job)?;
    fs::copy(job.workspace().join("Cargo.lock"), directory.join("Cargo.lock"))?;
    build_all(job, directory)
}

/// Builds the packed crates with the oldest version of each direct dependency that a manifest allows.
pub fn build_with_minimal_versions(job: &mut Job) -> Result<Outcome> {
    let directory = unpack(job)?;
    // Choosing old versions is unstable in cargo; the compiler stays as it is.
    job.run_in(&directory, "env RUSTC_BOOTSTRAP=1 cargo generate-lockfile -Z direct-minimal-versions")?;
    build_all(job, directory)
}

fn build_all(job: &Job, directory: PathBuf) -> Result<Outcome> {
    job.run_in(&directory, "cargo build --workspace")?;
    job.run_in(&directory, "cargo build -p gerbang --features full")?;
    Ok(Outcome::Passed(format!("{} crates", job.packages.published().count())))
}

/// Packs all published packages and makes a workspace of what was packed, without dependencies of tests. Fails when a
/// crate has not a file that it must have.
fn unpack(job: &mut Job) -> Result<PathBuf> {
    let packed = job.build_apart().join("package");
    let unpacked = job.scratch().join("unpacked");
    for directory in [&packed, &unpacked] {
        if directory.exists() {
            fs::remove_dir_all(directory)?;
        }
    }
    fs::create_dir_all(&unpacked)?;

    let mut command = "cargo package --locked --allow-dirty --no-verify".to_owned();
    for package in job.packages.published() {
        command.push_str(&format!(" -p {}", package.name));
    }
    job.run(&[&command])?;

    let mut workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n\n[patch.crates-io]\n".to_owned();
    for package in job.packages.published() {
        let name = format!("{}-{}", package.name, package.version);
        job.run_in(&unpacked, &format!("tar -xzf {}", packed.join(format!("{name}.crate")).display()))?;
        if let Some(missing) = FILES.iter().find(|file| !unpacked.join(&name).join(file).is_file()) {
            bail!("{name}.crate has no {missing}");
        }
        workspace.push_str(&format!("{} = {{ path = \"{name}\" }}\n", package.name));
        let path = unpacked.join(&name).join("Cargo.toml");
        let mut manifest: DocumentMut = fs::read_to_string(&path)?.parse().context("cannot read a packed manifest")?;
        manifest.remove("dev-dependencies");
        fs::write(path, manifest.to_string())?;
    }
    fs::write(unpacked.join("Cargo.toml"), workspace)?;
    Ok(unpacked)
}
