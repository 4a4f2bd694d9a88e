//! `notifications.rs`: reading what a provider sends.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::Model;
use super::text::{doc, ident, inner_doc, source};

/// The content of `notifications.rs`; none when the provider sends nothing.
pub fn file(model: &Model) -> Option<TokenStream> {
    if model.notifications.is_empty() {
        return None;
    }
    let header = inner_doc(&[
        format!("Reading what {} sends to a merchant.", model.title),
        "A notification that can be read is not a payment that was made: anybody can send one.".to_owned(),
    ]);
    let readers = model.notifications.iter().map(|notification| {
        let (name, component) = (ident(&notification.id), ident(&notification.component));
        let doc = doc(&[
            format!("Reads the notification \"{}\".", notification.summary.trim_end_matches('.')),
            notification.description.clone(),
            source(&notification.source, notification.guess.as_deref()),
            "# Errors".to_owned(),
            "[`gerbang_core::Kind::InvalidNotification`] when the body is too large or is not the documented JSON."
                .to_owned(),
        ]);
        quote! {
            #doc
            pub fn #name(body: &[u8]) -> Result<types::#component, ::gerbang_core::Error> {
                ::gerbang_core::read_notification(body)
            }
        }
    });
    Some(quote!(#header use super::types; #(#readers)*))
}
