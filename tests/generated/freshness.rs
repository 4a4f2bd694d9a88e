//! The committed code is what the specs give, every time.

use std::fs;
use std::path::{Path, PathBuf};

use gerbang_spec::generate::{self, Files};
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::yaml;
use xtask::generate::{Scope, diff};

fn crates() -> PathBuf {
    specs::workspace().join("crates")
}

fn all_specs() -> Vec<Spec> {
    specs::find(&specs::workspace().join("specs"), &[]).unwrap()
}

#[test]
fn committed_code_is_fresh_and_generating_twice_is_the_same() {
    let first = generate::all_files(&all_specs()).unwrap();
    let second = generate::all_files(&all_specs()).unwrap();
    assert!(first == second, "two runs differ");
    assert_eq!(diff(&crates(), &first, Scope::All).unwrap(), "");
}

#[test]
fn changed_description_makes_the_code_stale_in_the_diff() {
    let spec = fs::read_to_string(specs::workspace().join("specs/kropay.yaml")).unwrap();
    let changed = spec.replacen("Creates a QRIS payment.", "Makes a QRIS payment.", 1);
    assert_ne!(spec, changed);
    let files = generate(&changed).unwrap();
    let diff = diff(&crates(), &files, Scope::Named).unwrap();
    assert!(diff.contains("-    /// Creates a QRIS payment.\n+    /// Makes a QRIS payment.\n"), "{diff}");
    assert!(diff.contains("crates/kropay/src/generated/client.rs"), "{diff}");
}

#[test]
fn what_cannot_be_generated_is_refused_with_its_line() {
    let spec = fs::read_to_string(specs::workspace().join("specs/kropay.yaml")).unwrap();
    for (whole, planted, rule) in [
        ("          format: uint32", "          format: half-life", "unknown-format"),
        ("      in: path\n", "      in: cookie\n", "unsupported"),
        ("      x-extensible-enum: [pending, success", "      enum: [pending, success", "closed-enum-in-reply"),
        ("            image/svg+xml:", "            text/plain: {}\n            image/svg+xml:", "body-type"),
        ("      x-idempotency: none", "      x-idempotency: perhaps", "missing-idempotency"),
        ("  success: [true]", "  success: [maybe]", "envelope"),
    ] {
        assert_eq!(spec.matches(whole).count(), 1, "{whole}");
        let changed = spec.replacen(whole, planted, 1);
        let line = changed[..changed.find(planted).unwrap()].matches('\n').count() + 1;
        let error = format!("{:#}", generate(&changed).unwrap_err());
        let is_named = error.lines().any(|line_of_error| {
            let mut parts = line_of_error.split(':');
            let (file, number, name) = (parts.next(), parts.next(), parts.next());
            let near = number.and_then(|number| number.parse::<usize>().ok()).is_some_and(|n| n.abs_diff(line) <= 2);
            file == Some("specs/kropay.yaml") && near && name.is_some_and(|name| name.trim() == rule)
        });
        assert!(is_named, "{planted} is on line {line}: {error}");
    }
}

#[test]
fn duplicate_keys_are_refused_before_anything_is_generated() {
    let spec = fs::read_to_string(specs::workspace().join("specs/kropay.yaml")).unwrap();
    let error = yaml::Document::parse(&(spec + "openapi: 3.0.3\n"), "kropay.yaml").unwrap_err();
    assert_eq!(error[0].rule, "duplicate-key");
}

/// The files of a changed spec.
fn generate(spec: &str) -> anyhow::Result<Files> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("specs-{:?}", std::thread::current().id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("kropay.yaml");
    fs::write(&path, spec).unwrap();
    generate::files(&Spec { name: "kropay".to_owned(), path })
}
