//! Generated code as modules of a few crates, given to the compiler.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gerbang_spec::generate::Files;
use gerbang_spec::specs;
use quote::quote;
use syn::{Ident, Item};

/// What stands around the modules in each crate.
const AROUND: &str = include_str!("around.rs");

/// How many modules a crate has: more need more memory, fewer need more time.
const MODULES: usize = 10;

/// Writes generated code as modules of crates in a directory, and has them checked: what the compiler says, if it refuses
/// any. What it warns of counts as well. `built` is where it keeps what it has built.
pub fn check(directory: &Path, built: &Path, sample: &[(u64, Files)]) -> Result<(), String> {
    let _ = fs::remove_dir_all(directory);
    let crates = sample.chunks(MODULES).enumerate();
    crates.for_each(|(index, modules)| write_crate(&directory.join(format!("c{index}")), modules));
    fs::write(directory.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"c*\"]\n").unwrap();
    fs::copy(specs::workspace().join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new("cargo");
    cargo.args(["check", "--workspace", "--offline", "--keep-going", "--message-format", "short"]);
    let output = cargo.current_dir(directory).env("CARGO_TARGET_DIR", built).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn write_crate(directory: &Path, modules: &[(u64, Files)]) {
    let name = directory.file_name().unwrap().display();
    let dependency = |name: &str, more: &str| {
        let path = specs::workspace().join("crates").join(name);
        format!("gerbang-{name} = {{ path = {path:?}, {more} }}\n")
    };
    let dependencies =
        [dependency("core", "features = [\"schemars\"]"), dependency("transport", "default-features = false")];
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[features]\n\
         default = [\"client\", \"schemars\"]\nclient = []\nschemars = []\n\n[dependencies]\nbytes = \"1\"\n{}\
         schemars = \"1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\n\
         [lints.rust]\nmissing_docs = \"deny\"\nunsafe_code = \"forbid\"\nwarnings = \"deny\"\n",
        dependencies.concat(),
    );
    let mut root = format!("{AROUND}{}", table());
    for (index, files) in modules {
        writeln!(root, "\n/// What changed spec {index} gives.\npub mod m{index};").unwrap();
        write_module(&directory.join(format!("src/m{index}")), &format!("crate::m{index}"), files);
    }
    fs::write(directory.join("src/lib.rs"), root).unwrap();
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
}

/// The types of the tables of commands, as the command line has them.
fn table() -> String {
    let path = specs::workspace().join("crates/cli/src/operation.rs");
    let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    let is_of_table = |name: &Ident| ["Argument", "Kind", "OperationCommand"].iter().any(|known| name == known);
    let items = file.items.into_iter().filter(|item| match item {
        Item::Struct(item) => is_of_table(&item.ident),
        Item::Enum(item) => is_of_table(&item.ident),
        _ => false,
    });
    let items: Vec<_> = items.collect();
    assert_eq!(items.len(), 3, "the command line has other types");
    let module = quote! {
        /// The tables of commands.
        pub mod table {
            use gerbang_core::Operation;
            #(#items)*
        }
    };
    module.to_string()
}

/// Writes the files of a client, with its commands as a module more.
fn write_module(directory: &Path, module: &str, files: &Files) {
    fs::create_dir_all(directory).unwrap();
    for (path, code) in files {
        let (name, code) = match path.strip_prefix("mutant/src/generated") {
            Ok(name) if name == Path::new("mod.rs") => {
                (name.to_owned(), format!("{code}/// The operations as commands.\npub mod commands;\n"))
            }
            Ok(name) => (name.to_owned(), code.clone()),
            Err(_) if path.starts_with("cli/src/generated/mutant") => {
                let code = code.replace("::gerbang::mutant", module).replace("::gerbang::", "::gerbang_core::");
                (PathBuf::from("commands.rs"), code)
            }
            Err(_) => continue,
        };
        fs::write(directory.join(name), code).unwrap();
    }
}
