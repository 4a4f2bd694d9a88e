//! `notifications.rs`: reading what a provider sends.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::signatures;
use super::text::{doc, inner_doc, source};
use crate::model::{Model, Notification};
use crate::naming::{UNVERIFIED, ident, shout};

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
    let proofs: Vec<_> = model.notifications.iter().filter_map(proof).collect();
    let uses = (!proofs.is_empty()).then(|| {
        quote!(
            use ::gerbang_core::NotificationProof;
            use ::gerbang_core::operation::Place;
        )
    });
    Some(quote! {
        #header
        //!
        //! A notification that can be read is not a payment that was made: anybody can send one.
        #uses
        use super::types;
        #(#proofs)*
        #(#readers)*
    })
}

/// The constant that says what proves a notification; none where nothing does.
fn proof(notification: &Notification) -> Option<TokenStream> {
    let value = signatures::proof(notification.proof.as_ref()?);
    let name = format_ident!("{}_PROOF", shout(&notification.id));
    let summary = notification.summary.trim_end_matches('.');
    let doc = doc(&[format!("What proves who sent the notification \"{summary}\".")]);
    Some(quote!(#doc pub const #name: NotificationProof = #value;))
}
