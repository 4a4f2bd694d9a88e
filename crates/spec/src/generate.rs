//! From specs to client crates: read the spec, run progenitor on a lowered form of it, refine what it makes, add the parts
//! that it does not know, and write everything as files that are committed.

mod choices;
mod client;
mod commands;
mod credentials;
mod lowered;
mod notifications;
mod operations;
mod progenitor_output;
mod requests;
mod rust_type;
mod signatures;
mod text;
mod types;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;
use crate::problem;
use crate::specs::Spec;
use crate::validate;
use crate::yaml::Document;
pub use requests::is_positional;

/// Generated files: path below `crates/` and content.
pub type Files = BTreeMap<PathBuf, String>;

/// The files of one spec, which must be valid.
pub fn files(spec: &Spec) -> Result<Files> {
    let document = validate::load(&spec.path, &spec.display_name()).map_err(problem::error)?;
    let mut model = Model::read(&document).map_err(problem::error)?;
    model.module = spec.module().map(str::to_owned);
    of_model(spec, &model).with_context(|| spec.display_name())
}

fn of_model(spec: &Spec, model: &Model) -> Result<Files> {
    let mut output = progenitor_output::run(model)?;
    let command_file = commands::file(model, spec.provider(), &output)?;
    let mut files = client_of(spec, model, &mut output)?;
    let commands = Path::new("cli/src/generated");
    let siblings = crate::specs::find(spec.path.parent().context("the spec has no directory")?, &[])?;
    files.insert(commands.join("mod.rs"), print(commands::module(&titles(&siblings)?), "specs/*.yaml")?);
    let command_file = print(command_file, &spec.display_name()).context("commands")?;
    files.insert(commands.join(commands::module_name(&spec.name)).join("mod.rs"), command_file);
    if spec.module().is_some() {
        let (path, content) = (Path::new(spec.provider()).join("src/generated/mod.rs"), module_of_modules(spec)?);
        files.insert(path, content);
    }
    Ok(files)
}

/// The files of a client alone, whose spec need not be on disk.
pub fn client(spec: &Spec, model: &Model) -> Result<Files> {
    client_of(spec, model, &mut progenitor_output::run(model)?).with_context(|| spec.display_name())
}

fn client_of(spec: &Spec, model: &Model, output: &mut progenitor_output::Output) -> Result<Files> {
    let provider = spec.provider();
    let types = std::mem::take(&mut output.types);
    let parts = [
        ("mod.rs", Some(module(model))),
        ("types.rs", Some(types::file(model, types)?)),
        ("credentials.rs", Some(credentials::file(model, provider))),
        ("operations.rs", Some(operations::file(model, provider)?)),
        ("notifications.rs", notifications::file(model)),
        ("client.rs", Some(client::file(model, provider, output)?)),
    ];
    let directory = Path::new(provider).join("src/generated").join(spec.module().unwrap_or_default());
    let mut files = Files::new();
    for (name, content) in parts {
        if let Some(content) = content {
            files.insert(directory.join(name), print(content, &spec.display_name()).context(name)?);
        }
    }
    Ok(files)
}

/// The name of each spec and the title of its API.
fn titles(specs: &[Spec]) -> Result<Vec<(&str, String)>> {
    let title = |spec: &Spec| -> Result<String> {
        let document = Document::load(&spec.path, &spec.display_name()).map_err(problem::error)?;
        let title = document.get("/info/title").and_then(serde_json::Value::as_str);
        Ok(title.with_context(|| format!("{} has no title", spec.display_name()))?.to_owned())
    };
    specs.iter().map(|spec| Ok((spec.name.as_str(), title(spec)?))).collect()
}

fn module(model: &Model) -> TokenStream {
    let header = text::inner_doc(&[&(model.title.clone() + "."), &model.description]);
    let notifications = (!model.notifications.is_empty()).then(|| quote! { pub mod notifications; });
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
    let header = text::inner_doc(&["One module for each API of the provider."]);
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
