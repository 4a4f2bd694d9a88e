//! The generated code as code: all of a spec with one operation, and what each construct adds to it or changes of it.
//!
//! `code/least.yaml` is that spec, `code/constructs.yaml` has the constructs.

use std::fs;
use std::path::{Path, PathBuf};

use gerbang_spec::generate::{self, Files};
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use serde_json::Value;
use xtask::generate::{Scope, diff, write};

fn read(file: &str) -> Value {
    let path = specs::workspace().join("tests/generated/code").join(file);
    Document::load(&path, file).unwrap_or_else(|problems| panic!("{problems:?}")).value
}

/// An empty directory.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("code").join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// What a spec gives, which must be valid.
fn generated(construct: &str, spec: &Value) -> Files {
    let path = directory(construct).join("least.yaml");
    // JSON is YAML.
    fs::write(&path, spec.to_string()).unwrap();
    let problems = validate(&Document::load(&path, construct).unwrap());
    assert!(problems.is_empty(), "{construct}: {problems:#?}");
    generate::files(&Spec { name: "least".to_owned(), path }).unwrap_or_else(|error| panic!("{construct}: {error:#}"))
}

#[test]
fn the_code_of_each_construct_is_pinned() {
    let least = read("least.yaml");
    let files = generated("least", &least);
    let whole: Vec<_> = files.iter().map(|(path, code)| format!("==> {}\n{code}", path.display())).collect();
    insta::assert_snapshot!("least", whole.join("\n"));
    let base = directory("base");
    write(&base, &files, Scope::Named).unwrap();
    let constructs = read("constructs.yaml");
    for (construct, edits) in constructs.as_object().unwrap() {
        let mut spec = least.clone();
        for edit in edits.as_array().unwrap() {
            let at = edit["at"].as_str().unwrap();
            let object = spec.pointer_mut(at).unwrap_or_else(|| panic!("{construct}: there is no {at}"));
            for (key, value) in edit["set"].as_object().unwrap() {
                match value {
                    Value::Null => drop(object.as_object_mut().unwrap().remove(key)),
                    value => object[key] = value.clone(),
                }
            }
        }
        let changed = diff(&base, &generated(construct, &spec), Scope::Named).unwrap();
        assert!(!changed.is_empty(), "{construct} changes nothing");
        insta::assert_snapshot!(construct.as_str(), changed);
    }
}
