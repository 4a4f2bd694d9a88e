//! Specs: whatever YAML comes, the loader, the linter and the generator have problems with it or none, and never panic.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

use gerbang_spec::generate;
use gerbang_spec::specs::Spec;
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use libfuzzer_sys::fuzz_target;

/// Where specs stand that are generated, each process by itself: the generator reads files.
static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/specs").join(process::id().to_string());
    fs::create_dir_all(&directory).expect("a directory");
    directory
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let problems = match Document::parse(text, "sample.yaml") {
        Ok(document) => validate(&document),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a problem");
            problems
        }
    };
    // YAML ends lines by either, and the parser sees one more end behind the last line.
    let lines = text.matches(['\n', '\r']).count() + 2;
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem}");
        assert!((1..=lines).contains(&problem.line), "{problem} in {lines} lines");
    }
    if problems.is_empty() {
        let path = DIRECTORY.join("sample.yaml");
        fs::write(&path, text).expect("the file can be written");
        // What the generator cannot honour is an error.
        if let Ok(files) = generate::files(&Spec { name: "sample".to_owned(), path }) {
            assert!(files.contains_key(Path::new("sample/src/generated/client.rs")));
        }
    }
});
