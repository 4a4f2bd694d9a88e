//! `cargo xtask diff`: which revision it compares with, its output and its exit status.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
use serde_json::{Value, json};

const CREATE: &str = "/paths/~1payments/post";
const SCHEMAS: &str = "/components/schemas";

fn sample() -> Value {
    let path = specs::workspace().join("crates/spec/tests/generate/sample.yaml");
    Document::load(&path, "sample.yaml").unwrap().value
}

/// Sets a key of the value at a JSON pointer.
fn set(spec: &mut Value, pointer: &str, key: &str, value: Value) {
    spec.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"))[key] = value;
}

/// A repository with one spec, in an empty directory.
fn repository(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    for folder in ["specs", "xtask"] {
        fs::create_dir_all(directory.join(folder)).unwrap();
    }
    fs::write(directory.join("xtask/Cargo.toml"), "").unwrap();
    fs::write(directory.join("Cargo.toml"), "[workspace.package]\nversion = \"0.3.1\"\n").unwrap();
    fs::write(directory.join("specs/sample.yaml"), sample().to_string()).unwrap();
    git(&directory, &["init", "-q"]);
    commit(&directory);
    directory
}

fn git(directory: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(directory).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(directory: &Path) {
    git(directory, &["add", "-A"]);
    git(directory, &["commit", "-q", "-m", "State"]);
}

fn xtask(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_xtask")).current_dir(directory).args(arguments).output().unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

#[test]
fn the_base_is_the_last_tag_or_head_or_what_is_named() {
    let directory = repository("diff-base");
    let same = "since HEAD: 0 breaking, 0 compatible, 0 of documentation\nversion: 0.3.1 stays\n";
    assert_eq!(xtask(&directory, &["diff"]), (Some(0), same.to_owned()));

    let mut spec = sample();
    set(&mut spec, CREATE, "summary", json!("Makes a payment."));
    fs::write(directory.join("specs/sample.yaml"), spec.to_string()).unwrap();
    let (code, said) = xtask(&directory, &["diff"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.ends_with("since HEAD: 0 breaking, 0 compatible, 1 of documentation\nversion: 0.3.1 -> 0.3.2\n"),
        "{said}"
    );
    commit(&directory);
    git(&directory, &["tag", "v0.3.2"]);

    set(&mut spec, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending"]));
    fs::write(directory.join("specs/sample.yaml"), spec.to_string()).unwrap();
    commit(&directory);
    let (code, said) = xtask(&directory, &["diff"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("BREAKING       the word `paid` of `State` [word-removed]"), "{said}");
    assert!(said.contains("reached by create_payment, payment_status\n"), "{said}");
    assert!(said.contains("since v0.3.2: 1 breaking"), "{said}");
    assert!(said.contains("version: 0.3.1 -> 0.4.0"), "{said}");
    assert_eq!(xtask(&directory, &["diff", "HEAD"]).0, Some(0));
    let (code, said) = xtask(&directory, &["diff", "HEAD~2", "--changelog"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("## [Unreleased]\n\n### Removed\n\n- sample: the word `paid`"), "{said}");
}

#[test]
fn what_cannot_be_compared_is_an_error_of_usage() {
    let directory = repository("diff-usage");
    for (arguments, words) in [
        (&["diff", "nothing"][..], "`nothing` is no revision"),
        (&["diff", "--", "--output=x"], "`--output=x` is no revision"),
        (&["diff", "--sideways"], "unexpected argument"),
    ] {
        let (code, said) = xtask(&directory, arguments);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert!(!directory.join("x").exists());
    fs::write(directory.join("specs/sample.yaml"), "openapi: [\n").unwrap();
    let (code, said) = xtask(&directory, &["diff"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("specs/sample.yaml:"), "{said}");
}
