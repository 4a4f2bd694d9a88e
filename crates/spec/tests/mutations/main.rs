//! Specs that are changed at random: nothing panics, and what is valid gives code that can be parsed and has no name twice.
//!
//! A run tries a few hundred, the same each time. `GERBANG_MUTATIONS` says how many and `GERBANG_SEED` which; with
//! `GERBANG_MUTANTS`, a directory, the generated code of those that are valid is written there, to be compiled.

mod change;
mod names;

use std::path::{Path, PathBuf};
use std::{env, fs, panic};

use gerbang_spec::generate::{self, Files};
use gerbang_spec::problem::Problem;
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use serde_json::Value;

/// How many are tried unless `GERBANG_MUTATIONS` says otherwise.
const MUTATIONS: u64 = 300;

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |number| number.parse().expect("a number"))
}

/// The specs, and two that are small and use every construct.
fn sources() -> Vec<Value> {
    let fixtures = ["crates/spec/tests/generate/sample.yaml", "crates/spec/tests/defects/clean.yaml"];
    let fixtures = fixtures.map(|path| specs::workspace().join(path));
    let specs = specs::find(&specs::workspace().join("specs"), &[]).unwrap().into_iter().map(|spec| spec.path);
    fixtures.into_iter().chain(specs).map(|path| Document::load(&path, "source.yaml").unwrap().value).collect()
}

/// What becomes of a spec: problems, or code.
fn outcome(spec: &Spec) -> Result<Files, Vec<Problem>> {
    let document = Document::load(&spec.path, "spec.yaml")?;
    let problems = validate(&document);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(generate::files(spec).unwrap_or_else(|error| panic!("it is valid and cannot be generated: {error:#}")))
}

#[test]
fn changed_specs_are_refused_or_generated() {
    let (sources, seed) = (sources(), number("GERBANG_SEED", 1));
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutations-{seed}"));
    fs::create_dir_all(&directory).unwrap();
    let spec = Spec { name: "mutant".to_owned(), path: directory.join("mutant.yaml") };
    let (mut valid, mut wrong) = (0, Vec::new());
    let count = number("GERBANG_MUTATIONS", MUTATIONS);
    for index in 0..count {
        let mut dice = change::Dice::new(seed << 32 | index);
        let mut mutant = dice.one_of(&sources).clone();
        let done: Vec<_> = (0..=dice.below(3)).map(|_| change::change(&mut mutant, &mut dice)).collect();
        fs::write(&spec.path, mutant.to_string()).unwrap();
        let tried = panic::catch_unwind(|| {
            let files = outcome(&spec).ok()?;
            let twice: Vec<_> = files.iter().flat_map(|(path, code)| names::twice(path, code)).collect();
            assert!(twice.is_empty(), "{twice:?}");
            Some(files)
        });
        match tried {
            Ok(None) => {}
            Ok(Some(files)) => {
                valid += 1;
                keep(index, &files);
            }
            Err(_) => {
                let kept = directory.join(format!("wrong-{index}.json"));
                fs::copy(&spec.path, &kept).unwrap();
                wrong.push(format!("{index}: {}, kept as {}", done.join("; "), kept.display()));
            }
        }
    }
    println!("{count} changed specs, {valid} of them valid");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    // Else nothing was tried but the linter.
    assert!(valid * 10 > count, "{valid} of {count} are valid");
}

/// Writes generated code as a module of its own.
fn keep(index: u64, files: &Files) {
    let Some(directory) = env::var_os("GERBANG_MUTANTS").map(PathBuf::from) else { return };
    for (path, code) in files {
        if let Ok(file) = path.strip_prefix("mutant/src/generated") {
            let path = directory.join(format!("m{index}")).join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, code).unwrap();
        }
    }
}
