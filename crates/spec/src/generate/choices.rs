//! Objects of one of several forms: an enum with a variant for each word that names a form.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::quote;

use super::text::doc;
use crate::model::{Choice, Model};
use crate::naming::{ident, pascal};

/// The enum of a choice. What is received may be of a form that nobody has described, which is kept as it came.
pub fn choice(model: &Model, name: &str, choice: &Choice) -> Result<TokenStream> {
    let is_sent = model.requests.contains(name);
    let (mut variants, mut arms) = (Vec::new(), Vec::new());
    for (word, component) in &choice.forms {
        let variant = pascal(word).with_context(|| format!("`{word}` of `{name}` cannot be a Rust name"))?;
        let description = component.as_deref().and_then(|component| model.schemas[component]["description"].as_str());
        let doc = doc(&[format!("`{word}`. {}", description.unwrap_or_default()).trim().to_owned()]);
        let form = component.as_deref().map(ident).map(|form| quote!((Box<#form>)));
        variants.push(quote!(#doc #[serde(rename = #word)] #variant #form));
        arms.push(match form {
            Some(_) => quote!(Some(#word) => choice.get().map(Self::#variant)),
            None => quote!(Some(#word) => Ok(Self::#variant)),
        });
    }
    let unknown = (!is_sent).then(|| {
        quote! {
            /// Another form, as it came.
            #[serde(untagged)]
            Unknown(::gerbang_core::JsonObject),
        }
    });
    let otherwise = match is_sent {
        true => quote!(Err(choice.unknown())),
        false => quote!(choice.get().map(Self::Unknown)),
    };
    let (ident, tag, words) = (ident(name), &choice.tag, choice.forms.keys());
    let named = format!("Its `{tag}` is the word of the form.");
    let doc = doc(&[&choice.description, &named]);
    Ok(quote! {
        #doc
        #[derive(::serde::Serialize, Clone, Debug, PartialEq, Eq)]
        #[serde(tag = #tag)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum #ident { #(#variants,)* #unknown }
        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let choice = ::gerbang_core::wire::Choice::read(#tag, deserializer)?;
                match choice.one_of(&[#(#words),*]) {
                    #(#arms,)*
                    _ => #otherwise,
                }
            }
        }
    })
}
