//! What a library offers to programs, as text: in a review it shows what a change means to them.
//!
//! Read from the sources, so that it is the same with every compiler: one line for each item, field, variant, method and
//! implementation that a program can name, with the features that it needs and the word for it in JSON. Types
//! are written as the source writes them, and what the compiler adds by itself (`Send`, blanket implementations) is not seen.

mod list;
mod text;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use gerbang_spec::generate::Files;
use toml_edit::DocumentMut;

/// The public API of each published library in a directory of crates, by the name of its package. Fails when a file cannot
/// be read or parsed, and where macros define items.
pub fn of_libraries(crates: &Path) -> Result<BTreeMap<String, String>> {
    let mut libraries = BTreeMap::new();
    for entry in crates.read_dir().with_context(|| format!("cannot read {}", crates.display()))? {
        let directory = entry?.path();
        let root = directory.join("src/lib.rs");
        if !root.is_file() {
            continue;
        }
        let manifest: DocumentMut = fs::read_to_string(directory.join("Cargo.toml"))?.parse()?;
        let package = manifest.get("package");
        let entry = |key| package.and_then(|package| package.get(key));
        if entry("publish").and_then(|publish| publish.as_bool()) == Some(false) {
            continue;
        }
        let name = entry("name").and_then(|name| name.as_str());
        let name = name.with_context(|| format!("{} names no package", directory.display()))?.to_owned();
        let library = tree::Library::read(&root, &|file| fs::read_to_string(file).ok())?;
        let api = list::lines(&library, &name.replace('-', "_")).join("\n") + "\n";
        libraries.insert(name, api);
    }
    Ok(libraries)
}

/// The lines of the public API of generated code, whose root is its `mod.rs`; paths begin with `client`.
pub fn of_generated(files: &Files) -> Result<Vec<String>> {
    let root = files.keys().find(|file| file.ends_with("mod.rs")).context("there is no mod.rs")?;
    let library = tree::Library::read(root, &|file| files.get(file).cloned())?;
    Ok(list::lines(&library, "client"))
}
