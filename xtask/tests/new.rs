//! A provider is made in a copy of the workspace's files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gerbang_spec::generate;
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use xtask::new::{Outcome, Request, run};

/// The files that list the providers, and those that each crate has.
const LISTS: &[&str] = &[
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "docs/gateways/README.md",
    "docs/gateways/README.id.md",
    "crates/facade/Cargo.toml",
    "crates/facade/src/lib.rs",
    "crates/facade/src/registered.rs",
];

/// A document of one operation, with a number that may have fractions.
const DOCUMENT: &str = "\
openapi: 3.0.1
info: {title: Shop, version: '1'}
servers: [{url: 'https://{host}/api/', variables: {host: {default: shop.example}}}]
paths:
  /things/{id}:
    post:
      operationId: changeThing
      tags: [Things]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: kind, in: query, schema: {type: string, enum: [new, old]}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                id: {type: string}
                value: {type: string}
      responses:
        '200':
          description: Done.
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        default:
          description: It failed.
          content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}
components:
  schemas:
    Thing:
      type: object
      required: [id, value]
      properties:
        id: {type: string}
        value: {type: file}
";

/// A directory with the specs and lists of the workspace.
fn copy(name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&copy);
    let specs = specs::find(&specs::workspace().join("specs"), &[]).unwrap();
    let specs = specs.iter().map(Spec::display_name);
    for file in LISTS.iter().map(|file| (*file).to_owned()).chain(specs) {
        fs::create_dir_all(copy.join(&file).parent().unwrap()).unwrap();
        fs::copy(specs::workspace().join(&file), copy.join(&file)).unwrap();
    }
    copy
}

fn request(name: &str, from: Option<PathBuf>) -> Request {
    Request { name: name.to_owned(), from, skip_unsupported: false, today: "2026-11-20".to_owned() }
}

/// All files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = directory.read_dir().unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn contents(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut contents: Vec<_> =
        files(directory).into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect();
    contents.sort();
    contents
}

#[test]
fn a_provider_from_nothing_is_valid_generated_and_listed() {
    let copy = copy("from-nothing");
    let Outcome::Made { files, report, remaining } = run(&copy, &request("lumbung", None)).unwrap() else {
        panic!("nothing was made");
    };
    assert!(report.is_none());
    let spec = Spec { name: "lumbung".to_owned(), path: copy.join("specs/lumbung.yaml") };
    assert_eq!(validate(&Document::load(&spec.path, "lumbung").unwrap()), []);
    let generated = generate::files(&spec).unwrap();
    for (path, content) in &generated {
        assert_eq!(fs::read_to_string(copy.join("crates").join(path)).unwrap(), *content, "{}", path.display());
    }
    for (list, expected) in [
        ("Cargo.toml", "gerbang-lumbung = { path = \"crates/lumbung\", version = \""),
        ("docs/gateways/README.md", "| `lumbung` | Lumbung | 1 | 0 | `GERBANG_LUMBUNG_API_KEY` |\n| `midtrans`"),
        ("docs/gateways/README.id.md", "| `lumbung` | Lumbung | 1 | 0 | `GERBANG_LUMBUNG_API_KEY` |\n| `midtrans`"),
        ("crates/facade/Cargo.toml", "lumbung = [\"dep:gerbang-lumbung\", \"client\"]"),
        ("crates/facade/Cargo.toml", "\"gerbang-lumbung?/schemars\""),
        ("crates/facade/src/lib.rs", "#[cfg(feature = \"lumbung\")]\npub use gerbang_lumbung as lumbung;"),
        ("crates/facade/src/registered.rs", "\n    #[cfg(feature = \"lumbung\")]\n    gerbang_lumbung::GATEWAYS,\n];"),
        ("crates/lumbung/src/descriptor.rs", "pub const GATEWAYS: &[Descriptor] = &[];"),
        ("crates/lumbung/LICENSE-MIT", "Permission is hereby granted"),
        ("crates/lumbung/README.md", "use gerbang_lumbung::{Client, operations};"),
        ("crates/lumbung/Cargo.toml", "name = \"gerbang-lumbung\""),
    ] {
        let text = fs::read_to_string(copy.join(list)).unwrap();
        assert!(text.contains(expected), "{list} has no {expected}");
        assert!(files.iter().any(|file| file == Path::new(list)), "{list} is not named");
    }
    assert!(!copy.join("crates/lumbung/tests").exists(), "samples of a made-up spec go with it");
    for manifest in files.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let text = fs::read_to_string(copy.join(manifest)).unwrap();
        text.parse::<toml_edit::DocumentMut>().unwrap_or_else(|error| panic!("{}: {error}", manifest.display()));
    }
    for code in files.iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let text = fs::read_to_string(copy.join(code)).unwrap();
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", code.display()));
    }
    let places: Vec<_> = remaining.iter().map(|(place, _)| place.as_str()).collect();
    let wanted = [
        "specs/lumbung.yaml",
        "crates/lumbung/src",
        "crates/sandbox/src/providers/lumbung.rs",
        "tests/src/apis/lumbung.rs",
        "docs/gateways/lumbung.md",
        "SECURITY.md",
    ];
    assert_eq!(places, wanted);
    let other: Vec<_> = specs::find(&copy.join("specs"), &[]).unwrap();
    for spec in other {
        assert_eq!(validate(&Document::load(&spec.path, &spec.name).unwrap()), [], "{}", spec.name);
    }
}

#[test]
fn provider_has_the_version_of_the_workspace() {
    let copy = copy("raised-version");
    let manifest = copy.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let version = text.split("version = \"").nth(1).unwrap().split('"').next().unwrap();
    fs::write(&manifest, text.replace(&format!("version = \"{version}\""), "version = \"7.8.9\"")).unwrap();
    run(&copy, &request("lumbung", None)).unwrap();
    let line = "gerbang-lumbung = { path = \"crates/lumbung\", version = \"7.8.9\", default-features = false }\n";
    assert!(fs::read_to_string(&manifest).unwrap().contains(line));
}

#[test]
fn provider_from_a_document_is_generated_and_losses_are_listed() {
    let copy = copy("from-document");
    let document = copy.join("shop.yaml");
    fs::write(&document, DOCUMENT).unwrap();
    let before = contents(&copy);
    let refused = run(&copy, &request("toko", Some(document.clone()))).unwrap();
    assert!(matches!(refused, Outcome::Refused(_)));
    assert!(refused.to_string().contains("untyped: member `value`"), "{refused}");
    assert!(refused.to_string().contains("nothing was written"), "{refused}");
    assert_eq!(contents(&copy), before);
    let made = run(&copy, &Request { skip_unsupported: true, ..request("toko", Some(document)) }).unwrap();
    let said = made.to_string();
    for expected in
        ["0 of 1 operations adapted without loss", "1 members cannot be adapted: untyped 1", "specs/toko.yaml"]
    {
        assert!(said.contains(expected), "{said}");
    }
    let client = fs::read_to_string(copy.join("crates/toko/src/generated/client.rs")).unwrap();
    assert!(client.contains(r#".query_optional("kind", options.kind.as_ref())"#), "{client}");
    let samples = fs::read_to_string(copy.join("crates/toko/tests/samples.rs")).unwrap();
    assert!(samples.contains("fn every_sample_is_read()"), "{samples}");
    let types = fs::read_to_string(copy.join("crates/toko/src/generated/types.rs")).unwrap();
    assert!(types.contains("pub struct Thing {") && !types.contains("pub value: f64"), "{types}");
}

/// What was written by hand in the exercise: the spec of a made-up document, and the crate's own files.
const EXERCISE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/new");

/// Takes the exercise's spec in the place of the one that was made up.
fn take_spec(copy: &Path) {
    fs::copy(Path::new(EXERCISE).join("lumbung.yaml"), copy.join("specs/lumbung.yaml")).unwrap();
}

/// Takes the crate's files of the exercise.
fn take_crate(copy: &Path) {
    let krate = copy.join("crates/lumbung");
    fs::copy(Path::new(EXERCISE).join("Cargo.toml.in"), krate.join("Cargo.toml")).unwrap();
    for file in files(&Path::new(EXERCISE).join("src")) {
        fs::copy(&file, krate.join("src").join(file.file_name().unwrap())).unwrap();
    }
}

#[test]
fn the_exercises_spec_becomes_a_client_of_its_document() {
    let copy = copy("exercise");
    run(&copy, &request("lumbung", None)).unwrap();
    take_spec(&copy);
    let spec = Spec { name: "lumbung".to_owned(), path: copy.join("specs/lumbung.yaml") };
    let read = Document::load(&spec.path, "lumbung").unwrap();
    assert_eq!(validate(&read), []);
    let document = fs::read_to_string(Path::new(EXERCISE).join("lumbung.txt")).unwrap();
    for (path, item) in read.get("/paths").and_then(|paths| paths.as_object()).unwrap() {
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            assert!(document.contains(&format!("{method} {path}")), "the document has no {method} {path}");
        }
    }
    let generated = generate::files(&spec).unwrap();
    let names: Vec<_> = generated.keys().map(|path| path.to_str().unwrap()).collect();
    let module = ["client", "credentials", "mod", "notifications", "operations", "types"];
    let module = module.map(|file| format!("lumbung/src/generated/{file}.rs"));
    let command = ["cli/src/generated/lumbung/mod.rs", "cli/src/generated/mod.rs"];
    let wanted: Vec<_> = command.into_iter().chain(module.iter().map(String::as_str)).collect();
    assert_eq!(names, wanted);
    for (file, code) in [
        ("types.rs", "pub const GREATEST_AMOUNT"),
        ("types.rs", "pub total: ::gerbang_core::Rupiah"),
        ("types.rs", "pub expires_at: Option<::gerbang_core::JakartaTime>"),
        ("client.rs", "pub async fn create_payment("),
        ("client.rs", "pub async fn payment_status("),
        ("client.rs", "pub async fn cancel_payment("),
        ("credentials.rs", "GERBANG_LUMBUNG_WEBHOOK_SECRET"),
        ("notifications.rs", "pub fn payment_notification_unverified("),
        ("notifications.rs", "pub const PAYMENT_NOTIFICATION_PROOF"),
        ("operations.rs", "Sign::Code(\"DUPLICATE\")"),
    ] {
        let text = &generated[&Path::new("lumbung/src/generated").join(file)];
        assert!(text.contains(code), "{file} has no {code}: {text}");
    }
    take_crate(&copy);
    for file in files(&copy.join("crates/lumbung/src")).iter().filter(|file| file.extension() == Some("rs".as_ref())) {
        let text = fs::read_to_string(file).unwrap();
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

#[test]
fn a_name_must_be_usable_and_free() {
    let copy = copy("names");
    fs::create_dir_all(copy.join("crates/taken")).unwrap();
    let before = contents(&copy);
    for (name, words) in [
        ("Shop", "small letters"),
        ("two-words", "small letters"),
        ("3ds", "small letters"),
        ("match", "small letters"),
        ("kropay", "specs/kropay.yaml"),
        ("pakasir", "taken"),
        ("taken", "crates/taken"),
        ("full", "taken"),
        ("xtask", "taken"),
        ("gerbang", "taken"),
        ("std", "taken"),
    ] {
        let error = run(&copy, &request(name, None)).unwrap_err();
        assert!(format!("{error:#}").contains(words), "{name}: {error:#}");
    }
    let table = "docs/gateways/README.md";
    fs::write(copy.join(table), "nothing\n").unwrap();
    let error = run(&copy, &request("lumbung", None)).unwrap_err();
    assert!(format!("{error:#}").contains("README.md is not as expected"), "{error:#}");
    assert!(!copy.join("specs/lumbung.yaml").exists() && !copy.join("crates/lumbung").exists());
    fs::write(copy.join(table), fs::read(specs::workspace().join(table)).unwrap()).unwrap();
    assert_eq!(contents(&copy), before);
}

/// Follows the recipe in CONTRIBUTING.md in a copy of the whole workspace. It takes minutes.
#[test]
#[ignore = "builds a copy of the workspace"]
fn the_recipe_for_a_new_provider_works_command_by_command() {
    let copy = &Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole");
    let _ = fs::remove_dir_all(copy);
    fs::create_dir_all(copy).unwrap();
    let archive = "tar cf - --exclude=target --exclude=./fuzz --exclude=./benches --exclude=./.git . | tar xf - -C";
    let archive = format!("{archive} '{}'", copy.display());
    assert!(status_of(Command::new("sh").current_dir(specs::workspace()).arg("-c").arg(archive)));
    let recipe = fs::read_to_string(specs::workspace().join("CONTRIBUTING.md")).unwrap();
    let (_, recipe) = recipe.split_once("## Add a provider").expect("there is the recipe");
    let recipe = recipe.split("\n## ").next().unwrap();
    let blocks = recipe.split("```sh\n").skip(1).flat_map(|rest| rest.split("```").next().unwrap().lines());
    let commands: Vec<_> = blocks.map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(commands.len() >= 3, "{commands:?}");
    // The suites, the command's tests and the gate need the sandbox's part too, which the exercise does not have.
    let is_apart = ["gerbang-tests", "gerbang-cli", ".ci/run"];
    let commands = commands.into_iter().filter(|command| !is_apart.iter().any(|part| command.contains(part)));
    let gate = [
        "cargo xtask ci format validate generate features docs",
        "cargo clippy -p gerbang-lumbung -p gerbang -p gerbang-cli --all-targets -- -D warnings",
    ];
    for command in commands.chain(gate) {
        assert!(status_of(Command::new("sh").current_dir(copy).arg("-c").arg(command)), "{command}");
        match command {
            "cargo xtask new lumbung" => take_spec(copy),
            "cargo xtask generate" => take_crate(copy),
            _ => {}
        }
    }
    fs::remove_dir_all(copy).unwrap();
}

fn status_of(command: &mut Command) -> bool {
    command.status().unwrap().success()
}

#[test]
fn document_of_which_nothing_is_left_says_why() {
    let copy = copy("nothing-left");
    let document = copy.join("shop.yaml");
    let own = "      tags: [Things]\n      servers: [{url: 'https://other.example'}]\n";
    fs::write(&document, DOCUMENT.replacen("      tags: [Things]\n", own, 1)).unwrap();
    let error = format!("{:#}", run(&copy, &request("toko", Some(document))).unwrap_err());
    for words in ["nothing-left: document `paths`", "server: operation `POST /things/{id}`"] {
        assert!(error.contains(words), "{words}: {error}");
    }
}
