//! What the whole workspace promises about itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gerbang_spec::specs::workspace;

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a table of a manifest.
fn table<'a>(manifest: &'a str, name: &str) -> Vec<&'a str> {
    let lines = manifest.lines().map(str::trim).skip_while(|line| *line != format!("[{name}]")).skip(1);
    lines.take_while(|line| !line.starts_with('[')).collect()
}

/// The directories of all members.
fn members() -> Vec<PathBuf> {
    let mut members: Vec<_> = entries(&workspace().join("crates")).into_iter().filter(|path| path.is_dir()).collect();
    members.extend(["tests", "xtask"].map(|name| workspace().join(name)));
    members
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = directory.read_dir().unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// All sources below a directory.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let (directories, files): (Vec<_>, Vec<_>) = entries(directory).into_iter().partition(|path| path.is_dir());
    let directories = directories.iter().filter(|path| !path.ends_with("target"));
    let below = directories.flat_map(|path| sources(path));
    files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).chain(below).collect()
}

#[test]
fn no_member_of_the_workspace_may_have_unsafe_code() {
    let root = read(&workspace().join("Cargo.toml"));
    assert!(root.contains("members = [\"crates/*\", \"tests\", \"xtask\"]"), "this test knows other members");
    assert!(table(&root, "workspace.lints.rust").contains(&"unsafe_code = \"forbid\""));
    let members = members();
    assert!(members.len() > 10, "{members:?}");
    for member in members {
        let manifest = read(&member.join("Cargo.toml"));
        assert!(table(&manifest, "lints").contains(&"workspace = true"), "{} has other lints", member.display());
    }
    let fuzz = read(&workspace().join("fuzz/Cargo.toml"));
    assert!(table(&fuzz, "lints.rust").contains(&"unsafe_code = \"forbid\""), "fuzz is a workspace of its own");
}

#[test]
fn the_tests_that_the_security_page_names_are_there() {
    let page = read(&workspace().join("SECURITY.md"));
    let all: String = members().iter().flat_map(|member| sources(member)).map(|path| read(&path)).collect();
    let mut named = BTreeSet::new();
    for promise in page.split("Tested by ").skip(1) {
        let promise = promise.split("\n\n").next().expect("a paragraph");
        let (tests, targets) = promise.split_once("fuzz target").unwrap_or((promise, ""));
        for name in quoted(tests) {
            assert!(all.contains(&format!("fn {name}(")), "there is no test {name}");
            named.insert(name);
        }
        for name in quoted(targets) {
            let path = workspace().join("fuzz/fuzz_targets").join(format!("{name}.rs"));
            assert!(path.is_file(), "there is no fuzz target {name}");
            named.insert(name);
        }
    }
    for target in entries(&workspace().join("fuzz/fuzz_targets")) {
        let name = target.file_stem().and_then(|name| name.to_str()).expect("a name");
        assert!(named.contains(name), "the page does not name the fuzz target {name}");
    }
    assert!(named.len() > 30, "{named:?}");
}

/// What is between back quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
