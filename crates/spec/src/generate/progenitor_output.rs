//! Running progenitor, and taking its output apart: the types, and the signature of each method.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use syn::{FnArg, ImplItem, Item, Pat, ReturnType, Type};

use super::lowered;
use super::rust_type::{argument_of, ends_with};
use crate::model::{CORE, Model};

/// What progenitor made of a spec.
pub struct Output {
    /// The structs of the module `types`.
    pub types: Vec<Item>,
    /// The methods of the client by name.
    pub methods: BTreeMap<String, Signature>,
}

/// The signature of a method.
pub struct Signature {
    /// Name and type of each argument but `self`.
    pub arguments: Vec<(syn::Ident, Type)>,
    /// What a successful call returns.
    pub returns: Type,
}

/// Runs progenitor on the lowered spec.
pub fn run(model: &Model) -> Result<Output> {
    let document: OpenAPI = serde_json::from_value(lowered::document(model))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap")
        .with_crate(CORE, progenitor::CrateVers::Any, None);
    for name in model.words.keys() {
        let traits = [TypeImpl::Display, TypeImpl::FromStr];
        settings.with_replacement(name, format!("gerbang_core::Open<types::{name}>"), traits.into_iter());
    }
    for name in model.choices.keys() {
        settings.with_replacement(name, format!("types::{name}"), std::iter::empty());
    }
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let file: syn::File = syn::parse2(tokens).context("progenitor's output cannot be parsed")?;
    let mut output = Output { types: Vec::new(), methods: BTreeMap::new() };
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let (_, items) = module.content.context("progenitor's `types` has no content")?;
                output.types = items;
            }
            Item::Impl(block) if block.trait_.is_none() && ends_with(&block.self_ty, "Client") => {
                for item in block.items {
                    if let ImplItem::Fn(method) = item
                        && method.sig.asyncness.is_some()
                    {
                        let name = method.sig.ident.to_string();
                        let signature = signature(&method).with_context(|| format!("progenitor's method `{name}`"))?;
                        output.methods.insert(name, signature);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(output)
}

fn signature(method: &syn::ImplItemFn) -> Result<Signature> {
    let mut arguments = Vec::new();
    for argument in &method.sig.inputs {
        if let FnArg::Typed(argument) = argument {
            let Pat::Ident(name) = &*argument.pat else { bail!("has an argument without a name") };
            arguments.push((name.ident.clone(), (*argument.ty).clone()));
        }
    }
    let ReturnType::Type(_, returns) = &method.sig.output else { bail!("returns nothing") };
    // Result<ResponseValue<T>, Error<_>>
    let response = argument_of(returns, "Result").context("does not return a Result")?;
    let returns = argument_of(response, "ResponseValue").context("does not return a ResponseValue")?.clone();
    Ok(Signature { arguments, returns })
}
