//! How programs make what is sent: `new` takes what is required, and each optional member has a setter. Either stays as it
//! is when the provider documents another optional member.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Ident, Type};

use super::rust_type::{argument_of, ends_with};
use super::text::doc;
use crate::naming::REQUIRED;
use crate::schema::texts;

/// A member of a type that is sent.
pub struct Member {
    /// Its name in the spec.
    pub wire_name: String,
    /// Its name in Rust.
    pub name: Ident,
    /// Its type; an optional one is an `Option`, a list or a map.
    pub ty: Type,
    /// What the spec says about it.
    pub description: String,
}

/// Whether `new` takes members of these types by position: there are few, and no two can be swapped unnoticed.
pub fn is_positional(types: &[String]) -> bool {
    types.len() <= 3 && types.iter().collect::<BTreeSet<_>>().len() == types.len()
}

/// The constructor of a type that is sent, the struct that it takes if it takes one, and the setters.
pub fn constructors(ident: &Ident, schema: &Value, members: &[Member]) -> Result<TokenStream> {
    let mut required = Vec::new();
    for name in texts(&schema["required"]) {
        let member = members.iter().find(|member| member.wire_name == name);
        required.push(member.with_context(|| format!("`{name}` is required and no member"))?);
    }
    let is_required = |member: &&Member| required.iter().any(|other| other.wire_name == member.wire_name);
    let optional: Vec<_> = members.iter().filter(|member| !is_required(member)).collect();
    let types: Vec<_> = required.iter().map(|Member { ty, .. }| quote!(#ty).to_string()).collect();
    let (by_name, new) = match is_positional(&types) {
        true => (None, by_position(&required, &optional)),
        false => {
            let (taken, new) = by_name(ident, &required, &optional);
            (Some(taken), new)
        }
    };
    let setters = optional.iter().map(|member| setter(member));
    Ok(quote! {
        #by_name
        impl #ident {
            #new
            #(#setters)*
        }
    })
}

fn by_position(required: &[&Member], optional: &[&Member]) -> TokenStream {
    let list = required.iter().map(|Member { name, description, .. }| format!("- `{name}`: {description}"));
    let list = list.collect::<Vec<_>>().join("\n");
    let doc = doc(&match required.is_empty() {
        true => ["A request without any member; each has a method.", ""],
        false => [takes_required(optional), &list],
    });
    let arguments = required.iter().map(|Member { name, ty, .. }| {
        let ty = argument_type(ty);
        quote!(#name: #ty)
    });
    let filled = required.iter().map(|Member { name, ty, .. }| match is_converted(ty) {
        true => quote!(#name: #name.into()),
        false => quote!(#name),
    });
    let empty = optional.iter().map(|member| empty(member));
    quote! {
        #doc
        #[must_use]
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#filled,)* #(#empty,)* }
        }
    }
}

fn takes_required(optional: &[&Member]) -> &'static str {
    match optional {
        [] => "Takes what is required.",
        _ => "Takes what is required. Each optional member has a method.",
    }
}

/// The struct of what is required, and the constructor that takes it.
fn by_name(ident: &Ident, required: &[&Member], optional: &[&Member]) -> (TokenStream, TokenStream) {
    let taken = format_ident!("{ident}{REQUIRED}");
    let doc_of_taken = doc(&[format!("What a [`{ident}`] requires.")]);
    let fields = required.iter().map(|Member { name, ty, description, .. }| {
        let doc = doc(&[description]);
        quote!(#doc pub #name: #ty)
    });
    let names: Vec<_> = required.iter().map(|member| &member.name).collect();
    let empty = optional.iter().map(|member| empty(member));
    let doc_of_new = doc(&[takes_required(optional)]);
    let declared = quote! {
        #doc_of_taken
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct #taken { #(#fields,)* }
    };
    let new = quote! {
        #doc_of_new
        #[must_use]
        pub fn new(required: #taken) -> Self {
            let #taken { #(#names),* } = required;
            Self { #(#names,)* #(#empty,)* }
        }
    };
    (declared, new)
}

/// The method that sets an optional member.
fn setter(Member { name, ty, description, .. }: &Member) -> TokenStream {
    let doc = doc(&[description]);
    let inner = argument_of(ty, "Option");
    let given = inner.unwrap_or(ty);
    let argument = argument_type(given);
    let value = if is_converted(given) { quote!(#name.into()) } else { quote!(#name) };
    let value = if inner.is_some() { quote!(Some(#value)) } else { value };
    quote! {
        #doc
        #[must_use]
        pub fn #name(mut self, #name: #argument) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// A member that is not set.
fn empty(Member { name, ty, .. }: &Member) -> TokenStream {
    match argument_of(ty, "Option") {
        Some(_) => quote!(#name: None),
        None => quote!(#name: ::std::default::Default::default()),
    }
}

/// A member's type as an argument.
fn argument_type(ty: &Type) -> TokenStream {
    match is_converted(ty) {
        true => quote!(impl Into<#ty>),
        false => quote!(#ty),
    }
}

/// Whether programs have what becomes the type more often than the type itself: texts, identifiers and words.
fn is_converted(ty: &Type) -> bool {
    ["String", "Identifier", "Open"].iter().any(|name| ends_with(ty, name))
}
