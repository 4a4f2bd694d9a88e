//! `cargo xtask generate`: what it finds and changes on disk.

use std::fs;
use std::path::{Path, PathBuf};

use gerbang_spec::generate::Files;
use xtask::generate::{self, Scope};

#[test]
fn a_whole_run_finds_what_no_spec_gives() {
    let crates = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let _ = fs::remove_dir_all(&crates);
    let put = |path: &str| {
        let path = crates.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "old").unwrap();
    };
    let stale = ["gone/src/generated/mod.rs", "gone/src/generated/v1/types.rs", "here/src/generated/old/types.rs"];
    let by_hand = ["here/src/lib.rs", "gone/src/lib.rs", "gone/src/generated.rs", "core/src/lib.rs"];
    stale.iter().chain(&by_hand).for_each(|path| put(path));
    put("here/src/generated/old.rs");
    let files = Files::from([(PathBuf::from("here/src/generated/mod.rs"), "new".to_owned())]);

    // A run for some specs leaves alone what it knows nothing about.
    let diff = generate::diff(&crates, &files, Scope::Named).unwrap();
    assert!(diff.contains("crates/here/src/generated/old.rs is no longer generated\n"), "{diff}");
    assert_eq!(diff.matches("no longer").count(), 1, "{diff}");
    generate::write(&crates, &files, Scope::Named).unwrap();
    assert!(!crates.join("here/src/generated/old.rs").exists());
    assert_eq!(generate::diff(&crates, &files, Scope::Named).unwrap(), "");

    let expected: String = stale.iter().map(|path| format!("crates/{path} is no longer generated\n")).collect();
    assert_eq!(generate::diff(&crates, &files, Scope::All).unwrap(), expected);
    generate::write(&crates, &files, Scope::All).unwrap();
    assert_eq!(generate::diff(&crates, &files, Scope::All).unwrap(), "");
    assert!(stale.iter().all(|path| !crates.join(path).exists()));
    assert!(by_hand.iter().all(|path| crates.join(path).exists()));
    assert_eq!(fs::read_to_string(crates.join("here/src/generated/mod.rs")).unwrap(), "new");
}
