//! `types.rs`: progenitor's structs, refined, with the open sets of words and the checks of limits.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, GenericArgument, Item, ItemStruct, PathArguments, Type, parse_quote};

use super::model::{Bound, Limit, Model, Words};
use super::text::{doc, inner_doc, pascal, snake};

/// The content of `types.rs`.
pub fn file(model: &Model, types: Vec<Item>) -> Result<TokenStream> {
    let header = inner_doc(&[format!("What is sent to {0} and what {0} answers.", model.title)]);
    let mut items: BTreeMap<String, TokenStream> = BTreeMap::new();
    for item in types {
        match item {
            Item::Struct(mut item) => {
                let name = item.ident.to_string();
                let refined = refine(model, &mut item).with_context(|| format!("the type `{name}`"))?;
                items.insert(name, refined);
            }
            // Errors of conversions that no type here has.
            Item::Mod(module) if module.ident == "error" => {}
            other => bail!("progenitor made something for which there is no rule: {}", quote!(#other)),
        }
    }
    for (name, words) in &model.words {
        items.insert(name.clone(), word_set(name, words)?);
    }
    let items = items.values();
    Ok(quote!(#header #(#items)*))
}

fn refine(model: &Model, item: &mut ItemStruct) -> Result<TokenStream> {
    let name = item.ident.to_string();
    let schema = model.schemas.get(&name).context("is not a component of the spec")?;
    let description = schema["description"].as_str().context("has no description")?;
    let doc_of_type = doc(&[description.to_owned()]);
    let is_request = model.requests.contains(&name);
    item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    item.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    if !is_request {
        item.attrs.push(parse_quote!(#[non_exhaustive]));
    }
    let Fields::Named(fields) = &mut item.fields else { bail!("is not a struct with named fields") };
    for field in &mut fields.named {
        let wire_name = wire_name(&field.attrs).unwrap_or_else(|| field.ident.as_ref().expect("named").to_string());
        let property = &schema["properties"][&wire_name];
        let description = property["description"]
            .as_str()
            .or_else(|| described_by_target(model, property))
            .with_context(|| format!("`{wire_name}` has no description"))?;
        field.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        let lines: TokenStream = doc(&[description.to_owned()]);
        let attributes: syn::ItemStruct = parse_quote!(#lines struct Lines;);
        field.attrs.splice(0..0, attributes.attrs);
        field_on_the_wire(field);
        Shorten.visit_type_mut(&mut field.ty);
    }
    let limits = model.limits.get(&name).map(|limits| check_limits(&item.ident, limits));
    Ok(quote!(#doc_of_type #item #limits))
}

fn described_by_target<'a>(model: &'a Model, property: &serde_json::Value) -> Option<&'a str> {
    let target = property["$ref"].as_str()?.rsplit('/').next()?;
    match model.words.get(target) {
        Some(words) => Some(&words.description),
        None => model.schemas.get(target)?["description"].as_str(),
    }
}

/// The name that serde gives a field.
fn wire_name(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            if meta.path.is_ident("rename") {
                name = value.ok().map(|value| value.value());
            }
            Ok(())
        });
    }
    name
}

/// Markers of the model become plain types, with attributes that say how the provider writes them.
fn field_on_the_wire(field: &mut syn::Field) {
    let optional = argument_of(&field.ty, "Option").cloned();
    let may_be_missing = optional.is_some();
    let mut inner = optional.unwrap_or_else(|| field.ty.clone());
    let mut may_be_none = may_be_missing;
    if let Some(value) = argument_of(&inner, "Maybe").cloned() {
        let reader = "::gerbang_core::wire::blank_is_none";
        field.attrs.push(match may_be_missing {
            true => parse_quote!(#[serde(default, deserialize_with = #reader)]),
            false => parse_quote!(#[serde(deserialize_with = #reader)]),
        });
        (inner, may_be_none) = (value, true);
    }
    if ends_with(&inner, "QuotedRupiah") {
        let schema = match may_be_none {
            true => "Option<::gerbang_core::wire::QuotedRupiah>",
            false => "::gerbang_core::wire::QuotedRupiah",
        };
        field.attrs.push(parse_quote!(#[serde(serialize_with = "::gerbang_core::wire::quoted")]));
        field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(with = #schema))]));
        inner = parse_quote!(::gerbang_core::Rupiah);
    } else if ends_with(&inner, "Secret") {
        field.attrs.push(parse_quote!(#[serde(skip_serializing)]));
    } else if ends_with(&inner, "Vec") && has_default(&field.attrs) {
        field.attrs.push(parse_quote!(#[serde(deserialize_with = "::gerbang_core::wire::null_is_default")]));
    }
    field.ty = if may_be_none { parse_quote!(Option<#inner>) } else { inner };
}

/// Whether a field may be missing without being an `Option`.
fn has_default(attributes: &[Attribute]) -> bool {
    let mut found = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("default");
            let _ = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            Ok(())
        });
    }
    found
}

fn ends_with(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == name))
}

fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    }
}

/// `::std::option::Option` as `Option`, and the like.
pub struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let ["std", "option" | "string" | "vec", _] = names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            path.leading_colon = None;
            path.segments = path.segments.iter().skip(2).cloned().collect();
        } else if names[0] == "gerbang_core" {
            path.leading_colon = Some(Default::default());
        }
        visit_mut::visit_path_mut(self, path);
    }
}

fn word_set(name: &str, set: &Words) -> Result<TokenStream> {
    let ident = super::text::ident(name);
    let doc_of_set = doc(&[
        set.description.clone(),
        "These are the words that the document names. A reply may hold others: fields are [`gerbang_core::Open`]."
            .to_owned(),
    ]);
    let mut variants = Vec::new();
    for word in &set.words {
        let variant = pascal(word).with_context(|| format!("`{word}` of `{name}` cannot be a Rust name"))?;
        if variants.iter().any(|(other, _)| *other == variant) {
            bail!("two words of `{name}` have the Rust name `{variant}`");
        }
        variants.push((variant, word));
    }
    let declared = variants.iter().map(|(variant, word)| {
        let doc = doc(&[format!("`{word}`")]);
        quote!(#doc #[serde(rename = #word)] #variant)
    });
    let names = variants.iter().map(|(variant, _)| variant);
    let arms = variants.iter().map(|(variant, word)| quote!(Self::#variant => #word));
    Ok(quote! {
        #doc_of_set
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum #ident { #(#declared,)* }
        impl ::gerbang_core::Word for #ident {
            const ALL: &'static [Self] = &[#(Self::#names),*];
            fn as_str(self) -> &'static str {
                match self { #(#arms,)* }
            }
        }
    })
}

fn check_limits(name: &syn::Ident, limits: &[Limit]) -> TokenStream {
    let checks = limits.iter().map(|limit| {
        let field = snake(&limit.member);
        match limit.optional {
            true => {
                let check = limit.check(quote!(*value), quote!(value));
                quote!(if let Some(value) = &self.#field { #check?; })
            }
            false => {
                let check = limit.check(quote!(self.#field), quote!(&self.#field));
                quote!(#check?;)
            }
        }
    });
    let doc = doc(&[
        "Checks the limits that the provider states. Each call does so before it sends anything.".to_owned(),
        "# Errors".to_owned(),
        "[`gerbang_core::Kind::InvalidRequest`] names the first limit that is broken.".to_owned(),
    ]);
    quote! {
        impl #name {
            #doc
            pub fn check_limits(&self) -> Result<(), ::gerbang_core::Error> {
                #(#checks)*
                Ok(())
            }
        }
    }
}

impl Limit {
    /// The call that checks the limit of a number or, by reference, of a text.
    pub fn check(&self, value: TokenStream, text: TokenStream) -> TokenStream {
        let member = &self.member;
        match self.bound {
            Bound::AtLeast(least) => {
                let least = number(least);
                quote!(::gerbang_core::limits::at_least(#member, #value, #least))
            }
            Bound::AtMost(most) => {
                let most = number(most);
                quote!(::gerbang_core::limits::at_most(#member, #value, #most))
            }
            Bound::Length(least, most) => {
                let least = number(least);
                let most = most.map_or_else(|| quote!(usize::MAX), number);
                quote!(::gerbang_core::limits::length(#member, #text, #least, #most))
            }
        }
    }
}

fn number(value: u64) -> TokenStream {
    let literal = proc_macro2::Literal::u64_unsuffixed(value);
    quote!(#literal)
}
