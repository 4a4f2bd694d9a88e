//! `notifications.rs`: reading what a provider sends.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::text::{doc, inner_doc, source};
use crate::model::Model;
use crate::naming::{UNVERIFIED, ident};

/// The content of `notifications.rs`; none when the provider sends nothing.
pub fn file(model: &Model) -> Option<TokenStream> {
    if model.notifications.is_empty() {
        return None;
    }
    let header = inner_doc(&[format!("Reading what {} sends to a merchant.", model.title)]);
    let readers = model.notifications.iter().map(|notification| {
        let is_proven = model.is_proven(notification);
        let name = match is_proven {
            true => format_ident!("{}{UNVERIFIED}", notification.id),
            false => ident(&notification.id),
        };
        let component = ident(&notification.component);
        let warning = match is_proven {
            true => "The proof that the sender gives is NOT checked: use the crate's `read_notification`, which does.",
            false => "",
        };
        let doc = doc(&[
            &format!("Reads the notification \"{}\".", notification.summary.trim_end_matches('.')),
            warning,
            &notification.description,
            &source(&notification.source, notification.guess.as_deref()),
        ]);
        quote! {
            #doc
            ///
            /// # Errors
            ///
            /// [`gerbang_core::Kind::InvalidNotification`] when the body is too large or is not the documented
            /// JSON.
            pub fn #name(body: &[u8]) -> Result<types::#component, ::gerbang_core::Error> {
                ::gerbang_core::read_notification(body)
            }
        }
    });
    Some(quote! {
        #header
        //!
        //! A notification that can be read is not a payment that was made: anybody can send one.
        use super::types;
        #(#readers)*
    })
}
