//! Raising the version in a copy of the whole workspace, up to the release: nothing has to be mended by hand.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gerbang_spec::specs::workspace;
use support::{commit, copy, git, run};
use toml_edit::DocumentMut;
use xtask::locks::APART;
use xtask::packages::Packages;
use xtask::release::check;
use xtask::version::version;

/// A copy of the workspace under version control. A workspace beside it whose dependencies are not on this machine is left
/// out, as nothing is fetched here.
fn whole(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    copy(workspace(), &directory);
    for apart in APART.map(|name| directory.join(name)) {
        if !is_locked(&apart) {
            eprintln!("{} is left out: its dependencies are not on this machine", apart.display());
            fs::remove_dir_all(apart).unwrap();
        }
    }
    commit(&directory);
    directory
}

fn cargo(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    run(Command::new("cargo").current_dir(directory).env("CARGO_NET_OFFLINE", "true").args(arguments))
}

/// Whether the lock file of a workspace says what its manifests say.
fn is_locked(directory: &Path) -> bool {
    cargo(directory, &["update", "--workspace", "--locked"]).0 == Some(0)
}

fn xtask(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    run(command.current_dir(directory).env("CARGO_NET_OFFLINE", "true").args(arguments))
}

/// The versions in a lock file of the packages of these names that no registry has.
fn locked(file: &Path, names: &[String]) -> Vec<String> {
    let lock: DocumentMut = fs::read_to_string(file).unwrap().parse().unwrap();
    let packages = lock["package"].as_array_of_tables().unwrap().iter().filter(|it| !it.contains_key("source"));
    let ours = packages.filter(|it| names.iter().any(|name| it["name"].as_str() == Some(name)));
    ours.map(|it| it["version"].as_str().unwrap().to_owned()).collect()
}

/// The workspaces in a copy.
fn workspaces(copy: &Path) -> Vec<PathBuf> {
    let apart = APART.map(|name| copy.join(name)).into_iter().filter(|directory| directory.exists());
    [copy.to_owned()].into_iter().chain(apart).collect()
}

/// The version whose middle number is one more.
fn next(version: &str) -> String {
    let numbers: Vec<u64> = version.split('.').map(|number| number.parse().unwrap()).collect();
    format!("{}.{}.0", numbers[0], numbers[1] + 1)
}

#[test]
fn release_can_be_rehearsed_in_a_copy() {
    let copy = whole("release");
    let before = version(&copy).unwrap();
    let raised = next(&before);
    let (code, said) = xtask(&copy, &["version", &raised]);
    assert_eq!(code, Some(0), "{said}");

    let packages = Packages::read(&copy).unwrap();
    assert_eq!(packages.version_problems(&raised), Vec::<String>::new());
    let names: Vec<_> = packages.packages.iter().map(|package| package.name.clone()).collect();
    for directory in workspaces(&copy) {
        assert!(is_locked(&directory), "{}", directory.display());
        let versions = locked(&directory.join("Cargo.lock"), &names);
        assert!(versions.len() > 10 && versions.iter().all(|version| *version == raised), "{versions:?}");
    }
    let changed = git(&copy, &["diff", "--stat"]);
    let apart = workspaces(&copy).len() - 1;
    assert_eq!(changed.lines().count() - 1, 5 + apart, "{changed}");

    let error = check(&copy, Some(&raised)).unwrap_err().to_string();
    assert!(error.starts_with("there are changes that are not committed"), "{error}");
    git(&copy, &["commit", "-q", "-a", "-m", "Raised"]);
    let error = check(&copy, Some(&before)).unwrap_err().to_string();
    assert!(error.contains(&format!("the version is {raised}, not {before}")), "{error}");
    let commands = check(&copy, Some(&raised)).unwrap();
    assert!(commands.ends_with(&format!("git push origin v{raised}")), "{commands}");
    let published = packages.published().flat_map(|package| ["-p", &package.name]);
    let pack: Vec<_> = ["package", "--locked", "--no-verify", "--quiet"].into_iter().chain(published).collect();
    let (code, said) = cargo(&copy, &pack);
    assert_eq!(code, Some(0), "{said}");
    let packed = |package: &xtask::packages::Package| format!("{}-{raised}.crate", package.name);
    let directory = packages.target_directory.join("package");
    assert!(packages.published().all(|package| directory.join(packed(package)).is_file()), "{said}");

    // A provider that is made after that.
    let (code, said) = xtask(&copy, &["new", "lumbung"]);
    assert_eq!(code, Some(0), "{said}");
    for directory in workspaces(&copy) {
        assert!(is_locked(&directory), "{}", directory.display());
        let versions = locked(&directory.join("Cargo.lock"), &["gerbang-lumbung".to_owned()]);
        assert_eq!(versions, std::slice::from_ref(&raised), "{}", directory.display());
    }
    fs::remove_dir_all(&copy).unwrap();
}

#[test]
fn version_that_is_not_higher_or_has_no_place_is_refused() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("version-refused");
    let _ = fs::remove_dir_all(&directory);
    for file in ["Cargo.toml", "CHANGELOG.md", "crates/sandbox/openapi.yaml", "crates/serve/openapi.json"] {
        fs::create_dir_all(directory.join(file).parent().unwrap()).unwrap();
        fs::copy(workspace().join(file), directory.join(file)).unwrap();
    }
    fs::create_dir_all(directory.join("xtask")).unwrap();
    fs::write(directory.join("xtask/Cargo.toml"), "").unwrap();
    let before = version(&directory).unwrap();
    for (to, words) in
        [(before.as_str(), "is not higher"), ("0.0.9", "is not higher"), ("next", "is not a version like")]
    {
        let (code, said) = xtask(&directory, &["version", to]);
        assert!(code == Some(1) && said.contains(words), "{to}: {said}");
    }
    for file in ["CHANGELOG.md", "crates/sandbox/openapi.yaml", "crates/serve/openapi.json"] {
        let text = fs::read_to_string(directory.join(file)).unwrap();
        fs::write(directory.join(file), "Nothing.\n").unwrap();
        let (code, said) = xtask(&directory, &["version", &next(&before)]);
        assert!(code == Some(1) && said.contains(&format!("{file} is not as expected")), "{said}");
        assert_eq!(version(&directory).unwrap(), before);
        fs::write(directory.join(file), text).unwrap();
    }
}
