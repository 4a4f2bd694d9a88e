//! The list of a library's public API: what programs can name, under the name that they use, and nothing else.

use std::fs;
use std::path::Path;

/// Lists the API of a crate `sample` with these files.
fn api(case: &str, files: &[(&str, &str)]) -> Vec<String> {
    let crates = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api").join(case);
    let _ = fs::remove_dir_all(&crates);
    let manifest = ("Cargo.toml", "[package]\nname = \"sample\"\n");
    for (name, text) in files.iter().chain([&manifest]) {
        let path = crates.join("sample").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let libraries = gerbang_diff::public_api::of_libraries(&crates).unwrap();
    libraries["sample"].lines().map(str::to_owned).collect()
}

/// Lists the API of a crate of one file.
fn of(case: &str, code: &str) -> Vec<String> {
    api(case, &[("src/lib.rs", code)])
}

#[test]
fn an_item_is_listed_once_under_its_shortest_name() {
    let lines = api(
        "names",
        &[
            (
                "src/lib.rs",
                "pub mod outer;\nmod hidden;\npub use hidden::Kept;\npub use outer::inner::Deep as Short;\n",
            ),
            ("src/hidden.rs", "pub struct Kept;\npub struct Lost;\nimpl Lost { pub fn lost(&self) {} }\n"),
            ("src/outer/mod.rs", "pub mod inner;\npub use super::hidden::*;\n"),
            (
                "src/outer/inner.rs",
                "pub struct Deep { pub a: u8 }\nimpl Deep { pub fn go(&self) {} fn not(&self) {} }\n",
            ),
        ],
    );
    assert_eq!(
        lines,
        [
            "pub struct sample::Kept;",
            "pub struct sample::Short",
            "pub sample::Short::a: u8",
            "pub fn sample::Short::go(&self)",
            "pub mod sample::outer",
            "pub use sample::outer::Kept = sample::Kept",
            "pub struct sample::outer::Lost;",
            "pub fn sample::outer::Lost::lost(&self)",
            "pub mod sample::outer::inner",
            "pub use sample::outer::inner::Deep = sample::Short",
        ]
    );
}

#[test]
fn what_an_item_needs_and_forbids_is_with_it() {
    let lines = of(
        "conditions",
        r#"
        #[cfg(feature = "client")]
        mod client {
            #[derive(Clone)]
            pub struct Client { secret: u8 }
            #[cfg(feature = "more")]
            impl Client { pub fn more(mut self) -> Self { self } }
        }
        #[cfg(feature = "client")]
        pub use client::Client;
        #[non_exhaustive]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        pub enum Word { #[serde(rename = "paid", other)] Paid, Other(String) }
        #[cfg(test)]
        pub fn test() {}
        "#,
    );
    assert_eq!(
        lines,
        [
            r#"#[cfg(feature = "client")] pub struct sample::Client { .. }"#,
            r#"#[cfg(feature = "client")] #[cfg(feature = "more")] pub fn sample::Client::more(self) -> Self"#,
            r#"#[cfg(feature = "client")] impl Clone for sample::Client"#,
            "#[non_exhaustive] pub enum sample::Word",
            r#"pub sample::Word::Paid = "paid""#,
            "pub sample::Word::Other(String)",
            r#"#[cfg(feature = "schemars")] impl JsonSchema for sample::Word"#,
        ]
    );
}

#[test]
fn traits_and_implementations_are_listed_without_private_ones() {
    let lines = of(
        "traits",
        r"
        pub trait Open<T>: Send { fn must(&self) -> T; fn may(&self) {} }
        trait Closed {}
        pub struct Many<T>(pub T, u8);
        struct Own;
        impl<T: Copy> Open<T> for Many<T> { fn must(&self) -> T { self.0 } }
        impl<T> Closed for Many<T> {}
        impl<T> std::ops::Deref for Many<T> { type Target = T; fn deref(&self) -> &T { &self.0 } }
        impl<T> From<Many<T>> for u8 { fn from(many: Many<T>) -> u8 { many.1 } }
        impl Open<u8> for Own { fn must(&self) -> u8 { 0 } }
        pub use other_crate::{Thing, module as renamed};
        ",
    );
    assert_eq!(
        lines,
        [
            "impl<T> From<Many<T>> for u8",
            "pub struct sample::Many<T>(pub T, _)",
            "impl<T: Copy> Open<T> for sample::Many<T>",
            "impl<T> Deref for sample::Many<T> { type Target = T }",
            "pub trait sample::Open<T>: Send",
            "pub fn sample::Open::must(&self) -> T",
            "pub fn sample::Open::may(&self) { .. }",
            "pub use sample::Thing = other_crate::Thing",
            "pub use sample::renamed = other_crate::module",
        ]
    );
}

#[test]
fn crate_that_is_never_published_is_left_out() {
    let crates = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api-unpublished");
    let _ = fs::remove_dir_all(&crates);
    fs::create_dir_all(crates.join("tool/src")).unwrap();
    fs::write(crates.join("tool/Cargo.toml"), "[package]\nname = \"tool\"\npublish = false\n").unwrap();
    fs::write(crates.join("tool/src/lib.rs"), "pub struct Tool;\n").unwrap();
    assert!(gerbang_diff::public_api::of_libraries(&crates).unwrap().is_empty());
}
