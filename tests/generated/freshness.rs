//! The committed code is what the specs give, every time.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::specs::{self, Spec};
use xtask::{generate, yaml};

fn crates() -> PathBuf {
    specs::workspace().join("crates")
}

fn all_specs() -> Vec<Spec> {
    specs::find(&specs::workspace().join("specs"), &[]).unwrap()
}

#[test]
fn the_committed_code_is_fresh_and_generating_twice_gives_the_same() {
    let first = generate::all_files(&all_specs()).unwrap();
    let second = generate::all_files(&all_specs()).unwrap();
    assert!(first == second, "two runs differ");
    assert_eq!(generate::diff(&crates(), &first).unwrap(), "");
}

#[test]
fn a_changed_description_makes_the_code_stale_and_the_diff_shows_it() {
    let spec = fs::read_to_string(specs::workspace().join("specs/kropay.yaml")).unwrap();
    let changed = spec.replacen("Creates a QRIS payment.", "Makes a QRIS payment.", 1);
    assert_ne!(spec, changed);
    let files = generate(&changed).unwrap();
    let diff = generate::diff(&crates(), &files).unwrap();
    assert!(diff.contains("-    /// Creates a QRIS payment.\n+    /// Makes a QRIS payment.\n"), "{diff}");
    assert!(diff.contains("crates/kropay/src/generated/client.rs"), "{diff}");
}

#[test]
fn what_cannot_be_generated_is_refused_with_its_line() {
    let spec = fs::read_to_string(specs::workspace().join("specs/kropay.yaml")).unwrap();
    for (whole, planted, what) in [
        ("format: uint32", "format: half-life", "the format `half-life` cannot be generated"),
        ("      name: reference\n      in: path", "      name: reference\n      in: cookie", "a cookie parameter"),
        ("x-extensible-enum: [pending, success, paid, failed, expired]", "enum: [pending]", "a closed set of words"),
        ("image/svg+xml:", "image/svg+xml: {}\n            text/plain:", "exactly one media type"),
        ("    post:\n      operationId: create_payment", "    trace:\n      operationId: create_payment", "`trace`"),
    ] {
        assert_eq!(spec.matches(whole).count(), 1, "{whole}");
        let changed = spec.replacen(whole, planted, 1);
        let line = changed[..changed.find(planted).unwrap()].matches('\n').count() + 1;
        let error = format!("{:#}", generate(&changed).unwrap_err());
        assert!(error.contains(what), "{planted}: {error}");
        let named: usize = error.split("kropay.yaml:").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
        assert!(named.abs_diff(line) <= 5, "{planted} stands on line {line}: {error}");
    }
}

#[test]
fn duplicate_keys_are_refused_before_anything_is_generated() {
    let spec = fs::read_to_string(specs::workspace().join("specs/kropay.yaml")).unwrap();
    let error = yaml::Document::parse(&(spec + "openapi: 3.0.3\n"), "kropay.yaml").unwrap_err();
    assert_eq!(error[0].rule, "duplicate-key");
}

/// The files of a changed spec.
fn generate(spec: &str) -> anyhow::Result<generate::Files> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("specs-{:?}", std::thread::current().id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("kropay.yaml");
    fs::write(&path, spec).unwrap();
    generate::files(&Spec { name: "kropay".to_owned(), path })
}
