//! What each library offers, pinned: its public API for people to read.

use gerbang_spec::specs;
use xtask::public_api;

#[test]
fn the_public_api_of_each_library_is_pinned() {
    let libraries = public_api::of_libraries(&specs::workspace().join("crates")).unwrap();
    assert!(libraries.len() > 5, "{:?}", libraries.keys());
    for (name, api) in libraries {
        insta::assert_snapshot!(name, api);
    }
}
