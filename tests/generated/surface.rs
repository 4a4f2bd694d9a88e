//! What each library offers, pinned: its public API for people to read, and a fingerprint of every generated file.

use gerbang_spec::specs::{self, Spec};
use xtask::public_api;

#[test]
fn the_public_api_of_each_library_is_pinned() {
    let libraries = public_api::of_libraries(&specs::workspace().join("crates")).unwrap();
    assert!(libraries.len() > 5, "{:?}", libraries.keys());
    for (name, api) in libraries {
        insta::assert_snapshot!(name, api);
    }
}

#[test]
fn the_whole_set_of_generated_files_is_pinned() {
    let specs: Vec<Spec> = specs::find(&specs::workspace().join("specs"), &[]).unwrap();
    let files = gerbang_spec::generate::all_files(&specs).unwrap();
    let lines: Vec<_> = files
        .iter()
        .map(|(path, code)| format!("{:016x} {:>5} lines {}", fingerprint(code), code.lines().count(), path.display()))
        .collect();
    insta::assert_snapshot!("files", lines.join("\n"));
}

/// FNV-1a: the same on every machine and with every compiler.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
