//! The linter of the specs, tried on planted defects and on the specs themselves.
//!
//! A file `defects/<rule>-<n>.yaml` breaks one rule. The line that the linter is to name ends in `# defect: <rule>`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gerbang_spec::format::Format;
use gerbang_spec::generate;
use gerbang_spec::problem::Problem;
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate::{RULES, load, validate};
use gerbang_spec::yaml::Document;

const MARK: &str = "# defect: ";

fn problems(path: &Path) -> Vec<Problem> {
    load(path, &path.display().to_string()).err().unwrap_or_default()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/defects").join(name)
}

fn fixtures() -> Vec<PathBuf> {
    let files =
        fixture("").read_dir().expect("the fixtures are a directory").map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> = files.filter(|path| path.file_stem().is_some_and(|stem| stem != "clean")).collect();
    files.sort();
    files
}

/// The rule and line of each defect that a file marks.
fn planted(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("the fixture is readable");
    let marks =
        text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, line.split_once(MARK)?.1.to_owned())));
    marks.collect()
}

fn reported(problems: &[Problem]) -> Vec<(usize, String)> {
    problems.iter().map(|problem| (problem.line, problem.rule.to_owned())).collect()
}

fn print(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn reports_every_planted_defect_and_nothing_else() {
    let (mut planted_count, mut reported_count) = (0, 0);
    let mut wrong = String::new();
    for path in fixtures() {
        let (planted, found) = (planted(&path), problems(&path));
        assert!(!planted.is_empty(), "{} marks no defect", path.display());
        planted_count += planted.len();
        reported_count += found.len();
        if planted != reported(&found) {
            wrong += &format!("{}: planted {planted:?}, reported\n{}", path.display(), print(&found));
        }
        for problem in found {
            assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem}");
        }
    }
    println!("{planted_count} planted defects, {reported_count} reported");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_a_fixture_and_every_fixture_a_rule() {
    let rules: BTreeSet<_> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut tried = BTreeSet::new();
    for path in fixtures() {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("the name is UTF-8");
        let (rule, _) = stem.rsplit_once('-').expect("the name ends in a number");
        assert!(planted(&path).iter().all(|(_, planted)| planted == rule), "{stem} marks another rule");
        tried.insert(rule.to_owned());
    }
    assert_eq!(rules, tried);
}

#[test]
fn a_spec_that_uses_every_construct_is_clean() {
    let problems = problems(&fixture("clean.yaml"));
    assert!(problems.is_empty(), "{}", print(&problems));
}

#[test]
fn a_spec_that_uses_every_construct_is_generated() {
    // Beside it there are no other specs, which the list of commands would have.
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clean/clean.yaml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(fixture("clean.yaml"), &path).unwrap();
    let files = generate::files(&Spec { name: "clean".to_owned(), path }).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(files.len(), 8, "{:?}", files.keys());
}

#[test]
fn several_defects_are_reported_at_once() {
    let text = fs::read_to_string(fixture("clean.yaml")).expect("the fixture is readable");
    let text = text
        .replace("openapi: 3.0.3", "openapi: 3.0.0")
        .replace("x-idempotency: none", "x-idempotency: never")
        .replace("format: uint32", "format: uint16")
        .replace("description: Whether the call succeeded.", "descripton: Whether the call succeeded.");
    let document = Document::parse(&text, "several.yaml").expect("the YAML is sound");
    let problems = validate(&document);
    let rules: BTreeSet<_> = problems.iter().map(|problem| problem.rule).collect();
    let expected = ["missing-idempotency", "openapi-version", "undescribed", "unknown-format", "unknown-key"];
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), expected, "{}", print(&problems));
    assert!(problems.is_sorted_by_key(|problem| problem.line));
    assert!(print(&problems).contains("did you mean `description`?"));
}

#[test]
fn the_page_about_specs_names_every_format() {
    let page = fs::read_to_string(specs::workspace().join("specs/README.md")).expect("the page is readable");
    let (_, table) = page.split_once("## Formats").expect("the page has formats");
    for format in Format::ALL.map(Format::name) {
        assert!(table.contains(format), "{format}");
    }
}

#[test]
fn the_specs_are_clean() {
    let specs = specs::find(&specs::workspace().join("specs"), &[]).expect("there are specs");
    let found: Vec<_> = specs.iter().flat_map(|spec| problems(&spec.path)).collect();
    assert!(!specs.is_empty());
    assert!(found.is_empty(), "{}", print(&found));
}
