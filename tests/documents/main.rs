//! The documents as such: their links lead somewhere, and what is there in two languages says the same in both.

mod compiled;
mod languages;
mod links;

use gerbang_tests::pages::Page;

#[test]
fn the_readme_is_short() {
    for name in ["README.md", "README.id.md"] {
        let lines = Page::read(name).text.lines().count();
        assert!(lines <= 150, "{name}: {lines} lines");
    }
}
