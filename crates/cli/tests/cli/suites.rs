//! The tests of `examples/suites`, in other languages, run by their own runners against `gerbang sandbox`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Ran, end};

/// How many tests each suite has.
const TESTS: usize = 6;

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/suites").join(name).canonicalize().unwrap()
}

/// Whether a language is on this machine; on CI it must be.
fn is_there(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = version.is_ok_and(|status| status.success());
    let must_be = env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(is_there || !must_be, "{program} is missing on CI");
    if !is_there {
        eprintln!("SKIPPED: {program} is missing, so that its suite is not tried");
    }
    is_there
}

/// Runs a suite to its end, with a program as `gerbang`.
fn run(program: &str, args: &[&str], directory: &Path, gerbang: &str) -> Ran {
    let mut command = Command::new(program);
    command.args(args).current_dir(directory).env_clear().env("GERBANG", gerbang).env("PYTHONDONTWRITEBYTECODE", "1");
    for name in ["PATH", "HOME"] {
        command.envs(env::var_os(name).map(|value| (name, value)));
    }
    end(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn the_suite_in_node_passes_and_fails_without_a_sandbox() {
    if !is_there("node") {
        return;
    }
    let args = ["--test", "--test-reporter=tap", "sandbox.test.mjs"];
    let ran = run("node", &args, &directory("node"), env!("CARGO_BIN_EXE_gerbang"));
    let passed = format!("# pass {TESTS}\n");
    assert!(ran.code == Some(0) && ran.stdout.contains(&passed) && ran.stdout.contains("# skipped 0\n"), "{ran:?}");
    assert_ne!(run("node", &args, &directory("node"), "false").code, Some(0));
}

#[test]
fn the_suite_in_python_passes_and_fails_without_a_sandbox() {
    if !is_there("python3") {
        return;
    }
    let args = ["-m", "unittest", "test_sandbox"];
    let ran = run("python3", &args, &directory("python"), env!("CARGO_BIN_EXE_gerbang"));
    assert!(ran.code == Some(0) && ran.stderr.contains(&format!("Ran {TESTS} tests in ")), "{ran:?}");
    assert_ne!(run("python3", &args, &directory("python"), "false").code, Some(0));
}
