//! Specs that are changed at random: nothing panics, and what is valid gives code that can be parsed and has no name twice.
//!
//! A run tries a few hundred, the same each time. `GERBANG_MUTATIONS` says how many and `GERBANG_SEED` which. A second test,
//! which takes minutes, also has the compiler check as many of the valid ones as `GERBANG_SAMPLE` says.

mod change;
mod compile;
mod examples;
mod names;
mod values;

use std::path::{Path, PathBuf};
use std::{env, fs, panic};

use change::Dice;
use gerbang_spec::generate::{self, Files};
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use serde_json::Value;

/// How many are tried unless `GERBANG_MUTATIONS` says otherwise.
const MUTATIONS: u64 = 300;

/// How many are tried when a sample is compiled.
const MUTATIONS_COMPILED: u64 = 3000;

/// How many are compiled unless `GERBANG_SAMPLE` says otherwise.
const SAMPLE: u64 = 300;

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |number| number.parse().expect("a number"))
}

/// How many of the sources are small.
const SMALL: usize = 2;

/// Two specs that are small and use every construct, and those of the gateways.
fn sources() -> Vec<Value> {
    let fixtures = ["crates/spec/tests/generate/sample.yaml", "crates/spec/tests/defects/clean.yaml"];
    let fixtures = fixtures.map(|path| specs::workspace().join(path));
    let specs = specs::find(&specs::workspace().join("specs"), &[]).unwrap().into_iter().map(|spec| spec.path);
    fixtures.into_iter().chain(specs).map(|path| Document::load(&path, "source.yaml").unwrap().value).collect()
}

/// Changed specs, each made of a number, which are written to a directory one after the other.
struct Mutants {
    sources: Vec<Value>,
    seed: u64,
    directory: PathBuf,
    spec: Spec,
}

impl Mutants {
    fn new(purpose: &str) -> Self {
        let seed = number("GERBANG_SEED", 1);
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{purpose}-{seed}"));
        // Of its own, as nothing else may be beside specs.
        let specs = directory.join("specs");
        fs::create_dir_all(&specs).unwrap();
        let spec = Spec { name: "mutant".to_owned(), path: specs.join("mutant.yaml") };
        Self { sources: sources(), seed, directory, spec }
    }

    /// Writes the changed spec of a number, and says what was changed.
    fn write(&self, index: u64) -> String {
        let mut dice = Dice::new(self.seed << 32 | index);
        // The small ones more often, of which many more can be tried in the same time.
        let (small, whole) = self.sources.split_at(SMALL);
        let sources = if dice.below(5) > 0 { small } else { whole };
        let mut mutant = dice.one_of(sources).clone();
        let done: Vec<_> = (0..=dice.below(3)).map(|_| change::change(&mut mutant, &mut dice)).collect();
        if dice.below(4) > 0 {
            examples::renew(&mut mutant);
        }
        fs::write(&self.spec.path, mutant.to_string()).unwrap();
        done.join("; ")
    }

    /// What the spec that is written gives; nothing when it is not valid.
    fn code(&self) -> Option<Files> {
        let document = Document::load(&self.spec.path, "spec.yaml").ok()?;
        if !validate(&document).is_empty() {
            return None;
        }
        Some(
            generate::files(&self.spec)
                .unwrap_or_else(|error| panic!("it is valid and cannot be generated: {error:#}")),
        )
    }

    /// Tries all numbers below `count`: those that are valid. Panics when any panics, or gives code with a name twice.
    fn try_all(&self, count: u64) -> Vec<u64> {
        let (mut valid, mut wrong) = (Vec::new(), Vec::new());
        for index in 0..count {
            let done = self.write(index);
            let tried = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                let files = self.code()?;
                let twice: Vec<_> = files.iter().flat_map(|(path, code)| names::twice(path, code)).collect();
                assert!(twice.is_empty(), "{twice:?}");
                Some(())
            }));
            match tried {
                Ok(None) => {}
                Ok(Some(())) => valid.push(index),
                Err(_) => {
                    let kept = self.directory.join(format!("wrong-{index}.json"));
                    fs::copy(&self.spec.path, &kept).unwrap();
                    wrong.push(format!("{index}: {done}, kept as {}", kept.display()));
                }
            }
        }
        println!("{count} changed specs, {} of them valid", valid.len());
        assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
        // Else nothing was tried but the linter.
        assert!(valid.len() as u64 * 10 > count, "{} of {count} are valid", valid.len());
        valid
    }
}

#[test]
fn changed_specs_are_refused_or_generated() {
    let mutants = Mutants::new("mutations");
    mutants.try_all(number("GERBANG_MUTATIONS", MUTATIONS));
}

#[test]
fn examples_made_anew_fit_every_spec() {
    for mut source in sources() {
        examples::renew(&mut source);
        let document = Document::parse(&source.to_string(), "source.yaml").unwrap();
        assert_eq!(validate(&document), [], "{}", source["info"]["title"]);
    }
}

#[test]
#[ignore = "compiles hundreds of clients"]
fn changed_specs_that_are_valid_compile() {
    let mutants = Mutants::new("compiled");
    let valid = mutants.try_all(number("GERBANG_MUTATIONS", MUTATIONS_COMPILED));
    let size = usize::try_from(number("GERBANG_SAMPLE", SAMPLE)).unwrap().clamp(1, valid.len());
    // From all of them, as far apart as can be.
    let sample: Vec<_> = (0..size).map(|place| valid[place * valid.len() / size]).collect();
    let generated = |index: &u64| {
        mutants.write(*index);
        (*index, mutants.code().expect("it is valid"))
    };
    let sample: Vec<_> = sample.iter().map(generated).collect();
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    if let Err(said) = compile::check(&mutants.directory.join("crates"), &built, &sample) {
        let errors: Vec<_> = said.lines().filter(|line| line.contains("error")).collect();
        panic!("the compiler refuses some, in {}:\n{}", mutants.directory.display(), errors.join("\n"));
    }
    println!("{} of them compile", sample.len());
}
