//! The scripts that run other people's tools fail where these were asked nothing. The tools are played by others here, which
//! need no network.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gerbang_spec::specs::{self, Spec, workspace};

/// Makes an environment whose programs are `pip` and `schemathesis` beside it.
const PYTHON: &str = r#"mkdir -p "$3/bin" && cp "$PLAYED/pip" "$PLAYED/schemathesis" "$3/bin""#;

/// Builds nothing; what is run is the sandbox, which tells its addresses.
const CARGO: &str = r#"[ "$1" = run ] || exit 0
for name in KAZUKIPAY KLINK KROPAY MIDTRANS PAKASIR PAYDIGITAL TRIPAY; do echo "GERBANG_${name}_BASE_URL=http://127.0.0.1:9/$name"; done
echo GERBANG_PAYDIGITAL_STORE_ID=1"#;

const CURL: &str = r#"echo '{"Authorization": "token"}'"#;

/// Notes which spec it was given with which address and header, and finds nothing wrong in so many cases.
const SCHEMATHESIS: &str = r#"echo "$2 $4 ${18}" >> "$PLAYED/asked"
touch never_succeeded
echo "  $CASES generated, $CASES passed""#;

/// A directory with the script, these specs and the players.
fn scene(name: &str, specs: &[&str]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    for part in ["specs", "played"] {
        fs::create_dir_all(directory.join(part)).unwrap();
    }
    for file in ["test-with-schemathesis.sh", "schemathesis_hooks.py"] {
        fs::copy(workspace().join("specs").join(file), directory.join("specs").join(file)).unwrap();
    }
    for spec in specs {
        fs::write(directory.join(format!("specs/{spec}.yaml")), "paths:\n  /{report_path}:\n").unwrap();
    }
    let players = [("python3", PYTHON), ("cargo", CARGO), ("curl", CURL), ("pip", ""), ("schemathesis", SCHEMATHESIS)];
    for (player, does) in players {
        let path = directory.join("played").join(player);
        fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    directory
}

/// Runs the script: whether it succeeded, what it said, and what was asked.
fn run(directory: &Path, cases: &str) -> (bool, String, Vec<String>) {
    let played = directory.join("played");
    let path = format!("{}:/usr/bin:/bin", played.display());
    let mut command = Command::new("bash");
    command.arg(directory.join("specs/test-with-schemathesis.sh"));
    let output = command.env("PATH", path).env("PLAYED", &played).env("CASES", cases).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let asked = fs::read_to_string(played.join("asked")).unwrap_or_default();
    (output.status.success(), said, asked.lines().map(str::to_owned).collect())
}

#[test]
fn schemathesis_is_asked_about_every_spec() {
    let specs = specs::find(&workspace().join("specs"), &[]).unwrap();
    let names: Vec<_> = specs.iter().map(|spec: &Spec| spec.name.as_str()).collect();
    let directory = scene("schemathesis-all", &names);
    let (succeeded, said, asked) = run(&directory, "50");
    assert!(succeeded, "{said}");
    for (spec, asked) in specs.iter().zip(&asked) {
        let provider = spec.provider().to_ascii_uppercase();
        let address = format!("{}.yaml http://127.0.0.1:9/{provider}", spec.name);
        assert!(asked.starts_with(&address), "{asked}");
        assert!(said.contains(&format!("ok       {}: 50 cases, 0 failures, 0 warnings\n", spec.name)), "{said}");
    }
    assert_eq!(asked.len(), specs.len(), "{asked:?}");
}

#[test]
fn schemathesis_fails_where_nothing_was_asked() {
    for (name, specs, cases, words) in [
        ("schemathesis-no-spec", &[][..], "50", "there is no spec to ask about"),
        ("schemathesis-no-case", &["kropay"], "0", "refused  kropay: 0 cases"),
        ("schemathesis-new-spec", &["kropay", "lumbung"], "50", "refused  lumbung: this script does not know"),
    ] {
        let (succeeded, said, _) = run(&scene(name, specs), cases);
        assert!(!succeeded && said.contains(words), "{name}: {said}");
    }
}
