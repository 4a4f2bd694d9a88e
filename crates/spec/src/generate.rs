//! From specs to client crates: read the spec, run progenitor on a lowered form of it, refine what it makes, add the parts
//! that it does not know, and write everything as files that are committed.

mod client;
mod commands;
mod credentials;
mod lowered;
mod notifications;
mod operations;
mod progenitor_output;
mod requests;
mod rust_type;
mod text;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;
use crate::problem;
use crate::specs::Spec;
use crate::validate::validate;
use crate::yaml::Document;
pub use requests::is_positional;

/// Generated files: path below `crates/` and content.
pub type Files = BTreeMap<PathBuf, String>;

/// The files of one spec, which must be valid.
pub fn files(spec: &Spec) -> Result<Files> {
    let document = Document::load(&spec.path, &spec.display_name()).map_err(|problems| problem::error(&problems))?;
    let problems = validate(&document);
    if !problems.is_empty() {
        return Err(problem::error(&problems));
    }
    let mut model = Model::read(&document).map_err(|problems| problem::error(&problems))?;
    model.module = spec.module().map(str::to_owned);
    of_model(spec, &model).with_context(|| spec.display_name())
}

fn of_model(spec: &Spec, model: &Model) -> Result<Files> {
    let provider = spec.provider();
    let mut output = progenitor_output::run(model)?;
    let notifications = notifications::file(model);
    let types = std::mem::take(&mut output.types);
    let command_file = print(commands::file(model, provider, &output)?, &spec.display_name()).context("commands")?;
    let parts = [
        ("mod.rs", Some(module(model))),
        ("types.rs", Some(types::file(model, types)?)),
        ("credentials.rs", Some(credentials::file(model, provider))),
        ("operations.rs", Some(operations::file(model, provider)?)),
        ("notifications.rs", notifications),
        ("client.rs", Some(client::file(model, provider, &mut output)?)),
    ];
    let directory = Path::new(provider).join("src/generated").join(spec.module().unwrap_or_default());
    let mut files = Files::new();
    for (name, content) in parts {
        if let Some(content) = content {
            files.insert(directory.join(name), print(content, &spec.display_name()).context(name)?);
        }
    }
    let commands = Path::new("cli/src/generated");
    let siblings = crate::specs::find(spec.path.parent().context("the spec has no directory")?, &[])?;
    files.insert(commands.join("mod.rs"), print(commands::module(&titles(&siblings)?), "specs/*.yaml")?);
    files.insert(commands.join(commands::module_name(&spec.name)).join("mod.rs"), command_file);
    if spec.module().is_some() {
        let (path, content) = (Path::new(provider).join("src/generated/mod.rs"), module_of_modules(spec)?);
        files.insert(path, content);
    }
    Ok(files)
}

/// The name of each spec and the title of its API.
fn titles(specs: &[Spec]) -> Result<Vec<(&str, String)>> {
    let title = |spec: &Spec| -> Result<String> {
        let document =
            Document::load(&spec.path, &spec.display_name()).map_err(|problems| problem::error(&problems))?;
        let title = document.get("/info/title").and_then(serde_json::Value::as_str);
        Ok(title.with_context(|| format!("{} has no title", spec.display_name()))?.to_owned())
    };
    specs.iter().map(|spec| Ok((spec.name.as_str(), title(spec)?))).collect()
}

fn module(model: &Model) -> TokenStream {
    let header = text::inner_doc(&[model.title.clone() + ".", model.description.clone()]);
    let notifications = (!model.notifications.is_empty()).then(|| {
        quote!(
            pub mod notifications;
        )
    });
    quote! {
        #header
        #[cfg(feature = "client")]
        mod client;
        mod credentials;
        #notifications
        pub mod operations;
        pub mod types;
        #[cfg(feature = "client")]
        pub use client::Client;
        pub use credentials::Credentials;
    }
}

/// The `mod.rs` of a provider with several APIs, which is the same whichever of its specs is generated.
fn module_of_modules(spec: &Spec) -> Result<String> {
    let directory = spec.path.parent().context("the spec has no directory")?;
    let siblings = crate::specs::find(directory, &[spec.provider().to_owned()])?;
    let modules = siblings.iter().filter_map(Spec::module).map(|name| {
        let name = crate::naming::ident(name);
        quote!(pub mod #name;)
    });
    let sources: Vec<_> = siblings.iter().map(Spec::display_name).collect();
    let header = text::inner_doc(&["One module for each API of the provider.".to_owned()]);
    print(quote!(#header #(#modules)*), &sources.join(" and "))
}

fn print(tokens: TokenStream, sources: &str) -> Result<String> {
    let file: syn::File = syn::parse2(tokens).context("the generated code cannot be parsed")?;
    let code = prettyplease::unparse(&file);
    Ok(format!("// @generated by `cargo xtask generate` from {sources}. Do not edit.\n\n{code}"))
}

/// The files of several specs.
pub fn all_files(specs: &[Spec]) -> Result<Files> {
    let mut files = Files::new();
    for spec in specs {
        files.extend(self::files(spec)?);
    }
    Ok(files)
}

/// Which specs a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of them: whatever else is in any crate's directory of generated code is no longer generated.
    All,
    /// Some of them: only the directories of their own files are looked into.
    Named,
}

/// Writes the files and removes those that are no longer generated.
pub fn write(crates: &Path, files: &Files, scope: Scope) -> Result<()> {
    for stale in unexpected(crates, files, scope)? {
        fs::remove_file(crates.join(&stale)).with_context(|| format!("cannot remove {}", stale.display()))?;
    }
    for (path, content) in files {
        let path = crates.join(path);
        if fs::read_to_string(&path).is_ok_and(|old| old == *content) {
            continue;
        }
        let directory = path.parent().context("a generated file has a directory")?;
        fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// What `write` would change, as a diff; empty when everything is fresh.
pub fn diff(crates: &Path, files: &Files, scope: Scope) -> Result<String> {
    let mut diff = String::new();
    for (path, new) in files {
        let old = fs::read_to_string(crates.join(path)).unwrap_or_default();
        if old != *new {
            let changes = similar::TextDiff::from_lines(&old, new);
            let name = path.display();
            let mut changes = changes.unified_diff();
            diff.push_str(
                &changes.header(&format!("crates/{name}"), &format!("crates/{name} (generated now)")).to_string(),
            );
        }
    }
    for stale in unexpected(crates, files, scope)? {
        diff.push_str(&format!("crates/{} is no longer generated\n", stale.display()));
    }
    Ok(diff)
}

/// Files in the directories of generated code that are not among these.
fn unexpected(crates: &Path, files: &Files, scope: Scope) -> Result<Vec<PathBuf>> {
    let mut directories: BTreeSet<PathBuf> =
        files.keys().filter_map(|path| path.parent()).map(Path::to_owned).collect();
    if scope == Scope::All {
        let of_crates = entries(crates, Path::new(""))?.into_iter().filter(|(_, kind)| kind.is_dir());
        directories.extend(of_crates.map(|(path, _)| path.join("src/generated")));
    }
    let mut waiting: Vec<_> = directories.into_iter().collect();
    let mut unexpected = BTreeSet::new();
    while let Some(directory) = waiting.pop() {
        for (path, kind) in entries(crates, &directory)? {
            if !kind.is_dir() {
                unexpected.extend((!files.contains_key(&path)).then_some(path));
            } else if scope == Scope::All {
                waiting.push(path);
            }
        }
    }
    Ok(unexpected.into_iter().collect())
}

/// What is in a directory below `crates/`, by its path there; nothing when there is no such directory.
fn entries(crates: &Path, directory: &Path) -> Result<Vec<(PathBuf, fs::FileType)>> {
    let path = crates.join(directory);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let read = || -> std::io::Result<_> {
        path.read_dir()?
            .map(|entry| {
                let entry = entry?;
                Ok((directory.join(entry.file_name()), entry.file_type()?))
            })
            .collect()
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}
