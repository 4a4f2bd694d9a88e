//! Each page with code in Rust is compiled, as a doctest of this package or of the crate that it is the README of.

use std::fs;

use gerbang_tests::pages::{Page, workspace};

#[test]
fn each_page_with_rust_is_compiled() {
    let ours = fs::read_to_string(workspace().join("tests/src/lib.rs")).unwrap();
    let mut count = 0;
    for page in Page::all().iter().filter(|page| page.blocks().iter().any(|block| block.info.starts_with("rust"))) {
        let of_a_crate = page.name.strip_suffix("README.md").is_some_and(|directory| {
            let library = fs::read_to_string(workspace().join(directory).join("src/lib.rs")).unwrap_or_default();
            library.contains("#[doc = include_str!(\"../README.md\")]")
        });
        assert!(of_a_crate || ours.contains(&format!("\"{}\"", page.name)), "nothing compiles {}", page.name);
        count += 1;
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn no_code_in_rust_is_left_out() {
    for page in Page::all() {
        for block in page.blocks().iter().filter(|block| block.info.starts_with("rust")) {
            assert!(!block.info.contains("ignore"), "{}: {}", page.name, block.info);
        }
    }
}
